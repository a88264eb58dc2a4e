// SPDX-License-Identifier: GPL-2.0-only
/*
 * The agent: runs on the host that is to be measured (in the lab: inside of it),
 * and performs the runs of one boot of the plan. What it measures goes to files
 * in the run folder; what it is doing goes to the front as events.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/agent.h"
#include "host/hostinfo.h"
#include "host/hostinfo_tree.h"
#include "host/loop.h"

#define MAX_FAILED	3	/* runs of a boot; more means that it is of no use */

struct options {
	const char *dir, *events, *runs;
	int boot, instance;
};

/* -1: not a whole number. */
static int whole(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return end > text && !*end && n >= 0 && n <= INT_MAX ? n : -1;
}

static int parse_options(struct options *o, int argc, char **argv, struct vh_err *err)
{
	static const struct option longs[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "boot", required_argument, NULL, 'b' },
		{ "instance", required_argument, NULL, 'i' },
		{ "events", required_argument, NULL, 'e' },
		{ "runs", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	*o = (struct options){ .boot = -1, .instance = 1 };
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'd')
			o->dir = optarg;
		else if (c == 'e')
			o->events = optarg;
		else if (c == 'r')
			o->runs = optarg;
		else if (c == 'b')
			o->boot = whole(optarg);
		else if (c == 'i')
			o->instance = whole(optarg);
		else
			return vh_err(err, VH_BAD_USAGE, "agent: wrong option");
	}
	if (!o->dir || !o->events || o->boot < 0 || o->instance < 1 || optind < argc)
		return vh_err(err, VH_BAD_USAGE,
			      "agent: expected --dir RUNDIR --boot N --events PATH [--instance N] [--runs N[:ATTEMPT],N...]; the driver calls it by itself");
	return 0;
}

static int load_plan(struct agent *a, struct vh_err *err)
{
	json_object *o, *plan = NULL;
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/resolved.json", a->dir);
	o = json_object_from_file(path);
	if (!o)
		return vh_err(err, VH_BAD_EXPERIMENT, "%s", json_util_get_last_err());
	json_object_object_get_ex(o, "plan", &plan);
	ret = exp_from_json(&a->exp, o, NULL, err);
	if (!ret)
		ret = plan_from_json(&a->plan, &a->exp, plan, err);
	json_object_put(o);
	if (ret)
		return vh_err_prefix(err, "%s", path);
	if (a->boot_nr >= a->plan.nr_boots)
		return vh_err(err, VH_BAD_USAGE, "%s: boot %d of a plan with %d boots", path,
			      a->boot_nr, a->plan.nr_boots);
	a->boot = &a->plan.boots[a->boot_nr];
	a->nr_vms = a->exp.nr_vms;
	a->lab = !strcmp(a->exp.where, "lab");
	return 0;
}

static void emit_host_up(void)
{
	json_object *o = event_new("host-up");
	struct utsname u;

	uname(&u);
	json_object_object_add(o, "kernel", json_object_new_string(u.release));
	event_emit(o);
}

static void emit_run_done(const struct plan_run *run, bool ok)
{
	json_object *o = event_new("run-done");

	json_object_object_add(o, "run", json_object_new_int(run->id));
	json_object_object_add(o, "ok", json_object_new_boolean(ok));
	event_emit(o);
}

/* The runs of the boot; how many of them failed. -1 if it had to be given up. */
static int do_runs(struct agent *a, const char *list)
{
	int i, failed = 0;

	for (i = 0; i < a->boot->nr_runs; i++) {
		const struct plan_run *run = &a->boot->runs[i];

		a->attempt = judge_attempt(list, run->id);
		if (!a->attempt)
			continue;
		if (!agent_run(a, run)) {
			emit_run_done(run, true);
			continue;
		}
		event_error(a->fail.kind, a->fail.msg);
		emit_run_done(run, false);
		snprintf(a->last_failure, sizeof(a->last_failure), "%s", a->fail.msg);
		/* whatever state the guests are in, it is not a known one */
		agent_vms_down(a);
		if (++failed >= MAX_FAILED || loop_signal() || vm_host_lost() ||
		    !strcmp(a->fail.kind, KIND_POLICY) || !strcmp(a->fail.kind, KIND_IO))
			return -1;
	}
	return failed;
}

static int boot_vms(struct agent *a, struct vh_err *err)
{
	if (agent_vms_up(a)) {
		event_error(a->fail.kind, a->fail.msg);
		return vh_err(err, VH_RUN_FAILED, "%s", a->fail.msg);
	}
	json_object_object_add(a->env, "vms", hostinfo_vms(a->vms, a->nr_vms));
	json_object_object_add(a->env, "cgroups", hostinfo_cgroups("/sys/fs/cgroup"));
	json_object_object_add(a->env, "guests", json_object_get(a->hello));
	return agent_save_env(a, err);
}

static int work(struct agent *a, const char *list, struct vh_err *err)
{
	json_object *o;
	int failed;

	if (agent_host_ready(a, err)) {
		event_error(KIND_HOST, err->msg);
		return -1;
	}
	if (boot_vms(a, err))
		return -1;
	failed = do_runs(a, list);
	if (failed >= 0) {
		o = event_new("done");
		json_object_object_add(o, "failed", json_object_new_int(failed));
		event_emit(o);
	}
	return failed ? vh_err(err, VH_RUN_FAILED, "%s", a->last_failure) : 0;
}

static void clean_up(struct agent *a)
{
	agent_vms_down(a);
	agent_host_restore(a);
	json_object_put(a->env);
	json_object_put(a->hello);
	plan_free(&a->plan);
	exp_free(&a->exp);
}

int cmd_agent(int argc, char **argv)
{
	struct options options;
	static struct agent a;
	struct vh_err err;
	int ret;

	ret = parse_options(&options, argc, argv, &err);
	a.dir = options.dir;
	a.boot_nr = options.boot;
	a.instance = options.instance;
	if (!ret)
		ret = load_plan(&a, &err);
	if (!ret)
		ret = agent_stay_on_cpu0(&err);	/* and our other thread after us */
	if (!ret)
		ret = loop_start(options.events, &err);
	if (!ret) {
		emit_host_up();
		ret = work(&a, options.runs, &err);
		clean_up(&a);
		loop_stop();
	}
	if (!ret)
		return VH_OK;
	vh_warn("%s", err.msg);
	return err.code;
}
