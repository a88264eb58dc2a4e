// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws of the bootstrap.
 */
#include <stdlib.h>
#include <string.h>

#include "stat/draw.h"

static int size_of(const struct stat_draw *d, int boot)
{
	return d->start[boot + 1] - d->start[boot];
}

/* Adds the values of boot @nr, or all values if @boot is NULL; nothing if there are none. */
static void add_boot(struct stat_draw *d, const int *boot, int nr)
{
	int i, at = d->start[d->nr_boots];

	for (i = 0; i < d->n; i++) {
		if (!boot || boot[i] == nr)
			d->item[at++] = i;
	}
	if (at == d->start[d->nr_boots])
		return;
	d->start[++d->nr_boots] = at;
}

int stat_draw_init(struct stat_draw *d, const int *boot, int n, const int *only, int nr_only)
{
	int i;

	memset(d, 0, sizeof(*d));
	d->n = n;
	d->start = calloc(n + 2, sizeof(*d->start));
	d->item = calloc(n + 1, sizeof(*d->item));
	if (!d->start || !d->item) {
		stat_draw_free(d);
		return -1;
	}
	if (!boot)
		add_boot(d, NULL, 0);
	for (i = 0; only && i < nr_only; i++)
		add_boot(d, boot, only[i]);
	for (i = 0; boot && !only && i < n; i++) {
		if (stat_is_first(boot, i))
			add_boot(d, boot, boot[i]);
	}
	for (i = 0; i < d->nr_boots; i++) {
		if (size_of(d, i) * d->nr_boots > d->most)
			d->most = size_of(d, i) * d->nr_boots;
	}
	return 0;
}

static int gcd(int a, int b)
{
	return b ? gcd(b, a % b) : a;
}

static int nr_draws(int size)
{
	return size < STAT_LARGE_BOOT ? size - 1 : size;
}

#define MOST_SCALE	27720	/* the least common multiple of 1 to 12: thousands of runs fit an int */

/*
 * Weights are whole: size / draws times the least common multiple of all draws, over what is
 * common to all of them. If that is above MOST_SCALE, they are rounded at that scale.
 */
int stat_draw_within(struct stat_draw *d)
{
	int i, lcm = 1, common = 0, draws, step;

	for (i = 0; i < d->nr_boots; i++) {
		draws = nr_draws(size_of(d, i));
		if (!draws)
			return -1;
		step = draws / gcd(draws, size_of(d, i));
		if (lcm <= MOST_SCALE)
			lcm = lcm / gcd(lcm, step) * step;
	}
	if (lcm > MOST_SCALE)
		lcm = MOST_SCALE;
	d->weight = calloc(d->nr_boots + 1, sizeof(*d->weight));
	if (!d->weight)
		return -1;
	for (i = 0; i < d->nr_boots; i++) {
		draws = nr_draws(size_of(d, i));
		d->weight[i] = (int)(((int64_t)size_of(d, i) * lcm + draws / 2) / draws);
		common = gcd(d->weight[i], common);
	}
	for (i = 0; i < d->nr_boots; i++)
		d->weight[i] /= common;
	return 0;
}

void stat_draw_free(struct stat_draw *d)
{
	free(d->weight);
	d->weight = NULL;
	free(d->start);
	free(d->item);
	d->start = NULL;
	d->item = NULL;
}

static int draw_within(const struct stat_draw *d, struct prng *runs, int *times)
{
	int i, j, size, drawn = 0;

	for (i = 0; i < d->nr_boots; i++) {
		size = size_of(d, i);
		for (j = 0; j < nr_draws(size); j++)
			times[d->item[d->start[i] + prng_below(runs, size)]] += d->weight[i];
		drawn += nr_draws(size) * d->weight[i];
	}
	return drawn;
}

int stat_draw(const struct stat_draw *d, struct prng *boots, struct prng *runs, int *times)
{
	int i, j, boot = 0, size, drawn = 0;

	memset(times, 0, d->n * sizeof(*times));
	if (d->weight)
		return draw_within(d, runs, times);
	for (i = 0; i < d->nr_boots; i++) {
		if (d->nr_boots > 1)
			boot = prng_below(boots, d->nr_boots);
		size = size_of(d, boot);
		for (j = 0; j < size; j++)
			times[d->item[d->start[boot] + prng_below(runs, size)]]++;
		drawn += size;
	}
	return drawn;
}
