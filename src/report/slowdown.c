// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slowdown: how many times longer a VM takes when the others are at work than it took alone.
 * Times differ by factors, and so its mean is geometric, over VMs and over runs.
 *
 * Beside it, under their own names:
 * - weighted speedup, A. Snavely and D. M. Tullsen, "Symbiotic Jobscheduling for a Simultaneous
 *   Multithreaded Processor", ASPLOS 2000; as system throughput (STP), S. Eyerman and L.
 *   Eeckhout, "System-Level Performance Metrics for Multiprogram Workloads", IEEE Micro 28(3),
 *   2008: the sum of 1 / slowdown. 0 if all VMs hang, the number of VMs if none feels another.
 * - average normalised turnaround time (ANTT), the same paper: the mean of the slowdowns. It is 1
 *   if no VM feels another; below 1 it is only by noise of the times alone.
 * - the share of runs that stalled: a mean of some that are fast and some that hang tells neither.
 */
#include <math.h>
#include <stdlib.h>

#include "report/report.h"

/* A run's times. */
struct times {
	int run;
	double contended[EXP_MAX_VMS];
	double log;			/* mean of the logs of the contended times */
	const struct reference *alone[EXP_MAX_VMS];
};

struct slowdowns {
	enum report_kind kind;
	int nr_vms, nr;
	double limit;			/* a VM that is slower stalls */
	struct times *t;
};

double report_ideal(const struct experiment *e)
{
	int i, demand = 0;

	for (i = 0; i < e->nr_vms; i++)
		demand += e->vms[i].vcpus < e->cpus ? e->vms[i].vcpus : e->cpus;
	return fmax(1, demand / (double)e->cpus);
}

/* False if a part is missing: the series and the sums of resamples have the same runs. */
static bool take(struct times *t, const struct report *r, int arm, int run)
{
	const struct record *rec = records_of_run(r->rs, run);
	int vm;

	t->run = run;
	t->log = 0;
	for (vm = 0; vm < r->e->nr_vms; vm++) {
		t->contended[vm] = report_vm_value(rec, r->e->vms[vm].name, "contended_s");
		t->alone[vm] = reference_of(r, arm, rec->boot, vm);
		if (!t->alone[vm] || !(t->contended[vm] > 0))
			return false;
		t->log += log(t->contended[vm]) / r->e->nr_vms;
	}
	return true;
}

static double log_slowdown(const struct slowdowns *s, const struct times *t, int nr)
{
	double sum = 0;
	int vm;

	for (vm = 0; vm < s->nr_vms; vm++)
		sum += reference_log(t->alone[vm], nr);
	return t->log - sum / s->nr_vms;
}

static double stp(const struct slowdowns *s, const struct times *t, int nr)
{
	double sum = 0;
	int vm;

	for (vm = 0; vm < s->nr_vms; vm++)
		sum += reference_time(t->alone[vm], nr) / t->contended[vm];
	return sum;
}

static double antt(const struct slowdowns *s, const struct times *t, int nr)
{
	double sum = 0;
	int vm;

	for (vm = 0; vm < s->nr_vms; vm++)
		sum += t->contended[vm] / reference_time(t->alone[vm], nr);
	return sum / s->nr_vms;
}

static double stalled(const struct slowdowns *s, const struct times *t)
{
	int vm;

	for (vm = 0; vm < s->nr_vms; vm++) {
		if (t->contended[vm] / reference_time(t->alone[vm], -1) > s->limit)
			return 1;
	}
	return 0;
}

/* Of a run, in resample @nr. */
static double value(const struct slowdowns *s, const struct times *t, int nr)
{
	switch (s->kind) {
	case COL_SLOWDOWN:
		return exp(log_slowdown(s, t, nr));
	case COL_STP:
		return stp(s, t, nr);
	case COL_ANTT:
		return antt(s, t, nr);
	default:
		return stalled(s, t);
	}
}

static double geometric(void *data, const int *times, int drawn, int nr)
{
	const struct slowdowns *s = data;
	double sum = 0;
	int i;

	for (i = 0; i < s->nr; i++)
		sum += times[i] ? times[i] * log_slowdown(s, &s->t[i], nr) : 0;
	return exp(sum / drawn);
}

static double share(void *data, const int *times, int drawn, int nr)
{
	const struct slowdowns *s = data;
	double sum = 0;
	int i;

	for (i = 0; i < s->nr; i++)
		sum += times[i] ? times[i] * stalled(s, &s->t[i]) : 0;
	return sum / drawn;
}

static double median(void *data, const int *times, int drawn, int nr)
{
	const struct slowdowns *s = data;
	double m = NAN, *all = malloc((s->nr + 1) * sizeof(*all));
	void *sorted;
	int i;

	for (i = 0; all && i < s->nr; i++)
		all[i] = value(s, &s->t[i], nr);
	sorted = all ? stat_sorted_new(all, s->nr) : NULL;
	if (sorted)
		m = stat_drawn_median(sorted, times, drawn, nr);
	free(sorted);
	free(all);
	return m;
}

static void free_slowdowns(void *data)
{
	struct slowdowns *s = data;

	free(s->t);
	free(s);
}

int report_slowdown(struct report *r, int arm, int col, struct report_source *src)
{
	struct report_series *series = &r->arms[arm].col[col];
	struct slowdowns *s = calloc(1, sizeof(*s));
	int i;

	if (!s)
		return -1;
	*src = (struct report_source) { .e.data = s, .free_data = free_slowdowns };
	s->kind = r->cols[col].kind;
	s->nr_vms = r->e->nr_vms;
	s->limit = REPORT_STALL * report_ideal(r->e);
	s->t = calloc(r->arms[arm].ok + 1, sizeof(*s->t));
	if (!s->t)
		return -1;
	for (i = 0; i < r->arms[arm].ok; i++)
		s->nr += take(&s->t[s->nr], r, arm, r->arms[arm].ok_run[i]) &&
			 isfinite(value(s, &s->t[s->nr], -1));
	for (i = 0; i < s->nr; i++)
		report_add_value(r, series, s->t[i].run, value(s, &s->t[i], -1));
	src->e.of = s->kind == COL_SLOWDOWN ? geometric : s->kind == COL_STALLED ? share : median;
	return 0;
}
