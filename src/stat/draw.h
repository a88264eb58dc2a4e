/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One resample of a bootstrap, as how often each value is drawn. Values of runs lie in boots,
 * and boots differ, too: boots are drawn first, with replacement, then of each drawn boot as
 * many runs as it has. This is the bootstrap of two levels that T. Kalibera and R. Jones
 * recommend, "Rigorous Benchmarking in Reasonable Time", ISMM 2013. Pure.
 */
#ifndef VHINT_STAT_DRAW_H
#define VHINT_STAT_DRAW_H

#include "stat/prng.h"

struct stat_draw {
	int nr_boots;
	int *start;	/* of each boot's values, and where the last one's end */
	int most;	/* that are drawn at a time */
};

/*
 * Value i of @n is of boot @boot[i]; those of a boot are neighbours. NULL: all are of one, so
 * that runs are drawn and nothing else. 0, or -1 without memory.
 */
int stat_draw_init(struct stat_draw *d, const int *boot, int n);
void stat_draw_free(struct stat_draw *d);

/* Into @times how often each value is drawn. Returns how many are drawn in all. */
int stat_draw(const struct stat_draw *d, struct prng *rnd, int *times);

#endif /* VHINT_STAT_DRAW_H */
