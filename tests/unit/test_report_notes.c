// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a report warns of, and percentiles of merged histograms. Records are made up.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "measure/bins.h"
#include "report/report.h"
#include "results/steal.h"
#include "workload/hist.h"

static struct experiment e;
static struct plan p;
static struct records rs;
static struct report r;

/* What a run is like: times of arm and repetition, and its share of stolen time. */
struct made_up {
	int repetitions, boots;
	double (*time)(int arm, int rep, int boot);
	double (*steal)(int run);
	long slice_ns;		/* 0: not recorded */
};

static json_object *one_call(int run, int vm)
{
	static struct hist h;
	int i;

	/* the first VM's calls take 1 us, the second one's 1000, and more from run to run */
	hist_init(&h);
	for (i = 0; i < 100; i++)
		hist_add(&h, vm ? 1000000 + run * 1000 : 1000);
	return hist_to_json(&h);
}

static void put_run(FILE *f, const struct made_up *m, const struct plan_run *run, int boot)
{
	json_object *h;
	int i;

	fprintf(f, "{\"schema\":1,\"run\":%d,\"boot\":%d,\"arm\":\"%s\",\"rep\":%d,\"warmup\":%s,\"ok\":true,\"vms\":[",
		run->id, boot, e.arms[run->arm].name, run->rep, run->warmup ? "true" : "false");
	for (i = 0; i < e.nr_vms; i++) {
		h = one_call(run->id, i);
		fprintf(f, "%s{\"name\":\"%s\",\"alone_s\":%s,\"contended_s\":%g,\"workload\":{\"call_p99_us\":7,\"call_ns\":%s}}",
			i ? "," : "", e.vms[i].name, run->rep % 2 == i ? "1" : "null",
			m->time(run->arm, run->rep, boot), json_object_to_json_string(h));
		json_object_put(h);
	}
	if (m->slice_ns)
		fprintf(f, "],\"base_slice_ns\":%ld,\"more\":[", m->slice_ns);
	/* the policy's ages of hints: half of them from 1024 ns on, half from 4096 ns, or more */
	fprintf(f, "],\"metrics\":{\"hints_seen\":null},\"hint_age\":{\"unit\":\"ns\",\"bins\":[[1024,10],[%d,10]]}}\n",
		run->rep % 2 ? 4096 : 65536);
}

static void set_up(const struct made_up *m)
{
	char text[512], *lines = NULL, *steal = NULL;
	size_t len, steal_len;
	struct vh_err err;
	json_object *o;
	FILE *f, *s;
	int i, j;

	snprintf(text, sizeof(text),
		 "{\"where\":\"lab\",\"vms\":[{\"count\":2}],\"workload\":{\"name\":\"ipi\"},\"arms\":[{\"name\":\"stock\",\"kernel\":\"stock\"},{\"name\":\"off\",\"kernel\":\"vhint\"}],\"repetitions\":%d,\"boots\":%d,\"warmup\":0,\"metrics\":[\"hint_age_p50_us\",\"hint_age_p99_us\"]}",
		 m->repetitions, m->boots);
	o = json_tokener_parse(text);
	if (exp_from_json(&e, o, "made-up", &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	f = open_memstream(&lines, &len);
	s = open_memstream(&steal, &steal_len);
	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			const struct plan_run *run = &p.boots[i].runs[j];

			put_run(f, m, run, i);
			if (m->steal)
				fprintf(s, "{\"run\":%d,\"steal_share\":%g}\n", run->id,
					m->steal(run->id));
		}
	}
	fclose(f);
	fclose(s);
	records_parse(&rs, &e, lines, len, NULL);
	records_add_machine(&rs, steal, steal_len);
	report_make(&r, &e, &p, &rs, NULL);
	free(lines);
	free(steal);
}

static void tear_down(void)
{
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
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

static double quiet(int arm, int rep, int boot)
{
	return 3 + (rep * 7 % 10) * 0.01;
}

static double two_modes(int arm, int rep, int boot)
{
	return arm && boot >= 2 ? 4 + rep * 0.001 : quiet(arm, rep, boot);
}

static double drifting(int arm, int rep, int boot)
{
	return arm ? quiet(arm, rep, boot) : 3 + rep * 0.05;
}

static double little_stolen(int run)
{
	return 0.04;
}

static double much_stolen(int run)
{
	return run == 7 ? 0.31 : run == 8 ? 0.06 : 0;
}

static void test_quiet(void)
{
	static const struct made_up m = { 12, 4, quiet, little_stolen, 0 };

	set_up(&m);
	CHECK(!r.nr_notes, "a good run has no notes (%s)", r.nr_notes ? r.notes[0] : "none");
	tear_down();
}

static void test_noisy(void)
{
	static const struct made_up m = { 10, 2, quiet, much_stolen, 0 };

	set_up(&m);
	CHECK(noted("in 2 of 20 runs more than 5 % of its time was stolen") &&
	      noted("(31 % in run 7)"),
	      "stolen time is noted");
	tear_down();
}

static void test_slices(void)
{
	/* alone, each takes 1 s */
	static const struct made_up few = { 12, 4, quiet, NULL, 101000000 };
	static const struct made_up enough = { 12, 4, quiet, NULL, 100000000 };

	set_up(&few);
	CHECK(noted("the workload alone takes 9.9 slices of the host's scheduler (101 ms each)"),
	      "fewer than 10 slices are noted");
	tear_down();
	set_up(&enough);
	CHECK(!noted("slices"), "10 are not");
	tear_down();
}

static void test_two_modes(void)
{
	static const struct made_up m = { 10, 2, two_modes, NULL, 0 };

	set_up(&m);
	CHECK(noted("off: slowdown has more than one mode (dip test, p="),
	      "an arm whose boots differ has two modes");
	CHECK(!noted("stock: slowdown"), "the other has not");
	CHECK(noted("stands for it; see the plot"), "no run stalls: their share tells nothing");
	tear_down();
}

static void test_drift(void)
{
	static const struct made_up m = { 10, 2, drifting, NULL, 0 };

	set_up(&m);
	CHECK(noted("stock: slowdown drifts from run to run (Mann-Kendall, tau=1.00"),
	      "an arm that gets slower all the time drifts");
	CHECK(!noted("off: slowdown"), "the other does not");
	tear_down();
}

static void test_few(void)
{
	static const struct made_up six = { 6, 2, quiet, NULL, 0 }, five = { 5, 1, quiet, NULL, 0 };
	static const struct made_up many = { 12, 4, quiet, NULL, 0 };

	set_up(&six);
	CHECK(noted("stock has 6 good repetitions: its intervals are rough; make 10"), "6 are few");
	CHECK(noted("stock and off do not share boots (2 and 2)"), "two boots");
	CHECK(noted("stock was measured in 2 boots: if boots differ, the intervals of single arms are too narrow with fewer than 4"),
	      "whose intervals are too narrow");
	tear_down();
	set_up(&five);
	CHECK(noted("off has 5 good repetitions: too few for an interval"), "5 are too few");
	CHECK(noted("stock and off do not share boots (1 and 1)"), "one boot");
	tear_down();
	set_up(&many);
	CHECK(!noted("do not share boots") && !noted("too narrow"), "four boots");
	tear_down();
}

static int col_of(const char *key)
{
	int i;

	for (i = 0; i < r.nr_cols; i++) {
		if (!strcmp(r.cols[i].metric->name, key))
			return i;
	}
	return -1;
}

/* The same by hist_merge() and hist_percentile() over an arm. */
static double merged(int arm, double percent)
{
	static struct hist all, one;
	json_object *o;
	int i, vm;

	hist_init(&all);
	for (i = 0; i < r.arms[arm].ok; i++) {
		for (vm = 0; vm < 2; vm++) {
			o = one_call(r.arms[arm].ok_run[i], vm);
			hist_from_json(&one, o, NULL, 0);
			hist_merge(&all, &one);
			json_object_put(o);
		}
	}
	return hist_percentile(&all, percent) / 1e3;
}

static void test_percentiles(void)
{
	static const struct made_up m = { 10, 2, quiet, NULL, 0 };
	const struct report_series *s;
	int p50, p99;

	set_up(&m);
	p50 = col_of("call_p50_us");
	p99 = col_of("call_p99_us");
	CHECK(p50 > 0 && p99 > 0 && r.cols[p99].kind == COL_PERCENTILE,
	      "a workload's percentiles are shown, asked for or not");
	s = &r.arms[0].col[p99];
	CHECK(s->est.value == merged(0, 99) && r.arms[0].col[p50].est.value == merged(0, 50),
	      "they are those of the merged histogram (%g, %g)", s->est.value,
	      r.arms[0].col[p50].est.value);
	CHECK(r.arms[0].col[p50].est.value < 1.1, "half of all calls took 1 us: not a mean of VMs");
	CHECK(s->n == 10 && s->v[0] > 999 && s->est.lo <= s->est.value &&
	      s->est.hi >= s->est.value && s->est.lo > 999,
	      "with an interval (%g to %g), and a value for each run", s->est.lo, s->est.hi);
	CHECK(report_cmp_of(&r, 1, p99)->verdict != STAT_NONE, "and they are compared");
	tear_down();
}

/* Merged by hand: 100 from 1024 on, 50 from 4096, 50 from 65536. */
static void test_policy_percentiles(void)
{
	static const struct made_up m = { 10, 2, quiet, NULL, 0 };
	struct bins b = { 4, { 1024, 2048, 4096, 8192 }, { 10, 0, 10, 0 } };
	const struct report_series *s;

	set_up(&m);
	s = &r.arms[0].col[col_of("hint_age_p50_us")];
	CHECK(fabs(s->est.value - 2.048) < 1e-9, "half of all hints: %g us", s->est.value);
	s = &r.arms[0].col[col_of("hint_age_p99_us")];
	CHECK(fabs(s->est.value - 65.536 * (1 + 48 / 50.)) < 1e-9,
	      "99 %% of them, merged over repetitions: %g us", s->est.value);
	CHECK(s->n == 10 && fabs(s->v[1] - bins_percentile(&b, 99) / 1e3) < 1e-9,
	      "of a run: as the agent has it, %g us", s->v[1]);
	tear_down();
}

static void test_keys(void)
{
	static const struct { const char *key, *member; double p, ns; } good[] = {
		{ "call_p99_us", "call_ns", 99, 1e3 }, { "call_p50_ns", "call_ns", 50, 1 },
		{ "wake_up_p999_ms", "wake_up_ns", 99.9, 1e6 },
		{ "a_part_p95_s", "a_part_ns", 95, 1e9 },
	};
	static const char *const bad[] = { "call_mean_us", "call_p99", "p99_us", "call_p9_us",
					   "call_p99_s_x", "irq_part_s", "call_p99_count" };
	struct report_percentile k;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(report_percentile_key(good[i].key, &k) && !strcmp(k.member, good[i].member) &&
		      fabs(k.p - good[i].p) < 1e-9 && k.ns == good[i].ns, "%s", good[i].key);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!report_percentile_key(bad[i], &k), "%s is no percentile", bad[i]);
}

static void test_watch(void)
{
	struct env_ticks a = { 1000, 10 }, b = { 2000, 60 }, soon = { 1199, 11 };
	json_object *o = steal_watch_line(4, 2, &a, &b);

	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "{\"schema\":1,\"run\":4,\"steal_share\":0.05}"), "50 of 1000 ticks are 5 %%");
	json_object_put(o);
	o = steal_watch_line(4, 2, &a, &soon);
	CHECK(!json_object_object_get(o, "steal_share"), "a short run cannot tell");
	json_object_put(o);
}

int main(void)
{
	ktap_begin();
	test_quiet();
	test_noisy();
	test_slices();
	test_two_modes();
	test_drift();
	test_few();
	test_percentiles();
	test_policy_percentiles();
	test_keys();
	test_watch();
	return ktap_end();
}
