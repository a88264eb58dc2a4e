// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment check: everything about an experiment file that can be known
 * without running it.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "host/vm_xml.h"
#include "run/engine.h"
#include "run/estimate.h"

static const char usage[] =
	"Usage: run-experiment check FILE...\n"
	"\n"
	"Checks experiment files, and the templates that they name, without running anything.\n"
	"Says how many runs an experiment makes and about how long they take.\n"
	"Exit status: 0 all are good, 2 one is not.\n";

static void print_estimate(const struct experiment *e, const struct plan *p)
{
	char why[256], words[512];
	struct pace known;
	struct vh_err err;
	int jobs = engine_jobs(e, 0, p->nr_boots, why, sizeof(why), &err);

	pace_find(&known, e);
	printf("  %s\n", estimate_words(words, sizeof(words), !strcmp(e->where, "lab"),
				       p->nr_boots, plan_nr_runs(p), jobs, &known));
}

static int check_file(const char *path)
{
	static struct experiment e;
	struct vh_err err;
	struct plan p;

	if (exp_load(&e, path, &err))
		return cmd_fail(&err);
	if (vm_templates_check(&e, &err) || plan_make(&p, &e, &err)) {
		exp_free(&e);
		return cmd_fail(&err);
	}
	printf("%s: good: %d arm%s, %d VM%s, %s; %d runs in %d boots (%s)\n", path, e.nr_arms,
	       e.nr_arms > 1 ? "s" : "", e.nr_vms, e.nr_vms > 1 ? "s" : "", e.workload,
	       plan_nr_runs(&p), p.nr_boots, e.where);
	print_estimate(&e, &p);
	plan_free(&p);
	exp_free(&e);
	return VH_OK;
}

int cmd_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c, i, ret, worst = VH_OK;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c != 'h')
			return cmd_bad_option("check", c, argv);
		fputs(usage, stdout);
		return VH_OK;
	}
	if (optind == argc)
		return cmd_bad_usage("check", "an experiment file is missing");
	/* a counter of our own: checking a workload's arguments uses getopt, too */
	for (i = optind; i < argc; i++) {
		ret = check_file(argv[i]);
		if (ret > worst)
			worst = ret;
	}
	return worst;
}
