// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attempts, written down: for summary.json, and for report.md and the page made of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/table.h"
#include "report/report.h"

static const char rule[] = "the last good attempt at a run counts, or else the last";

static const char *const ends[] = {
	[ATTEMPT_GOOD] = "good", [ATTEMPT_FAILED] = "failed", [ATTEMPT_LOST] = "lost",
	[ATTEMPT_CUT] = "cut",
};

static void put_int(json_object *o, const char *key, int v)
{
	json_object_object_add(o, key, json_object_new_int(v));
}

static void put_str(json_object *o, const char *key, const char *s)
{
	json_object_object_add(o, key, s ? json_object_new_string(s) : NULL);
}

static bool same_run(const struct report *r, int i, int j)
{
	const struct report_attempts *t = &r->attempts;

	return i >= 0 && j >= 0 && i < t->nr && j < t->nr && t->a[i].run == t->a[j].run;
}

/* More than one attempt, and not all of them good (as warm-ups of a boot made again are). */
static bool is_worth_telling(const struct report *r, int from, int nr)
{
	int i;

	for (i = from; i < from + nr; i++) {
		if (r->attempts.a[i].end != ATTEMPT_GOOD)
			return true;
	}
	return false;
}

static int nr_of_run(const struct report *r, int from)
{
	int n = 1;

	while (same_run(r, from, from + n))
		n++;
	return n;
}

/* --- JSON --- */

static json_object *arms_json(const struct report *r)
{
	json_object *list = json_object_new_array(), *o;
	int i;

	for (i = 0; i < r->e->nr_arms; i++) {
		const struct report_tried *t = &r->attempts.arm[i];

		o = json_object_new_object();
		put_str(o, "name", r->e->arms[i].name);
		put_int(o, "made", t->made);
		put_int(o, "failed", t->failed);
		put_int(o, "lost", t->lost);
		put_int(o, "cut", t->cut);
		put_int(o, "warmups_failed", t->warmups_failed);
		put_int(o, "made_again", t->again);
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *pairs_json(const struct report *r)
{
	double p[REPORT_MAX_PAIRS], adjusted[REPORT_MAX_PAIRS];
	json_object *list = json_object_new_array(), *o;
	int i;

	report_attempts_p(r, p, adjusted);
	for (i = 0; i < r->nr_pairs; i++) {
		o = json_object_new_object();
		put_str(o, "arm", r->e->arms[r->pairs[i].arm].name);
		put_str(o, "baseline", r->e->arms[r->pairs[i].base].name);
		json_object_object_add(o, "p_fisher", jnew_num(p[i]));
		json_object_object_add(o, "p_adjusted", jnew_num(adjusted[i]));
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *run_json(const struct report *r, int from, int nr)
{
	const struct report_attempt *a = &r->attempts.a[from];
	json_object *o = json_object_new_object(), *list = json_object_new_array(), *one;
	int i;

	put_int(o, "run", a->run->id);
	put_str(o, "arm", r->e->arms[a->run->arm].name);
	put_int(o, "rep", a->run->rep);
	json_object_object_add(o, "warmup", json_object_new_boolean(a->run->warmup));
	for (i = 0; i < nr; i++) {
		one = json_object_new_object();
		put_int(one, "attempt", a[i].attempt);
		put_int(one, "boot", a[i].planned);
		put_int(one, "instance", a[i].instance);
		put_str(one, "end", ends[a[i].end]);
		json_object_object_add(one, "counts", json_object_new_boolean(a[i].counts));
		put_str(one, "kind", a[i].kind);
		put_str(one, "message", a[i].msg);
		json_object_array_add(list, one);
	}
	json_object_object_add(o, "attempts", list);
	return o;
}

static json_object *runs_json(const struct report *r)
{
	json_object *list = json_object_new_array();
	int i, n;

	for (i = 0; i < r->attempts.nr; i += n) {
		n = nr_of_run(r, i);
		if (is_worth_telling(r, i, n))
			json_object_array_add(list, run_json(r, i, n));
	}
	return list;
}

/* Attempts of an arm in one boot, by their end. */
static void count(const struct report *r, const struct record_boot *b, int arm, int *n)
{
	const struct report_attempt *a;
	int i;

	memset(n, 0, (ATTEMPT_CUT + 1) * sizeof(*n));
	for (i = 0; i < r->attempts.nr; i++) {
		a = &r->attempts.a[i];
		if (a->planned == b->planned && a->instance == b->instance && a->run->arm == arm)
			n[a->end]++;
	}
}

/* The @nth making of boot @planned; false if there is no trace of it. */
static bool boot_nr(const struct report *r, int planned, int nth, struct record_boot *b)
{
	int i;

	*b = (struct record_boot){ planned, nth };
	if (boots_find(&r->rs->made, planned, nth))
		return true;
	for (i = 0; i < r->attempts.nr; i++) {
		if (r->attempts.a[i].planned == planned && r->attempts.a[i].instance == nth)
			return true;
	}
	return false;
}

/* The makings of a boot have numbers from 1, but folders of older kits may lack the first. */
static int last_instance(const struct report *r, int planned)
{
	return records_next_instance(r->rs, planned) - 1;
}

static void put_member(json_object *to, json_object *from, const char *key)
{
	json_object_object_add(to, key, json_object_get(json_object_object_get(from, key)));
}

static json_object *boot_json(const struct report *r, const struct record_boot *b)
{
	const struct boot_made *m = boots_find(&r->rs->made, b->planned, b->instance);
	json_object *o = json_object_new_object(), *arms = json_object_new_object(), *arm;
	int i, j, n[ATTEMPT_CUT + 1];

	put_int(o, "boot", b->planned);
	put_int(o, "instance", b->instance);
	put_str(o, "ended", m ? boot_end_word(m->ended) : NULL);
	put_member(o, m ? m->begin : NULL, "kernel");
	put_member(o, m ? m->end : NULL, "kind");
	put_member(o, m ? m->end : NULL, "why");
	put_member(o, m ? m->end : NULL, "calibration");
	for (i = 0; i < r->e->nr_arms; i++) {
		count(r, b, i, n);
		arm = json_object_new_object();
		for (j = 0; j <= ATTEMPT_CUT; j++)
			put_int(arm, ends[j], n[j]);
		json_object_object_add(arms, r->e->arms[i].name, arm);
	}
	json_object_object_add(o, "attempts", arms);
	return o;
}

static json_object *boots_json(const struct report *r)
{
	json_object *list = json_object_new_array();
	struct record_boot b;
	int i, j;

	for (i = 0; i < r->plan->nr_boots; i++) {
		for (j = 1; j <= last_instance(r, i); j++) {
			if (boot_nr(r, i, j, &b))
				json_object_array_add(list, boot_json(r, &b));
		}
	}
	return list;
}

json_object *report_attempts_json(const struct report *r)
{
	json_object *o = json_object_new_object();

	put_str(o, "rule", rule);
	put_int(o, "made", r->attempts.nr);
	json_object_object_add(o, "arms", arms_json(r));
	json_object_object_add(o, "comparisons", pairs_json(r));
	json_object_object_add(o, "runs", runs_json(r));
	json_object_object_add(o, "boots", boots_json(r));
	return o;
}

/* --- Markdown --- */

/* "4, 1 failed" */
static void put_counts(struct table *t, const int *n)
{
	char text[96];
	size_t used;
	int i;

	used = snprintf(text, sizeof(text), "%d", n[ATTEMPT_GOOD]);
	for (i = ATTEMPT_FAILED; i <= ATTEMPT_CUT; i++) {
		if (n[i])
			used += snprintf(text + used, sizeof(text) - used, ", %d %s", n[i], ends[i]);
	}
	table_cell(t, "%s", text);
}

static void boot_row(const struct report *r, const struct record_boot *b, struct table *t)
{
	const struct boot_made *m = boots_find(&r->rs->made, b->planned, b->instance);
	int i, n[ATTEMPT_CUT + 1];
	char name[32];

	table_row(t);
	table_cell(t, "%s", boot_name(name, sizeof(name), b->planned, b->instance));
	table_cell(t, "%s", r->plan->boots[b->planned].kernel);
	if (m && *m->kind)
		table_cell(t, "%s (%s)", boot_end_word(m->ended), m->kind);
	else
		table_cell(t, "%s", m ? boot_end_word(m->ended) : "not known");
	for (i = 0; i < r->e->nr_arms; i++) {
		count(r, b, i, n);
		put_counts(t, n);
	}
}

static void boot_table(const struct report *r, FILE *out)
{
	struct table *t = table_new();
	struct record_boot b;
	int i, j;

	table_row(t);
	table_cell(t, "boot");
	table_cell(t, "kernel");
	table_cell(t, "end");
	for (i = 0; i < r->e->nr_arms; i++)
		table_cell(t, "%s", r->e->arms[i].name);
	for (i = 1; i < 3 + r->e->nr_arms; i++)
		table_align_left(t, i);
	for (i = 0; i < r->plan->nr_boots; i++) {
		for (j = 1; j <= last_instance(r, i); j++) {
			if (boot_nr(r, i, j, &b))
				boot_row(r, &b, t);
		}
	}
	table_print_markdown(t, out);
	fputc('\n', out);
	table_free(t);
}

static void run_line(const struct report *r, int from, int nr, FILE *out)
{
	const struct report_attempt *a = &r->attempts.a[from];
	char name[32];
	int i;

	fprintf(out, "- run %d, %s, %s %d:", a->run->id, r->e->arms[a->run->arm].name,
		a->run->warmup ? "warm-up" : "repetition", a->run->rep + 1);
	for (i = 0; i < nr; i++) {
		fprintf(out, "%s attempt %d (%s) %s", i ? ";" : "", a[i].attempt,
			boot_name(name, sizeof(name), a[i].planned, a[i].instance),
			a[i].counts ? "counts" : a[i].end == ATTEMPT_CUT ? "was cut short" :
			a[i].end == ATTEMPT_GOOD ? "was good" : "failed");
		if (a[i].kind && a[i].end != ATTEMPT_CUT)
			fprintf(out, " (%s)", a[i].kind);
	}
	fputc('\n', out);
}

/* Every boot was made once and to its end, and every run at the first attempt. */
static bool is_plain(const struct report *r)
{
	int i;

	for (i = 0; i < r->rs->made.nr; i++) {
		if (r->rs->made.made[i].ended != BOOT_DONE || r->rs->made.made[i].instance > 1)
			return false;
	}
	return !is_worth_telling(r, 0, r->attempts.nr);
}

void report_attempts_markdown(const struct report *r, FILE *out)
{
	int i, n, failed = 0, cut = 0;

	for (i = 0; i < r->e->nr_arms; i++) {
		failed += r->attempts.arm[i].failed;
		cut += r->attempts.arm[i].cut;
	}
	fprintf(out, "## Attempts\n\n%d attempts at %d runs, warm-ups included: %d failed, %d %s cut short; %s.\n\n",
		r->attempts.nr, plan_nr_runs(r->plan), failed, cut, cut == 1 ? "was" : "were", rule);
	if (is_plain(r))
		return;
	boot_table(r, out);
	for (i = 0; i < r->attempts.nr; i += n) {
		n = nr_of_run(r, i);
		if (is_worth_telling(r, i, n))
			run_line(r, i, n, out);
	}
	fputc('\n', out);
}
