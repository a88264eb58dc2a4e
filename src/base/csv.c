// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comma-separated values, RFC 4180.
 */
#include <string.h>

#include "base/csv.h"

void csv_field(const char *text, FILE *out)
{
	if (!text)
		return;
	/* readers may take blanks at the ends away, unless they are quoted */
	if (!strpbrk(text, ",\"\r\n") && *text != ' ' && (!*text || text[strlen(text) - 1] != ' ')) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

void csv_line(const char *const *fields, int n, FILE *out)
{
	int i;

	for (i = 0; i < n; i++) {
		if (i)
			fputc(',', out);
		csv_field(fields[i], out);
	}
	fputc('\n', out);
}
