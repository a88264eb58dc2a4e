/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the agents' records to runs.ndjson. Agents of boots that run side by side sit
 * in different machines, where appending to one file is safe for none of them. So each
 * has a file of its own, and the front alone writes runs.ndjson.
 */
#ifndef VHINT_RESULTS_COLLECT_H
#define VHINT_RESULTS_COLLECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The file that the agent of boot @boot appends its records to. */
char *records_boot_path(char *buf, size_t len, const char *dir, int boot);

/*
 * Takes over to runs.ndjson what boot @boot has on file, and removes its file if the
 * boot is @over. May be done again after being cut short at any point.
 */
int records_collect(const char *dir, int boot, bool over, struct vh_err *err);

/*
 * @have with the whole lines of @more in it, those of boot @boot: boots are in the order
 * of the plan, and the lines of one in the order in which they were made. A line that is
 * there already is not added. The caller frees; NULL: no memory. Pure.
 */
char *records_merge(const char *have, size_t have_len, const char *more, size_t more_len, int boot,
		    size_t *len);

#endif /* VHINT_RESULTS_COLLECT_H */
