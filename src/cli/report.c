// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment report: a run's report from its raw data alone.
 */
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/report.h"
#include "report/csv.h"
#include "report/folder.h"
#include "results/folder.h"

static const char usage[] =
	"Usage: run-experiment report [OPTIONS] DIR\n"
	"\n"
	"Makes summary.json and report.md in DIR, the folder of a run, from its raw data, and\n"
	"prints the table. The name of an experiment stands for its latest run.\n"
	"\n"
	"  --csv                   print the raw data as CSV instead, a line for each value;\n"
	"                          nothing is written\n"
	"  --fail-if worse:METRIC  exit status 1 if an arm is worse in that metric, or in any\n"
	"                          (worse:any); may be given several times\n"
	"  --help                  this\n"
	"Exit status: 0, or 1 if runs failed or are missing, or if a --fail-if holds.\n";

/* Too large for a stack. */
static struct report_folder folder;

int cmd_report_dir(const char *dir, bool csv, const struct fail_if *gate, bool *complete)
{
	int ret = VH_OK;
	struct vh_err err;

	if (report_folder_load(&folder, dir, &err))
		return cmd_fail(&err);
	if (fail_if_check(gate, &folder.r, &err))
		ret = cmd_bad_usage("report", "%s", err.msg);
	else if (csv)
		report_csv(&folder.r, stdout);
	else if (report_folder_save(&folder, stdout, &err))
		ret = cmd_fail(&err);
	fflush(stdout);
	*complete = report_complete(&folder.r);
	if (ret == VH_OK && (fail_if_judge(gate, &folder.r, stderr) || !*complete))
		ret = VH_RUN_FAILED;
	report_folder_free(&folder);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	static const struct option options[] = {
		{ "csv", no_argument, NULL, 'c' },
		{ "fail-if", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct fail_if gate = { 0 };
	char dir[PATH_MAX];
	struct vh_err err;
	bool csv = false, complete;
	int c;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c == 'c') {
			csv = true;
		} else if (c == 'f') {
			if (fail_if_add(&gate, optarg, &err))
				return cmd_bad_usage("report", "%s", err.msg);
		} else if (c == 'h') {
			fputs(usage, stdout);
			return VH_OK;
		} else {
			return cmd_bad_option("report", c, argv);
		}
	}
	if (optind + 1 != argc)
		return cmd_bad_usage("report", optind == argc ? "the folder of a run is missing" :
				     "expected one folder");
	if (result_find(dir, sizeof(dir), argv[optind], &err))
		return cmd_fail(&err);
	return cmd_report_dir(dir, csv, &gate, &complete);
}
