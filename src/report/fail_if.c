// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is anything worse that must not be?
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "report/fail_if.h"
#include "report/words.h"

#define WORSE	"worse:"

int fail_if_add(struct fail_if *f, const char *text, struct vh_err *err)
{
	size_t len = strlen(WORSE);

	if (strncmp(text, WORSE, len) || !text[len])
		return vh_err(err, VH_BAD_USAGE,
			      "--fail-if: found \"%s\", expected worse:METRIC or worse:" FAIL_IF_ANY
			      ", such as worse:slowdown", text);
	if (f->nr == FAIL_IF_MAX)
		return vh_err(err, VH_BAD_USAGE, "--fail-if: %d times at most; worse:" FAIL_IF_ANY
			      " stands for all metrics", FAIL_IF_MAX);
	f->metric[f->nr++] = text + len;
	return 0;
}

static bool is_any(const char *metric)
{
	return !strcmp(metric, FAIL_IF_ANY);
}

static int no_such_metric(const char *metric, const struct report *r, struct vh_err *err)
{
	const char *known[REPORT_MAX_COLS], *near;
	char list[1024] = "";
	size_t len = 0;
	int i, n = 0;

	for (i = 0; i < r->nr_cols; i++) {
		if (!r->cols[i].metric->better)
			continue;
		known[n++] = r->cols[i].metric->name;
		len += snprintf(list + len, sizeof(list) - len, "%s%.24s", len ? ", " : "",
				r->cols[i].metric->name);
	}
	near = suggest_nearest(metric, known, n);
	return vh_err(err, VH_BAD_USAGE,
		      "--fail-if: the report of this experiment has no metric \"%s\"%s%s%s (known: " FAIL_IF_ANY
		      ", %s; $.metrics of the experiment adds to them)", metric,
		      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", list);
}

static int check_metric(const char *metric, const struct report *r, struct vh_err *err)
{
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		if (strcmp(r->cols[i].metric->name, metric))
			continue;
		if (r->cols[i].metric->better)
			return 0;
		return vh_err(err, VH_BAD_USAGE,
			      "--fail-if: %s is never worse: neither more nor less of it is better",
			      metric);
	}
	return no_such_metric(metric, r, err);
}

int fail_if_check(const struct fail_if *f, const struct report *r, struct vh_err *err)
{
	int i;

	if (f->nr && !r->nr_pairs)
		return vh_err(err, VH_BAD_USAGE,
			      "--fail-if: the experiment has one arm, so there is nothing to compare");
	for (i = 0; i < f->nr; i++) {
		if (!is_any(f->metric[i]) && check_metric(f->metric[i], r, err))
			return -1;
	}
	return 0;
}

int fail_if_check_plan(const struct fail_if *f, const struct experiment *e, const struct plan *p,
		       struct vh_err *err)
{
	struct report *r;
	struct records none = { 0 };
	int ret;

	if (!f->nr)
		return 0;
	r = malloc(sizeof(*r));
	if (!r)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	ret = report_make(r, e, p, &none, err);
	if (!ret) {
		ret = fail_if_check(f, r, err);
		report_free(r);
	}
	free(r);
	return ret;
}

/* A metric that has no better or worse is never asked for, and answers nothing. */
static bool is_of(const struct report *r, const struct report_cmp *c, const char *metric)
{
	const struct report_col *col = &r->cols[c->col];

	return col->metric->better && (is_any(metric) || !strcmp(col->metric->name, metric));
}

/* Of how many tests its p is one: the headline's is by itself, as report_judge() has it. */
static int nr_tests(const struct report *r, const struct report_cmp *c)
{
	int i, n = 0;

	for (i = 0; c->col && i < r->nr_cmps; i++) {
		const struct report_cmp *x = &r->cmps[i];

		n += x->arm == c->arm && x->base == c->base && x->col &&
		     !isnan(x->diff.value) && !isnan(x->test.p);
	}
	return c->col ? n : 1;
}

/*
 * Some designs show no difference, however large it is: Holm's method gives no p below the
 * smallest one times the number of tests.
 */
static bool can_tell(const struct report *r, const struct report_cmp *c)
{
	return !isnan(c->diff.lo) && !isnan(c->test.p) &&
	       c->test.least * nr_tests(r, c) < STAT_ALPHA;
}

/* Why pair @pair can show no difference in @metric: what there is of it. */
static void say_unable(const char *metric, const struct report *r, int pair, FILE *out)
{
	const struct report_cmp *cmps = report_cmps(r, pair), *c = NULL;
	const struct report_paired *shared;
	int i;

	for (i = 0; i < r->nr_cols && !c; i++)
		c = is_of(r, &cmps[i], metric) ? &cmps[i] : NULL;
	fprintf(out, "run-experiment: --fail-if " WORSE "%s: %s vs %s can show no difference", metric,
		r->e->arms[cmps->arm].name, r->e->arms[cmps->base].name);
	if (is_any(metric)) {
		fprintf(out, " in any metric\n");
		return;
	}
	shared = &r->pairs[pair].col[c->col];
	if (c->boots[0] && c->boots[1])
		fprintf(out, " (%d+%d boots", c->boots[0], c->boots[1]);
	else if (shared->boots)
		fprintf(out, " (%d+%d runs", shared->arm.runs, shared->base.runs);
	else
		fprintf(out, " (nothing to compare");
	if (c->col)
		fprintf(out, ", p adjusted for %d metrics", nr_tests(r, c));
	fprintf(out, ")\n");
}

/* How many comparisons of pair @pair could show a difference; how many are worse goes to @worse. */
static int judge_pair(const char *metric, const struct report *r, int pair, int *worse, FILE *out)
{
	const struct report_cmp *c = report_cmps(r, pair);
	char words[1024];
	int i, able = 0;

	for (i = 0; i < r->nr_cols; i++, c++) {
		if (!is_of(r, c, metric))
			continue;
		able += can_tell(r, c);
		if (c->verdict != STAT_WORSE)
			continue;
		++*worse;
		fprintf(out, "run-experiment: --fail-if " WORSE "%s: %s\n", metric,
			word_sentence(words, sizeof(words), r, c));
	}
	return able;
}

/* A pair with the baseline that can show nothing counts as worse: that gate could not close. */
static int judge_metric(const char *metric, const struct report *r, FILE *out)
{
	int i, judged = 0, worse = 0;

	for (i = 0; i < r->nr_pairs; i++) {
		if (judge_pair(metric, r, i, &worse, out)) {
			judged++;
			continue;
		}
		say_unable(metric, r, i, out);
		worse += r->pairs[i].base == r->e->baseline;
	}
	if (judged)
		return worse;
	fprintf(out, "run-experiment: --fail-if " WORSE
		"%s: no comparison could have shown it: make at least %d repetitions, in %d boots if the arms are of two kernels, and in more for any metric but the first, whose p is adjusted\n",
		metric, STAT_MIN_INTERVAL, STAT_MIN_BOOTS);
	return 1;
}

int fail_if_judge(const struct fail_if *f, const struct report *r, FILE *out)
{
	int i, n = 0;

	for (i = 0; i < f->nr; i++)
		n += judge_metric(f->metric[i], r, out);
	return n;
}
