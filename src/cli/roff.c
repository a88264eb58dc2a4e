// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text for man pages.
 */
#include <stdbool.h>

#include "cli/roff.h"

static void put(char c, FILE *out)
{
	switch (c) {
	case '\\':
		fputs("\\e", out);
		break;
	case '-':
		fputs("\\-", out);	/* a minus, which can be copied to a shell */
		break;
	case '\'':
		fputs("\\(aq", out);
		break;
	case '^':
		fputs("\\(ha", out);
		break;
	case '~':
		fputs("\\(ti", out);
		break;
	default:
		fputc(c, out);
	}
}

void roff_text(const char *text, FILE *out)
{
	/* a dot at the beginning would be a request */
	if (*text == '.')
		fputs("\\&", out);
	for (; *text; text++)
		put(*text, out);
}

void roff_line(const char *text, FILE *out)
{
	bool bold = false;

	if (*text == '.')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '`') {
			bold = !bold;
			fputs(bold ? "\\fB" : "\\fR", out);
		} else {
			put(*text, out);
		}
	}
	fputs(bold ? "\\fR\n" : "\n", out);
}

void roff_entry(const char *head, const char *text, FILE *out)
{
	fputs(".TP\n\\fB", out);
	roff_text(head, out);
	fputs("\\fR\n", out);
	if (*text)
		roff_line(text, out);
	else
		fputs("\\&\n", out);	/* the head alone, without a warning */
}
