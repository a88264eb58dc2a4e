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

/* "+31 % [+24, +38]"; as a plain difference where there is no percentage; "~" for none. */
char *word_change(char *buf, size_t len, const struct report_col *col,
		  const struct report_cmp *c);

/* "p=0.0001", "p<0.0001" */
char *word_p(char *buf, size_t len, double p);

/*
 * The same of a comparison. An arm's interval holds what its runs have in common, too, as the
 * time alone of a boot; the test does not know of it. Where that decides: "p=0.0001, but the
 * difference may be 0: [-0.30, +0.01]"
 */
char *word_test(char *buf, size_t len, const struct report_col *col, const struct report_cmp *c);

/* "better", "worse", "~"... */
const char *word_verdict(const struct report_cmp *c);

/* Name and unit of a column: "time contended (s)"; and as narrow as can be. */
char *word_heading(char *buf, size_t len, const struct report_col *col);
char *word_head(char *buf, size_t len, const struct report_col *col);

/*
 * The comparison as a sentence: "urgent vs stock: contended efficiency 0.66 [0.63,
 * 0.69] against 0.50 [0.48, 0.52]: better by +31 % [+24, +38] (p=0.0001, n=10+10)"
 */
char *word_sentence(char *buf, size_t len, const struct report *r, const struct report_cmp *c);

/* The same without names: "contended efficiency 0.66 [0.63, 0.69] against ..."; @b against @a. */
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
