// SPDX-License-Identifier: GPL-2.0-only
/*
 * vhint: host policies that act on the scheduling hints of guests.
 *
 * The core hears of scheduling events from KVM, takes the snapshot on which a
 * policy decides, and hands what it decides to boost.c. The policy can be
 * changed at any time through the parameter "policy"; boosts of the old one end
 * with their window.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/slab.h>

#include "vhint.h"

DEFINE_PER_CPU(struct vh_vcpu *, vh_current);

/* Guards the list and all lists of vCPUs; outside the VMs' own locks. */
static DEFINE_RAW_SPINLOCK(vh_vms_lock);
static LIST_HEAD(vh_vms);

static const struct vh_policy * const vh_policies[] = {
#define VHINT_POLICY(name, summary) &vh_policy_##name,
#include "policies.h"
#undef VHINT_POLICY
};

static const struct vh_policy *vh_policy = &vh_policy_null;

static int policy_set(const char *val, const struct kernel_param *kp)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vh_policies); i++) {
		if (sysfs_streq(val, vh_policies[i]->name)) {
			WRITE_ONCE(vh_policy, vh_policies[i]);
			return 0;
		}
	}
	return -EINVAL;
}

static int policy_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", READ_ONCE(vh_policy)->name);
}

static const struct kernel_param_ops policy_param_ops = {
	.set = policy_set,
	.get = policy_get,
};

module_param_cb(policy, &policy_param_ops, NULL, 0644);
MODULE_PARM_DESC(policy, "Who decides (default: null)");

enum vh_lever vh_lever = VH_LEVER_FIFO;

static int lever_set(const char *val, const struct kernel_param *kp)
{
	int i = sysfs_match_string(vh_lever_names, val);

	if (i < 0)
		return i;
	WRITE_ONCE(vh_lever, i);
	return 0;
}

static int lever_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", vh_lever_names[READ_ONCE(vh_lever)]);
}

static const struct kernel_param_ops lever_param_ops = {
	.set = lever_set,
	.get = lever_get,
};

module_param_cb(lever, &lever_param_ops, NULL, 0644);
MODULE_PARM_DESC(lever, "How a boost is done: none, yield, slice, nice or fifo (default: fifo)");

unsigned int vh_boost_us;
module_param_named(boost_us, vh_boost_us, uint, 0644);
MODULE_PARM_DESC(boost_us, "How long the boosts of a VM may last (default: 0, two slices of the vCPU)");

unsigned int vh_rest_us;
module_param_named(rest_us, vh_rest_us, uint, 0644);
MODULE_PARM_DESC(rest_us, "How long a VM is not boosted after that (default: 0, as long again)");

static unsigned int max_age_us = 10000;
module_param(max_age_us, uint, 0644);
MODULE_PARM_DESC(max_age_us, "A wake-up older than this is not acted on");

static int dry_nr = 1;
module_param(dry_nr, int, 0644);
MODULE_PARM_DESC(dry_nr, "A waker that has more tasks than this runnable can do without the woken");

struct vh_vm *vh_vm_get(struct vh_vm *vm)
{
	kref_get(&vm->ref);
	return vm;
}

static void vh_vm_free(struct kref *ref)
{
	struct vh_vm *vm = container_of(ref, struct vh_vm, ref);

	kfree_rcu(vm, rcu);
}

void vh_vm_put(struct vh_vm *vm)
{
	kref_put(&vm->ref, vh_vm_free);
}

/* Find or make the state of @kvm, with a reference for the caller's vCPU. */
static struct vh_vm *vh_vm_find(struct kvm *kvm)
{
	struct vh_vm *vm;

	raw_spin_lock(&vh_vms_lock);
	list_for_each_entry(vm, &vh_vms, node) {
		if (vm->kvm == kvm) {
			vh_vm_get(vm);
			goto out;
		}
	}

	vm = kzalloc(sizeof(*vm), GFP_ATOMIC);
	if (vm) {
		kref_init(&vm->ref);
		vm->kvm = kvm;
		raw_spin_lock_init(&vm->lock);
		INIT_LIST_HEAD(&vm->vcpus);
		vh_vm_init_budget(vm);
		list_add(&vm->node, &vh_vms);
	}
out:
	raw_spin_unlock(&vh_vms_lock);
	return vm;
}

/* In the context of @vcpu's thread. */
static struct vh_vcpu *vh_vcpu_new(struct kvm_vcpu *vcpu)
{
	struct vh_vcpu *st = kzalloc(sizeof(*st), GFP_ATOMIC);

	if (!st)
		goto nomem;
	st->vm = vh_vm_find(vcpu->kvm);
	if (!st->vm)
		goto nomem;

	st->vcpu = vcpu;
	st->task = get_task_struct(current);
	vh_lever_init(st);
	raw_spin_lock(&vh_vms_lock);
	raw_spin_lock(&st->vm->lock);
	list_add(&st->node, &st->vm->vcpus);
	raw_spin_unlock(&st->vm->lock);
	raw_spin_unlock(&vh_vms_lock);
	smp_store_release(kvm_vhint_priv(vcpu), st);
	return st;

nomem:
	kfree(st);
	vh_count(untracked);
	return NULL;
}

static void vh_vcpu_free(struct vh_vcpu *st)
{
	struct vh_vm *vm = st->vm;
	bool last;

	raw_spin_lock(&vh_vms_lock);
	raw_spin_lock(&vm->lock);
	if (st->boosted)
		vh_release(st);
	list_del(&st->node);
	last = list_empty(&vm->vcpus);
	raw_spin_unlock(&vm->lock);
	if (last)
		list_del(&vm->node);
	raw_spin_unlock(&vh_vms_lock);

	if (last)
		vh_vm_stop(vm);
	if (st->victim)
		vh_vm_put(st->victim);
	vh_lever_exit(st);
	put_task_struct(st->task);
	kfree_rcu(st, rcu);
	vh_vm_put(vm);
}

static bool vh_has(const u64 *targets, struct kvm_vcpu *vcpu)
{
	unsigned int id = vcpu->vcpu_id;

	return id < KVM_VHINT_MAX_TARGETS && (targets[id / 64] & BIT_ULL(id % 64));
}

static bool vh_read(struct kvm_vcpu *vcpu, struct kvm_vhint *hint)
{
	switch (kvm_vhint_read(vcpu, hint)) {
	case 0:
		vh_count(hints_seen);
		return true;
	case -EINVAL:
		vh_count(hints_malformed);
		return false;
	case -EAGAIN:
		vh_count(hints_unreadable);
		return false;
	default:
		return false;
	}
}

static void vh_consider(enum vh_event event, struct vh_vcpu *src,
			const struct kvm_vhint *hint, struct vh_vcpu *dst)
{
	struct vh_vcpu *there = READ_ONCE(per_cpu(vh_current, task_cpu(dst->task)));
	const struct vh_tunables tunables = {
		.max_age_ns	= max_age_us * NSEC_PER_USEC,
		.dry_nr		= dry_nr,
	};
	struct vh_snapshot s = {
		.event		= event,
		.src_waits	= vh_has(hint->wait, dst->vcpu),
		.src_woke	= vh_has(hint->woke, dst->vcpu),
		.dst_running	= READ_ONCE(dst->running),
		.dst_boosted	= READ_ONCE(dst->boosted),
		.src_nr		= hint->has_runq ? hint->nr_running : -1,
		.age_ns		= hint->age_ns,
	};
	struct vh_decision d;

	vh_age(hint->age_ns);
	if (there && there != dst) {
		s.stacked = there->vm == dst->vm;
		s.contended = !s.stacked;
	}
	if (!s.dst_running)
		s.dst_off_ns = ktime_get_ns() - READ_ONCE(dst->off_since);

	d = READ_ONCE(vh_policy)->decide(&s, &tunables);
	this_cpu_inc(vh_stats.decision[d.action != VH_LEAVE][d.reason]);
	if (d.action == VH_LEAVE)
		return;

	if (d.action == VH_MOVE)
		vh_move(dst);
	else
		vh_boost(src, dst);
}

static void vh_ipi(struct kvm_vcpu *from, struct kvm_vcpu *to, int vector)
{
	struct vh_vcpu *src = vh_state(from), *dst = vh_state(to);
	struct kvm_vhint hint;

	vh_count(ipis);
	if (!src || !dst || !vh_read(from, &hint))
		return;
	if (vh_has(hint.wait, to) || vh_has(hint.woke, to))
		vh_count(ipis_declared);
	/* Where a halted vCPU will run is known when it has been woken. */
	if (!READ_ONCE(dst->halted))
		vh_consider(VH_EV_IPI, src, &hint, dst);
}

static void vh_wake(struct kvm_vcpu *to)
{
	struct kvm_vcpu *from = in_interrupt() ? NULL : kvm_get_running_vcpu();
	struct vh_vcpu *src, *dst = vh_state(to);
	struct kvm_vhint hint;

	if (!dst)
		return;
	WRITE_ONCE(dst->halted, false);
	WRITE_ONCE(dst->off_since, ktime_get_ns());
	if (!from || from == to || from->kvm != to->kvm)
		return;
	src = vh_state(from);
	if (src && vh_read(from, &hint))
		vh_consider(VH_EV_WAKE, src, &hint, dst);
}

static void vh_sched_in(struct kvm_vcpu *vcpu)
{
	struct vh_vcpu *st = vh_state(vcpu);
	struct kvm_vhint hint;
	struct vh_vcpu *dst;
	struct kvm_vcpu *to;
	u64 decided_at;
	int id;

	if (!st)
		st = vh_vcpu_new(vcpu);
	if (!st)
		return;

	this_cpu_write(vh_current, st);
	WRITE_ONCE(st->running, true);
	WRITE_ONCE(st->halted, false);
	decided_at = READ_ONCE(st->decided_at);
	if (decided_at) {
		vh_latency(ktime_get_ns() - decided_at);
		WRITE_ONCE(st->decided_at, 0);
	}

	/* It spins for vCPUs that have lost their CPUs while it had none. */
	if (!vh_read(vcpu, &hint))
		return;
	for_each_set_bit(id, (unsigned long *)hint.wait, KVM_VHINT_MAX_TARGETS) {
		to = kvm_get_vcpu_by_id(vcpu->kvm, id);
		dst = to ? vh_state(to) : NULL;
		if (dst)
			vh_consider(VH_EV_SCHED_IN, st, &hint, dst);
	}
}

/* The run queue is locked: note what happened, no more. */
static void vh_sched_out(struct kvm_vcpu *vcpu, bool preempted)
{
	struct vh_vcpu *st = vh_state(vcpu);

	this_cpu_write(vh_current, NULL);
	if (!st)
		return;
	WRITE_ONCE(st->off_since, ktime_get_ns());
	WRITE_ONCE(st->halted, !preempted);
	WRITE_ONCE(st->running, false);
}

static void vh_halt(struct kvm_vcpu *vcpu)
{
	struct kvm_vhint hint;

	vh_count(halts);
	if (vh_read(vcpu, &hint) && hint.has_idle && hint.idle == KVM_VHINT_IDLE_HALT)
		vh_count(halts_declared);
}

static void vh_yielded(struct kvm_vcpu *vcpu, int ret)
{
	if (ret > 0)
		vh_count(yields_done);
	else if (ret == -ESRCH)
		vh_count(yields_alone);
	else
		vh_count(yields_refused);
}

/**
 * vh_each_vcpu - call @fn for every vCPU that has run since the module's start
 * @fn: may not sleep
 * @data: for @fn
 *
 * The vCPUs stay while it runs: their end waits for the lock.
 */
void vh_each_vcpu(void (*fn)(struct vh_vcpu *st, void *data), void *data)
{
	struct vh_vcpu *st;
	struct vh_vm *vm;

	raw_spin_lock(&vh_vms_lock);
	list_for_each_entry(vm, &vh_vms, node)
		list_for_each_entry(st, &vm->vcpus, node)
			fn(st, data);
	raw_spin_unlock(&vh_vms_lock);
}

/* The pointer in the vCPU may be one of an earlier load: look it up. */
static struct vh_vcpu *vh_lookup(struct kvm_vcpu *vcpu)
{
	struct vh_vcpu *st, *found = NULL;
	struct vh_vm *vm;

	raw_spin_lock(&vh_vms_lock);
	list_for_each_entry(vm, &vh_vms, node)
		list_for_each_entry(st, &vm->vcpus, node)
			if (!vcpu || st->vcpu == vcpu)
				found = st;
	raw_spin_unlock(&vh_vms_lock);
	return found;
}

static void vh_free(struct kvm_vcpu *vcpu)
{
	struct vh_vcpu *st = vh_lookup(vcpu);

	*kvm_vhint_priv(vcpu) = NULL;
	if (st)
		vh_vcpu_free(st);
}

static const struct kvm_vhint_ops vh_ops = {
	.sched_in	= vh_sched_in,
	.sched_out	= vh_sched_out,
	.halt		= vh_halt,
	.wake		= vh_wake,
	.ipi		= vh_ipi,
	.yielded	= vh_yielded,
	.free		= vh_free,
};

static int __init vh_init(void)
{
	int ret;

	ret = vh_boost_init();
	if (ret)
		return ret;
	vh_stats_init();
	ret = kvm_vhint_register(&vh_ops);
	if (ret) {
		pr_err("another policy module is registered\n");
		vh_stats_exit();
		vh_boost_exit();
	}
	return ret;
}

static void __exit vh_exit(void)
{
	struct vh_vcpu *st;

	/* First: once unregistered we do not hear of a vCPU's end, and debugfs reads them. */
	vh_stats_exit();
	kvm_vhint_unregister(&vh_ops);
	/* No hook runs now, so nothing is added and nothing boosted. */
	while ((st = vh_lookup(NULL)))
		vh_vcpu_free(st);
	vh_boost_exit();
	rcu_barrier();
}

module_init(vh_init);
module_exit(vh_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Host scheduling policies that act on guests' hints");
MODULE_AUTHOR("vhint developers");
