// SPDX-License-Identifier: GPL-2.0-only
/*
 * --set KEY=VALUE: the key is looked up in the table, the value is checked with the file.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/suggest.h"
#include "experiment/keys.h"
#include "experiment/override.h"
#include "experiment/set.h"

#define MAX_PATH_LEN 120

/* "vms[0].vcpus" as the table has it: "vms[].vcpus". */
static void table_path(char *buf, const char *path)
{
	bool inside = false;

	for (; *path; path++) {
		inside &= *path != ']';
		if (!inside)
			*buf++ = *path;
		inside |= *path == '[';
	}
	*buf = '\0';
}

static int unknown_key(const char *path, const char *as_in_table, struct vh_err *err)
{
	const char *known[NAMES_MAX], *near = NULL, *last;
	int i, n = 0;

	for (i = 0; i < nr_exp_keys && n < NAMES_MAX; i++) {
		if (exp_keys[i].internal || exp_keys[i].path[0] == '$')
			continue;
		known[n++] = exp_keys[i].path;
		last = strrchr(exp_keys[i].path, '.');
		if (!near && last && !strcmp(last + 1, as_in_table))
			near = exp_keys[i].path;
	}
	if (!near)
		near = suggest_nearest(as_in_table, known, n);
	return vh_err(err, VH_BAD_USAGE,
		      "--set: unknown key \"%s\"%s%s%s (experiments/README.md lists the keys)", path,
		      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* The value as JSON, or as a word where it is none; NULL if it is broken JSON. */
static json_object *value_of(const struct exp_key *k, const char *text, struct vh_err *err)
{
	json_object *v = json_parse_text("--set", text, strlen(text), err);

	if (k->type == KEY_STRING && !json_object_is_type(v, json_type_string) && *text != '"') {
		json_object_put(v);
		return json_object_new_string(text);
	}
	if (v || !strcmp(text, "null"))
		return v;
	return *text && strchr("[{\"", *text) ? NULL : json_object_new_string(text);
}

static int add_parsed(json_object *over, const char *path, const char *text, struct vh_err *err)
{
	json_object *sets = json_object_object_get(over, EXP_SETS), *pair, *v;
	char as_in_table[MAX_PATH_LEN];
	const struct exp_key *k;

	table_path(as_in_table, path);
	k = exp_key_find(as_in_table);
	if (!k || k->internal || *path == '$')
		return unknown_key(path, as_in_table, err);
	/* the same as its own option, which knows more of it */
	if (k->option && k->type != KEY_OBJECTS)
		return exp_override_take(over, k->path, text, err) ?
		       vh_err_prefix(err, "--set %s", path) : 0;
	v = value_of(k, text, err);
	if (!v) {
		err->code = VH_BAD_USAGE;
		return strcmp(text, "null") ? vh_err_prefix(err, "--set %s", path) :
		       vh_err(err, VH_BAD_USAGE, "--set %s: null is no value", path);
	}
	pair = json_object_new_array();
	json_object_array_add(pair, json_object_new_string(path));
	json_object_array_add(pair, v);
	if (!sets) {
		sets = json_object_new_array();
		json_object_object_add(over, EXP_SETS, sets);
	}
	json_object_array_add(sets, pair);
	return 0;
}

int exp_set_add(json_object *over, const char *text, struct vh_err *err)
{
	const char *equals = strchr(text, '=');
	char path[MAX_PATH_LEN];

	if (!equals || equals == text || equals - text >= (int)sizeof(path))
		return vh_err(err, VH_BAD_USAGE,
			      "--set: found \"%s\", expected KEY=VALUE, such as vms[0].vcpus=4", text);
	snprintf(path, sizeof(path), "%.*s", (int)(equals - text), text);
	return add_parsed(over, path, equals + 1, err);
}

/* One setting on its way down the file. */
struct setting {
	const char *path;	/* the whole of it, for messages */
	json_object *v;
	struct vh_err *err;
};

static int descend(const struct setting *s, json_object *o, const char *rest);

static int no_element(const struct setting *s, const char *which, int n)
{
	return vh_err(s->err, VH_BAD_USAGE,
		      "--set %s: there is no element [%s]: the experiment has %d, numbered from 0%s",
		      s->path, which, n, n ? "" : ", or none is an object");
}

static bool is_chosen(json_object *element, size_t nr, const char *which)
{
	char *end;

	if (!*which)
		return true;
	if (isdigit((unsigned char)*which))
		return strtoul(which, &end, 10) == nr && !*end;
	return !strcmp(jget_str(element, "name", ""), which);
}

/* @rest is "[0].vcpus" */
static int into_elements(const struct setting *s, json_object *array, const char *rest)
{
	size_t i, n = json_object_is_type(array, json_type_array) ?
		      json_object_array_length(array) : 0;
	size_t len = strcspn(rest + 1, "]");
	char which[MAX_PATH_LEN];
	bool found = false;

	snprintf(which, sizeof(which), "%.*s", (int)len, rest + 1);
	for (i = 0; i < n; i++) {
		json_object *e = json_object_array_get_idx(array, i);

		if (!json_object_is_type(e, json_type_object) || !is_chosen(e, i, which))
			continue;
		found = true;
		if (descend(s, e, rest + len + 3))	/* behind "]." */
			return -1;
	}
	return found ? 0 : no_element(s, which, n);
}

/* @rest is what is left of the path, of which the table has all members. */
static int descend(const struct setting *s, json_object *o, const char *rest)
{
	size_t len = strcspn(rest, ".[");
	char name[MAX_PATH_LEN];
	json_object *child;

	snprintf(name, sizeof(name), "%.*s", (int)len, rest);
	if (!rest[len])
		return json_object_object_add(o, name, json_object_get(s->v));
	child = json_object_object_get(o, name);
	if (rest[len] == '[')
		return into_elements(s, child, rest + len);
	if (!json_object_is_type(child, json_type_object)) {
		child = json_object_new_object();
		json_object_object_add(o, name, child);
	}
	return descend(s, child, rest + len + 1);
}

int exp_set_apply(json_object *in, json_object *over, struct vh_err *err)
{
	json_object *sets = json_object_object_get(over, EXP_SETS), *pair;
	struct setting s = { .err = err };
	size_t i;

	/* a file that is no object is told of when it is checked */
	if (!sets || !json_object_is_type(in, json_type_object))
		return 0;
	for (i = 0; i < json_object_array_length(sets); i++) {
		pair = json_object_array_get_idx(sets, i);
		s.path = json_object_get_string(json_object_array_get_idx(pair, 0));
		s.v = json_object_array_get_idx(pair, 1);
		if (descend(&s, in, s.path))
			return -1;
	}
	return 0;
}
