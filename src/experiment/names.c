// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names that an experiment file may use, gathered from their homes: the
 * policies' list, the workloads' list, the metrics' table, and the folder of
 * templates.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/kit.h"
#include "base/suggest.h"
#include "experiment/names.h"
#include "measure/metrics.h"
#include "workload/workloads.h"

struct named {
	const char *name;
	const char *summary;
};

static const struct named wheres[] = {
	{ "lab", "an emulated AMD-V host, on any x86-64 machine" },
	{ "host", "this machine, which must run the arm's kernel" },
	{ NULL, NULL }
};

static const struct named clocks[] = {
	{ "virtual", "an instruction is a ns, for all CPUs in parallel: exact, and the same everywhere" },
	{ "real", "the machine's own, with Debian's QEMU: for a look around" },
	{ NULL, NULL }
};

static const struct named kernels[] = {
	{ "stock", "Debian's kernel without the series" },
	{ "vhint", "the same with the series applied" },
	{ NULL, NULL }
};

#define VHINT_POLICY(policy, text) { #policy, text },
static const struct named policies[] = {
	{ "none", "no policy module loaded (the only choice on kernel stock)" },
#include "policy/policies.h"
	{ NULL, NULL }
};
#undef VHINT_POLICY

const char *names_word(enum name_kind kind)
{
	static const char *const words[] = {
		[NAME_ANY] = "value", [NAME_WHERE] = "place",
		[NAME_CLOCK] = "clock", [NAME_KERNEL] = "kernel",
		[NAME_POLICY] = "policy", [NAME_WORKLOAD] = "workload",
		[NAME_TEMPLATE] = "template", [NAME_METRIC] = "metric",
	};

	return words[kind];
}

static void add(struct name_list *l, const char *name, const char *summary)
{
	if (l->nr >= NAMES_MAX)
		return;
	l->name[l->nr] = name;
	l->summary[l->nr] = summary;
	l->name[++l->nr] = NULL;
}

static void add_all(struct name_list *l, const struct named *n)
{
	for (; n->name; n++)
		add(l, n->name, n->summary);
}

static int is_template(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && d->d_name[0] != '.' && !strcmp(d->d_name + n - 4, ".xml");
}

static void add_templates(struct name_list *l)
{
	static char store[NAMES_MAX][64];
	char dir[PATH_MAX];
	struct dirent **ents;
	int n, i;

	kit_path(dir, sizeof(dir), "vm-templates");
	n = scandir(dir, &ents, is_template, alphasort);
	for (i = 0; i < n; i++) {
		size_t len = strlen(ents[i]->d_name) - 4;

		if (i < NAMES_MAX && len < sizeof(store[i])) {
			memcpy(store[i], ents[i]->d_name, len);
			store[i][len] = '\0';
			add(l, store[i], "");
		}
		free(ents[i]);
	}
	if (n >= 0)
		free(ents);
}

void names_get(enum name_kind kind, struct name_list *l)
{
	int i;

	l->nr = 0;
	l->name[0] = NULL;
	switch (kind) {
	case NAME_WHERE:
		add_all(l, wheres);
		break;
	case NAME_CLOCK:
		add_all(l, clocks);
		break;
	case NAME_KERNEL:
		add_all(l, kernels);
		break;
	case NAME_POLICY:
		add_all(l, policies);
		break;
	case NAME_WORKLOAD:
		for (i = 0; workloads[i]; i++)
			add(l, workloads[i]->name, workloads[i]->summary);
		break;
	case NAME_TEMPLATE:
		add_templates(l);
		break;
	case NAME_METRIC:
		for (i = 0; metric_nr(i); i++)
			add(l, metric_nr(i)->name, metric_nr(i)->doc);
		break;
	case NAME_ANY:
		break;
	}
}

void names_add_workload_metrics(struct name_list *l, const char *workload)
{
	const struct workload *w = workload_find(workload);
	int i;

	for (i = 0; w && i < w->nr_metrics; i++)
		add(l, w->metrics[i].name, w->metrics[i].doc);
}

int names_has(const struct name_list *l, const char *name)
{
	int i;

	for (i = 0; i < l->nr; i++) {
		if (!strcmp(l->name[i], name))
			return 1;
	}
	return 0;
}

const char *names_unknown(enum name_kind kind, const char *name, char *buf, size_t len)
{
	char known[512] = "";
	struct name_list l;
	const char *near;
	size_t n = 0;
	int i;

	names_get(kind, &l);
	for (i = 0; i < l.nr && n + 70 < sizeof(known); i++)
		n += snprintf(known + n, sizeof(known) - n, "%s%.64s", i ? ", " : "", l.name[i]);
	near = suggest_nearest(name, l.name, l.nr);
	snprintf(buf, len, "unknown %s \"%s\"%s%s%s (known: %s)", names_word(kind), name,
		 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", known);
	return buf;
}

const struct metric *names_metric(const char *name, const char *workload)
{
	const struct workload *w = workload ? workload_find(workload) : NULL;
	const struct metric *host = metric_find(name);
	int i;

	for (i = 0; !host && w && i < w->nr_metrics; i++) {
		if (!strcmp(w->metrics[i].name, name))
			return &w->metrics[i];
	}
	return host;
}
