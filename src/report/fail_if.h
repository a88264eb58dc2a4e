/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A condition under which a report is a failure: for continuous integration. Pure.
 */
#ifndef VHINT_REPORT_FAIL_IF_H
#define VHINT_REPORT_FAIL_IF_H

#include "report/report.h"

#define FAIL_IF_MAX	16
#define FAIL_IF_ANY	"any"

struct fail_if {
	int nr;
	const char *metric[FAIL_IF_MAX];	/* keys as in summary.json, or FAIL_IF_ANY */
};

/* Takes "worse:METRIC", and keeps a pointer into it. 0, or -1 with @err filled. */
int fail_if_add(struct fail_if *f, const char *text, struct vh_err *err);

/* Can a report with the columns of @r answer it? 0, or -1 with @err filled. */
int fail_if_check(const struct fail_if *f, const struct report *r, struct vh_err *err);

/* The same of an experiment that has not been run. */
int fail_if_check_plan(const struct fail_if *f, const struct experiment *e, const struct plan *p,
		       struct vh_err *err);

/*
 * How often it holds, with a sentence for each in @out. It holds, too, for an arm that could show
 * no difference to the baseline, however large: a gate that cannot close is none. Of FAIL_IF_ANY,
 * one metric that could is enough.
 */
int fail_if_judge(const struct fail_if *f, const struct report *r, FILE *out);

#endif /* VHINT_REPORT_FAIL_IF_H */
