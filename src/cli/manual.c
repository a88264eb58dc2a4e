// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the man page and the completion are made of. Help texts are asked for as a user would.
 */
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "cli/manual.h"
#include "experiment/names.h"
#include "report/report.h"

/* Started by the program itself or by scripts; nobody types them. */
static bool is_internal(const char *name)
{
	return !strcmp(name, "agent") || !strcmp(name, "needs");
}

static int ask(struct help_text *h, char *command, struct vh_err *err)
{
	char *argv[] = { "/proc/self/exe", command ? command : "--help",
			 command ? "--help" : NULL, NULL };
	char *text = child_text(argv);

	if (!text)
		return vh_err(err, VH_BAD_HOST, "%s: no help text", command ? command : "--help");
	help_parse(h, text);
	free(text);
	return 0;
}

static int gather_commands(struct manual *m, struct vh_err *err)
{
	struct manual_command *c;
	int i;

	for (i = 0; i < m->main.nr && m->nr_commands < MANUAL_MAX_COMMANDS; i++) {
		const struct help_item *item = &m->main.items[i];

		if (item->kind != HELP_ENTRY || !*item->text)
			continue;
		c = &m->commands[m->nr_commands];
		snprintf(c->name, sizeof(c->name), "%.*s", (int)strcspn(item->head, " "), item->head);
		if (is_internal(c->name))
			continue;
		c->in_list = *item;
		if (ask(&c->help, c->name, err))
			return -1;
		m->nr_commands++;
	}
	return m->nr_commands ? 0 : vh_err(err, VH_BAD_HOST, "the help text lists no commands");
}

static void add_metric(struct manual *m, const struct metric *metric)
{
	int i;

	for (i = 0; i < m->nr_metrics; i++) {
		if (!strcmp(m->metrics[i].name, metric->name))
			return;
	}
	if (m->nr_metrics < MANUAL_MAX_METRICS)
		m->metrics[m->nr_metrics++] = *metric;
}

/* What a report has of its own, with this many VMs: a report of no runs knows. */
static int add_columns(struct manual *m, const char *experiment, struct vh_err *err)
{
	struct report *r = calloc(1, sizeof(*r));
	struct experiment *e = calloc(1, sizeof(*e));
	json_object *o = json_tokener_parse(experiment);
	struct records none = { 0 };
	struct plan p = { 0 };
	int i, ret = -1;

	if (!r || !e)
		vh_err(err, VH_BAD_HOST, "out of memory");
	else if (!exp_from_json(e, o, "columns", err) && !plan_make(&p, e, err) &&
		 !report_make(r, e, &p, &none, err))
		ret = 0;
	for (i = 0; !ret && i < r->nr_cols; i++)
		add_metric(m, r->cols[i].metric);
	if (!ret)
		report_free(r);
	if (e)
		exp_free(e);
	plan_free(&p);
	json_object_put(o);
	free(e);
	free(r);
	return ret;
}

static int gather_metrics(struct manual *m, struct vh_err *err)
{
	static const char experiment[] =
		"{\"vms\":[{\"count\":%d}],\"metrics\":[],\"workload\":{\"name\":\"hackbench\"},\"arms\":[{\"name\":\"a\",\"kernel\":\"stock\"}]}";
	struct name_list all, workloads;
	const struct metric *metric;
	char text[256];
	int i, vms;

	for (vms = 2; vms > 0; vms--) {
		snprintf(text, sizeof(text), experiment, vms);
		if (add_columns(m, text, err))
			return -1;
	}
	names_get(NAME_METRIC, &all);
	for (i = 0; i < all.nr; i++)
		add_metric(m, names_metric(all.name[i], NULL));
	names_get(NAME_WORKLOAD, &workloads);
	for (vms = 0; vms < workloads.nr; vms++) {
		all = (struct name_list) { 0 };
		names_add_workload_metrics(&all, workloads.name[vms]);
		for (i = 0; i < all.nr; i++) {
			metric = names_metric(all.name[i], workloads.name[vms]);
			if (metric)
				add_metric(m, metric);
		}
	}
	return 0;
}

int manual_gather(struct manual *m, struct vh_err *err)
{
	memset(m, 0, sizeof(*m));
	if (ask(&m->main, NULL, err) || gather_commands(m, err) || gather_metrics(m, err))
		return -1;
	return 0;
}
