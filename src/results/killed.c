// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ends in boots.ndjson what was killed.
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/json.h"
#include "results/killed.h"
#include "results/records.h"

static bool has_record(const struct records *rs, const struct boot_made *m, int id)
{
	int i;

	for (i = 0; i < rs->nr; i++) {
		if (rs->r[i].run == id && rs->r[i].planned == m->boot &&
		    rs->r[i].instance == m->instance)
			return true;
	}
	return false;
}

/* The first run of @m that left no record; -1: none. @nr: how many before it did. */
static int first_without(const struct records *rs, const struct boot_made *m, int *nr)
{
	json_object *ids = json_object_object_get(m->begin, "runs");
	int i, id, n = ids ? json_object_array_length(ids) : 0;

	for (i = 0; i < n; i++) {
		id = json_object_get_int(json_object_array_get_idx(ids, i));
		if (!has_record(rs, m, id)) {
			*nr = i;
			return id;
		}
	}
	return -1;
}

/* Is there the folder of an attempt? The agent makes it first of all. */
static bool has_folder(const char *dir, const struct experiment *e, const struct plan *p, int boot,
		       int id, int attempt)
{
	char path[PATH_MAX], again[16] = "";
	int i;

	if (attempt > 1)
		snprintf(again, sizeof(again), "-%d", attempt);
	for (i = 0; boot < p->nr_boots && i < p->boots[boot].nr_runs; i++) {
		if (p->boots[boot].runs[i].id != id)
			continue;
		snprintf(path, sizeof(path), "%s/runs/%03d-%s%s", dir, id,
			 e->arms[p->boots[boot].runs[i].arm].name, again);
		return !access(path, F_OK);
	}
	return false;
}

static json_object *end_line(const struct boot_made *m, int run, int attempt)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "schema", json_object_new_int(EXP_SCHEMA));
	json_object_object_add(o, "event", json_object_new_string("end"));
	json_object_object_add(o, "boot", json_object_new_int(m->boot));
	json_object_object_add(o, "instance", json_object_new_int(m->instance));
	json_object_object_add(o, "ended",
			       json_object_new_string(boot_end_word(BOOT_INTERRUPTED)));
	json_object_object_add(o, "why", json_object_new_string("run-experiment was killed"));
	json_object_object_add(o, "run", run < 0 ? NULL : json_object_new_int(run));
	json_object_object_add(o, "attempt", run < 0 ? NULL : json_object_new_int(attempt));
	return o;
}

static int end_boot(const char *dir, const struct experiment *e, const struct plan *p,
		    const struct records *rs, const struct boot_made *m, struct vh_err *err)
{
	int before = 0, run = first_without(rs, m, &before), attempt, ret;
	json_object *o;

	attempt = records_attempts(rs, run) + 1;
	/* killed before the first run, as its host booted: no attempt was made */
	if (run >= 0 && !before && !has_folder(dir, e, p, m->boot, run, attempt))
		run = -1;
	o = end_line(m, run, attempt);
	ret = boots_append(dir, o, err);
	json_object_put(o);
	return ret;
}

int killed_end_boots(const char *dir, const struct experiment *e, const struct plan *p,
		     struct vh_err *err)
{
	struct records rs;
	int i, ret = 0;

	if (records_load(&rs, e, dir, err))
		return -1;
	for (i = 0; i < rs.made.nr && !ret; i++) {
		if (rs.made.made[i].ended == BOOT_OPEN)
			ret = end_boot(dir, e, p, &rs, &rs.made.made[i], err);
	}
	records_free(&rs);
	return ret;
}
