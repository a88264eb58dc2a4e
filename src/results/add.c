// SPDX-License-Identifier: GPL-2.0-only
/*
 * More repetitions for a run that is finished.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "experiment/keys.h"
#include "results/add.h"
#include "results/env.h"
#include "results/records.h"

int add_parse(const char *text, int *n, struct vh_err *err)
{
	const struct exp_key *k = exp_key_find("repetitions");
	char want[64], *end;
	long v = strtol(text, &end, 10);

	if (end == text || *end || v < 1 || v > k->max)
		return vh_err(err, VH_BAD_USAGE, "--add: found \"%s\", expected %s", text,
			      exp_key_expected(k, want, sizeof(want)));
	*n = v;
	return 0;
}

int add_boots_for(const struct experiment *e, int n)
{
	int first, all, boots;

	add_count(e, &first, &all);
	boots = (n * e->boots + all - 1) / all;
	return boots < 1 ? 1 : boots > n ? n : boots;
}

void add_count(const struct experiment *e, int *first, int *all)
{
	json_object *added = json_object_object_get(e->resolved, "added");
	size_t i;

	*all = e->repetitions;
	*first = e->repetitions;
	for (i = 0; added && i < json_object_array_length(added); i++)
		*first -= jget_int(json_object_array_get_idx(added, i), "repetitions", 0);
}

static int check_complete(const char *dir, const struct experiment *e, const struct plan *p,
			  struct vh_err *err)
{
	int left = records_left(dir, e, p, err);

	if (left < 0)
		return -1;
	return left ? vh_err(err, VH_BAD_USAGE,
			     "--add: the run in %s is not complete: make its %d runs first, with --resume alone",
			     dir, left) : 0;
}

static int check_limit(const char *key, int n, struct vh_err *err)
{
	const struct exp_key *k = exp_key_find(key);

	return n <= k->max ? 0 :
	       vh_err(err, VH_BAD_USAGE, "--add: %d %s in all are too many: at most %d", n, key,
		      (int)k->max);
}

static const char *build_of(json_object *kernels, const char *name)
{
	return jget_str(json_object_object_get(kernels, name), "build", "");
}

/* Boots of two builds in one arm would be two arms. */
static int check_kernels(const char *dir, const struct plan *p, struct vh_err *err)
{
	json_object *now = env_kernels(p), *env, *then;
	char path[PATH_MAX];
	int i, ret = 0;

	snprintf(path, sizeof(path), "%s/env.json", dir);
	env = access(path, F_OK) ? NULL : json_load_file(path, NULL);
	then = json_object_object_get(env, "kernels");
	if (!then)
		ret = vh_err(err, VH_BAD_HOST,
			     "--add: %s does not say which kernels the run was made with: make a new run, and `compare` the two",
			     path);
	for (i = 0; !ret && i < p->nr_boots; i++) {
		const char *name = p->boots[i].kernel;

		if (strcmp(build_of(then, name), build_of(now, name)))
			ret = vh_err(err, VH_BAD_HOST,
				     "--add: the kernel %s is not the one that the run was made with (found build \"%s\", expected \"%s\"): make a new run, and `compare` the two",
				     name, build_of(now, name), build_of(then, name));
	}
	json_object_put(env);
	json_object_put(now);
	return ret;
}

static void note_addition(struct experiment *e, const struct plan *p, int n, int boots)
{
	json_object *o = e->resolved, *added = json_object_object_get(o, "added");
	json_object *part = json_object_new_object();

	if (!added) {
		added = json_object_new_array();
		json_object_object_add(o, "added", added);
	}
	json_object_object_add(part, "repetitions", json_object_new_int(n));
	json_object_object_add(part, "boots", json_object_new_int(boots));
	json_object_array_add(added, part);
	json_object_object_add(o, "repetitions", json_object_new_int(e->repetitions));
	json_object_object_add(o, "boots", json_object_new_int(e->boots));
	json_object_object_add(o, "plan", plan_to_json(p, e));
}

int add_plan(const char *dir, struct experiment *e, struct plan *p, int n, struct vh_err *err)
{
	int boots = add_boots_for(e, n);

	if (check_complete(dir, e, p, err) || check_kernels(dir, p, err) ||
	    check_limit("repetitions", e->repetitions + n, err) ||
	    check_limit("boots", e->boots + boots, err) || plan_extend(p, e, n, boots, err))
		return -1;
	e->repetitions += n;
	e->boots += boots;
	note_addition(e, p, n, boots);
	return 0;
}

int add_save(const char *dir, const struct experiment *e, struct vh_err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/resolved.json", dir);
	return json_save_file(path, e->resolved, err);
}
