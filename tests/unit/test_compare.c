// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two made-up runs against each other: what is refused, what is noted, what is
 * found, and in which words.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "report/compare.h"

#define ARMS "\"arms\": [{\"name\": \"stock\", \"kernel\": \"stock\"}," \
	" {\"name\": \"urgent\", \"kernel\": \"vhint\", \"policy\": \"urgent\", \"hints\": true}]"
#define REST ", \"repetitions\": 8, \"warmup\": 0, \"boots\": 4, \"metrics\": [\"exits\"]}"
#define VMS(n) "\"vms\": [{\"count\": " #n "}]"
#define CPU "\"workload\": {\"name\": \"cpu\", \"args\": []}"
#define EXPERIMENT(where, vms, work, arms) \
	"{\"where\": \"" where "\", " vms ", " work ", " arms REST

static const char plain_one[] = EXPERIMENT("lab", VMS(2), CPU, ARMS);

static const char env_one[] =
	"{\"kit\": {\"git_sha\": \"0123456789012345678901234567890123456789\", \"git_dirty\": false},"
	" \"machine\": {\"cpu_model\": \"A CPU\", \"cpus\": 2},"
	" \"kernels\": {\"stock\": {\"build\": \"stock-1\"}, \"vhint\": {\"build\": \"vhint-1\"}}}";

static const char boots_one[] =
	"[{\"kernel\": \"stock\", \"host\": {\"cpu\": {\"model\": \"EPYC\"}, \"sched\": {"
	" \"base_slice_ns\": 60000000, \"features\": \"ONE NO_TWO\"}}},"
	" {\"kernel\": \"vhint\", \"host\": {\"cpu\": {\"model\": \"EPYC\"}, \"sched\": {"
	" \"base_slice_ns\": 70000000, \"features\": \"ONE NO_TWO VHINT\"}}}]";

static struct side {
	struct experiment e;
	struct plan p;
	struct records rs;
	struct report r;
	struct compare_side s;
} sides[2];

static struct compare c;
static char lines[100000];

/* Eight times of an arm, some per cent around @mean. */
static void records(struct side *s, const double *mean)
{
	size_t used = 0;
	int i, j;

	for (i = 0; i < s->p.nr_boots; i++) {
		for (j = 0; j < s->p.boots[i].nr_runs; j++) {
			const struct plan_run *run = &s->p.boots[i].runs[j];
			double t = mean[run->arm] * (1 + (run->rep * 3 % 8 - 3.5) / 100);

			used += snprintf(lines + used, sizeof(lines) - used,
				"{\"schema\":1,\"run\":%d,\"boot\":%d,\"arm\":\"%s\",\"rep\":%d,\"warmup\":false,\"ok\":true,\"vms\":["
				"{\"name\":\"vm1\",\"alone_s\":1,\"contended_s\":%g},{\"name\":\"vm2\",\"alone_s\":1,\"contended_s\":%g}],"
				"\"metrics\":{\"exits\":1000,\"hints_seen\":%s}}\n", run->id, i,
				s->e.arms[run->arm].name, run->rep, t, t,
				s->e.arms[run->arm].hints ? "500" : "null");
		}
	}
	records_parse(&s->rs, &s->e, lines, used, NULL);
}

static void side(int nr, const char *experiment, const char *env, const char *boots,
		 const double *mean)
{
	json_object *o = json_tokener_parse(experiment);
	struct side *s = &sides[nr];
	struct vh_err err;

	if (exp_from_json(&s->e, o, "made-up", &err) || plan_make(&s->p, &s->e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	records(s, mean);
	report_make(&s->r, &s->e, &s->p, &s->rs, NULL);
	s->s = (struct compare_side) {
		.label = 'A' + nr, .dir = nr ? "dir/b" : "dir/a", .e = &s->e, .r = &s->r,
		.env = env ? json_tokener_parse(env) : NULL,
		.boots = json_tokener_parse(boots),
	};
}

static void tear_down(void)
{
	int i;

	compare_free(&c);
	for (i = 0; i < 2; i++) {
		report_free(&sides[i].r);
		records_free(&sides[i].rs);
		plan_free(&sides[i].p);
		exp_free(&sides[i].e);
		json_object_put(sides[i].s.env);
		json_object_put(sides[i].s.boots);
	}
}

static const double four_three[] = { 4, 3 };

/* A plain side A against this B. */
static void make(const char *experiment, const char *env, const char *boots, const double *mean)
{
	side(0, plain_one, env_one, boots_one, four_three);
	side(1, experiment, env, boots, mean);
	compare_make(&c, &sides[0].s, &sides[1].s, NULL);
}

static const char *find(const struct compare_lines *l, const char *text)
{
	int i;

	for (i = 0; i < l->nr; i++) {
		if (strstr(l->line[i], text))
			return l->line[i];
	}
	return NULL;
}

static void dump(const struct compare_lines *l)
{
	int i;

	for (i = 0; i < l->nr; i++)
		printf("# %s\n", l->line[i]);
}

static const struct report_cmp *headline(const char *arm)
{
	int i;

	for (i = 0; i < c.nr_cmps; i++) {
		if (!c.cmps[i].col_a && !strcmp(sides[0].e.arms[c.cmps[i].arm_a].name, arm))
			return &c.cmps[i].c;
	}
	return NULL;
}

static void test_same(void)
{
	const struct report_cmp *cmp;

	make(plain_one, env_one, boots_one, four_three);
	CHECK(!c.refusals.nr && c.nr_cmps == 14, "the same: two arms, seven metrics each");
	cmp = headline("urgent");
	CHECK(cmp->verdict == STAT_SAME && cmp->test.p > 0.9, "no difference is shown");
	CHECK(cmp->diff.lo < -0.001 && cmp->diff.hi > 0.001,
	      "resamples of the same seed are not paired: [%g, %g] is an interval", cmp->diff.lo,
	      cmp->diff.hi);
	CHECK(!find(&c.notes, " in A, ") && !find(&c.notes, "may differ") &&
	      find(&c.notes, "at different times"), "the one note on both is that on time");
	dump(&c.notes);
	tear_down();
}

static char *text_of(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	compare_text_side(&sides[0].s, f);
	compare_text(&c, f);
	fclose(f);
	return text;
}

static void test_better(void)
{
	static const double mean[] = { 4, 2.4 };
	char *text;

	make(plain_one, env_one, boots_one, mean);
	CHECK(headline("stock")->verdict == STAT_SAME, "stock: the same");
	CHECK(headline("urgent")->verdict == STAT_BETTER, "urgent: better");
	CHECK(!find(&c.notes, "stock differs"), "the control is quiet");
	text = text_of();
	CHECK(strstr(text, "A  dir/a\n   started at an unknown time, commit 012345678901, 16 of 16"),
	      "a side is named");
	CHECK(strstr(text, "urgent: B vs A "), "a table for the arm");
	CHECK(strstr(text, "\nB vs A, urgent: slowdown 2.40 [") &&
	      strstr(text, "] against 3.00 [") && strstr(text, ": better by -20 % ["),
	      "the verdict in words");
	CHECK(strstr(text, "\nB vs A, stock: slowdown 4.00 [") &&
	      strstr(text, ": ~, no difference is shown ["), "and where there is none");
	free(text);
	tear_down();
}

static void test_control(void)
{
	static const double mean[] = { 3, 3 };

	make(plain_one, env_one, boots_one, mean);
	CHECK(find(&c.notes, "stock differs, although its kernel is the same"),
	      "a control that differs says that the machine has changed");
	tear_down();
	make(plain_one, "{\"kernels\": {\"stock\": {\"build\": \"stock-2\"}}}", boots_one, mean);
	CHECK(!find(&c.notes, "stock differs") && find(&c.notes, "no arm with the same kernel"),
	      "another kernel is no control");
	CHECK(find(&c.notes, "env.json: $.kernels.stock.build: \"stock-1\" in A, \"stock-2\" in B"),
	      "the kernels are named");
	CHECK(find(&c.notes, "env.json: $.machine.cpu_model is not known for B: it may differ"),
	      "what is not known is said");
	tear_down();
	make(plain_one, NULL, "[]", mean);
	CHECK(!c.refusals.nr && find(&c.notes, "$.host.cpu.model is not known for B"),
	      "no env.json at all: compared, and said");
	tear_down();
}

/* B is refused for one reason, this one. */
static void refused(const char *experiment, const char *env, const char *boots, const char *why)
{
	struct vh_err err;

	make(experiment, env, boots, four_three);
	compare_refuse(&c, &err);
	CHECK(c.refusals.nr == 1 && !strcmp(c.refusals.line[0], why) && !c.nr_cmps, "%s", why);
	dump(&c.refusals);
	CHECK(err.code == VH_BAD_EXPERIMENT && strstr(err.msg, why) &&
	      strstr(err.msg, "\nB is dir/b\n"), "and the message has it");
	tear_down();
}

static void test_refused(void)
{
	refused(EXPERIMENT("host", VMS(2), CPU, ARMS), env_one, boots_one,
		"resolved.json: $.where: \"lab\" in A, \"host\" in B");
	refused(EXPERIMENT("lab", VMS(3), CPU, ARMS), env_one, boots_one,
		"resolved.json: $.vms[0].count: 2 in A, 3 in B");
	refused(EXPERIMENT("lab", "\"vms\": [{\"count\": 2, \"memory_mib\": 512}]", CPU, ARMS), env_one,
		boots_one, "resolved.json: $.vms[0].memory_mib: 384 in A, 512 in B");
	refused(EXPERIMENT("lab", "\"machine\": {\"memory_mib\": 4096}, " VMS(2), CPU, ARMS),
		env_one, boots_one, "resolved.json: $.machine.memory_mib: 3072 in A, 4096 in B");
	refused(EXPERIMENT("lab", VMS(2), CPU,
			   "\"arms\": [{\"name\": \"other\", \"kernel\": \"vhint\"}]"),
		env_one, boots_one,
		"resolved.json: $.arms: no name of an arm is in both: the first is \"stock\" in A, \"other\" in B");
	refused(plain_one, "{\"machine\": {\"cpu_model\": \"B CPU\", \"cpus\": 2}}", boots_one,
		"env.json: $.machine.cpu_model: \"A CPU\" in A, \"B CPU\" in B");
	refused(plain_one, env_one,
		"[{\"host\": {\"cpu\": {\"model\": \"Xeon\"}, \"sched\": {\"base_slice_ns\": 65e6}}}]",
		"env-boot*.json: $.host.cpu.model: \"EPYC\" in A, \"Xeon\" in B");
	refused(plain_one, env_one,
		"[{\"host\": {\"cpu\": {\"model\": \"EPYC\"}, \"sched\": {\"base_slice_ns\": 98e6}}}]",
		"env-boot*.json: $.host.sched.base_slice_ns: median over the boots is 65 ms in A, 98 ms in B: more than 1.5 times as much");
}

#define CLOCKED(clock, round) \
	"{\"where\": \"lab\", \"clock\": \"" clock "\", \"round_ns\": " #round ", " \
	VMS(2) ", " CPU ", " ARMS REST

static void test_clock(void)
{
	static const char other_machine[] =
		"{\"machine\": {\"cpu_model\": \"B CPU\", \"cpus\": 64}}";

	/* the plain one is old and does not say: it is of real time */
	refused(CLOCKED("virtual", 2000), env_one, boots_one,
		"resolved.json: $.clock: A was measured in real time, B in virtual time");
	side(0, CLOCKED("virtual", 2000), env_one, boots_one, four_three);
	side(1, CLOCKED("virtual", 500), other_machine, boots_one, four_three);
	compare_make(&c, &sides[0].s, &sides[1].s, NULL);
	CHECK(!c.refusals.nr && find(&c.notes, "$.machine.cpu_model: \"A CPU\" in A, \"B CPU\" in B"),
	      "in virtual time another machine is worth a note only");
	CHECK(find(&c.notes, "resolved.json: $.round_ns: 2000 in A, 500 in B"),
	      "and so is another round");
	dump(&c.refusals);
	tear_down();
}

static void test_workload(void)
{
	make(EXPERIMENT("lab", VMS(2), "\"workload\": {\"name\": \"hackbench\", \"args\": [\"-l\", \"5\"]}",
			ARMS), env_one, boots_one, four_three);
	CHECK(find(&c.refusals, "$.workload.name: \"cpu\" in A, \"hackbench\" in B") &&
	      find(&c.refusals, "$.workload.args: [] in A, [\"-l\",\"5\"] in B"),
	      "another workload: all that differs is said");
	dump(&c.refusals);
	tear_down();
}

static void test_notes(void)
{
	make(EXPERIMENT("lab", VMS(2), CPU,
			"\"seed\": 7, \"arms\": [{\"name\": \"urgent\", \"kernel\": \"vhint\", \"policy\": \"null\", \"hints\": true},"
			" {\"name\": \"off\", \"kernel\": \"vhint\"}]"),
	     "{\"kit\": {\"git_sha\": \"9923456789012345678901234567890123456789\", \"git_dirty\": true},"
	     " \"machine\": {\"cpu_model\": \"A CPU\", \"cpus\": 2}}",
	     "[{\"kernel\": \"vhint\", \"host\": {\"cpu\": {\"model\": \"EPYC\"}, \"sched\": {"
	     " \"base_slice_ns\": 75000000, \"features\": \"ONE TWO VHINT\"}}}]", four_three);
	dump(&c.notes);
	CHECK(!c.refusals.nr && c.nr_cmps == 7, "the one arm of that name is compared");
	CHECK(find(&c.notes, "resolved.json: $.arms[1].policy: \"urgent\" in A, \"null\" in B"),
	      "another policy under the arm's name");
	CHECK(find(&c.notes, "arm stock is in A only") && find(&c.notes, "arm off is in B only"),
	      "arms of one side");
	CHECK(find(&c.notes, "$.kit.git_sha: \"012345678901...\" in A, \"992345678901...\" in B"),
	      "another commit");
	CHECK(find(&c.notes, "B was made from a tree with changes"), "a tree that is not clean");
	CHECK(find(&c.notes, "resolved.json: $.seed: 1 in A, 7 in B"), "another seed");
	CHECK(find(&c.notes, "$.host.sched.features: \"ONE NO_TWO VHINT\" in A, \"ONE TWO VHINT\" in B"),
	      "features of hosts with the same kernel");
	CHECK(find(&c.notes, "base_slice_ns: median over the boots is 65 ms in A, 75 ms in B"),
	      "a slice that differs somewhat");
	CHECK(headline("urgent")->verdict == STAT_WORSE, "B's urgent, by name and not by number");
	tear_down();
}

int main(void)
{
	ktap_begin();
	test_same();
	test_better();
	test_control();
	test_refused();
	test_clock();
	test_workload();
	test_notes();
	return ktap_end();
}
