// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU lists as text.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cpulist.h"

static int parse_cpu(const char **p)
{
	char *end;
	long n;

	if (!isdigit((unsigned char)**p))
		return -1;
	n = strtol(*p, &end, 10);
	*p = end;
	return n > 63 ? -1 : n;
}

int cpulist_parse(const char *text, uint64_t *mask)
{
	int first, last;

	*mask = 0;
	for (;;) {
		first = parse_cpu(&text);
		last = first;
		if (first >= 0 && *text == '-') {
			text++;
			last = parse_cpu(&text);
		}
		if (first < 0 || last < first)
			return -1;
		for (; first <= last; first++)
			*mask |= UINT64_C(1) << first;
		if (!*text)
			return 0;
		if (*text++ != ',')
			return -1;
	}
}

char *cpulist_text(uint64_t mask, char *buf, size_t len)
{
	size_t used = 0;
	int from, to;

	buf[0] = '\0';
	for (from = 0; from < 64; from = to + 1) {
		to = from;
		if (!(mask >> from & 1))
			continue;
		while (to < 63 && mask >> (to + 1) & 1)
			to++;
		used += snprintf(buf + used, len - used, "%s%d", used ? "," : "", from);
		if (to > from && used < len)
			used += snprintf(buf + used, len - used, "-%d", to);
		if (used >= len)
			break;
	}
	return buf;
}
