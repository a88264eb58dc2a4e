// SPDX-License-Identifier: GPL-2.0-only
/*
 * Experiment files: what is read from a good one, and what is said of a bad one.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpulist.h"
#include "base/json.h"
#include "experiment/experiment.h"
#include "experiment/keys.h"
#include "experiment/override.h"
#include "ktap.h"

#define ARMS "\"arms\":[{\"name\":\"a\",\"kernel\":\"stock\"},{\"name\":\"b\",\"kernel\":\"vhint\"}]"
#define WORK "\"workload\":{\"name\":\"cpu\"}"
#define VMS "\"vms\":[{\"count\":2}]"

static struct experiment e;
static struct vh_err err;

/* Loads @text as a file would be; 0 or -1. */
static int load(const char *text, json_object *over)
{
	char path[] = "/tmp/vhint-test-XXXXXX";
	int fd = mkstemp(path), ret;
	FILE *f = fdopen(fd, "w");

	fputs(text, f);
	fclose(f);
	memset(&err, 0, sizeof(err));
	ret = exp_load_with(&e, path, over, &err);
	remove(path);
	return ret;
}

static void test_defaults(void)
{
	CHECK(!load("{" VMS "," WORK "," ARMS "}", NULL), "the smallest file: %s", err.msg);
	CHECK(e.cpus == 2 && e.memory_mib == 3072 && e.repetitions == 10 && e.warmup == 1 &&
	      e.boots == 4 && e.timeout_s == 120 && e.seed == 1, "numbers have their defaults");
	CHECK(e.nr_vms == 2 && !strcmp(e.vms[0].name, "vm1") && !strcmp(e.vms[1].name, "vm2"),
	      "a count above one numbers the names");
	CHECK(e.vms[0].pins[0] == 6 && e.vms[1].pins[1] == 6, "every vCPU may run on CPUs 1 and 2");
	CHECK(e.baseline == 0 && e.nr_arms == 2 && !e.arms[0].hints &&
	      !strcmp(e.arms[1].policy, "none"), "arms have their defaults");
	CHECK(e.nr_metrics == 4 && !strcmp(e.metrics[3], "boosts"), "metrics, too");
	CHECK(!strcmp(jget_str(e.resolved, "baseline", ""), "a"), "resolved has derived defaults");
	exp_free(&e);
}

static void test_values(void)
{
	static const char text[] =
		"{\"machine\":{\"cpus\":4},\"vms\":[{\"name\":\"x\",\"vcpus\":2,\"pins\":[\"1\",\"2-3,4\"]},"
		"{\"name\":\"y\",\"memory_mib\":500,\"kernel_args\":\"quiet\"}],"
		"\"workload\":{\"name\":\"hackbench\",\"args\":[\"-g\",\"2\"]},"
		ARMS ",\"baseline\":\"b\",\"repetitions\":1}";
	json_object *copy;

	CHECK(!load(text, NULL), "another file: %s", err.msg);
	CHECK(e.nr_vms == 2 && !strcmp(e.vms[0].name, "x"), "one of a kind keeps its name");
	CHECK(e.vms[0].pins[0] == 2 && e.vms[0].pins[1] == 0x1c, "pins");
	CHECK(e.nr_args == 2 && !strcmp(e.args[1], "2"), "arguments");
	CHECK(e.baseline == 1 && e.boots == 1, "the baseline; one repetition, one boot");
	copy = json_object_get(e.resolved);
	exp_free(&e);
	CHECK(!exp_from_json(&e, copy, "again", &err), "resolved JSON can be read: %s", err.msg);
	CHECK(!strcmp(e.name, "again") && e.vms[1].memory_mib == 500 &&
	      !strcmp(e.vms[1].kernel_args, "quiet") && json_object_equal(copy, e.resolved),
	      "and gives the same");
	exp_free(&e);
	json_object_put(copy);
}

#define SMALL(more) "{" VMS "," WORK "," ARMS more "}"

/* A host has what memory it has; that of the emulated one is the file's to say. */
static void test_memory(void)
{
	CHECK(load(SMALL(",\"where\":\"lab\",\"machine\":{\"memory_mib\":1024}"), NULL) &&
	      strstr(err.msg, "the emulated host needs 512 for itself"), "%s", err.msg);
	CHECK(!load(SMALL(",\"where\":\"host\",\"machine\":{\"memory_mib\":1024}"), NULL),
	      "on a host it does not matter: %s", err.msg);
	exp_free(&e);
}

/* Which clock an experiment is of, be it new, old or on a host. */
static void test_clock(void)
{
	json_object *o;

	CHECK(!load(SMALL(",\"where\":\"lab\""), NULL) && exp_virtual(&e) && e.round_ns == 2000,
	      "virtual time, in rounds of 2000 ns, unless the file says otherwise");
	CHECK(exp_boot_seed(&e, 0) != exp_boot_seed(&e, 1) &&
	      exp_boot_seed(&e, 1) == exp_boot_seed(&e, 1), "boots differ, and can be repeated");
	o = json_object_new_object();
	exp_put_clock(&e, o);
	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "{\"clock\":\"virtual\",\"round_ns\":2000,\"seed\":1}"), "on record");
	json_object_put(o);
	exp_free(&e);
	CHECK(!load(SMALL(",\"where\":\"lab\",\"clock\":\"real\",\"round_ns\":500"), NULL) &&
	      !exp_virtual(&e) && !strcmp(e.clock, "real") && !e.round_ns,
	      "real time has no rounds");
	exp_free(&e);
	CHECK(!load(SMALL(",\"where\":\"host\",\"clock\":\"virtual\""), NULL) && !*e.clock &&
	      !e.round_ns && !json_object_object_get(e.resolved, "clock"),
	      "a host has its own clock");
	o = json_object_new_object();
	exp_put_clock(&e, o);
	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "{\"clock\":null,\"round_ns\":null,\"seed\":1}"), "null on record");
	json_object_put(o);
	exp_free(&e);
	o = json_tokener_parse(SMALL(",\"where\":\"lab\",\"kit_root\":\"/k\""));
	CHECK(!exp_from_json(&e, o, NULL, &err) && !strcmp(e.clock, "real") && !e.round_ns,
	      "a folder that says nothing of it is old, and so of real time");
	exp_free(&e);
	json_object_put(o);
}

static void test_bad(void)
{
	static const struct { const char *text, *say; } t[] = {
		{ "{" VMS "," WORK "," ARMS ",\"repetition\":3}",
		  "$.repetition: unknown key; did you mean \"repetitions\"?" },
		{ "{\"vms\":[{\"vcpu\":2}]," WORK "," ARMS "}",
		  "$.vms[0].vcpu: unknown key; did you mean \"vcpus\"?" },
		{ "{" VMS "," WORK "," ARMS ",\"zzz\":3}", "$.zzz: unknown key (known here: schema, " },
		{ "{" VMS "," WORK "," ARMS ",\"vms[].name\":3}", "$.vms[].name: unknown key" },
		{ "{" VMS "," WORK "," ARMS ",\"plan\":{}}", "$.plan: unknown key" },
		{ "{" VMS "," WORK "," ARMS ",\"repetitions\":\"ten\"}",
		  "$.repetitions: wrong type: found \"ten\" (a string), expected a whole number from 1 to 1000" },
		{ "{" VMS "," WORK "," ARMS ",\"repetitions\":2.5}",
		  "$.repetitions: wrong type: found 2.5 (a number with a fraction or exponent)" },
		{ "{" VMS "," WORK "," ARMS ",\"repetitions\":0}",
		  "$.repetitions: out of range: found 0, expected a whole number from 1 to 1000" },
		{ "{" VMS "," WORK "," ARMS ",\"seed\":99999999999999999999999}",
		  "$.seed: out of range" },
		{ "{" VMS "," WORK "}", "$.arms: missing: expected an array of 1 to 8 objects" },
		{ "{\"vms\":[]," WORK "," ARMS "}", "$.vms: out of range: found an array of 0" },
		{ "{\"vms\":[3]," WORK "," ARMS "}", "$.vms[0]: wrong type: found 3" },
		{ "{" VMS ",\"workload\":{\"name\":\"hackbensh\"}," ARMS "}",
		  "$.workload.name: unknown workload \"hackbensh\"; did you mean \"hackbench\"?" },
		{ "{" VMS ",\"workload\":{\"name\":\"hackbench\",\"args\":[\"--wrong\"]}," ARMS "}",
		  "$.workload.args: hackbench: " },
		{ "{\"vms\":[{\"template\":\"defalt\"}]," WORK "," ARMS "}",
		  "$.vms[0].template: unknown template \"defalt\"; did you mean \"default\"?" },
		{ "{" VMS "," WORK ",\"arms\":[{\"name\":\"a\",\"kernel\":\"stok\"}]}",
		  "$.arms[0].kernel: unknown kernel \"stok\"; did you mean \"stock\"?" },
		{ "{" VMS "," WORK ",\"arms\":[{\"name\":\"a\",\"kernel\":\"vhint\",\"policy\":\"urgnet\"}]}",
		  "$.arms[0].policy: unknown policy \"urgnet\"; did you mean \"urgent\"?" },
		{ "{" VMS "," WORK ",\"arms\":[{\"name\":\"a\",\"kernel\":\"stock\",\"policy\":\"null\"}]}",
		  "$.arms[0].policy: found \"null\", but kernel stock has no hooks" },
		{ "{" VMS "," WORK ",\"arms\":[{\"name\":\"a\",\"kernel\":\"stock\",\"hints\":true}]}",
		  "$.arms[0].hints: found true, but kernel stock cannot" },
		{ "{" VMS "," WORK ",\"arms\":[{\"name\":\"a\",\"kernel\":\"stock\"},{\"name\":\"a\",\"kernel\":\"vhint\"}]}",
		  "$.arms[1].name: a second arm called \"a\"" },
		{ "{" VMS "," WORK ",\"arms\":[{\"name\":\"A b\",\"kernel\":\"stock\"}]}",
		  "$.arms[0].name: found \"A b\", expected a string that matches" },
		{ "{" VMS "," WORK "," ARMS ",\"baseline\":\"c\"}",
		  "$.baseline: there is no arm called \"c\"" },
		{ "{" VMS "," WORK "," ARMS ",\"metrics\":[\"exit\"]}",
		  "$.metrics[0]: unknown metric \"exit\"; did you mean \"exits\"?" },
		{ "{" VMS "," WORK "," ARMS ",\"metrics\":[\"exits\",\"exits\"]}",
		  "$.metrics[1]: \"exits\" is there twice" },
		{ "{" VMS "," WORK "," ARMS ",\"boots\":11}", "$.boots: out of range: found 11" },
		{ "{\"vms\":[{\"vcpus\":2,\"pins\":[\"1\",\"2\",\"1\"]}]," WORK "," ARMS "}",
		  "$.vms[0].pins: found 3 pins, expected one for each of the 2 vCPUs" },
		{ "{\"vms\":[{\"vcpus\":1,\"pins\":[\"3\"]}]," WORK "," ARMS "}",
		  "$.vms[0].pins[0]: found \"3\", but the machine has CPUs 1 to 2 only" },
		{ "{\"vms\":[{\"vcpus\":1,\"pins\":[\"0-1\"]}]," WORK "," ARMS "}",
		  "$.vms[0].pins[0]: found \"0-1\": no vCPU may run on CPU 0" },
		{ "{\"vms\":[{\"vcpus\":1,\"pins\":[\"2-1\"]}]," WORK "," ARMS "}",
		  "$.vms[0].pins[0]: found \"2-1\", expected a list of CPUs" },
		{ "{\"vms\":[{\"vcpus\":1,\"pins\":[1]}]," WORK "," ARMS "}",
		  "$.vms[0].pins[0]: wrong type: found 1 (a whole number), expected a string" },
		{ "{\"where\":\"lab\",\"vms\":[{\"memory_mib\":3000}]," WORK "," ARMS "}",
		  "$.machine.memory_mib: out of range: found 3072, but the VMs have 3000 MiB" },
		{ "{\"vms\":[{\"name\":\"a\"},{\"name\":\"a\"}]," WORK "," ARMS "}",
		  "$.vms[1].name: a second VM called \"a\"" },
		{ "{\"vms\":[{\"count\":16},{\"name\":\"b\"}]," WORK "," ARMS "}",
		  "$.vms[1].count: out of range: more than 16 VMs" },
		{ "{\"where\":\"labb\"," VMS "," WORK "," ARMS "}",
		  "$.where: unknown place \"labb\"; did you mean \"lab\"?" },
		{ SMALL(",\"clock\":\"virtul\""),
		  "$.clock: unknown clock \"virtul\"; did you mean \"virtual\"? (known: virtual, real)" },
		{ SMALL(",\"round_ns\":0"),
		  "$.round_ns: out of range: found 0, expected a whole number from 1 to 1000000" },
		{ SMALL(",\"round_ns\":1000001"), "$.round_ns: out of range: found 1000001" },
		{ "{\"schema\":2," VMS "," WORK "," ARMS "}", "$.schema: out of range: found 2" },
		{ "{\"title\":\"a\\u0000b\"," VMS "," WORK "," ARMS "}",
		  "$.title: the string holds a NUL" },
		{ "[]", "found [] (an array), expected an object" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int ret = load(t[i].text, NULL);

		CHECK(ret && err.code == VH_BAD_EXPERIMENT && strstr(err.msg, t[i].say), "%.*s",
		      ret ? (int)strcspn(err.msg, "\n") : 12, ret ? err.msg : "was accepted");
		if (!ret)
			exp_free(&e);
	}
}

static void test_all_at_once(void)
{
	CHECK(load("{\"a\":1,\"b\":1," VMS "," WORK "," ARMS ",\"seed\":\"x\"}", NULL) &&
	      strstr(err.msg, "$.a: ") && strstr(err.msg, "$.b: ") && strstr(err.msg, "$.seed: "),
	      "all mistakes are told at once");
	CHECK(load("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1}",
		   NULL) && strstr(err.msg, "more mistakes"), "but not without end");
}

static void test_broken(void)
{
	static const struct { const char *text, *say; } t[] = {
		{ "{\n  \"seed\": 1,,\n}", ":2:13: broken JSON: " },
		{ "{\n\t\"seed\": tru }", ":2:13: broken JSON: " },
		{ "", ":1:1: broken JSON: the text ends too early" },
		{ "{ \"seed\": 1", "broken JSON: the text ends too early" },
		{ "{} {}", ":1:4: broken JSON: " },
		{ "{ /* why */ }", ":1:3: broken JSON: comments are not JSON" },
		{ "{ \"seed\": 1, }", "broken JSON: " },
		{ "{ \"title\": \"\xff\" }", "broken JSON: " },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		CHECK(load(t[i].text, NULL) && err.code == VH_BAD_EXPERIMENT &&
		      strstr(err.msg, t[i].say), "broken: %.*s", (int)strcspn(err.msg, "\n"),
		      err.msg);
	CHECK(load("{\n  \"seed\": 1,,\n}", NULL) && strstr(err.msg, "      \"seed\": 1,,\n                ^"),
	      "the line is shown with a caret");
	CHECK(exp_load(&e, "/nonexistent.json", &err) && err.code == VH_BAD_EXPERIMENT &&
	      !strcmp(err.msg, "/nonexistent.json: no such file"), "%s", err.msg);
	CHECK(exp_load(&e, "/", &err) && strstr(err.msg, "a directory"), "%s", err.msg);
}

static void test_override(void)
{
	json_object *over = json_object_new_object();
	static const char text[] = "{" VMS "," WORK "," ARMS ",\"boots\":4,\"baseline\":\"a\"}";

	CHECK(!exp_override_set(over, "repetitions", "3", &err) &&
	      !exp_override_set(over, "arms", "b", &err), "options are taken");
	CHECK(exp_override_set(over, "seed", "x1", &err) && err.code == VH_BAD_USAGE &&
	      strstr(err.msg, "--seed: found \"x1\", expected a whole number"), "%s", err.msg);
	CHECK(exp_override_set(over, "warmup", "101", &err), "%s", err.msg);
	CHECK(exp_override_set(over, "where", "hots", &err) &&
	      strstr(err.msg, "did you mean \"host\"?"), "%s", err.msg);
	CHECK(!load(text, over), "and applied: %s", err.msg);
	CHECK(e.repetitions == 3 && e.boots == 3, "fewer repetitions, not more boots than those");
	CHECK(e.nr_arms == 1 && !strcmp(e.arms[0].name, "b") && e.baseline == 0,
	      "one arm is left, and is the baseline");
	exp_free(&e);
	json_object_object_add(over, "arms", json_object_new_string("a,x"));
	CHECK(load(text, over) && err.code == VH_BAD_USAGE &&
	      strstr(err.msg, "--arms: the experiment has no arm \"x\""), "%s", err.msg);
	json_object_object_add(over, "arms", json_object_new_string("a,a"));
	CHECK(load(text, over) && err.code == VH_BAD_USAGE, "%s", err.msg);
	json_object_put(over);
}

static void test_cpulist(void)
{
	static const char *const bad[] = { "", "-", "1-", "-1", "2-1", "1,", ",1", "a", "1 2", "64" };
	uint64_t m;
	size_t i;

	CHECK(!cpulist_parse("1-3,5", &m) && m == 0x2e, "1-3,5");
	CHECK(!cpulist_parse("63", &m) && m == UINT64_C(1) << 63, "63");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(cpulist_parse(bad[i], &m), "\"%s\" is no list of CPUs", bad[i]);
}

/* Each row says all that the schema, the parser and the documentation need. */
static void test_table(void)
{
	int i, ok = 1;

	for (i = 0; i < nr_exp_keys; i++) {
		const struct exp_key *k = &exp_keys[i];
		int ways = !!k->dflt + !!k->derived + !!k->needed;

		if (!k->internal && strcmp(k->path, "$schema") && ways != 1) {
			printf("# %s: %d ways to get a value\n", k->path, ways);
			ok = 0;
		}
		if (!k->doc || exp_key_find(k->path) != k) {
			printf("# %s: no words, or twice\n", k->path);
			ok = 0;
		}
	}
	CHECK(ok, "each key has a meaning, and is needed or has a default");
}

/* A value that the table lets through fits where the table keeps it. */
static void test_members(void)
{
	int i, small = 0;

	for (i = 0; i < nr_exp_keys; i++) {
		const struct exp_key *k = &exp_keys[i];

		if ((k->store == STORE_TEXT && k->max >= (int64_t)k->size) ||
		    (k->store == STORE_INT && k->max > INT_MAX) ||
		    (k->store == STORE_BOOL) != (k->type == KEY_BOOL) ||
		    (k->store == STORE_TEXT && k->type != KEY_STRING) ||
		    (k->store == STORE_DOUBLE) != (k->type == KEY_NUMBER) ||
		    (k->store && !k->size)) {
			printf("# %s: does not fit\n", k->path);
			small++;
		}
	}
	CHECK(!small, "members hold all that the table lets through");
}

static void test_store(void)
{
	struct exp_arm arm = { .policy = "left over" };
	struct experiment x = { .warmup = 77 };
	json_object *o;

	o = json_tokener_parse("{'title':'T','machine':{'cpus':5,'memory_mib':2048},'seed':9007199254740991,"
			       "'trace':true,'repetitions':3,'equivalence_margin':2.5,'workload':{'name':'ipi'},'arms':[{'name':'no'}]}");
	exp_keys_store(&x, "", o);
	CHECK(!strcmp(x.title, "T") && x.repetitions == 3 && x.trace && !x.perf &&
	      x.equivalence_margin == 2.5,
	      "text, number and flag are in their members");
	CHECK(x.seed == UINT64_C(9007199254740991), "a seed of 53 bits is whole");
	CHECK(x.cpus == 5 && x.memory_mib == 2048 && !strcmp(x.workload, "ipi"),
	      "members of an object belong to what the object is in");
	CHECK(x.warmup == 77 && !x.nr_arms && !*x.arms[0].name,
	      "what is not there stays, and elements are left alone");
	json_object_put(o);
	o = json_tokener_parse("{'name':'a','kernel':'vhint','policy':'null','hints':true}");
	exp_keys_store(&arm, "arms[]", o);
	CHECK(!strcmp(arm.name, "a") && !strcmp(arm.kernel, "vhint") &&
	      !strcmp(arm.policy, "null") && arm.hints, "an element has members of its own");
	json_object_put(o);
}

static void test_options(void)
{
	struct option opts[64];
	char text[4096], value[32], *line, *save;
	FILE *f = fmemopen(text, sizeof(text), "w");
	int i, n = exp_options(opts, 64, 'o'), wide = 0;

	CHECK(n > 5 && !exp_option(n) && exp_option(n - 1), "the options have an end");
	for (i = 0; i < n; i++)
		CHECK(exp_key_find(opts[i].name) == exp_option(i) && opts[i].val == 'o' &&
		      opts[i].has_arg == required_argument, "--%s is a key", opts[i].name);
	CHECK(exp_options(opts, 2, 'o') == 2, "no more than there is room for");
	CHECK(!strcmp(exp_option_value(exp_key_find("clock"), value, sizeof(value)), "CLOCK"),
	      "a name's value is called %s", value);
	exp_options_usage(f);
	fclose(f);
	CHECK(strstr(text, "\n  --repetitions N  measured runs of each arm\n"), "one line each");
	CHECK(strstr(text, "  --arms A,B       only these arms, in this order\n"), "own words");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		wide += strlen(line) > 96;
	CHECK(!wide, "%d lines are too wide", wide);
}

int main(void)
{
	ktap_begin();
	test_defaults();
	test_values();
	test_memory();
	test_clock();
	test_bad();
	test_all_at_once();
	test_broken();
	test_override();
	test_cpulist();
	test_table();
	test_members();
	test_store();
	test_options();
	return ktap_end();
}
