// SPDX-License-Identifier: GPL-2.0-only
/*
 * From checked JSON to struct experiment: defaults that depend on other keys,
 * and the checks that concern several keys together.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cpulist.h"
#include "base/json.h"
#include "base/suggest.h"
#include "experiment/bind.h"
#include "experiment/keys.h"
#include "experiment/names.h"
#include "stat/median.h"
#include "workload/workloads.h"

/* What the emulated host itself needs, beside its VMs. */
#define HOST_MEMORY_MIB 512

#define BAD VH_BAD_EXPERIMENT

static const char *default_where(void)
{
	struct utsname u;

	if (!uname(&u) && strstr(u.release, "vhint") && !access("/dev/kvm", F_OK))
		return "host";
	return "lab";
}

static void set_default(json_object *o, const char *key, json_object *v)
{
	if (json_object_object_get(o, key))
		json_object_put(v);
	else
		json_object_object_add(o, key, v);
}

static json_object *default_pins(int vcpus, int cpus)
{
	json_object *pins = json_object_new_array();
	char list[16];

	snprintf(list, sizeof(list), cpus > 1 ? "1-%d" : "%d", cpus);
	while (vcpus--)
		json_object_array_add(pins, json_object_new_string(list));
	return pins;
}

/* What is not used is not there: a host has its own clock, and real time no rounds. */
static void derive_clock(json_object *o)
{
	bool lab = !strcmp(jget_str(o, "where", ""), "lab");

	if (!lab)
		json_object_object_del(o, "clock");
	if (!lab || strcmp(jget_str(o, "clock", ""), EXP_CLOCK_VIRTUAL))
		json_object_object_del(o, "round_ns");
}

void exp_derive(json_object *o)
{
	json_object *vms = json_object_object_get(o, "vms");
	json_object *arms = json_object_object_get(o, "arms");
	int cpus = jget_int(json_object_object_get(o, "machine"), "cpus", 1);
	int reps = jget_int(o, "repetitions", 1);
	json_object *vm;
	size_t i;

	set_default(o, "where", json_object_new_string(default_where()));
	derive_clock(o);
	for (i = 0; i < json_object_array_length(vms); i++) {
		vm = json_object_array_get_idx(vms, i);
		set_default(vm, "pins", default_pins(jget_int(vm, "vcpus", 1), cpus));
	}
	vm = json_object_array_get_idx(arms, 0);
	set_default(o, "baseline", json_object_new_string(jget_str(vm, "name", "")));
	set_default(o, "boots",
		    json_object_new_int(reps < STAT_MIN_BOOTS ? reps : STAT_MIN_BOOTS));
}

/* Member @key, as the pointer that the JSON tree itself holds. */
static char *own_str(json_object *o)
{
	return (char *)json_object_get_string(o);
}

static int bind_pins(struct exp_vm *vm, int group, json_object *pins, int cpus, const char *file,
		     struct vh_err *err)
{
	uint64_t usable = ~UINT64_C(0) >> (63 - cpus) & ~UINT64_C(1);
	int i, n = json_object_array_length(pins);

	if (n != vm->vcpus)
		return vh_err(err, BAD,
			      "%s: $.vms[%d].pins: found %d pin%s, expected one for each of the %d vCPUs",
			      file, group, n, n == 1 ? "" : "s", vm->vcpus);
	for (i = 0; i < n; i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(pins, i));

		if (cpulist_parse(text, &vm->pins[i]))
			return vh_err(err, BAD,
				      "%s: $.vms[%d].pins[%d]: found \"%s\", expected a list of CPUs such as \"1-2\" or \"1,3\"",
				      file, group, i, text);
		if (vm->pins[i] & 1)
			return vh_err(err, BAD,
				      "%s: $.vms[%d].pins[%d]: found \"%s\": no vCPU may run on CPU 0, which is for housekeeping; use CPUs 1 to %d",
				      file, group, i, text, cpus);
		if (vm->pins[i] & ~usable)
			return vh_err(err, BAD,
				      "%s: $.vms[%d].pins[%d]: found \"%s\", but the machine has CPUs 1 to %d only; raise $.machine.cpus or change the pin",
				      file, group, i, text, cpus);
	}
	return 0;
}

/* One group of VMs; its count is expanded. */
static int bind_vm_group(struct experiment *e, int group, json_object *o, const char *file,
			 struct vh_err *err)
{
	int count = jget_int(o, "count", 1), i, j;
	struct exp_vm *vm;

	if (e->nr_vms + count > EXP_MAX_VMS)
		return vh_err(err, BAD,
			      "%s: $.vms[%d].count: out of range: more than %d VMs in all",
			      file, group, EXP_MAX_VMS);
	for (i = 0; i < count; i++) {
		vm = &e->vms[e->nr_vms];
		exp_keys_store(vm, "vms[]", o);
		if (count > 1)
			snprintf(vm->name + strlen(vm->name), sizeof(vm->name) - strlen(vm->name),
				 "%d", i + 1);
		if (bind_pins(vm, group, json_object_object_get(o, "pins"), e->cpus, file, err))
			return -1;
		for (j = 0; j < e->nr_vms; j++) {
			if (!strcmp(e->vms[j].name, vm->name))
				return vh_err(err, BAD,
					      "%s: $.vms[%d].name: a second VM called \"%s\"; give each group a name of its own",
					      file, group, vm->name);
		}
		e->nr_vms++;
	}
	return 0;
}

static int bind_vms(struct experiment *e, json_object *vms, const char *file, struct vh_err *err)
{
	int i, sum = 0;

	for (i = 0; i < (int)json_object_array_length(vms); i++) {
		if (bind_vm_group(e, i, json_object_array_get_idx(vms, i), file, err))
			return -1;
	}
	for (i = 0; i < e->nr_vms; i++)
		sum += e->vms[i].memory_mib;
	if (!strcmp(e->where, "lab") && sum + HOST_MEMORY_MIB > e->memory_mib)
		return vh_err(err, BAD,
			      "%s: $.machine.memory_mib: out of range: found %d, but the VMs have %d MiB together and the emulated host needs %d for itself; make it %d or more, or the VMs smaller",
			      file, e->memory_mib, sum, HOST_MEMORY_MIB, sum + HOST_MEMORY_MIB);
	return 0;
}

static int bind_arm(struct experiment *e, json_object *o, const char *file, struct vh_err *err)
{
	struct exp_arm *arm = &e->arms[e->nr_arms];
	int i = e->nr_arms;

	exp_keys_store(arm, "arms[]", o);
	if (exp_arm_index(e, arm->name) >= 0)
		return vh_err(err, BAD, "%s: $.arms[%d].name: a second arm called \"%s\"", file, i,
			      arm->name);
	e->nr_arms++;
	if (strcmp(arm->kernel, "stock"))
		return 0;
	if (strcmp(arm->policy, "none"))
		return vh_err(err, BAD,
			      "%s: $.arms[%d].policy: found \"%s\", but kernel stock has no hooks for a policy; use \"none\" or kernel vhint",
			      file, i, arm->policy);
	if (arm->hints)
		return vh_err(err, BAD,
			      "%s: $.arms[%d].hints: found true, but kernel stock cannot publish hints; use false or kernel vhint",
			      file, i);
	return 0;
}

static int bind_arms(struct experiment *e, json_object *o, const char *file, struct vh_err *err)
{
	json_object *arms = json_object_object_get(o, "arms");
	const char *base = jget_str(o, "baseline", "");
	const char *names[EXP_MAX_ARMS], *near;
	int i;

	for (i = 0; i < (int)json_object_array_length(arms); i++) {
		if (bind_arm(e, json_object_array_get_idx(arms, i), file, err))
			return -1;
		names[i] = e->arms[i].name;
	}
	e->baseline = exp_arm_index(e, base);
	if (e->baseline >= 0)
		return 0;
	near = suggest_nearest(base, names, e->nr_arms);
	return vh_err(err, BAD, "%s: $.baseline: there is no arm called \"%s\"%s%s%s", file, base,
		      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int bind_workload(struct experiment *e, json_object *o, const char *file,
			 struct vh_err *err)
{
	json_object *args = json_object_object_get(o, "args");
	const struct workload *w;
	char msg[512] = "";
	int i;

	e->nr_args = json_object_array_length(args);
	for (i = 0; i < e->nr_args; i++)
		e->args[i] = own_str(json_object_array_get_idx(args, i));
	e->args[e->nr_args] = NULL;
	w = workload_find(e->workload);
	if (w && w->check && w->check(e->nr_args, e->args, msg, sizeof(msg)))
		return vh_err(err, BAD, "%s: $.workload.args: %s: %s\n%s: its arguments: %s", file,
			      e->workload, msg, file, w->args_help ? w->args_help : "none");
	return 0;
}

static int bind_metrics(struct experiment *e, json_object *metrics, const char *file,
			struct vh_err *err)
{
	struct name_list l;
	const char *near;
	int i, j;

	names_get(NAME_METRIC, &l);
	names_add_workload_metrics(&l, e->workload);
	e->nr_metrics = json_object_array_length(metrics);
	for (i = 0; i < e->nr_metrics; i++) {
		e->metrics[i] = own_str(json_object_array_get_idx(metrics, i));
		near = suggest_nearest(e->metrics[i], l.name, l.nr);
		if (!names_has(&l, e->metrics[i]))
			return vh_err(err, BAD,
				      "%s: $.metrics[%d]: unknown metric \"%s\"%s%s%s (`run-experiment list metrics` shows all)",
				      file, i, e->metrics[i], near ? "; did you mean \"" : "",
				      near ? near : "", near ? "\"?" : "");
		for (j = 0; j < i; j++) {
			if (!strcmp(e->metrics[j], e->metrics[i]))
				return vh_err(err, BAD, "%s: $.metrics[%d]: \"%s\" is there twice",
					      file, i, e->metrics[i]);
		}
	}
	return 0;
}

int exp_bind(struct experiment *e, const char *file, json_object *o, struct vh_err *err)
{
	exp_keys_store(e, "", o);
	if (e->boots > e->repetitions)
		return vh_err(err, BAD,
			      "%s: $.boots: out of range: found %d, but there are only %d repetitions to spread over them",
			      file, e->boots, e->repetitions);
	if (bind_vms(e, json_object_object_get(o, "vms"), file, err) ||
	    bind_arms(e, o, file, err) ||
	    bind_workload(e, json_object_object_get(o, "workload"), file, err))
		return -1;
	return bind_metrics(e, json_object_object_get(o, "metrics"), file, err);
}
