// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boots and attempts: what is on file of them, which attempt counts, how many failed.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/judge.h"
#include "ktap.h"
#include "report/report.h"
#include "stat/share.h"

static struct experiment e;
static struct plan p;
static struct records rs;
static struct report r;
static char lines[20000];
static size_t used;

/* --- Fisher's test --- */

static bool is(double found, double published)
{
	return fabs(found - published) < 5e-5;
}

static void test_fisher(void)
{
	double same;

	CHECK(is(stat_fisher(3, 4, 1, 4), 0.4857), "Fisher's lady and her tea, two-sided");
	CHECK(is(stat_fisher(10, 13, 2, 17), 0.0005), "convictions of twins: R says 0.0005367");
	CHECK(fabs(stat_fisher(10, 13, 2, 17) - 0.0005367241) < 1e-9, "to more digits");
	CHECK(is(stat_fisher(5, 10, 0, 10), 0.0325), "5 of 10 against 0 of 10");
	CHECK(stat_fisher(0, 10, 0, 12) == 1 && stat_fisher(7, 7, 9, 9) == 1, "nothing, or all");
	CHECK(isnan(stat_fisher(0, 0, 1, 3)) && isnan(stat_fisher(1, 3, 0, 0)), "of none");
	same = stat_fisher(2, 300, 11, 280);
	CHECK(fabs(same - stat_fisher(11, 280, 2, 300)) < 1e-12 && same > 0.008 && same < 0.012,
	      "either way round, and of many: %g", same);
}

/* --- what the agent is told --- */

static void test_list(void)
{
	CHECK(judge_attempt(NULL, 7) == 1, "no list: all runs, for the first time");
	CHECK(judge_attempt("3,14:2,7", 3) == 1 && judge_attempt("3,14:2,7", 7) == 1, "in the list");
	CHECK(judge_attempt("3,14:2,7", 14) == 2, "with its attempt");
	CHECK(!judge_attempt("3,14:2,7", 4) && !judge_attempt("3,14:2,7", 2) &&
	      !judge_attempt("", 0), "not in the list");
	CHECK(!judge_attempt("3;7", 7), "behind rubbish");
}

/* --- boots.ndjson --- */

#define BEGIN(boot, instance) \
	"{\"event\":\"begin\",\"boot\":" #boot ",\"instance\":" #instance ",\"kernel\":\"vhint\"}\n"
#define END(boot, instance, more) \
	"{\"event\":\"end\",\"boot\":" #boot ",\"instance\":" #instance "," more "}\n"

static void test_boots(void)
{
	static const char text[] =
		BEGIN(0, 1) BEGIN(2, 1) "{\"event\":\"end\",\"bo\n"
		END(2, 1, "\"ended\":\"lost\",\"kind\":\"panic\",\"run\":9,\"attempt\":3")
		BEGIN(2, 1) END(2, 1, "\"ended\":\"done\"") END(5, 1, "\"ended\":\"done\"") "\n"
		BEGIN(2, 2) END(2, 2, "\"ended\":\"exploded\",\"run\":null") "{\"event\":\"begin\"}";
	const struct boot_made *m;
	struct boots b;
	char name[32];

	CHECK(!boots_parse(&b, text, sizeof(text) - 1) && b.nr == 3, "three boots were begun");
	CHECK(b.damaged == 5, "half a line, a boot twice, two ends, no boot: damage (%d)", b.damaged);
	m = boots_find(&b, 0, 1);
	CHECK(m && m->ended == BOOT_OPEN && !m->end && m->run < 0, "the first has no end on file");
	m = boots_find(&b, 2, 1);
	CHECK(m->ended == BOOT_LOST && !strcmp(m->kind, "panic") && m->run == 9 && m->attempt == 3 &&
	      !strcmp(m->kernel, "vhint"), "the second was lost, and its first end counts");
	CHECK(boots_find(&b, 2, 2)->ended == BOOT_FAILED && boots_find(&b, 2, 2)->run == -1,
	      "an end that is not known is not a good one");
	CHECK(!boots_find(&b, 2, 3) && !boots_find(&b, 5, 1), "there are no others");
	boots_free(&b);
	CHECK(!strcmp(boot_name(name, sizeof(name), 3, 1), "boot3") &&
	      !strcmp(boot_name(name, sizeof(name), 3, 2), "boot3-2"), "names");
}

/* A line behind half a line begins anew. */
static void test_append(void)
{
	char dir[] = "/tmp/vhint-test-XXXXXX", path[64], got[256] = "";
	json_object *o = json_tokener_parse("{\"event\":\"begin\",\"boot\":1,\"instance\":1}");
	struct vh_err err;
	struct boots b;
	FILE *f;

	if (!mkdtemp(dir))
		exit(1);
	CHECK(!boots_load(&b, dir, &err) && !b.nr, "no file: no boots");
	snprintf(path, sizeof(path), "%s/boots.ndjson", dir);
	f = fopen(path, "w");
	fputs("{\"ev", f);
	fclose(f);
	CHECK(!boots_append(dir, o, &err), "appended");
	f = fopen(path, "r");
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	CHECK(!strcmp(got, "{\"ev\n{\"event\":\"begin\",\"boot\":1,\"instance\":1}\n"),
	      "on a line of its own");
	CHECK(!boots_load(&b, dir, &err) && b.nr == 1 && b.damaged == 1, "and read");
	boots_free(&b);
	json_object_put(o);
	remove(path);
	CHECK(boots_append("/nonexistent", NULL, &err) && strstr(err.msg, "/nonexistent/boots.ndjson"),
	      "%s", err.msg);
	remove(dir);
}

/* --- records --- */

static void set_up_with(const char *more_arms)
{
	static const char fmt[] =
		"{\"where\": \"lab\", \"vms\": [{}], \"workload\": {\"name\": \"cpu\"}, \"warmup\": 1,"
		" \"arms\": [{\"name\": \"off\", \"kernel\": \"vhint\"},"
		"  {\"name\": \"null\", \"kernel\": \"vhint\", \"policy\": \"null\"}%s],"
		" \"repetitions\": 6, \"boots\": 2, \"metrics\": []}";
	char text[sizeof(fmt) + 200];
	struct vh_err err;
	json_object *o;

	snprintf(text, sizeof(text), fmt, more_arms);
	o = json_tokener_parse(text);
	if (exp_from_json(&e, o, "made-up", &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	used = 0;
}

static void set_up(void)
{
	set_up_with("");
}

static void tear_down(void)
{
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
}

static const struct plan_run *run_of(int id, int *boot)
{
	int i, j;

	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			*boot = i;
			if (p.boots[i].runs[j].id == id)
				return &p.boots[i].runs[j];
		}
	}
	return NULL;
}

/* Run @id in @instance, good if @seconds > 0. @extra: "\"attempt\":2," or so. */
static void line(int id, int instance, double seconds, const char *extra)
{
	const struct plan_run *run;
	int boot;

	run = run_of(id, &boot);
	used += snprintf(lines + used, sizeof(lines) - used,
			 "{\"run\":%d,\"boot\":%d,%s\"instance\":%d,\"arm\":\"%s\",\"rep\":%d,\"warmup\":%s,",
			 id, boot, extra, instance, e.arms[run->arm].name, run->rep,
			 run->warmup ? "true" : "false");
	if (seconds > 0)
		used += snprintf(lines + used, sizeof(lines) - used,
				 "\"ok\":true,\"vms\":[{\"name\":\"vm\",\"contended_s\":%g}],\"metrics\":{\"hints_seen\":null}}\n",
				 seconds);
	else
		used += snprintf(lines + used, sizeof(lines) - used,
				 "\"ok\":false,\"error_kind\":\"%s\",\"error\":\"bad\"}\n",
				 seconds < 0 ? "interrupted" : "guest-hang");
}

static void make(const char *boots)
{
	records_parse(&rs, &e, lines, used, NULL);
	boots_parse(&rs.made, boots, strlen(boots));
	report_make(&r, &e, &p, &rs, NULL);
}

static const char *noted(const char *what)
{
	int i;

	for (i = 0; i < r.nr_notes; i++) {
		if (strstr(r.notes[i], what))
			return r.notes[i];
	}
	return NULL;
}

/* Of the measured runs, ids of the first boot: 2 to 7; warm-ups are 0 and 1. */
static void test_which_counts(void)
{
	const struct record *rec;

	set_up();
	line(2, 1, 0, "");
	line(2, 2, 3, "");
	line(2, 3, 4, "");
	line(2, 4, 0, "");
	line(3, 1, 0, "");
	line(3, 2, 0, "");
	make("");
	rec = records_of_run(&rs, 2);
	CHECK(rec->ok && rec->instance == 3 && rec->attempt == 3,
	      "the last good attempt counts, neither the first good one nor the last");
	CHECK(records_of_run(&rs, 3)->attempt == 2, "if none is good, the last");
	CHECK(records_attempts(&rs, 2) == 4 && !records_attempts(&rs, 4), "attempts are counted");
	CHECK(records_next_instance(&rs, 0) == 5 && records_next_instance(&rs, 1) == 1,
	      "the next instance of a boot");
	CHECK(r.ok == 1 && r.nr_failures == 1, "one run is good, one is not");
	CHECK(r.attempts.nr == 6 && r.attempts.a[2].counts && !r.attempts.a[1].counts,
	      "and the report says which");
	tear_down();
}

/* Runs of one planned boot that come of two: the boots are told apart, and stay together. */
static void test_grouping(void)
{
	static const int again[] = { 4, 5 };	/* the second of three blocks */
	const struct report_series *s;
	int i, j, id;

	set_up();
	for (id = 2; id < 8; id++)
		line(id, 1, id == 4 || id == 5 ? 0 : 2 + id / 100.0, "");
	for (i = 0; i < 2; i++)
		line(again[i], 2, 3 + i / 100.0, "\"attempt\":2,");
	for (id = 10; id < 16; id++)
		line(id, 1, 2 + id / 100.0, "");
	make("");
	for (i = 0; i < 2; i++) {
		s = &r.arms[i].col[0];
		CHECK(s->n == 6 && s->nr_boots == 3, "arm %d: three boots, and no more", i);
		for (j = 0; j < s->n; j++) {
			if ((s->boot[j] >= rs.first_extra) != (s->v[j] >= 3))
				break;
		}
		CHECK(j == s->n, "and each value is in the boot that it came of");
	}
	CHECK(records_boot(&rs, rs.first_extra).planned == 0 &&
	      records_boot(&rs, rs.first_extra).instance == 2 && records_boot(&rs, 1).planned == 1 &&
	      records_boot(&rs, 1).instance == 1 && rs.nr_boots == rs.first_extra + 1,
	      "what a boot's number stands for");
	CHECK(noted("2 runs failed at first and were made again"), "noted");
	tear_down();
}

static void test_lost(void)
{
	static const char boots[] =
		BEGIN(0, 1) END(0, 1, "\"ended\":\"lost\",\"kind\":\"panic\",\"run\":4,\"attempt\":1")
		BEGIN(0, 2) END(0, 2, "\"ended\":\"interrupted\",\"run\":5,\"attempt\":1")
		BEGIN(0, 3) END(0, 3, "\"ended\":\"lost\",\"kind\":\"hang\",\"run\":6,\"attempt\":1")
		BEGIN(1, 1) END(1, 1, "\"ended\":\"lost\",\"kind\":\"no-boot\",\"run\":null");
	const struct report_tried *t;
	double raw, adjusted;
	int boot, arm, sum;

	set_up();
	arm = run_of(4, &boot)->arm;
	line(1, 1, 0, "");			/* a warm-up that fails */
	line(4, 2, 3, "\"attempt\":2,");
	line(5, 3, -1, "");
	line(6, 3, 3, "");			/* it got on file before its boot was lost */
	make(boots);
	t = &r.attempts.arm[arm];
	CHECK(t->lost == 1 && t->again == 1, "an attempt that was lost with its boot has failed");
	t = r.attempts.arm;
	CHECK(t[0].lost + t[1].lost == 1, "one that has a record was not lost");
	CHECK(t[0].cut + t[1].cut == 2, "what the user broke off was neither good nor bad");
	CHECK(t[0].warmups_failed + t[1].warmups_failed == 1, "a warm-up's failure counts as such");
	sum = t[0].made + t[1].made;
	CHECK(sum == 6 && r.attempts.nr == 6, "all attempts are there (%d)", sum);
	CHECK(records_attempts(&rs, 5) == 1 && records_attempts(&rs, 4) == 2, "lost ones are counted on");
	CHECK(noted("3 boots were lost: boot0 (its kernel panicked during a run of ") &&
	      noted("), boot0-3 (it hung), boot1 (it did not come up)"), "%s", noted("lost:"));
	CHECK(noted("2 boots were made for what earlier ones had left (boot0-2, boot0-3)"), "noted");
	r.attempts.arm[0] = (struct report_tried){ .made = 10, .failed = 5, .cut = 2 };
	r.attempts.arm[1] = (struct report_tried){ .made = 10 };
	report_attempts_p(&r, &raw, &adjusted);
	CHECK(raw == stat_fisher(0, 10, 5, 8) && adjusted == raw,
	      "what was broken off is in no test");
	tear_down();
}

static char heard[4][300];
static int nr_heard;

static void hear(struct report *unused, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(heard[nr_heard++ % 4], sizeof(heard[0]), fmt, ap);
	va_end(ap);
}

/* Of several tests one may be below 0.05 by chance. */
static void test_several(void)
{
	double raw[REPORT_MAX_PAIRS], adjusted[REPORT_MAX_PAIRS];

	set_up_with(", {\"name\": \"a\", \"kernel\": \"vhint\"}, {\"name\": \"b\", \"kernel\": \"vhint\"}");
	make("");
	r.attempts.arm[0] = (struct report_tried){ .made = 10 };
	r.attempts.arm[1] = (struct report_tried){ .made = 10, .failed = 5 };
	r.attempts.arm[2] = (struct report_tried){ .made = 10, .failed = 9 };
	r.attempts.arm[3] = (struct report_tried){ .made = 10 };
	report_attempts_p(&r, raw, adjusted);
	CHECK(r.nr_pairs == 3 && raw[0] == stat_fisher(0, 10, 5, 10) && raw[2] == 1, "3 tests");
	CHECK(adjusted[0] == 2 * raw[0] && adjusted[1] == 3 * raw[1] && adjusted[2] == 1,
	      "adjusted by Holm: %g, %g", adjusted[0], adjusted[1]);
	report_attempts_notes(&r, hear);
	CHECK(nr_heard == 2 &&
	      !strcmp(heard[0],
		      "null may fail more often than off: 5 of 10 attempts against 0 of 10 (Fisher's exact test, p=0.033, adjusted p=0.065); among so many pairs of arms chance alone may show this"),
	      "below 0.05 by itself only: %s", heard[0]);
	CHECK(!strcmp(heard[1],
		      "a fails more often than off: 9 of 10 attempts against 0 of 10 (Fisher's exact test, p=0.0001, adjusted p=0.0004); this is a finding, whatever the times say"),
	      "below 0.05 all the same: %s", heard[1]);
	tear_down();
}

/* What the report itself refuses has failed, whatever the record says. */
static void test_refused(void)
{
	int i;

	set_up();
	line(2, 1, 3, "");
	for (i = 0; i < (int)used; i++) {
		if (!strncmp(lines + i, "contended_s", 11))
			lines[i] = 'x';
	}
	make("");
	CHECK(r.nr_failures == 1 && r.attempts.a[0].end == ATTEMPT_FAILED && !r.attempts.a[0].counts,
	      "a record that is not whole is a failed attempt");
	tear_down();
}

int main(void)
{
	ktap_begin();
	test_fisher();
	test_list();
	test_boots();
	test_append();
	test_which_counts();
	test_grouping();
	test_lost();
	test_several();
	test_refused();
	return ktap_end();
}
