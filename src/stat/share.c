// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares of runs.
 */
#include <math.h>

#include "stat/power.h"
#include "stat/share.h"

#define Z975	1.959963984540054	/* the normal distribution's quantile 0.975 */
#define Z80	0.8416212335729143	/* and 0.8, for STAT_POWER */
#define SAME	(1 + 1e-7)		/* chances that differ by rounding only are equal; R's value */

struct stat_est stat_share(int k, int n)
{
	double p = k / (double)n, zz = Z975 * Z975, mid, half;

	if (n <= 0)
		return (struct stat_est) { NAN, NAN, NAN };
	mid = (p + zz / (2 * n)) / (1 + zz / n);
	half = Z975 * sqrt(p * (1 - p) / n + zz / (4.0 * n * n)) / (1 + zz / n);
	return (struct stat_est) { p, k ? mid - half : 0, k < n ? mid + half : 1 };
}

struct stat_est stat_share_diff(int ka, int na, int kb, int nb)
{
	struct stat_est a = stat_share(ka, na), b = stat_share(kb, nb), d;

	d.value = b.value - a.value;
	d.lo = d.value - hypot(b.value - b.lo, a.hi - a.value);
	d.hi = d.value + hypot(b.hi - b.value, a.value - a.lo);
	return d;
}

static double log_choose(int n, int k)
{
	return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

double stat_fisher(int ka, int na, int kb, int nb)
{
	int k = ka + kb, lo = k > nb ? k - nb : 0, hi = k < na ? k : na, i;
	double found = log_choose(na, ka) + log_choose(nb, kb), sum = 0, all = 0, p;

	if (na <= 0 || nb <= 0)
		return NAN;
	for (i = lo; i <= hi; i++) {
		p = exp(log_choose(na, i) + log_choose(nb, k - i) - found);
		all += p;
		if (p <= SAME)
			sum += p;
	}
	return fmin(1, sum / all);
}

static double binomial(int n, int k, double p)
{
	if (p <= 0 || p >= 1)
		return k == (p <= 0 ? 0 : n);
	return exp(log_choose(n, k) + k * log(p) + (n - k) * log1p(-p));
}

/* Which of the counts i of @na, j of @nb Fisher's test tells apart. */
struct found {
	bool yes[STAT_EXACT_MAX + 1][STAT_EXACT_MAX + 1];
};

/* The chance that the test tells the shares apart. */
static double power(const struct found *found, double share_a, int na, double share_b, int nb)
{
	double sum = 0, at;
	int i, j;

	for (i = 0; i <= na; i++) {
		at = binomial(na, i, share_a);
		for (j = 0; at > 0 && j <= nb; j++)
			sum += found->yes[i][j] ? at * binomial(nb, j, share_b) : 0;
	}
	return sum;
}

/* For few runs: halves what is between a share that is too small and one that is not. */
static double detectable(double share, int na, int nb)
{
	double lo = share, hi = 1, mid;
	struct found found;
	int i, j;

	for (i = 0; i <= na; i++) {
		for (j = 0; j <= nb; j++)
			found.yes[i][j] = stat_fisher(i, na, j, nb) < STAT_ALPHA;
	}
	if (power(&found, share, na, 1, nb) < STAT_POWER)
		return NAN;
	for (i = 0; i < 50; i++) {
		mid = (lo + hi) / 2;
		if (power(&found, share, na, mid, nb) < STAT_POWER)
			lo = mid;
		else
			hi = mid;
	}
	return hi - share;
}

double stat_share_detectable(double share, int na, int nb)
{
	double h;

	if (na <= 0 || nb <= 0 || !(share >= 0 && share <= 1))
		return NAN;
	if (na + nb <= STAT_EXACT_MAX)
		return detectable(share, na, nb);
	h = asin(sqrt(share)) + (Z975 + Z80) * sqrt(1.0 / na + 1.0 / nb) / 2;
	return h < M_PI_2 ? pow(sin(h), 2) - share : NAN;
}
