/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report of a run's folder: read from its raw data, and written beside it.
 */
#ifndef VHINT_REPORT_FOLDER_H
#define VHINT_REPORT_FOLDER_H

#include <limits.h>

#include "report/report.h"

/* Too large for a stack. */
struct report_folder {
	char dir[PATH_MAX];
	struct experiment e;
	struct plan p;
	struct records rs;
	struct report r;
};

/* 0, or -1 with @err filled and nothing to be freed. */
int report_folder_load(struct report_folder *f, const char *dir, struct vh_err *err);
void report_folder_free(struct report_folder *f);

/*
 * Writes summary.json, mail.txt, plots, report.md and report.html there, and the table to @out.
 * What cannot be drawn is left out, with a warning.
 */
int report_folder_save(const struct report_folder *f, FILE *out, struct vh_err *err);

#endif /* VHINT_REPORT_FOLDER_H */
