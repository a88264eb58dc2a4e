// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mann and Whitney's test ("On a Test of Whether one of Two Random Variables is
 * Stochastically Larger than the Other", Annals of Mathematical Statistics 18,
 * 1947).
 *
 * The exact distribution is that of the rank sum over all ways to choose the
 * second sample's places, counted by the shift algorithm of B. Streitberg and J.
 * Roehmel (1986); it holds with ties too, where ranks are mid-ranks. All is done
 * with doubled ranks, which are whole numbers.
 */
#include <math.h>
#include <stdlib.h>

#include "stat/median.h"

struct ranked {
	double value;
	int of_b;
	int rank2;	/* twice the mid-rank */
};

static int compare(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

	return (x > y) - (x < y);
}

/* Sorts and ranks; returns the sum of t^3 - t over the groups of ties. */
static double rank(struct ranked *r, int n)
{
	double ties = 0, t;
	int i, j, k;

	qsort(r, n, sizeof(*r), compare);
	for (i = 0; i < n; i = j) {
		for (j = i; j < n && r[j].value == r[i].value; j++)
			;
		/* ranks i + 1 .. j share their mean, of which this is the double */
		for (k = i; k < j; k++)
			r[k].rank2 = i + 1 + j;
		t = j - i;
		ties += t * t * t - t;
	}
	return ties;
}

/*
 * ways[k * (max + 1) + s]: how many choices of k of the items have doubled ranks
 * that sum up to s.
 */
static double *count_sums(const struct ranked *r, int n, int nb, int max)
{
	double *ways = calloc((size_t)(nb + 1) * (max + 1), sizeof(*ways));
	int i, k, s;

	if (!ways)
		return NULL;
	ways[0] = 1;
	for (i = 0; i < n; i++) {
		for (k = (i < nb ? i + 1 : nb); k > 0; k--) {
			double *to = ways + (size_t)k * (max + 1);
			double *from = to - (max + 1);

			for (s = max; s >= r[i].rank2; s--)
				to[s] += from[s - r[i].rank2];
		}
	}
	return ways;
}

/* Two-sided: twice the smaller tail, both tails holding the observed sum. */
static double exact_p(const struct ranked *r, int n, int nb, int sum2)
{
	double below = 0, above = 0, all = 0, *ways, *row;
	int max = n * (n + 1), s;

	ways = count_sums(r, n, nb, max);
	if (!ways)
		return NAN;
	row = ways + (size_t)nb * (max + 1);
	for (s = 0; s <= max; s++) {
		all += row[s];
		if (s <= sum2)
			below += row[s];
		if (s >= sum2)
			above += row[s];
	}
	free(ways);
	return fmin(1, 2 * fmin(below, above) / all);
}

static double normal_p(double u, double na, double nb, double ties)
{
	double n = na + nb, mean = na * nb / 2, var, z;

	var = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
	if (var <= 0)
		return 1;
	z = (fabs(u - mean) - 0.5) / sqrt(var);
	return z <= 0 ? 1 : erfc(z / M_SQRT2);
}

struct stat_mwu stat_mann_whitney(const double *a, int na, const double *b, int nb)
{
	struct stat_mwu m = { NAN, NAN, NAN, false };
	int n = na + nb, sum2 = 0, i;
	struct ranked *r;
	double ties;

	if (na <= 0 || nb <= 0)
		return m;
	r = calloc(n, sizeof(*r));
	if (!r)
		return m;
	for (i = 0; i < n; i++) {
		r[i].value = i < na ? a[i] : b[i - na];
		r[i].of_b = i >= na;
	}
	ties = rank(r, n);
	for (i = 0; i < n; i++)
		sum2 += r[i].of_b ? r[i].rank2 : 0;
	m.u = (sum2 - (double)nb * (nb + 1)) / 2;
	m.effect = m.u / ((double)na * nb);
	m.exact = n <= STAT_EXACT_MAX;
	m.p = m.exact ? exact_p(r, n, nb, sum2) : normal_p(m.u, na, nb, ties);
	free(r);
	return m;
}
