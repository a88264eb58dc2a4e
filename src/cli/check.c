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
#include "experiment/override.h"
#include "experiment/plan.h"
#include "experiment/set.h"
#include "host/vm_xml.h"
#include "run/engine.h"
#include "run/estimate.h"

static const char usage[] =
	"Usage: run-experiment check [OPTIONS] FILE...\n"
	"\n"
	"Checks experiment files, and the templates that they name, without running anything.\n"
	"Says how many runs an experiment makes and about how long they take.\n"
	"\n"
	"  --set KEY=VALUE  check what run would make of the files with this option; it may be given\n"
	"                   several times\n"
	"  --help           this\n"
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

static int check_file(const char *path, json_object *over)
{
	static struct experiment e;
	struct vh_err err;
	struct plan p;

	if (exp_load_with(&e, path, over, &err))
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

/* -1: go on; else the exit code. */
static int parse(json_object *over, int argc, char **argv)
{
	static const struct option options[] = {
		{ "set", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct vh_err err;
	int c;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		switch (c) {
		case 's':
			if (exp_set_add(over, optarg, &err))
				return cmd_bad_usage("check", "%s", err.msg);
			break;
		case 'h':
			fputs(usage, stdout);
			return VH_OK;
		default:
			return cmd_bad_option("check", c, argv);
		}
	}
	return optind < argc ? -1 : cmd_bad_usage("check", "an experiment file is missing");
}

int cmd_check(int argc, char **argv)
{
	json_object *over = json_object_new_object();
	int i, ret = parse(over, argc, argv), worst = VH_OK;

	if (ret >= 0) {
		json_object_put(over);
		return ret;
	}
	/* a counter of our own: checking a workload's arguments uses getopt, too */
	for (i = optind; i < argc; i++) {
		ret = check_file(argv[i], over);
		if (ret > worst)
			worst = ret;
	}
	json_object_put(over);
	return worst;
}
