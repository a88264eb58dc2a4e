// SPDX-License-Identifier: GPL-2.0-only
/*
 * urgent: a vCPU that a sibling waits for, or has just woken, runs soon.
 *
 * The guest names its targets when it sends an IPI. If a target has lost its
 * CPU to another VM, the sender spins or soon runs dry, and what is left of its
 * time slice is wasted. So the target is boosted. Since a VM whose vCPUs talk
 * to each other boosts them all, its vCPUs end up running at the same time,
 * for as long as the core's budget allows; then it is the other VM's turn.
 *
 * Good for: VMs whose vCPUs communicate (locks, pipes, TLB flushes) and share
 * CPUs with other VMs. No use for: vCPUs that compute alone, and VMs that do not
 * share CPUs; there it does nothing. Bad for: the wake-up latency of a VM that
 * is not boosted, by up to a window.
 *
 * After "urgent vCPU first" of demand-based coordinated scheduling (Kim et al.,
 * ASPLOS 2013), which infers from the IPI what is a hint here.
 */
#include "vhint_policy.h"

static struct vh_decision no(enum vh_reason reason)
{
	return (struct vh_decision){ .boost = false, .reason = reason };
}

static struct vh_decision urgent_decide(const struct vh_snapshot *s,
					const struct vh_tunables *t)
{
	if (!s->src_waits && !s->src_woke)
		return no(VH_NO_HINT);
	/* A wait is withdrawn when it ends, a wake-up only grows old. */
	if (!s->src_waits && s->age_ns > t->max_age_ns)
		return no(VH_STALE);
	if (s->dst_boosted)
		return no(VH_ALREADY);
	if (s->dst_running)
		return no(VH_RUNNING);
	if (!s->contended)
		return no(VH_UNCONTENDED);

	return (struct vh_decision){
		.boost = true,
		.reason = s->src_waits ? VH_WAITED_FOR : VH_WOKEN,
	};
}

const struct vh_policy vh_policy_urgent = {
	.name	= "urgent",
	.decide	= urgent_decide,
};
