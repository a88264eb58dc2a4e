// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boosts: bounded, repaid, and surely taken back.
 *
 * The first boost of a VM opens a window. Boosts last until the window ends;
 * then all are taken back and the VM rests for as long. A VM that
 * was displaced is given a window of the same length at once, so that a VM
 * which claims to be urgent all the time gets its share and no more: boosts
 * lend CPU time, they do not give it.
 *
 * The end of a window is a timer, which wakes a thread, because the scheduler
 * does not change a task's class in interrupt context. The thread runs ahead
 * of what it has to take back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/sched.h>
#include <uapi/linux/sched/types.h>

#include "vhint.h"

static struct kthread_worker *vh_worker;

/* Returns false if it is queued already. */
bool vh_defer(struct kthread_work *work)
{
	return kthread_queue_work(vh_worker, work);
}

static enum hrtimer_restart vh_timer_fn(struct hrtimer *timer)
{
	struct vh_vm *vm = container_of(timer, struct vh_vm, timer);

	vh_defer(&vm->work);
	return HRTIMER_NORESTART;
}

/*
 * vm->lock is held. Less than two slices of time ahead of others is soon spent
 * on the switches that it causes; see README.md.
 */
static void vh_open_window(struct vh_vm *vm, const struct vh_vcpu *first, u64 now, bool repaying)
{
	u64 ns = READ_ONCE(vh_boost_us) * NSEC_PER_USEC;

	if (!ns)
		ns = 2 * READ_ONCE(first->task->se.slice);
	vm->window_end = now + ns;
	if (READ_ONCE(vh_rest_us))
		ns = READ_ONCE(vh_rest_us) * NSEC_PER_USEC;
	vm->rest_end = vm->window_end + ns;
	vm->repaying = repaying;
	hrtimer_start(&vm->timer, ns_to_ktime(vm->window_end), HRTIMER_MODE_ABS);
}

/* vm->lock of @dst is held. Returns what vh_pull() does. */
static int vh_boost_one(struct vh_vcpu *src, struct vh_vcpu *dst)
{
	enum vh_lever lever = READ_ONCE(vh_lever);
	int ret;

	ret = vh_pull(src, dst, lever);
	if (ret)
		return ret;

	dst->lever = lever;
	WRITE_ONCE(dst->boosted, true);
	kvm_vhint_feedback(dst->vcpu, KVM_VHINT_APPLIED_BOOSTED);
	return 0;
}

/**
 * vh_boost - do what a policy has decided, as far as the budget allows
 * @src: the vCPU on whose behalf
 * @dst: the vCPU to be boosted
 *
 * Context: hooks, with preemption off.
 */
void vh_boost(struct vh_vcpu *src, struct vh_vcpu *dst)
{
	struct vh_vcpu *displaced = READ_ONCE(per_cpu(vh_current, task_cpu(dst->task)));
	struct vh_vm *vm = dst->vm;
	u64 now = ktime_get_ns();
	int ret;

	raw_spin_lock(&vm->lock);
	if (dst->boosted) {
		vh_count(refused_already);
		goto out;
	}

	if (displaced && displaced->vm != vm && READ_ONCE(displaced->boosted)) {
		vh_count(refused_turn);
		goto out;
	}

	if (now >= vm->window_end) {
		if (now < vm->rest_end || hrtimer_active(&vm->timer)) {
			vh_count(throttled);
			kvm_vhint_feedback(dst->vcpu, KVM_VHINT_APPLIED_THROTTLED);
			goto out;
		}
		vh_open_window(vm, dst, now, false);
		vh_count(windows);
	}

	WRITE_ONCE(dst->decided_at, now);
	ret = vh_boost_one(src, dst);
	if (ret == -EPERM) {
		vh_count(refused_class);
	} else if (ret) {
		vh_count(refused_kernel);
	} else {
		vh_count(applied);
		if (displaced && displaced->vm != vm && !vm->repaying && !dst->victim)
			dst->victim = vh_vm_get(displaced->vm);
	}
out:
	raw_spin_unlock(&vm->lock);
}

/* Take back all boosts of @vm; returns one VM that was displaced, referenced. */
static struct vh_vm *vh_close_window(struct vh_vm *vm)
{
	struct vh_vm *victim = NULL;
	struct vh_vcpu *st;

	raw_spin_lock(&vm->lock);
	list_for_each_entry(st, &vm->vcpus, node) {
		if (st->boosted) {
			vh_release(st);
			WRITE_ONCE(st->boosted, false);
			vh_count(restored);
			kvm_vhint_feedback(st->vcpu, 0);
		}
		if (st->victim) {
			if (!victim)
				victim = st->victim;
			else
				vh_vm_put(st->victim);
			st->victim = NULL;
		}
	}
	raw_spin_unlock(&vm->lock);

	return victim;
}

/* Give a displaced VM the window that was taken from it, if it has a use. */
static void vh_repay(struct vh_vm *vm)
{
	u64 now = ktime_get_ns();
	struct vh_vcpu *st;
	bool open;

	raw_spin_lock(&vm->lock);
	open = now < vm->window_end;
	list_for_each_entry(st, &vm->vcpus, node) {
		if (READ_ONCE(st->halted) || st->boosted)
			continue;
		if (!open) {
			vh_open_window(vm, st, now, true);
			open = true;
		}
		if (vh_boost_one(NULL, st))
			vh_count(repay_refused);
		else
			vh_count(repaid);
	}
	raw_spin_unlock(&vm->lock);
}

static void vh_window_fn(struct kthread_work *work)
{
	struct vh_vm *vm = container_of(work, struct vh_vm, work);
	struct vh_vm *victim;

	victim = vh_close_window(vm);
	if (victim) {
		vh_repay(victim);
		vh_vm_put(victim);
	}
}

void vh_restore_all(struct vh_vm *vm)
{
	struct vh_vm *victim = vh_close_window(vm);

	if (victim)
		vh_vm_put(victim);
}

void vh_vm_init_budget(struct vh_vm *vm)
{
	hrtimer_init(&vm->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	vm->timer.function = vh_timer_fn;
	kthread_init_work(&vm->work, vh_window_fn);
}

/* No window of @vm ends after this; nothing may open one. */
void vh_vm_stop(struct vh_vm *vm)
{
	hrtimer_cancel(&vm->timer);
	kthread_cancel_work_sync(&vm->work);
	vh_restore_all(vm);
}

int vh_boost_init(void)
{
	struct sched_attr attr = {
		.size		= sizeof(attr),
		.sched_policy	= SCHED_FIFO,
		.sched_priority	= 2,
	};

	vh_worker = kthread_create_worker(0, "vhint");
	if (IS_ERR(vh_worker))
		return PTR_ERR(vh_worker);

	sched_setattr_nocheck(vh_worker->task, &attr);
	return 0;
}

void vh_boost_exit(void)
{
	kthread_destroy_worker(vh_worker);
}
