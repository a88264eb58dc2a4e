// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's own statistics of a VM, from /sys/kernel/debug/kvm/PID-FD/. They are
 * sums over its vCPUs. (KVM also offers them through a file descriptor, but
 * that is QEMU's.) Files are opened for each reading: an open one would keep the
 * VM alive in the kernel after its end.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "measure/metrics.h"

#define KVM_DEBUGFS	"/sys/kernel/debug/kvm"

#define KVM_METRICS(X)									\
	X("exits", "exits", BETTER_LOWER, "exits from guest to host")			\
	X("halt_exits", "halt_exits", BETTER_NONE, "exits because a vCPU went idle")	\
	X("halt_wakeups", "halt_wakeup", BETTER_NONE, "sleeping vCPUs woken")		\
	X("halt_polls", "halt_attempted_poll", BETTER_NONE, "halts that the host polled first") \
	X("halt_polls_ok", "halt_successful_poll", BETTER_NONE, "polls that saw the wake-up") \
	X("irq_injections", "irq_injections", BETTER_NONE, "interrupts injected")	\
	X("irq_exits", "irq_exits", BETTER_LOWER, "exits for an interrupt of the host")	\
	X("hypercalls", "hypercalls", BETTER_NONE, "hypercalls by the guest")		\
	X("tlb_flushes", "tlb_flush", BETTER_NONE, "TLB flushes by KVM")		\
	X("yields", "directed_yield_attempted", BETTER_NONE, "directed yields that the guest asked for") \
	X("yields_ok", "directed_yield_successful", BETTER_NONE, "of these, those that were done") \
	X("yields_refused", "directed_yield_refused", BETTER_NONE,			\
	  "of these, those that the scheduler refused: the target ran, slept or is of another class") \
	X("yields_alone", "directed_yield_alone", BETTER_NONE,				\
	  "of these, those that found no other task to yield to")			\
	X("yields_no_target", "directed_yield_no_target", BETTER_NONE,			\
	  "of these, those without a vCPU that was worth trying")			\
	X("spin_yields", "spin_yield_attempted", BETTER_NONE,				\
	  "directed yields by vCPUs that spun (pause-loop exits); always 0 on a CPU without a pause filter") \
	X("spin_yields_ok", "spin_yield_successful", BETTER_NONE, "of these, those that were done") \
	X("spin_yields_refused", "spin_yield_refused", BETTER_NONE,			\
	  "of these, those that the scheduler refused")					\
	X("spin_yields_alone", "spin_yield_alone", BETTER_NONE,				\
	  "of these, those that found no other task to yield to")			\
	X("spin_yields_no_target", "spin_yield_no_target", BETTER_NONE,			\
	  "spinning vCPUs that found no vCPU worth trying; not among spin_yields")	\
	X("preemptions", "preemption_reported", BETTER_NONE, "preemptions that KVM reported to the guest")

static const struct metric metrics[] = {
#define X(name, file, better, doc) { name, "count", better, doc, false },
	KVM_METRICS(X)
#undef X
};

static const char *const files[] = {
#define X(name, file, better, doc) file,
	KVM_METRICS(X)
#undef X
};

struct kvm {
	char dir[300];
};

static void *kvm_open(const struct meas_vm *vm, const bool *wanted)
{
	struct kvm *k = calloc(1, sizeof(*k));
	DIR *d = opendir(KVM_DEBUGFS);
	struct dirent *e;
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "%d-", vm->pid);
	while (k && d && (e = readdir(d)))
		if (!strncmp(e->d_name, prefix, strlen(prefix)))
			snprintf(k->dir, sizeof(k->dir), KVM_DEBUGFS "/%s", e->d_name);
	if (d)
		closedir(d);
	if (k && k->dir[0])
		return k;
	free(k);
	return NULL;
}

static void kvm_read(void *priv, double *val)
{
	struct kvm *k = priv;
	char path[400];
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", k->dir, files[i]);
		if (!attr_read_u64(path, &n))
			val[i] = n;
	}
}

const struct meas_source meas_kvm = {
	.name = "kvm",
	.metrics = metrics,
	.nr_metrics = sizeof(metrics) / sizeof(metrics[0]),
	.open = kvm_open,
	.read = kvm_read,
	.close = free,
};
