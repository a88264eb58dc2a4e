/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares: how many of n runs are of a kind. Pure.
 *
 * Interval of a share: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
 * Inference", Journal of the American Statistical Association 22, 1927. Interval of the
 * difference of two: R. G. Newcombe, "Interval Estimation for the Difference between Independent
 * Proportions", Statistics in Medicine 17, 1998, method 10. Test: R. A. Fisher, "Statistical
 * Methods for Research Workers", 5th edition, 1934, section 21.02; two-sided, the sum of all
 * tables that are no more likely than the one that was found.
 */
#ifndef VHINT_STAT_SHARE_H
#define VHINT_STAT_SHARE_H

#include "stat/median.h"

/* @k of @n; all NAN for n = 0. */
struct stat_est stat_share(int k, int n);

/* The share @kb of @nb less @ka of @na; all NAN if one of them has no runs. */
struct stat_est stat_share_diff(int ka, int na, int kb, int nb);

/* Fisher's exact p, two-sided; NAN if one of them has no runs. */
double stat_fisher(int ka, int na, int kb, int nb);

/*
 * The smallest share in @nb runs, above @share in @na runs, that Fisher's test tells apart with a
 * chance of STAT_POWER; the difference to @share, or NAN if even a share of 1 is not told apart.
 * Exact up to STAT_EXACT_MAX runs; beyond it by J. Cohen's arcsine approximation, "Statistical
 * Power Analysis for the Behavioral Sciences", 2nd edition, 1988, chapter 6.
 */
double stat_share_detectable(double share, int na, int nb);

#endif /* VHINT_STAT_SHARE_H */
