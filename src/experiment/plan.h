/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order in which an experiment's runs are made.
 *
 * Arms that share a kernel share boots, and the repetitions of an arm are
 * spread evenly over them. Within a boot every block holds one repetition of
 * each arm in a random order; boots of different kernels alternate in a random
 * order per round. So drift of the machine hits all arms alike. All of it is a
 * pure function of the experiment and its seed.
 */
#ifndef VHINT_EXPERIMENT_PLAN_H
#define VHINT_EXPERIMENT_PLAN_H

#include <stdbool.h>

#include "experiment/experiment.h"

struct plan_run {
	int id;			/* number of the run's folder, unique in the plan */
	int arm;		/* index into the experiment's arms */
	int rep;		/* from 0 within the arm; warm-ups count for themselves */
	bool warmup;		/* does not count */
	bool traced;		/* recorded; a warm-up in that it does not count */
};

struct plan_boot {
	char kernel[32];
	int nr_runs;
	struct plan_run *runs;
};

struct plan {
	int nr_boots;
	struct plan_boot *boots;
};

/* Makes the plan of @e. 0, or -1 with @err filled. Free it with plan_free(). */
int plan_make(struct plan *p, const struct experiment *e, struct vh_err *err);
void plan_free(struct plan *p);

/*
 * Adds @repetitions of each arm in @boots new boots of each kernel, in an order that follows from
 * the seed and the plan so far. No boot that the plan has gets another run.
 */
int plan_extend(struct plan *p, const struct experiment *e, int repetitions, int boots,
		struct vh_err *err);

/* Runs in the whole plan, warm-ups included. */
int plan_nr_runs(const struct plan *p);

/* The "plan" member of resolved.json, and back. */
json_object *plan_to_json(const struct plan *p, const struct experiment *e);
int plan_from_json(struct plan *p, const struct experiment *e, json_object *o,
		   struct vh_err *err);

#endif /* VHINT_EXPERIMENT_PLAN_H */
