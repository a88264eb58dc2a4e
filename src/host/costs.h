/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exits, interrupts, faults and switches cost on this host, beside what is
 * published of hardware.
 */
#ifndef VHINT_HOST_COSTS_H
#define VHINT_HOST_COSTS_H

#include <stdio.h>

#include "base/err.h"

#define COST_BATCHES	9

enum cost_id {
	COST_CPUID,
	COST_USER_EXIT,
	COST_WAKE,
	COST_WAKE_POLLED,
	COST_IPI_RUNNING,
	COST_IPI_HALTED,
	COST_PAGE_FAULT,
	COST_SWITCH,
	COST_SYSCALL,
	COST_PAUSE,
	COST_NR,
};

/* What one of many took, in ns, for each batch. */
struct cost_times {
	double ns[COST_BATCHES];
};

/* host/costs_table.c: pure. */

double cost_median(const struct cost_times *times);
double cost_min(const struct cost_times *times);

/* "812 ns", "2.03 us", "1.20 ms" in @buf: three digits. */
const char *cost_text(double ns, char *buf, size_t size);

/* What is measured, in a few words. */
const char *cost_name(enum cost_id id);

/* A published figure: in ns, or in cycles of a clock that is not given; or none at all. */
struct cost_published {
	double ns;
	int cycles;
	const char *machine;	/* NULL: none was found */
};

const struct cost_published *cost_published(enum cost_id id);

/* Prints the table; @here names this host. All COST_NR must have been measured. */
void cost_print(const struct cost_times *times, const char *here, FILE *out);

/* The same for programs: a line of JSON for each cost. */
void cost_print_json(const struct cost_times *times, FILE *out);

/* host/costs.c */

/* Where to measure: a vCPU's CPU, and another one for what it talks to. */
struct cost_cpus {
	int first, second;
};

/* Takes up to a few seconds, and this thread to the CPU meanwhile. 0 or -1. */
int cost_measure(enum cost_id id, const struct cost_cpus *cpus, struct cost_times *times,
		 struct vh_err *err);

/* host/costs_os.c: what needs no VM. */

int cost_switch(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err);
int cost_syscall(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err);
int cost_pause(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err);

double cost_now_ns(void);

#endif /* VHINT_HOST_COSTS_H */
