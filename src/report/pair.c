// SPDX-License-Identifier: GPL-2.0-only
/*
 * One arm against another: estimate, interval, test, and what the comparison could have found.
 */
#include <math.h>

#include "report/report.h"
#include "stat/draw.h"
#include "stat/power.h"
#include "stat/share.h"

static struct stat_est without_interval(struct stat_est e)
{
	return (struct stat_est) { e.value, NAN, NAN };
}

static bool all_above_0(const struct report_series *s)
{
	int i;

	for (i = 0; i < s->n; i++) {
		if (!(s->v[i] > 0))
			return false;
	}
	return s->n > 0;
}

/* The test of what is independent: of runs within boots, or of boots. */
static void test(struct report_cmp *c, const struct report_series *a,
		 const struct report_series *b, bool shared)
{
	double effect;

	if (shared) {
		c->test = stat_van_elteren(a->v, a->boot, a->n, b->v, b->boot, b->n);
		return;
	}
	effect = stat_mann_whitney(a->v, a->n, b->v, b->n).effect;
	c->test = stat_mann_whitney(a->boot_value, a->nr_boots, b->boot_value, b->nr_boots);
	c->test.effect = effect;
	c->boots[0] = a->nr_boots;
	c->boots[1] = b->nr_boots;
}

/* How sure the estimate is, and so the smallest effect that would have been found. */
static void power(struct report_cmp *c, const struct report_series *a,
		  const struct report_series *b, const struct report_paired *paired,
		  const double *ra, const double *rb)
{
	double least;

	c->error = stat_error(ra, rb, c->ratio);
	c->df = paired ? paired->base.runs + paired->arm.runs - paired->boots - 1 :
			 a->nr_boots + b->nr_boots - 2;
	least = stat_detectable(c->error, c->df, c->test.alpha);
	c->detectable = c->ratio ? expm1(least) : least;
	if (c->margin > 0)
		c->p_equivalent = stat_equivalence(log1p(c->change.value), c->error, c->df,
						   log1p(c->margin));
}

/* A share has an interval and a test of its own. */
static void compare_shares(struct report_cmp *c, const struct report_drawn *a,
			   const struct report_drawn *b, bool shared)
{
	int ka = lround(a->value * a->runs), kb = lround(b->value * b->runs);

	c->diff = stat_share_diff(ka, a->runs, kb, b->runs);
	c->p_fisher = stat_fisher(ka, a->runs, kb, b->runs);
	if (!shared)
		return;
	c->test.p = c->p_fisher;
	c->test.least = stat_fisher(0, a->runs, b->runs, b->runs);
	c->test.exact = true;
	c->detectable = stat_share_detectable(a->value, a->runs, b->runs);
}

/* All runs of an arm: what it is compared by if the other shares no boots with it. */
static struct report_drawn all_of(const struct report_series *s)
{
	return (struct report_drawn) { s->n, s->est.value, s->resamples };
}

struct report_cmp report_compare(const struct report_series *a, const struct report_series *b,
				 const struct report_paired *paired, const struct report_col *col,
				 double margin)
{
	struct report_cmp c = {
		.diff = { NAN, NAN, NAN }, .change = { NAN, NAN, NAN }, .better = col->metric->better,
		.p_adjusted = NAN, .p_fisher = NAN, .error = NAN, .df = NAN, .detectable = NAN,
		.margin = margin, .p_equivalent = NAN,
	};
	const struct report_drawn da = paired ? paired->base : all_of(a);
	const struct report_drawn db = paired ? paired->arm : all_of(b);
	bool few = da.runs < STAT_MIN_INTERVAL || db.runs < STAT_MIN_INTERVAL;

	test(&c, a, b, paired);
	if (da.resamples && db.resamples) {
		c.ratio = col->kind != COL_STALLED && all_above_0(a) && all_above_0(b);
		c.diff = stat_diff(da.value, da.resamples, db.value, db.resamples);
		if (c.ratio)
			c.change = stat_change(da.value, da.resamples, db.value, db.resamples);
		if (col->kind == COL_STALLED)
			compare_shares(&c, &da, &db, paired);
		else if (!few)
			power(&c, a, b, paired, da.resamples, db.resamples);
	}
	if (few) {
		c.diff = without_interval(c.diff);
		c.change = without_interval(c.change);
	}
	return c;
}

void report_judge(struct report_cmp *const *c, int n)
{
	double p[REPORT_MAX_COLS] = { NAN }, adjusted[REPORT_MAX_COLS];
	int i;

	for (i = 0; i < n; i++)
		p[i] = isnan(c[i]->diff.value) ? NAN : c[i]->test.p;
	/* what the experiment asks is asked once; the rest is a search */
	stat_holm(p + 1, n - 1, adjusted + 1);
	adjusted[0] = p[0];
	for (i = 0; i < n; i++) {
		c[i]->p_adjusted = adjusted[i];
		c[i]->verdict = stat_verdict(c[i]->diff, adjusted[i], c[i]->better);
		c[i]->alone = stat_verdict(c[i]->diff, p[i], c[i]->better);
	}
}
