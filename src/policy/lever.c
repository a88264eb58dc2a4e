// SPDX-License-Identifier: GPL-2.0-only
/*
 * Levers: the ways in which 6.12 lets a module move a task onto a CPU, and back.
 *
 * All go through the scheduler's own interface, as a change to another task's
 * fields would break what it derives from them. sched_setattr_nocheck() does
 * not sleep for the classes used here.
 */
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <uapi/linux/sched/types.h>

#include "vhint.h"

/* The scheduler's least custom slice, see __setscheduler_params(). */
#define VH_LEAST_SLICE_NS 100000

const char * const vh_lever_names[VH_NR_LEVERS] = {
	[VH_LEVER_NONE]		= "none",
	[VH_LEVER_YIELD]	= "yield",
	[VH_LEVER_SLICE]	= "slice",
	[VH_LEVER_NICE]		= "nice",
	[VH_LEVER_FIFO]		= "fifo",
};

static void vh_baseline(struct vh_vcpu *dst)
{
	struct task_struct *p = dst->task;

	dst->base.policy = p->policy;
	dst->base.nice = task_nice(p);
	dst->base.slice = p->se.custom_slice ? p->se.slice : 0;
}

/* Runs @st's task on another CPU, once: what it may run on stays as it was. */
static void vh_move_fn(struct kthread_work *work)
{
	struct vh_vcpu *st = container_of(work, struct vh_vcpu, move);
	int from = READ_ONCE(st->move_from);
	cpumask_var_t base, to;

	/* It may have got a CPU, or been moved, since this was decided. */
	if (READ_ONCE(st->running) || task_cpu(st->task) != from) {
		vh_count(refused_moot);
		return;
	}
	if (!alloc_cpumask_var(&base, GFP_KERNEL)) {
		vh_count(refused_kernel);
		return;
	}
	if (!alloc_cpumask_var(&to, GFP_KERNEL)) {
		vh_count(refused_kernel);
		goto out;
	}

	cpumask_copy(base, &st->task->cpus_mask);
	cpumask_andnot(to, base, cpumask_of(from));
	if (cpumask_empty(to)) {
		vh_count(refused_pinned);
	} else if (!set_cpus_allowed_ptr(st->task, to)) {
		set_cpus_allowed_ptr(st->task, base);
		vh_count(moved);
	} else {
		vh_count(refused_kernel);
	}
	free_cpumask_var(to);
out:
	free_cpumask_var(base);
}

/**
 * vh_move - have a vCPU leave the run queue that it is on
 * @dst: the vCPU
 *
 * Done by the thread, since the scheduler may sleep over it. It is a move
 * within what the task may use anyway and takes nothing from other VMs, so
 * there is no budget and nothing to take back.
 */
void vh_move(struct vh_vcpu *dst)
{
	WRITE_ONCE(dst->decided_at, ktime_get_ns());
	WRITE_ONCE(dst->move_from, task_cpu(dst->task));
	if (!vh_defer(&dst->move))
		vh_count(refused_moot);
}

void vh_lever_init(struct vh_vcpu *st)
{
	kthread_init_work(&st->move, vh_move_fn);
}

void vh_lever_exit(struct vh_vcpu *st)
{
	kthread_flush_work(&st->move);
}

/**
 * vh_pull - boost a vCPU
 * @src: who asks, or NULL
 * @dst: the target; its VM is locked
 * @lever: by what
 *
 * Return: 0, or an error of the scheduler's; -EPERM when the task is not of a
 * normal class, which is then somebody else's to schedule.
 */
int vh_pull(struct vh_vcpu *src, struct vh_vcpu *dst, enum vh_lever lever)
{
	struct sched_attr attr = { .size = sizeof(attr) };

	if (dst->task->policy != SCHED_NORMAL && dst->task->policy != SCHED_BATCH)
		return -EPERM;

	vh_baseline(dst);
	attr.sched_policy = dst->base.policy;
	attr.sched_nice = dst->base.nice;
	attr.sched_runtime = dst->base.slice;

	switch (lever) {
	case VH_LEVER_YIELD:
		if (src && src->task == current) {
			vh_count(yields_asked);
			kvm_vhint_yield(src->vcpu, dst->vcpu);
		}
		return 0;
	case VH_LEVER_SLICE:
		attr.sched_runtime = VH_LEAST_SLICE_NS;
		break;
	case VH_LEVER_NICE:
		attr.sched_nice = MIN_NICE;
		break;
	case VH_LEVER_FIFO:
		attr.sched_policy = SCHED_FIFO;
		attr.sched_priority = 1;
		attr.sched_nice = 0;
		attr.sched_runtime = 0;
		break;
	default:
		return 0;
	}

	return sched_setattr_nocheck(dst->task, &attr);
}

/**
 * vh_release - put back what vh_pull() changed
 * @dst: the target; its VM is locked
 *
 * What somebody else has changed since is left alone.
 */
void vh_release(struct vh_vcpu *dst)
{
	struct sched_attr attr = {
		.size		= sizeof(attr),
		.sched_policy	= dst->base.policy,
		.sched_nice	= dst->base.nice,
		.sched_runtime	= dst->base.slice,
	};

	switch (dst->lever) {
	case VH_LEVER_FIFO:
		if (dst->task->policy == SCHED_FIFO)
			sched_setattr_nocheck(dst->task, &attr);
		break;
	case VH_LEVER_SLICE:
	case VH_LEVER_NICE:
		if (dst->task->policy == dst->base.policy)
			sched_setattr_nocheck(dst->task, &attr);
		break;
	default:
		break;
	}
}
