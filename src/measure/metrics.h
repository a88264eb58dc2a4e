/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics that the host measures while VMs run.
 *
 * A source is one file, measure/<name>.c, and one line in measure/sources.h. It offers
 * one or more counters and is opened once per VM (or once for the host). The
 * driver reads all of them when the VMs start and again when the last one has
 * finished; a metric is the difference, summed over the VMs. What a host cannot
 * give is NAN here and null in the results, never 0.
 */
#ifndef VHINT_MEASURE_METRICS_H
#define VHINT_MEASURE_METRICS_H

#include <stdbool.h>
#include <sys/types.h>

#include <json-c/json.h>

#include "base/metric.h"

/* A running VM, as far as measuring is concerned. */
struct meas_vm {
	const char *name;
	pid_t pid;		/* QEMU's process */
	int nr_vcpus;
	const pid_t *tids;	/* one thread per vCPU */
};

struct meas_source {
	const char *name;
	const struct metric *metrics;
	int nr_metrics;
	bool host_wide;		/* opened once, with a NULL vm, not per VM */
	/* wanted[i]: metrics[i] is to be measured. NULL: this host has none of it. */
	void *(*open)(const struct meas_vm *vm, const bool *wanted);
	/* val[i] = metrics[i] now, a total that only grows; it holds NAN before. */
	void (*read)(void *priv, double *val);
	void (*close)(void *priv);
};

#define MEAS_SOURCE(name) extern const struct meas_source meas_##name;
#include "measure/sources.h"
#undef MEAS_SOURCE

/* All metrics by number, NULL past the last one. */
const struct metric *metric_nr(int nr);
const struct metric *metric_find(const char *name);

/* Sources opened for the VMs of a boot. */
struct meas;

struct meas *meas_open(const struct meas_vm *vms, int nr_vms, char *const *names, int nr_names);
void meas_close(struct meas *m);

/* All counters now. The caller frees the array. */
double *meas_read(struct meas *m);

/* {"run_delay_s": 1.2, "cycles": null, ...}: the sum over the VMs. */
json_object *meas_delta(const struct meas *m, const double *begin, const double *end);
/* {"vm1": {...}, "vm2": {...}, "host": {...}} */
json_object *meas_delta_each(const struct meas *m, const double *begin, const double *end);

/* Of one VM, or of "host", by name: NAN if not known. */
double meas_one(const struct meas *m, const char *where, const char *metric, const double *begin,
		const double *end);

/* A counter's growth; NAN if either is unknown or it went backwards. */
double meas_diff(double begin, double end);

/* null for NAN, a whole number for a count, a decimal one for the rest. */
json_object *meas_json(const struct metric *metric, double value);

#endif /* VHINT_MEASURE_METRICS_H */
