/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a policy is: a pure function from a snapshot to a decision.
 *
 * A policy's file includes nothing else, so that it compiles in user space too,
 * for its unit test. The core takes the snapshot, owns the budget, applies the
 * decision and takes it back.
 */
#ifndef VHINT_POLICY_H
#define VHINT_POLICY_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stdint.h>
typedef uint64_t u64;
typedef uint32_t u32;
#endif

enum vh_event {
	VH_EV_IPI,		/* src sends an interrupt to dst, which is not halted */
	VH_EV_WAKE,		/* src has ended dst's halt: dst is on a run queue now */
	VH_EV_SCHED_IN,		/* src has got a CPU, dst is one that it waits for */
};

/**
 * struct vh_snapshot - all that a decision on one target may depend on
 * @event:		what happened
 * @src_waits:		src claims to wait for dst's answer
 * @src_woke:		src claims to have just woken dst
 * @dst_running:	dst has a CPU
 * @stacked:		dst queues behind a sibling, on the sibling's CPU
 * @contended:		dst queues behind a vCPU of another VM
 * @dst_boosted:	a boost of dst is in force
 * @src_nr:		tasks that src claims to have runnable, -1 unknown
 * @age_ns:		age of src's hints
 * @dst_off_ns:		how long dst has been without a CPU
 */
struct vh_snapshot {
	enum vh_event event;
	bool src_waits;
	bool src_woke;
	bool dst_running;
	bool stacked;
	bool contended;
	bool dst_boosted;
	int src_nr;
	u64 age_ns;
	u64 dst_off_ns;
};

/* Why a target is boosted or not; each has its counter. */
enum vh_reason {
	VH_WAITED_FOR,		/* act: src waits for it */
	VH_WOKEN,		/* act: src has woken it */
	VH_NO_HINT,		/* src says nothing of dst */
	VH_STALE,		/* the hint is too old */
	VH_RUNNING,		/* dst has a CPU already */
	VH_UNCONTENDED,		/* dst will get a CPU without help */
	VH_ALREADY,		/* a boost is in force */
	VH_BUSY,		/* src has other work meanwhile */
	VH_NO_POLICY,		/* the policy does not decide */
	VH_NR_REASONS
};

enum vh_action {
	VH_LEAVE,		/* do nothing */
	VH_MOVE,		/* to a CPU where no sibling runs, once */
	VH_BOOST,		/* ahead of other VMs, for a while */
};

struct vh_decision {
	enum vh_action action;
	enum vh_reason reason;
};

/* What a user may tune, see the module's parameters. */
struct vh_tunables {
	u64 max_age_ns;		/* of a wake-up */
	int dry_nr;		/* so many tasks left: src soon runs dry */
};

/**
 * struct vh_policy - a policy
 * @name:	what the parameter "policy" calls it
 * @decide:	pure; called for each target with preemption off. NULL: never
 */
struct vh_policy {
	const char *name;
	struct vh_decision (*decide)(const struct vh_snapshot *s,
				     const struct vh_tunables *t);
};

#define VHINT_POLICY(name, summary) extern const struct vh_policy vh_policy_##name;
#include "policies.h"
#undef VHINT_POLICY

#endif /* VHINT_POLICY_H */
