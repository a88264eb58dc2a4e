// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs of a boot: started once and kept over its runs, started anew after a
 * run that failed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/kit.h"
#include "base/now.h"
#include "host/agent.h"
#include "host/loop.h"
#include "results/boots.h"

#define STAGE	"/run/vhint-agent"

/*
 * On a real host QEMU runs as a user of its own, who may not be able to read
 * the kit's folder, and libvirt would change the owner of these files.
 */
static int stage(struct agent *a, const char *file, char *path, size_t len)
{
	char from[PATH_MAX];
	struct vh_err err;

	snprintf(from, sizeof(from), "%s", path);
	if (access(from, R_OK))
		return agent_fail(a, KIND_IO, "%s: %s (make kernel guest)", from, strerror(errno));
	if (a->lab)
		return 0;
	snprintf(path, len, STAGE "/%s", file);
	if (file_mkdir(STAGE, &err) || file_copy(from, 0, path, &err))
		return agent_fail(a, KIND_IO, "%s", err.msg);
	return 0;
}

static int fill_vms(struct agent *a)
{
	const char *guest = a->exp.trace ? "initramfs-trace.cpio.gz" : "initramfs.cpio.gz";
	struct vm *vm = a->vms;
	char boot[32];
	int i;

	boot_name(boot, sizeof(boot), a->boot_nr, a->instance);
	kit_kernel_path(vm->kernel, sizeof(vm->kernel), a->boot->kernel, "bzImage");
	kit_path(vm->initrd, sizeof(vm->initrd), "build/guest/%s", guest);
	if (stage(a, "bzImage", vm->kernel, sizeof(vm->kernel)) ||
	    stage(a, guest, vm->initrd, sizeof(vm->initrd)))
		return -1;
	for (i = 0; i < a->nr_vms; i++) {
		vm = &a->vms[i];
		vm->spec = &a->exp.vms[i];
		vm->vsock = a->exp.trace;
		vm->seed = a->exp.seed;
		vm->chan.fd = -1;
		memcpy(vm->kernel, a->vms[0].kernel, sizeof(vm->kernel));
		memcpy(vm->initrd, a->vms[0].initrd, sizeof(vm->initrd));
		snprintf(vm->domain, sizeof(vm->domain), VM_PREFIX "%s", vm->spec->name);
		snprintf(vm->console, sizeof(vm->console), "%s/console-%s-%s.log", a->dir, boot,
			 vm->spec->name);
	}
	return 0;
}

static int take_hellos(struct agent *a, int64_t begin)
{
	struct guest_msg said[EXP_MAX_VMS] = { 0 };
	json_object *o, *cpus;
	int i, ret;

	ret = agent_wait(a, VM_ALL(a), GUEST_HELLO, -1, said);
	json_object_put(a->hello);
	a->hello = json_object_new_object();
	for (i = 0; i < a->nr_vms; i++) {
		if (!said[i].json)
			continue;
		json_object_object_add(a->hello, a->vms[i].spec->name, said[i].json);
		if (!ret && (!json_object_object_get_ex(said[i].json, "cpus", &cpus) ||
			     json_object_get_int(cpus) != a->vms[i].spec->vcpus))
			ret = agent_fail_guest(a, i, false, "it found %s CPUs, expected %d",
					       json_object_to_json_string(cpus),
					       a->vms[i].spec->vcpus);
		o = event_new("vm-up");
		json_object_object_add(o, "vm", json_object_new_string(a->vms[i].spec->name));
		json_object_object_add(o, "start_s", json_object_new_double(a->vms[i].start_s));
		json_object_object_add(o, "seconds",
				       json_object_new_double((now_ms() - begin) / 1e3));
		event_emit(o);
	}
	return ret;
}

static int open_meas(struct agent *a)
{
	struct meas_vm vms[EXP_MAX_VMS];
	int i;

	for (i = 0; i < a->nr_vms; i++)
		vms[i] = (struct meas_vm){
			.name = a->vms[i].spec->name, .pid = a->vms[i].pid,
			.nr_vcpus = a->vms[i].spec->vcpus, .tids = a->vms[i].tids,
		};
	a->meas = meas_open(vms, a->nr_vms, a->exp.metrics, a->exp.nr_metrics);
	return a->meas ? 0 : agent_fail(a, KIND_IO, "cannot open the metrics: out of memory");
}

int agent_vms_up(struct agent *a)
{
	int64_t begin = now_ms();
	struct vh_err err;

	if (fill_vms(a))
		return -1;
	event_phase("starting %d VM%s", a->nr_vms, a->nr_vms > 1 ? "s" : "");
	if (vm_start_all(&a->host, a->vms, a->nr_vms, a->exp.cpus, &err))
		return agent_fail(a, KIND_LIBVIRT, "%s%s%s",
				  vm_host_lost() ? vm_host_lost() : "",
				  vm_host_lost() ? ": " : "", err.msg);
	a->up = true;
	if (take_hellos(a, begin) || open_meas(a)) {
		agent_vms_down(a);
		return -1;
	}
	return 0;
}

void agent_vms_down(struct agent *a)
{
	/* counters first: an open one may keep what it counts alive */
	meas_close(a->meas);
	a->meas = NULL;
	if (a->up)
		vm_stop_all(&a->host, a->vms, a->nr_vms);
	a->up = false;
}
