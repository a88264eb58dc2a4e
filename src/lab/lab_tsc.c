// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rate of this machine's TSC, which is also that of the emulated machine's.
 */
#include <time.h>
#include <x86intrin.h>

#include "lab/lab_internal.h"

#define MEASURE_NS	50000000LL
#define NS_PER_S	1000000000LL

static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* The tightest of a few pairs of readings, so that a preemption does not count. */
static void read_pair(int64_t *ns, uint64_t *tsc)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 16; i++) {
		int64_t before = clock_ns();
		uint64_t t = __rdtsc();
		int64_t after = clock_ns();

		if (after - before < best) {
			best = after - before;
			*ns = before + (after - before) / 2;
			*tsc = t;
		}
	}
}

unsigned int lab_tsc_khz(void)
{
	const struct timespec pause = { .tv_nsec = MEASURE_NS };
	uint64_t tsc0 = 0, tsc1 = 0;
	int64_t ns0 = 0, ns1 = 0;

	read_pair(&ns0, &tsc0);
	nanosleep(&pause, NULL);
	read_pair(&ns1, &tsc1);
	return ns1 > ns0 ? (double)(tsc1 - tsc0) * 1e6 / (double)(ns1 - ns0) + 0.5 : 0;
}
