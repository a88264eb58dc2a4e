// SPDX-License-Identifier: GPL-2.0-only
/*
 * What recording an arm cost: the time of its recorded run against the others.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "report/report.h"

static const struct plan_run *traced_run(const struct report *r, int arm)
{
	const struct plan_boot *b;
	int i, j;

	for (i = 0; i < r->plan->nr_boots; i++) {
		b = &r->plan->boots[i];
		for (j = 0; j < b->nr_runs; j++)
			if (b->runs[j].traced && b->runs[j].arm == arm)
				return &b->runs[j];
	}
	return NULL;
}

/* Mean over the VMs of the recorded run. */
static double time_of(const struct report *r, const struct record *rec)
{
	double sum = 0;
	int i;

	for (i = 0; i < r->e->nr_vms; i++)
		sum += report_vm_value(rec, r->e->vms[i].name, "contended_s") / r->e->nr_vms;
	return sum;
}

/* The times of the arm's other runs. */
static const struct report_series *times(const struct report *r, int arm)
{
	int i;

	for (i = 0; i < r->nr_cols; i++)
		if (r->cols[i].kind == COL_TIME)
			return &r->arms[arm].col[i];
	return NULL;
}

/* One run against several: within what they spread over, nothing is shown. */
static int add_cost(const struct report_series *s, double t, char *buf, size_t len)
{
	double low, high, median;
	int i;

	if (!s || !s->n || !isfinite(t))
		return 0;
	low = high = s->v[0];
	for (i = 1; i < s->n; i++) {
		low = fmin(low, s->v[i]);
		high = fmax(high, s->v[i]);
	}
	median = stat_median(s->v, s->n);
	return snprintf(buf, len,
			": %.3g s against a median of %.3g s without (%.3g to %.3g, n = %d), %+.0f %%; one run shows the order of the cost, no more%s",
			t, median, low, high, s->n, 100 * (t / median - 1), t < low ?
			", and this one was quicker than any other" : t <= high ?
			", and this one lies among the others" : "");
}

char *report_trace_words(const struct report *r, int arm, char *buf, size_t len)
{
	const struct plan_run *run = traced_run(r, arm);
	const char *name = r->e->arms[arm].name, *error;
	const struct record *rec;
	json_object *o;
	size_t used;

	if (!run)
		return NULL;
	rec = records_of_run(r->rs, run->id);
	if (!rec || !rec->ok) {
		snprintf(buf, len, "%s has no recording: run %d %s", name, run->id,
			 rec ? "failed" : "is missing");
		return buf;
	}
	used = snprintf(buf, len, "recording %s (run %d, not counted)", name, run->id);
	used += add_cost(times(r, arm), time_of(r, rec), buf + used, len - used);
	o = json_object_object_get(rec->o, "trace");
	error = jget_str(o, "error", NULL);
	if (!jget_bool(o, "complete", 0))
		used += snprintf(buf + used, len - used, "; INCOMPLETE: %s",
				 error ? error : "the reason is not known");
	if (jget_int(o, "lost_events", 0))
		snprintf(buf + used, len - used, "; %d events lost",
			 (int)jget_int(o, "lost_events", 0));
	return buf;
}
