/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and verdicts in words, the same in every kind of report. Pure.
 */
#ifndef VHINT_REPORT_WORDS_H
#define VHINT_REPORT_WORDS_H

#include "report/report.h"

/* Each writes into @buf and returns it. */

/* A value of @col: "0.66", "3.61", "51234", "-" for NAN. */
char *word_value(char *buf, size_t len, const struct report_col *col, double v);

/* "0.66 [0.63, 0.69]" */
char *word_est(char *buf, size_t len, const struct report_col *col, struct stat_est e);

/*
 * "+31 % [+24, +38]"; as a plain difference where there is no percentage; where no difference is
 * shown, what is left of it: "~ [-4.1, +0.3] %".
 */
char *word_change(char *buf, size_t len, const struct report_col *col,
		  const struct report_cmp *c);

/* "p=0.0001", "p<0.0001" */
char *word_p(char *buf, size_t len, double p);

/*
 * The same of a comparison, with the adjusted p beside it: "p=0.015, adjusted p=0.21". The test and
 * the interval may disagree: "p=0.04, but the difference may be 0".
 */
char *word_test(char *buf, size_t len, const struct report_col *col, const struct report_cmp *c);

/* The smallest effect that the design finds: "+6.2 %", "nothing" if none; "-" if not known. */
char *word_detectable(char *buf, size_t len, const struct report_col *col,
		      const struct report_cmp *c);

/*
 * "off vs stock: slowdown is equivalent within 3 % (two one-sided tests, p=0.01)"; NULL if the
 * experiment has no margin. Nothing else says that a thing costs nothing.
 */
char *word_equivalence(char *buf, size_t len, const struct report *r, const struct report_cmp *c);

/* "better", "worse", "~", "better?" (report_perhaps())... */
const char *word_verdict(const struct report_cmp *c);

/* Name and unit of a column: "time contended (s)"; and as narrow as can be. */
char *word_heading(char *buf, size_t len, const struct report_col *col);
char *word_head(char *buf, size_t len, const struct report_col *col);

/*
 * The comparison as a sentence: "urgent vs stock: slowdown 1.52 [1.45,
 * 1.59] against 2.01 [1.92, 2.08]: better by -24 % [-28, -19] (p=0.0001, n=10+10)"
 */
char *word_sentence(char *buf, size_t len, const struct report *r, const struct report_cmp *c);

/* The same without names: "slowdown 1.52 [1.45, 1.59] against ..."; @b against @a. */
char *word_against(char *buf, size_t len, const struct report_col *col,
		   const struct report_series *a, const struct report_series *b,
		   const struct report_cmp *c);

/* "exits +12 % [+9, +14] (p<0.0001, A=0.98)" */
char *word_outcome(char *buf, size_t len, const struct report *r, const struct report_cmp *c);

/* What kind of machine the numbers are from, and what its time is. */
char *word_where(char *buf, size_t len, const struct report *r);

/* What that clock leaves out; NULL if nothing is to be said. */
const char *word_clock(const struct report *r);

#endif /* VHINT_REPORT_WORDS_H */
