// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a finished run took.
 */
#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "results/folder.h"
#include "results/pace.h"

/* Members of resolved.json that a run's length depends on, but for the number of runs. */
static const char *const same[] = {
	"where", "clock", "round_ns", "machine", "vms", "workload", "bystander", "trace", "perf",
};

static bool is_alike(json_object *a, json_object *b)
{
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (!json_object_equal(json_object_object_get(a, same[i]),
				       json_object_object_get(b, same[i])))
			return false;
	}
	return true;
}

static json_object *load(const char *dir, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) ? NULL : json_load_file(path, NULL);
}

static void count(struct pace *p, json_object *plan)
{
	json_object *boots = json_object_object_get(plan, "boots"), *runs;
	size_t i;

	if (!json_object_is_type(boots, json_type_array))
		return;
	p->boots = json_object_array_length(boots);
	for (i = 0; i < json_object_array_length(boots); i++) {
		runs = json_object_object_get(json_object_array_get_idx(boots, i), "runs");
		p->runs += json_object_is_type(runs, json_type_array) ?
			   json_object_array_length(runs) : 0;
	}
}

/* The times of a run that was resumed do not say how long it takes in one go. */
static bool was_resumed(const char *dir)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/env-resume1.json", dir);
	return !access(path, F_OK);
}

static bool read_pace(struct pace *p, const char *dir, json_object *wanted)
{
	json_object *resolved = load(dir, "resolved.json"), *summary = load(dir, "summary.json");
	json_object *env = load(dir, "env.json"), *end = load(dir, "env-end.json");

	memset(p, 0, sizeof(*p));
	p->seconds = jget_num(end, "seconds", NAN);
	p->jobs = jget_int(env, "jobs", 1);
	if (jget_bool(summary, "complete", 0) && is_alike(resolved, wanted))
		count(p, json_object_object_get(resolved, "plan"));
	json_object_put(resolved);
	json_object_put(summary);
	json_object_put(env);
	json_object_put(end);
	return p->runs > 0 && p->jobs > 0 && p->seconds > 0 && !was_resumed(dir);
}

static int is_run(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "latest");
}

void pace_find(struct pace *p, const struct experiment *e)
{
	char parent[PATH_MAX / 2], dir[PATH_MAX];
	struct dirent **names;
	int i, n;

	snprintf(parent, sizeof(parent), "%s/%s", result_root(), e->name);
	/* names begin with the time */
	n = scandir(parent, &names, is_run, alphasort);
	memset(p, 0, sizeof(*p));
	for (i = n - 1; i >= 0; i--) {
		snprintf(dir, sizeof(dir), "%s/%s", parent, names[i]->d_name);
		if (!*p->run && read_pace(p, dir, e->resolved))
			snprintf(p->run, sizeof(p->run), "%.63s", names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}
