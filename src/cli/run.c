// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment [run] FILE: from an experiment file to a verdict.
 *
 * All that can be known to be wrong is looked for before anything is made; what
 * was measured is kept whatever comes later.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/kit.h"
#include "cli/cmd.h"
#include "cli/report.h"
#include "cli/needs.h"
#include "experiment/override.h"
#include "experiment/set.h"
#include "host/vm_xml.h"
#include "results/add.h"
#include "results/collect.h"
#include "results/env.h"
#include "results/folder.h"
#include "results/killed.h"
#include "results/records.h"
#include "results/tuning.h"
#include "run/engine.h"
#include "run/jobs.h"

static const char usage[] =
	"Usage: run-experiment [run] FILE [OPTIONS]\n"
	"       run-experiment [run] --resume DIR [OPTIONS]\n"
	"\n"
	"Runs the experiment, prints a table and a verdict on standard output, and leaves the\n"
	"rest in results/<experiment>/<UTC time>-<id>/.\n"
	"\n"
	"These replace values of the file:\n";

static const char usage_otherwise[] =
	"  --set KEY=VALUE  any key of experiments/README.md, such as vms[0].vcpus=4, vms[].vcpus=4\n"
	"                   or arms[urgent].policy=yield; VALUE is JSON, or a word\n"
	"Otherwise:\n"
	"  --results DIR    leave the results in DIR, which is new or empty\n"
	"  --resume DIR     resume the run in DIR; complete runs are not made again\n"
	"  --add N          with --resume: N more repetitions of each arm, in new boots, for a run\n"
	"                   that is complete\n"
	"  --jobs N         boots to make side by side in the lab (default: as many as this\n"
	"                   process may use cores, and memory allows); results do not depend on it\n"
	"  --keep-going     when a boot fails, go on with the others\n"
	"  --fail-if worse:METRIC  exit status 1 if an arm is worse in that metric, or in any\n"
	"                   (worse:any); may be given several times\n"
	"  -q, --quiet      no progress\n"
	"  --help           this\n";

static const struct option own_options[] = {
	{ "add", required_argument, NULL, 'a' },
	{ "set", required_argument, NULL, 's' },
	{ "results", required_argument, NULL, 'd' },
	{ "resume", required_argument, NULL, 'r' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "keep-going", no_argument, NULL, 'k' },
	{ "fail-if", required_argument, NULL, 'f' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
};

#define NR_OWN	(sizeof(own_options) / sizeof(own_options[0]))

/* Options that replace a key of the file have the key's name and this value. */
#define OPT_OVERRIDE 'o'
#define MAX_OVERRIDES 32

static struct option options[NR_OWN + MAX_OVERRIDES + 1];

static void gather_options(void)
{
	memcpy(options, own_options, sizeof(own_options));
	exp_options(options + NR_OWN, MAX_OVERRIDES, OPT_OVERRIDE);
}

static void help(void)
{
	fputs(usage, stdout);
	exp_options_usage(stdout);
	fputs(usage_otherwise, stdout);
}

struct request {
	const char *file, *results, *resume;
	bool quiet, keep_going, help;
	int jobs;
	int add;		/* repetitions of each arm, 0: none */
	json_object *over;
	struct fail_if gate;
};

/* -1: go on; else the exit code. */
static int parse(struct request *rq, int argc, char **argv)
{
	struct vh_err err;
	int c, index;

	gather_options();
	while ((c = getopt_long(argc, argv, ":qh", options, &index)) >= 0) {
		switch (c) {
		case OPT_OVERRIDE:
			if (exp_override_set(rq->over, options[index].name, optarg, &err))
				return cmd_bad_usage("run", "%s", err.msg);
			break;
		case 'a':
			if (add_parse(optarg, &rq->add, &err))
				return cmd_bad_usage("run", "%s", err.msg);
			break;
		case 's':
			if (exp_set_add(rq->over, optarg, &err))
				return cmd_bad_usage("run", "%s", err.msg);
			break;
		case 'd':
			rq->results = optarg;
			break;
		case 'r':
			rq->resume = optarg;
			break;
		case 'j':
			if (jobs_parse(optarg, &rq->jobs, &err))
				return cmd_bad_usage("run", "%s", err.msg);
			break;
		case 'k':
			rq->keep_going = true;
			break;
		case 'f':
			if (fail_if_add(&rq->gate, optarg, &err))
				return cmd_bad_usage("run", "%s", err.msg);
			break;
		case 'q':
			rq->quiet = true;
			break;
		case 'h':
			rq->help = true;
			return VH_OK;
		default:
			return cmd_bad_option("run", c, argv);
		}
	}
	if (optind + 1 < argc)
		return cmd_bad_usage("run", "unexpected argument \"%s\": one experiment at a time",
				     argv[optind + 1]);
	rq->file = argv[optind];
	if (rq->resume && (rq->file || rq->results || json_object_object_length(rq->over)))
		return cmd_bad_usage("run",
				     "--resume takes all else from the folder: leave out the file, --results and what changes the experiment");
	if (rq->add && !rq->resume)
		return cmd_bad_usage("run", "--add is for a run that there is: add --resume DIR");
	if (!rq->resume && !rq->file)
		return cmd_bad_usage("run", "an experiment file is missing");
	return -1;
}

/* From the file to a plan; nothing is made yet. */
static int load_new(struct engine *g, const struct request *rq, struct vh_err *err)
{
	if (exp_load_with(&g->e, rq->file, rq->over, err) || vm_templates_check(&g->e, err) ||
	    plan_make(&g->p, &g->e, err) || fail_if_check_plan(&rq->gate, &g->e, &g->p, err))
		return -1;
	json_object_object_add(g->e.resolved, "name", json_object_new_string(g->e.name));
	json_object_object_add(g->e.resolved, "plan", plan_to_json(&g->p, &g->e));
	return 0;
}

/* MiB that the folder of a run may take: consoles and records. */
static long space_needed(const struct engine *g)
{
	return 64 + plan_nr_runs(&g->p);
}

static int begin_new(struct engine *g, const struct request *rq, struct vh_err *err)
{
	if (load_new(g, rq, err) || result_lock(&g->e, err) ||
	    result_check_space(result_root(), space_needed(g), err) ||
	    engine_check(g, result_root(), err) ||
	    result_create(g->dir, sizeof(g->dir), g->e.name, rq->results, err))
		return -1;
	if (result_lock_folder(g->dir, err) ||
	    result_check_space(g->dir, space_needed(g), err) ||
	    result_begin(g->dir, rq->file, &g->e, err)) {
		rmdir(g->dir);	/* if nothing is in it */
		return -1;
	}
	result_mark_latest(g->dir);
	return 0;
}

/* What a run that was killed has not taken over. */
static int collect_left(const struct engine *g, struct vh_err *err)
{
	int i;

	for (i = 0; i < g->p.nr_boots; i++) {
		if (records_collect(g->dir, i, true, err))
			return -1;
	}
	return 0;
}

static int begin_resumed(struct engine *g, const struct request *rq, struct vh_err *err)
{
	if (result_find(g->dir, sizeof(g->dir), rq->resume, err) ||
	    result_load(g->dir, &g->e, &g->p, err) ||
	    fail_if_check_plan(&rq->gate, &g->e, &g->p, err) || result_lock(&g->e, err) ||
	    result_lock_folder(g->dir, err) ||
	    records_repair(g->dir, err) || collect_left(g, err) ||
	    killed_end_boots(g->dir, &g->e, &g->p, err) ||
	    (rq->add && add_plan(g->dir, &g->e, &g->p, rq->add, err)) ||
	    engine_check(g, g->dir, err) || (rq->add && add_save(g->dir, &g->e, err)))
		return -1;
	if (rq->add)
		fprintf(stderr, "run-experiment: warning: " ADD_WARNING "\n");
	return 0;
}

/* How a path is best typed: below the kit, from there. */
static const char *short_dir(const struct engine *g)
{
	char cwd[PATH_MAX];

	return getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, kit_root()) ? kit_short(g->dir) : g->dir;
}

/*
 * What is asked for: the file and the options that go before it, or what a folder was made of.
 * @left: whether there is anything to be run.
 */
static int load_experiment(struct experiment *e, const struct request *rq, bool *left,
			   struct vh_err *err)
{
	char dir[PATH_MAX];
	struct plan p;
	int n;

	*left = true;
	if (!rq->resume)
		return exp_load_with(e, rq->file, rq->over, err) || vm_templates_check(e, err);
	if (result_find(dir, sizeof(dir), rq->resume, err) || result_load(dir, e, &p, err))
		return -1;
	n = records_left(dir, e, &p, err);
	*left = n || rq->add;
	plan_free(&p);
	return n < 0 ? -1 : 0;
}

static unsigned int needs_of(const struct experiment *e)
{
	return NEED_KERNEL | NEED_LAB | NEED_GUEST | NEED_POLICY |
	       (exp_virtual(e) ? NEED_QEMU : 0) | (e->trace ? NEED_TRACE : 0) |
	       (e->perf ? NEED_PERF : 0);
}

int cmd_run_needs(int argc, char **argv, unsigned int *needs)
{
	struct request rq = { .over = json_object_new_object() };
	static struct experiment e;
	struct vh_err err;
	bool left;
	int ret;

	ret = parse(&rq, argc, argv);
	if (ret < 0) {
		ret = load_experiment(&e, &rq, &left, &err) ? cmd_fail(&err) : 0;
		*needs = left ? needs_of(&e) : 0;
		exp_free(&e);
	}
	json_object_put(rq.over);
	return ret;
}

static void tell_resume(const struct engine *g)
{
	fprintf(stderr,
		"run-experiment: complete runs are kept; resume with: ./run-experiment --resume %s\n",
		short_dir(g));
}

static int finish(struct engine *g, int ret, const struct fail_if *gate, struct vh_err *err)
{
	bool complete = false;
	int reported;

	if (ret)
		cmd_fail(err);
	if (engine_signal()) {
		tell_resume(g);
		return 128 + engine_signal();
	}
	reported = cmd_report_dir(g->dir, false, gate, &complete);
	fprintf(stderr, "results: %s\n", short_dir(g));
	if (ret || !complete)
		tell_resume(g);
	return ret ? (int)err->code : reported;
}

/* The lab is the same whatever drives this machine's CPUs. */
static void warn_of_tuning(const struct experiment *e, json_object *env)
{
	const char *lines[TUNING_MAX];
	char buf[256];
	int i, n = 0;

	if (!strcmp(e->where, "host"))
		n = tuning_warnings(json_object_object_get(env, "machine"), lines, buf,
				    sizeof(buf));
	for (i = 0; i < n; i++)
		fprintf(stderr, "run-experiment: warning: %s\n", lines[i]);
}

static int run(struct engine *g, const struct request *rq)
{
	struct vh_err err, end_err;
	json_object *env;
	int ret;

	ret = rq->resume ? begin_resumed(g, rq, &err) : begin_new(g, rq, &err);
	if (ret)
		return cmd_fail(&err);
	engine_catch_signals();
	env = env_gather(&g->e, &g->p, cmd_argv);
	json_object_object_add(env, "jobs", json_object_new_int(g->jobs));
	warn_of_tuning(&g->e, env);
	ret = env_begin(g->dir, env, &g->p, &err);
	if (!ret) {
		ret = engine_run(g, &err);
		if (env_end(g->dir, env, &end_err))
			cmd_fail(&end_err);
	}
	json_object_put(env);
	return finish(g, ret, &rq->gate, &err);
}

int cmd_run(int argc, char **argv)
{
	struct request rq = { .over = json_object_new_object() };
	static struct engine g;
	int ret;

	ret = parse(&rq, argc, argv);
	if (ret < 0) {
		g.mode = progress_mode(rq.quiet);
		g.keep_going = rq.keep_going;
		g.jobs_asked = rq.jobs;
		ret = run(&g, &rq);
		plan_free(&g.p);
		exp_free(&g.e);
	} else if (rq.help) {
		help();
	}
	json_object_put(rq.over);
	return ret;
}
