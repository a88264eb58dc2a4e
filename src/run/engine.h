/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the runs of a plan, some boots side by side, from wherever it was left.
 */
#ifndef VHINT_RUN_ENGINE_H
#define VHINT_RUN_ENGINE_H

#include <limits.h>

#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "results/steal.h"
#include "run/progress.h"

struct engine {
	struct experiment e;
	struct plan p;
	char dir[PATH_MAX];	/* the run's folder */
	enum progress_mode mode;
	bool keep_going;	/* on with the next boot when one has failed */
	int jobs_asked;		/* --jobs, 0: not given */
	int jobs;		/* boots that are made side by side */
	struct progress progress;
};

/*
 * Can this machine make the runs that are left, and how many boots at once? @share is where the results are
 * or will be. 0, or -1 with @err filled.
 */
int engine_check(struct engine *g, const char *share, struct vh_err *err);

/* How many of @boots boots would be made side by side here; see jobs_decide(). */
int engine_jobs(const struct experiment *e, int asked, int boots, char *why, size_t len,
		struct vh_err *err);

/* 0 if all that was left was made, and well; else -1 with @err filled. */
int engine_run(struct engine *g, struct vh_err *err);

/* From now on ^C and its like end the run in good order. */
void engine_catch_signals(void);

/* The signal that ended the run, 0 if none did. */
int engine_signal(void);

#endif /* VHINT_RUN_ENGINE_H */
