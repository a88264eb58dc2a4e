/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a median the right thing to say of these values at all? It is not where they
 * have two modes, and of little worth where they drift. Pure.
 */
#ifndef VHINT_STAT_SHAPE_H
#define VHINT_STAT_SHAPE_H

#include <stdbool.h>

/*
 * Both tests only warn, once per arm, and are to be wrong in one or two of a hundred. The
 * dip's p is for the worst that has one mode; of bell-shaped values it sees less than that.
 */
#define STAT_ALPHA_DIP		0.05
#define STAT_ALPHA_TREND	0.01

/* Samples that the dip of one is compared with. */
#define STAT_DIP_TRIALS	1000

struct stat_dip {
	double dip;	/* between 1 / 2n and 1 / 4 */
	double p;	/* chance of such a dip if there is one mode only, at most */
};

/* The dip test of unimodality. NAN for fewer than 4 values. */
struct stat_dip stat_dip_test(const double *x, int n);

/* The dip of @n sorted values, 1 / 2n if they are all alike; NAN without memory. */
double stat_dip(const double *sorted, int n);

struct stat_trend {
	double s;	/* pairs that rise less those that fall */
	double tau;	/* s over all pairs: 1 if all of them rise */
	double p;	/* two-sided */
};

/*
 * Mann and Kendall's test of a trend in @x, which is in the order of time: exact up to
 * STAT_EXACT_MAX values without ties, else the normal approximation. NAN for n < 2.
 */
struct stat_trend stat_trend(const double *x, int n);

#endif /* VHINT_STAT_SHAPE_H */
