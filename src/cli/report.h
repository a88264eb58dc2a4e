/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report of a folder, as `report` makes it and as `run` ends with it.
 */
#ifndef VHINT_CLI_REPORT_H
#define VHINT_CLI_REPORT_H

#include <stdbool.h>

#include "report/fail_if.h"

/*
 * Makes the report, or prints the raw data as CSV. Returns the exit code: VH_RUN_FAILED also if
 * @gate holds. What is wrong has been said.
 */
int cmd_report_dir(const char *dir, bool csv, const struct fail_if *gate, bool *complete);

#endif /* VHINT_CLI_REPORT_H */
