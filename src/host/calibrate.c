// SPDX-License-Identifier: GPL-2.0-only
/*
 * The base slice that fits what a VM exit costs here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/calibrate.h"
#include "host/costs.h"

#define BASE_SLICE	"/sys/kernel/debug/sched/base_slice_ns"
#define HW_TOLERANCE	4	/* hosts up to so many times slower count as hardware */

int calibrate_exits(int cpu, int64_t *exit_ns, struct vh_err *err)
{
	const struct cost_cpus cpus = { cpu, cpu };
	struct cost_times times;

	if (cost_measure(COST_CPUID, &cpus, &times, err))
		return vh_err_prefix(err, "calibration");
	*exit_ns = cost_median(&times);
	return 0;
}

int64_t calibrate_slice_ns(int64_t default_ns, int64_t exit_ns)
{
	int64_t ns = default_ns;

	if (exit_ns > HW_TOLERANCE * LAB_HW_EXIT_NS)
		ns = (double)default_ns * exit_ns / LAB_HW_EXIT_NS;
	if (ns < LAB_MIN_SLICE_NS)
		ns = LAB_MIN_SLICE_NS;
	if (ns > LAB_MAX_SLICE_NS)
		ns = LAB_MAX_SLICE_NS;
	return ns;
}

int calibrate_get_slice(int64_t *old_ns, struct vh_err *err)
{
	FILE *f = fopen(BASE_SLICE, "re");
	long long ns;
	int n;

	if (!f)
		return vh_err(err, VH_BAD_HOST, "%s: %s", BASE_SLICE, strerror(errno));
	n = fscanf(f, "%lld", &ns);
	fclose(f);
	if (n != 1)
		return vh_err(err, VH_BAD_HOST, "%s: holds no number", BASE_SLICE);
	*old_ns = ns;
	return 0;
}

int calibrate_set_slice(int64_t ns, struct vh_err *err)
{
	int fd = open(BASE_SLICE, O_WRONLY | O_CLOEXEC);
	int saved = errno;
	bool ok = false;

	if (fd >= 0) {
		ok = dprintf(fd, "%lld\n", (long long)ns) > 0;
		saved = errno;
		close(fd);
	}
	if (ok)
		return 0;
	return vh_err(err, VH_BAD_HOST, "%s: cannot set to %lld: %s", BASE_SLICE, (long long)ns,
		      strerror(saved));
}
