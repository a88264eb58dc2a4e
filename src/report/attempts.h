/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was tried, and what of it counts: a run that failed and was made again, and a boot that
 * was lost, are findings about the arm, and must not vanish behind the attempt that went well.
 */
#ifndef VHINT_REPORT_ATTEMPTS_H
#define VHINT_REPORT_ATTEMPTS_H

#include <stdio.h>

#include "experiment/experiment.h"
#include "experiment/plan.h"

struct report;

enum attempt_end {
	ATTEMPT_GOOD,
	ATTEMPT_FAILED,
	ATTEMPT_LOST,	/* with its boot, without a record */
	ATTEMPT_CUT,	/* by the user, or since another boot failed: says nothing of the arm */
};

struct report_attempt {
	const struct plan_run *run;
	int attempt;			/* from 1 */
	int planned, instance;		/* the boot */
	enum attempt_end end;
	bool counts;
	const char *kind, *msg;		/* why it is not good */
};

/* Of one arm, warm-ups and recorded runs included. */
struct report_tried {
	int made;
	int failed;		/* the lost ones among them */
	int lost, cut;
	int warmups_failed;	/* of the failed ones, those that would not have counted */
	int again;		/* runs that count, and failed at first */
};

struct report_attempts {
	int nr;
	struct report_attempt *a;	/* by run, then by attempt */
	struct report_tried arm[EXP_MAX_ARMS];
};

/* Fills @r's attempts, when its failures are there. 0, or -1 without memory. */
int report_attempts(struct report *r);
void report_attempts_free(struct report *r);

/*
 * Of each of @r's pairs, p of Fisher's exact test: do the attempts of both arms fail equally often?
 * NAN: nothing was tried. @adjusted: Holm's, over all pairs. Both have room for all pairs.
 */
void report_attempts_p(const struct report *r, double *p, double *adjusted);

/* Hands what a reader must know to @note. */
void report_attempts_notes(struct report *r, void (*note)(struct report *r, const char *fmt, ...));

/* --- attempts_out.c --- */

json_object *report_attempts_json(const struct report *r);
void report_attempts_markdown(const struct report *r, FILE *out);

#endif /* VHINT_REPORT_ATTEMPTS_H */
