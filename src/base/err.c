// SPDX-License-Identifier: GPL-2.0-only
/*
 * Error values: a code and a message, handed up to main().
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

int vh_err(struct vh_err *e, enum vh_exit code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

int vh_err_prefix(struct vh_err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	size_t len;

	if (!e)
		return -1;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	len = strlen(e->msg);
	snprintf(e->msg + len, sizeof(e->msg) - len, ": %s", old);
	return -1;
}

static void (*warn_to)(const char *text);

void vh_warn_to(void (*say)(const char *text))
{
	warn_to = say;
}

void vh_warn(const char *fmt, ...)
{
	char text[sizeof(((struct vh_err *)0)->msg)];
	va_list ap;

	if (!warn_to)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	warn_to(text);
}
