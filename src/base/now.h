/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What time it is.
 */
#ifndef VHINT_BASE_NOW_H
#define VHINT_BASE_NOW_H

#include <stddef.h>
#include <stdint.h>

int64_t now_ms(void);		/* CLOCK_MONOTONIC */

/* "2026-11-20T23:59:01Z" */
char *now_utc(char *buf, size_t len);

/* The same of a moment that now_ms() told. */
char *utc_of_ms(int64_t ms, char *buf, size_t len);

#endif /* VHINT_BASE_NOW_H */
