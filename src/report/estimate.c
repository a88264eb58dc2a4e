// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the values of a column to its estimates, each with an interval, and to what the
 * comparisons need: resamples, and estimates of the boots.
 *
 * Every series has a seed of its own: one metric more changes no other's interval.
 */
#include <math.h>
#include <stdlib.h>

#include "report/report.h"
#include "stat/draw.h"
#include "stat/prng.h"
#include "stat/share.h"

static uint64_t series_seed(const struct report *r, int arm, int col)
{
	return prng_derive(prng_derive(r->e->seed, r->e->arms[arm].name), r->cols[col].key);
}

/* Logs of the values, for a geometric mean. */
struct logs {
	int n;
	double v[];
};

static double drawn_geometric_mean(void *data, const int *times, int drawn, int nr)
{
	const struct logs *l = data;
	double sum = 0;
	int i;

	for (i = 0; i < l->n; i++)
		sum += times[i] ? times[i] * l->v[i] : 0;
	return exp(sum / drawn);
}

/* A column whose values are there already. */
static int plain(struct report *r, int arm, int col, struct report_source *src)
{
	const struct report_series *s = &r->arms[arm].col[col];
	struct logs *l;
	int i;

	src->free_data = free;
	if (!r->cols[col].geometric) {
		src->e.of = stat_drawn_median;
		src->e.data = stat_sorted_new(s->v, s->n);
		return src->e.data ? 0 : -1;
	}
	src->e.of = drawn_geometric_mean;
	src->e.data = l = malloc(sizeof(*l) + s->n * sizeof(*l->v));
	if (!l)
		return -1;
	l->n = s->n;
	for (i = 0; i < s->n; i++)
		l->v[i] = log(s->v[i]);
	return 0;
}

static int source(struct report *r, int arm, int col, struct report_source *src)
{
	switch (r->cols[col].kind) {
	case COL_SLOWDOWN:
	case COL_STP:
	case COL_ANTT:
	case COL_STALLED:
		return report_slowdown(r, arm, col, src);
	case COL_PERCENTILE:
		return report_percentiles(r, arm, col, src);
	default:
		return plain(r, arm, col, src);
	}
}

static bool has_boot(const struct report_series *s, int boot)
{
	int i;

	for (i = 0; i < s->n; i++) {
		if (s->boot[i] == boot)
			return true;
	}
	return false;
}

/* Is it in every arm of the same boots that has values at all? */
static bool is_common(const struct report *r, int arm, int col, int boot)
{
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		if (report_shares_boots(r, i, arm) && r->arms[i].col[col].n &&
		    !has_boot(&r->arms[i].col[col], boot))
			return false;
	}
	return true;
}

/* Have all these boots two runs and more, in every arm that shares them? */
static bool all_have_two(const struct report *r, int arm, int col, const int *only, int nr)
{
	const struct report_series *s;
	int i, j, k, n;

	for (i = 0; i < r->e->nr_arms; i++) {
		s = &r->arms[i].col[col];
		for (j = 0; report_shares_boots(r, i, arm) && s->n && j < nr; j++) {
			for (k = 0, n = 0; k < s->n; k++)
				n += s->boot[k] == only[j];
			if (n < 2)
				return false;
		}
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The boots of which all arms that share them have values, in their order; @only has room. */
static int common_boots(const struct report *r, int arm, int col, int *only)
{
	const struct report_series *s = &r->arms[arm].col[col];
	int i, nr = 0;

	for (i = 0; i < s->n; i++) {
		if (stat_is_first(s->boot, i) && is_common(r, arm, col, s->boot[i]))
			only[nr++] = s->boot[i];
	}
	qsort(only, nr, sizeof(*only), by_number);
	return nr;
}

/* The estimate from all values that @d draws from. */
static double of_all(const struct report_source *src, const struct stat_draw *d)
{
	int *times = calloc(d->n + 1, sizeof(*times)), i;
	double v = NAN;

	for (i = 0; times && i < d->start[d->nr_boots]; i++)
		times[d->item[i]] = 1;
	if (times)
		v = src->e.of(src->e.data, times, d->start[d->nr_boots], -1);
	free(times);
	return v;
}

static int resample(struct report *r, int arm, int col, const struct report_source *src)
{
	struct report_series *s = &r->arms[arm].col[col];
	struct stat_draw d;
	int ret;

	if (stat_draw_init(&d, s->boot, s->n, NULL, 0))
		return -1;
	s->est.value = of_all(src, &d);
	s->resamples = malloc(STAT_RESAMPLES * sizeof(double));
	ret = s->resamples ? stat_bootstrap(&src->e, &d, series_seed(r, arm, col), NULL,
					    s->resamples) : -1;
	stat_draw_free(&d);
	return ret;
}

/* For comparisons with arms in the same boots; without boots that all have, there are none. */
static int resample_paired(struct report *r, int arm, int col,
			   const struct report_source *src)
{
	uint64_t boots = prng_derive(prng_derive(r->e->seed, "boots"), r->cols[col].key);
	struct report_series *s = &r->arms[arm].col[col];
	int *only = calloc(s->n + 1, sizeof(*only)), ret = -1, nr;
	struct stat_draw d = { 0 };

	if (!only)
		return -1;
	nr = common_boots(r, arm, col, only);
	if (stat_draw_init(&d, s->boot, s->n, only, nr))
		goto out;
	ret = 0;
	s->paired_value = NAN;
	if (!nr)
		goto out;
	/* else the boots are drawn: the same ones for all arms */
	if (all_have_two(r, arm, col, only, nr) && stat_draw_within(&d)) {
		ret = -1;
		goto out;
	}
	s->paired_value = of_all(src, &d);
	s->paired = malloc(STAT_RESAMPLES * sizeof(double));
	ret = s->paired ? stat_bootstrap(&src->e, &d,
					 prng_derive(series_seed(r, arm, col), "paired"), &boots,
					 s->paired) : -1;
out:
	stat_draw_free(&d);
	free(only);
	return ret;
}

static bool has_partner(const struct report *r, int arm)
{
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		if (i != arm && report_shares_boots(r, i, arm))
			return true;
	}
	return false;
}

static int count(const struct report_series *s)
{
	int i, k = 0;

	for (i = 0; i < s->n; i++)
		k += s->v[i] > 0;
	return k;
}

static int estimate(struct report *r, int arm, int col, const struct report_source *src)
{
	struct report_series *s = &r->arms[arm].col[col];
	const struct report_col *c = &r->cols[col];

	s->est = (struct stat_est) { NAN, NAN, NAN };
	if (!s->n)
		return 0;
	if (resample(r, arm, col, src) || (has_partner(r, arm) && resample_paired(r, arm, col, src)))
		return -1;
	s->est = c->kind == COL_STALLED ? stat_share(count(s), s->n) :
		 stat_interval(s->est.value, s->resamples);
	s->nr_boots = stat_boot_values(s->v, s->boot, s->n, c->geometric ? stat_geometric_mean :
				       c->kind == COL_STALLED ? stat_mean : stat_median,
				       s->boot_value);
	if (s->n < STAT_MIN_INTERVAL)
		s->est.lo = s->est.hi = NAN;
	return 0;
}

struct stat_parts report_parts(const struct report_series *s)
{
	struct stat_parts parts = { NAN, NAN, NAN };
	double *logs = malloc((s->n + 1) * sizeof(*logs));
	int i;

	for (i = 0; logs && i < s->n; i++)
		logs[i] = log(s->v[i]);
	if (logs)
		parts = stat_variance_parts(logs, s->boot, s->n);
	free(logs);
	return parts;
}

int report_estimate(struct report *r, int col)
{
	struct report_source src[EXP_MAX_ARMS] = { 0 };
	int i, ret = 0;

	/* all values first: which boots arms have in common is known only then */
	for (i = 0; !ret && i < r->e->nr_arms; i++)
		ret = source(r, i, col, &src[i]);
	for (i = 0; !ret && i < r->e->nr_arms; i++)
		ret = estimate(r, i, col, &src[i]);
	for (i = 0; i < r->e->nr_arms; i++) {
		if (src[i].free_data)
			src[i].free_data(src[i].e.data);
	}
	return ret;
}
