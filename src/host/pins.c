// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU 0 rule: no virtual CPU may run on the emulated host's CPU 0, because
 * QEMU's emulation would lose its virtualisation state there (see src/lab/README.md).
 * Checked on the plan before domains are defined, and on the threads after.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "experiment/experiment.h"
#include "host/pins.h"

/* @who: whose mask it is, such as "vCPU 1". */
static int check_mask(const char *who, uint64_t mask, int cpus, enum vh_exit code,
		      struct vh_err *err)
{
	uint64_t beyond = cpus >= EXP_MAX_CPUS ? 0 : ~0ULL << (cpus + 1);

	if (!mask)
		return vh_err(err, code, "%s is pinned to no CPU at all; use CPUs 1 to %d", who,
			      cpus);
	if (mask & 1)
		return vh_err(err, code,
			      "%s may run on CPU 0; use CPUs 1 to %d only: CPU 0 keeps house, the emulated host crashes when a vCPU runs there",
			      who, cpus);
	if (mask & beyond)
		return vh_err(err, code,
			      "%s may run on CPU %d, but the CPUs for vCPUs are 1 to %d", who,
			      __builtin_ctzll(mask & beyond), cpus);
	return 0;
}

int pins_check(const uint64_t *pins, int nr, int cpus, struct vh_err *err)
{
	char who[32];

	for (int i = 0; i < nr; i++) {
		snprintf(who, sizeof(who), "vCPU %d", i);
		if (check_mask(who, pins[i], cpus, VH_BAD_EXPERIMENT, err))
			return -1;
	}
	return 0;
}

int pins_check_threads(const int *tids, int nr, int cpus, struct vh_err *err)
{
	char who[32];

	for (int i = 0; i < nr; i++) {
		uint64_t mask = 0;
		cpu_set_t set;

		snprintf(who, sizeof(who), "vCPU thread %d", tids[i]);
		if (sched_getaffinity(tids[i], sizeof(set), &set))
			return vh_err(err, VH_RUN_FAILED, "%s: sched_getaffinity: %s", who,
				      strerror(errno));
		for (int cpu = 0; cpu <= EXP_MAX_CPUS; cpu++)
			if (CPU_ISSET(cpu, &set))
				mask |= 1ULL << cpu;
		if (CPU_COUNT(&set) != __builtin_popcountll(mask))
			return vh_err(err, VH_RUN_FAILED, "%s may run on CPUs above %d", who,
				      EXP_MAX_CPUS);
		if (check_mask(who, mask, cpus, VH_RUN_FAILED, err))
			return -1;
	}
	return 0;
}
