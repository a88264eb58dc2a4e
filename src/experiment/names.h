/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names that an experiment file may use: kernels, policies, workloads,
 * templates, metrics. Each list has one home elsewhere; this is the only place
 * that knows where.
 */
#ifndef VHINT_EXPERIMENT_NAMES_H
#define VHINT_EXPERIMENT_NAMES_H

#include "base/metric.h"

#define NAMES_MAX 128

struct name_list {
	int nr;
	const char *name[NAMES_MAX + 1];
	const char *summary[NAMES_MAX + 1];
};

/* What a key's value may be. */
enum name_kind {
	NAME_ANY,
	NAME_WHERE,
	NAME_CLOCK,
	NAME_KERNEL,
	NAME_POLICY,
	NAME_WORKLOAD,
	NAME_TEMPLATE,
	NAME_METRIC,	/* of the host; a workload adds its own */
};

/* Word for messages: "policy", "workload"... */
const char *names_word(enum name_kind kind);

/* Fills @l; the strings live as long as the program. */
void names_get(enum name_kind kind, struct name_list *l);

/* Adds the metrics of the workload called @workload. */
void names_add_workload_metrics(struct name_list *l, const char *workload);

int names_has(const struct name_list *l, const char *name);

/* What is wrong with a @name that is not in the list: the nearest one, and all. Returns @buf. */
const char *names_unknown(enum name_kind kind, const char *name, char *buf, size_t len);

/* The metric of that name, NULL if there is none. @workload may be NULL; its own come last. */
const struct metric *names_metric(const char *name, const char *workload);

#endif /* VHINT_EXPERIMENT_NAMES_H */
