// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was seen, decided and done, in debugfs: vhint/counters has "name value"
 * lines, vhint/latency has "bin_ns count" lines from decision to running.
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

static int counters_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = 0; i < VH_NR_COUNTERS; i++)
		seq_printf(m, "%s %llu\n", counter_names[i],
			   vh_sum(offsetof(struct vh_stats, counter[i])));
	for (i = 0; i < VH_NR_REASONS; i++)
		seq_printf(m, "%s %llu\n", reason_names[i],
			   vh_sum(offsetof(struct vh_stats, reason[i])));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static int latency_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = 0; i < VH_LATENCY_BINS; i++)
		seq_printf(m, "%llu %llu\n", BIT_ULL(i),
			   vh_sum(offsetof(struct vh_stats, latency[i])));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

void vh_latency(u64 ns)
{
	vh_add(latency_ns_sum, ns);
	vh_count(latency_n);
	this_cpu_inc(vh_stats.latency[min_t(int, ilog2(ns | 1), VH_LATENCY_BINS - 1)]);
}

int vh_stats_init(void)
{
	vh_dir = debugfs_create_dir("vhint", NULL);
	debugfs_create_file("counters", 0444, vh_dir, NULL, &counters_fops);
	debugfs_create_file("latency", 0444, vh_dir, NULL, &latency_fops);
	return 0;
}

void vh_stats_exit(void)
{
	debugfs_remove_recursive(vh_dir);
}
