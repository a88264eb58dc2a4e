// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what the host's kernel and CPU cost without a VM.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/child.h"
#include "host/costs.h"

#define SWITCHES	1000
#define CALLS		20000
#define PAUSES		100000

/* getppid() through syscall(), in a loop. */
int cost_syscall(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err)
{
	for (int i = -1; i < COST_BATCHES; i++) {
		double start = cost_now_ns();

		for (int n = 0; n < CALLS; n++)
			syscall(SYS_getppid);
		if (i >= 0)
			times->ns[i] = (cost_now_ns() - start) / CALLS;
	}
	return 0;
}

/* PAUSE in a loop, which adds two simple instructions. */
int cost_pause(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err)
{
	for (int i = -1; i < COST_BATCHES; i++) {
		double start = cost_now_ns();

		for (int n = 0; n < PAUSES; n++)
			__builtin_ia32_pause();
		if (i >= 0)
			times->ns[i] = (cost_now_ns() - start) / PAUSES;
	}
	return 0;
}

static void echo(void *unused)
{
	char c;

	while (read(0, &c, 1) == 1 && write(1, &c, 1) == 1)
		;
}

static int ping_pong(int out, int in, struct cost_times *times, struct vh_err *err)
{
	char c = 0;

	for (int i = -1; i < COST_BATCHES; i++) {
		double start = cost_now_ns();

		for (int n = 0; n < SWITCHES; n += 2)
			if (write(out, &c, 1) != 1 || read(in, &c, 1) != 1)
				return vh_err(err, VH_RUN_FAILED, "pipe: %s", strerror(errno));
		if (i >= 0)
			times->ns[i] = (cost_now_ns() - start) / SWITCHES;
	}
	return 0;
}

/* Two processes on one CPU and two pipes: half a round, with its write() and read(). */
int cost_switch(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err)
{
	struct child_spec spec = { .run = echo, .nr_fds = 2 };
	int there[2], back[2], ret;
	struct child child;

	if (pipe2(there, O_CLOEXEC))
		return vh_err(err, VH_BAD_HOST, "pipe: %s", strerror(errno));
	if (pipe2(back, O_CLOEXEC)) {
		close(there[0]);
		close(there[1]);
		return vh_err(err, VH_BAD_HOST, "pipe: %s", strerror(errno));
	}
	spec.fds[0] = (struct child_fd){ there[0], 0 };
	spec.fds[1] = (struct child_fd){ back[1], 1 };
	ret = child_start(&child, &spec, err);
	close(there[0]);
	close(back[1]);
	if (!ret)
		ret = ping_pong(there[1], back[0], times, err);
	close(there[1]);
	close(back[0]);
	child_kill(&child);
	return ret;
}
