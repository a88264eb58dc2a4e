// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recording: what trace-cmd and perf are asked for, when the plan has a recorded run, how
 * a recorder is started and stopped, and what the report says of it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "experiment/plan.h"
#include "host/recorder.h"
#include "host/trace_args.h"
#include "host/vm_xml.h"
#include "ktap.h"
#include "report/report.h"

static const struct trace_spec spec = {
	.folder = "/d", .cpus = 2, .vhint = true, .nr_guests = 2,
	.guests = { { "vm1", 3, true }, { "vm2", 4, false } },
};

/* As one line; takes @argv over. */
static const char *joined(char **argv)
{
	static char buf[2048];
	size_t used = 0;
	int i;

	buf[0] = '\0';
	for (i = 0; argv && argv[i] && used < sizeof(buf); i++)
		used += snprintf(buf + used, sizeof(buf) - used, "%s ", argv[i]);
	trace_args_free(argv);
	return buf;
}

static void test_args(void)
{
	struct trace_spec s = spec;
	const char *text = joined(trace_args(&s));

	CHECK(strstr(text, "trace-cmd record -o /d/trace.dat -C x86-tsc "), "%s", text);
	CHECK(strstr(text, " -M 6 -e sched:sched_switch -e sched:sched_wakeup -e kvm -e kvm_vhint "),
	      "the host: CPUs 1 and 2, with the events of hints");
	CHECK(strstr(text, " -A vm1@3 -C x86-tsc ") && strstr(text, " -A vm2@4 -C x86-tsc "),
	      "each guest by its address, on the same clock");
	CHECK(strstr(text, "sched:sched_wakeup -e kvm_vhint -A vm2@4") &&
	      strstr(text, "sched:sched_wakeup sh -c "),
	      "hints only of guests whose kernel has them");
	s.vhint = false;
	CHECK(strstr(joined(trace_args(&s)), " -e kvm -b") == NULL &&
	      strstr(joined(trace_args(&s)), " -e kvm -A vm1@3"), "a stock host has none");
	s.cpus = 63;
	CHECK(strstr(joined(trace_args(&s)), " -M fffffffffffffffe "), "as many CPUs as there may be");
	text = joined(trace_perf_args(&spec));
	CHECK(strstr(text, "perf record -q -a -C 1-2 ") && strstr(text, " -e cpu-clock ") &&
	      strstr(text, " -o /d/perf.data -- sh -c "), "%s", text);
	s.cpus = 1;
	s.pmu = true;
	text = joined(trace_perf_args(&s));
	CHECK(strstr(text, " -C 1 ") && strstr(text, " -e cycles "), "%s", text);
}

static void test_lost(void)
{
	CHECK(trace_lost("CPU0 data recorded at offset=0x1\n") == 0, "nothing lost");
	CHECK(trace_lost("CPU 0: 12 events lost\nCPU 1: 30 events lost\n") == 42, "lost on two CPUs");
}

static int never(void)
{
	return 0;
}

static int at_once(void)
{
	return 1;
}

static void test_recorder(void)
{
	char *good[] = { "sh", "-c", "echo >&3; read _; exit 0", NULL };
	char *bad[] = { "sh", "-c", "exit 7", NULL };
	char *fails[] = { "sh", "-c", "echo >&3; read _; exit 7", NULL };
	char *silent[] = { "sh", "-c", "read _; sleep 60", NULL };
	char *stays[] = { "sh", "-c", "echo >&3; sleep 60", NULL };
	char *none[] = { "vhint-no-such-program", NULL };
	struct recorder c;
	struct vh_err err;

	CHECK(!recorder_start(&c, good, "/dev/null", 5000, never, &err) &&
	      !recorder_stop(&c, 5000, &err), "records, and ends when told");
	CHECK(recorder_start(&c, bad, "/dev/null", 5000, never, &err) && !c.child.pid,
	      "ends at once: %s", err.msg);
	CHECK(recorder_start(&c, none, "/dev/null", 5000, never, &err) && !c.child.pid,
	      "is not there: %s", err.msg);
	CHECK(recorder_start(&c, silent, "/dev/null", 300, never, &err) && !c.child.pid,
	      "is too slow: %s", err.msg);
	CHECK(recorder_start(&c, silent, "/dev/null", 60000, at_once, &err) && !c.child.pid,
	      "is not waited for when we are to end");
	CHECK(!recorder_start(&c, fails, "/dev/null", 5000, never, &err) &&
	      recorder_stop(&c, 5000, &err), "fails in the end: %s", err.msg);
	CHECK(!recorder_start(&c, stays, "/dev/null", 5000, never, &err) &&
	      recorder_stop(&c, 300, &err) && !c.child.pid, "does not end: %s", err.msg);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
}

static const char experiment[] =
	"{ \"vms\": [ { } ], \"workload\": { \"name\": \"cpu\" }, \"arms\": ["
	" { \"name\": \"stock\", \"kernel\": \"stock\" },"
	" { \"name\": \"off\", \"kernel\": \"vhint\" } ],"
	" \"repetitions\": 2, \"warmup\": 1, \"boots\": 2, \"metrics\": [], \"trace\": true }";

static int load(struct experiment *e, struct plan *p, struct vh_err *err)
{
	json_object *o = json_tokener_parse(experiment);
	int ret = exp_from_json(e, o, "test", err) || plan_make(p, e, err);

	json_object_put(o);
	return ret;
}

static void test_plan(void)
{
	static struct experiment e;
	struct plan p, back;
	struct vh_err err = { 0 };
	int i, j, traced = 0, last = 0;
	json_object *o;

	CHECK(!load(&e, &p, &err), "an experiment that records: %s", err.msg);
	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			traced += p.boots[i].runs[j].traced && p.boots[i].runs[j].warmup;
			last += p.boots[i].runs[j].traced && i >= 2 && j == p.boots[i].nr_runs - 1;
		}
	}
	CHECK(traced == 2 && last == 2, "one recorded run per arm, the last of its kernel");
	o = plan_to_json(&p, &e);
	CHECK(!plan_from_json(&back, &e, o, &err) &&
	      back.boots[3].runs[back.boots[3].nr_runs - 1].traced, "and back from JSON");
	json_object_put(o);
	plan_free(&back);
	plan_free(&p);
	exp_free(&e);
}

static void test_todo(void)
{
	static const char line[] =
		"{\"schema\":1,\"run\":%d,\"boot\":%d,\"arm\":\"%s\",\"rep\":0,\"warmup\":%s,\"ok\":true,"
		"\"vms\":[{\"name\":\"vm\",\"contended_s\":%d}]%s}\n";
	char text[8192] = "", words[1024];
	static struct experiment e;
	struct vh_err err = { 0 };
	struct report r;
	struct records rs;
	int todo[16], i, j;
	struct plan p;
	size_t used = 0;

	load(&e, &p, &err);
	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			const struct plan_run *run = &p.boots[i].runs[j];

			if (run->traced && run->arm == 1)
				continue;
			used += snprintf(text + used, sizeof(text) - used, line, run->id, i,
					 e.arms[run->arm].name, run->warmup ? "true" : "false",
					 run->traced ? 3 : 2, run->traced ?
					 ",\"trace\":{\"complete\":false,\"error\":\"no room\",\"lost_events\":9}" : "");
		}
	}
	CHECK(!records_parse(&rs, &e, text, used, &err), "records: %s", err.msg);
	for (i = 0, j = 0; i < p.nr_boots; i++)
		j += records_todo(&rs, &p.boots[i], todo);
	CHECK(j == 2, "a recorded run that is missing is to be made, after the warm-up: %d", j);
	CHECK(!report_make(&r, &e, &p, &rs, &err) && r.ok == 4 && r.warmups == 4 &&
	      r.planned == 4, "it counts in nothing: %d of %d, %d", r.ok, r.planned, r.warmups);
	CHECK(report_trace_words(&r, 0, words, sizeof(words)) && strstr(words, "+50 %") &&
	      strstr(words, "INCOMPLETE: no room") && strstr(words, "9 events lost"), "%s", words);
	CHECK(report_trace_words(&r, 1, words, sizeof(words)) && strstr(words, "is missing"),
	      "%s", words);
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
}

static void test_cid(void)
{
	CHECK(vm_xml_cid("<domain><devices><vsock><cid auto='yes' address='3'/></vsock></devices></domain>") == 3,
	      "the address that libvirt chose");
	CHECK(vm_xml_cid("<domain><devices/></domain>") == -1, "no vsock device");
	CHECK(vm_xml_cid("<domain><devices><vsock><cid auto='yes'/></vsock></devices></domain>") == -1,
	      "not running");
}

int main(void)
{
	ktap_begin();
	test_args();
	test_lost();
	test_recorder();
	test_plan();
	test_todo();
	test_cid();
	return ktap_end();
}
