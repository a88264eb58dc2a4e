// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays the driver towards a guest, for tests
 *
 * guest_peer SOCKET DEADLINE_S < SCRIPT connects, is greeted, prints every line that the guest
 * sends, and obeys the script, line by line:
 *	send TEXT	sends the text as a line
 *	raw TEXT	sends the text without a line's end
 *	fill N		sends N letters without a line's end
 *	wait EVENT	reads until the guest sends that event; an error instead fails
 *	eof		reads until the guest hangs up
 *	quiet MS	fails if the guest sends anything meanwhile
 *	sleep MS
 * Exit codes: 0 done, 1 something else happened, 2 the deadline passed.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#define GREET_MS 5000

static long long deadline_ms;
static char line[1 << 20];
static size_t line_len;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

static void __attribute__((noreturn, format(printf, 2, 3))) die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "guest_peer: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	exit(code);
}

/* The socket may not be there yet: QEMU is just starting. */
static int connect_once(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	while (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		if (now_ms() > deadline_ms)
			die(2, "%s: %s", path, strerror(errno));
		poll(NULL, 0, 20);
	}
	return fd;
}

static void send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0)
			die(1, "send: %s", strerror(errno));
		data += n;
		len -= n;
	}
}

/* One line into line[], printed: 1; the end: 0; nothing until the time: -1. */
static int read_line(int fd, long long until_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	line_len = 0;
	for (;;) {
		long long left = until_ms - now_ms();

		if (left < 0 || poll(&p, 1, left) <= 0)
			return -1;
		if (read(fd, line + line_len, 1) != 1)
			return 0;
		if (line[line_len] == '\n')
			break;
		if (++line_len == sizeof(line))
			die(1, "a line without an end");
	}
	line[line_len] = '\0';
	printf("%s\n", line);
	fflush(stdout);
	return 1;
}

/*
 * Guests greet every new connection, but one that follows another too quickly may look to them
 * like the same. So: greeted within a while, or connect again.
 */
static int connect_to(const char *path)
{
	long long until_ms;
	int fd;

	for (;;) {
		fd = connect_once(path);
		until_ms = now_ms() + GREET_MS < deadline_ms ? now_ms() + GREET_MS : deadline_ms;
		if (read_line(fd, until_ms) > 0)
			break;
		if (now_ms() >= deadline_ms)
			die(2, "the guest did not say hello");
		close(fd);
		poll(NULL, 0, 200);
	}
	if (!strstr(line, "\"event\":\"hello\""))
		die(1, "expected a hello");
	return fd;
}

static void wait_event(int fd, const char *wanted)
{
	struct json_object *o, *v;
	const char *name;
	bool found = false;
	int got;

	while (!found) {
		got = read_line(fd, deadline_ms);
		if (got <= 0)
			die(got ? 2 : 1, "%s, waiting for '%s'",
			    got ? "deadline" : "the guest has gone", wanted);
		o = json_tokener_parse(line);
		if (!json_object_object_get_ex(o, "event", &v))
			die(1, "not an event: %s", line);
		name = json_object_get_string(v);
		found = !strcmp(name, wanted);
		if (!found && !strcmp(name, "error"))
			die(1, "error, waiting for '%s'", wanted);
		json_object_put(o);
	}
}

static void obey(int fd, const char *verb, char *arg)
{
	int got;

	if (!strcmp(verb, "send")) {
		size_t len = strlen(arg);

		arg[len] = '\n';
		send_all(fd, arg, len + 1);
	} else if (!strcmp(verb, "raw")) {
		send_all(fd, arg, strlen(arg));
	} else if (!strcmp(verb, "fill")) {
		size_t len = atoi(arg);
		char *data = malloc(len);

		memset(data, 'x', len);
		send_all(fd, data, len);
		free(data);
	} else if (!strcmp(verb, "wait")) {
		wait_event(fd, arg);
	} else if (!strcmp(verb, "eof")) {
		while ((got = read_line(fd, deadline_ms)) > 0)
			;
		if (got < 0)
			die(2, "deadline, waiting for the guest's end");
	} else if (!strcmp(verb, "quiet")) {
		if (read_line(fd, now_ms() + atoi(arg)) >= 0)
			die(1, "the guest was not quiet");
	} else if (!strcmp(verb, "sleep")) {
		poll(NULL, 0, atoi(arg));
	} else {
		die(1, "unknown verb '%s'", verb);
	}
}

int main(int argc, char *argv[])
{
	char script[8192];
	int fd;

	if (argc != 3)
		die(1, "usage: guest_peer SOCKET DEADLINE_S < SCRIPT");
	deadline_ms = now_ms() + atoi(argv[2]) * 1000ll;
	fd = connect_to(argv[1]);
	while (fgets(script, sizeof(script) - 1, stdin)) {
		char *arg = script + strcspn(script, " \n");

		script[strcspn(script, "\n")] = '\0';
		if (*arg)
			*arg++ = '\0';
		if (script[0])
			obey(fd, script, arg);
	}
	return 0;
}
