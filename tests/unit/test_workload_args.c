// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of workloads, what their arguments may be, and what is made of their output.
 */
#include <string.h>

#include <json-c/json.h>

#include "ktap.h"
#include "workload/workloads.h"

#define ARGS(...) ((char *[]){ __VA_ARGS__ }), (sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *))

static int check(const char *name, char **argv, int argc, char *msg, size_t len)
{
	msg[0] = '\0';
	return workload_find(name)->check(argc, argv, msg, len);
}

static void good(const char *name, char **argv, int argc)
{
	char msg[256];
	int err = check(name, argv, argc, msg, sizeof(msg));

	CHECK(!err, "%s takes %d arguments from '%s'%s%s", name, argc, argc ? argv[0] : "",
	      err ? ": " : "", msg);
}

static void bad(const char *name, char **argv, int argc, const char *wanted)
{
	char msg[256];
	int err = check(name, argv, argc, msg, sizeof(msg));

	CHECK(err == -1 && !strcmp(msg, wanted), "%s refuses: %s", name, msg);
}

static void test_list(void)
{
	const struct workload *const *w;
	int complete = 1, sorted = 1, metrics = 1, i;
	char names[128], small[8];

	for (w = workloads; *w; w++) {
		if (!(*w)->name || !(*w)->summary || !(*w)->args_help || !(*w)->check ||
		    !(*w)->result || workload_find((*w)->name) != *w)
			complete = 0;
		if (w > workloads && strcmp(w[-1]->name, w[0]->name) >= 0)
			sorted = 0;
		for (i = 0; i < (*w)->nr_metrics; i++)
			metrics &= (*w)->metrics[i].better != BETTER_NONE;
	}
	CHECK(complete, "every workload is complete and found by its name");
	CHECK(sorted, "the list is sorted");
	CHECK(metrics, "every metric says which way is better");
	CHECK(!workload_find("hackbenc") && !workload_find(""), "others are not found");
	CHECK(!strcmp(workload_names(names, sizeof(names)), "cpu, hackbench, ipi, publish"),
	      "names: %s", names);
	CHECK(strlen(workload_names(small, sizeof(small))) < sizeof(small), "cut where it must be");
}

static void test_hackbench(void)
{
	char *many[WL_MAX_ARGS + 1];
	int i;

	good("hackbench", ARGS("-g", "2", "-l", "600"));
	good("hackbench", ARGS("-g2", "-pT", "--loops=10", "--datasize", "512", "-f", "4"));
	good("hackbench", ARGS("--inet", "--fifo", "--process"));
	good("hackbench", NULL, 0);
	bad("hackbench", ARGS("-g", "0"),
	    "-g (--groups) is '0', expected a whole number from 1 to 1000");
	bad("hackbench", ARGS("-g", "2x"),
	    "-g (--groups) is '2x', expected a whole number from 1 to 1000");
	bad("hackbench", ARGS("-l", "99999999999999999999"),
	    "-l (--loops) is '99999999999999999999', expected a whole number from 1 to 100000000");
	bad("hackbench", ARGS("-s", ""),
	    "-s (--datasize) is '', expected a whole number from 1 to 1048576");
	bad("hackbench", ARGS("-g", "1", "-x"), "unknown option '-x'");
	bad("hackbench", ARGS("-px"), "unknown option '-x'");
	bad("hackbench", ARGS("--grups=2"), "unknown option '--grups=2'");
	bad("hackbench", ARGS("--pipe=2"), "bad option '--pipe=2': it takes no value");
	bad("hackbench", ARGS("-h"), "unknown option '-h'");
	bad("hackbench", ARGS("-g"), "option '-g' needs a value");
	bad("hackbench", ARGS("--groups"), "option '--groups' needs a value");
	bad("hackbench", ARGS("-g", "1", "extra", "-p"),
	    "unexpected word 'extra', expected options only");
	bad("hackbench", ARGS("-g", "1", "--", "-p"),
	    "unexpected word '-p', expected options only");
	for (i = 0; i <= WL_MAX_ARGS; i++)
		many[i] = "-p";
	good("hackbench", many, WL_MAX_ARGS);
	bad("hackbench", many, WL_MAX_ARGS + 1, "65 arguments, expected at most 64");
}

static void test_ours(void)
{
	good("ipi", ARGS("--calls", "2000"));
	good("ipi", ARGS("--calls", "10", "--work", "0"));
	bad("ipi", ARGS("--work", "-1"),
	    "--work is '-1', expected a whole number from 0 to 1000000");
	good("ipi", NULL, 0);
	bad("ipi", ARGS("--calls", "-1"),
	    "--calls is '-1', expected a whole number from 1 to 100000000");
	good("publish", ARGS("--pairs", "3", "--passes", "50"));
	bad("publish", ARGS("--pairs", "0"),
	    "--pairs is '0', expected a whole number from 1 to 10000");
	bad("ipi", ARGS("--call", "1", "2"), "unexpected word '2', expected options only");
	good("cpu", ARGS("--mrounds=5"));
	bad("cpu", ARGS("--mrounds=5.5"),
	    "--mrounds is '5.5', expected a whole number from 1 to 1000000");
}

static void result(const char *name, const char *output, int wanted_err, const char *wanted)
{
	struct json_object *o = json_object_new_object();
	char msg[256] = "";
	const char *got;
	int err;

	err = workload_find(name)->result(output, o, msg, sizeof(msg));
	got = err ? msg : json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	CHECK(err == wanted_err && !strcmp(got, wanted), "%s's output gives: %s", name, got);
	json_object_put(o);
}

static void test_results(void)
{
	result("hackbench", "Running in process mode with 1 groups\nTime: 0.125\n", 0,
	       "{\"hackbench_s\":0.125}");
	result("hackbench", "Running\n", -1, "hackbench ended without a line 'Time: SECONDS'");
	result("hackbench", "Time: soon\n", -1, "hackbench ended without a line 'Time: SECONDS'");
	result("hackbench", "", -1, "hackbench ended without a line 'Time: SECONDS'");
	result("ipi", "noise\n{\"calls\":3,\"ipis_seen\":null}\n\n", 0,
	       "{\"calls\":3,\"ipis_seen\":null}");
	result("ipi", "[1]\n", -1, "the last line of output is not a JSON object (another type)");
	result("cpu", "{\"mrounds\":3}\nnoise", -1,
	       "the last line of output is not a JSON object (null expected)");
}

int main(void)
{
	ktap_begin();
	test_list();
	test_hackbench();
	test_ours();
	test_results();
	return ktap_end();
}
