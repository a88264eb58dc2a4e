/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comma-separated values as of RFC 4180, but that lines end in a newline alone: R, pandas and
 * spreadsheets read both, and awk only that.
 */
#ifndef VHINT_BASE_CSV_H
#define VHINT_BASE_CSV_H

#include <stdio.h>

/* One field, quoted if it has to be; NULL is an empty one. */
void csv_field(const char *text, FILE *out);

/* A whole line of @n fields. */
void csv_line(const char *const *fields, int n, FILE *out);

#endif /* VHINT_BASE_CSV_H */
