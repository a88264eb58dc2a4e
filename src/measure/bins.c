// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms as the policy module shows them.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measure/bins.h"

int bins_parse(struct bins *b, const char *text)
{
	uint64_t lower, count;
	int used;

	b->nr = 0;
	while (b->nr < BINS_MAX &&
	       sscanf(text, " %" SCNu64 " %" SCNu64 "%n", &lower, &count, &used) == 2) {
		if (b->nr && lower <= b->lower[b->nr - 1])
			break;
		b->lower[b->nr] = lower;
		b->count[b->nr++] = count;
		text += used;
	}
	if (b->nr && !text[strspn(text, " \n")])
		return 0;
	b->nr = 0;
	return -1;
}

void bins_diff(struct bins *d, const struct bins *begin, const struct bins *end)
{
	int i;

	*d = *end;
	if (begin->nr != end->nr)
		d->nr = 0;
	for (i = 0; i < d->nr; i++) {
		if (begin->lower[i] != end->lower[i] || begin->count[i] > end->count[i])
			d->nr = 0;
		else
			d->count[i] -= begin->count[i];
	}
}

static double upper(const struct bins *b, int i)
{
	return i + 1 < b->nr ? b->lower[i + 1] : 2.0 * b->lower[i];
}

double bins_percentile(const struct bins *b, double p)
{
	double total = 0, below = 0, rank;
	int i;

	for (i = 0; i < b->nr; i++)
		total += b->count[i];
	rank = total * p / 100;
	for (i = 0; i < b->nr; i++) {
		if (b->count[i] && below + b->count[i] >= rank)
			return b->lower[i] + (upper(b, i) - b->lower[i]) *
			       (rank - below) / b->count[i];
		below += b->count[i];
	}
	return NAN;
}

json_object *bins_json(const struct bins *b)
{
	json_object *o, *list, *pair;
	int i;

	if (!b->nr)
		return NULL;
	list = json_object_new_array();
	for (i = 0; i < b->nr; i++) {
		if (!b->count[i])
			continue;
		pair = json_object_new_array();
		json_object_array_add(pair, json_object_new_uint64(b->lower[i]));
		json_object_array_add(pair, json_object_new_uint64(b->count[i]));
		json_object_array_add(list, pair);
	}
	o = json_object_new_object();
	json_object_object_add(o, "unit", json_object_new_string("ns"));
	json_object_object_add(o, "bins", list);
	return o;
}
