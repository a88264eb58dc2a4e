/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trace-cmd and perf are asked for. Pure.
 */
#ifndef VHINT_HOST_TRACE_ARGS_H
#define VHINT_HOST_TRACE_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/experiment.h"

#define TRACE_MAX_ARGS	(48 + 16 * EXP_MAX_VMS)

struct trace_guest {
	const char *name;	/* of the VM */
	int cid;		/* its vsock address */
	bool vhint;		/* its kernel can publish hints, and trace that */
};

struct trace_spec {
	const char *folder;	/* for the files */
	int cpus;		/* 1 to cpus are recorded */
	bool vhint;		/* the host has the events of system kvm_vhint */
	bool pmu;		/* the CPUs count cycles */
	int nr_guests;
	struct trace_guest guests[EXP_MAX_VMS];
};

/*
 * Command lines that record until their standard input ends, and write a byte to
 * descriptor RECORDER_READY_FD (host/recorder.h) once they record. NULL-terminated; each string
 * is to be freed, then the array: trace_args_free(). NULL without memory.
 */
char **trace_args(const struct trace_spec *s);
char **trace_perf_args(const struct trace_spec *s);
void trace_args_free(char **argv);

/* Events of the host, as "system" or "system/event"; NULL past the last. */
const char *trace_host_event(const struct trace_spec *s, int nr);

/* How many events trace-cmd says were lost, going by what it printed. */
long trace_lost(const char *text);

#endif /* VHINT_HOST_TRACE_ARGS_H */
