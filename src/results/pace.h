/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a finished run of an experiment took, from its folder.
 */
#ifndef VHINT_RESULTS_PACE_H
#define VHINT_RESULTS_PACE_H

#include "experiment/experiment.h"

struct pace {
	char run[64];		/* the folder's name; "" if none is known */
	double seconds;		/* from start to end */
	int jobs, boots, runs;
};

/*
 * The newest run in the results' folder of this experiment that was finished in one go and has
 * the same place, clock, machine, VMs and workload as @e.
 */
void pace_find(struct pace *p, const struct experiment *e);

#endif /* VHINT_RESULTS_PACE_H */
