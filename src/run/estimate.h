/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long an experiment will take, and how that is known. Pure.
 */
#ifndef VHINT_RUN_ESTIMATE_H
#define VHINT_RUN_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "results/pace.h"

/*
 * Seconds that a boot of the lab takes until its first run, and a run in it: medians of the
 * experiments of the kit on a machine of two cores, both of them busy.
 */
#define ESTIMATE_BOOT_S	45
#define ESTIMATE_RUN_S	15

/* Seconds, scaled by what @known took, which may be of none; NAN if nothing is known. */
double estimate_seconds(bool lab, int boots, int runs, int jobs, const struct pace *known);

/* "about 20 s", "about 3 min", "about 2 h 30 min" */
char *estimate_time(char *buf, size_t len, double seconds);

/* A sentence: how long, and what that is based on. */
char *estimate_words(char *buf, size_t len, bool lab, int boots, int runs, int jobs,
		     const struct pace *known);

#endif /* VHINT_RUN_ESTIMATE_H */
