// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many tasks guests say they have runnable.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "measure/runq.h"

static bool has(const pid_t *pids, int nr, int pid)
{
	while (nr--)
		if (pids[nr] == pid)
			return true;
	return false;
}

double runq_parse(const char *text, const pid_t *pids, int nr_pids, int nr_vcpus)
{
	int pid, id, nr, seen = 0;
	double sum = 0;
	const char *p;

	for (p = text; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		if (sscanf(p, "%d %d %d", &pid, &id, &nr) != 3)
			return NAN;
		if (!has(pids, nr_pids, pid))
			continue;
		sum += nr < 0 ? NAN : nr;
		seen++;
	}
	return seen == nr_vcpus ? sum : NAN;
}

void runq_add(struct runq_mean *m, double sample)
{
	if (isnan(sample))
		return;
	m->n++;
	m->sum += sample;
	m->squares += sample * sample;
}

double runq_mean(const struct runq_mean *m)
{
	return m->n ? m->sum / m->n : NAN;
}

double runq_sd(const struct runq_mean *m)
{
	double var;

	if (m->n < 2)
		return NAN;
	var = (m->squares - m->sum * m->sum / m->n) / (m->n - 1);
	return var > 0 ? sqrt(var) : 0;
}
