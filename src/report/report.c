// SPDX-License-Identifier: GPL-2.0-only
/*
 * From records to medians, intervals and verdicts.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "experiment/arm.h"
#include "experiment/names.h"
#include "report/report.h"
#include "results/kinds.h"

static void add_col(struct report *r, struct report_col col)
{
	r->cols[r->nr_cols++] = col;
}

static const struct report_col col_slowdown = {
	.kind = COL_SLOWDOWN, .label = "slowdown", .head = "slowdown", .geometric = true,
	.metric = &(const struct metric) {
		.name = "slowdown", .unit = "", .better = BETTER_LOWER,
		.doc = "time contended / the baseline's time alone: geometric mean over VMs and runs"
	}
};

static const struct report_col col_stp = {
	.kind = COL_STP, .label = "weighted speedup (STP)", .head = "STP",
	.metric = &(const struct metric) {
		.name = "stp", .unit = "", .better = BETTER_HIGHER,
		.doc = "sum over VMs of the baseline's time alone / time contended; from 0 to the number of VMs"
	}
};

static const struct report_col col_antt = {
	.kind = COL_ANTT, .label = "normalised turnaround time (ANTT)", .head = "ANTT",
	.metric = &(const struct metric) {
		.name = "antt", .unit = "", .better = BETTER_LOWER,
		.doc = "mean over VMs of time contended / the baseline's time alone; 1 and more"
	}
};

static const struct report_col col_stalled = {
	.kind = COL_STALLED, .label = "share of stalled runs", .head = "stalled",
	.metric = &(const struct metric) {
		.name = "stalled_share", .unit = "", .better = BETTER_LOWER,
		.doc = "runs in which a VM's slowdown is more than 10 times the ideal, which is the CPUs that all VMs ask for over those that there are"
	}
};

static const struct report_col col_contended = {
	.kind = COL_TIME, .label = "time contended", .head = "contended",
	.metric = &(const struct metric) {
		.name = "contended_s", .unit = "s", .better = BETTER_LOWER,
		.doc = "time of the workload with all VMs at work, mean over the VMs"
	}
};

static const struct report_col col_alone = {
	.kind = COL_ALONE, .label = "time alone", .head = "alone",
	.metric = &(const struct metric) {
		.name = "alone_s", .unit = "s", .better = BETTER_LOWER,
		.doc = "time of the same work with the other VMs idle"
	}
};

static const struct report_col col_elapsed = {
	.kind = COL_TIME, .label = "time", .head = "time", .geometric = true,
	.metric = &(const struct metric) {
		.name = "elapsed_s", .unit = "s", .better = BETTER_LOWER,
		.doc = "time of the workload"
	}
};

static void add_metric(struct report *r, const char *name)
{
	struct report_percentile unused;
	enum report_kind kind;
	const struct metric *m = names_metric(name, r->e->workload);
	bool host = names_metric(name, NULL);

	if (!m)
		return;
	kind = report_percentile_key(m->name, &unused) ? COL_PERCENTILE :
	       host ? COL_HOST : COL_WORKLOAD;
	add_col(r, (struct report_col) {
		.kind = kind, .metric = m, .label = m->name, .head = m->name, .host = host
	});
}

static bool has_col(const struct report *r, const char *key)
{
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		if (!strcmp(r->cols[i].metric->name, key))
			return true;
	}
	return false;
}

/* A workload's histogram is shown whether the experiment asks for it or not. */
static void add_percentiles(struct report *r)
{
	struct name_list l = { 0 };
	struct report_percentile p;
	int i, n = 0;

	names_add_workload_metrics(&l, r->e->workload);
	for (i = 0; i < l.nr && n < REPORT_MAX_PERCENTILES; i++) {
		if (!report_percentile_key(l.name[i], &p) || has_col(r, l.name[i]))
			continue;
		add_metric(r, l.name[i]);
		n++;
	}
}

static void set_cols(struct report *r)
{
	const struct experiment *e = r->e;
	int i;

	if (e->nr_vms > 1) {
		add_col(r, col_slowdown);
		add_col(r, col_stp);
		add_col(r, col_antt);
		add_col(r, col_stalled);
		add_col(r, col_contended);
		add_col(r, col_alone);
	} else {
		add_col(r, col_elapsed);
	}
	for (i = 0; i < e->nr_metrics; i++)
		add_metric(r, e->metrics[i]);
	add_percentiles(r);
}

static json_object *vm_of(const struct record *rec, const char *vm)
{
	json_object *vms = json_object_object_get(rec->o, "vms"), *o;
	size_t i;

	if (!json_object_is_type(vms, json_type_array))
		return NULL;
	for (i = 0; i < json_object_array_length(vms); i++) {
		o = json_object_array_get_idx(vms, i);
		if (!strcmp(jget_str(o, "name", ""), vm))
			return o;
	}
	return NULL;
}

double report_vm_value(const struct record *rec, const char *vm, const char *key)
{
	return jget_num(vm_of(rec, vm), key, NAN);
}

json_object *report_vm_workload(const struct record *rec, const char *vm)
{
	return json_object_object_get(vm_of(rec, vm), "workload");
}

/* Mean over the VMs that have the value; NAN if one that must have it has not. */
static double vm_mean(const struct report *r, const struct record *rec, const char *key,
		      bool of_workload, bool all)
{
	double sum = 0, v;
	int i, n = 0;

	for (i = 0; i < r->e->nr_vms; i++) {
		json_object *vm = vm_of(rec, r->e->vms[i].name);

		if (of_workload)
			vm = json_object_object_get(vm, "workload");
		v = jget_num(vm, key, NAN);
		if (isnan(v) && all)
			return NAN;
		if (!isnan(v)) {
			sum += v;
			n++;
		}
	}
	return n ? sum / n : NAN;
}

static double value_of(const struct report *r, const struct report_col *c,
		       const struct record *rec)
{
	switch (c->kind) {
	case COL_TIME:
		return vm_mean(r, rec, "contended_s", false, true);
	case COL_ALONE:
		return vm_mean(r, rec, "alone_s", false, false);
	case COL_WORKLOAD:
		return vm_mean(r, rec, c->metric->name, true, true);
	case COL_HOST:
		return jget_num(json_object_object_get(rec->o, "metrics"), c->metric->name, NAN);
	case COL_SLOWDOWN:
	case COL_STP:
	case COL_ANTT:
	case COL_STALLED:
	case COL_PERCENTILE:
		break;	/* not of single runs: report_slowdown(), report_percentiles() */
	}
	return NAN;
}

static void add_failure(struct report *r, const struct plan_run *run, const char *kind,
			const char *msg)
{
	struct report_failure *f = &r->failures[r->nr_failures++];

	f->run = run->id;
	f->arm = run->arm;
	f->rep = run->rep;
	snprintf(f->kind, sizeof(f->kind), "%s", kind);
	snprintf(f->msg, sizeof(f->msg), "%s", msg);
	r->arms[run->arm].failed++;
}

/* Why a record that claims to be good is not; NULL if it is. */
static const char *not_whole(const struct report *r, const struct plan_run *run,
			     const struct record *rec, char *buf, size_t len)
{
	const char *vm;
	int i;

	if (rec->arm != run->arm) {
		snprintf(buf, len, "the record is of arm %s, the plan has %s there",
			 r->e->arms[rec->arm].name, r->e->arms[run->arm].name);
		return buf;
	}
	for (i = 0; i < r->e->nr_vms; i++) {
		vm = r->e->vms[i].name;
		if (report_vm_value(rec, vm, "contended_s") > 0)
			continue;
		snprintf(buf, len, "the record has no contended_s of %s", vm);
		return buf;
	}
	return NULL;
}

/* The run's record if it counts, else NULL; failures are noted. */
static const struct record *good_record(struct report *r, const struct plan_run *run)
{
	const struct exp_arm *arm = &r->e->arms[run->arm];
	const struct record *rec = records_of_run(r->rs, run->id);
	const char *wrong;
	char buf[256];

	if (!rec)
		return NULL;
	if (!rec->ok) {
		add_failure(r, run, jget_str(rec->o, "error_kind", "unknown"),
			    jget_str(rec->o, "error", "no reason is given"));
		return NULL;
	}
	wrong = not_whole(r, run, rec, buf, sizeof(buf));
	if (wrong) {
		add_failure(r, run, "damaged", wrong);
		return NULL;
	}
	wrong = arm_check_hints(arm->hints, arm->policy,
			    jget_num(json_object_object_get(rec->o, "metrics"), "hints_seen", NAN),
			    buf, sizeof(buf));
	if (wrong) {
		add_failure(r, run, KIND_ASSERT, wrong);
		return NULL;
	}
	return rec;
}

void report_add_value(const struct report *r, struct report_series *s, int run, double v)
{
	if (!isfinite(v))
		return;
	s->v[s->n] = v;
	s->boot[s->n] = records_of_run(r->rs, run)->boot;
	s->run[s->n++] = run;
}

bool report_shares_boots(const struct report *r, int a, int b)
{
	return !strcmp(r->e->arms[a].kernel, r->e->arms[b].kernel);
}

bool report_is_off(const struct exp_arm *arm)
{
	return strcmp(arm->kernel, "stock") && !strcmp(arm->policy, "none") && !arm->hints;
}

static void add_pair(struct report *r, int arm, int base)
{
	r->pairs[r->nr_pairs++] = (struct report_pair){ .arm = arm, .base = base };
}

/* The arm that is off, of the same kernel as @arm; -1 if there is none. */
static int off_of(const struct report *r, int arm)
{
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		if (report_shares_boots(r, i, arm) && report_is_off(&r->e->arms[i]))
			return i;
	}
	return -1;
}

static void set_pairs(struct report *r)
{
	int base = r->e->baseline, i, off;

	for (i = 0; i < r->e->nr_arms; i++) {
		if (i != base)
			add_pair(r, i, base);
	}
	for (i = 0; i < r->e->nr_arms; i++) {
		off = off_of(r, i);
		if (!report_shares_boots(r, i, base) && off >= 0 && off != i)
			add_pair(r, i, off);
	}
}

static void take_run(struct report *r, const struct plan_run *run)
{
	struct report_arm *arm = &r->arms[run->arm];
	const struct record *rec;
	int i;

	if (run->warmup) {
		rec = records_of_run(r->rs, run->id);
		r->warmups += rec && rec->ok && !run->traced;
		return;
	}
	arm->planned++;
	r->planned++;
	rec = good_record(r, run);
	if (!rec)
		return;
	arm->ok_run[arm->ok++] = run->id;
	r->ok++;
	for (i = 0; i < r->nr_cols; i++)
		report_add_value(r, &arm->col[i], run->id, value_of(r, &r->cols[i], rec));
}

static int alloc_series(struct report *r)
{
	int n = plan_nr_runs(r->plan) + 1, i, j;

	r->failures = calloc(n, sizeof(*r->failures));
	if (!r->failures)
		return -1;
	for (i = 0; i < r->e->nr_arms; i++) {
		r->arms[i].ok_run = calloc(n, sizeof(int));
		if (!r->arms[i].ok_run)
			return -1;
		for (j = 0; j < r->nr_cols; j++) {
			r->arms[i].col[j].v = calloc(n, sizeof(double));
			r->arms[i].col[j].run = calloc(n, sizeof(int));
			r->arms[i].col[j].boot = calloc(n, sizeof(int));
			r->arms[i].col[j].boot_value = calloc(n, sizeof(double));
			if (!r->arms[i].col[j].v || !r->arms[i].col[j].run ||
			    !r->arms[i].col[j].boot || !r->arms[i].col[j].boot_value)
				return -1;
		}
	}
	return 0;
}

static void compare(struct report *r, const struct report_pair *p)
{
	bool shared = report_shares_boots(r, p->arm, p->base);
	struct report_cmp *c[REPORT_MAX_COLS];
	int col;

	for (col = 0; col < r->nr_cols; col++) {
		c[col] = &r->cmps[r->nr_cmps++];
		*c[col] = report_compare(&r->arms[p->base].col[col], &r->arms[p->arm].col[col],
					 shared ? &p->col[col] : NULL, &r->cols[col],
					 col ? 0 : r->e->equivalence_margin / 100);
		c[col]->arm = p->arm;
		c[col]->base = p->base;
		c[col]->col = col;
	}
	report_judge(c, r->nr_cols);
}

static int fill(struct report *r)
{
	int i, j;

	for (i = 0; i < r->plan->nr_boots; i++) {
		for (j = 0; j < r->plan->boots[i].nr_runs; j++)
			take_run(r, &r->plan->boots[i].runs[j]);
	}
	if (report_attempts(r) || report_reference(r))
		return -1;
	for (i = 0; i < r->nr_cols; i++) {
		if (report_estimate(r, i))
			return -1;
	}
	for (i = 0; i < r->nr_pairs; i++)
		compare(r, &r->pairs[i]);
	report_notes(r);
	return 0;
}

int report_make(struct report *r, const struct experiment *e, const struct plan *p,
		const struct records *rs, struct vh_err *err)
{
	memset(r, 0, sizeof(*r));
	r->e = e;
	r->plan = p;
	r->rs = rs;
	set_cols(r);
	set_pairs(r);
	if (!alloc_series(r) && !fill(r))
		return 0;
	report_free(r);
	return vh_err(err, VH_BAD_HOST, "out of memory");
}

void report_free(struct report *r)
{
	int i, j;

	report_reference_free(r);
	for (i = 0; i < EXP_MAX_ARMS; i++) {
		free(r->arms[i].ok_run);
		for (j = 0; j < REPORT_MAX_COLS; j++) {
			free(r->arms[i].col[j].v);
			free(r->arms[i].col[j].run);
			free(r->arms[i].col[j].boot);
			free(r->arms[i].col[j].boot_value);
			free(r->arms[i].col[j].resamples);
		}
	}
	for (i = 0; i < r->nr_pairs; i++) {
		for (j = 0; j < r->nr_cols; j++) {
			free(r->pairs[i].col[j].base.resamples);
			free(r->pairs[i].col[j].arm.resamples);
		}
	}
	for (i = 0; i < r->nr_notes; i++)
		free(r->notes[i]);
	free(r->failures);
	report_attempts_free(r);
	memset(r, 0, sizeof(*r));
}

bool report_complete(const struct report *r)
{
	return r->ok == r->planned;
}

const struct report_cmp *report_cmp_of(const struct report *r, int arm, int col)
{
	int i;

	for (i = 0; i < r->nr_cmps; i++) {
		if (r->cmps[i].arm == arm && r->cmps[i].base == r->e->baseline &&
		    r->cmps[i].col == col)
			return &r->cmps[i];
	}
	return NULL;
}

double report_vm_median(const struct report *r, int arm, int vm, const char *key)
{
	const struct report_arm *ra = &r->arms[arm];
	double *v = malloc((ra->ok + 1) * sizeof(*v)), m = NAN;
	int i, n = 0;

	for (i = 0; v && i < ra->ok; i++) {
		v[n] = report_vm_value(records_of_run(r->rs, ra->ok_run[i]), r->e->vms[vm].name,
				       key);
		n += !isnan(v[n]);
	}
	if (v)
		m = stat_median(v, n);
	free(v);
	return m;
}

double report_boot_value(const struct report *r, int arm, int col, int boot, int *n)
{
	const struct report_series *s = &r->arms[arm].col[col];
	double *v = malloc((s->n + 1) * sizeof(*v)), m = NAN;
	int i;

	*n = 0;
	for (i = 0; v && i < s->n; i++) {
		if (s->boot[i] == boot)
			v[(*n)++] = s->v[i];
	}
	if (v)
		m = r->cols[col].geometric ? stat_geometric_mean(v, *n) :
		    r->cols[col].kind == COL_STALLED ? stat_mean(v, *n) : stat_median(v, *n);
	free(v);
	return m;
}
