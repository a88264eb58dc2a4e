/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU lists as text: "1-2", "1,3", "2-5,7". Pure.
 */
#ifndef VHINT_BASE_CPULIST_H
#define VHINT_BASE_CPULIST_H

#include <stddef.h>
#include <stdint.h>

/* Bit n for CPU n. 0, or -1 if @text is no list of CPUs from 0 to 63. */
int cpulist_parse(const char *text, uint64_t *mask);

/* "1-3,5" for a mask; returns @buf. */
char *cpulist_text(uint64_t mask, char *buf, size_t len);

#endif /* VHINT_BASE_CPULIST_H */
