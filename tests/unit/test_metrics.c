// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of metrics, the differences of counters, and the sources on this
 * very process: what they cannot give here must be null, and never 0.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "measure/guest.h"
#include "measure/metrics.h"
#include "measure/policy_counters.h"

static bool is_unit(const char *unit)
{
	static const char *const units[] = { "s", "us", "count", "cpus", "tasks", "" };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i], unit))
			return true;
	return false;
}

static bool ends_in(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && !strcmp(name + strlen(name) - strlen(end), end);
}

static void test_table(void)
{
	const struct metric *m;
	int i, j, bad = 0, twice = 0;

	for (i = 0; (m = metric_nr(i)); i++) {
		if (!m->name[0] || !m->doc[0] || !is_unit(m->unit))
			bad++;
		/* a unit of time is in the key */
		bad += ends_in(m->name, "_s") != !strcmp(m->unit, "s") ||
		       ends_in(m->name, "_us") != !strcmp(m->unit, "us");
		for (j = 0; j < i; j++)
			twice += !strcmp(metric_nr(j)->name, m->name);
	}
	CHECK(i > 20, "there are metrics (%d)", i);
	CHECK(!bad, "each has a name, a unit and words");
	CHECK(!twice, "no name is there twice");
	CHECK(!metric_nr(-1) && !metric_nr(i), "the table has ends");
	CHECK(metric_find("run_delay_s")->better == BETTER_LOWER &&
	      metric_find("fairness_jain")->better == BETTER_HIGHER &&
	      metric_find("timeslices")->better == BETTER_NONE, "each knows its direction");
	CHECK(metric_find("run_delay_s") && !metric_find("run_delay"), "found by name");
}

static void test_values(void)
{
	const struct metric count = { .unit = "count" }, seconds = { .unit = "s" };
	json_object *o;

	CHECK(meas_diff(1, 3) == 2, "a counter grew");
	CHECK(isnan(meas_diff(3, 1)), "one that went backwards is not known");
	CHECK(isnan(meas_diff(NAN, 1)) && isnan(meas_diff(1, NAN)), "nor one that was not read");
	CHECK(!meas_json(&count, NAN), "what is not known is null");
	o = meas_json(&count, 3e9);
	CHECK(!strcmp(json_object_to_json_string(o), "3000000000"), "a count is a whole number");
	json_object_put(o);
	o = meas_json(&seconds, 1.5);
	CHECK(!strcmp(json_object_to_json_string(o), "1.500000"), "seconds are decimal");
	json_object_put(o);
}

static void burn(void)
{
	volatile unsigned int i;

	for (i = 0; i < 20000000; i++)
		;
	usleep(1000);
}

static void test_sources(void)
{
	pid_t tid = getpid();
	const struct meas_vm vms[] = {
		{ .name = "vm1", .pid = tid, .nr_vcpus = 1, .tids = &tid },
		{ .name = "vm2", .pid = tid, .nr_vcpus = 1, .tids = &tid },
	};
	char *names[] = { "tp_kvm_exit" };
	json_object *o, *each, *v, *run = NULL;
	struct meas *m = meas_open(vms, 2, names, 1);
	double *a, *b;

	CHECK(m, "sources open, whatever this machine has");
	if (!m)
		return;
	a = meas_read(m);
	burn();
	b = meas_read(m);
	o = meas_delta(m, a, b);
	CHECK(json_object_object_get_ex(o, "exits", &v) && !v, "no VM, no exits: null");
	CHECK(json_object_object_get_ex(o, "boosts", &v) && !v, "no policy module: null");
	CHECK(json_object_object_get_ex(o, "tp_kvm_exit", &v), "a costly metric that was named");
	CHECK(!json_object_object_get_ex(o, "tp_sched_switch", &v), "and one that was not");
	CHECK(json_object_object_get_ex(o, "run_s", &run), "run_s is there");
	each = meas_delta_each(m, a, b);
	CHECK(json_object_object_get_ex(each, "vm1", &v) &&
	      json_object_object_get_ex(v, "run_s", &v), "and for each VM");
	CHECK(v && fabs(meas_one(m, "vm1", "run_s", a, b) - json_object_get_double(v)) < 1e-5 &&
	      isnan(meas_one(m, "vm3", "run_s", a, b)), "of one by name");
	CHECK(run && v && json_object_get_double(v) > 0 &&
	      json_object_get_double(run) > 1.9 * json_object_get_double(v),
	      "the sum is over both (%s, %s)", json_object_get_string(run),
	      json_object_get_string(v));
	CHECK(json_object_object_get_ex(each, "host", &v) &&
	      json_object_object_get_ex(v, "hints_seen", &v), "the host has its own");
	json_object_put(o);
	json_object_put(each);
	free(a);
	free(b);
	meas_close(m);
}

static void test_gone(void)
{
	pid_t tid = 0x3fffffff;
	const struct meas_vm vm = { .name = "vm", .pid = tid, .nr_vcpus = 1, .tids = &tid };
	struct meas *m = meas_open(&vm, 1, NULL, 0);
	json_object *o, *v = NULL;
	double *a;

	CHECK(m, "sources open for a process that has gone");
	a = meas_read(m);
	o = meas_delta(m, a, a);
	CHECK(json_object_object_get_ex(o, "run_delay_s", &v) && !v, "and know nothing");
	json_object_put(o);
	free(a);
	meas_close(m);
}

static void test_policy(void)
{
	json_object *a = policy_parse_counters("hints_seen 12\nrefused_budget 3\nrefused_x 1\n");
	json_object *b = policy_parse_counters("hints_seen 20\nrefused_budget 3\nrefused_x 5\nnew 1\n");
	json_object *d = policy_counters_diff(a, b), *r = policy_refusals(d);

	CHECK(!strcmp(json_object_to_json_string_ext(d, JSON_C_TO_STRING_PLAIN),
		      "{\"hints_seen\":8,\"refused_budget\":0,\"refused_x\":4,\"new\":1}"),
	      "counters differ: %s", json_object_to_json_string(d));
	CHECK(!strcmp(json_object_to_json_string_ext(r, JSON_C_TO_STRING_PLAIN),
		      "{\"budget\":0,\"x\":4}"), "refusals: %s", json_object_to_json_string(r));
	CHECK(!policy_parse_counters("") && !policy_counters_diff(NULL, NULL) &&
	      !policy_refusals(NULL), "nothing from nothing");
	json_object_put(a);
	json_object_put(b);
	json_object_put(d);
	json_object_put(r);
}

static void test_guest(void)
{
	json_object *done[2], *o = json_object_new_object(), *v = NULL;

	done[0] = json_tokener_parse("{\"result\":{\"guest\":{\"steal_s\":0.5,\"context_switches\":7}}}");
	done[1] = json_tokener_parse("{\"result\":{\"guest\":{\"steal_s\":0.25,\"context_switches\":null}}}");
	meas_guest_add(o, done, 2);
	CHECK(json_object_object_get_ex(o, "steal_s", &v) && json_object_get_double(v) == 0.75,
	      "steal is summed over guests");
	CHECK(json_object_object_get_ex(o, "guest_ctx_switches", &v) && !v,
	      "null when one guest does not know");
	json_object_put(o);
	json_object_put(done[0]);
	json_object_put(done[1]);
}

int main(void)
{
	ktap_begin();
	test_table();
	test_values();
	test_sources();
	test_gone();
	test_policy();
	test_guest();
	return ktap_end();
}
