/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small random number generator whose sequence is the same everywhere, so
 * that a seed names an order of runs and an interval for good. Pure.
 */
#ifndef VHINT_DRIVER_STAT_PRNG_H
#define VHINT_DRIVER_STAT_PRNG_H

#include <stdint.h>

struct prng {
	uint64_t s[4];
};

void prng_seed(struct prng *r, uint64_t seed);
uint64_t prng_next(struct prng *r);

/* Uniform in 0 .. n - 1; n > 0. */
uint32_t prng_below(struct prng *r, uint32_t n);

/* Puts the @n numbers into a random order (Fisher-Yates). */
void prng_shuffle(struct prng *r, int *v, int n);

/* A seed for the part of the work called @name: parts do not disturb each other. */
uint64_t prng_derive(uint64_t seed, const char *name);

#endif /* VHINT_DRIVER_STAT_PRNG_H */
