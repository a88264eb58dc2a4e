// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is put on file when a run begins and when it ends: env.json, the kernels'
 * configurations, and what the machine did meanwhile.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/kit.h"
#include "base/now.h"
#include "results/env.h"

/* When the run began; one process makes one run. */
static struct {
	struct env_ticks ticks;
	int64_t ms;
} began;

int env_ticks(struct env_ticks *t)
{
	unsigned long long v[8] = { 0 };
	FILE *f = fopen("/proc/stat", "re");
	int i, n;

	*t = (struct env_ticks){ 0 };
	if (!f)
		return -1;
	n = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", v, v + 1, v + 2, v + 3, v + 4,
		   v + 5, v + 6, v + 7);
	fclose(f);
	for (i = 0; i < 8; i++)
		t->all += v[i];
	t->stolen = v[7];
	return n == 8 ? 0 : -1;
}

json_object *env_steal_share(const struct env_ticks *begin, const struct env_ticks *end)
{
	if (end->all <= begin->all || end->stolen < begin->stolen)
		return NULL;
	return jnew_num(round(1e4 * (end->stolen - begin->stolen) / (end->all - begin->all)) / 1e4);
}

/* @dir/@name.json, or the first of @name-resume1.json, ... that is not there. */
static void free_name(char *path, size_t len, const char *dir, const char *name)
{
	int i;

	snprintf(path, len, "%s/%s.json", dir, name);
	for (i = 1; !access(path, F_OK); i++)
		snprintf(path, len, "%s/%s-resume%d.json", dir, name, i);
}

static int copy_config(const char *dir, const char *kernel, struct vh_err *err)
{
	char from[PATH_MAX], to[PATH_MAX];

	kit_path(from, sizeof(from), "build/kernel/%s/config", kernel);
	snprintf(to, sizeof(to), "%s/config-%s", dir, kernel);
	if (access(from, R_OK) || !access(to, F_OK))
		return 0;	/* env.json says null, or there is one from before */
	return file_copy(from, 0, to, err);
}

int env_begin(const char *dir, json_object *env, const struct plan *p, struct vh_err *err)
{
	char path[PATH_MAX];
	int i;

	began.ms = now_ms();
	env_ticks(&began.ticks);
	for (i = 0; i < p->nr_boots; i++) {
		if (copy_config(dir, p->boots[i].kernel, err))
			return -1;
	}
	free_name(path, sizeof(path), dir, "env");
	return json_save_file(path, env, err);
}

int env_end(const char *dir, json_object *env, struct vh_err *err)
{
	json_object *o = json_object_new_object(), *load = json_object_new_array();
	char path[PATH_MAX], stamp[32];
	struct env_ticks now;
	double avg[3];
	int i, ret;

	json_object_object_add(o, "schema", json_object_new_int(EXP_SCHEMA));
	json_object_object_add(o, "started_utc",
			       json_object_get(json_object_object_get(env, "started_utc")));
	json_object_object_add(o, "ended_utc",
			       json_object_new_string(now_utc(stamp, sizeof(stamp))));
	json_object_object_add(o, "seconds", jnew_num((now_ms() - began.ms) / 1e3));
	json_object_object_add(o, "steal_share", began.ticks.all && !env_ticks(&now) ?
			       env_steal_share(&began.ticks, &now) : NULL);
	for (i = 0; getloadavg(avg, 3) == 3 && i < 3; i++)
		json_object_array_add(load, jnew_num(round(avg[i] * 100) / 100));
	json_object_object_add(o, "loadavg", load);
	free_name(path, sizeof(path), dir, "env-end");
	ret = json_save_file(path, o, err);
	json_object_put(o);
	return ret;
}
