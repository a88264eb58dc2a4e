// SPDX-License-Identifier: GPL-2.0-only
/*
 * What recording an arm cost: the time of its recorded run against the others.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json_file.h"
#include "report.h"

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

/* Mean over the VMs, in the recorded run and of the medians of the others. */
static void times(const struct report *r, int arm, const struct record *rec, double *traced,
		  double *plain)
{
	int i, n = r->e->nr_vms;

	*traced = *plain = 0;
	for (i = 0; i < n; i++) {
		*traced += report_vm_value(rec, r->e->vms[i].name, "contended_s") / n;
		*plain += report_vm_median(r, arm, i, "contended_s") / n;
	}
}

char *report_trace_words(const struct report *r, int arm, char *buf, size_t len)
{
	const struct plan_run *run = traced_run(r, arm);
	const char *name = r->e->arms[arm].name, *error;
	const struct record *rec;
	double traced, plain;
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
	times(r, arm, rec, &traced, &plain);
	used = snprintf(buf, len, "recording %s (run %d, not counted)", name, run->id);
	if (isfinite(traced) && isfinite(plain) && plain > 0)
		used += snprintf(buf + used, len - used,
				 ": %.3g s against a median of %.3g s without, %+.0f %% (n = 1: it shows the order of the cost, no more)",
				 traced, plain, 100 * (traced / plain - 1));
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
