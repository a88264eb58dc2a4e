// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that records until its standard input ends. Should we die without a word, that
 * end comes by itself, and it has its time to put things in order: it is not to be killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/now.h"
#include "host/recorder.h"

#define STEP_MS	100

static void destroy(struct recorder *r)
{
	if (r->in >= 0)
		close(r->in);
	r->in = -1;
	child_kill(&r->child);
}

/* The byte that says it records. */
static int wait_ready(const struct recorder *r, int fd, int timeout_ms, int (*stop)(void),
		      struct vh_err *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t deadline = now_ms() + timeout_ms;
	char c;

	while (now_ms() < deadline && !(stop && stop())) {
		if (poll(&p, 1, STEP_MS) <= 0)
			continue;
		if (read(fd, &c, 1) == 1)
			return 0;
		return vh_err(err, VH_RUN_FAILED, "%s ended before it recorded anything",
			      r->child.name);
	}
	return vh_err(err, VH_RUN_FAILED, "%s did not record within %d s", r->child.name,
		      timeout_ms / 1000);
}

static int start(struct recorder *r, char *const argv[], const char *log, int in, int ready,
		 struct vh_err *err)
{
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), ret;
	const struct child_spec spec = {
		.argv = argv, .die = CHILD_LIVES_ON, .nr_fds = 4,
		.fds = { { in, 0 }, { out, 1 }, { out, 2 }, { ready, RECORDER_READY_FD } },
	};

	if (out < 0)
		return vh_err(err, VH_BAD_HOST, "%s: %s", log, strerror(errno));
	ret = child_start(&r->child, &spec, err);
	close(out);
	return ret;
}

int recorder_start(struct recorder *r, char *const argv[], const char *log, int timeout_ms,
		   int (*stop)(void), struct vh_err *err)
{
	int in[2], ready[2], ret;

	*r = (struct recorder){ .in = -1 };
	if (pipe2(in, O_CLOEXEC))
		return vh_err(err, VH_BAD_HOST, "pipe: %s", strerror(errno));
	if (pipe2(ready, O_CLOEXEC)) {
		close(in[0]);
		close(in[1]);
		return vh_err(err, VH_BAD_HOST, "pipe: %s", strerror(errno));
	}
	r->in = in[1];
	ret = start(r, argv, log, in[0], ready[1], err);
	close(in[0]);
	close(ready[1]);
	if (!ret)
		ret = wait_ready(r, ready[0], timeout_ms, stop, err);
	close(ready[0]);
	if (ret)
		destroy(r);
	return ret;
}

int recorder_stop(struct recorder *r, int timeout_ms, struct vh_err *err)
{
	if (!r->child.pid)
		return 0;
	close(r->in);
	r->in = -1;
	if (child_wait(&r->child, timeout_ms))
		return child_check(&r->child, err);
	destroy(r);
	return vh_err(err, VH_RUN_FAILED, "%s did not end within %d s", r->child.name,
		      timeout_ms / 1000);
}
