// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host made ready for a boot's runs: the right kernel, libvirt's answer, the
 * calibration, and a record of all that; and put back as it was.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/json.h"
#include "base/kit.h"
#include "base/now.h"
#include "host/agent.h"
#include "host/calibrate.h"
#include "host/hostinfo.h"
#include "host/loop.h"
#include "results/boots.h"

#define CALIBRATE_S	30

int agent_stay_on_cpu0(struct vh_err *err)
{
	cpu_set_t set;

	/* CPU 0 is for housekeeping, and we are part of it */
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return vh_err(err, VH_BAD_HOST, "cannot stay on CPU 0: %s", strerror(errno));
	return 0;
}

/* A run on another kernel than its arm says would be a wrong result. */
static int check_kernel(const struct agent *a, struct vh_err *err)
{
	char path[PATH_MAX], want[128];
	struct utsname u;

	uname(&u);
	kit_kernel_path(path, sizeof(path), a->boot->kernel, "kernelrelease");
	if (attr_read(path, want, sizeof(want)) < 0)
		return vh_err(err, VH_BAD_HOST, "%s: %s (make kernel)", path, strerror(errno));
	if (strcmp(want, u.release))
		return vh_err(err, VH_BAD_HOST,
			      "this host runs kernel %s, but the arms of this boot need %s (%s); boot that one, or use \"where\": \"lab\"",
			      u.release, a->boot->kernel, want);
	return 0;
}

/*
 * The host's part of the calibration: what is asked of it, and done only in a lab of real
 * time. In virtual time an exit costs what hardware's does.
 */
static int scale_slice(struct agent *a, int64_t exit_ns, int64_t *slice, struct vh_err *err)
{
	int64_t scaled;

	if (calibrate_get_slice(slice, err))
		return -1;
	scaled = calibrate_slice_ns(*slice, exit_ns);
	if (!a->lab || exp_virtual(&a->exp) || scaled == *slice)
		return 0;
	if (calibrate_set_slice(scaled, err))
		return -1;
	a->old_slice_ns = *slice;
	*slice = scaled;
	return 0;
}

static int calibrate(struct agent *a, struct vh_err *err)
{
	json_object *o = event_new("calibrated"), *record = json_object_new_object();
	int64_t exit_ns, slice;
	int ret;

	loop_watch(CALIBRATE_S, "measuring the cost of a VM exit");
	ret = calibrate_exits(1, &exit_ns, err);
	loop_unwatch();
	if (!ret)
		ret = scale_slice(a, exit_ns, &slice, err);
	if (!ret) {
		a->slice_ns = slice;
		json_object_object_add(record, "exit_ns", json_object_new_int64(exit_ns));
		json_object_object_add(record, "base_slice_ns", json_object_new_int64(slice));
		json_object_object_add(record, "base_slice_before_ns",
				       json_object_new_int64(a->old_slice_ns ?: slice));
		json_object_object_add(o, "exit_ns", json_object_new_int64(exit_ns));
		json_object_object_add(o, "base_slice_ns", json_object_new_int64(slice));
		event_emit(json_object_get(o));
	}
	json_object_put(o);
	json_object_object_add(a->env, "calibration", record);
	return ret;
}

int agent_save_env(struct agent *a, struct vh_err *err)
{
	return json_save_file(a->env_path, a->env, err);
}

void agent_put_started(const struct agent *a, json_object *o, int64_t at_ms)
{
	char utc[32];

	if (exp_virtual(&a->exp))
		json_object_object_add(o, "started_virtual_s", jnew_num(at_ms / 1e3));
	else
		json_object_object_add(o, "started_utc",
				       json_object_new_string(utc_of_ms(at_ms, utc, sizeof(utc))));
}

static void start_env(struct agent *a)
{
	char name[32];

	boot_name(name, sizeof(name), a->boot_nr, a->instance);
	snprintf(a->env_path, sizeof(a->env_path), "%s/env-%s.json", a->dir, name);
	a->env = json_object_new_object();
	json_object_object_add(a->env, "schema", json_object_new_int(EXP_SCHEMA));
	json_object_object_add(a->env, "boot", json_object_new_int(a->boot_nr));
	json_object_object_add(a->env, "instance", json_object_new_int(a->instance));
	json_object_object_add(a->env, "where", json_object_new_string(a->exp.where));
	json_object_object_add(a->env, "kernel", json_object_new_string(a->boot->kernel));
	agent_put_started(a, a->env, now_ms());
}

int agent_host_ready(struct agent *a, struct vh_err *err)
{
	if (check_kernel(a, err) || vm_host_open(&a->host, err))
		return -1;
	kit_path(a->module, sizeof(a->module), "build/policy/vhint.ko");
	policy_ctl_init(&a->policy, a->lab ? a->module : NULL);
	start_env(a);
	/* before there are VMs, and before the record says what the scheduler is like */
	if (calibrate(a, err))
		return -1;
	json_object_object_add(a->env, "host", hostinfo(&a->host));
	return agent_save_env(a, err);
}

void agent_host_restore(struct agent *a)
{
	struct vh_err err;

	if (a->policy.known && policy_ctl_restore(&a->policy, &err))
		event_error(KIND_POLICY, err.msg);
	if (a->old_slice_ns && calibrate_set_slice(a->old_slice_ns, &err))
		event_error(KIND_HOST, err.msg);
	vm_host_close(&a->host);
}
