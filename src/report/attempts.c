// SPDX-License-Identifier: GPL-2.0-only
/*
 * All attempts at all runs, counted by arm, and what is to be said of those that failed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/report.h"
#include "report/words.h"
#include "results/kinds.h"
#include "stat/share.h"

/* The plan's runs by their numbers. */
static const struct plan_run **runs_by_id(const struct report *r)
{
	const struct plan_run **runs = calloc(plan_nr_runs(r->plan) + 1, sizeof(*runs));
	int i, j, nr = plan_nr_runs(r->plan);

	for (i = 0; runs && i < r->plan->nr_boots; i++) {
		const struct plan_boot *b = &r->plan->boots[i];

		for (j = 0; j < b->nr_runs; j++) {
			if (b->runs[j].id < nr)
				runs[b->runs[j].id] = &b->runs[j];
		}
	}
	return runs;
}

/* Why the report does not take a run's record, though it says that all was well. */
static const struct report_failure *refused(const struct report *r, int run)
{
	int i;

	for (i = 0; i < r->nr_failures; i++) {
		if (r->failures[i].run == run)
			return &r->failures[i];
	}
	return NULL;
}

static void add_record(struct report *r, const struct plan_run *run, const struct record *rec)
{
	struct report_attempt *a = &r->attempts.a[r->attempts.nr++];
	const struct report_failure *f = NULL;

	*a = (struct report_attempt){ .run = run, .attempt = rec->attempt, .planned = rec->planned,
				      .instance = rec->instance };
	if (!rec->ok) {
		a->kind = jget_str(rec->o, "error_kind", "unknown");
		a->msg = jget_str(rec->o, "error", "no reason is given");
		a->end = strcmp(a->kind, KIND_SIGNAL) ? ATTEMPT_FAILED : ATTEMPT_CUT;
		return;
	}
	if (rec == records_of_run(r->rs, run->id))
		f = refused(r, run->id);
	if (f) {
		a->kind = f->kind;
		a->msg = f->msg;
		a->end = ATTEMPT_FAILED;
	}
	a->counts = !f && !run->warmup && rec == records_of_run(r->rs, run->id);
}

/* The attempt that was under way when its boot ended. Of some there is a record all the same. */
static void add_cut(struct report *r, const struct plan_run *run, const struct boot_made *m)
{
	struct report_attempt *a = &r->attempts.a[r->attempts.nr];
	const struct record *rec;
	int i;

	for (i = 0; i < r->rs->nr; i++) {
		rec = &r->rs->r[i];
		if (rec->run == run->id && rec->planned == m->boot && rec->instance == m->instance)
			return;
	}
	r->attempts.nr++;
	*a = (struct report_attempt){ .run = run, .attempt = m->attempt, .planned = m->boot,
				      .instance = m->instance, .kind = boot_end_word(m->ended),
				      .msg = jget_str(m->end, "why", "no reason is given") };
	a->end = m->ended == BOOT_LOST || m->ended == BOOT_FAILED ? ATTEMPT_LOST : ATTEMPT_CUT;
	if (*m->kind)
		a->kind = m->kind;
}

static int by_run(const void *a, const void *b)
{
	const struct report_attempt *x = a, *y = b;

	if (x->run->id != y->run->id)
		return x->run->id < y->run->id ? -1 : 1;
	if (x->attempt != y->attempt)
		return x->attempt < y->attempt ? -1 : 1;
	return (x->instance > y->instance) - (x->instance < y->instance);
}

static void count(struct report_attempts *t)
{
	bool failed = false;
	int i;

	for (i = 0; i < t->nr; i++) {
		const struct report_attempt *a = &t->a[i];
		struct report_tried *arm = &t->arm[a->run->arm];
		bool bad = a->end == ATTEMPT_FAILED || a->end == ATTEMPT_LOST;

		if (!i || a->run != t->a[i - 1].run)
			failed = false;
		arm->made++;
		arm->failed += bad;
		arm->lost += a->end == ATTEMPT_LOST;
		arm->cut += a->end == ATTEMPT_CUT;
		arm->warmups_failed += bad && a->run->warmup;
		arm->again += a->counts && failed;
		failed |= bad;
	}
}

int report_attempts(struct report *r)
{
	const struct plan_run **runs = runs_by_id(r);
	const struct boots *made = &r->rs->made;
	int i, id, nr = plan_nr_runs(r->plan);

	r->attempts.a = calloc(r->rs->nr + made->nr + 1, sizeof(*r->attempts.a));
	if (!runs || !r->attempts.a) {
		free(runs);
		return -1;
	}
	for (i = 0; i < r->rs->nr; i++) {
		id = r->rs->r[i].run;
		if (id < nr && runs[id])
			add_record(r, runs[id], &r->rs->r[i]);
	}
	for (i = 0; i < made->nr; i++) {
		id = made->made[i].run;
		if (id >= 0 && id < nr && runs[id])
			add_cut(r, runs[id], &made->made[i]);
	}
	free(runs);
	qsort(r->attempts.a, r->attempts.nr, sizeof(*r->attempts.a), by_run);
	count(&r->attempts);
	return 0;
}

void report_attempts_free(struct report *r)
{
	free(r->attempts.a);
}

/* An attempt that was cut short may have gone either way. */
static int judged(const struct report_tried *t)
{
	return t->made - t->cut;
}

void report_attempts_p(const struct report *r, double *p, double *adjusted)
{
	int i;

	for (i = 0; i < r->nr_pairs; i++) {
		const struct report_tried *a = &r->attempts.arm[r->pairs[i].arm];
		const struct report_tried *b = &r->attempts.arm[r->pairs[i].base];

		p[i] = stat_fisher(a->failed, judged(a), b->failed, judged(b));
	}
	stat_holm(p, r->nr_pairs, adjusted);
}

/* --- notes --- */

typedef void note_fn(struct report *r, const char *fmt, ...);

/* "urgent 3, off 0": all arms, since the others' zeros say as much. */
static int by_arm(const struct report *r, size_t member, char *buf, size_t len)
{
	int i, n, sum = 0;
	size_t used = 0;

	*buf = '\0';
	for (i = 0; i < r->e->nr_arms; i++) {
		n = *(const int *)((const char *)&r->attempts.arm[i] + member);
		sum += n;
		if (used < len)
			used += snprintf(buf + used, len - used, "%s%s %d", i ? ", " : "",
					 r->e->arms[i].name, n);
	}
	return sum;
}

static void note_again(struct report *r, note_fn *note)
{
	char arms[EXP_MAX_ARMS * 48];
	int n = by_arm(r, offsetof(struct report_tried, again), arms, sizeof(arms));

	if (n)
		note(r,
		     "%d run%s failed at first and %s made again: %s; the last good attempt at a run counts",
		     n, n > 1 ? "s" : "", n > 1 ? "were" : "was", arms);
	n = by_arm(r, offsetof(struct report_tried, warmups_failed), arms, sizeof(arms));
	if (n)
		note(r, "%d attempt%s at runs that do not count (warm-ups, recordings) failed: %s",
		     n, n > 1 ? "s" : "", arms);
}

static const struct report_attempt *lost_in(const struct report *r, const struct boot_made *m)
{
	int i;

	for (i = 0; i < r->attempts.nr; i++) {
		const struct report_attempt *a = &r->attempts.a[i];

		if (a->planned == m->boot && a->instance == m->instance && a->end == ATTEMPT_LOST)
			return a;
	}
	return NULL;
}

static bool has_failed_run(const struct report *r, const struct boot_made *m)
{
	int i;

	for (i = 0; i < r->attempts.nr; i++) {
		const struct report_attempt *a = &r->attempts.a[i];

		if (a->planned == m->boot && a->instance == m->instance &&
		    a->end == ATTEMPT_FAILED)
			return true;
	}
	return false;
}

static const char *lost_words(const struct boot_made *m)
{
	static const struct { const char *kind, *words; } t[] = {
		{ "panic", "its kernel panicked" },
		{ "hang", "it hung" },
		{ "no-boot", "it did not come up" },
		{ "died", "its emulator died" },
		{ "silence", "its agent fell silent" },
		{ "agent", "its agent died" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (!strcmp(m->kind, t[i].kind))
			return t[i].words;
	}
	return *m->kind ? m->kind : "it was given up";
}

/* "boot3-2 (its kernel panicked during a run of urgent)" */
static void put_lost(const struct report *r, const struct boot_made *m, FILE *out)
{
	const struct report_attempt *a = lost_in(r, m);
	char name[32];

	fprintf(out, "%s (%s", boot_name(name, sizeof(name), m->boot, m->instance),
		lost_words(m));
	if (a)
		fprintf(out, " during a run of %s", r->e->arms[a->run->arm].name);
	fputc(')', out);
}

static void note_lost(struct report *r, note_fn *note)
{
	const struct boots *made = &r->rs->made;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int i, n = 0;

	for (i = 0; f && i < made->nr; i++) {
		const struct boot_made *m = &made->made[i];

		/* where runs failed, they are what there is to tell */
		if (m->ended != BOOT_LOST && (m->ended != BOOT_FAILED || has_failed_run(r, m)))
			continue;
		if (n++)
			fputs(", ", f);
		put_lost(r, m, f);
	}
	if (f)
		fclose(f);
	if (n && text)
		note(r, "%d boot%s lost: %s", n, n > 1 ? "s were" : " was", text);
	free(text);
}

/* Boots that went on with what others had left. */
static void note_instances(struct report *r, note_fn *note)
{
	const struct boots *made = &r->rs->made;
	char names[256] = "", name[32];
	size_t used = 0;
	int i, n = 0;

	for (i = 0; i < made->nr; i++) {
		if (made->made[i].instance < 2)
			continue;
		boot_name(name, sizeof(name), made->made[i].boot, made->made[i].instance);
		if (used < sizeof(names))
			used += snprintf(names + used, sizeof(names) - used, "%s%s",
					 n ? ", " : "", name);
		n++;
	}
	if (n)
		note(r,
		     "%d boot%s made for what earlier ones had left (%s): %s boot%s of %s own, and runs are compared within each",
		     n, n > 1 ? "s were" : " was", names, n > 1 ? "they are" : "it is a",
		     n > 1 ? "s" : "", n > 1 ? "their" : "its");
}

/* "p=0.02, adjusted p=0.06" */
static const char *test_words(double p, double adjusted, char *buf, size_t len)
{
	char text[32];
	int n = snprintf(buf, len, "%s", word_p(text, sizeof(text), p));

	if (adjusted > p)
		snprintf(buf + n, len - n, ", adjusted %s", word_p(text, sizeof(text), adjusted));
	return buf;
}

/* What one test alone shows is told, too: nobody shall have to look for it. */
static void note_unequal_pair(struct report *r, note_fn *note, const struct report_pair *pair,
			      double p, double adjusted)
{
	const struct report_tried *a = &r->attempts.arm[pair->arm];
	const struct report_tried *b = &r->attempts.arm[pair->base];
	bool more = a->failed * (double)judged(b) > b->failed * (double)judged(a);
	const char *arm = r->e->arms[pair->arm].name, *base = r->e->arms[pair->base].name;
	char text[96];

	test_words(p, adjusted, text, sizeof(text));
	if (adjusted < STAT_ALPHA)
		note(r,
		     "%s fails %s often than %s: %d of %d attempts against %d of %d (Fisher's exact test, %s); this is a finding, whatever the times say",
		     arm, more ? "more" : "less", base, a->failed, judged(a), b->failed, judged(b),
		     text);
	else if (p < STAT_ALPHA)
		note(r,
		     "%s may fail %s often than %s: %d of %d attempts against %d of %d (Fisher's exact test, %s); among so many pairs of arms chance alone may show this",
		     arm, more ? "more" : "less", base, a->failed, judged(a), b->failed, judged(b),
		     text);
}

static void note_unequal(struct report *r, note_fn *note)
{
	double p[REPORT_MAX_PAIRS], adjusted[REPORT_MAX_PAIRS];
	int i;

	report_attempts_p(r, p, adjusted);
	for (i = 0; i < r->nr_pairs; i++)
		note_unequal_pair(r, note, &r->pairs[i], p[i], adjusted[i]);
}

void report_attempts_notes(struct report *r, note_fn *note)
{
	note_again(r, note);
	note_lost(r, note);
	note_instances(r, note);
	note_unequal(r, note);
}
