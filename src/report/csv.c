// SPDX-License-Identifier: GPL-2.0-only
/*
 * The raw data of a run as one table: a line has one value, and all that says of what it is.
 */
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "experiment/names.h"
#include "report/csv.h"

static const char *const heads[] = {
	"experiment", "where", "clock", "workload", "arm", "kernel", "policy", "hints", "boot",
	"boot_instance", "run", "attempt", "repetition", "warmup", "counts", "error_kind", "vm", "metric", "unit", "value",
};

/* All columns up to "error_kind" are the same in all lines of a record. */
#define NR_HEADS	((int)(sizeof(heads) / sizeof(heads[0])))
#define NR_SHARED	(NR_HEADS - 4)

struct line {
	const char *fields[NR_HEADS];
	char boot[16], instance[16], run[16], attempt[16], rep[16];
};

/* Is the report made of this record? */
static bool counts(const struct report *r, const struct record *rec)
{
	const struct report_arm *arm = &r->arms[rec->arm];
	int i;

	for (i = 0; i < arm->ok; i++) {
		if (arm->ok_run[i] == rec->run)
			return rec == records_of_run(r->rs, rec->run);
	}
	return false;
}

/* R's read.csv() knows no other words. */
static const char *yes_or_no(bool yes)
{
	return yes ? "TRUE" : "FALSE";
}

static const char *number(char *buf, size_t len, int n)
{
	snprintf(buf, len, "%d", n);
	return buf;
}

static void begin_line(struct line *l, const struct report *r, const struct record *rec)
{
	const struct exp_arm *arm = &r->e->arms[rec->arm];
	const char *const shared[NR_SHARED] = {
		r->e->name, r->e->where, r->e->clock, r->e->workload,
		arm->name, arm->kernel, arm->policy, yes_or_no(arm->hints),
		number(l->boot, sizeof(l->boot), rec->planned),
		number(l->instance, sizeof(l->instance), rec->instance),
		number(l->run, sizeof(l->run), rec->run),
		number(l->attempt, sizeof(l->attempt), rec->attempt),
		number(l->rep, sizeof(l->rep), rec->rep),
		yes_or_no(rec->warmup), yes_or_no(counts(r, rec)),
		jget_str(rec->o, "error_kind", ""),
	};

	memcpy(l->fields, shared, sizeof(shared));
}

/* The number @v as it is on file; nothing for what is not known. */
static void put_value(struct line *l, const char *vm, const char *key, const char *unit,
		      json_object *v, FILE *out)
{
	bool known = json_object_is_type(v, json_type_int) ||
		     json_object_is_type(v, json_type_double);

	l->fields[NR_SHARED] = vm;
	l->fields[NR_SHARED + 1] = key;
	l->fields[NR_SHARED + 2] = unit;
	l->fields[NR_SHARED + 3] = known ? json_object_to_json_string(v) : NULL;
	csv_line(l->fields, NR_HEADS, out);
}

static void put_time(struct line *l, const struct record *rec, const char *vm, const char *key,
		     FILE *out)
{
	json_object *v = jnew_num(report_vm_value(rec, vm, key));

	put_value(l, vm, key, "s", v, out);
	json_object_put(v);
}

static void put_metrics(struct line *l, const struct report *r, const struct name_list *names,
			const char *vm, json_object *o, FILE *out)
{
	const struct metric *m;
	int i;

	for (i = 0; i < names->nr; i++) {
		m = names_metric(names->name[i], r->e->workload);
		if (m)
			put_value(l, vm, m->name, m->unit, json_object_object_get(o, m->name), out);
	}
}

static void put_record(const struct report *r, const struct record *rec,
		       const struct name_list *host, const struct name_list *workload, FILE *out)
{
	struct line l;
	int i;

	begin_line(&l, r, rec);
	for (i = 0; i < r->e->nr_vms; i++) {
		const char *vm = r->e->vms[i].name;

		put_time(&l, rec, vm, "alone_s", out);
		put_time(&l, rec, vm, "contended_s", out);
		put_metrics(&l, r, workload, vm, report_vm_workload(rec, vm), out);
	}
	put_metrics(&l, r, host, NULL, json_object_object_get(rec->o, "metrics"), out);
}

void report_csv(const struct report *r, FILE *out)
{
	struct name_list host, workload = { 0 };
	int i;

	names_get(NAME_METRIC, &host);
	names_add_workload_metrics(&workload, r->e->workload);
	csv_line(heads, NR_HEADS, out);
	for (i = 0; i < r->rs->nr; i++)
		put_record(r, &r->rs->r[i], &host, &workload, out);
}
