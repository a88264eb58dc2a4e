// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics that are computed from several things: fairness, and how good hints
 * are. host/watch.c has what they are computed from.
 */
#include <math.h>

#include "measure/derived.h"
#include "measure/metrics.h"

static const struct metric metrics[DERIVED_NR] = {
	[DERIVED_SHARE_MIN] = { "share_min", "", BETTER_HIGHER,
		"the smallest part that a VM got of its entitlement: CPU time of its vCPU threads by its part, by cpu.weight, of what all VMs got together, though no more than its vCPUs were runnable; null for one VM",
		false },
	[DERIVED_JAIN] = { "fairness_jain", "", BETTER_HIGHER,
		"Jain's index (1984) of the VMs' CPU time by entitlement: 1 is equal, 1/n if one of n VMs gets all; null for one VM",
		false },
	[DERIVED_BYSTANDER_SHARE] = { "bystander_share", "cpus", BETTER_NONE,
		"CPU seconds per second of the bystander, a process beside the VMs that only spins; null unless the experiment has one",
		false },
	[DERIVED_BYSTANDER_SLOWDOWN] = { "bystander_slowdown", "", BETTER_LOWER,
		"the bystander's wall time by its CPU time: 1 if nobody is in its way; null unless the experiment has one",
		false },
	[DERIVED_AGE_P50] = { "hint_age_p50_us", "us", BETTER_LOWER,
		"median age of hints when the policy was asked about them; from bins a factor of 2 wide, interpolated",
		false },
	[DERIVED_AGE_P99] = { "hint_age_p99_us", "us", BETTER_LOWER,
		"99th percentile of the same", false },
	[DERIVED_LATENCY_P50] = { "boost_latency_p50_us", "us", BETTER_LOWER,
		"median time from the decision to boost or move a vCPU until it is on a CPU; from bins a factor of 2 wide, interpolated",
		false },
	[DERIVED_LATENCY_P99] = { "boost_latency_p99_us", "us", BETTER_LOWER,
		"99th percentile of the same", false },
	[DERIVED_IPI_DECLARED] = { "ipi_declared_ratio", "", BETTER_HIGHER,
		"IPIs between vCPUs of a VM whose target the sender's hints name when it arrives, by all such IPIs",
		false },
	[DERIVED_HALT_DECLARED] = { "halt_declared_ratio", "", BETTER_HIGHER,
		"halts of vCPUs whose hints then say that they halt, by all halts", false },
	[DERIVED_RUNQ_DECLARED] = { "runq_declared", "tasks", BETTER_NONE,
		"runnable tasks of all guests together as they declare it: mean of samples every 20 ms; their number n and deviation sd are in counters.json, the standard error is at least sd/sqrt(n)",
		false },
	[DERIVED_RUNQ_ACTUAL] = { "runq_actual", "tasks", BETTER_NONE,
		"the same by the guests' own /proc/schedstat: run time and run delay of all tasks by elapsed time, from go to stop, which is the mean by Little's law",
		false },
};

void derived_add(json_object *out, const double *values)
{
	int i;

	for (i = 0; i < DERIVED_NR; i++)
		json_object_object_add(out, metrics[i].name, meas_json(&metrics[i], values[i]));
}

double derived_ratio(json_object *counters, const char *part, const char *whole)
{
	json_object *p = NULL, *w = NULL;

	if (!json_object_object_get_ex(counters, part, &p) ||
	    !json_object_object_get_ex(counters, whole, &w) || json_object_get_int64(w) <= 0)
		return NAN;
	return json_object_get_double(p) / json_object_get_double(w);
}

/* There is nothing to open: the agent computes them and calls derived_add(). */
static void *derived_open(const struct meas_vm *vm, const bool *wanted)
{
	return NULL;
}

const struct meas_source meas_derived = {
	.name = "derived",
	.metrics = metrics,
	.nr_metrics = DERIVED_NR,
	.host_wide = true,
	.open = derived_open,
};
