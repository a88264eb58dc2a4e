// SPDX-License-Identifier: GPL-2.0-only
/*
 * null: decides nothing.
 *
 * The control for every other policy. Hints are read and counted as for any
 * policy, so that null against off is the cost of reading them, and null
 * against null is what an experiment calls a difference when there is none.
 */
#include "vhint_policy.h"

static struct vh_decision null_decide(const struct vh_snapshot *s,
				      const struct vh_tunables *t)
{
	return (struct vh_decision){ .action = VH_LEAVE, .reason = VH_NO_POLICY };
}

const struct vh_policy vh_policy_null = {
	.name	= "null",
	.decide	= null_decide,
};
