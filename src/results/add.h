/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * More repetitions for a run that is finished.
 */
#ifndef VHINT_RESULTS_ADD_H
#define VHINT_RESULTS_ADD_H

#include "experiment/experiment.h"
#include "experiment/plan.h"

/* For who adds some, and for who reads the report. */
#define ADD_WARNING "who looks at results and then decides to add repetitions finds differences that are not there more often than p says: fix their number beforehand, or confirm what comes out with a new run"

/* What --add was given as: 0, or -1 with @err filled. Pure. */
int add_parse(const char *text, int *n, struct vh_err *err);

/* New boots of each kernel for @n more repetitions: as full as those that there are. Pure. */
int add_boots_for(const struct experiment *e, int n);

/*
 * Repetitions that are planned by now, and how many of them were there at first; the same if
 * none were added. Pure.
 */
void add_count(const struct experiment *e, int *first, int *all);

/*
 * Extends the plan of the run in @dir by @n repetitions, in memory. The run must be complete, and
 * its kernels those that are here. 0, or -1 with @err filled.
 */
int add_plan(const char *dir, struct experiment *e, struct plan *p, int n, struct vh_err *err);

/* Puts that on file: from then on the run is one that is not complete. */
int add_save(const char *dir, const struct experiment *e, struct vh_err *err);

#endif /* VHINT_RESULTS_ADD_H */
