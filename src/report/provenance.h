/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of report.md that tells where the numbers are from.
 */
#ifndef VHINT_REPORT_PROVENANCE_H
#define VHINT_REPORT_PROVENANCE_H

#include "report/report.h"

/* Reads env*.json in @dir; what is not there is left out. */
void report_env(const struct report *r, const char *dir, FILE *out);

/* Machine, kit and kernels in a line, to be freed; NULL if they are not known. */
char *report_env_line(const char *dir);

#endif /* VHINT_REPORT_PROVENANCE_H */
