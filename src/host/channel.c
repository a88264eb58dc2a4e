// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection to one guest. Nothing here blocks for longer than it is told.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/now.h"
#include "host/channel.h"

int channel_open(struct channel *c, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	if (connect(c->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		int ret = -errno;

		channel_close(c);
		return ret;
	}
	return 0;
}

void channel_close(struct channel *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	line_buf_free(&c->in);
}

int channel_send(struct channel *c, json_object *o, int timeout_ms)
{
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
							  JSON_C_TO_STRING_NOSLASHESCAPE);
	int64_t deadline = now_ms() + timeout_ms;
	struct pollfd pfd = { .fd = c->fd, .events = POLLOUT };
	size_t len, sent = 0;
	int64_t left;
	ssize_t n;
	char *line;

	if (asprintf(&line, "%s\n", text) < 0)
		return -ENOMEM;
	len = strlen(line);
	errno = 0;
	while (sent < len) {
		n = send(c->fd, line + sent, len - sent, MSG_NOSIGNAL);
		if (n >= 0) {
			sent += n;
			continue;
		}
		left = deadline - now_ms();
		if (errno == EAGAIN && left > 0)
			poll(&pfd, 1, left);
		else if (errno != EINTR)
			break;
	}
	n = sent == len ? 0 : errno == EAGAIN ? -ETIMEDOUT : -errno;
	free(line);
	return n;
}

int channel_fill(struct channel *c)
{
	char buf[16384];
	ssize_t n;

	while ((n = recv(c->fd, buf, sizeof(buf), 0)) > 0)
		if (line_buf_add(&c->in, buf, n))
			return -1;
	return !n || (errno != EAGAIN && errno != EINTR);
}

int channel_next(struct channel *c, struct guest_msg *m)
{
	char *line;

	while ((line = line_buf_next(&c->in))) {
		if (!line[0]) {
			free(line);
			continue;
		}
		guest_msg_parse(m, line);
		free(line);
		return 1;
	}
	return 0;
}
