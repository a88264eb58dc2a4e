// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text tables, plain and in Markdown.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "base/table.h"

#define GAP	2	/* blanks between columns */

struct table *table_new(void)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t)
		t->left[0] = true;
	return t;
}

void table_free(struct table *t)
{
	int i, j;

	for (i = 0; t && i < t->nr_rows; i++) {
		for (j = 0; j < t->nr_cols; j++)
			free(t->cell[i][j]);
	}
	free(t);
}

void table_row(struct table *t)
{
	if (!t)
		return;
	if (t->nr_rows < TABLE_MAX_ROWS)
		t->nr_rows++;
	t->next_col = 0;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	char **cell;
	va_list ap;

	if (!t || !t->nr_rows || t->next_col >= TABLE_MAX_COLS)
		return;
	cell = &t->cell[t->nr_rows - 1][t->next_col++];
	free(*cell);
	va_start(ap, fmt);
	if (vasprintf(cell, fmt, ap) < 0)
		*cell = NULL;
	va_end(ap);
	if (t->next_col > t->nr_cols)
		t->nr_cols = t->next_col;
}

void table_align_left(struct table *t, int col)
{
	if (t && col < TABLE_MAX_COLS)
		t->left[col] = true;
}

/* Columns of a terminal that @s takes: UTF-8 characters, not bytes. */
static int text_width(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static const char *text_of(const struct table *t, int row, int col)
{
	return t->cell[row][col] ? t->cell[row][col] : "";
}

static int col_width(const struct table *t, int col)
{
	int i, n, w = 0;

	for (i = 0; i < t->nr_rows; i++) {
		n = text_width(text_of(t, i, col));
		if (n > w)
			w = n;
	}
	return w;
}

int table_width(const struct table *t)
{
	int i, w = 0;

	for (i = 0; t && i < t->nr_cols; i++)
		w += col_width(t, i) + (i ? GAP : 0);
	return w;
}

static void no_table(FILE *out)
{
	fputs("(no memory for a table)\n", out);
}

static void print_row(const struct table *t, int row, const int *width, FILE *out)
{
	int j, pad, owed = 0;
	const char *s;

	/* blanks are owed until something follows, so that no line ends in them */
	for (j = 0; j < t->nr_cols; j++) {
		s = text_of(t, row, j);
		pad = width[j] - text_width(s);
		if (!t->left[j])
			owed += pad;
		if (*s) {
			fprintf(out, "%*s%s", owed, "", s);
			owed = 0;
		}
		if (t->left[j])
			owed += pad;
		owed += GAP;
	}
	fputc('\n', out);
}

void table_print(const struct table *t, FILE *out)
{
	int width[TABLE_MAX_COLS], i;

	if (!t) {
		no_table(out);
		return;
	}
	for (i = 0; i < t->nr_cols; i++)
		width[i] = col_width(t, i);
	for (i = 0; i < t->nr_rows; i++)
		print_row(t, i, width, out);
}

static void markdown_row(const struct table *t, int row, FILE *out)
{
	const char *s;
	int j;

	for (j = 0; j < t->nr_cols; j++) {
		fputs(j ? " | " : "| ", out);
		for (s = text_of(t, row, j); *s; s++) {
			if (*s == '|')
				fputc('\\', out);
			fputc(*s, out);
		}
	}
	fputs(" |\n", out);
}

void table_print_markdown(const struct table *t, FILE *out)
{
	int i, j;

	if (!t) {
		no_table(out);
		return;
	}
	for (i = 0; i < t->nr_rows; i++) {
		markdown_row(t, i, out);
		for (j = 0; !i && j < t->nr_cols; j++)
			fprintf(out, "%s %s |", j ? "" : "|", t->left[j] ? "---" : "---:");
		if (!i)
			fputc('\n', out);
	}
}
