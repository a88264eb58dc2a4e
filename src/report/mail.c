// SPDX-License-Identifier: GPL-2.0-only
/*
 * mail.txt: the report as plain text for a mail, at most 76 columns wide. Arms stand
 * side by side: the baseline, then the one whose patches are there but off, then those
 * with hints, each with its verdict against the baseline. What got worse has a section as
 * what got better has.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/provenance.h"
#include "report/report.h"
#include "report/words.h"

#define WIDTH		76
#define ARMS_PER_TABLE	3

/* Words at most WIDTH columns wide, from the second line on @indent blanks in. */
static void wrapped(const char *text, int indent, FILE *out)
{
	int at = 0, n;
	bool begun = false;

	while (*text) {
		n = strcspn(text, " \n");
		if (begun && at + 1 + n > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
		} else if (begun) {
			at += fprintf(out, " ");
		}
		begun = true;
		at += fprintf(out, "%.*s", n, text);
		text += n + strspn(text + n, " \n");
	}
	fputc('\n', out);
}

static void paragraph(const char *head, char *text, FILE *out)
{
	char *all = NULL;

	if (text && asprintf(&all, "%s: %s", head, text) >= 0)
		wrapped(all, 2, out);
	free(all);
	free(text);
}

/* The arms beside the baseline, those that are off first. */
static int others(const struct report *r, int *arm)
{
	int i, off, n = 0;

	for (off = 1; off >= 0; off--) {
		for (i = 0; i < r->e->nr_arms; i++) {
			if (i != r->e->baseline && report_is_off(&r->e->arms[i]) == off)
				arm[n++] = i;
		}
	}
	return n;
}

/* As elsewhere, but millions are told as such. */
static char *value(char *buf, size_t len, const struct report_col *col, double v)
{
	static const struct { double by; char suffix; } big[] = { { 1e9, 'G' }, { 1e6, 'M' } };
	size_t i;

	for (i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
		if (fabs(v) >= big[i].by) {
			snprintf(buf, len, "%.2f%c", v / big[i].by, big[i].suffix);
			return buf;
		}
	}
	return word_value(buf, len, col, v);
}

static char *interval(char *buf, size_t len, const struct report_col *col, struct stat_est e)
{
	char lo[32], hi[32];

	*buf = '\0';
	if (!isnan(e.lo))
		snprintf(buf, len, "[%s, %s]", value(lo, sizeof(lo), col, e.lo),
			 value(hi, sizeof(hi), col, e.hi));
	return buf;
}

/* "+33 % better", "+500 higher", "~"; nothing for the baseline itself. */
static char *outcome(char *buf, size_t len, const struct report *r, int arm, int col)
{
	const struct report_cmp *c = report_cmp_of(r, arm, col);
	char change[48];

	*buf = '\0';
	if (!c || c->verdict == STAT_NONE)
		return buf;
	word_change(change, sizeof(change), &r->cols[col], c);
	/* its interval has the next line */
	change[strcspn(change, "[")] = '\0';
	if (c->verdict == STAT_SAME && !report_perhaps(c))
		snprintf(buf, len, "~");
	else
		snprintf(buf, len, "%s%s", change, word_verdict(c));
	return buf;
}

static char *outcome_interval(char *buf, size_t len, const struct report *r, int arm, int col)
{
	const struct report_cmp *c = report_cmp_of(r, arm, col);
	char change[80], *at;

	*buf = '\0';
	if (!c || c->verdict == STAT_NONE)
		return buf;
	word_change(change, sizeof(change), &r->cols[col], c);
	at = strchr(change, '[');
	if (at)
		snprintf(buf, len, "%s", at);
	return buf;
}

/* What stands below each other in a cell; a row in which nobody has anything is left out. */
static char *estimate(char *buf, size_t len, const struct report *r, int arm, int col)
{
	return value(buf, len, &r->cols[col], r->arms[arm].col[col].est.value);
}

static char *estimate_interval(char *buf, size_t len, const struct report *r, int arm, int col)
{
	return interval(buf, len, &r->cols[col], r->arms[arm].col[col].est);
}

static char *(*const cells[])(char *buf, size_t len, const struct report *r, int arm, int col) = {
	estimate, estimate_interval, outcome, outcome_interval,
};

#define NR_CELLS ((int)(sizeof(cells) / sizeof(cells[0])))

/* arms and n; of each metric a blank row and its cells */
TABLE_FITS(1 + ARMS_PER_TABLE, 2 + REPORT_MAX_COLS * (1 + NR_CELLS));

static void add_row(struct table *t, const struct report *r, const int *arm, int n, int col,
		    int kind)
{
	char text[ARMS_PER_TABLE][96], label[96] = "";
	bool empty = true;
	int i;

	for (i = 0; i < n; i++) {
		cells[kind](text[i], sizeof(text[i]), r, arm[i], col);
		empty &= !*text[i];
	}
	if (empty)
		return;
	table_row(t);
	table_cell(t, "%s", kind ? "" : word_head(label, sizeof(label), &r->cols[col]));
	for (i = 0; i < n; i++)
		table_cell(t, "%s", text[i]);
}

static struct table *table_of(const struct report *r, const int *arm, int n)
{
	struct table *t = table_new();
	int i, j, kind;

	table_row(t);
	table_cell(t, "%s", "");
	for (i = 0; i < n; i++)
		table_cell(t, "%s", r->e->arms[arm[i]].name);
	table_row(t);
	table_cell(t, "n");
	for (i = 0; i < n; i++)
		table_cell(t, "%d", r->arms[arm[i]].ok);
	for (j = 0; j < r->nr_cols; j++) {
		table_row(t);
		for (kind = 0; kind < NR_CELLS; kind++)
			add_row(t, r, arm, n, j, kind);
	}
	return t;
}

/* The baseline and as many of the @nr others as fit beside it. Returns how many of those. */
static int print_table(const struct report *r, const int *other, int nr, FILE *out)
{
	int arm[ARMS_PER_TABLE] = { r->e->baseline }, n = 1;
	struct table *t;

	while (n < ARMS_PER_TABLE && n - 1 < nr) {
		arm[n] = other[n - 1];
		n++;
	}
	t = table_of(r, arm, n);
	while (table_width(t) > WIDTH && n > 2) {
		table_free(t);
		t = table_of(r, arm, --n);
	}
	table_print(t, out);
	table_free(t);
	fputc('\n', out);
	return n - 1;
}

static void tables(const struct report *r, FILE *out)
{
	int other[EXP_MAX_ARMS], nr = others(r, other), i = 0;

	do {
		i += print_table(r, other + i, nr - i, out);
	} while (i < nr);
}

static void section(const struct report *r, const char *head, enum stat_verdict v, bool perhaps,
		    FILE *out)
{
	const struct report_cmp *c;
	char text[400], all[480];
	int n = 0;

	fprintf(out, "%s:\n", head);
	for (c = r->cmps; c < r->cmps + r->nr_cmps; c++) {
		if (perhaps ? !report_perhaps(c) : report_perhaps(c) || c->verdict != v)
			continue;
		n++;
		snprintf(all, sizeof(all), "- %s vs %s: %s%s%s", r->e->arms[c->arm].name,
			 r->e->arms[c->base].name, perhaps ? word_verdict(c) : "",
			 perhaps ? " " : "", word_outcome(text, sizeof(text), r, c));
		wrapped(all, 2, out);
	}
	fprintf(out, n ? "\n" : "- none\n\n");
}

static void equivalences(const struct report *r, FILE *out)
{
	char text[300];
	int i, n = 0;

	for (i = 0; i < r->nr_pairs; i++) {
		if (!word_equivalence(text, sizeof(text), r, report_cmps(r, i)))
			continue;
		wrapped(text, 2, out);
		n++;
	}
	if (n)
		fputc('\n', out);
}

static void method(const struct report *r, FILE *out)
{
	char *text = NULL;

	if (asprintf(&text,
		     "%s: geometric mean of n runs%s; the rest: medians of n runs, over all VMs (times: mean of the VMs, counts: sum); [95 %% bootstrap interval]. ~: no difference is shown; else the interval does not hold 0 and the adjusted p < %.2f (two-sided, of ranks: of runs within boots in arms that share boots, else of boots; adjusted by Holm for all metrics of the pair but the first). better?: by p alone. finds: the smallest effect that such a design finds in 4 of 5 cases. A: probability that a run of the first arm has the larger value (0.5 = no effect). Arms took turns in a random order (seed %llu), %d boots of each kernel; %d of %d runs count, %d failed, %d warm-up runs dropped, no outlier removed.%s%s",
		     r->cols[0].label, r->e->nr_vms > 1 ? " and of the VMs' (time contended / the baseline's time alone)" : "",
		     STAT_ALPHA, (unsigned long long)r->e->seed,
		     r->e->boots, r->ok, r->planned, r->nr_failures, r->warmups, word_clock(r) ? " " : "",
		     word_clock(r) ?: "") >= 0)
		paragraph("Method", text, out);
}

void report_mail(const struct report *r, const char *dir, FILE *out)
{
	char *text = NULL, where[160];
	int i;

	if (asprintf(&text, "%s%s%s", r->e->name, *r->e->title ? ": " : "", r->e->title) >= 0)
		wrapped(text, 0, out);
	free(text);
	wrapped(word_where(where, sizeof(where), r), 0, out);
	fputc('\n', out);
	if (r->ok)
		tables(r, out);
	else
		fprintf(out, "Nothing was measured: of %d runs none is good.\n\n", r->planned);
	if (r->nr_cmps) {
		section(r, "Improvements", STAT_BETTER, false, out);
		section(r, "Regressions", STAT_WORSE, false, out);
		section(r, "Perhaps: by p alone, as chance allows among so many metrics", STAT_SAME,
			true, out);
		section(r, "No difference shown, and what would have been found", STAT_SAME, false,
			out);
		equivalences(r, out);
	}
	for (i = 0; i < r->nr_notes; i++)
		paragraph("Note", strdup(r->notes[i]), out);
	method(r, out);
	paragraph("Machine", report_env_line(dir), out);
}
