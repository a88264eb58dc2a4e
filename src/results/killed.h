/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kill of run-experiment left open.
 */
#ifndef VHINT_RESULTS_KILLED_H
#define VHINT_RESULTS_KILLED_H

#include "base/err.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

/*
 * Adds its end to each boot that is open in @dir's boots.ndjson, with the run that was under
 * way: so that attempt is counted, and its folder is not used again. Nobody else may be at
 * work in @dir, and the agents' records must have been taken over.
 */
int killed_end_boots(const char *dir, const struct experiment *e, const struct plan *p,
		     struct vh_err *err);

#endif /* VHINT_RESULTS_KILLED_H */
