// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long vCPU threads ran and how long they waited for a CPU, from their
 * /proc/PID/task/TID/schedstat. The wait is what a guest sees as steal time.
 *
 * A thread that runs just now is accounted up to its last tick, so both are
 * behind by 10 ms at most per vCPU.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "measure/metrics.h"

enum { RUN_DELAY, RUN, TIMESLICES, NR };

static const struct metric metrics[NR] = {
	[RUN_DELAY] = { "run_delay_s", "s", BETTER_LOWER,
		"time that vCPU threads were runnable but waited for a CPU", false },
	[RUN] = { "run_s", "s", BETTER_NONE,
		"CPU time of vCPU threads", false },
	[TIMESLICES] = { "timeslices", "count", BETTER_NONE,
		"times that a vCPU thread was put on a CPU", false },
};

struct schedstat {
	int nr;
	int fd[];
};

static void schedstat_close(void *priv)
{
	struct schedstat *s = priv;
	int i;

	for (i = 0; i < s->nr; i++)
		if (s->fd[i] >= 0)
			close(s->fd[i]);
	free(s);
}

static void *schedstat_open(const struct meas_vm *vm, const bool *wanted)
{
	struct schedstat *s = malloc(sizeof(*s) + vm->nr_vcpus * sizeof(int));
	char path[64];

	if (!s)
		return NULL;
	for (s->nr = 0; s->nr < vm->nr_vcpus; s->nr++) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", vm->pid,
			 vm->tids[s->nr]);
		s->fd[s->nr] = open(path, O_RDONLY | O_CLOEXEC);
		if (s->fd[s->nr] < 0) {
			schedstat_close(s);
			return NULL;
		}
	}
	return s;
}

static void schedstat_read(void *priv, double *val)
{
	double total[NR] = { 0 };
	struct schedstat *s = priv;
	uint64_t run, delay, slices;
	char buf[128];
	ssize_t n;
	int i;

	for (i = 0; i < s->nr; i++) {
		n = pread(s->fd[i], buf, sizeof(buf) - 1, 0);
		if (n <= 0)
			return;
		buf[n] = '\0';
		/* a kernel without schedstats says "0 0 0" */
		if (sscanf(buf, "%" SCNu64 " %" SCNu64 " %" SCNu64, &run, &delay, &slices) != 3 ||
		    !slices)
			return;
		total[RUN] += run / 1e9;
		total[RUN_DELAY] += delay / 1e9;
		total[TIMESLICES] += slices;
	}
	for (i = 0; i < NR; i++)
		val[i] = total[i];
}

const struct meas_source meas_schedstat = {
	.name = "schedstat",
	.metrics = metrics,
	.nr_metrics = NR,
	.open = schedstat_open,
	.read = schedstat_read,
	.close = schedstat_close,
};
