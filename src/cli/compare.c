// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment compare: saved runs of an experiment against the first of them.
 */
#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cmd.h"
#include "report/compare.h"
#include "report/folder.h"
#include "report/words.h"
#include "results/folder.h"

static const char usage[] =
	"Usage: run-experiment compare DIR DIR...\n"
	"\n"
	"Compares runs of the same experiment, made on other days, of other commits or with\n"
	"other policies: each arm with the arm of that name in the first folder. The name of\n"
	"an experiment stands for its latest run. Nothing is written.\n"
	"\n"
	"Runs with another workload, other VMs, another clock, on another machine or in another\n"
	"place are refused, with what differs; what else differs is printed as a note. In virtual\n"
	"time the machine does not matter.\n"
	"Exit status: 0, 1 if runs failed or are missing, 2 if they cannot be compared.\n";

struct side {
	struct report_folder f;
	struct compare_side s;
};

/* What is not there, or damaged, is not known: that is said where it matters. */
static json_object *load(const char *dir, const char *name)
{
	char path[PATH_MAX + 256];
	struct vh_err err;
	json_object *o;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (access(path, F_OK))
		return NULL;
	o = json_load_file(path, &err);
	if (!o)
		fprintf(stderr, "run-experiment: %s\n", err.msg);
	return o;
}

static int is_boot(const struct dirent *d)
{
	return !strncmp(d->d_name, "env-boot", 8) && strstr(d->d_name, ".json");
}

static void load_env(struct side *s)
{
	struct dirent **names;
	char path[PATH_MAX + 32];
	json_object *o;
	int i, n;

	snprintf(path, sizeof(path), "%s/env-resume1.json", s->f.dir);
	s->s.resumed = !access(path, F_OK);
	s->s.env = load(s->f.dir, "env.json");
	s->s.boots = json_object_new_array();
	n = scandir(s->f.dir, &names, is_boot, alphasort);
	for (i = 0; i < n; i++) {
		o = load(s->f.dir, names[i]->d_name);
		if (o)
			json_object_array_add(s->s.boots, o);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static int load_side(struct side *s, int nr, const char *given, struct vh_err *err)
{
	char dir[PATH_MAX];

	if (result_find(dir, sizeof(dir), given, err) || report_folder_load(&s->f, dir, err))
		return -1;
	s->s.label = 'A' + nr;
	s->s.dir = s->f.dir;
	s->s.e = &s->f.e;
	s->s.r = &s->f.r;
	load_env(s);
	return 0;
}

static void free_side(struct side *s)
{
	report_folder_free(&s->f);
	json_object_put(s->s.env);
	json_object_put(s->s.boots);
}

static int load_all(struct side *sides, int nr, char **given, struct vh_err *err)
{
	int i, j;

	for (i = 0; i < nr; i++) {
		if (load_side(&sides[i], i, given[i], err))
			return -1;
		for (j = 0; j < i; j++) {
			if (!strcmp(sides[i].f.dir, sides[j].f.dir))
				return vh_err(err, VH_BAD_USAGE,
					      "%s and %s are the same run: a run cannot be compared with itself",
					      given[j], given[i]);
		}
	}
	return 0;
}

/* Nothing is printed unless all can be compared. */
static int compare_all(struct side *sides, int nr, struct compare *c, struct vh_err *err)
{
	const struct experiment *e = &sides[0].f.e;
	char where[160];
	int i;

	for (i = 1; i < nr; i++) {
		if (compare_make(&c[i], &sides[0].s, &sides[i].s, err))
			return -1;
		if (c[i].refusals.nr)
			return compare_refuse(&c[i], err);
	}
	printf("%s%s%s\n%s\n", e->name, *e->title ? ": " : "", e->title,
	       word_where(where, sizeof(where), &sides[0].f.r));
	for (i = 0; i < nr; i++)
		compare_text_side(&sides[i].s, stdout);
	printf("medians; [95 %% interval]\n");
	for (i = 1; i < nr; i++) {
		putchar('\n');
		compare_text(&c[i], stdout);
	}
	return 0;
}

static int compare_dirs(int nr, char **given)
{
	struct side *sides = calloc(nr, sizeof(*sides));
	struct compare *c = calloc(nr, sizeof(*c));
	struct vh_err err = { .code = VH_OK };
	int i, ret = VH_OK;

	if (!sides || !c)
		vh_err(&err, VH_BAD_HOST, "out of memory");
	else if (!load_all(sides, nr, given, &err))
		compare_all(sides, nr, c, &err);
	if (err.code != VH_OK)
		ret = cmd_fail(&err);
	for (i = 0; sides && c && i < nr; i++) {
		if (ret == VH_OK && !report_complete(&sides[i].f.r))
			ret = VH_RUN_FAILED;
		compare_free(&c[i]);
	}
	for (i = 0; sides && i < nr; i++)
		free_side(&sides[i]);
	free(c);
	free(sides);
	return ret;
}

int cmd_compare(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c != 'h')
			return cmd_bad_option("compare", c, argv);
		fputs(usage, stdout);
		return VH_OK;
	}
	if (argc - optind < 2)
		return cmd_bad_usage("compare", "expected two folders of runs or more");
	if (argc - optind > COMPARE_MAX_SIDES)
		return cmd_bad_usage("compare", "expected %d folders at most", COMPARE_MAX_SIDES);
	return compare_dirs(argc - optind, argv + optind);
}
