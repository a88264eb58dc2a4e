// SPDX-License-Identifier: GPL-2.0-only
/*
 * urgent: a vCPU that a sibling waits for, or has just woken, runs soon.
 *
 * The guest names its targets when it sends an IPI. If a target does not run,
 * and the sender spins for it or is about to run out of other work, the rest of
 * the sender's time slice is wasted. Two things can be in the target's way. A
 * sibling: a host that knows nothing of VMs happily queues one vCPU behind
 * another of the same VM (a wake-up even pulls it there); then the target is
 * moved to another CPU. Or another VM: then the target is boosted.
 *
 * Good for: VMs whose vCPUs communicate (locks, pipes, TLB flushes) and share
 * CPUs with other VMs. No use for: vCPUs that compute alone, and VMs that do not
 * share CPUs; there it does nothing. Bad for: the wake-up latency of a VM that
 * is not boosted, by up to a window.
 *
 * After "urgent vCPU first" of demand-based coordinated scheduling (Kim et al.,
 * ASPLOS 2013), which infers from the IPI what is a hint here, and balance
 * scheduling (Sukwong and Kim, EuroSys 2011), which keeps siblings apart.
 */
#include "vhint_policy.h"

static struct vh_decision leave(enum vh_reason reason)
{
	return (struct vh_decision){ .action = VH_LEAVE, .reason = reason };
}

static struct vh_decision urgent_decide(const struct vh_snapshot *s,
					const struct vh_tunables *t)
{
	if (!s->src_waits && !s->src_woke)
		return leave(VH_NO_HINT);
	/* A wait is withdrawn when it ends, a wake-up only grows old. */
	if (!s->src_waits && s->age_ns > t->max_age_ns)
		return leave(VH_STALE);
	if (s->dst_running)
		return leave(VH_RUNNING);
	if (s->dst_boosted)
		return leave(VH_ALREADY);
	if (!s->stacked && !s->contended)
		return leave(VH_UNCONTENDED);
	/* It wastes nothing, and a target that runs beside it costs IPIs and exits. */
	if (!s->src_waits && s->src_nr > t->dry_nr)
		return leave(VH_BUSY);

	return (struct vh_decision){
		.action = s->stacked ? VH_MOVE : VH_BOOST,
		.reason = s->src_waits ? VH_WAITED_FOR : VH_WOKEN,
	};
}

const struct vh_policy vh_policy_urgent = {
	.name	= "urgent",
	.decide	= urgent_decide,
};
