/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From bytes to lines. Pure.
 */
#ifndef VHINT_BASE_LINES_H
#define VHINT_BASE_LINES_H

#include <stddef.h>

#define LINE_MAX_LEN	(1 << 20)	/* one that sends more without newline is broken */

struct line_buf {
	char *data;
	size_t len, size;
};

/* 0, or -1 when the line grows beyond LINE_MAX_LEN or memory is out. */
int line_buf_add(struct line_buf *b, const char *data, size_t len);
/* The next whole line without its newline, for the caller to free; NULL if there is none. */
char *line_buf_next(struct line_buf *b);
void line_buf_free(struct line_buf *b);

#endif /* VHINT_BASE_LINES_H */
