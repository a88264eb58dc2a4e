// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of keys, and the small questions asked of it. To add a key: a member of
 * struct experiment, and a row here. The parser, what stores the value, the option of the
 * command line, its help, the JSON Schema and the documentation are made of the row.
 */
#include <string.h>

#include "experiment/experiment.h"
#include "experiment/keys.h"

#define NAME_PATTERN	"^[a-z0-9][a-z0-9_.-]*$"

#define KEY(path_, type_, min_, max_, dflt_, doc_, ...)			\
	{ .path = path_, .type = type_, .min = min_, .max = max_,	\
	  .dflt = dflt_, .doc = doc_, __VA_ARGS__ }

/* The member that a row's value is kept in; its type says how. */
#define MEMBER(type_, m_)						\
	.store = _Generic(((type_ *)0)->m_, default : STORE_TEXT,	\
			  int : STORE_INT, uint64_t : STORE_U64,	\
			  bool : STORE_BOOL, double : STORE_DOUBLE),	\
	.off = offsetof(type_, m_), .size = sizeof(((type_ *)0)->m_)
#define EXP(m_)	MEMBER(struct experiment, m_)
#define VM(m_)	MEMBER(struct exp_vm, m_)
#define ARM(m_)	MEMBER(struct exp_arm, m_)

const struct exp_key exp_keys[] = {
	KEY("$schema", KEY_STRING, 0, 255, NULL,
	    "for editors: where the JSON Schema is; the driver ignores it"),
	KEY("schema", KEY_INT, EXP_SCHEMA, EXP_SCHEMA, "1", "version of this format"),
	KEY("title", KEY_STRING, 0, 127, "\"\"", "one line that says what is measured", EXP(title)),
	KEY("description", KEY_STRING, 0, 4095, "\"\"",
	    "free text: why, what to expect, what to watch"),
	KEY("where", KEY_STRING, 1, 15, NULL, "where the VMs' host is", .names = NAME_WHERE,
	    .derived = "\"lab\", or \"host\" on a machine that runs a vhint kernel",
	    EXP(where), .option = 1),
	KEY("clock", KEY_STRING, 1, 15, "\"virtual\"", "what time is in the lab; a host has its own",
	    .names = NAME_CLOCK, EXP(clock), .option = 1),
	KEY("round_ns", KEY_INT, 1, 1000000, "2000",
	    "a round of virtual time, in which each CPU has its turn: messages between CPUs are as coarse",
	    EXP(round_ns), .option = 1),
	KEY("machine", KEY_OBJECT, 0, 0, "{}", "what VMs may use of the host"),
	KEY("machine.cpus", KEY_INT, 1, EXP_MAX_CPUS, "2",
	    "CPUs for vCPUs, numbered from 1; CPU 0 is extra, for housekeeping", EXP(cpus)),
	KEY("machine.memory_mib", KEY_INT, 1024, 4608, "3072", "memory of the emulated host",
	    EXP(memory_mib)),
	KEY("vms", KEY_OBJECTS, 1, EXP_MAX_VMS, NULL, "the virtual machines", .needed = 1),
	KEY("vms[].name", KEY_STRING, 1, 24, "\"vm\"",
	    "name; a number is appended if count is above 1", .pattern = "^[a-z][a-z0-9-]*$",
	    VM(name)),
	KEY("vms[].count", KEY_INT, 1, EXP_MAX_VMS, "1", "how many of this kind"),
	KEY("vms[].vcpus", KEY_INT, 1, EXP_MAX_VCPUS, "2", "virtual CPUs of each", VM(vcpus)),
	KEY("vms[].memory_mib", KEY_INT, 96, 65536, "384", "memory of each", VM(memory_mib)),
	KEY("vms[].template", KEY_STRING, 1, 63, "\"default\"",
	    "domain XML: a file of vm-templates/, without .xml", .names = NAME_TEMPLATE,
	    .pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$", VM(template)),
	KEY("vms[].kernel_args", KEY_STRING, 0, 255, "\"\"",
	    "appended to the guest kernel's command line", .pattern = "^[ -~]*$", VM(kernel_args)),
	KEY("vms[].pins", KEY_STRINGS, 1, EXP_MAX_VCPUS, NULL,
	    "for each vCPU the host CPUs that it may run on, such as \"1-2\" or \"1,3\"",
	    .pattern = "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$",
	    .derived = "every vCPU on all of 1 to machine.cpus"),
	KEY("workload", KEY_OBJECT, 0, 0, NULL, "what each VM runs", .needed = 1),
	KEY("workload.name", KEY_STRING, 1, 31, NULL, "which workload", .names = NAME_WORKLOAD,
	    .needed = 1, EXP(workload)),
	KEY("workload.args", KEY_STRINGS, 0, EXP_MAX_ARGS - 1, "[]",
	    "its arguments (`run-experiment list workloads`)"),
	KEY("arms", KEY_OBJECTS, 1, EXP_MAX_ARMS, NULL, "the variants that are compared",
	    .needed = 1, .option = 1, .option_doc = "only these arms, in this order"),
	KEY("arms[].name", KEY_STRING, 1, 24, NULL, "name in reports", .pattern = NAME_PATTERN,
	    .needed = 1, ARM(name)),
	KEY("arms[].kernel", KEY_STRING, 1, 31, NULL, "kernel of host and guests",
	    .names = NAME_KERNEL, .needed = 1, ARM(kernel)),
	KEY("arms[].policy", KEY_STRING, 1, 31, "\"none\"", "policy on the host",
	    .names = NAME_POLICY, ARM(policy)),
	KEY("arms[].hints", KEY_BOOL, 0, 0, "false", "whether the guests publish hints",
	    ARM(hints)),
	KEY("baseline", KEY_STRING, 1, 24, NULL, "the arm that the others are compared with",
	    .pattern = NAME_PATTERN, .derived = "the first arm"),
	KEY("repetitions", KEY_INT, 1, 1000, "10", "measured runs of each arm",
	    EXP(repetitions), .option = 1),
	KEY("warmup", KEY_INT, 0, 100, "1", "runs of each arm per boot that do not count",
	    EXP(warmup), .option = 1),
	KEY("boots", KEY_INT, 1, 100, NULL, "boots of each kernel; repetitions spread over them",
	    .derived = "4, or repetitions if that is less", EXP(boots), .option = 1),
	KEY("seed", KEY_INT, 0, INT64_C(9007199254740991), "1",
	    "seed of the order of runs and of the intervals", EXP(seed), .option = 1),
	KEY("timeout_s", KEY_INT, 1, 86400, "120", "longest time that one run may take",
	    EXP(timeout_s), .option = 1),
	KEY("bystander", KEY_BOOL, 0, 0, "false",
	    "whether a process beside the VMs spins on their CPUs while they contend, to see what they take from others",
	    EXP(bystander)),
	KEY("metrics", KEY_STRINGS, 0, EXP_MAX_METRICS,
	    "[\"run_delay_s\", \"exits\", \"hints_seen\", \"boosts\"]",
	    "columns of the report after the headline (`run-experiment list metrics`)",
	    .pattern = "^[a-z][a-z0-9_]*$"),
	KEY("equivalence_margin", KEY_NUMBER, 0, 100, "0",
	    "two arms whose headlines differ by less than so many percent are as good as equal, and the report tests whether they are; 0: it does not",
	    EXP(equivalence_margin)),
	KEY("trace", KEY_BOOL, 0, 0, "false",
	    "after the repetitions, one more run of each arm that trace-cmd records; it does not count",
	    EXP(trace)),
	KEY("perf", KEY_BOOL, 0, 0, "false", "the same with perf record; both share that run",
	    EXP(perf)),
	/* what the driver adds to resolved.json */
	KEY("name", KEY_STRING, 1, 63, NULL, "the experiment's name", .internal = 1),
	KEY("kit_root", KEY_STRING, 1, 4095, NULL, "in old folders: the kit that ran it",
	    .internal = 1),
	KEY("plan", KEY_RAW, 0, 0, NULL, "the order of the runs", .internal = 1),
	KEY("added", KEY_OBJECTS, 0, 1000, NULL, "what --add added, in its order", .internal = 1),
	KEY("added[].repetitions", KEY_INT, 1, 1000, NULL, "of each arm", .internal = 1),
	KEY("added[].boots", KEY_INT, 1, 100, NULL, "of each kernel", .internal = 1),
};

const int nr_exp_keys = sizeof(exp_keys) / sizeof(exp_keys[0]);

const struct exp_key *exp_key_find(const char *path)
{
	int i;

	for (i = 0; i < nr_exp_keys; i++) {
		if (!strcmp(exp_keys[i].path, path))
			return &exp_keys[i];
	}
	return NULL;
}

const char *exp_key_member(const struct exp_key *k, const char *parent)
{
	size_t n = strlen(parent);
	const char *rest = k->path;

	if (n) {
		if (strncmp(k->path, parent, n) || k->path[n] != '.')
			return NULL;
		rest += n + 1;
	}
	return strpbrk(rest, ".[") ? NULL : rest;
}

static void store(const struct exp_key *k, char *to, json_object *v)
{
	switch (k->store) {
	case STORE_INT:
		*(int *)(to + k->off) = json_object_get_int(v);
		break;
	case STORE_U64:
		*(uint64_t *)(to + k->off) = json_object_get_int64(v);
		break;
	case STORE_BOOL:
		*(bool *)(to + k->off) = json_object_get_boolean(v);
		break;
	case STORE_DOUBLE:
		*(double *)(to + k->off) = json_object_get_double(v);
		break;
	case STORE_TEXT:
		snprintf(to + k->off, k->size, "%s", json_object_get_string(v));
		break;
	case STORE_NOWHERE:
		break;
	}
}

void exp_keys_store(void *to, const char *parent, json_object *o)
{
	const struct exp_key *k;
	const char *name;
	json_object *v;

	for (k = exp_keys; k < exp_keys + nr_exp_keys; k++) {
		name = exp_key_member(k, parent);
		if (!name || !json_object_object_get_ex(o, name, &v))
			continue;
		if (k->type == KEY_OBJECT)
			exp_keys_store(to, k->path, v);
		else
			store(k, to, v);
	}
}

static void expected_range(const struct exp_key *k, const char *what, char *buf, size_t len)
{
	if (k->min == k->max)
		snprintf(buf, len, "%lld%s", (long long)k->min, what);
	else
		snprintf(buf, len, "%lld to %lld%s", (long long)k->min, (long long)k->max, what);
}

char *exp_key_expected(const struct exp_key *k, char *buf, size_t len)
{
	char range[80];

	switch (k->type) {
	case KEY_INT:
		if (k->min == k->max)
			snprintf(buf, len, "the number %lld", (long long)k->min);
		else
			snprintf(buf, len, "a whole number from %lld to %lld",
				 (long long)k->min, (long long)k->max);
		break;
	case KEY_NUMBER:
		snprintf(buf, len, "a number from %lld to %lld", (long long)k->min,
			 (long long)k->max);
		break;
	case KEY_BOOL:
		snprintf(buf, len, "true or false");
		break;
	case KEY_STRING:
		expected_range(k, " characters", range, sizeof(range));
		snprintf(buf, len, "a string of %s", range);
		break;
	case KEY_STRINGS:
		expected_range(k, " strings", range, sizeof(range));
		snprintf(buf, len, "an array of %s", range);
		break;
	case KEY_OBJECTS:
		expected_range(k, " objects", range, sizeof(range));
		snprintf(buf, len, "an array of %s", range);
		break;
	case KEY_OBJECT:
	case KEY_RAW:
		snprintf(buf, len, "an object");
		break;
	}
	return buf;
}
