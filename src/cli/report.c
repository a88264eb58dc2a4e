// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment report: a run's report from its raw data alone.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>

#include "cli/cmd.h"
#include "report/report.h"
#include "results/folder.h"

static const char usage[] =
	"Usage: run-experiment report DIR\n"
	"\n"
	"Makes summary.json and report.md in DIR, the folder of a run, from its raw data, and\n"
	"prints the table. The name of an experiment stands for its latest run.\n"
	"Exit status: 0, or 1 if runs failed or are missing.\n";

int cmd_report(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	char dir[PATH_MAX];
	struct vh_err err;
	bool complete;
	int c;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c != 'h')
			return cmd_bad_option("report", c, argv);
		fputs(usage, stdout);
		return VH_OK;
	}
	if (optind + 1 != argc)
		return cmd_bad_usage("report", optind == argc ? "the folder of a run is missing" :
				     "expected one folder");
	if (result_find(dir, sizeof(dir), argv[optind], &err) ||
	    report_dir(dir, stdout, &complete, &err))
		return cmd_fail(&err);
	return complete ? VH_OK : VH_RUN_FAILED;
}
