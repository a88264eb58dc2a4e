/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host module's own parts, which policies do not see.
 *
 * Locks: a VM's lock nests outside run-queue locks, because levers are pulled
 * under it. So the sched_out hook, which is called with a run queue locked,
 * takes no lock, and neither do timers. States are freed by RCU: whoever looks
 * at another CPU's current vCPU only has preemption off.
 */
#ifndef VHINT_H
#define VHINT_H

#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/kthread.h>
#include <linux/kvm_host.h>
#include <linux/kvm_vhint.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "vhint_policy.h"

/* One line per counter; debugfs file vhint/counters shows them by name. */
#define VH_COUNTERS(X)							\
	X(hints_seen)		/* pages read that held a hint */	\
	X(hints_malformed)	/* pages read that broke the ABI */	\
	X(hints_unreadable)	/* page not mapped at that moment */	\
	X(ipis)			/* IPIs between vCPUs of a VM */	\
	X(ipis_declared)	/* of these, announced by a hint */	\
	X(halts)		/* halts */				\
	X(halts_declared)	/* of these, announced by a hint */	\
	/* decided = moved + applied + throttled + all refused_*, but for moves in flight */ \
	X(moved)		/* moves away from a sibling */		\
	X(applied)		/* boosts that took effect */		\
	X(repaid)		/* boosts of vCPUs that had been displaced */ \
	X(restored)		/* boosts taken back */			\
	X(throttled)		/* wanted, but the VM's budget is used up */ \
	X(refused_already)	/* wanted, but boosted meanwhile */	\
	X(refused_turn)		/* wanted, but a boosted vCPU has the CPU */ \
	X(refused_class)	/* wanted, but not a normal task */	\
	X(refused_pinned)	/* to be moved, but may not run elsewhere */ \
	X(refused_moot)		/* to be moved, but has a CPU, or was moved, by now */ \
	X(refused_kernel)	/* wanted, but the scheduler said no */	\
	X(repay_refused)	/* to be repaid, but class or scheduler said no */ \
	X(untracked)		/* no memory to track a vCPU */		\
	X(yields_asked)		/* directed yields asked for; the last target wins */ \
	X(yields_done)		/* directed yields that moved the target */ \
	X(yields_refused)	/* not running, on a CPU, other class */ \
	X(yields_alone)		/* both run queues held one task */	\
	X(windows)		/* windows opened by a policy */	\
	X(latency_ns_sum)	/* from decision to being on a CPU */	\
	X(latency_n)

enum vh_counter {
#define X(name) VH_C_##name,
	VH_COUNTERS(X)
#undef X
	VH_NR_COUNTERS
};

#define VH_BINS 40	/* powers of two ns */

struct vh_stats {
	u64 counter[VH_NR_COUNTERS];
	u64 decision[2][VH_NR_REASONS];	/* to leave it; to move or boost ("decided") */
	u64 latency[VH_BINS];
	u64 age[VH_BINS];
};

DECLARE_PER_CPU(struct vh_stats, vh_stats);

#define vh_count(name) this_cpu_inc(vh_stats.counter[VH_C_##name])
#define vh_add(name, n) this_cpu_add(vh_stats.counter[VH_C_##name], n)

/* How the scheduler is moved; README.md has what each did. */
enum vh_lever {
	VH_LEVER_NONE,		/* decide and count, but do nothing */
	VH_LEVER_YIELD,		/* directed yield of the sender */
	VH_LEVER_SLICE,		/* shortest EEVDF slice */
	VH_LEVER_NICE,		/* nice -20 */
	VH_LEVER_FIFO,		/* SCHED_FIFO, lowest priority */
	VH_NR_LEVERS
};

extern const char * const vh_lever_names[VH_NR_LEVERS];

/* What a task was before, to be put back. */
struct vh_baseline {
	int policy;
	int nice;
	u64 slice;		/* 0: the default */
};

struct vh_vm {
	struct list_head node;
	struct kref ref;
	struct rcu_head rcu;
	struct kvm *kvm;	/* identity only */
	raw_spinlock_t lock;
	struct list_head vcpus;
	/* The budget: a window in which boosts last, then as long a rest. */
	u64 window_end;
	u64 rest_end;
	bool repaying;
	struct hrtimer timer;
	struct kthread_work work;
};

struct vh_vcpu {
	struct list_head node;		/* in vm->vcpus */
	struct rcu_head rcu;
	struct kvm_vcpu *vcpu;
	struct task_struct *task;
	struct vh_vm *vm;
	/* Written by the vCPU's own thread in the hooks. */
	bool running;
	bool halted;
	u64 off_since;
	u64 decided_at;
	/* Under vm->lock. */
	bool boosted;
	enum vh_lever lever;
	struct vh_baseline base;
	struct vh_vm *victim;		/* whom the boost displaced, referenced */
	struct kthread_work move;
	int move_from;
};

DECLARE_PER_CPU(struct vh_vcpu *, vh_current);

static inline struct vh_vcpu *vh_state(struct kvm_vcpu *vcpu)
{
	return READ_ONCE(*kvm_vhint_priv(vcpu));
}

/* core.c */
struct vh_vm *vh_vm_get(struct vh_vm *vm);
void vh_vm_put(struct vh_vm *vm);
void vh_each_vcpu(void (*fn)(struct vh_vcpu *st, void *data), void *data);
extern unsigned int vh_boost_us, vh_rest_us;
extern enum vh_lever vh_lever;

/* boost.c */
int vh_boost_init(void);
void vh_boost_exit(void);
void vh_vm_init_budget(struct vh_vm *vm);
bool vh_defer(struct kthread_work *work);
void vh_vm_stop(struct vh_vm *vm);
void vh_boost(struct vh_vcpu *src, struct vh_vcpu *dst);
void vh_move(struct vh_vcpu *dst);
void vh_restore_all(struct vh_vm *vm);

/* lever.c */
void vh_lever_init(struct vh_vcpu *st);
void vh_lever_exit(struct vh_vcpu *st);
int vh_pull(struct vh_vcpu *src, struct vh_vcpu *dst, enum vh_lever lever);
void vh_release(struct vh_vcpu *dst);

/* stats.c */
int vh_stats_init(void);
void vh_stats_exit(void);
void vh_latency(u64 ns);
void vh_age(u64 ns);

#endif /* VHINT_H */
