/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The raw data of a run as one table for R, pandas and spreadsheets.
 */
#ifndef VHINT_REPORT_CSV_H
#define VHINT_REPORT_CSV_H

#include "report/report.h"

/*
 * Tidy: one line per value, of all records that there are, those that do not count too. Pure:
 * the same records give the same bytes.
 */
void report_csv(const struct report *r, FILE *out);

#endif /* VHINT_REPORT_CSV_H */
