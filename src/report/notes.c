// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reader must know before believing the numbers, and what to do about it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "report/report.h"
#include "report/words.h"
#include "results/add.h"
#include "stat/shape.h"

#define GOOD_SAMPLE	10	/* intervals of fewer values are rough */
#define MIN_SLICES	10	/* of the base slice, alone */
#define NOISY_STEAL	0.05	/* of the machine's time, over one run */

static void note(struct report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct report *r, const char *fmt, ...)
{
	va_list ap;

	if (r->nr_notes >= REPORT_MAX_NOTES)
		return;
	va_start(ap, fmt);
	if (vasprintf(&r->notes[r->nr_notes], fmt, ap) >= 0)
		r->nr_notes++;
	va_end(ap);
}

static void note_runs(struct report *r)
{
	int missing = r->planned - r->ok - r->nr_failures;
	const struct records *rs = r->rs;
	int strangers = 0, i;

	for (i = 0; i < rs->nr; i++)
		strangers += rs->r[i].run >= plan_nr_runs(r->plan);
	if (r->nr_failures)
		note(r, "%d of %d runs failed; they are listed and not counted", r->nr_failures,
		     r->planned);
	if (missing)
		note(r,
		     "%d of %d runs are missing: the experiment is not complete (--resume makes them)",
		     missing, r->planned);
	if (rs->damaged)
		note(r, "runs.ndjson: %d damaged line%s, the first is line %d; not counted",
		     rs->damaged, rs->damaged > 1 ? "s" : "", rs->first_damaged);
	if (strangers)
		note(r,
		     "runs.ndjson: %d record%s of runs that the plan does not have; not counted: is it of another experiment?",
		     strangers, strangers > 1 ? "s" : "");
	if (rs->foreign)
		note(r,
		     "runs.ndjson: %d line%s of schema %d, expected %d, the first is line %d; not counted: another version of the kit made them, use that one",
		     rs->foreign, rs->foreign > 1 ? "s" : "", rs->foreign_schema, EXP_SCHEMA,
		     rs->first_foreign);
}

/* p holds for a number of runs that was fixed before the first of them. */
static void note_added(struct report *r)
{
	int first, all;

	add_count(r->e, &first, &all);
	if (first < all)
		note(r, "%d repetitions of each arm were added to the first %d, in new boots; "
		     ADD_WARNING, all - first, first);
}

static void note_samples(struct report *r)
{
	int i, n;

	for (i = 0; i < r->e->nr_arms; i++) {
		n = r->arms[i].ok;
		if (n < STAT_MIN_INTERVAL)
			note(r,
			     "%s has %d good repetition%s: too few for an interval, and so for a verdict (at least %d, better %d)",
			     r->e->arms[i].name, n, n == 1 ? "" : "s", STAT_MIN_INTERVAL,
			     GOOD_SAMPLE);
		else if (n < GOOD_SAMPLE)
			note(r,
			     "%s has %d good repetitions: its intervals are rough; make %d before you claim anything",
			     r->e->arms[i].name, n, GOOD_SAMPLE);
	}
}

/* Boots with good runs of the arm. */
static int boots_of(const struct report *r, int arm)
{
	int i, n, found = 0;

	for (i = 0; i < r->rs->nr_boots; i++) {
		report_boot_value(r, arm, 0, i, &n);
		found += n > 0;
	}
	return found;
}

/*
 * Boots of one kernel differ, too: in real time, by about half a standard deviation of the runs
 * in one boot. Taken for runs, two arms that are the same, in 2 boots each, would be told apart in
 * every tenth comparison; in every fifth if boots differ by a whole one.
 */
static void note_boots(struct report *r)
{
	const struct exp_arm *base = &r->e->arms[r->e->baseline], *arm;
	int i, boots = boots_of(r, r->e->baseline);

	for (i = 0; i < r->e->nr_arms; i++) {
		arm = &r->e->arms[i];
		if (!strcmp(arm->kernel, base->kernel) || !boots || boots_of(r, i) == 0 ||
		    (boots >= STAT_MIN_BOOTS && boots_of(r, i) >= STAT_MIN_BOOTS))
			continue;
		note(r,
		     "%s and %s do not share boots (%d and %d), so boots are compared with boots: fewer than %d of each never show a difference; make more, or compare arms of one kernel",
		     base->name, arm->name, boots, boots_of(r, i), STAT_MIN_BOOTS);
		break;
	}
	/* simulated: of 2 boots one sd apart, 80 of 100 intervals of a median hold it; of 4, 92 */
	if (boots && boots < STAT_MIN_BOOTS && r->arms[r->e->baseline].ok >= STAT_MIN_INTERVAL)
		note(r,
		     "%s was measured in %d boot%s: if boots differ, the intervals of single arms are too narrow with fewer than %d; comparisons of arms that share boots are free of it",
		     base->name, boots, boots == 1 ? "" : "s", STAT_MIN_BOOTS);
}

static void note_steal(struct report *r)
{
	int noisy = 0, known = 0, worst = -1, i, j;
	const struct record *rec;
	double most = 0;

	for (i = 0; i < r->e->nr_arms; i++) {
		for (j = 0; j < r->arms[i].ok; j++) {
			rec = records_of_run(r->rs, r->arms[i].ok_run[j]);
			known += !isnan(rec->steal);
			if (!(rec->steal > NOISY_STEAL))
				continue;
			noisy++;
			if (rec->steal > most) {
				most = rec->steal;
				worst = rec->run;
			}
		}
	}
	/* virtual time does not feel it */
	if (noisy && !exp_virtual(r->e))
		note(r,
		     "the machine was noisy: in %d of %d runs more than %.0f %% of its time was stolen by its own host (%.0f %% in run %d); they count, but repeat the experiment when the machine is quiet",
		     noisy, known, NOISY_STEAL * 100, most * 100, worst);
}

/* Shares and waits come in slices: of few, one more or less is a large part. */
static void note_slices(struct report *r)
{
	const struct report_arm *arm = &r->arms[r->e->baseline];
	const struct record *rec = arm->ok ? records_of_run(r->rs, arm->ok_run[0]) : NULL;
	double slice_s = rec ? jget_num(rec->o, "base_slice_ns", NAN) / 1e9 : NAN;
	double slices;
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		if (r->cols[i].kind != COL_ALONE)
			continue;
		slices = arm->col[i].est.value / slice_s;
		if (slices < MIN_SLICES)
			note(r,
			     "the workload alone takes %.1f slices of the host's scheduler (%.3g ms each): too few to see how VMs share CPUs; give it work for %d slices or more, better 100",
			     slices, slice_s * 1e3, MIN_SLICES);
	}
}

static bool has_stalled(const struct report *r, int arm)
{
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		if (r->cols[i].kind == COL_STALLED && r->arms[arm].col[i].est.value > 0)
			return true;
	}
	return false;
}

/* The headline's values are in the order of the runs. */
static void note_shape(struct report *r)
{
	const struct report_series *s;
	struct stat_trend trend;
	struct stat_dip dip;
	char p[32];
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		s = &r->arms[i].col[0];
		dip = stat_dip_test(s->v, s->n);
		if (dip.p < STAT_ALPHA_DIP)
			note(r,
			     "%s: %s has more than one mode (dip test, %s), so no single number stands for it; see %sthe plot of all repetitions, and the boots: if they differ, make more of them",
			     r->e->arms[i].name, r->cols[0].label, word_p(p, sizeof(p), dip.p),
			     has_stalled(r, i) ? "the share of stalled runs, " : "");
		trend = stat_trend(s->v, s->n);
		if (trend.p < STAT_ALPHA_TREND)
			note(r,
			     "%s: %s drifts from run to run (Mann-Kendall, tau=%.2f, %s); arms take turns, so it hits all alike, but it widens intervals: let the machine settle, with more warm-up runs, and repeat",
			     r->e->arms[i].name, r->cols[0].label, trend.tau,
			     word_p(p, sizeof(p), trend.p));
	}
}

static void note_recordings(struct report *r)
{
	char words[1024];
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		if (report_trace_words(r, i, words, sizeof(words)))
			note(r, "%s", words);
	}
}

void report_notes(struct report *r)
{
	note_runs(r);
	report_attempts_notes(r, note);
	note_added(r);
	note_samples(r);
	note_boots(r);
	note_steal(r);
	note_slices(r);
	note_shape(r);
	note_recordings(r);
}

void report_add_note(struct report *r, const char *text)
{
	int i;

	for (i = 0; i < r->nr_notes; i++) {
		if (!strcmp(r->notes[i], text))
			return;
	}
	note(r, "%s", text);
}
