// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.md: all that the table has no room for. Every metric with its interval,
 * gains and losses side by side, VMs and boots one by one, what failed, and how
 * to make the same run again.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/table.h"
#include "report/plot.h"
#include "report/provenance.h"
#include "report/report.h"
#include "report/words.h"

static void print_table(struct table *t, FILE *out)
{
	table_print_markdown(t, out);
	fputc('\n', out);
	table_free(t);
}

/* What users and guests wrote, so that it reads as they wrote it. */
static void plain(const char *text, FILE *out)
{
	for (; *text && *text != '\n'; text++) {
		if (strchr("\\`*_[]<>|#&", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void verdict(const struct report *r, FILE *out)
{
	char text[640], where[160];
	int i;

	word_where(where, sizeof(where), r);
	fprintf(out, "## Verdict\n\n");
	for (i = 0; i < r->nr_cmps; i++) {
		if (r->cmps[i].col)
			continue;
		fprintf(out, "- %s\n", word_sentence(text, sizeof(text), r, &r->cmps[i]));
		if (word_equivalence(text, sizeof(text), r, &r->cmps[i]))
			fprintf(out, "- %s\n", text);
	}
	if (!r->nr_cmps)
		fprintf(out, "- There is one arm only, so nothing to compare.\n");
	for (i = 0; i < r->nr_notes; i++)
		fprintf(out, "- Note: %s\n", r->notes[i]);
	fprintf(out, "\n%c%s. The same as plain text, for a mail: [mail.txt](mail.txt).\n\n",
		where[0] - 'a' + 'A', where + 1);
}

/* a column for each arm, rows for n and the metrics */
TABLE_FITS(1 + EXP_MAX_ARMS, 2 + REPORT_MAX_COLS);

static void arms(const struct report *r, FILE *out)
{
	struct table *t = table_new();
	char text[96];
	int i, j;

	fprintf(out, "## Arms\n\nOf n repetitions, [95 %% interval]: %s as geometric mean, the rest as medians.\n\n",
		r->cols[0].label);
	table_row(t);
	table_cell(t, "metric");
	for (i = 0; i < r->e->nr_arms; i++)
		table_cell(t, "%s", r->e->arms[i].name);
	table_row(t);
	table_cell(t, "n");
	for (i = 0; i < r->e->nr_arms; i++)
		table_cell(t, "%d", r->arms[i].ok);
	for (j = 0; j < r->nr_cols; j++) {
		table_row(t);
		table_cell(t, "%s", word_heading(text, sizeof(text), &r->cols[j]));
		for (i = 0; i < r->e->nr_arms; i++)
			table_cell(t, "%s", word_est(text, sizeof(text), &r->cols[j],
						     r->arms[i].col[j].est));
	}
	print_table(t, out);
	for (j = 0; j < r->nr_cols; j++)
		fprintf(out, "- %s: %s%s\n", word_heading(text, sizeof(text), &r->cols[j]),
			r->cols[j].metric->doc, r->cols[j].metric->better > 0 ? " (higher is better)" :
			r->cols[j].metric->better < 0 ? " (lower is better)" : "");
	fputc('\n', out);
}

/* A pair's comparisons that came out as @a or @b, or @perhaps; the heading even if there are none. */
static void outcome(const struct report *r, int pair, const char *heading, enum stat_verdict a,
		    enum stat_verdict b, bool perhaps, FILE *out)
{
	char text[400], test[160];
	int i, n = 0;

	fprintf(out, "### %s\n\n", heading);
	for (i = 0; i < r->nr_cols; i++) {
		const struct report_cmp *c = &report_cmps(r, pair)[i];
		const struct report_col *col = &r->cols[i];

		if (perhaps ? !report_perhaps(c) :
		    report_perhaps(c) || (c->verdict != a && c->verdict != b))
			continue;
		n++;
		if (c->verdict == STAT_NONE)
			fprintf(out, "- %s: %s (%s)\n", word_heading(text, sizeof(text), col),
				word_verdict(c), word_test(test, sizeof(test), col, c));
		else
			fprintf(out, "- %s%s%s\n", perhaps ? word_verdict(c) : "", perhaps ? " " : "",
				word_outcome(text, sizeof(text), r, c));
	}
	fprintf(out, n ? "\n" : "None.\n\n");
}

static void comparisons(const struct report *r, FILE *out)
{
	int i;

	for (i = 0; i < r->nr_pairs; i++) {
		fprintf(out, "## %s against %s\n\n", r->e->arms[r->pairs[i].arm].name,
			r->e->arms[r->pairs[i].base].name);
		outcome(r, i, "Better", STAT_BETTER, STAT_BETTER, false, out);
		outcome(r, i, "Worse", STAT_WORSE, STAT_WORSE, false, out);
		outcome(r, i, "Different, of metrics that have no better", STAT_HIGHER, STAT_LOWER,
			false, out);
		outcome(r, i, "Perhaps: by p alone, as chance allows among so many metrics", STAT_SAME,
			STAT_SAME, true, out);
		outcome(r, i, "No difference shown", STAT_SAME, STAT_NONE, false, out);
	}
}

static void plots(const struct report *r, const char *dir, FILE *out)
{
	const struct plot *p;
	int i;

	fprintf(out, "## Plots\n\n");
	for (i = 0; (p = plot_nr(i)); i++) {
		if (plot_is_drawn(p, dir))
			fprintf(out, "![%s](plots/%s.svg \"%s\")\n\n%c%s: %s.\n\n", p->title,
				p->name, p->title, p->title[0] - 'a' + 'A', p->title + 1, p->doc);
		else
			fprintf(out, "%c%s: %s.\n\n", p->title[0] - 'a' + 'A', p->title + 1,
				p->has(r) ? "not drawn" : "nothing to draw");
	}
}

static void vms(const struct report *r, FILE *out)
{
	const struct metric seconds = { .unit = "s" };
	const struct report_col time = { .kind = COL_TIME, .metric = &seconds };
	struct table *t = table_new();
	char text[32];
	double v;
	int i, j;

	fprintf(out, "## VMs\n\nMedian times in s.\n\n");
	table_row(t);
	table_cell(t, "VM");
	for (i = 0; i < r->e->nr_arms; i++) {
		table_cell(t, "%s", r->e->arms[i].name);
		if (r->e->nr_vms > 1)
			table_cell(t, "%s alone", r->e->arms[i].name);
	}
	for (j = 0; j < r->e->nr_vms; j++) {
		table_row(t);
		table_cell(t, "%s", r->e->vms[j].name);
		for (i = 0; i < r->e->nr_arms; i++) {
			v = report_vm_median(r, i, j, "contended_s");
			table_cell(t, "%s", word_value(text, sizeof(text), &time, v));
			v = report_vm_median(r, i, j, "alone_s");
			if (r->e->nr_vms > 1)
				table_cell(t, "%s", word_value(text, sizeof(text), &time, v));
		}
	}
	print_table(t, out);
}

/*
 * Boots that differ more than their repetitions do say: add boots. So do T. Kalibera and R. Jones
 * (stat/draw.h): repeat where the variance is.
 */
static void variance(const struct report *r, FILE *out)
{
	const struct report_series *s;
	struct stat_parts parts;
	double all;
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		s = &r->arms[i].col[0];
		parts = report_parts(s);
		all = parts.between + parts.within;
		if (!(all > 0))
			continue;
		fprintf(out,
			"- %s: %.0f %% of the variance of the log of a run is between boots, %.0f %% within a boot: more %s would help most.\n",
			r->e->arms[i].name, 100 * parts.between / all, 100 * parts.within / all,
			parts.between * parts.size > parts.within ? "boots" : "repetitions");
	}
	fputc('\n', out);
}


static void boots(const struct report *r, FILE *out)
{
	struct table *t = table_new();
	struct record_boot b;
	char text[64];
	int i, j, n;

	word_heading(text, sizeof(text), &r->cols[0]);
	fprintf(out, "## Boots\n\nGeometric mean of %s (n), in the order of the boots.\n\n", text);
	table_row(t);
	table_cell(t, "boot");
	table_cell(t, "kernel");
	table_align_left(t, 0);
	table_align_left(t, 1);
	for (i = 0; i < r->e->nr_arms; i++)
		table_cell(t, "%s", r->e->arms[i].name);
	for (j = 0; j < r->rs->nr_boots; j++) {
		b = records_boot(r->rs, j);
		if (b.planned >= r->plan->nr_boots)
			continue;
		table_row(t);
		table_cell(t, "%s", boot_name(text, sizeof(text), b.planned, b.instance));
		table_cell(t, "%s", r->plan->boots[b.planned].kernel);
		for (i = 0; i < r->e->nr_arms; i++) {
			word_value(text, sizeof(text), &r->cols[0],
				   report_boot_value(r, i, 0, j, &n));
			if (n)
				table_cell(t, "%s (%d)", text, n);
			else
				table_cell(t, " ");
		}
	}
	print_table(t, out);
	variance(r, out);
}

static void failures(const struct report *r, FILE *out)
{
	const struct report_failure *f;
	int i;

	if (!r->nr_failures)
		return;
	fprintf(out, "## Failed runs\n\n");
	for (i = 0; i < r->nr_failures; i++) {
		f = &r->failures[i];
		fprintf(out, "- run %d, %s, repetition %d: %s: ", f->run,
			r->e->arms[f->arm].name, f->rep + 1, f->kind);
		plain(f->msg, out);
		fputc('\n', out);
	}
	fputc('\n', out);
}

static bool has_percentiles(const struct report *r)
{
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		if (r->cols[i].kind == COL_PERCENTILE)
			return true;
	}
	return false;
}

static void method(const struct report *r, FILE *out)
{
	fprintf(out, "## Method\n\n");
	fprintf(out, "- %d runs were planned, %d count, %d failed; %d warm-up runs are dropped. ",
		r->planned, r->ok, r->nr_failures, r->warmups);
	fprintf(out, "No value is removed as an outlier.\n");
	fprintf(out,
		"- Arms of one kernel share boots and alternate in blocks of one repetition each, in an order drawn from seed %llu (resolved.json has it).\n",
		(unsigned long long)r->e->seed);
	fprintf(out,
		"- Intervals: bootstrap percentile intervals, %.0f %%, %d resamples; boots are drawn first, then runs of each. Where arms share boots, runs are drawn within each boot (where a boot has a single run, the same boots are drawn for both arms).\n",
		STAT_CONFIDENCE * 100, STAT_RESAMPLES);
	fprintf(out,
		"- p: two-sided, of ranks, exact up to %d values. Where arms share boots, runs are ranked within each boot (van Elteren's test); else the boots' estimates are (Mann and Whitney's), as boots of one kernel differ, too. Adjusted p: by Holm, over all metrics of the pair but the headline, which is what the experiment asks.\n",
		STAT_EXACT_MAX);
	fprintf(out,
		"- A: Vargha and Delaney's effect size, the probability that a run of the arm has a larger value than a run of the arm that it is compared with, of the same boot where they share boots (0.5 = no effect).\n");
	fprintf(out,
		"- \"finds\": the smallest effect that a test of this design finds in 4 of 5 cases (minimum detectable effect, Bloom 1995: from the bootstrap's standard error and Student's distribution). \"~\" excludes effects outside its interval; it does not show that there is none.\n");
	if (r->e->equivalence_margin > 0)
		fprintf(out,
			"- Equivalence: two one-sided tests (Schuirmann 1987) on the log of the ratio, margin %g %%, from the experiment file.\n",
			r->e->equivalence_margin);
	if (has_percentiles(r))
		fprintf(out,
			"- Percentiles are those of histograms merged over VMs and repetitions; their intervals draw runs and merge anew, their p is of the runs' own percentiles, merged over VMs.\n");
	fprintf(out,
		"- A difference is called one only if its interval does not hold zero and its adjusted p is below %.2f. It is marked \"?\" if only p by itself is below; else it is \"~\".\n",
		STAT_ALPHA);
	if (word_clock(r))
		fprintf(out, "- %s\n", word_clock(r));
	if (r->e->nr_vms > 1)
		fprintf(out,
			"- Slowdown of a VM: its time contended / its time alone. The time alone is that of %s for all arms: the median over VMs of the same shape in the same boot; for arms of another kernel, which cannot share a boot, over all boots. Its own uncertainty is in the intervals. The ideal slowdown here is %.3g, the CPUs that all VMs ask for over those that there are; a run with a VM at more than %d times the ideal is called stalled, and shares of stalled runs have Wilson's interval and Fisher's exact test.\n",
			r->e->arms[r->e->baseline].name, report_ideal(r->e), REPORT_STALL);
	fputc('\n', out);
}

void report_markdown(const struct report *r, const char *dir, FILE *out)
{
	fprintf(out, "# %s\n\n", r->e->name);
	if (*r->e->title)
		plain(r->e->title, out);
	fprintf(out, *r->e->title ? "\n\n" : "");
	verdict(r, out);
	arms(r, out);
	comparisons(r, out);
	plots(r, dir, out);
	vms(r, out);
	boots(r, out);
	failures(r, out);
	report_attempts_markdown(r, out);
	method(r, out);
	report_env(r, dir, out);
}
