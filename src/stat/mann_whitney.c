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
 *
 * Within boots: P. van Elteren, "On the Combination of Independent Two Sample Tests of
 * Wilcoxon", Bulletin de l'Institut International de Statistique 37, 1960. Rank sums of boots
 * of N values are added with weights 1 / (N + 1); their exact distribution is the convolution
 * of those of the boots.
 */
#include <math.h>
#include <stdlib.h>

#include "stat/draw.h"
#include "stat/median.h"

#define STAT_MAX_SUMS	(1 << 18)	/* that a distribution within boots has room for */

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
		/* from i + 1: NAN does not equal itself */
		for (j = i + 1; j < n && r[j].value == r[i].value; j++)
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

static double clip_p(double below, double above, double all)
{
	return fmin(1, 2 * fmin(below, above) / all);
}

/*
 * Two-sided: twice the smaller tail of @ways, both tails holding @sum. And the largest p, up to
 * STAT_ALPHA, that any sum has.
 */
static void tails(struct stat_test *t, const double *ways, int max, int sum)
{
	double below = 0, all = 0, p;
	int s;

	for (s = 0; s <= max; s++)
		all += ways[s];
	t->alpha = 0;
	for (s = 0; s <= max; s++) {
		below += ways[s];
		if (!(ways[s] > 0) && s != sum)
			continue;
		p = clip_p(below, all - below + ways[s], all);
		if (s == sum)
			t->p = p;
		if (p < STAT_ALPHA && p > t->alpha)
			t->alpha = p;
	}
}

static void exact(struct stat_test *t, const struct ranked *r, int n, int nb, int sum2)
{
	int max = n * (n + 1);
	double *ways = count_sums(r, n, nb, max);

	t->exact = true;
	if (ways)
		tails(t, ways + (size_t)nb * (max + 1), max, sum2);
	free(ways);
}

static double normal_p(double distance, double var)
{
	double z = var > 0 ? distance / sqrt(var) : 0;

	return z <= 0 ? 1 : erfc(z / M_SQRT2);
}

/* log of the ways to choose @k of @n: all of one sample below the other is one of them */
static double log_ways(int n, int k)
{
	return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

/* Of U; @ties is of rank(). */
static double variance(double na, double nb, double ties)
{
	double n = na + nb;

	return na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
}

/* Values of one boot, ranked. */
struct stratum {
	struct ranked *r;
	int n, nb;
	int sum2;	/* of the doubled ranks of b */
	double ties;
};

static double u_of(const struct stratum *s)
{
	return (s->sum2 - (double)s->nb * (s->nb + 1)) / 2;
}

static void finish(struct stratum *s)
{
	int i;

	s->ties = rank(s->r, s->n);
	for (i = 0; i < s->n; i++)
		s->sum2 += s->r[i].of_b ? s->r[i].rank2 : 0;
}

struct stat_test stat_mann_whitney(const double *a, int na, const double *b, int nb)
{
	struct stat_test t = { NAN, NAN, NAN, NAN, NAN, false };
	struct stratum s = { .n = na + nb, .nb = nb };
	int i;

	if (na <= 0 || nb <= 0)
		return t;
	s.r = calloc(s.n, sizeof(*s.r));
	if (!s.r)
		return t;
	for (i = 0; i < s.n; i++)
		s.r[i] = (struct ranked) { i < na ? a[i] : b[i - na], i >= na, 0 };
	finish(&s);
	t.u = u_of(&s);
	t.effect = t.u / ((double)na * nb);
	t.alpha = STAT_ALPHA;
	t.least = fmin(1, 2 * exp(-log_ways(s.n, nb)));
	if (s.n <= STAT_EXACT_MAX)
		exact(&t, s.r, s.n, nb, s.sum2);
	else
		t.p = normal_p(fabs(t.u - (double)na * nb / 2) - 0.5, variance(na, nb, s.ties));
	free(s.r);
	return t;
}

/* The values of boot @boot; nothing to compare if one side has none. */
static int take_boot(struct stratum *s, struct ranked *r, int boot, const double *a,
		     const int *boot_a, int na, const double *b, const int *boot_b, int nb)
{
	int i;

	*s = (struct stratum) { .r = r };
	for (i = 0; i < na; i++) {
		if (boot_a[i] == boot)
			r[s->n++] = (struct ranked) { a[i], 0, 0 };
	}
	for (i = 0; i < nb; i++) {
		if (boot_b[i] == boot) {
			r[s->n++] = (struct ranked) { b[i], 1, 0 };
			s->nb++;
		}
	}
	if (!s->nb || s->nb == s->n)
		return 0;
	finish(s);
	return 1;
}

static int gcd(int a, int b)
{
	return b ? gcd(b, a % b) : a;
}

/* The least common multiple of all N + 1, or 0 if it is too large to count with. */
static int common_weight(const struct stratum *s, int nr)
{
	int i, all = 0;
	long lcm = 1;

	for (i = 0; i < nr; i++) {
		lcm = lcm / gcd(lcm, s[i].n + 1) * (s[i].n + 1);
		all += s[i].n;
		if (lcm * all > STAT_MAX_SUMS || all > STAT_EXACT_MAX)
			return 0;
	}
	return lcm;
}

/* Adds to sums up to @max, of which @dist counts the ways, @weight times those of @s. */
static int convolve(double **dist, int max, const struct stratum *s, int weight)
{
	int most = s->n * (s->n + 1), i, k;
	double *next = calloc(max + most * weight + 1, sizeof(*next));
	double *ways = count_sums(s->r, s->n, s->nb, most), *row;

	if (!next || !ways) {
		free(next);
		free(ways);
		return -1;
	}
	row = ways + (size_t)s->nb * (most + 1);
	for (k = 0; k <= most; k++) {
		for (i = 0; row[k] > 0 && i <= max; i++)
			next[i + k * weight] += (*dist)[i] * row[k];
	}
	free(ways);
	free(*dist);
	*dist = next;
	return 0;
}

static void exact_strata(struct stat_test *t, const struct stratum *s, int nr, int lcm)
{
	double *dist = calloc(1, sizeof(*dist));
	int i, max = 0, sum = 0, weight;

	t->exact = true;
	if (!dist)
		return;
	dist[0] = 1;
	for (i = 0; i < nr; i++) {
		weight = lcm / (s[i].n + 1);
		if (convolve(&dist, max, &s[i], weight))
			break;
		max += s[i].n * (s[i].n + 1) * weight;
		sum += s[i].sum2 * weight;
	}
	if (i == nr)
		tails(t, dist, max, sum);
	free(dist);
}

static void normal_strata(struct stat_test *t, const struct stratum *s, int nr)
{
	double distance = 0, var = 0, weight;
	int i;

	t->alpha = STAT_ALPHA;
	for (i = 0; i < nr; i++) {
		weight = 1.0 / (s[i].n + 1);
		distance += weight * (u_of(&s[i]) - (s[i].n - s[i].nb) * (double)s[i].nb / 2);
		var += weight * weight * variance(s[i].n - s[i].nb, s[i].nb, s[i].ties);
	}
	/* the correction for continuity is for steps of one size: for one boot */
	t->p = normal_p(fabs(distance) - (nr == 1 ? 0.5 / (s[0].n + 1) : 0), var);
}

struct stat_test stat_van_elteren(const double *a, const int *boot_a, int na, const double *b,
				  const int *boot_b, int nb)
{
	struct ranked *r = calloc(na + nb + 1, sizeof(*r)), *next = r;
	struct stratum *s = calloc(na + 1, sizeof(*s));
	struct stat_test t = { NAN, NAN, NAN, NAN, NAN, false };
	double u = 0, pairs = 0, ways = 0;
	int i, nr = 0, lcm;

	for (i = 0; r && s && i < na; i++) {
		if (!stat_is_first(boot_a, i) ||
		    !take_boot(&s[nr], next, boot_a[i], a, boot_a, na, b, boot_b, nb))
			continue;
		u += u_of(&s[nr]);
		pairs += (double)s[nr].nb * (s[nr].n - s[nr].nb);
		ways += log_ways(s[nr].n, s[nr].nb);
		next += s[nr++].n;
	}
	if (!nr)
		goto out;
	t.u = u;
	t.effect = u / pairs;
	t.least = fmin(1, 2 * exp(-ways));
	lcm = common_weight(s, nr);
	if (lcm)
		exact_strata(&t, s, nr, lcm);
	else
		normal_strata(&t, s, nr);
out:
	free(s);
	free(r);
	return t;
}
