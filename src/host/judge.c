// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the agent decides, apart from doing anything.
 */
#include <stdio.h>
#include <string.h>

#include "host/judge.h"
#include "results/kinds.h"

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
