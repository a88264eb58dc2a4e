// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is to know of the host that measures.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/child.h"
#include "base/cpulist.h"
#include "host/hostinfo.h"
#include "host/hostinfo_tree.h"
#include "host/vm_xml.h"
#include "results/tuning.h"

#define SCHED	"/sys/kernel/debug/sched/"
#define CPUIDLE	"/sys/devices/system/cpu/cpuidle/"
#define MODULES	"/sys/module/"

static json_object *text_of(const char *path)
{
	char buf[8192];

	return attr_read(path, buf, sizeof(buf)) < 0 ? NULL : json_object_new_string(buf);
}

static json_object *number_of(const char *path)
{
	uint64_t n;

	return attr_read_u64(path, &n) ? NULL : json_object_new_int64(n);
}

json_object *hostinfo_field(const char *text, const char *key)
{
	size_t len = strlen(key);
	const char *p, *end;

	for (p = text; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		if (strncmp(p, key, len) || !strchr(" \t:", p[len]))
			continue;
		end = p + strcspn(p, "\n");
		p += len + strspn(p + len, " \t");
		if (*p != ':')
			continue;
		p += 1 + strspn(p + 1, " \t");
		while (end > p && isspace((unsigned char)end[-1]))
			end--;
		return p <= end ? json_object_new_string_len(p, end - p) : NULL;
	}
	return NULL;
}

/* The first word that a tool prints; for what no library here does. */
static json_object *word_from(char *command)
{
	char *argv[] = { "sh", "-c", command, NULL };
	char *text = child_text(argv);
	json_object *word = NULL;

	if (text && strcspn(text, " \n"))
		word = json_object_new_string_len(text, strcspn(text, " \n"));
	free(text);
	return word;
}

static json_object *kernel(void)
{
	json_object *o = json_object_new_object();
	struct utsname u;

	uname(&u);
	json_object_object_add(o, "release", json_object_new_string(u.release));
	json_object_object_add(o, "version", json_object_new_string(u.version));
	json_object_object_add(o, "cmdline", text_of("/proc/cmdline"));
	json_object_object_add(o, "config_sha256", access("/proc/config.gz", R_OK) ? NULL :
			       word_from("gzip -dc /proc/config.gz | sha256sum"));
	json_object_object_add(o, "clocksource",
		text_of("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
	json_object_object_add(o, "loadavg", text_of("/proc/loadavg"));
	json_object_object_add(o, "sysctl_sched_schedstats",
			       number_of("/proc/sys/kernel/sched_schedstats"));
	json_object_object_add(o, "transparent_hugepage",
			       text_of("/sys/kernel/mm/transparent_hugepage/enabled"));
	json_object_object_add(o, "ksm", text_of("/sys/kernel/mm/ksm/run"));
	return o;
}

static json_object *cpu(void)
{
	json_object *o = json_object_new_object(), *flags;
	char *text = malloc(1 << 16);

	if (!text || attr_read("/proc/cpuinfo", text, 1 << 16) < 0) {
		free(text);
		return o;
	}
	json_object_object_add(o, "model", hostinfo_field(text, "model name"));
	json_object_object_add(o, "microcode", hostinfo_field(text, "microcode"));
	json_object_object_add(o, "online", text_of("/sys/devices/system/cpu/online"));
	tuning_read(o, TUNING_CPUS);
	json_object_object_add(o, "cpufreq_driver",
		text_of("/sys/devices/system/cpu/cpu1/cpufreq/scaling_driver"));
	json_object_object_add(o, "cpuidle_driver", text_of(CPUIDLE "current_driver"));
	json_object_object_add(o, "cpuidle_governor", text_of(CPUIDLE "current_governor"));
	flags = hostinfo_field(text, "flags");
	/* a host that is itself a guest: its figures are not those of hardware */
	json_object_object_add(o, "virtualised", json_object_new_boolean(flags &&
		strstr(json_object_get_string(flags), " hypervisor")));
	json_object_put(flags);
	json_object_object_add(o, "vulnerabilities",
			       attr_read_dir("/sys/devices/system/cpu/vulnerabilities"));
	free(text);
	return o;
}

/* Those of /proc/sys/kernel whose names begin with sched_ */
static json_object *sched_sysctls(void)
{
	json_object *all = hostinfo_tree("/proc/sys/kernel", 1, NULL);
	json_object *o = json_object_new_object();

	if (all) {
		json_object_object_foreach(all, key, v) {
			if (!strncmp(key, "sched_", 6))
				json_object_object_add(o, key, json_object_get(v));
		}
	}
	json_object_put(all);
	return o;
}

static json_object *sched(void)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "features", text_of(SCHED "features"));
	json_object_object_add(o, "base_slice_ns", number_of(SCHED "base_slice_ns"));
	json_object_object_add(o, "migration_cost_ns", number_of(SCHED "migration_cost_ns"));
	json_object_object_add(o, "nr_migrate", number_of(SCHED "nr_migrate"));
	json_object_object_add(o, "preempt", text_of(SCHED "preempt"));
	json_object_object_add(o, "tunable_scaling", number_of(SCHED "tunable_scaling"));
	json_object_object_add(o, "sched_ext", text_of("/sys/kernel/sched_ext/state"));
	/* "debug" lists every task */
	json_object_object_add(o, "debugfs", hostinfo_tree("/sys/kernel/debug/sched", 4, "debug"));
	json_object_object_add(o, "sysctl", sched_sysctls());
	return o;
}

static json_object *string_or_null(const char *text)
{
	return text[0] ? json_object_new_string(text) : NULL;
}

json_object *hostinfo(const struct vm_host *h)
{
	json_object *o = json_object_new_object(), *kvm = json_object_new_object();

	json_object_object_add(o, "kernel", kernel());
	json_object_object_add(o, "cpu", cpu());
	json_object_object_add(o, "sched", sched());
	json_object_object_add(kvm, "kvm", attr_read_dir(MODULES "kvm/parameters"));
	json_object_object_add(kvm, "kvm_amd", attr_read_dir(MODULES "kvm_amd/parameters"));
	json_object_object_add(kvm, "kvm_intel", attr_read_dir(MODULES "kvm_intel/parameters"));
	json_object_object_add(o, "kvm", kvm);
	json_object_object_add(o, "libvirt", string_or_null(h->libvirt));
	json_object_object_add(o, "qemu", string_or_null(h->qemu));
	return o;
}

json_object *hostinfo_vms(const struct vm *vms, int nr)
{
	json_object *list = json_object_new_array(), *o, *tids, *pins;
	char text[160];
	int i, c;

	for (i = 0; i < nr; i++) {
		o = json_object_new_object();
		tids = json_object_new_array();
		pins = json_object_new_array();
		for (c = 0; c < vms[i].spec->vcpus; c++) {
			json_object_array_add(tids, json_object_new_int(vms[i].tids[c]));
			json_object_array_add(pins, json_object_new_string(
				cpulist_text(vms[i].spec->pins[c], text, sizeof(text))));
		}
		json_object_object_add(o, "name", json_object_new_string(vms[i].spec->name));
		json_object_object_add(o, "pid", json_object_new_int(vms[i].pid));
		json_object_object_add(o, "vcpu_tids", tids);
		json_object_object_add(o, "vcpu_pins", pins);
		snprintf(text, sizeof(text), "/proc/%d/task/%d/cgroup", vms[i].pid,
			 vms[i].tids[0]);
		json_object_object_add(o, "vcpu_cgroup", text_of(text));
		json_object_array_add(list, o);
	}
	return list;
}
