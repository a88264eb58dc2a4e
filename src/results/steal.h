/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was stolen from this machine, the one that runs the lab, during each run:
 * guests in a lab cannot see it, and a reader must know. Goes into machine.ndjson.
 */
#ifndef VHINT_RESULTS_STEAL_H
#define VHINT_RESULTS_STEAL_H

#include <stdbool.h>

#include "results/env.h"

struct steal_watch {
	int run;			/* being made, -1: none */
	struct env_ticks begin;
	char started[32];
	bool warned;
};

void steal_watch_init(struct steal_watch *w);

/* Takes an event of the agent; at the end of a run a line is appended in @dir. */
void steal_watch_event(struct steal_watch *w, const char *dir, json_object *event);

/* The line for a run between the two; the share is null where the run was too short. Pure. */
json_object *steal_watch_line(int run, int cpus, const struct env_ticks *begin,
				const struct env_ticks *end);

#endif /* VHINT_RESULTS_STEAL_H */
