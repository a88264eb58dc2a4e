// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's side of the protocol: bytes to lines, lines to orders, what an order means in
 * which state, and events to lines; also how the guest's own counters are read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

/* These are in the guest's runner, not in the driver. */
#include "ktap.h"
#include "workload/runner_proto.c"
#include "workload/runner_pv.c"
#include "workload/runner_view.c"

int sys_read_file(const char *path, char *buf, size_t len)
{
	return -1;	/* only the pure parts are tested here */
}

static char lines[1024];
static int nr_lines;

static void collect(const char *text, void *data)
{
	size_t used = strlen(lines);

	nr_lines++;
	snprintf(lines + used, sizeof(lines) - used, "%.100s|", text ? text : "(too long)");
}

static void feed(const char *what, const char *const chunks[], const char *wanted)
{
	static struct proto_input in;
	int i;

	memset(&in, 0, sizeof(in));
	lines[0] = '\0';
	nr_lines = 0;
	for (i = 0; chunks[i]; i++)
		proto_feed(&in, chunks[i], strlen(chunks[i]), collect, NULL);
	CHECK(!strcmp(lines, wanted), "%s: %s", what, lines);
}

static void test_feed(void)
{
	static struct proto_input in;
	static char much[PROTO_LINE_MAX];
	int i;

	feed("one line", (const char *[]){ "abc\n", NULL }, "abc|");
	feed("two in one", (const char *[]){ "a\nb\n", NULL }, "a|b|");
	feed("in parts", (const char *[]){ "a", "b", "c\nd", "e\n", NULL }, "abc|de|");
	feed("without an end", (const char *[]){ "a\nbc", NULL }, "a|");
	feed("empty ones", (const char *[]){ "\n\na\n\n", NULL }, "a|");

	lines[0] = '\0';
	memset(much, 'x', sizeof(much));
	for (i = 0; i < 3; i++)
		proto_feed(&in, much, sizeof(much), collect, NULL);
	proto_feed(&in, "\nok\n", 4, collect, NULL);
	CHECK(!strcmp(lines, "(too long)|ok|"), "one that is too long, then a good one: %s", lines);
	lines[0] = '\0';
	proto_feed(&in, much, sizeof(much) - 1, collect, NULL);
	proto_feed(&in, "\n", 1, collect, NULL);
	CHECK(lines[0] == 'x', "the longest that fits");
}

static void refuse(const char *line, int run, const char *wanted)
{
	struct proto_order o;
	char msg[256] = "";
	int err = proto_parse(&o, line, msg, sizeof(msg));

	CHECK(err && o.run == run && !o.nr_args && !strcmp(msg, wanted), "refused: %s", msg);
}

static void test_parse_good(void)
{
	struct proto_order o;
	char msg[256];
	int err;

	err = proto_parse(&o, "{\"cmd\":\"prepare\",\"run\":7,\"workload\":\"hackbench\","
			  "\"args\":[\"-g\",\"2\"],\"hints\":true}\r", msg, sizeof(msg));
	CHECK(!err && o.cmd == CMD_PREPARE && o.run == 7 && o.hints && o.nr_args == 2 &&
	      !strcmp(o.workload, "hackbench") && !strcmp(o.args[1], "2"), "prepare");
	proto_release(&o);
	err = proto_parse(&o, " {\"run\":8,\"workload\":\"ipi\",\"cmd\":\"prepare\",\"x\":[]} ", msg,
			  sizeof(msg));
	CHECK(!err && !o.hints && !o.nr_args, "what is left out is off; what is new is ignored");
	err = proto_parse(&o, "{\"cmd\":\"go\",\"run\":0,\"keep\":true}", msg, sizeof(msg));
	CHECK(!err && o.cmd == CMD_GO && o.run == 0 && o.keep, "go");
	err = proto_parse(&o, "{\"cmd\":\"stop\",\"run\":2147483647}", msg, sizeof(msg));
	CHECK(!err && o.cmd == CMD_STOP && o.run == 2147483647, "stop");
	err = proto_parse(&o, "{\"cmd\":\"poweroff\"}", msg, sizeof(msg));
	CHECK(!err && o.cmd == CMD_POWEROFF, "poweroff needs no run");
}

static void test_parse_bad(void)
{
	char line[2048] = "{\"cmd\":\"prepare\",\"run\":1,\"workload\":\"ipi\",\"args\":[";
	int i;

	refuse("hello", -1, "not JSON: unexpected character at column 1 of 'hello'");
	refuse("{\"cmd\":\"go\"", -1,
	       "not JSON: unexpected end of data at column 12 of '{\"cmd\":\"go\"'");
	refuse("{\"cmd\":\"go\"} {", -1,
	       "not JSON: unexpected character at column 14 of '{\"cmd\":\"go\"} {'");
	refuse("[1]", -1, "expected a JSON object, found '[1]'");
	refuse("null", -1, "expected a JSON object, found 'null'");
	refuse("{}", -1, "'cmd' is missing or not a string");
	refuse("{\"cmd\":7,\"run\":3}", 3, "'cmd' is missing or not a string");
	refuse("{\"cmd\":\"reboot\",\"run\":3}", 3,
	       "unknown cmd 'reboot', expected prepare, go, stop or poweroff");
	refuse("{\"cmd\":\"go\"}", -1, "'run' is missing or not a number from 0");
	refuse("{\"cmd\":\"go\",\"run\":-3}", -1, "'run' is missing or not a number from 0");
	refuse("{\"cmd\":\"go\",\"run\":2147483648}", -1,
	       "'run' is missing or not a number from 0");
	refuse("{\"cmd\":\"go\",\"run\":\"3\"}", -1, "'run' is missing or not a number from 0");
	refuse("{\"cmd\":\"go\",\"run\":3,\"keep\":1}", 3, "'keep' is 1, expected true or false");
	refuse("{\"cmd\":\"prepare\",\"run\":3}", 3,
	       "'workload' is missing or not a workload's name");
	refuse("{\"cmd\":\"prepare\",\"run\":3,\"workload\":"
	       "\"a-name-that-is-longer-than-any-workloads\"}", 3,
	       "'workload' is missing or not a workload's name");
	refuse("{\"cmd\":\"prepare\",\"run\":3,\"workload\":\"ipi\",\"args\":\"-g\"}", 3,
	       "'args' is not an array of at most 64 strings");
	refuse("{\"cmd\":\"prepare\",\"run\":3,\"workload\":\"ipi\",\"args\":[\"-g\",2]}", 3,
	       "'args[1]' is 2, expected a string");
	refuse("{\"cmd\":\"prepare\",\"run\":3,\"workload\":\"ipi\",\"hints\":\"on\"}", 3,
	       "'hints' is \"on\", expected true or false");
	for (i = 0; i <= WL_MAX_ARGS; i++)
		strcat(line, i ? ",\"a\"" : "\"a\"");
	strcat(line, "]}");
	refuse(line, 1, "'args' is not an array of at most 64 strings");
}

static void test_decide(void)
{
	static const enum proto_action wanted[][4] = {	/* prepare, go, stop, poweroff */
		[ST_IDLE] = { ACT_PREPARE, ACT_REFUSE, ACT_STOPPED, ACT_POWEROFF },
		[ST_PREPARING] = { ACT_REFUSE, ACT_REFUSE, ACT_STOP, ACT_POWEROFF },
		[ST_READY] = { ACT_REPLACE, ACT_GO, ACT_STOP, ACT_POWEROFF },
		[ST_RUNNING] = { ACT_REFUSE, ACT_REFUSE, ACT_STOP, ACT_POWEROFF },
		[ST_KEEPING] = { ACT_REFUSE, ACT_REFUSE, ACT_STOP, ACT_POWEROFF },
	};
	struct proto_order o = { .run = 5 };
	char msg[128];
	int s, c;

	for (s = ST_IDLE; s <= ST_KEEPING; s++) {
		for (c = CMD_PREPARE; c <= CMD_POWEROFF; c++) {
			msg[0] = '\0';
			o.cmd = c;
			CHECK(proto_decide(s, 5, &o, msg, sizeof(msg)) == wanted[s][c],
			      "state %d, %s: %s", s, cmd_names[c], msg[0] ? msg : "obeyed");
		}
	}
	o.cmd = CMD_GO;
	CHECK(proto_decide(ST_READY, 4, &o, msg, sizeof(msg)) == ACT_REFUSE &&
	      !strcmp(msg, "go of run 5: run 4 is ready"), "another run's go: %s", msg);
	o.cmd = CMD_STOP;
	CHECK(proto_decide(ST_KEEPING, 4, &o, msg, sizeof(msg)) == ACT_REFUSE &&
	      !strcmp(msg, "stop of run 5: run 4 is measured, its load goes on"),
	      "another run's stop: %s", msg);
}

static void says(char *line, const char *wanted)
{
	size_t n = strlen(line);

	CHECK(n && line[n - 1] == '\n' && n - 1 == strlen(wanted) && !memcmp(line, wanted, n - 1),
	      "event: %.*s", (int)n - 1, line);
	free(line);
}

static void test_events(void)
{
	struct proto_hints off = { false, false }, on = { true, true };
	struct proto_done done = { .run = 7, .ok = true, .elapsed_ns = 1712345678 };

	says(proto_hello("6.12.117-vhint", 2, &off, NULL),
	     "{\"event\":\"hello\",\"version\":1,\"kernel\":\"6.12.117-vhint\",\"cpus\":2,"
	     "\"hints\":{\"supported\":false,\"enabled\":false}}");
	says(proto_ready(7, &on),
	     "{\"event\":\"ready\",\"run\":7,\"hints\":{\"supported\":true,\"enabled\":true}}");
	done.result = json_object_new_object();
	says(proto_done(&done),
	     "{\"event\":\"done\",\"run\":7,\"ok\":true,\"elapsed_ns\":1712345678,\"result\":{}}");
	done.ok = false;
	done.result = NULL;
	done.message = "ipi exited with code 1";
	done.output = "first\n\nlast \x80\x01\n";
	says(proto_done(&done),
	     "{\"event\":\"done\",\"run\":7,\"ok\":false,\"elapsed_ns\":1712345678,\"result\":null,"
	     "\"message\":\"ipi exited with code 1\",\"output\":[\"first\",\"\",\"last ?" "?\"]}");
	says(proto_stopped(7, 3, 2.5),
	     "{\"event\":\"stopped\",\"run\":7,\"loops\":3,\"runnable_mean\":2.5}");
	says(proto_stopped(7, 0, NAN),
	     "{\"event\":\"stopped\",\"run\":7,\"loops\":0,\"runnable_mean\":null}");
	says(proto_error(-1, "a/b \"c\" \xc3\n"),
	     "{\"event\":\"error\",\"run\":null,\"message\":\"a/b \\\"c\\\" ?\"}");
	CHECK(!strcmp(proto_tail("1\n2\n3\n", 2), "2\n3\n"), "the last two lines");
	CHECK(!strcmp(proto_tail("1\n2", 5), "1\n2"), "fewer lines than asked for");
	CHECK(!strcmp(proto_tail("", 5), ""), "none");
}

static void test_view(void)
{
	static struct view a, b;
	char text[] = "written 5\nskipped: 7\nnot a counter\nratio 0.5\nnegative -3\n";
	char number[] = "41\n", later[] = "written 9\nskipped: 7\n";
	struct json_object *o;

	view_parse_stat(&a, "cpu  1 2 3 4 5 6 7 88 9 0\ncpu0 1 2\nctxt 1234\nbtime 5\n");
	CHECK(a.steal_ticks == 88 && a.context_switches == 1234, "/proc/stat");
	view_parse_stat(&b, "cpu  1 2 3 4\nbtime 5\n");
	CHECK(b.steal_ticks == -1 && b.context_switches == -1, "/proc/stat of something old");

	view_parse_counters(&a, "file", text);
	view_parse_counters(&a, "file", number);
	CHECK(a.nr_counters == 3 && !strcmp(a.counters[1].name, "skipped") &&
	      a.counters[1].value == 7 && !strcmp(a.counters[2].name, "file") &&
	      a.counters[2].value == 41, "counters, in lines and in a file of its own");
	view_parse_counters(&b, "file", later);
	b.steal_ticks = 188;
	a.runnable_ns = -1;
	o = view_diff(&a, &b);
	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "{\"steal_s\":1.0,\"context_switches\":null,"
		      "\"runnable_mean\":null,\"hints\":{\"written\":4,\"skipped\":0}}"),
	      "differences: %s", json_object_to_json_string(o));
	json_object_put(o);
}

static void test_runnable(void)
{
	static struct view a = { .monotonic_ns = 1000 }, b = { .monotonic_ns = 3000 };

	view_parse_schedstat(&a, "version 16\ntimestamp 5\ncpu0 0 0 9 9 9 9 100 20 3\n"
			     "domain0 3 1 2 3\ncpu1 0 0 9 9 9 9 200 30 3\n");
	CHECK(a.runnable_ns == 350, "/proc/schedstat: running and waiting, of all CPUs");
	view_parse_schedstat(&b, "version 16\ntimestamp 5\ncpu0 0 0 9 9 9 9 5350 0 3\n");
	CHECK(view_runnable(&a, &b) == 2.5, "two and a half tasks on average");
	CHECK(isnan(view_runnable(&b, &a)), "nothing from a counter that went backwards");
	view_parse_schedstat(&b, "version 99\ncpu0 5\n");
	CHECK(b.runnable_ns == -1 && isnan(view_runnable(&a, &b)), "another format: not known");
	view_parse_schedstat(&b, "");
	CHECK(b.runnable_ns == -1, "no such file: not known");
}

static void test_paravirt(void)
{
	char log[] = "[ 0.1] Linux version 6\n[ 0.2] kvm-guest: PV spinlocks enabled\n"
		     "[ 0.3] kvm-clock: using sched offset of 1 cycles\n";
	struct json_object *o = pv_features(1u << 5 | 1u << 7 | 1u << 18 | 1u << 30);

	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "[\"steal-time\",\"pv-unhalt\",\"vhint\",\"bit30\"]"),
	      "paravirtual features by name: %s", json_object_to_json_string(o));
	json_object_put(o);
	o = pv_messages(log);
	CHECK(json_object_array_length(o) == 2 &&
	      !strcmp(json_object_get_string(json_object_array_get_idx(o, 0)),
		      "kvm-guest: PV spinlocks enabled"), "what the kernel says it uses");
	json_object_put(o);
}

int main(void)
{
	ktap_begin();
	test_feed();
	test_parse_good();
	test_parse_bad();
	test_decide();
	test_events();
	test_paravirt();
	test_view();
	test_runnable();
	return ktap_end();
}
