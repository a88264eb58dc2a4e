// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and verdicts in words.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/words.h"

/* What is left of a 0 by rounding. */
static double no_dust(double v)
{
	return fabs(v) < 1e-9 ? 0 : v;
}

/* Three digits that count, but whole numbers stay whole. */
static int decimals(const struct report_col *col, double v)
{
	double a = fabs(v);

	if (col->kind <= COL_STALLED && a < 100)
		return 2;
	if (a >= 100 || (!*report_unit(col) && v == floor(v)))
		return 0;
	return a >= 10 ? 1 : a >= 1 ? 2 : 3;
}

static char *number(char *buf, size_t len, const struct report_col *col, double v,
		    const char *sign)
{
	char fmt[16];

	v = no_dust(v);
	if (isnan(v)) {
		snprintf(buf, len, "-");
		return buf;
	}
	snprintf(fmt, sizeof(fmt), "%%%s.%df", sign, decimals(col, v));
	snprintf(buf, len, fmt, v);
	return buf;
}

char *word_value(char *buf, size_t len, const struct report_col *col, double v)
{
	return number(buf, len, col, v, "");
}

char *word_est(char *buf, size_t len, const struct report_col *col, struct stat_est e)
{
	char v[32], lo[32], hi[32];

	if (isnan(e.value))
		snprintf(buf, len, "-");
	else if (isnan(e.lo))
		word_value(buf, len, col, e.value);
	else
		snprintf(buf, len, "%s [%s, %s]", word_value(v, sizeof(v), col, e.value),
			 word_value(lo, sizeof(lo), col, e.lo),
			 word_value(hi, sizeof(hi), col, e.hi));
	return buf;
}

/* "+31", "+3.1", and "+0.30", "+0.031" rather than what looks like 0. */
static char *percent(char *buf, size_t len, double v)
{
	double a = fabs(no_dust(v)) * 100;

	v = no_dust(v) * 100;
	snprintf(buf, len, a < 1e-4 ? "%+.2g" : a < 0.995 ? "%+#.2g" : a < 9.95 ? "%+.1f" : "%+.0f", v);
	return buf;
}

/* An end of an interval that may be as good as 0, and is not to look like it. */
static char *bound(char *buf, size_t len, const struct report_col *col, double v)
{
	v = no_dust(v);
	if (fabs(v) >= 1)
		return number(buf, len, col, v, "+");
	snprintf(buf, len, "%+.2g", v);
	return buf;
}

static char *range_of(char *buf, size_t len, const struct report_col *col,
		      const struct report_cmp *c)
{
	char lo[32], hi[32];

	if (c->ratio)
		snprintf(buf, len, "[%s, %s]", percent(lo, sizeof(lo), c->change.lo),
			 percent(hi, sizeof(hi), c->change.hi));
	else
		snprintf(buf, len, "[%s, %s]", bound(lo, sizeof(lo), col, c->diff.lo),
			 bound(hi, sizeof(hi), col, c->diff.hi));
	return buf;
}

static const char *unit_of(const struct report_col *col, const struct report_cmp *c)
{
	return c->ratio ? "%" : report_unit(col);
}

char *word_change(char *buf, size_t len, const struct report_col *col,
		  const struct report_cmp *c)
{
	const char *unit = unit_of(col, c), *space = *unit ? " " : "";
	char v[32], range[80];

	if (c->verdict == STAT_NONE)
		snprintf(buf, len, "-");
	else if (c->verdict == STAT_SAME && isnan(c->diff.lo))
		snprintf(buf, len, "~");
	else if (c->verdict == STAT_SAME && !report_perhaps(c))
		snprintf(buf, len, "~ %s%s%s", range_of(range, sizeof(range), col, c), space, unit);
	else
		snprintf(buf, len, "%s%s%s %s", c->ratio ? percent(v, sizeof(v), c->change.value) :
			 number(v, sizeof(v), col, c->diff.value, "+"), space, unit,
			 range_of(range, sizeof(range), col, c));
	return buf;
}

char *word_detectable(char *buf, size_t len, const struct report_col *col,
		      const struct report_cmp *c)
{
	const char *unit = unit_of(col, c), *space = *unit ? " " : "";
	char v[32];

	if (isnan(c->detectable) || c->verdict == STAT_NONE)
		snprintf(buf, len, "-");
	else if (isinf(c->detectable))
		snprintf(buf, len, "nothing");
	else
		snprintf(buf, len, "%s%s%s", c->ratio ? percent(v, sizeof(v), c->detectable) :
			 bound(v, sizeof(v), col, c->detectable), space, unit);
	return buf;
}

char *word_equivalence(char *buf, size_t len, const struct report *r, const struct report_cmp *c)
{
	const char *arm = r->e->arms[c->arm].name, *base = r->e->arms[c->base].name;
	const char *label = r->cols[c->col].label;
	char p[32];

	if (!(c->margin > 0) || isnan(c->p_equivalent))
		return NULL;
	word_p(p, sizeof(p), c->p_equivalent);
	if (c->p_equivalent < STAT_ALPHA)
		snprintf(buf, len, "%s vs %s: %s is equivalent within %g %% (two one-sided tests, %s)",
			 arm, base, label, c->margin * 100, p);
	else
		snprintf(buf, len,
			 "%s vs %s: %s is not shown to be equivalent within %g %% (two one-sided tests, %s)",
			 arm, base, label, c->margin * 100, p);
	return buf;
}

char *word_p(char *buf, size_t len, double p)
{
	if (isnan(p))
		snprintf(buf, len, "-");
	else if (p < 0.0001)
		snprintf(buf, len, "p<0.0001");
	else
		snprintf(buf, len, p < 0.001 ? "p=%.4f" : p < 0.1 ? "p=%.3f" : "p=%.2f", p);
	return buf;
}

char *word_test(char *buf, size_t len, const struct report_col *col, const struct report_cmp *c)
{
	char p[32];

	word_p(buf, len, c->test.p);
	if (isnan(c->test.p))
		return buf;
	if (c->boots[0])
		snprintf(buf + strlen(buf), len - strlen(buf), " of %d+%d boots", c->boots[0],
			 c->boots[1]);
	if (c->p_adjusted > c->test.p)
		snprintf(buf + strlen(buf), len - strlen(buf), ", adjusted %s",
			 word_p(p, sizeof(p), c->p_adjusted));
	if (c->alone == STAT_SAME && c->test.p < STAT_ALPHA && !isnan(c->diff.lo))
		snprintf(buf + strlen(buf), len - strlen(buf), ", but the difference may be 0");
	return buf;
}

const char *word_verdict(const struct report_cmp *c)
{
	static const char *const perhaps[] = {
		[STAT_BETTER] = "better?", [STAT_WORSE] = "worse?", [STAT_HIGHER] = "higher?",
		[STAT_LOWER] = "lower?",
	};

	return report_perhaps(c) ? perhaps[c->alone] : stat_verdict_word(c->verdict);
}

static char *with_unit(char *buf, size_t len, const struct report_col *col, const char *name)
{
	char label[64], *p;
	size_t n;

	snprintf(label, sizeof(label), "%s", name);
	for (p = label; *p; p++) {
		if (*p == '_')
			*p = ' ';
	}
	/* "run delay s" of a metric in s: the unit comes in brackets */
	n = strlen(report_unit(col));
	if (n && p - label > (long)n + 1 && p[-(long)n - 1] == ' ' && !strcmp(p - n, report_unit(col)))
		p[-(long)n - 1] = '\0';
	if (n)
		snprintf(buf, len, "%s (%s)", label, report_unit(col));
	else
		snprintf(buf, len, "%s", label);
	return buf;
}

char *word_heading(char *buf, size_t len, const struct report_col *col)
{
	return with_unit(buf, len, col, col->label);
}

char *word_head(char *buf, size_t len, const struct report_col *col)
{
	return with_unit(buf, len, col, col->head);
}

static const char *verdict_phrase(enum stat_verdict v)
{
	static const char *const phrases[] = {
		[STAT_NONE] = "nothing to compare", [STAT_SAME] = "~, no difference is shown",
		[STAT_BETTER] = "better by ", [STAT_WORSE] = "worse by ",
		[STAT_HIGHER] = "higher by ", [STAT_LOWER] = "lower by ",
	};

	return phrases[v];
}

char *word_against(char *buf, size_t len, const struct report_col *col,
		   const struct report_series *a, const struct report_series *b,
		   const struct report_cmp *c)
{
	char ea[80], eb[80], change[80] = "", test[160], found[48];

	if (c->verdict >= STAT_SAME)
		word_change(change, sizeof(change), col, c);
	snprintf(buf, len, "%s %s%s%s against %s%s%s: %s%s (%s, n=%d+%d)", col->label,
		 word_est(eb, sizeof(eb), col, b->est), *report_unit(col) ? " " : "", report_unit(col),
		 word_est(ea, sizeof(ea), col, a->est), *report_unit(col) ? " " : "", report_unit(col),
		 verdict_phrase(c->verdict), c->verdict == STAT_SAME ? change + 1 : change,
		 word_test(test, sizeof(test), col, c), b->n, a->n);
	if (c->verdict != STAT_SAME || isnan(c->detectable))
		return buf;
	word_detectable(found, sizeof(found), col, c);
	snprintf(buf + strlen(buf), len - strlen(buf), !isinf(c->detectable) ?
		 "; such a design finds %s or more in 4 of 5 cases" : c->test.least >= STAT_ALPHA ?
		 "; so few boots or runs show no difference, however large" :
		 "; so many values are equal that this test shows no difference", found);
	return buf;
}

char *word_sentence(char *buf, size_t len, const struct report *r, const struct report_cmp *c)
{
	char text[400];

	snprintf(buf, len, "%s vs %s: %s", r->e->arms[c->arm].name, r->e->arms[c->base].name,
		 word_against(text, sizeof(text), &r->cols[c->col], &r->arms[c->base].col[c->col],
			      &r->arms[c->arm].col[c->col], c));
	return buf;
}

char *word_outcome(char *buf, size_t len, const struct report *r, const struct report_cmp *c)
{
	const struct report_col *col = &r->cols[c->col];
	char label[96], change[96], test[160], found[48];

	snprintf(buf, len, "%s %s (%s, A=%.2f%s", word_heading(label, sizeof(label), col),
		 word_change(change, sizeof(change), col, c),
		 word_test(test, sizeof(test), col, c), c->test.effect,
		 c->boots[0] ? " of runs" : "");
	if (c->verdict == STAT_SAME && !report_perhaps(c) && !isnan(c->detectable))
		snprintf(buf + strlen(buf), len - strlen(buf), "; finds %s",
			 word_detectable(found, sizeof(found), col, c));
	snprintf(buf + strlen(buf), len - strlen(buf), ")");
	return buf;
}

char *word_where(char *buf, size_t len, const struct report *r)
{
	if (strcmp(r->e->where, "lab"))
		snprintf(buf, len, "measured on the host itself");
	else if (exp_virtual(r->e))
		snprintf(buf, len,
			 "measured in the lab in virtual time (one instruction = 1 ns, rounds of %d ns)",
			 r->e->round_ns);
	else
		snprintf(buf, len,
			 "measured in the lab in real time (QEMU TCG): compare arms; times are not hardware's");
	return buf;
}

const char *word_clock(const struct report *r)
{
	if (strcmp(r->e->where, "lab"))
		return NULL;
	if (!exp_virtual(r->e))
		return "Real time of an emulated machine: an exit costs some 50 times as much as on hardware, and the load of the machine is in every figure.";
	return "Virtual time counts instructions, and so it cannot show what makes instructions take longer than others: caches and TLBs (nor the locality that migrations cost), changes of frequency, SMT siblings, branch prediction. Messages between CPUs are as coarse as a round.";
}
