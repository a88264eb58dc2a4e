/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest KTAP producer that serves: a check is a test, a failed one says
 * what was expected, and the plan comes last.
 *
 *	ktap_begin();
 *	CHECK(x == 1, "x is one");
 *	return ktap_end();
 */
#ifndef VHINT_TESTS_UNIT_KTAP_H
#define VHINT_TESTS_UNIT_KTAP_H

#include <stdio.h>

static int ktap_nr, ktap_failed;

static inline void ktap_begin(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
}

/* One test: @cond holds, described by the format and its arguments. */
#define CHECK(cond, ...) do {						\
	int ktap_ok_ = !!(cond);					\
									\
	printf("%sok %d - ", ktap_ok_ ? "" : "not ", ++ktap_nr);	\
	printf(__VA_ARGS__);						\
	printf("\n");							\
	if (!ktap_ok_) {						\
		ktap_failed++;						\
		printf("# %s:%d: failed: %s\n", __FILE__, __LINE__, #cond); \
	}								\
} while (0)

/* Prints the plan and the totals; returns the exit code. */
static inline int ktap_end(void)
{
	printf("1..%d\n", ktap_nr);
	printf("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:0 error:0\n",
	       ktap_nr - ktap_failed, ktap_failed);
	return ktap_failed ? 1 : 0;
}

#endif /* VHINT_TESTS_UNIT_KTAP_H */
