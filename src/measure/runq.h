/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many tasks guests say they have runnable, from samples of what the policy
 * module shows of their vCPUs. Pure.
 */
#ifndef VHINT_MEASURE_RUNQ_H
#define VHINT_MEASURE_RUNQ_H

#include <sys/types.h>

struct runq_mean {
	int n;
	double sum, squares;
};

/*
 * The sum over all vCPUs of the VMs with these @pids, of "pid vcpu_id nr_running
 * idle age_ns" lines. NAN unless all @nr_vcpus are there and say it.
 */
double runq_parse(const char *text, const pid_t *pids, int nr_pids, int nr_vcpus);

/* One sample more; one that is NAN does not count. */
void runq_add(struct runq_mean *m, double sample);

/* NAN without samples. */
double runq_mean(const struct runq_mean *m);
/* Standard deviation of the samples; NAN below two. */
double runq_sd(const struct runq_mean *m);

#endif /* VHINT_MEASURE_RUNQ_H */
