/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest KTAP producer that serves. Each CHECK() in the source is one test, so the plan
 * is known before the first of them runs, and nobody has to count. A check in a loop holds if
 * it held each time. A check that was never reached is a failed test: the code around it went
 * another way, or the table that it walks is empty.
 *
 *	ktap_begin();
 *	CHECK(x == 1, "x is one");
 *	CHECK_IF(have_root, chown_works(), "chown");	// else a skipped test
 *	return ktap_end();
 */
#ifndef VHINT_TESTS_UNIT_KTAP_H
#define VHINT_TESTS_UNIT_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ktap_check {
	const char *file, *cond;
	int line, held, failed, skipped;
	char what[256];		/* of the first failure, else of the last time */
};

/* All checks of the program, collected by the linker */
extern struct ktap_check __start_ktap_checks[], __stop_ktap_checks[];

#define CHECK_IF(able, expr, ...) do {							\
	static struct ktap_check ktap_c_ __attribute__((section("ktap_checks"), used,	\
		aligned(8))) = { .file = __FILE__, .cond = #expr, .line = __LINE__ };	\
	bool ktap_able_ = !!(able), ktap_ok_ = ktap_able_ && (expr);			\
											\
	ktap_count(&ktap_c_, ktap_able_, ktap_ok_, __VA_ARGS__);			\
} while (0)

/* @expr holds, described by the format and its arguments. */
#define CHECK(expr, ...) CHECK_IF(true, expr, __VA_ARGS__)

/* Failures are said at once, too, for a program that does not get to its end. */
static inline __attribute__((format(printf, 4, 5)))
void ktap_count(struct ktap_check *c, bool able, bool ok, const char *fmt, ...)
{
	char what[sizeof(c->what)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (able && !ok)
		printf("# %s:%d: failed: %s\n", c->file, c->line, what);
	if (!c->failed)
		strcpy(c->what, what);
	c->skipped += !able;
	c->held += able && ok;
	c->failed += able && !ok;
}

/* Tests read files of the checkout, wherever their program lies. */
static inline void ktap_begin(void)
{
	setenv("VHINT_ROOT", ".", 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", (int)(__stop_ktap_checks - __start_ktap_checks));
}

static inline int ktap_by_line(const void *a, const void *b)
{
	const struct ktap_check *x = a, *y = b;
	int files = strcmp(x->file, y->file);

	return files ? files : x->line - y->line;
}

static inline bool ktap_print(const struct ktap_check *c, int nr)
{
	if (c->failed)
		printf("not ok %d - %s\n# %s:%d: failed %d of %d times: %s\n", nr, c->what, c->file,
		       c->line, c->failed, c->failed + c->held, c->cond);
	else if (c->held > 1)
		printf("ok %d - %s, and %d more\n", nr, c->what, c->held - 1);
	else if (c->held)
		printf("ok %d - %s\n", nr, c->what);
	else if (c->skipped)
		printf("ok %d - %s # SKIP not possible here\n", nr, c->what);
	else
		printf("not ok %d - line %d was not reached\n# %s:%d: never checked: %s\n", nr,
		       c->line, c->file, c->line, c->cond);
	return !c->failed && (c->held || c->skipped);
}

/* Prints the results and the totals; returns the exit code. */
static inline int ktap_end(void)
{
	struct ktap_check *c, *first = __start_ktap_checks, *end = __stop_ktap_checks;
	int nr = 0, failed = 0, skipped = 0;

	qsort(first, end - first, sizeof(*first), ktap_by_line);
	for (c = first; c < end; c++) {
		failed += !ktap_print(c, ++nr);
		skipped += c->skipped && !c->held && !c->failed;
	}
	printf("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0\n",
	       nr - failed - skipped, failed, skipped);
	return failed ? 1 : 0;
}

#endif /* VHINT_TESTS_UNIT_KTAP_H */
