// SPDX-License-Identifier: GPL-2.0-only
/*
 * xoshiro256** 1.0, seeded by SplitMix64, as David Blackman and Sebastiano Vigna
 * describe them: "Scrambled Linear Pseudorandom Number Generators", ACM
 * Transactions on Mathematical Software 47(4), 2021, and prng.di.unimi.it.
 */
#include "stat_prng.h"

static uint64_t splitmix64(uint64_t *x)
{
	uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

void prng_seed(struct prng *r, uint64_t seed)
{
	int i;

	for (i = 0; i < 4; i++)
		r->s[i] = splitmix64(&seed);
}

uint64_t prng_next(struct prng *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

/*
 * D. Lemire, "Fast Random Integer Generation in an Interval", ACM Transactions on
 * Modeling and Computer Simulation 29(1), 2019: the high half of a product, drawn
 * again where the low half shows that the numbers would not be equally likely.
 */
uint32_t prng_below(struct prng *r, uint32_t n)
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

void prng_shuffle(struct prng *r, int *v, int n)
{
	int i, j, tmp;

	for (i = n - 1; i > 0; i--) {
		j = prng_below(r, i + 1);
		tmp = v[i];
		v[i] = v[j];
		v[j] = tmp;
	}
}

uint64_t prng_derive(uint64_t seed, const char *name)
{
	/* FNV-1a, then mixed so that near names give far seeds */
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ splitmix64(&seed);

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return splitmix64(&h);
}
