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

int stat_draw_init(struct stat_draw *d, const int *boot, int n)
{
	int i;

	memset(d, 0, sizeof(*d));
	d->start = malloc((n + 1) * sizeof(*d->start));
	if (!d->start)
		return -1;
	for (i = 0; i < n; i++) {
		if (!i || (boot && boot[i] != boot[i - 1]))
			d->start[d->nr_boots++] = i;
	}
	d->start[d->nr_boots] = n;
	for (i = 0; i < d->nr_boots; i++) {
		if (size_of(d, i) * d->nr_boots > d->most)
			d->most = size_of(d, i) * d->nr_boots;
	}
	return 0;
}

void stat_draw_free(struct stat_draw *d)
{
	free(d->start);
	d->start = NULL;
}

int stat_draw(const struct stat_draw *d, struct prng *rnd, int *times)
{
	int i, j, boot = 0, size, drawn = 0;

	memset(times, 0, d->start[d->nr_boots] * sizeof(*times));
	for (i = 0; i < d->nr_boots; i++) {
		if (d->nr_boots > 1)
			boot = prng_below(rnd, d->nr_boots);
		size = size_of(d, boot);
		for (j = 0; j < size; j++)
			times[d->start[boot] + prng_below(rnd, size)]++;
		drawn += size;
	}
	return drawn;
}
