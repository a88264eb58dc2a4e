/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many boots of one experiment are made side by side.
 */
#ifndef VHINT_RUN_JOBS_H
#define VHINT_RUN_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define JOBS_MAX 64

struct jobs_facts {
	int asked;		/* --jobs, 0: not given */
	bool lab;		/* else on this host */
	bool virtual_clock;	/* the lab's time does not feel this machine's load */
	int boots;		/* that are still to be made */
	int cores;		/* that this process may use */
	long available_mib;	/* memory of this machine, -1: unknown */
	long lab_mib;		/* of it, for each lab */
};

/*
 * The number of boots, from 1 on; -1 with @err filled if what was asked for cannot be
 * meant. If it is fewer than asked, @why gets a sentence for the user, else "". Memory
 * for not even one lab gives 1: lab_check() refuses that in words of its own. Pure.
 */
int jobs_decide(const struct jobs_facts *f, char *why, size_t len, struct vh_err *err);

/* What --jobs was given as: 0, or -1 with @err filled. Pure. */
int jobs_parse(const char *text, int *jobs, struct vh_err *err);

#endif /* VHINT_RUN_JOBS_H */
