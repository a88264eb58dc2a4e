// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which paravirtual features the guest has: what KVM offers, and what the kernel made of it
 */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include <json-c/json.h>

#include "workload/runner_pv.h"
#include "workload/runner_sys.h"

#define KVM_LEAF		0x40000000u
#define KVM_LEAF_END		0x40010000u
#define KLOG_READ_ALL		3
#define KLOG_SIZE		(256 << 10)
#define MAX_MESSAGES		40
#define DEVICES			"/sys/devices/system/"

/* KVM_FEATURE_* in asm/kvm_para.h; vhint's is of the series in patches/linux/ */
static const char *const names[32] = {
	[0] = "clocksource", [1] = "nop-io-delay", [2] = "mmu-op", [3] = "clocksource2",
	[4] = "async-pf", [5] = "steal-time", [6] = "pv-eoi", [7] = "pv-unhalt",
	[9] = "pv-tlb-flush", [10] = "async-pf-vmexit", [11] = "pv-send-ipi",
	[12] = "poll-control", [13] = "pv-sched-yield", [14] = "async-pf-int",
	[15] = "msi-ext-dest-id", [16] = "hc-map-gpa-range", [17] = "migration-control",
	[18] = "vhint", [24] = "clocksource-stable",
};

struct json_object *pv_features(uint32_t eax)
{
	struct json_object *list = json_object_new_array();
	char bit[16];
	int i;

	for (i = 0; i < 32; i++) {
		if (!(eax >> i & 1))
			continue;
		snprintf(bit, sizeof(bit), "bit%d", i);
		json_object_array_add(list, json_object_new_string(names[i] ? names[i] : bit));
	}
	return list;
}

struct json_object *pv_messages(char *log)
{
	static const char *const from[] = { "kvm-guest: ", "kvm-clock: ", "kvm_vhint: " };
	struct json_object *list = json_object_new_array();
	char *line, *at, *rest = NULL;
	size_t i;

	for (line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		for (i = 0; i < ARRAY_SIZE(from); i++) {
			at = strstr(line, from[i]);
			if (at && json_object_array_length(list) < MAX_MESSAGES)
				json_object_array_add(list, json_object_new_string(at));
		}
	}
	return list;
}

/* Other interfaces may come first, and then KVM's leaf is a multiple of 0x100 away. */
static uint32_t kvm_leaf(void)
{
	uint32_t leaf, eax, sig[3];

	if (!__get_cpuid(1, &eax, &sig[0], &sig[1], &sig[2]) || !(sig[1] >> 31))
		return 0;
	for (leaf = KVM_LEAF; leaf < KVM_LEAF_END; leaf += 0x100) {
		__cpuid(leaf, eax, sig[0], sig[1], sig[2]);
		if (!memcmp(sig, "KVMKVMKVM\0\0\0", sizeof(sig)))
			return leaf;
	}
	return 0;
}

static void add_file(struct json_object *o, const char *key, const char *path)
{
	char text[1024];
	int n = sys_read_file(path, text, sizeof(text));

	json_object_object_add(o, key, n < 0 ? NULL : json_object_new_string(text));
}

struct json_object *pv_record(void)
{
	uint32_t leaf = kvm_leaf(), eax, ebx, ecx, edx;
	char *log = calloc(1, KLOG_SIZE + 1), text[16];
	struct json_object *o;

	if (!leaf || !log) {
		free(log);
		return NULL;
	}
	__cpuid(leaf + 1, eax, ebx, ecx, edx);
	o = json_object_new_object();
	snprintf(text, sizeof(text), "0x%08x", eax);
	json_object_object_add(o, "cpuid_eax", json_object_new_string(text));
	json_object_object_add(o, "features", pv_features(eax));
	json_object_object_add(o, "realtime_hint", json_object_new_boolean(edx & 1));
	klogctl(KLOG_READ_ALL, log, KLOG_SIZE);
	json_object_object_add(o, "messages", pv_messages(log));
	add_file(o, "clocksource", DEVICES "clocksource/clocksource0/current_clocksource");
	add_file(o, "cpuidle_driver", DEVICES "cpu/cpuidle/current_driver");
	add_file(o, "cpuidle_governor", DEVICES "cpu/cpuidle/current_governor");
	add_file(o, "cmdline", "/proc/cmdline");
	free(log);
	return o;
}
