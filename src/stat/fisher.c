// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fisher's exact test of two shares.
 */
#include <math.h>

#include "stat/fisher.h"

#define SAME	(1 + 1e-7)	/* chances that differ by rounding only are equal; R's value */

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
