// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log-linear histograms of durations, mergeable
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "workload/hist.h"

void hist_init(struct hist *h)
{
	memset(h, 0, sizeof(*h));
}

unsigned int hist_bin(uint64_t value)
{
	unsigned int shift;

	if (value < HIST_SUB)
		return value;
	shift = 63 - __builtin_clzll(value) - HIST_SUB_BITS;
	return (shift + 1) * HIST_SUB + (value >> shift) - HIST_SUB;
}

uint64_t hist_bin_lower(unsigned int bin)
{
	if (bin < HIST_SUB)
		return bin;
	return (uint64_t)(bin % HIST_SUB + HIST_SUB) << (bin / HIST_SUB - 1);
}

uint64_t hist_bin_upper(unsigned int bin)
{
	return bin + 1 < HIST_BINS ? hist_bin_lower(bin + 1) - 1 : UINT64_MAX;
}

void hist_add(struct hist *h, uint64_t value)
{
	if (!h->count || value < h->min)
		h->min = value;
	if (!h->count || value > h->max)
		h->max = value;
	h->count++;
	h->sum += value;
	h->bins[hist_bin(value)]++;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	unsigned int i;

	if (!from->count)
		return;
	if (!into->count || from->min < into->min)
		into->min = from->min;
	if (!into->count || from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
	for (i = 0; i < HIST_BINS; i++)
		into->bins[i] += from->bins[i];
}

uint64_t hist_percentile(const struct hist *h, double p)
{
	double wanted = p / 100 * h->count;
	uint64_t rank, seen = 0, upper;
	unsigned int i;

	if (!h->count)
		return 0;
	if (p <= 0)
		return h->min;
	if (p > 100)
		wanted = h->count;
	rank = wanted;
	/* Round up, but not for a hair: 99.9 % of 1000 is the 999th, though no 0.999 is exact. */
	if (wanted - rank > 1e-6)
		rank++;
	for (i = 0; i < HIST_BINS; i++) {
		seen += h->bins[i];
		if (seen && seen >= rank) {
			upper = hist_bin_upper(i);
			return upper < h->max ? upper : h->max;
		}
	}
	return h->max;
}

double hist_mean(const struct hist *h)
{
	return h->count ? (double)h->sum / h->count : 0;
}

struct json_object *hist_to_json(const struct hist *h)
{
	struct json_object *o = json_object_new_object();
	struct json_object *bins = json_object_new_array();
	unsigned int i;

	for (i = 0; i < HIST_BINS; i++) {
		struct json_object *pair;

		if (!h->bins[i])
			continue;
		pair = json_object_new_array_ext(2);
		json_object_array_add(pair, json_object_new_uint64(hist_bin_lower(i)));
		json_object_array_add(pair, json_object_new_uint64(h->bins[i]));
		json_object_array_add(bins, pair);
	}
	json_object_object_add(o, "count", json_object_new_uint64(h->count));
	json_object_object_add(o, "sum_ns", json_object_new_uint64(h->sum));
	json_object_object_add(o, "min_ns", h->count ? json_object_new_uint64(h->min) : NULL);
	json_object_object_add(o, "max_ns", h->count ? json_object_new_uint64(h->max) : NULL);
	json_object_object_add(o, "bins", bins);
	return o;
}

static int get_u64(struct json_object *o, uint64_t *value)
{
	if (!json_object_is_type(o, json_type_int))
		return -1;
	if (json_object_get_int64(o) < 0)
		return -1;
	*value = json_object_get_uint64(o);
	return 0;
}

static int get_bins(struct hist *h, struct json_object *bins, uint64_t *total, char *msg,
		    size_t len)
{
	uint64_t lower, count;
	unsigned int bin;
	size_t i;

	*total = 0;
	for (i = 0; i < json_object_array_length(bins); i++) {
		struct json_object *pair = json_object_array_get_idx(bins, i);

		if (!json_object_is_type(pair, json_type_array) ||
		    json_object_array_length(pair) != 2 ||
		    get_u64(json_object_array_get_idx(pair, 0), &lower) ||
		    get_u64(json_object_array_get_idx(pair, 1), &count)) {
			snprintf(msg, len, "bins[%zu] is not [lower_ns, count]", i);
			return -1;
		}
		bin = hist_bin(lower);
		if (hist_bin_lower(bin) != lower) {
			snprintf(msg, len, "bins[%zu]: no bin begins at %llu", i,
				 (unsigned long long)lower);
			return -1;
		}
		h->bins[bin] += count;
		*total += count;
	}
	return 0;
}

int hist_from_json(struct hist *h, struct json_object *o, char *msg, size_t len)
{
	static const char *const keys[] = { "count", "sum_ns", "min_ns", "max_ns" };
	uint64_t *const fields[] = { &h->count, &h->sum, &h->min, &h->max };
	struct json_object *bins, *v;
	uint64_t total;
	size_t i;

	hist_init(h);
	for (i = 0; i < 4; i++) {
		/* The minimum and the maximum of nothing are null. */
		bool may_be_null = i >= 2 && !h->count;

		if (!json_object_object_get_ex(o, keys[i], &v) ||
		    ((v || !may_be_null) && get_u64(v, fields[i]))) {
			snprintf(msg, len, "%s is missing or not a number", keys[i]);
			return -1;
		}
	}
	if (!json_object_object_get_ex(o, "bins", &bins) ||
	    !json_object_is_type(bins, json_type_array)) {
		snprintf(msg, len, "bins is missing or not an array");
		return -1;
	}
	if (get_bins(h, bins, &total, msg, len))
		return -1;
	if (total != h->count) {
		snprintf(msg, len, "bins hold %llu values, count says %llu",
			 (unsigned long long)total, (unsigned long long)h->count);
		return -1;
	}
	return 0;
}
