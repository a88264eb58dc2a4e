/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics that are not a counter's growth, but are computed from several things
 * that were seen of the contended part.
 */
#ifndef VHINT_MEASURE_DERIVED_H
#define VHINT_MEASURE_DERIVED_H

#include <json-c/json.h>

enum derived {
	DERIVED_SHARE_MIN,
	DERIVED_JAIN,
	DERIVED_BYSTANDER_SHARE,
	DERIVED_BYSTANDER_SLOWDOWN,
	DERIVED_AGE_P50,
	DERIVED_AGE_P99,
	DERIVED_LATENCY_P50,
	DERIVED_LATENCY_P99,
	DERIVED_IPI_DECLARED,
	DERIVED_HALT_DECLARED,
	DERIVED_RUNQ_DECLARED,
	DERIVED_RUNQ_ACTUAL,
	DERIVED_NR
};

/* Puts all @values, by enum derived, into @metrics; NAN as null. Pure. */
void derived_add(json_object *metrics, const double *values);

/* Counter @part by counter @whole; NAN if one is missing or @whole is 0. Pure. */
double derived_ratio(json_object *counters, const char *part, const char *whole);

#endif /* VHINT_MEASURE_DERIVED_H */
