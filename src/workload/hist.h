/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms of durations, mergeable
 *
 * Values below HIST_SUB are exact; above, each power of two is cut into HIST_SUB bins of equal
 * width, so a bin is never wider than 1/HIST_SUB (3 %) of its value. All histograms have the
 * same bins: merging is adding, and percentiles of a merged histogram are those of all values,
 * which no average of percentiles is. Pure: the guest fills them, the driver's report merges.
 */
#ifndef VHINT_HIST_H
#define VHINT_HIST_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

#define HIST_SUB_BITS	5
#define HIST_SUB	(1 << HIST_SUB_BITS)
#define HIST_BINS	((64 - HIST_SUB_BITS + 1) * HIST_SUB)

struct hist {
	uint64_t count;
	uint64_t sum;
	uint64_t min;	/* of no meaning while count is 0 */
	uint64_t max;
	uint64_t bins[HIST_BINS];
};

void hist_init(struct hist *h);
void hist_add(struct hist *h, uint64_t value);
void hist_merge(struct hist *into, const struct hist *from);

unsigned int hist_bin(uint64_t value);
uint64_t hist_bin_lower(unsigned int bin);
uint64_t hist_bin_upper(unsigned int bin);	/* the highest value in it */

/*
 * The smallest bin's upper end (at most the maximum seen) that p percent of the values do not
 * exceed: never understates. p of 0 gives the minimum, an empty histogram 0.
 */
uint64_t hist_percentile(const struct hist *h, double p);
double hist_mean(const struct hist *h);

/*
 * {"count":n,"sum_ns":n,"min_ns":n,"max_ns":n,"bins":[[lower_ns,count],...]}; minimum and
 * maximum of an empty one are null.
 */
struct json_object *hist_to_json(const struct hist *h);
/* 0, or -1 with a message when it is not what hist_to_json() makes. */
int hist_from_json(struct hist *h, struct json_object *o, char *msg, size_t len);

#endif
