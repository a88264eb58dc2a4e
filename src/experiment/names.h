/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names that an experiment file may use: kernels, policies, workloads,
 * templates, metrics. Each list has one home elsewhere; this is the only place
 * that knows where.
 */
#ifndef VHINT_EXPERIMENT_NAMES_H
#define VHINT_EXPERIMENT_NAMES_H

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

/* What is known of a metric. better: +1 higher, -1 lower, 0 says nothing. */
struct metric_info {
	const char *name;
	const char *unit;
	const char *doc;
	int better;
	int of_workload;
};

/* 0, or -1 if there is no metric of that name. @workload may be NULL. */
int metric_info(struct metric_info *m, const char *name, const char *workload);

#endif /* VHINT_EXPERIMENT_NAMES_H */
