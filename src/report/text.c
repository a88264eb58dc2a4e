// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report on standard output: the arms, what they are compared with, and the
 * verdict in words as the last thing to be read.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "report/report.h"
#include "report/words.h"

_Static_assert(TABLE_MAX_COLS >= REPORT_MAX_COLS + 2, "a column would be left out");

/* the name and n beside the metrics */
TABLE_FITS(2 + REPORT_MAX_COLS, 1 + EXP_MAX_ARMS);

/* Only the headline has room for its interval; report.md has all of them. */
static void print_arms(const struct report *r, FILE *out)
{
	struct table *t = table_new();
	char text[96];
	int i, j;

	table_row(t);
	table_cell(t, "arm");
	table_cell(t, "n");
	for (j = 0; j < r->nr_cols; j++)
		table_cell(t, "%s", word_head(text, sizeof(text), &r->cols[j]));
	for (i = 0; i < r->e->nr_arms; i++) {
		table_row(t);
		table_cell(t, "%s", r->e->arms[i].name);
		table_cell(t, "%d", r->arms[i].ok);
		for (j = 0; j < r->nr_cols; j++) {
			struct stat_est e = r->arms[i].col[j].est;

			if (!j)
				word_est(text, sizeof(text), &r->cols[j], e);
			else
				word_value(text, sizeof(text), &r->cols[j], e.value);
			table_cell(t, "%s", text);
		}
	}
	table_print(t, out);
	table_free(t);
}

static void print_pair(const struct report *r, int pair, FILE *out)
{
	const struct report_pair *p = &r->pairs[pair];
	const char *base = r->e->arms[p->base].name, *name = r->e->arms[p->arm].name;
	struct table *t = table_new();
	const struct report_cmp *c;
	char text[96];
	int i, j;

	table_row(t);
	table_cell(t, "%s vs %s", name, base);
	table_cell(t, "%s", base);
	table_cell(t, "%s", name);
	table_cell(t, "change");
	table_cell(t, "p");
	table_cell(t, "adjusted");
	table_cell(t, "A");
	table_cell(t, "finds");
	table_cell(t, "verdict");
	for (i = 3; i < 9; i++)
		table_align_left(t, i);
	for (j = 0; j < r->nr_cols; j++) {
		c = &report_cmps(r, pair)[j];
		table_row(t);
		table_cell(t, "%s", word_heading(text, sizeof(text), &r->cols[j]));
		table_cell(t, "%s", word_value(text, sizeof(text), &r->cols[j],
					       r->arms[p->base].col[j].est.value));
		table_cell(t, "%s", word_value(text, sizeof(text), &r->cols[j],
					       r->arms[p->arm].col[j].est.value));
		table_cell(t, "%s", word_change(text, sizeof(text), &r->cols[j], c));
		table_cell(t, "%s", word_p(text, sizeof(text), c->test.p));
		table_cell(t, "%s", word_p(text, sizeof(text), c->p_adjusted));
		if (isnan(c->test.effect))
			table_cell(t, "-");
		else
			table_cell(t, "%.2f", c->test.effect);
		table_cell(t, "%s", word_detectable(text, sizeof(text), &r->cols[j], c));
		table_cell(t, "%s", word_verdict(c));
	}
	table_print(t, out);
	table_free(t);
}

static void print_failures(const struct report *r, FILE *out)
{
	const struct report_failure *f;
	int i;

	for (i = 0; i < r->nr_failures; i++) {
		f = &r->failures[i];
		fprintf(out, "failed: run %d (%s, repetition %d): %s: %.*s\n", f->run,
			r->e->arms[f->arm].name, f->rep + 1, f->kind,
			(int)strcspn(f->msg, "\n"), f->msg);
	}
}

/* What came out as @v, a line each; a line even if there is none. */
static void print_outcome(const struct report *r, int pair, enum stat_verdict v, FILE *out)
{
	const struct report_cmp *c = report_cmps(r, pair);
	char text[400];
	int i, n = 0;

	for (i = 0; i < r->nr_cols; i++) {
		if (c[i].verdict != v && !(report_perhaps(&c[i]) && c[i].alone == v))
			continue;
		n++;
		fprintf(out, "  %s: %s\n", word_verdict(&c[i]),
			word_outcome(text, sizeof(text), r, &c[i]));
	}
	if (!n)
		fprintf(out, "  %s: nothing\n", stat_verdict_word(v));
}

static void print_notes(const struct report *r, FILE *out)
{
	int i;

	print_failures(r, out);
	for (i = 0; i < r->nr_notes; i++)
		fprintf(out, "note: %s\n", r->notes[i]);
}

void report_text(const struct report *r, FILE *out)
{
	char sentence[640], where[160];
	int i;

	fprintf(out, "%s%s%s\n%s\n", r->e->name, *r->e->title ? ": " : "", r->e->title,
		word_where(where, sizeof(where), r));
	if (!r->ok) {
		fprintf(out, "\nnothing was measured: of %d runs none is good\n", r->planned);
		print_notes(r, out);
		return;
	}
	fprintf(out,
		"%s: geometric mean of n repetitions; the rest: medians; [95 %% interval]\nA: probability that a run of the first arm has the larger value (0.5 = no effect)\nadjusted: p among so many metrics (Holm); better?, worse?: by p alone\nfinds: the smallest effect that such a design finds in 4 of 5 cases\n\n",
		r->cols[0].label);
	print_arms(r, out);
	for (i = 0; i < r->nr_pairs; i++) {
		fputc('\n', out);
		print_pair(r, i, out);
	}
	fputc('\n', out);
	print_notes(r, out);
	if (r->nr_failures || r->nr_notes)
		fputc('\n', out);
	for (i = 0; i < r->nr_pairs; i++) {
		fprintf(out, "%s\n",
			word_sentence(sentence, sizeof(sentence), r, report_cmps(r, i)));
		if (word_equivalence(sentence, sizeof(sentence), r, report_cmps(r, i)))
			fprintf(out, "%s\n", sentence);
		if (report_cmps(r, i)->verdict == STAT_NONE)
			continue;
		print_outcome(r, i, STAT_BETTER, out);
		print_outcome(r, i, STAT_WORSE, out);
	}
}
