/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for man pages. Pure.
 */
#ifndef VHINT_CLI_ROFF_H
#define VHINT_CLI_ROFF_H

#include <stdio.h>

/* @text, with what troff would take for its own escaped. */
void roff_text(const char *text, FILE *out);

/* A line of text; `code` in it is bold. */
void roff_line(const char *text, FILE *out);

/* ".TP", a bold head, and what it means. */
void roff_entry(const char *head, const char *text, FILE *out);

#endif /* VHINT_CLI_ROFF_H */
