// SPDX-License-Identifier: GPL-2.0-only
/*
 * summary.json: the report for programs. Units are in the keys, what is not
 * known is null, and every value is there, so that no reader has to trust the
 * medians.
 */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "report/report.h"

#define SUMMARY_SCHEMA 2

static void put_num(json_object *o, const char *key, double v)
{
	json_object_object_add(o, key, jnew_num(v));
}

static void put_str(json_object *o, const char *key, const char *s)
{
	json_object_object_add(o, key, json_object_new_string(s));
}

static void put_int(json_object *o, const char *key, int v)
{
	json_object_object_add(o, key, json_object_new_int(v));
}

static json_object *interval(struct stat_est e)
{
	json_object *a;

	if (isnan(e.lo))
		return NULL;
	a = json_object_new_array();
	json_object_array_add(a, jnew_num(e.lo));
	json_object_array_add(a, jnew_num(e.hi));
	return a;
}

static const char *estimate_key(const struct report_col *col)
{
	return col->kind == COL_PERCENTILE ? "merged_percentile" :
	       col->kind == COL_STALLED ? "share" : col->geometric ? "geometric_mean" : "median";
}

/* Where the headline's variance is: it tells whether boots or runs are worth more. */
static json_object *variance(const struct report_series *s)
{
	struct stat_parts parts = report_parts(s);
	json_object *o = json_object_new_object();

	put_num(o, "between_boots", parts.between);
	put_num(o, "within_boots", parts.within);
	return o;
}

static json_object *series(const struct report_series *s, const struct report_col *col)
{
	json_object *o = json_object_new_object(), *v = json_object_new_array();
	json_object *runs = json_object_new_array();
	int i;

	for (i = 0; i < s->n; i++) {
		json_object_array_add(v, jnew_num(s->v[i]));
		json_object_array_add(runs, json_object_new_int(s->run[i]));
	}
	put_int(o, "n", s->n);
	put_num(o, estimate_key(col), s->est.value);
	json_object_object_add(o, "interval_95", interval(s->est));
	json_object_object_add(o, "values", v);
	json_object_object_add(o, "runs", runs);
	if (col->geometric) {
		put_num(o, "quantile_90", stat_quantile(s->v, s->n, 0.9));
		put_num(o, "max", stat_quantile(s->v, s->n, 1));
		json_object_object_add(o, "variance_of_log", variance(s));
	}
	return o;
}

static json_object *vm_medians(const struct report *r, int arm)
{
	json_object *vms = json_object_new_array(), *o;
	int i;

	for (i = 0; i < r->e->nr_vms; i++) {
		o = json_object_new_object();
		put_str(o, "name", r->e->vms[i].name);
		put_num(o, "contended_s", report_vm_median(r, arm, i, "contended_s"));
		put_num(o, "alone_s", report_vm_median(r, arm, i, "alone_s"));
		json_object_array_add(vms, o);
	}
	return vms;
}

static json_object *arm_summary(const struct report *r, int arm)
{
	const struct exp_arm *a = &r->e->arms[arm];
	json_object *o = json_object_new_object(), *m = json_object_new_object();
	int j;

	put_str(o, "name", a->name);
	put_str(o, "kernel", a->kernel);
	put_str(o, "policy", a->policy);
	json_object_object_add(o, "hints", json_object_new_boolean(a->hints));
	put_int(o, "planned", r->arms[arm].planned);
	put_int(o, "ok", r->arms[arm].ok);
	put_int(o, "failed", r->arms[arm].failed);
	for (j = 0; j < r->nr_cols; j++)
		json_object_object_add(m, r->cols[j].metric->name, series(&r->arms[arm].col[j],
							      &r->cols[j]));
	json_object_object_add(o, "metrics", m);
	json_object_object_add(o, "vms", vm_medians(r, arm));
	return o;
}

static const char *better_word(int better)
{
	return better > 0 ? "higher" : better < 0 ? "lower" : "none";
}

static json_object *range(const struct report *r, enum report_kind kind)
{
	json_object *a = json_object_new_array();

	json_object_array_add(a, json_object_new_int(kind == COL_ANTT));
	json_object_array_add(a, kind == COL_STP ? json_object_new_int(r->e->nr_vms) : NULL);
	return a;
}

static json_object *metric_list(const struct report *r)
{
	json_object *a = json_object_new_array(), *o;
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		o = json_object_new_object();
		put_str(o, "key", r->cols[i].metric->name);
		put_str(o, "unit", report_unit(&r->cols[i]));
		put_str(o, "better", better_word(r->cols[i].metric->better));
		put_str(o, "estimate", estimate_key(&r->cols[i]));
		if (r->cols[i].kind == COL_STP || r->cols[i].kind == COL_ANTT)
			json_object_object_add(o, "range", range(r, r->cols[i].kind));
		put_str(o, "doc", r->cols[i].metric->doc);
		json_object_array_add(a, o);
	}
	return a;
}

static json_object *equivalence(const struct report_cmp *c)
{
	json_object *o = json_object_new_object();

	put_num(o, "margin", c->margin);
	put_num(o, "p", c->p_equivalent);
	json_object_object_add(o, "equivalent",
			       json_object_new_boolean(c->p_equivalent < STAT_ALPHA));
	return o;
}

static json_object *comparison(const struct report *r, const struct report_cmp *c)
{
	json_object *o = json_object_new_object();

	put_str(o, "arm", r->e->arms[c->arm].name);
	put_str(o, "baseline", r->e->arms[c->base].name);
	put_str(o, "metric", r->cols[c->col].metric->name);
	put_num(o, "difference", c->diff.value);
	json_object_object_add(o, "difference_interval_95", interval(c->diff));
	put_num(o, "change", c->change.value);
	json_object_object_add(o, "change_interval_95", interval(c->change));
	put_str(o, "scale", c->ratio ? "ratio" : "difference");
	put_num(o, "standard_error", c->error);
	put_num(o, "degrees_of_freedom", c->df);
	put_num(o, "minimum_detectable", isinf(c->detectable) ? NAN : c->detectable);
	put_num(o, "largest_p_that_counts", c->test.alpha);
	put_num(o, "u", c->test.u);
	put_num(o, "p", c->test.p);
	put_num(o, "p_adjusted", c->p_adjusted);
	if (r->cols[c->col].kind == COL_STALLED)
		put_num(o, "p_fisher", c->p_fisher);
	put_int(o, "boots_compared", c->boots[0] + c->boots[1]);
	json_object_object_add(o, "p_exact", json_object_new_boolean(c->test.exact));
	put_num(o, "effect_a", c->test.effect);
	put_str(o, "verdict", stat_verdict_word(c->verdict));
	put_str(o, "verdict_unadjusted", stat_verdict_word(c->alone));
	if (c->margin > 0)
		json_object_object_add(o, "equivalence", equivalence(c));
	return o;
}

static json_object *failures(const struct report *r)
{
	json_object *a = json_object_new_array(), *o;
	int i;

	for (i = 0; i < r->nr_failures; i++) {
		o = json_object_new_object();
		put_int(o, "run", r->failures[i].run);
		put_str(o, "arm", r->e->arms[r->failures[i].arm].name);
		put_int(o, "rep", r->failures[i].rep);
		put_str(o, "kind", r->failures[i].kind);
		put_str(o, "message", r->failures[i].msg);
		json_object_array_add(a, o);
	}
	return a;
}

static json_object *statistics(const struct report *r)
{
	json_object *o = json_object_new_object();

	put_str(o, "interval", "bootstrap percentile");
	put_num(o, "confidence", STAT_CONFIDENCE);
	put_int(o, "resamples", STAT_RESAMPLES);
	put_num(o, "seed", (double)r->e->seed);
	put_str(o, "test", "of ranks, two-sided: van Elteren within boots that arms share, else Mann-Whitney of boots");
	put_str(o, "adjustment", "Holm, over the metrics of a pair but the first");
	put_num(o, "alpha", STAT_ALPHA);
	put_num(o, "power_of_minimum_detectable", STAT_POWER);
	return o;
}

json_object *report_summary(const struct report *r)
{
	json_object *o = json_object_new_object(), *a;
	int i;

	put_int(o, "schema", SUMMARY_SCHEMA);
	put_str(o, "experiment", r->e->name);
	put_str(o, "title", r->e->title);
	put_str(o, "where", r->e->where);
	exp_put_clock(r->e, o);
	put_str(o, "workload", r->e->workload);
	put_str(o, "baseline", r->e->arms[r->e->baseline].name);
	put_int(o, "planned", r->planned);
	put_int(o, "ok", r->ok);
	put_int(o, "failed", r->nr_failures);
	put_int(o, "warmups_dropped", r->warmups);
	json_object_object_add(o, "complete", json_object_new_boolean(report_complete(r)));
	json_object_object_add(o, "statistics", statistics(r));
	json_object_object_add(o, "metrics", metric_list(r));
	a = json_object_new_array();
	for (i = 0; i < r->e->nr_arms; i++)
		json_object_array_add(a, arm_summary(r, i));
	json_object_object_add(o, "arms", a);
	a = json_object_new_array();
	for (i = 0; i < r->nr_cmps; i++)
		json_object_array_add(a, comparison(r, &r->cmps[i]));
	json_object_object_add(o, "comparisons", a);
	json_object_object_add(o, "failures", failures(r));
	json_object_object_add(o, "attempts", report_attempts_json(r));
	a = json_object_new_array();
	for (i = 0; i < r->nr_notes; i++)
		json_object_array_add(a, json_object_new_string(r->notes[i]));
	json_object_object_add(o, "notes", a);
	return o;
}
