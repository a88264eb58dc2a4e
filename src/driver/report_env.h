/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of report.md that tells where the numbers are from.
 */
#ifndef VHINT_DRIVER_REPORT_ENV_H
#define VHINT_DRIVER_REPORT_ENV_H

#include "report.h"

/* Reads env*.json in @dir; what is not there is left out. */
void report_env(const struct report *r, const char *dir, FILE *out);

#endif /* VHINT_DRIVER_REPORT_ENV_H */
