/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One boot that is being made: its agent, what is known of it, and its records.
 */
#ifndef VHINT_RUN_JOB_H
#define VHINT_RUN_JOB_H

#include "run/engine.h"
#include "run/place.h"

struct job {
	int boot;
	struct place *pl;
	char console[PATH_MAX + 32];
	struct progress_boot at;
	struct machine_watch machine;
};

enum job_state {
	JOB_GOES_ON,
	JOB_DONE,	/* all of it, and well */
	JOB_FAILED,	/* err says why */
};

/* Begins the runs @ids of boot @boot. 0, or -1 with @err filled and nothing to end. */
int job_start(struct job *j, struct engine *g, int boot, const int *ids, int nr,
	      struct vh_err *err);

/* Takes in all that has come of it, without waiting. */
enum job_state job_step(struct job *j, struct engine *g, struct vh_err *err);

/*
 * Ends what still runs of it, and takes over the records of all its complete runs. 0, or
 * -1 with @err filled.
 */
int job_end(struct job *j, struct engine *g, bool hard, struct vh_err *err);

#endif /* VHINT_RUN_JOB_H */
