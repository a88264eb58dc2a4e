// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports from made-up records: what is counted, what is refused, and the words.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "report/report.h"
#include "report/words.h"

#define MAX_TEXT 200000

static const char two_vms[] =
	"{\"where\": \"lab\", \"vms\": [{\"count\": 2}], \"workload\": {\"name\": \"cpu\"},"
	" \"arms\": [{\"name\": \"stock\", \"kernel\": \"stock\"},"
	"  {\"name\": \"urgent\", \"kernel\": \"vhint\", \"policy\": \"urgent\", \"hints\": true}],"
	" \"repetitions\": 10, \"boots\": 4,"
	" \"metrics\": [\"run_delay_s\", \"exits\", \"hints_seen\"]}";

static const char one_vm[] =
	"{\"where\": \"lab\", \"vms\": [{}], \"workload\": {\"name\": \"cpu\"},"
	" \"arms\": [{\"name\": \"a\", \"kernel\": \"vhint\"}, {\"name\": \"b\", \"kernel\": \"vhint\"}],"
	" \"repetitions\": 6, \"boots\": 1, \"metrics\": []}";

static struct experiment e;
static struct plan p;
static struct records rs;
static struct report r;
static char lines[MAX_TEXT];
static size_t used;

static void set_up(const char *text)
{
	json_object *o = json_tokener_parse(text);
	struct vh_err err;

	if (exp_from_json(&e, o, "made-up", &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	used = 0;
	lines[0] = '\0';
}

static void tear_down(void)
{
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
}

static void make(void)
{
	records_parse(&rs, &e, lines, used, NULL);
	report_make(&r, &e, &p, &rs, NULL);
}

/* A run's line, with @alone for the VM whose turn it is. */
static void line(int boot, const struct plan_run *run, double alone, double contended,
		 const char *hints_seen)
{
	int two = e.nr_vms > 1, i;

	used += snprintf(lines + used, MAX_TEXT - used,
			 "{\"schema\":1,\"run\":%d,\"boot\":%d,\"arm\":\"%s\",\"rep\":%d,\"warmup\":%s,\"ok\":true,\"error\":null,\"vms\":[",
			 run->id, boot, e.arms[run->arm].name, run->rep,
			 run->warmup ? "true" : "false");
	for (i = 0; i < e.nr_vms; i++) {
		used += snprintf(lines + used, MAX_TEXT - used, "%s{\"name\":\"%s\",\"alone_s\":",
				 i ? "," : "", e.vms[i].name);
		if (two && run->rep % 2 == i)
			used += snprintf(lines + used, MAX_TEXT - used, "%g", alone);
		else
			used += snprintf(lines + used, MAX_TEXT - used, "null");
		used += snprintf(lines + used, MAX_TEXT - used, ",\"contended_s\":%g}", contended);
	}
	used += snprintf(lines + used, MAX_TEXT - used,
			 "],\"metrics\":{\"run_delay_s\":%g,\"exits\":1000,\"hints_seen\":%s}}\n",
			 contended / 10, hints_seen);
}

/* All runs but those of arm @no_arm in boot @no_boot: arm i takes @mean[i], give or take a bit. */
static void lines_but(double alone, const double *mean, int no_arm, int no_boot)
{
	int i, j;

	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			const struct plan_run *run = &p.boots[i].runs[j];
			/* warm-ups are far off: they must not count */
			double t = run->warmup ? 100 : mean[run->arm] *
				   (1 + (run->rep * 7 % 10 - 4.5) / 200);

			if (run->arm == no_arm && i == no_boot)
				continue;
			line(i, run, alone, t, e.arms[run->arm].hints ? "500" : "null");
		}
	}
}

static void all_lines(double alone, const double *mean)
{
	lines_but(alone, mean, -1, -1);
}

static char *text_of_report(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	report_text(&r, f);
	fclose(f);
	return text;
}

static void test_better(void)
{
	static const double mean[] = { 4, 3 };
	const struct report_cmp *c;
	char s[512], *text, *again;

	set_up(two_vms);
	all_lines(1, mean);
	make();
	CHECK(r.ok == 20 && r.planned == 20 && r.warmups == 8 && report_complete(&r),
	      "20 runs count, 8 warm-ups do not");
	CHECK(fabs(r.arms[0].col[0].est.value - 4) < 0.02, "stock: 4 / 1");
	CHECK(fabs(r.arms[1].col[0].est.value - 3) < 0.02, "urgent: 3 / 1");
	CHECK(fabs(r.arms[1].col[1].est.value - 0.667) < 0.003 && r.cols[1].kind == COL_STP,
	      "weighted speedup: 1 / 3 twice");
	CHECK(fabs(r.arms[1].col[2].est.value - 3) < 0.02 && r.cols[2].kind == COL_ANTT,
	      "normalised turnaround time: the mean of 3 and 3");
	CHECK(r.arms[1].col[3].est.value == 0 && r.arms[1].col[3].est.hi > 0.2, "none stalled");
	c = report_cmp_of(&r, 1, 0);
	CHECK(c->verdict == STAT_BETTER && fabs(c->test.p - 2.0 / 70) < 1e-9, "better, with p = %g", c->test.p);
	CHECK(c->change.lo < -0.25 && c->change.hi > -0.25, "the interval holds -25 %%");
	word_sentence(s, sizeof(s), &r, c);
	CHECK(!strncmp(s, "urgent vs stock: slowdown 3.00 [2.9", 34) &&
	      strstr(s, "against 4.00 [3.") && strstr(s, ": better by -25 % [-") &&
	      strstr(s, "(p=0.029 of 4+4 boots, n=10+10)"), "%s", s);
	c = report_cmp_of(&r, 1, 4);
	CHECK(c->verdict == STAT_SAME && c->alone == STAT_BETTER && report_perhaps(c) &&
	      fabs(c->p_adjusted - 7 * 2.0 / 70) < 1e-9 && !strcmp(word_verdict(c), "better?"),
	      "less time is better, but of 7 metrics beside the headline: p = %g", c->p_adjusted);
	CHECK(strstr(word_outcome(s, sizeof(s), &r, c), "time contended (s) -25 % [-") &&
	      strstr(s, "(p=0.029 of 4+4 boots, adjusted p=0.20, A=0.00 of runs)"), "%s", s);
	CHECK(report_cmp_of(&r, 1, 5)->verdict == STAT_SAME, "the time alone is the same");
	CHECK(report_cmp_of(&r, 1, 7)->verdict == STAT_SAME, "as many exits");
	CHECK(report_cmp_of(&r, 1, 8)->verdict == STAT_NONE, "stock cannot see hints: null");
	text = text_of_report();
	again = text_of_report();
	CHECK(!strcmp(text, again), "the same records, the same text");
	CHECK(strstr(text, "in the lab in real time (QEMU TCG"), "the lab is named");
	free(text);
	free(again);
	CHECK(strstr(word_clock(&r), "load of the machine"), "and what its clock is worth");
	snprintf(e.clock, sizeof(e.clock), EXP_CLOCK_VIRTUAL);
	e.round_ns = 500;
	CHECK(!strcmp(word_where(s, sizeof(s), &r),
		      "measured in the lab in virtual time (one instruction = 1 ns, rounds of 500 ns)") &&
	      strstr(word_clock(&r), "caches"), "virtual time: %s", s);
	tear_down();
}

static void test_worse_and_same(void)
{
	static const double slower[] = { 3, 4 }, same[] = { 3, 3 };
	char s[512];

	set_up(two_vms);
	all_lines(1, slower);
	make();
	word_sentence(s, sizeof(s), &r, report_cmp_of(&r, 1, 0));
	CHECK(strstr(s, ": worse by +33 % [+"), "%s", s);
	tear_down();
	set_up(two_vms);
	all_lines(1, same);
	make();
	word_sentence(s, sizeof(s), &r, report_cmp_of(&r, 1, 0));
	CHECK(strstr(s, ": ~, no difference is shown [-") && strstr(s, "] % (p=") &&
	      strstr(s, "; such a design finds +"), "%s", s);
	tear_down();
}

/* The runs differ by the test, the arms do not by what their runs have in common. */
static void test_unsure(void)
{
	struct report_cmp c = { .verdict = STAT_SAME, .alone = STAT_SAME, .p_adjusted = 0.0004, .test = { .p = 0.0004 },
				.diff = { -0.19, -0.299, 0.0049 } };
	const struct metric m = { .unit = "" };
	const struct report_col col = { .kind = COL_SLOWDOWN, .metric = &m };
	char s[96];

	CHECK(!strcmp(word_test(s, sizeof(s), &col, &c),
		      "p=0.0004, but the difference may be 0"), "%s", s);
	c.diff.hi = NAN;
	c.diff.lo = NAN;
	CHECK(!strcmp(word_test(s, sizeof(s), &col, &c), "p=0.0004"), "without an interval: %s", s);
	c.diff.lo = -0.2;
	c.test.p = 0.06;
	c.p_adjusted = 0.06;
	CHECK(!strcmp(word_test(s, sizeof(s), &col, &c), "p=0.060"), "no wonder: %s", s);
	c.boots[0] = 4;
	CHECK(!strcmp(word_test(s, sizeof(s), &col, &c), "p=0.060 of 4+0 boots"), "boots: %s", s);
	c.p_adjusted = 0.3;
	CHECK(!strcmp(word_test(s, sizeof(s), &col, &c), "p=0.060 of 4+0 boots, adjusted p=0.30"),
	      "the adjusted one beside it: %s", s);
	c.test.p = NAN;
	CHECK(!strcmp(word_test(s, sizeof(s), &col, &c), "-"), "nothing was compared: %s", s);
}

static void test_one_vm(void)
{
	static const double mean[] = { 2, 2.2 };

	set_up(one_vm);
	all_lines(0, mean);
	make();
	CHECK(r.nr_cols == 1 && !strcmp(r.cols[0].metric->name, "elapsed_s") && r.cols[0].metric->better < 0,
	      "one VM: the headline is the elapsed time");
	CHECK(r.cols[0].geometric && fabs(r.arms[0].col[0].est.value - 2) < 0.05,
	      "as geometric mean: a median may lie between two modes");
	tear_down();
}

static const struct plan_run *find_run(int arm, int rep, int *boot)
{
	int i, j;

	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			const struct plan_run *run = &p.boots[i].runs[j];

			if (run->arm == arm && run->rep == rep && !run->warmup) {
				*boot = i;
				return run;
			}
		}
	}
	return NULL;
}

static void test_asserts(void)
{
	int boot;

	set_up(two_vms);
	line(0, find_run(0, 0, &boot), 1, 4, "0");
	line(0, find_run(0, 1, &boot), 1, 4, "null");
	line(0, find_run(0, 2, &boot), 1, 4, "3");
	line(0, find_run(1, 0, &boot), 1, 4, "3");
	line(0, find_run(1, 1, &boot), 1, 4, "0");
	line(0, find_run(1, 2, &boot), 1, 4, "null");
	make();
	CHECK(r.arms[0].ok == 2 && r.arms[0].failed == 1, "a stock run in which hints were seen fails");
	CHECK(r.arms[1].ok == 1 && r.arms[1].failed == 2,
	      "a hinted run without hints fails, and one that cannot tell");
	CHECK(!strcmp(r.failures[0].kind, "assert"), "they fail as asserts");
	CHECK(!report_complete(&r), "so the report is not complete");
	tear_down();
}

static void test_damage(void)
{
	const struct plan_run *run;
	int boot, todo[64], n;

	set_up(two_vms);
	run = find_run(0, 0, &boot);
	used += snprintf(lines + used, MAX_TEXT - used,
			 "{\"schema\":1,\"run\":%d,\"boot\":0,\"arm\":\"stock\",\"rep\":0,\"warmup\":false,\"ok\":false,\"error\":\"no answer\",\"error_kind\":\"guest-hang\"}\n\n",
			 run->id);
	used += snprintf(lines + used, MAX_TEXT - used, "{\"schema\":2,\"run\":1}\nrubbish\n");
	line(boot, run, 1, 4, "null");
	used += snprintf(lines + used, MAX_TEXT - used, "{\"schema\":1,\"run\":5,\"bo");
	make();
	CHECK(rs.nr == 2 && rs.damaged == 2 && rs.first_damaged == 4,
	      "damaged lines are counted, empty ones are not");
	CHECK(rs.foreign == 1 && rs.first_foreign == 3 && rs.foreign_schema == 2,
	      "those of another schema are told apart");
	CHECK(r.ok == 1 && !r.nr_failures, "a run that was made again counts");
	n = records_todo(&rs, &p.boots[boot], todo);
	CHECK(n == p.boots[boot].nr_runs - 1, "to be done: all but the good one (%d of %d)", n,
	      p.boots[boot].nr_runs);
	CHECK(r.nr_notes >= 3, "what is missing and damaged is noted");
	tear_down();

	set_up(two_vms);
	make();
	CHECK(r.ok == 0 && isnan(r.arms[0].col[0].est.value), "no records: an empty report");
	free(text_of_report());
	tear_down();
}

/* A file that ends in half a line gets whole; the half is gone, the rest is kept. */
static void test_repair(void)
{
	static const struct { const char *is, *want; } t[] = {
		{ "", "" }, { "{\"a\":1}\n", "{\"a\":1}\n" }, { "{\"a\":1}\n{\"b", "{\"a\":1}\n" },
		{ "{\"a\":1}", "{\"a\":1}\n" }, { "{\"a", "" },
	};
	char dir[] = "/tmp/vhint-test-XXXXXX", path[64], got[64] = "";
	size_t i, n;
	FILE *f;

	if (!mkdtemp(dir))
		exit(1);
	snprintf(path, sizeof(path), "%s/runs.ndjson", dir);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		f = fopen(path, "w");
		fputs(t[i].is, f);
		fclose(f);
		CHECK(!records_repair(dir, NULL), "repair of %zu bytes", strlen(t[i].is));
		f = fopen(path, "r");
		n = fread(got, 1, sizeof(got) - 1, f);
		got[n] = '\0';
		fclose(f);
		CHECK(!strcmp(got, t[i].want), "leaves whole lines");
	}
	remove(path);
	remove(dir);
}

/* VMs of different shapes have times alone of their own. */
static void test_shapes(void)
{
	static const char shapes[] =
		"{\"where\": \"lab\", \"vms\": [{\"name\": \"a\"}, {\"name\": \"b\", \"vcpus\": 1}],"
		" \"workload\": {\"name\": \"cpu\"}, \"arms\": [{\"name\": \"x\", \"kernel\": \"stock\"}],"
		" \"repetitions\": 4, \"warmup\": 0, \"boots\": 1, \"metrics\": []}";
	int i;

	set_up(shapes);
	for (i = 0; i < 4; i++)
		line(0, &p.boots[0].runs[i], p.boots[0].runs[i].rep % 2 ? 3 : 1, 4, "null");
	make();
	CHECK(r.arms[0].col[0].n == 4 && r.arms[0].col[1].est.value == 1 &&
	      fabs(r.arms[0].col[0].est.value - 4 / sqrt(3)) < 1e-12 &&
	      fabs(r.arms[0].col[2].est.value - (4 + 4 / 3.) / 2) < 1e-12,
	      "a takes 1 alone, b takes 3, both 4 contended: 4 and 4/3");
	CHECK(report_vm_median(&r, 0, 1, "alone_s") == 3, "b's own median");
	CHECK(!r.nr_cmps, "one arm: nothing to compare");
	tear_down();
}

static void set_up_arms(const char *baseline, int boots)
{
	char text[1000];

	snprintf(text, sizeof(text),
		 "{\"where\": \"lab\", \"vms\": [{\"count\": 2}], \"workload\": {\"name\": \"cpu\"},"
		 " \"arms\": [{\"name\": \"stock\", \"kernel\": \"stock\"},"
		 "  {\"name\": \"null\", \"kernel\": \"vhint\", \"policy\": \"null\", \"hints\": true},"
		 "  {\"name\": \"off\", \"kernel\": \"vhint\"},"
		 "  {\"name\": \"urgent\", \"kernel\": \"vhint\", \"policy\": \"urgent\", \"hints\": true}],"
		 " \"baseline\": \"%s\", \"repetitions\": 10, \"boots\": %d, \"metrics\": []}",
		 baseline, boots);
	set_up(text);
}

static bool pairs_are(const char *want)
{
	char have[256] = "";
	int i;

	for (i = 0; i < r.nr_pairs; i++)
		snprintf(have + strlen(have), sizeof(have) - strlen(have), "%s%s-%s", i ? " " : "",
			 e.arms[r.pairs[i].arm].name, e.arms[r.pairs[i].base].name);
	return !strcmp(have, want);
}

static const struct report_cmp *headline(const char *arm, const char *base)
{
	int i;

	for (i = 0; i < r.nr_cmps; i++) {
		if (!r.cmps[i].col && !strcmp(e.arms[r.cmps[i].arm].name, arm) &&
		    !strcmp(e.arms[r.cmps[i].base].name, base))
			return &r.cmps[i];
	}
	return NULL;
}

static void test_pairs(void)
{
	static const double mean[] = { 4, 4, 4, 3 };
	const struct report_cmp *c;

	set_up_arms("stock", 2);
	all_lines(1, mean);
	make();
	CHECK(pairs_are("null-stock off-stock urgent-stock null-off urgent-off"),
	      "all against stock, and what has hints against the same kernel without");
	c = headline("urgent", "stock");
	CHECK(c && c->boots[0] == 2 && c->verdict == STAT_SAME, "2 boots of each show nothing");
	CHECK(c == report_cmp_of(&r, 3, 0), "an arm's comparison is that with the baseline");
	c = headline("urgent", "off");
	CHECK(c && !c->boots[0] && c->verdict == STAT_BETTER,
	      "but what hints do is seen in runs that share boots");
	tear_down();

	set_up_arms("off", 4);
	all_lines(1, mean);
	make();
	CHECK(pairs_are("stock-off null-off urgent-off"), "against off: no pair is there twice");
	tear_down();
}

static const struct report_pair *pair_of(const char *arm, const char *base)
{
	int i;

	for (i = 0; i < r.nr_pairs; i++) {
		if (!strcmp(e.arms[r.pairs[i].arm].name, arm) &&
		    !strcmp(e.arms[r.pairs[i].base].name, base))
			return &r.pairs[i];
	}
	return NULL;
}

/* A boot in which one arm has no run counts for the other pairs all the same. */
static void test_missing_boot(void)
{
	static const double mean[] = { 4, 4, 4, 3 };
	struct report_cmp all, but;
	int boot;

	set_up_arms("off", 4);
	all_lines(1, mean);
	make();
	all = *headline("urgent", "off");
	CHECK(pair_of("urgent", "off")->col[0].boots == 4 && all.df == 10 + 10 - 4 - 1,
	      "4 boots in common, %g degrees of freedom", all.df);
	CHECK(!pair_of("stock", "off")->col[0].boots, "of two kernels, none");
	tear_down();

	set_up_arms("off", 4);
	find_run(1, 0, &boot);
	lines_but(1, mean, 1, boot);
	make();
	but = *headline("urgent", "off");
	CHECK(but.diff.value == all.diff.value && but.diff.lo == all.diff.lo &&
	      but.diff.hi == all.diff.hi && but.df == all.df,
	      "what null lacks is nothing to urgent and off: [%g, %g] and [%g, %g]", all.diff.lo,
	      all.diff.hi, but.diff.lo, but.diff.hi);
	but = *headline("null", "off");
	CHECK(pair_of("null", "off")->col[0].boots == 3 && pair_of("null", "off")->col[0].base.runs == 7 &&
	      but.df == 7 + 7 - 3 - 1, "but null and off have 3 boots, %g degrees of freedom", but.df);
	tear_down();
}

static void test_words(void)
{
	const struct report_series none = { .est = { NAN, NAN, NAN } };
	const struct metric time = { .unit = "s" }, count = { .unit = "count" };
	struct report_col s = { .kind = COL_HOST, .label = "run_delay_s", .metric = &time };
	struct report_col n = { .kind = COL_HOST, .label = "exits", .metric = &count };
	struct report_cmp c = { .verdict = STAT_HIGHER, .diff = { 500, 400, 600 },
				.change = { NAN, NAN, NAN } };
	char b[400];

	CHECK(!strcmp(word_heading(b, sizeof(b), &s), "run delay (s)"), "heading: %s", b);
	CHECK(!strcmp(word_heading(b, sizeof(b), &n), "exits"), "heading: %s", b);
	CHECK(!strcmp(word_value(b, sizeof(b), &s, 0.12345), "0.123"), "0.12345 is %s", b);
	CHECK(!strcmp(word_value(b, sizeof(b), &s, 12.345), "12.3"), "12.345 is %s", b);
	CHECK(!strcmp(word_value(b, sizeof(b), &n, 51234), "51234"), "51234 is %s", b);
	CHECK(!strcmp(word_value(b, sizeof(b), &n, NAN), "-"), "unknown is %s", b);
	CHECK(!strcmp(word_change(b, sizeof(b), &n, &c), "+500 [+400, +600]"),
	      "no percentage of zero: %s", b);
	c.ratio = true;
	c.change = (struct stat_est){ -0.0012, -0.0412, -0.00031 };
	CHECK(!strcmp(word_change(b, sizeof(b), &n, &c), "-0.12 % [-4.1, -0.031]"),
	      "an end that is near 0 is not 0: %s", b);
	c.verdict = STAT_SAME;
	CHECK(!strcmp(word_change(b, sizeof(b), &n, &c), "~ [-4.1, -0.031] %"), "no difference: %s",
	      b);
	c.detectable = 0.062;
	CHECK(!strcmp(word_detectable(b, sizeof(b), &n, &c), "+6.2 %"), "what is found: %s", b);
	c.detectable = INFINITY;
	CHECK(!strcmp(word_detectable(b, sizeof(b), &n, &c), "nothing"), "or %s", b);
	c.ratio = false;
	c.detectable = 0.5;
	CHECK(!strcmp(word_change(b, sizeof(b), &s, &c), "~ [+400, +600] s") &&
	      !strcmp(word_detectable(b, sizeof(b), &s, &c), "+0.5 s"), "in its unit: %s", b);
	c.detectable = INFINITY;
	c.test.least = 0.1;
	CHECK(strstr(word_against(b, sizeof(b), &n, &none, &none, &c), "; so few boots or runs"), "%s", b);
	c.test.least = 0.00001;
	CHECK(strstr(word_against(b, sizeof(b), &n, &none, &none, &c), "; so many values are equal"),
	      "ties are another reason: %s", b);
	c.diff = (struct stat_est){ 0, -1.2e-17, 1.2e-17 };
	CHECK(!strcmp(word_change(b, sizeof(b), &s, &c), "~ [+0, +0] s"), "dust is 0: %s", b);
	c.diff.lo = c.diff.hi = NAN;
	CHECK(!strcmp(word_change(b, sizeof(b), &n, &c), "~"), "without an interval: %s", b);
}

int main(void)
{
	ktap_begin();
	test_better();
	test_worse_and_same();
	test_unsure();
	test_one_vm();
	test_asserts();
	test_damage();
	test_repair();
	test_shapes();
	test_pairs();
	test_missing_boot();
	test_words();
	return ktap_end();
}
