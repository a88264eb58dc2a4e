// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run: the policy set, the guests prepared, one VM alone, then all of them
 * together, and a record of it on file, whatever came of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/json.h"
#include "base/now.h"
#include "experiment/arm.h"
#include "host/agent.h"
#include "host/loop.h"
#include "host/trace.h"
#include "host/watch.h"
#include "measure/guest.h"
#include "measure/policy_counters.h"
#include "results/collect.h"

/* What a run leaves. */
struct outcome {
	int64_t started_ms;
	char folder[PATH_MAX];
	int alone;				/* the VM that ran by itself, or -1 */
	double alone_s;
	struct guest_msg ready[EXP_MAX_VMS];	/* before the contended part */
	struct guest_msg alone_done[EXP_MAX_VMS];
	struct guest_msg done[EXP_MAX_VMS];
	struct guest_msg stopped[EXP_MAX_VMS];
	struct watch watch;
	double *begin, *end;			/* counters around the contended part */
	json_object *policy_begin, *policy_end;
	double seconds;				/* between the two */
	double agent_cpu;			/* share of one CPU that we took meanwhile */
	off_t console_from[EXP_MAX_VMS];
	json_object *trace;			/* of a recorded run: its files */
};

static json_object *order(const char *cmd, int run)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "cmd", json_object_new_string(cmd));
	json_object_object_add(o, "run", json_object_new_int(run));
	return o;
}

static json_object *order_prepare(const struct agent *a, const struct plan_run *run)
{
	json_object *o = order("prepare", run->id), *args = json_object_new_array();
	int i;

	for (i = 0; i < a->exp.nr_args; i++)
		json_object_array_add(args, json_object_new_string(a->exp.args[i]));
	json_object_object_add(o, "workload", json_object_new_string(a->exp.workload));
	json_object_object_add(o, "args", args);
	json_object_object_add(o, "hints", json_object_new_boolean(a->exp.arms[run->arm].hints));
	return o;
}

static json_object *order_go(int run, bool keep)
{
	json_object *o = order("go", run);

	json_object_object_add(o, "keep", json_object_new_boolean(keep));
	return o;
}

static void free_messages(struct guest_msg *m)
{
	int i;

	for (i = 0; i < EXP_MAX_VMS; i++)
		guest_msg_free(&m[i]);
}

static void emit_run(const struct agent *a, const struct plan_run *run, const char *part)
{
	json_object *o = event_new("run");

	json_object_object_add(o, "run", json_object_new_int(run->id));
	json_object_object_add(o, "arm", json_object_new_string(a->exp.arms[run->arm].name));
	json_object_object_add(o, "rep", json_object_new_int(run->rep));
	json_object_object_add(o, "warmup", json_object_new_boolean(run->warmup));
	if (run->traced)
		json_object_object_add(o, "traced", json_object_new_boolean(true));
	json_object_object_add(o, "part", json_object_new_string(part));
	event_emit(o);
}

/* The guests of the mask ready, and with hints as the arm wants them. */
static int prepare(struct agent *a, uint32_t vms, const struct plan_run *run,
		   struct outcome *out)
{
	bool hints = a->exp.arms[run->arm].hints;
	json_object *ready;
	const char *wrong;
	int i;

	if (agent_send(a, vms, order_prepare(a, run)) ||
	    agent_wait(a, vms, GUEST_READY, run->id, out->ready))
		return -1;
	for (i = 0; i < a->nr_vms; i++) {
		if (!(vms >> i & 1))
			continue;
		ready = out->ready[i].json;
		wrong = arm_check_guest(hints, json_flag(ready, "hints", "supported"),
					  json_flag(ready, "hints", "enabled"));
		if (wrong)
			return agent_fail(a, KIND_ASSERT, "%s: %s", a->vms[i].spec->name, wrong);
	}
	return 0;
}

static double seconds_of(const struct guest_msg *done)
{
	json_object *v;

	if (!done->json || !json_object_object_get_ex(done->json, "elapsed_ns", &v))
		return NAN;
	return json_object_get_int64(v) / 1e9;
}

static int run_alone(struct agent *a, const struct plan_run *run, struct outcome *out)
{
	uint32_t vm = 1U << out->alone;

	emit_run(a, run, "alone");
	if (agent_send(a, vm, order_go(run->id, false)) ||
	    agent_wait(a, vm, GUEST_DONE, run->id, out->alone_done))
		return -1;
	out->alone_s = seconds_of(&out->alone_done[out->alone]);
	return 0;
}

static double cpu_time(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int run_contended(struct agent *a, const struct plan_run *run, struct outcome *out)
{
	int64_t start;
	double cpu;

	emit_run(a, run, "contended");
	if (watch_begin(a, &out->watch, a->exp.arms[run->arm].hints))
		return -1;
	out->policy_begin = policy_counters();
	out->begin = meas_read(a->meas);
	cpu = cpu_time();
	start = now_ms();
	watch_go(&out->watch);
	if (agent_send(a, VM_ALL(a), order_go(run->id, a->nr_vms > 1)) ||
	    agent_wait(a, VM_ALL(a), GUEST_DONE, run->id, out->done))
		return -1;
	out->seconds = (now_ms() - start) / 1e3;
	out->agent_cpu = (cpu_time() - cpu) / out->seconds;
	out->end = meas_read(a->meas);
	out->policy_end = policy_counters();
	watch_end(a, &out->watch);
	if (!out->begin || !out->end)
		return agent_fail(a, KIND_IO, "out of memory");
	if (agent_send(a, VM_ALL(a), order("stop", run->id)))
		return -1;
	return agent_wait(a, VM_ALL(a), GUEST_STOPPED, run->id, out->stopped);
}

static json_object *json_seconds(double s)
{
	char text[32];

	if (isnan(s))
		return NULL;
	snprintf(text, sizeof(text), "%.6f", s);
	return json_object_new_double_s(s, text);
}

static json_object *vm_records(const struct agent *a, const struct outcome *out)
{
	json_object *list = json_object_new_array(), *o, *result;
	int i;

	for (i = 0; i < a->nr_vms; i++) {
		result = NULL;
		json_object_object_get_ex(out->done[i].json, "result", &result);
		o = json_object_new_object();
		json_object_object_add(o, "name", json_object_new_string(a->vms[i].spec->name));
		json_object_object_add(o, "alone_s",
				       json_seconds(i == out->alone ? out->alone_s : NAN));
		json_object_object_add(o, "contended_s", json_seconds(seconds_of(&out->done[i])));
		json_object_object_add(o, "workload", json_object_get(result));
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *metric_record(const struct agent *a, const struct outcome *out,
				  json_object *policy)
{
	const struct watch_input in = { out->begin, out->end, policy, out->done, out->stopped };
	json_object *done[EXP_MAX_VMS], *o;
	int i;

	if (!out->begin || !out->end)
		return NULL;
	for (i = 0; i < a->nr_vms; i++)
		done[i] = out->done[i].json;
	o = meas_delta(a->meas, out->begin, out->end);
	meas_guest_add(o, done, a->nr_vms);
	watch_metrics(a, &out->watch, &in, o);
	json_object_object_add(o, "boosts_refused", policy_refusals(policy));
	return o;
}

static void check_hints(struct agent *a, const struct plan_run *run, json_object *metrics)
{
	const struct exp_arm *arm = &a->exp.arms[run->arm];
	json_object *v = NULL;
	const char *wrong;
	char buf[256];

	json_object_object_get_ex(metrics, "hints_seen", &v);
	wrong = arm_check_hints(arm->hints, arm->policy, v ? json_object_get_double(v) : NAN, buf,
			    sizeof(buf));
	if (wrong)
		agent_fail(a, KIND_ASSERT, "%s", wrong);
}

static json_object *make_record(struct agent *a, const struct plan_run *run,
				const struct outcome *out)
{
	json_object *policy = policy_counters_diff(out->policy_begin, out->policy_end);
	json_object *metrics = metric_record(a, out, policy);
	json_object *o = json_object_new_object();

	if (!a->fail.kind)
		check_hints(a, run, metrics);
	json_object_object_add(o, "schema", json_object_new_int(EXP_SCHEMA));
	json_object_object_add(o, "run", json_object_new_int(run->id));
	json_object_object_add(o, "boot", json_object_new_int(a->boot_nr));
	json_object_object_add(o, "instance", json_object_new_int(a->instance));
	json_object_object_add(o, "attempt", json_object_new_int(a->attempt));
	json_object_object_add(o, "arm", json_object_new_string(a->exp.arms[run->arm].name));
	json_object_object_add(o, "rep", json_object_new_int(run->rep));
	json_object_object_add(o, "warmup", json_object_new_boolean(run->warmup));
	if (run->traced)
		json_object_object_add(o, "traced", json_object_new_boolean(true));
	json_object_object_add(o, "ok", json_object_new_boolean(!a->fail.kind));
	json_object_object_add(o, "error",
			       a->fail.kind ? json_object_new_string(a->fail.msg) : NULL);
	json_object_object_add(o, "error_kind",
			       a->fail.kind ? json_object_new_string(a->fail.kind) : NULL);
	agent_put_started(a, o, out->started_ms);
	json_object_object_add(o, "base_slice_ns", json_object_new_int64(a->slice_ns));
	json_object_object_add(o, "contended_wall_s", json_seconds(out->seconds));
	json_object_object_add(o, "agent_cpu_share", json_seconds(out->agent_cpu));
	json_object_object_add(o, "vms", vm_records(a, out));
	json_object_object_add(o, "metrics", metrics);
	json_object_object_add(o, "policy_counters", policy);
	json_object_object_add(o, "hint_age", bins_json(&out->watch.age));
	json_object_object_add(o, "boost_latency", bins_json(&out->watch.latency));
	if (run->traced)
		json_object_object_add(o, "trace", json_object_get(out->trace));
	return o;
}

static json_object *messages(const struct agent *a, const struct guest_msg *m)
{
	json_object *o = json_object_new_object();
	int i;

	for (i = 0; i < a->nr_vms; i++)
		if (m[i].json)
			json_object_object_add(o, a->vms[i].spec->name, json_object_get(m[i].json));
	return o;
}

static void save(struct agent *a, const struct outcome *out, const char *name, json_object *o)
{
	char path[PATH_MAX + 64];
	struct vh_err err;

	snprintf(path, sizeof(path), "%s/%s", out->folder, name);
	if (json_save_file(path, o, &err))
		agent_fail(a, KIND_IO, "%s", err.msg);
	json_object_put(o);
}

static void save_vm_files(struct agent *a, const struct outcome *out)
{
	char path[PATH_MAX + 64];
	struct vh_err err;
	const char *xml;
	int i, ret = 0;

	for (i = 0; i < a->nr_vms && !ret; i++) {
		snprintf(path, sizeof(path), "%s/console-%s.log", out->folder,
			 a->vms[i].spec->name);
		/* a VM that never came up has none, and that is not what there is to say */
		file_copy(a->vms[i].console, out->console_from[i], path, NULL);
		snprintf(path, sizeof(path), "%s/domain-%s.xml", out->folder,
			 a->vms[i].spec->name);
		xml = a->vms[i].xml;
		if (xml)
			ret = file_write(path, xml, strlen(xml), &err);
	}
	if (ret)
		agent_fail(a, KIND_IO, "%s", err.msg);
}

/* What the run's record is made from. */
static void save_raw(struct agent *a, const struct plan_run *run, const struct outcome *out)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "hello", json_object_get(a->hello));
	json_object_object_add(o, "ready", messages(a, out->ready));
	json_object_object_add(o, "alone", messages(a, out->alone_done));
	json_object_object_add(o, "contended", messages(a, out->done));
	json_object_object_add(o, "stopped", messages(a, out->stopped));
	save(a, out, "guest.json", o);

	o = json_object_new_object();
	json_object_object_add(o, "seconds", json_seconds(out->seconds));
	json_object_object_add(o, "counters", out->begin && out->end ?
			       meas_delta_each(a->meas, out->begin, out->end) : NULL);
	json_object_object_add(o, "policy_begin", json_object_get(out->policy_begin));
	json_object_object_add(o, "policy_end", json_object_get(out->policy_end));
	json_object_object_add(o, "policy_params", policy_params());
	json_object_object_add(o, "watch", watch_json(a, &out->watch));
	save(a, out, "counters.json", o);
}

/* Each attempt has a folder of its own. */
static int make_folder(struct agent *a, const struct plan_run *run, struct outcome *out)
{
	char again[16] = "";
	struct vh_err err;
	int ret;

	snprintf(out->folder, sizeof(out->folder), "%s/runs", a->dir);
	ret = file_mkdir(out->folder, &err);
	if (a->attempt > 1)
		snprintf(again, sizeof(again), "-%d", a->attempt);
	snprintf(out->folder, sizeof(out->folder), "%s/runs/%03d-%s%s", a->dir, run->id,
		 a->exp.arms[run->arm].name, again);
	if (!ret)
		ret = file_mkdir(out->folder, &err);
	return ret ? agent_fail(a, KIND_IO, "%s", err.msg) : 0;
}

static void perform(struct agent *a, const struct plan_run *run, struct outcome *out)
{
	struct agent_trace *trace;
	struct vh_err err;
	int i;

	if (make_folder(a, run, out) || (!a->up && agent_vms_up(a)))
		return;
	for (i = 0; i < a->nr_vms; i++)
		out->console_from[i] = vm_console_size(&a->vms[i]);
	if (policy_ctl_set(&a->policy, a->exp.arms[run->arm].policy, &err)) {
		agent_fail(a, KIND_POLICY, "%s", err.msg);
		return;
	}
	/* while one runs alone the others are idle, but prepared: their hints are as later */
	if (prepare(a, VM_ALL(a), run, out))
		return;
	if (run->traced) {
		trace = agent_trace_begin(a, out->folder);
		run_contended(a, run, out);
		out->trace = agent_trace_end(a, trace);
		return;
	}
	out->alone = judge_alone(run->rep, a->nr_vms);
	if (out->alone >= 0 &&
	    (run_alone(a, run, out) || prepare(a, 1U << out->alone, run, out)))
		return;
	run_contended(a, run, out);
}

int agent_run(struct agent *a, const struct plan_run *run)
{
	struct outcome out = { .alone = -1, .alone_s = NAN, .seconds = NAN, .agent_cpu = NAN,
			       .watch.bystander_share = NAN };
	char path[PATH_MAX];
	struct vh_err err;
	json_object *o;

	a->fail.kind = NULL;
	out.started_ms = now_ms();
	perform(a, run, &out);
	watch_stop(a, &out.watch);
	save_raw(a, run, &out);
	save_vm_files(a, &out);
	o = make_record(a, run, &out);
	if (json_append_file(records_boot_path(path, sizeof(path), a->dir, a->boot_nr), o, &err))
		agent_fail(a, KIND_IO, "%s", err.msg);
	json_object_put(o);
	free_messages(out.ready);
	free_messages(out.alone_done);
	free_messages(out.done);
	free_messages(out.stopped);
	free(out.begin);
	free(out.end);
	json_object_put(out.policy_begin);
	json_object_put(out.policy_end);
	json_object_put(out.trace);
	return a->fail.kind ? -1 : 0;
}
