// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks another program: its output as a string, with a deadline.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/capture.h"

#define DEADLINE_MS	10000
#define MAX_OUTPUT	(256 << 10)

extern char **environ;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

/* Reads until the end or the deadline. Returns the length, -1 if it was late. */
static ssize_t read_until(int fd, char *buf, size_t room, long deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	while (len < room) {
		long left = deadline - now_ms();

		if (left <= 0 || poll(&p, 1, left) < 0)
			return -1;
		if (!p.revents)
			continue;
		n = read(fd, buf + len, room - len);
		if (n <= 0)
			break;
		len += n;
	}
	return len;
}

static pid_t spawn(char *const argv[], int out)
{
	posix_spawn_file_actions_t fa;
	pid_t pid;
	int bad;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	bad = posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	return bad ? -1 : pid;
}

char *capture_output(char *const argv[])
{
	char *buf = malloc(MAX_OUTPUT + 1);
	ssize_t len = -1;
	int p[2], status;
	pid_t pid;

	if (!buf || pipe2(p, O_CLOEXEC)) {
		free(buf);
		return NULL;
	}
	pid = spawn(argv, p[1]);
	close(p[1]);
	if (pid > 0) {
		len = read_until(p[0], buf, MAX_OUTPUT, now_ms() + DEADLINE_MS);
		if (len < 0)
			kill(pid, SIGKILL);
	}
	close(p[0]);
	if (pid > 0 && (waitpid(pid, &status, 0) < 0 || status))
		len = -1;
	if (len < 0) {
		free(buf);
		return NULL;
	}
	while (len > 0 && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return buf;
}
