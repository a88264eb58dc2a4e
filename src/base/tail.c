// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a console or a log, as something to show.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/tail.h"

#define ESC 0x1b

/* Where the last @lines lines begin; blank lines at the end do not count. */
static const char *tail_start(const char *text, const char *end, int lines)
{
	const char *p = end;

	while (p > text) {
		if (p[-1] == '\n' && --lines == 0)
			break;
		p--;
	}
	return p;
}

char *text_tail(const char *text, size_t len, int lines, char *buf, size_t size)
{
	const char *end = text + len;
	bool fresh = true, escape = false;	/* fresh: nothing of this line is shown yet */
	size_t n = 0;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	for (const char *p = tail_start(text, end, lines); p < end && n + 5 < size; p++) {
		unsigned char c = *p;

		if (c == '\n')
			fresh = true;
		/* Escape sequences of firmware or shells end with a letter. */
		if (escape)
			escape = !isalpha(c) && c != '\n';
		else if (c == ESC)
			escape = true;
		else if (c == '\t' || (c >= ' ' && c != 0x7f)) {
			if (fresh)
				n += sprintf(buf + n, "%s  ", n ? "\n" : "");
			fresh = false;
			buf[n++] = c;
		}
	}
	buf[n] = '\0';
	return buf;
}
