// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving bytes from one descriptor to another as fast as both allow.
 */
#include <errno.h>
#include <unistd.h>

#include "lab/lab_relay.h"

void lab_relay_init(struct lab_relay *r, int from, int to)
{
	r->from = from;
	r->to = to;
	r->start = 0;
	r->len = 0;
	r->eof = from < 0;
	r->broken = to < 0;
}

void lab_relay_poll(const struct lab_relay *r, struct pollfd fds[2])
{
	fds[0] = (struct pollfd){ .fd = r->eof || r->len ? -1 : r->from, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = r->len ? r->to : -1, .events = POLLOUT };
}

static bool try_again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

void lab_relay_move(struct lab_relay *r, const struct pollfd fds[2])
{
	ssize_t n;

	if (fds[0].fd >= 0 && fds[0].revents) {
		n = read(r->from, r->buf, sizeof(r->buf));
		if (n > 0) {
			r->start = 0;
			r->len = n;
		} else if (n == 0 || !try_again()) {
			r->eof = true;
		}
	}
	if (fds[1].fd >= 0 && fds[1].revents) {
		n = write(r->to, r->buf + r->start, r->len);
		if (n > 0) {
			r->start += n;
			r->len -= n;
		} else if (n < 0 && !try_again()) {
			r->broken = true;
		}
	}
	if (r->broken)
		r->len = 0;
}

bool lab_relay_done(const struct lab_relay *r)
{
	return r->eof && !r->len;
}
