// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that records until its standard input ends. It has a process group of its
 * own; should we die without a word, that end comes by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"

#define STEP_MS	100

extern char **environ;

static int spawn(pid_t *pid, char *const argv[], const char *log, int in, int ready)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, pipes;
	int ret;

	sigemptyset(&none);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipes);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_addopen(&fa, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	posix_spawn_file_actions_adddup2(&fa, 1, 2);
	posix_spawn_file_actions_adddup2(&fa, ready, TRACE_READY_FD);
	ret = posix_spawnp(pid, argv[0], &fa, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	return -ret;
}

static void destroy(struct trace_child *c)
{
	if (c->in >= 0)
		close(c->in);
	c->in = -1;
	if (!c->pid)
		return;
	kill(-c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	c->pid = 0;
}

/* The byte that says it records. 0, or -1 with why in @msg. */
static int wait_ready(int fd, int timeout_ms, int (*stop)(void), char *msg, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t deadline = io_now_ms() + timeout_ms;
	char c;

	while (io_now_ms() < deadline && !(stop && stop())) {
		if (poll(&p, 1, STEP_MS) <= 0)
			continue;
		if (read(fd, &c, 1) == 1)
			return 0;
		snprintf(msg, len, "it ended before it recorded anything");
		return -1;
	}
	snprintf(msg, len, "it did not record within %d s", timeout_ms / 1000);
	return -1;
}

int trace_child_start(struct trace_child *c, char *const argv[], const char *log, int timeout_ms,
		      int (*stop)(void), char *msg, size_t len)
{
	int in[2], ready[2], ret;

	*c = (struct trace_child){ .in = -1 };
	if (pipe2(in, O_CLOEXEC)) {
		snprintf(msg, len, "pipe: %s", strerror(errno));
		return -1;
	}
	if (pipe2(ready, O_CLOEXEC)) {
		snprintf(msg, len, "pipe: %s", strerror(errno));
		close(in[0]);
		close(in[1]);
		return -1;
	}
	ret = spawn(&c->pid, argv, log, in[0], ready[1]);
	close(in[0]);
	close(ready[1]);
	c->in = in[1];
	if (ret) {
		c->pid = 0;
		snprintf(msg, len, "%s", strerror(-ret));
	} else {
		ret = wait_ready(ready[0], timeout_ms, stop, msg, len);
	}
	close(ready[0]);
	if (ret)
		destroy(c);
	return ret ? -1 : 0;
}

int trace_child_stop(struct trace_child *c, int timeout_ms, char *msg, size_t len)
{
	int64_t deadline = io_now_ms() + timeout_ms;
	int status;
	pid_t got;

	if (!c->pid)
		return 0;
	close(c->in);
	c->in = -1;
	while (!(got = waitpid(c->pid, &status, WNOHANG)) && io_now_ms() < deadline)
		poll(NULL, 0, STEP_MS);
	if (!got) {
		snprintf(msg, len, "it did not end within %d s", timeout_ms / 1000);
		destroy(c);
		return -1;
	}
	kill(-c->pid, SIGKILL);		/* whatever it left behind */
	c->pid = 0;
	if (got > 0 && WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		snprintf(msg, len, "it was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(msg, len, "it ended with status %d", WEXITSTATUS(status));
	return -1;
}
