/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One resample of a bootstrap, as how often each value is drawn. Values of runs lie in boots,
 * and boots differ, too: boots are drawn first, with replacement, then of each drawn boot as
 * many runs as it has. This is the bootstrap of clusters of A. C. Davison and D. V. Hinkley,
 * "Bootstrap Methods and their Application", 1997, section 3.8; for benchmarks, T. Kalibera
 * and R. Jones use it, "Rigorous Benchmarking in Reasonable Time", ISMM 2013, for ratios of
 * means.
 *
 * Arms that share boots are compared within them, and boots stay as they are: of each boot of n
 * runs n - 1 are drawn, each of which counts for n / (n - 1). To draw n would make the
 * variance of a boot of 3 too small by a third: P. J. McCarthy and C. B. Snowden, "The Bootstrap
 * and Finite Population Sampling", Vital and Health Statistics 2(95), 1985; J. N. K. Rao and C. F.
 * J. Wu, "Resampling Inference with Complex Survey Data", JASA 83, 1988. Pure.
 */
#ifndef VHINT_STAT_DRAW_H
#define VHINT_STAT_DRAW_H

#include <stdbool.h>

#include "stat/prng.h"

#define STAT_LARGE_BOOT	20	/* so many runs of a boot are drawn all: n - 1 is as good as n */

/* Does a boot come first with value @i? Neighbours are of one boot as a rule, so it is quick. */
static inline bool stat_is_first(const int *boot, int i)
{
	int j;

	if (i && boot[i] == boot[i - 1])
		return false;
	for (j = 0; j < i && boot[j] != boot[i]; j++)
		;
	return j == i;
}

struct stat_draw {
	int n;		/* values */
	int nr_boots;
	int *start;	/* of each boot's items, and where the last one's end */
	int *item;	/* numbers of values, boot by boot */
	int most;	/* that are drawn at a time */
	int *weight;	/* within boots: how often a drawn value of each boot counts; else NULL */
};

/*
 * Value i of @n is of boot @boot[i]. NULL: all are of one, so that runs are drawn and nothing
 * else. @only: the @nr_only boots that are drawn from, in this order; NULL: all, in the order
 * in which they come first. 0, or -1 without memory.
 */
int stat_draw_init(struct stat_draw *d, const int *boot, int n, const int *only, int nr_only);

/* Boots are no longer drawn, only runs in them. 0, or -1 if a boot has one run, or without memory. */
int stat_draw_within(struct stat_draw *d);
void stat_draw_free(struct stat_draw *d);

/*
 * Into @times how often each value is drawn, or how much it counts. Returns the sum of them. @boots and @runs
 * may be the same generator. Where they are not, two arms with the same boots and the same
 * seed of @boots have the same boots drawn.
 */
int stat_draw(const struct stat_draw *d, struct prng *boots, struct prng *runs, int *times);

#endif /* VHINT_STAT_DRAW_H */
