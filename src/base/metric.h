/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of a metric, be it the host's, a workload's or one of the report.
 */
#ifndef VHINT_BASE_METRIC_H
#define VHINT_BASE_METRIC_H

#include <stdbool.h>

enum metric_better {
	BETTER_LOWER = -1,
	BETTER_NONE = 0,	/* neither is better as such */
	BETTER_HIGHER = 1,
};

struct metric {
	const char *name;	/* key in the results, ends in its unit if it has one */
	const char *unit;	/* "s", "us", "count", "cpus", "tasks", "" for a ratio */
	enum metric_better better;
	const char *doc;	/* a line that says what it is */
	bool costly;		/* measured only where an experiment names it */
};

#endif /* VHINT_BASE_METRIC_H */
