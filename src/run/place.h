/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the agent of a boot runs: in the lab, or as a child on this host. Either
 * way it sends lines, and ends.
 */
#ifndef VHINT_RUN_PLACE_H
#define VHINT_RUN_PLACE_H

#include <stdbool.h>

#include "base/err.h"
#include "experiment/experiment.h"

struct place;

enum place_event {
	PLACE_LINE,	/* the agent sent a line */
	PLACE_TIMEOUT,	/* nothing came, or a signal ended the wait */
	PLACE_EXITED,	/* the agent ended: place_status() */
	PLACE_FAILED,	/* the lab broke: err says how */
};

struct place_config {
	const struct experiment *e;
	const char *dir;	/* the run's folder */
	const char *kernel;
	const char *console;	/* file for the output of lab or agent */
	int boot, instance;	/* of the plan, and which making of it */
	const char *runs;	/* "3,4:2,7" (judge_attempt()), or NULL for all of the boot */
};

/*
 * Can this machine run boots of @kernel here? Before anything is made: @share is
 * where results will go. A warning for the user is printed. 0, or -1.
 */
int place_check(const struct experiment *e, const char *kernel, const char *share,
		struct vh_err *err);

/*
 * What decides how many boots can be made side by side: memory in MiB, -1 unless known.
 * False on this host, where that is not a question.
 */
bool place_memory(const struct experiment *e, long *available, long *each);

/* The program of the agent: this one, or one that tests put in its place. */
const char *place_agent(void);

int place_start(struct place **pl, const struct place_config *c, struct vh_err *err);
enum place_event place_next(struct place *pl, int timeout_ms, const char **line,
			    struct vh_err *err);
/* The virtual time of its lab; NAN if it has none. */
double place_virtual_s(const struct place *pl);
int place_status(const struct place *pl);
/* After PLACE_FAILED, how it broke: "panic", "hang", "no-boot" or "died". */
const char *place_broke(const struct place *pl);

/* To poll together with others; -1 when the end is near and there is nothing to poll for. */
int place_fd(const struct place *pl);

/* Ends what still runs (with time to clean up, unless @hard) and frees. */
void place_stop(struct place *pl, bool hard);

#endif /* VHINT_RUN_PLACE_H */
