// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads an experiment: file -> JSON -> checked against the table of keys ->
 * overrides of the command line -> derived defaults -> struct experiment.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "experiment/bind.h"
#include "experiment/experiment.h"
#include "experiment/keys.h"
#include "experiment/override.h"
#include "experiment/set.h"
#include "stat/prng.h"

/* "experiments/a b.json" -> "a-b": names a folder of results. */
static void name_from_path(char *name, size_t len, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n;

	base = base ? base + 1 : path;
	n = strlen(base);
	if (n > 5 && !strcmp(base + n - 5, ".json"))
		n -= 5;
	snprintf(name, len, "%.*s", (int)n, base);
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && !strchr("._-", *name))
			*name = '-';
	}
}

static int resolve(struct experiment *e, const char *file, json_object *in, json_object *over,
		   int internal, struct vh_err *err)
{
	json_object *o = exp_keys_check(file, in, internal, err);

	if (!o)
		return -1;
	if (exp_override_apply(o, over, err))
		goto fail;
	exp_derive(o);
	if (exp_bind(e, file, o, err))
		goto fail;
	e->resolved = o;
	return 0;
fail:
	json_object_put(o);
	return -1;
}

/* A file that is good by itself was spoilt on the command line. */
static void blame_sets(const char *path, struct vh_err *err)
{
	static struct experiment alone;
	struct vh_err unused;

	if (err->code != VH_BAD_EXPERIMENT || exp_load(&alone, path, &unused))
		return;
	exp_free(&alone);
	vh_err_prefix(err, "with --set");
	err->code = VH_BAD_USAGE;
}

int exp_load_with(struct experiment *e, const char *path, json_object *over, struct vh_err *err)
{
	json_object *in = json_load_file(path, err);
	int ret;

	memset(e, 0, sizeof(*e));
	if (!in)
		return -1;
	name_from_path(e->name, sizeof(e->name), path);
	ret = exp_set_apply(in, over, err) ? -1 : resolve(e, path, in, over, 0, err);
	if (ret && json_object_object_get(over, EXP_SETS))
		blame_sets(path, err);
	json_object_put(in);
	return ret;
}

int exp_load(struct experiment *e, const char *path, struct vh_err *err)
{
	return exp_load_with(e, path, NULL, err);
}

/* Before there was a choice, all labs ran in real time, and did not say so. */
static json_object *with_clock(json_object *resolved)
{
	json_object *o;

	if (!json_object_is_type(resolved, json_type_object) ||
	    json_object_object_get_ex(resolved, "clock", NULL))
		return json_object_get(resolved);
	o = json_object_new_object();
	json_object_object_foreach(resolved, key, v)
		json_object_object_add(o, key, json_object_get(v));
	json_object_object_add(o, "clock", json_object_new_string(EXP_CLOCK_REAL));
	return o;
}

int exp_from_json(struct experiment *e, json_object *resolved, const char *name,
		  struct vh_err *err)
{
	json_object *in = with_clock(resolved);
	int ret;

	memset(e, 0, sizeof(*e));
	snprintf(e->name, sizeof(e->name), "%s", name ? name : jget_str(resolved, "name", ""));
	ret = resolve(e, name ? name : "resolved.json", in, NULL, 1, err);
	json_object_put(in);
	return ret;
}

bool exp_virtual(const struct experiment *e)
{
	return !strcmp(e->clock, EXP_CLOCK_VIRTUAL);
}

uint64_t exp_boot_seed(const struct experiment *e, int boot)
{
	char name[32];

	snprintf(name, sizeof(name), "lab boot %d", boot);
	return prng_derive(e->seed, name);
}

void exp_put_clock(const struct experiment *e, json_object *o)
{
	json_object_object_add(o, "clock", *e->clock ? json_object_new_string(e->clock) : NULL);
	json_object_object_add(o, "round_ns",
			       exp_virtual(e) ? json_object_new_int(e->round_ns) : NULL);
	json_object_object_add(o, "seed", json_object_new_int64(e->seed));
}

void exp_free(struct experiment *e)
{
	json_object_put(e->resolved);
	memset(e, 0, sizeof(*e));
}

int exp_arm_index(const struct experiment *e, const char *name)
{
	int i;

	for (i = 0; i < e->nr_arms; i++) {
		if (!strcmp(e->arms[i].name, name))
			return i;
	}
	return -1;
}
