// SPDX-License-Identifier: GPL-2.0-only
/*
 * One mode or several: J. A. Hartigan and P. M. Hartigan, "The Dip Test of
 * Unimodality", Annals of Statistics 13, 1985. The dip is the distance between the
 * values' distribution and the nearest one with a single mode. It is compared with
 * dips of uniform samples: of all that have one mode, these have the largest.
 *
 * Drift: H. B. Mann, "Nonparametric Tests Against Trend", Econometrica 13, 1945, by
 * the distribution of M. G. Kendall's S.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stat/median.h"
#include "stat/prng.h"
#include "stat/shape.h"

/*
 * The distribution as steps: at x[i] it rises from below[i] to through[i], in values. Of ties,
 * number tie[i] lies that many times farther right by less than any difference: a distribution
 * may rise as steeply as it likes where its mode is, and so many values that are alike are no
 * sign of two modes. Minorant and majorant are kept as the steps that they touch.
 */
struct steps {
	int n;
	double *x, *below, *through, *tie;
	int *gcm, *lcm;		/* greatest convex minorant, least concave majorant */
	int nr_gcm, nr_lcm;
};

static int steps_make(struct steps *s, const double *sorted, int n)
{
	int i;

	memset(s, 0, sizeof(*s));
	s->x = malloc(4 * n * sizeof(double));
	s->gcm = malloc(2 * n * sizeof(int));
	if (!s->x || !s->gcm) {
		free(s->x);
		free(s->gcm);
		return -1;
	}
	s->below = s->x + n;
	s->through = s->below + n;
	s->tie = s->through + n;
	s->lcm = s->gcm + n;
	s->n = n;
	for (i = 0; i < n; i++) {
		s->x[i] = sorted[i];
		s->below[i] = i;
		s->through[i] = i + 1;
		s->tie[i] = i && sorted[i] == sorted[i - 1] ? s->tie[i - 1] + 1 : 0;
	}
	return 0;
}

static void steps_free(struct steps *s)
{
	free(s->x);
	free(s->gcm);
}

/* How the way from step @a over @b to @c bends, along @x: above 0 is to the left. */
static double bends(const double *x, const double *y, int a, int b, int c)
{
	return (y[c] - y[b]) * (x[b] - x[a]) - (y[b] - y[a]) * (x[c] - x[b]);
}

/* The chain over steps @lo to @hi that bends to one side only; @sign: 1 convex, -1 concave. */
static int hull(const struct steps *s, const double *y, int lo, int hi, int sign, int *out)
{
	double bend;
	int i, n = 0;

	for (i = lo; i <= hi; i++) {
		while (n >= 2) {
			bend = bends(s->x, y, out[n - 2], out[n - 1], i);
			if (bend == 0)
				bend = bends(s->tie, y, out[n - 2], out[n - 1], i);
			if (sign * bend > 0)
				break;
			n--;
		}
		out[n++] = i;
	}
	return n;
}

/* Height of the chain at step @i, which lies in its segment from @a to @b. */
static double height(const struct steps *s, const double *y, int a, int b, int i)
{
	const double *x = s->x[b] > s->x[a] ? s->x : s->tie;

	return a == b ? y[a] : y[a] + (y[b] - y[a]) * (x[i] - x[a]) / (x[b] - x[a]);
}

/*
 * The greatest distance between majorant and minorant, and the touched steps on
 * either side of it: what lies between them can hold the mode.
 */
static double widest(const struct steps *s, int *lo, int *hi)
{
	double most = 0, d;
	int g = 0, l = 0, i;

	/* at each step that the minorant touches */
	for (i = 0; i < s->nr_gcm; i++) {
		while (s->lcm[l] < s->gcm[i])
			l++;
		d = height(s, s->through, s->lcm[l ? l - 1 : 0], s->lcm[l], s->gcm[i]) -
		    s->below[s->gcm[i]];
		if (d > most) {
			most = d;
			*lo = s->gcm[i];
			*hi = s->lcm[l];
		}
	}
	for (i = 0; i < s->nr_lcm; i++) {
		while (s->gcm[g] < s->lcm[i])
			g++;
		d = s->through[s->lcm[i]] -
		    height(s, s->below, s->gcm[g ? g - 1 : 0], s->gcm[g], s->lcm[i]);
		if (d > most) {
			most = d;
			*lo = s->gcm[g] == s->lcm[i] ? s->gcm[g] : s->gcm[g ? g - 1 : 0];
			*hi = s->lcm[i];
		}
	}
	return most;
}

/* How far the distribution is from the chain @touch, over steps @lo to @hi. */
static double farthest(const struct steps *s, const int *touch, int nr, bool convex, int lo, int hi)
{
	const double *y = convex ? s->below : s->through;
	double most = 0, h;
	int i, k = 0;

	for (i = lo; i <= hi; i++) {
		while (touch[k] < i && k < nr - 1)
			k++;
		h = height(s, y, touch[k ? k - 1 : 0], touch[k], i);
		most = fmax(most, convex ? s->through[i] - h : h - s->below[i]);
	}
	return most;
}

double stat_dip(const double *sorted, int n)
{
	int lo = 0, hi, to_lo = 0, to_hi = 0;
	double dip = 1;
	struct steps s;

	if (n <= 0 || steps_make(&s, sorted, n))
		return NAN;
	hi = s.n - 1;
	while (lo < hi) {
		s.nr_gcm = hull(&s, s.below, lo, hi, 1, s.gcm);
		s.nr_lcm = hull(&s, s.through, lo, hi, -1, s.lcm);
		if (widest(&s, &to_lo, &to_hi) <= dip || (to_lo == lo && to_hi == hi))
			break;
		if (to_lo > lo)
			dip = fmax(dip, farthest(&s, s.gcm, s.nr_gcm, true, lo, to_lo));
		if (to_hi < hi)
			dip = fmax(dip, farthest(&s, s.lcm, s.nr_lcm, false, to_hi, hi));
		lo = to_lo;
		hi = to_hi;
	}
	steps_free(&s);
	return dip / (2 * n);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Dips of uniform samples of @n values, NULL without memory. All metrics of an arm ask
 * for the same n, so those of the last n are kept.
 */
static const double *uniform_dips(int n)
{
	static double dips[STAT_DIP_TRIALS];
	static int made_for;
	double *s, sum;
	struct prng rnd;
	int i, j;

	if (n == made_for)
		return dips;
	s = malloc(n * sizeof(*s));
	if (!s)
		return NULL;
	prng_seed(&rnd, n);
	for (i = 0; i < STAT_DIP_TRIALS; i++) {
		/* sums of exponentials lie like a sorted uniform sample, but for the scale */
		for (j = 0, sum = 0; j < n; j++)
			s[j] = sum += -log((prng_below(&rnd, 1u << 30) + 0.5) / (1u << 30));
		dips[i] = stat_dip(s, n);
	}
	free(s);
	made_for = n;
	return dips;
}

struct stat_dip stat_dip_test(const double *x, int n)
{
	struct stat_dip d = { NAN, NAN };
	const double *dips = n >= 4 ? uniform_dips(n) : NULL;
	double *s = malloc((n + 1) * sizeof(*s));
	int i, as_deep = 0;

	if (!s || !dips)
		goto out;
	memcpy(s, x, n * sizeof(*s));
	qsort(s, n, sizeof(*s), compare);
	d.dip = stat_dip(s, n);
	for (i = 0; i < STAT_DIP_TRIALS; i++)
		as_deep += dips[i] >= d.dip;
	d.p = (as_deep + 1.0) / (STAT_DIP_TRIALS + 1);
out:
	free(s);
	return d;
}

/* The chance that |S| is @s or more: of all orders of @n values, by pairs that fall. */
static double kendall_exact(int n, int s)
{
	int pairs = n * (n - 1) / 2, i, j, k;
	double *ways = calloc(2 * (pairs + 1), sizeof(*ways)), *next, tail = 0;

	if (!ways)
		return NAN;
	next = ways + pairs + 1;
	ways[0] = 1;
	for (i = 2; i <= n; i++) {
		/* the i-th value falls below up to i - 1 of those before it, each as likely */
		for (j = 0; j <= pairs; j++) {
			next[j] = 0;
			for (k = 0; k < i && k <= j; k++)
				next[j] += ways[j - k] / i;
		}
		memcpy(ways, next, (pairs + 1) * sizeof(*ways));
	}
	for (j = 0; j <= pairs; j++) {
		if (abs(pairs - 2 * j) >= s)
			tail += ways[j];
	}
	free(ways);
	return fmin(1, tail);
}

struct stat_trend stat_trend(const double *x, int n)
{
	struct stat_trend t = { NAN, NAN, NAN };
	double var = n * (n - 1.0) * (2 * n + 5), z;
	int i, j, same, tied = 0;

	if (n < 2)
		return t;
	t.s = 0;
	for (i = 0; i < n; i++) {
		for (j = i + 1; j < n; j++)
			t.s += (x[j] > x[i]) - (x[j] < x[i]);
		/* each of a group of t ties takes (t - 1)(2t + 5) */
		for (j = same = 0; j < n; j++)
			same += x[j] == x[i];
		var -= (same - 1.0) * (2 * same + 5);
		tied += same > 1;
	}
	t.tau = t.s / (n * (n - 1) / 2.0);
	if (!tied && n <= STAT_EXACT_MAX) {
		t.p = kendall_exact(n, (int)fabs(t.s));
		return t;
	}
	z = var > 0 ? (fabs(t.s) - 1) / sqrt(var / 18) : 0;
	t.p = z <= 0 ? 1 : fmin(1, erfc(z / M_SQRT2));
	return t;
}
