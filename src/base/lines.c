// SPDX-License-Identifier: GPL-2.0-only
/*
 * From bytes to lines.
 */
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"

int line_buf_add(struct line_buf *b, const char *data, size_t len)
{
	size_t need = b->len + len + 1;
	char *grown;

	if (need > b->size) {
		if (need > LINE_MAX_LEN)
			return -1;
		grown = realloc(b->data, need * 2);
		if (!grown)
			return -1;
		b->data = grown;
		b->size = need * 2;
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

char *line_buf_next(struct line_buf *b)
{
	char *end = b->len ? memchr(b->data, '\n', b->len) : NULL;
	char *line;
	size_t len;

	if (!end)
		return NULL;
	len = end - b->data;
	line = strndup(b->data, len);
	b->len -= len + 1;
	memmove(b->data, end + 1, b->len);
	return line;
}

void line_buf_free(struct line_buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
