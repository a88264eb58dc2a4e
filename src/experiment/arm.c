// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether what was seen of a run is what its arm says.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiment/arm.h"

const char *arm_check_hints(bool arm_hints, const char *policy, double hints_seen, char *buf,
			size_t len)
{
	if (!arm_hints && hints_seen > 0) {
		snprintf(buf, len, "the arm has hints off, but the host saw %.0f of them",
			 hints_seen);
		return buf;
	}
	if (!arm_hints || !strcmp(policy, POLICY_NONE))
		return NULL;
	if (isnan(hints_seen))
		return "the arm has hints on, but the host cannot tell whether it saw any (no counters of the policy module)";
	if (hints_seen == 0)
		return "the arm has hints on, but the host saw none";
	return NULL;
}

const char *arm_check_guest(bool arm_hints, bool supported, bool enabled)
{
	if (arm_hints && !supported)
		return "the arm has hints on, but the guest has no hint page (its kernel or its CPU lacks the feature)";
	if (arm_hints && !enabled)
		return "the arm has hints on, but the guest could not enable them";
	if (!arm_hints && enabled)
		return "the arm has hints off, but the guest left them on";
	return NULL;
}
