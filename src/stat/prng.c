// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seeds and orders; the generator itself is inline.
 */
#include "stat/prng.h"

static uint64_t splitmix64(uint64_t *x)
{
	uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void prng_seed(struct prng *r, uint64_t seed)
{
	int i;

	for (i = 0; i < 4; i++)
		r->s[i] = splitmix64(&seed);
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
