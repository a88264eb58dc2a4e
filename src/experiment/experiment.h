/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An experiment in memory: what experiments/NAME.json says, defaults filled in
 * and every value checked. The keys themselves, with their types, ranges,
 * defaults and words, are in the one table of experiment/keys.c.
 */
#ifndef VHINT_EXPERIMENT_EXPERIMENT_H
#define VHINT_EXPERIMENT_EXPERIMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"

#define EXP_SCHEMA	1
#define EXP_MAX_VMS	16
#define EXP_MAX_VCPUS	16	/* per VM */
#define EXP_MAX_ARMS	8
#define EXP_MAX_CPUS	63
#define EXP_MAX_ARGS	32
#define EXP_MAX_METRICS	32

/* One per VM: counts are expanded. */
struct exp_vm {
	char name[32];
	int vcpus;
	int memory_mib;
	char template[64];
	char kernel_args[256];
	uint64_t pins[EXP_MAX_VCPUS];	/* bit n: CPU n */
};

struct exp_arm {
	char name[32];
	char kernel[32];
	char policy[32];
	bool hints;
};

/* Programs that record, where an experiment has "trace" or "perf". */
#define TRACE_TOOL	"trace-cmd"
#define PERF_TOOL	"perf"

#define EXP_CLOCK_VIRTUAL	"virtual"
#define EXP_CLOCK_REAL		"real"

struct experiment {
	char name[64], title[128];
	char where[16];			/* "lab" or "host" */
	char clock[16];			/* of the lab; "" on a host */
	int round_ns;			/* of virtual time, else 0 */
	int cpus, memory_mib;		/* CPUs that vCPUs may use: 1..cpus */
	int nr_vms;
	struct exp_vm vms[EXP_MAX_VMS];
	char workload[32];
	int nr_args;
	char *args[EXP_MAX_ARGS];
	int nr_arms;
	struct exp_arm arms[EXP_MAX_ARMS];
	int baseline;			/* index into arms */
	bool bystander;
	int repetitions, warmup, boots, timeout_s;
	uint64_t seed;
	double equivalence_margin;	/* in percent; 0: none */
	bool trace, perf;		/* one more run of each arm is recorded */
	int nr_metrics;
	char *metrics[EXP_MAX_METRICS];
	json_object *resolved;		/* defaults filled in: what resolved.json holds */
};

/* Reads, checks and resolves the file at @path. 0, or -1 with @err filled. */
int exp_load(struct experiment *e, const char *path, struct vh_err *err);

/*
 * The same from JSON that is in memory, such as resolved.json; @name is the
 * experiment's name. Takes its own reference to what it keeps.
 */
int exp_from_json(struct experiment *e, json_object *resolved, const char *name,
		  struct vh_err *err);

void exp_free(struct experiment *e);

/* Is it measured in virtual time? */
bool exp_virtual(const struct experiment *e);

/* All that is random in boot @boot of the lab comes from it. */
uint64_t exp_boot_seed(const struct experiment *e, int boot);

/* For provenance: members clock, round_ns and seed of @o; null is "not used". */
void exp_put_clock(const struct experiment *e, json_object *o);

/* Index of the arm called @name, or -1. */
int exp_arm_index(const struct experiment *e, const char *name);

#endif /* VHINT_EXPERIMENT_EXPERIMENT_H */
