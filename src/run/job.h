/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One boot that is being made: its agent, what is known of it, and its records.
 */
#ifndef VHINT_RUN_JOB_H
#define VHINT_RUN_JOB_H

#include "results/records.h"
#include "run/engine.h"
#include "run/place.h"

struct job {
	int boot, instance;		/* of the plan, and which making of it */
	struct place *pl;
	char console[PATH_MAX + 32];
	struct progress_boot at;
	struct steal_watch machine;
	int run;			/* under way, -1: none */
	int nr;				/* of the runs that it is to make */
	struct job_run { int id, attempt; } *runs;
	char release[128];		/* of its host's kernel, once that is up */
	bool again;			/* its host had to learn of QEMU, and was started again */
	json_object *calibration;	/* what the agent said of it, or NULL */
	enum boot_end ended;
	const char *kind;		/* of a boot that was lost; NULL: none */
	char why[4096];			/* it ended so; "" if well */
};

enum job_state {
	JOB_GOES_ON,
	JOB_DONE,	/* all of it, and well */
	JOB_FAILED,	/* err says why */
};

/*
 * Begins the runs @ids of boot @boot, and puts that on file. @rs: what there is of this boot
 * already. 0, or -1 with @err filled and nothing to end.
 */
int job_start(struct job *j, struct engine *g, const struct records *rs, int boot, const int *ids,
	      int nr, struct vh_err *err);

/* Takes in all that has come of it, without waiting. */
enum job_state job_step(struct job *j, struct engine *g, struct vh_err *err);

/* It is to end before its end, since @why. */
void job_cut(struct job *j, enum boot_end end, const char *why);

/*
 * Ends what still runs of it, takes over the records of all its complete runs, and puts on file
 * how it ended. 0, or -1 with @err filled.
 */
int job_end(struct job *j, struct engine *g, bool hard, struct vh_err *err);

#endif /* VHINT_RUN_JOB_H */
