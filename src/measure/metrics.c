// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of metrics, and the sources opened for a boot's VMs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/metrics.h"

static const struct meas_source *const sources[] = {
#define MEAS_SOURCE(name) &meas_##name,
#include "measure/sources.h"
#undef MEAS_SOURCE
};

#define NR_SOURCES	((int)(sizeof(sources) / sizeof(sources[0])))

/* One source on one VM, or on the host. */
struct instance {
	const struct meas_source *source;
	const char *where;	/* the VM's name or "host" */
	void *priv;		/* NULL: nothing to be had here */
	int first;		/* index of its first value in a sample */
};

struct meas {
	struct instance *inst;
	int nr_inst;
	int nr_values;
	bool **wanted;		/* per source, per metric */
};

const struct metric *metric_nr(int nr)
{
	int i;

	for (i = 0; i < NR_SOURCES && nr >= 0; nr -= sources[i++]->nr_metrics)
		if (nr < sources[i]->nr_metrics)
			return &sources[i]->metrics[nr];
	return NULL;
}

const struct metric *metric_find(const char *name)
{
	const struct metric *m;
	int i;

	for (i = 0; (m = metric_nr(i)); i++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

double meas_diff(double begin, double end)
{
	return end < begin ? NAN : end - begin;
}

json_object *meas_json(const struct metric *metric, double value)
{
	char text[32];

	if (isnan(value))
		return NULL;
	if (!strcmp(metric->unit, "count"))
		return json_object_new_int64(value);
	snprintf(text, sizeof(text), "%.6f", value);
	return json_object_new_double_s(value, text);
}

static bool is_wanted(const struct metric *metric, char *const *names, int nr_names)
{
	int i;

	for (i = 0; i < nr_names; i++)
		if (!strcmp(names[i], metric->name))
			return true;
	return !metric->costly;
}

static void open_instance(struct meas *m, int s, const struct meas_vm *vm)
{
	struct instance *inst = &m->inst[m->nr_inst++];

	inst->source = sources[s];
	inst->where = vm ? vm->name : "host";
	inst->first = m->nr_values;
	inst->priv = sources[s]->open(vm, m->wanted[s]);
	m->nr_values += sources[s]->nr_metrics;
}

struct meas *meas_open(const struct meas_vm *vms, int nr_vms, char *const *names, int nr_names)
{
	struct meas *m = calloc(1, sizeof(*m));
	int s, i;

	if (!m)
		return NULL;
	m->wanted = calloc(NR_SOURCES, sizeof(*m->wanted));
	m->inst = calloc(NR_SOURCES * (nr_vms + 1), sizeof(*m->inst));
	if (!m->wanted || !m->inst)
		goto fail;
	for (s = 0; s < NR_SOURCES; s++) {
		m->wanted[s] = calloc(sources[s]->nr_metrics, sizeof(bool));
		if (!m->wanted[s])
			goto fail;
		for (i = 0; i < sources[s]->nr_metrics; i++)
			m->wanted[s][i] = is_wanted(&sources[s]->metrics[i], names, nr_names);
		if (sources[s]->host_wide)
			open_instance(m, s, NULL);
		for (i = 0; i < nr_vms && !sources[s]->host_wide; i++)
			open_instance(m, s, &vms[i]);
	}
	return m;
fail:
	meas_close(m);
	return NULL;
}

void meas_close(struct meas *m)
{
	int i;

	if (!m)
		return;
	for (i = 0; i < m->nr_inst; i++)
		if (m->inst[i].priv)
			m->inst[i].source->close(m->inst[i].priv);
	for (i = 0; i < NR_SOURCES && m->wanted; i++)
		free(m->wanted[i]);
	free(m->wanted);
	free(m->inst);
	free(m);
}

double *meas_read(struct meas *m)
{
	double *values = malloc(m->nr_values * sizeof(*values));
	int i;

	if (!values)
		return NULL;
	for (i = 0; i < m->nr_values; i++)
		values[i] = NAN;
	for (i = 0; i < m->nr_inst; i++)
		if (m->inst[i].priv)
			m->inst[i].source->read(m->inst[i].priv, values + m->inst[i].first);
	return values;
}

/* Metric @i of source @s over all its instances. */
static double sum(const struct meas *m, int s, int i, const double *begin, const double *end)
{
	double total = 0;
	int n, at;

	for (n = 0; n < m->nr_inst; n++) {
		if (m->inst[n].source != sources[s])
			continue;
		at = m->inst[n].first + i;
		total += meas_diff(begin[at], end[at]);
	}
	return total;
}

json_object *meas_delta(const struct meas *m, const double *begin, const double *end)
{
	json_object *o = json_object_new_object();
	const struct metric *metric;
	int s, i;

	for (s = 0; s < NR_SOURCES; s++) {
		for (i = 0; i < sources[s]->nr_metrics; i++) {
			if (!m->wanted[s][i])
				continue;
			metric = &sources[s]->metrics[i];
			json_object_object_add(o, metric->name,
					       meas_json(metric, sum(m, s, i, begin, end)));
		}
	}
	return o;
}

double meas_one(const struct meas *m, const char *where, const char *metric, const double *begin,
		const double *end)
{
	int n, i;

	for (n = 0; n < m->nr_inst; n++) {
		const struct instance *inst = &m->inst[n];

		if (strcmp(inst->where, where))
			continue;
		for (i = 0; i < inst->source->nr_metrics; i++)
			if (!strcmp(inst->source->metrics[i].name, metric))
				return meas_diff(begin[inst->first + i], end[inst->first + i]);
	}
	return NAN;
}

static json_object *member(json_object *parent, const char *key)
{
	json_object *o;

	if (!json_object_object_get_ex(parent, key, &o)) {
		o = json_object_new_object();
		json_object_object_add(parent, key, o);
	}
	return o;
}

json_object *meas_delta_each(const struct meas *m, const double *begin, const double *end)
{
	json_object *all = json_object_new_object();
	int n, i, s = 0;

	for (n = 0; n < m->nr_inst; n++) {
		const struct instance *inst = &m->inst[n];
		json_object *o = member(all, inst->where);

		while (sources[s] != inst->source)
			s++;
		for (i = 0; i < inst->source->nr_metrics; i++) {
			const struct metric *metric = &inst->source->metrics[i];
			int at = inst->first + i;

			if (m->wanted[s][i])
				json_object_object_add(o, metric->name,
					meas_json(metric, meas_diff(begin[at], end[at])));
		}
	}
	return all;
}
