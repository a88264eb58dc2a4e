/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One process group that runs a workload
 */
#ifndef VHINT_RUNNER_LOAD_H
#define VHINT_RUNNER_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "workload/workloads.h"

struct json_object;

#define LOAD_OUTPUT_MAX 65536

struct load {
	const struct workload *wl;
	pid_t pid;		/* the workload's process and group; 0: none */
	bool company;		/* there are children that are not the load's */
	int status;		/* of waitpid(), once it has exited */
	int ctl;		/* -1: closed; readable: it is ready, or gone */
	int out;		/* what it prints; -1: closed */
	uint64_t start_ns;
	uint64_t end_ns;
	struct wl_shared *shared;
	size_t output_len;
	char output[LOAD_OUTPUT_MAX];	/* the end of what it printed */
};

/* Once. 0, or -1 with errno. */
int load_init(struct load *l);

/* Forks the workload, which sets itself up and then waits. 0, or -1 with a message. */
int load_start(struct load *l, const struct workload *wl, int argc, char *const argv[], char *msg,
	       size_t len);

/* To be called when ctl can be read: 1 it waits for go, 0 not yet, -1 it is gone. */
int load_ready(struct load *l);

/* Starts the measured part, and its clock. */
void load_go(struct load *l);

void load_read_output(struct load *l);

/* Reaps whatever has died: true when the workload's own process was among it. */
bool load_reap(struct load *l);

/* After its exit: fills the result. 0, or -1 with a message of what went wrong. */
int load_verdict(const struct load *l, struct json_object *result, char *msg, size_t len);

/* Kills the group and waits until no child is left. 0, or -1 when some would not die. */
int load_kill(struct load *l);

#endif
