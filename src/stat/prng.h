/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small random number generator whose sequence is the same everywhere, so
 * that a seed names an order of runs and an interval for good. Pure.
 *
 * xoshiro256** 1.0, seeded by SplitMix64, as David Blackman and Sebastiano Vigna
 * describe them: "Scrambled Linear Pseudorandom Number Generators", ACM
 * Transactions on Mathematical Software 47(4), 2021, and prng.di.unimi.it.
 */
#ifndef VHINT_STAT_PRNG_H
#define VHINT_STAT_PRNG_H

#include <stdint.h>

struct prng {
	uint64_t s[4];
};

void prng_seed(struct prng *r, uint64_t seed);

static inline uint64_t prng_rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static inline uint64_t prng_next(struct prng *r)
{
	uint64_t *s = r->s;
	uint64_t result = prng_rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = prng_rotl(s[3], 45);
	return result;
}

/*
 * Uniform in 0 .. n - 1; n > 0. D. Lemire, "Fast Random Integer Generation in an
 * Interval", ACM Transactions on Modeling and Computer Simulation 29(1), 2019: the high
 * half of a product, drawn again where the low half shows that the numbers would not be
 * equally likely. Inline, because a bootstrap draws tens of millions.
 */
static inline uint32_t prng_below(struct prng *r, uint32_t n)
{
	uint64_t m = (prng_next(r) >> 32) * n;
	uint32_t least;

	if ((uint32_t)m < n) {
		least = -n % n;
		while ((uint32_t)m < least)
			m = (prng_next(r) >> 32) * n;
	}
	return m >> 32;
}

/* Puts the @n numbers into a random order (Fisher-Yates). */
void prng_shuffle(struct prng *r, int *v, int n);

/* A seed for the part of the work called @name: parts do not disturb each other. */
uint64_t prng_derive(uint64_t seed, const char *name);

#endif /* VHINT_STAT_PRNG_H */
