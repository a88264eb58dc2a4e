/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text tables: cells are strings, columns get as wide as they need. Pure but for
 * the printing.
 */
#ifndef VHINT_BASE_TABLE_H
#define VHINT_BASE_TABLE_H

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

#define TABLE_MAX_COLS	64
#define TABLE_MAX_ROWS	400

#define TABLE_FITS(cols, rows)						\
	static_assert((cols) <= TABLE_MAX_COLS && (rows) <= TABLE_MAX_ROWS, "too small a table")

struct table {
	int nr_rows, nr_cols;
	bool left[TABLE_MAX_COLS];	/* aligned to the left; numbers to the right */
	char *cell[TABLE_MAX_ROWS][TABLE_MAX_COLS];
	int next_col;
};

/* NULL without memory; such a table can be used as any other, and says so when printed. */
struct table *table_new(void);
void table_free(struct table *t);

/* Begins a row; the first one holds the headings. */
void table_row(struct table *t);

/*
 * Adds a cell to the row. Past the last row or column it is dropped: who makes tables whose
 * size is not fixed asserts that they fit.
 */
void table_cell(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void table_align_left(struct table *t, int col);

/* Columns of a terminal that it takes when printed. */
int table_width(const struct table *t);

void table_print(const struct table *t, FILE *out);
void table_print_markdown(const struct table *t, FILE *out);

#endif /* VHINT_BASE_TABLE_H */
