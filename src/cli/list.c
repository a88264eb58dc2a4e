// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment list: what there is to choose from, a line each.
 */
#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/kit.h"
#include "base/suggest.h"
#include "base/table.h"
#include "cli/cmd.h"
#include "experiment/names.h"
#include "workload/workloads.h"

static const char usage[] =
	"Usage: run-experiment list [experiments|policies|workloads|metrics|templates|kernels]\n"
	"\n"
	"Lists what there is to choose from, with a line each; everything without an argument.\n";

static void name_row(struct table *t, const char *name, const char *text)
{
	table_row(t);
	table_cell(t, "  %s", name);
	table_cell(t, "%s", text);
}

static struct table *new_table(void)
{
	struct table *t = table_new();

	table_align_left(t, 1);
	return t;
}

static void print_free(struct table *t)
{
	table_print(t, stdout);
	table_free(t);
}

static int is_experiment(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && !strcmp(d->d_name + n - 5, ".json") && strcmp(d->d_name, "schema.json");
}

static void list_experiments(void)
{
	char dir[PATH_MAX], path[PATH_MAX + 300];
	struct table *t = new_table();
	struct dirent **ents;
	struct vh_err err;
	json_object *o;
	int i, n;

	kit_path(dir, sizeof(dir), "experiments");
	n = scandir(dir, &ents, is_experiment, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, ents[i]->d_name);
		o = json_load_file(path, &err);
		snprintf(path, sizeof(path), "exps/%s", ents[i]->d_name);
		name_row(t, path, o ? jget_str(o, "title", "") : "(broken)");
		json_object_put(o);
		free(ents[i]);
	}
	if (n >= 0)
		free(ents);
	print_free(t);
}

static void list_names(enum name_kind kind)
{
	struct table *t = new_table();
	struct name_list l;
	int i;

	names_get(kind, &l);
	for (i = 0; i < l.nr; i++)
		name_row(t, l.name[i], l.summary[i]);
	print_free(t);
}

static void list_policies(void)
{
	list_names(NAME_POLICY);
}

static void list_templates(void)
{
	list_names(NAME_TEMPLATE);
}

static void list_kernels(void)
{
	list_names(NAME_KERNEL);
}

static void list_workloads(void)
{
	const struct workload *w;
	int i;

	for (i = 0; workloads[i]; i++) {
		w = workloads[i];
		printf("  %s: %s\n", w->name, w->summary);
		if (w->args_help)
			printf("      args: %s\n", w->args_help);
	}
}

static const char *better_word(enum metric_better better)
{
	return better > 0 ? "higher is better" : better < 0 ? "lower is better" : "";
}

static void metric_row(struct table *t, const struct metric *m, const char *workload)
{
	table_row(t);
	table_cell(t, "  %s", m->name);
	table_cell(t, "%s", m->unit);
	table_cell(t, "%s", better_word(m->better));
	table_cell(t, "%s%s%s%s", m->doc, workload ? " (workload " : "", workload ? workload : "",
		   workload ? ")" : "");
}

static void list_metrics(void)
{
	struct table *t = new_table();
	struct name_list l;
	int i, j;

	table_align_left(t, 2);
	table_align_left(t, 3);
	names_get(NAME_METRIC, &l);
	for (i = 0; i < l.nr; i++)
		metric_row(t, names_metric(l.name[i], NULL), NULL);
	for (i = 0; workloads[i]; i++) {
		for (j = 0; j < workloads[i]->nr_metrics; j++)
			metric_row(t, &workloads[i]->metrics[j], workloads[i]->name);
	}
	print_free(t);
}

static const struct section {
	const char *name;
	void (*list)(void);
} sections[] = {
	{ "experiments", list_experiments }, { "policies", list_policies },
	{ "workloads", list_workloads }, { "metrics", list_metrics },
	{ "templates", list_templates }, { "kernels", list_kernels },
};

#define NR_SECTIONS ((int)(sizeof(sections) / sizeof(sections[0])))

static int list_one(const char *what)
{
	const char *names[NR_SECTIONS], *near;
	int i;

	for (i = 0; i < NR_SECTIONS; i++) {
		names[i] = sections[i].name;
		if (!strcmp(names[i], what)) {
			sections[i].list();
			return VH_OK;
		}
	}
	near = suggest_nearest(what, names, NR_SECTIONS);
	return cmd_bad_usage("list", "nothing called \"%s\" to list%s%s%s", what,
			     near ? "; did you mean \"" : "", near ? near : "",
			     near ? "\"?" : "");
}

int cmd_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c, i;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c != 'h')
			return cmd_bad_option("list", c, argv);
		fputs(usage, stdout);
		return VH_OK;
	}
	if (optind + 1 < argc)
		return cmd_bad_usage("list", "unexpected argument \"%s\"", argv[optind + 1]);
	if (optind < argc)
		return list_one(argv[optind]);
	for (i = 0; i < NR_SECTIONS; i++) {
		printf("%s%s:\n", i ? "\n" : "", sections[i].name);
		sections[i].list();
	}
	return VH_OK;
}
