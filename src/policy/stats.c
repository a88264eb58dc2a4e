// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was seen, decided and done, in debugfs below vhint/:
 *
 * counters:	"name value" lines
 * latency:	"bin_ns count" lines of the time from decision to running; a bin
 *		reaches from its bin_ns to the next one's, the first begins at 0
 * age:		the same of the age of hints when a policy is asked about them
 * vcpus:	"pid vcpu_id nr_running idle age_ns" lines, what each vCPU says now;
 *		pid is the VM's process, -1 is what it does not say
 */
#include <linux/debugfs.h>
#include <linux/log2.h>
#include <linux/seq_file.h>

#include "vhint.h"

DEFINE_PER_CPU(struct vh_stats, vh_stats);
static struct dentry *vh_dir;

static const char * const counter_names[VH_NR_COUNTERS] = {
#define X(name) [VH_C_##name] = #name,
	VH_COUNTERS(X)
#undef X
};

static const char * const reason_names[VH_NR_REASONS] = {
	[VH_WAITED_FOR]		= "reason_waited_for",
	[VH_WOKEN]		= "reason_woken",
	[VH_NO_HINT]		= "reason_no_hint",
	[VH_STALE]		= "reason_stale",
	[VH_RUNNING]		= "reason_running",
	[VH_UNCONTENDED]	= "reason_uncontended",
	[VH_ALREADY]		= "reason_already",
	[VH_BUSY]		= "reason_busy",
	[VH_NO_POLICY]		= "reason_no_policy",
};

/* Sum of the u64 at @offset in struct vh_stats over all CPUs. */
static u64 vh_sum(size_t offset)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *(u64 *)((char *)per_cpu_ptr(&vh_stats, cpu) + offset);
	return sum;
}

/* Each decision is read once, so that "decided" and the reasons fit while CPUs go on. */
static void decisions_show(struct seq_file *m)
{
	u64 acted, all[VH_NR_REASONS], decided = 0;
	int i;

	for (i = 0; i < VH_NR_REASONS; i++) {
		acted = vh_sum(offsetof(struct vh_stats, decision[1][i]));
		all[i] = vh_sum(offsetof(struct vh_stats, decision[0][i])) + acted;
		decided += acted;
	}
	seq_printf(m, "decided %llu\n", decided);
	for (i = 0; i < VH_NR_REASONS; i++)
		seq_printf(m, "%s %llu\n", reason_names[i], all[i]);
}

static int counters_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = 0; i < VH_NR_COUNTERS; i++)
		seq_printf(m, "%s %llu\n", counter_names[i],
			   vh_sum(offsetof(struct vh_stats, counter[i])));
	decisions_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

/* The histogram whose first bin is at @offset in struct vh_stats. */
static void bins_show(struct seq_file *m, size_t offset)
{
	int i;

	for (i = 0; i < VH_BINS; i++)
		seq_printf(m, "%llu %llu\n", BIT_ULL(i), vh_sum(offset + i * sizeof(u64)));
}

static int latency_show(struct seq_file *m, void *unused)
{
	bins_show(m, offsetof(struct vh_stats, latency));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

static int age_show(struct seq_file *m, void *unused)
{
	bins_show(m, offsetof(struct vh_stats, age));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(age);

static void vcpu_show(struct vh_vcpu *st, void *data)
{
	struct kvm_vhint hint;
	s64 age_ns = -1;
	int nr = -1, idle = -1;

	if (!kvm_vhint_read(st->vcpu, &hint)) {
		nr = hint.has_runq ? hint.nr_running : -1;
		idle = hint.has_idle ? hint.idle : -1;
		age_ns = min_t(u64, hint.age_ns, S64_MAX);
	}
	seq_printf(data, "%d %d %d %d %lld\n", st->vcpu->kvm->userspace_pid,
		   st->vcpu->vcpu_id, nr, idle, age_ns);
}

static int vcpus_show(struct seq_file *m, void *unused)
{
	vh_each_vcpu(vcpu_show, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpus);

static int vh_bin(u64 ns)
{
	return min_t(int, ilog2(ns | 1), VH_BINS - 1);
}

void vh_latency(u64 ns)
{
	vh_add(latency_ns_sum, ns);
	vh_count(latency_n);
	this_cpu_inc(vh_stats.latency[vh_bin(ns)]);
}

void vh_age(u64 ns)
{
	this_cpu_inc(vh_stats.age[vh_bin(ns)]);
}

int vh_stats_init(void)
{
	vh_dir = debugfs_create_dir("vhint", NULL);
	debugfs_create_file("counters", 0444, vh_dir, NULL, &counters_fops);
	debugfs_create_file("latency", 0444, vh_dir, NULL, &latency_fops);
	debugfs_create_file("age", 0444, vh_dir, NULL, &age_fops);
	debugfs_create_file("vcpus", 0444, vh_dir, NULL, &vcpus_fops);
	return 0;
}

void vh_stats_exit(void)
{
	debugfs_remove_recursive(vh_dir);
}
