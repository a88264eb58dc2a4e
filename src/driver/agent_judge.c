// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the agent decides, apart from doing anything.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "agent_judge.h"
#include "policy_ctl.h"

#define PANIC	"Kernel panic - not syncing: "

const char *judge_guest(bool gone, const char *console)
{
	if (strstr(console, PANIC))
		return KIND_PANIC;
	return gone ? KIND_DEAD : KIND_HANG;
}

char *judge_panic(const char *console, char *buf, size_t len)
{
	const char *reason = strstr(console, PANIC);

	buf[0] = '\0';
	if (reason) {
		reason += sizeof(PANIC) - 1;
		snprintf(buf, len, "%.*s", (int)strcspn(reason, "\r\n"), reason);
	}
	return buf;
}

char *judge_tail(const char *text, int lines, char *buf, size_t len)
{
	const char *end = text + strlen(text), *p;
	size_t used = 0;
	bool fresh = true;	/* at the beginning of a line */

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	for (p = end; p > text; p--)
		if (p[-1] == '\n' && !--lines)
			break;
	for (; p < end && used + 5 < len; p++) {
		if (*p == '\n') {
			fresh = true;
		} else if (isprint((unsigned char)*p)) {
			if (fresh)
				used += sprintf(buf + used, "%s  ", used ? "\n" : "");
			fresh = false;
			buf[used++] = *p;
		}
	}
	buf[used] = '\0';
	return buf;
}

int judge_alone(int rep, int nr_vms)
{
	return nr_vms > 1 ? rep % nr_vms : -1;
}

int judge_attempt(const char *list, int id)
{
	int run, attempt, n;

	if (!list)
		return 1;
	while (sscanf(list, "%d%n", &run, &n) == 1) {
		list += n;
		attempt = 1;
		if (sscanf(list, ":%d%n", &attempt, &n) == 1)
			list += n;
		if (run == id)
			return attempt;
		if (*list++ != ',')
			break;
	}
	return 0;
}

const char *judge_hints(bool arm_hints, const char *policy, double hints_seen, char *buf,
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

const char *judge_guest_hints(bool arm_hints, bool supported, bool enabled)
{
	if (arm_hints && !supported)
		return "the arm has hints on, but the guest has no hint page (its kernel or its CPU lacks the feature)";
	if (arm_hints && !enabled)
		return "the arm has hints on, but the guest could not enable them";
	if (!arm_hints && enabled)
		return "the arm has hints off, but the guest left them on";
	return NULL;
}
