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
	return prng_derive(prng_derive(r->e->seed, r->e->arms[arm].name), r->cols[col].metric->name);
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

static bool has_two(const struct report_series *s, int boot)
{
	int i, n = 0;

	for (i = 0; i < s->n; i++)
		n += s->boot[i] == boot;
	return n > 1;
}

/* Have all these boots two runs and more, in both arms? */
static bool all_have_two(const struct report_series *a, const struct report_series *b,
			 const int *only, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		if (!has_two(a, only[i]) || !has_two(b, only[i]))
			return false;
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The boots in which both arms have values, in their order; @only has room for all of @a's. */
static int common_boots(const struct report_series *a, const struct report_series *b, int *only)
{
	int i, nr = 0;

	for (i = 0; i < a->n; i++) {
		if (stat_is_first(a->boot, i) && has_boot(b, a->boot[i]))
			only[nr++] = a->boot[i];
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

/*
 * Resamples of arm @arm from boots @only. If @within, they are of runs within each boot; else
 * boots are drawn, too: the same ones for both arms of a pair.
 */
static int resample_paired(struct report *r, int arm, int col, const struct report_source *src,
			   const int *only, int nr, bool within, struct report_drawn *out)
{
	uint64_t boots = prng_derive(prng_derive(r->e->seed, "boots"), r->cols[col].metric->name);
	uint64_t seed = prng_derive(series_seed(r, arm, col), "paired");
	const struct report_series *s = &r->arms[arm].col[col];
	struct stat_draw d;
	int ret = -1;

	if (stat_draw_init(&d, s->boot, s->n, only, nr))
		return -1;
	if (!within || !stat_draw_within(&d)) {
		out->runs = d.start[d.nr_boots];
		out->value = of_all(src, &d);
		out->resamples = malloc(STAT_RESAMPLES * sizeof(double));
		ret = out->resamples ? stat_bootstrap(&src->e, &d, seed, &boots, out->resamples) :
				       -1;
	}
	stat_draw_free(&d);
	return ret;
}

/* What a pair that shares boots is compared by; if it has no boot in common, there is nothing. */
static int estimate_pair(struct report *r, struct report_pair *p, int col,
			 const struct report_source *src)
{
	const struct report_series *a = &r->arms[p->base].col[col], *b = &r->arms[p->arm].col[col];
	struct report_paired *out = &p->col[col];
	int *only = calloc(a->n + 1, sizeof(*only)), ret = 0;
	bool within;

	if (!only)
		return -1;
	out->boots = common_boots(a, b, only);
	within = all_have_two(a, b, only, out->boots);
	if (out->boots)
		ret = resample_paired(r, p->base, col, &src[p->base], only, out->boots, within,
				      &out->base) ||
		      resample_paired(r, p->arm, col, &src[p->arm], only, out->boots, within,
				      &out->arm) ? -1 : 0;
	free(only);
	return ret;
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
	if (resample(r, arm, col, src))
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

	/* all values first: which boots two arms have in common is known only then */
	for (i = 0; !ret && i < r->e->nr_arms; i++)
		ret = source(r, i, col, &src[i]);
	for (i = 0; !ret && i < r->e->nr_arms; i++)
		ret = estimate(r, i, col, &src[i]);
	for (i = 0; !ret && i < r->nr_pairs; i++) {
		if (report_shares_boots(r, r->pairs[i].arm, r->pairs[i].base))
			ret = estimate_pair(r, &r->pairs[i], col, src);
	}
	for (i = 0; i < r->e->nr_arms; i++) {
		if (src[i].free_data)
			src[i].free_data(src[i].e.data);
	}
	return ret;
}
