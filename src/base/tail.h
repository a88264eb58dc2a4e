/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a console or a log, as something to show. Pure.
 */
#ifndef VHINT_BASE_TAIL_H
#define VHINT_BASE_TAIL_H

#include <stddef.h>

/*
 * The last @lines lines of @text, each indented, without blank lines, escape sequences
 * and control characters, in @buf, which is returned. What does not fit is cut.
 */
char *text_tail(const char *text, size_t len, int lines, char *buf, size_t size);

#endif /* VHINT_BASE_TAIL_H */
