/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms as the policy module shows them: "lower_bound count" lines, each bin
 * reaching to the next one's lower bound. Pure.
 */
#ifndef VHINT_MEASURE_BINS_H
#define VHINT_MEASURE_BINS_H

#include <stdint.h>

#include <json-c/json.h>

#define BINS_MAX	64

struct bins {
	int nr;		/* 0: there is no such histogram */
	uint64_t lower[BINS_MAX];
	uint64_t count[BINS_MAX];
};

/* 0, or -1 if the text is not such lines; then there are no bins. */
int bins_parse(struct bins *b, const char *text);

/* What was added between two readings; no bins if either is missing or they do not fit. */
void bins_diff(struct bins *d, const struct bins *begin, const struct bins *end);

/*
 * The value that @p percent do not exceed, taking values as evenly spread within
 * a bin. NAN if nothing was counted.
 */
double bins_percentile(const struct bins *b, double p);

/* {"unit":"ns","bins":[[lower,count],...]} of the bins that hold something; NULL if none exist. */
json_object *bins_json(const struct bins *b);

#endif /* VHINT_MEASURE_BINS_H */
