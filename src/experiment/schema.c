// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of keys as a JSON Schema (draft 2020-12), for editors and for tests,
 * and as the table in experiments/README.md.
 */
#include <string.h>

#include "experiment/keys.h"

static void put_str(json_object *o, const char *key, const char *s)
{
	json_object_object_add(o, key, json_object_new_string(s));
}

static void put_int(json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

/* The names a string may be, where the list is part of the program. */
static void put_names(json_object *o, enum name_kind kind)
{
	json_object *names;
	struct name_list l;
	int i;

	/* templates are files and metrics depend on the workload */
	if (kind == NAME_ANY || kind == NAME_TEMPLATE || kind == NAME_METRIC)
		return;
	names = json_object_new_array();
	names_get(kind, &l);
	for (i = 0; i < l.nr; i++)
		json_object_array_add(names, json_object_new_string(l.name[i]));
	json_object_object_add(o, "enum", names);
}

static void put_string(json_object *o, const struct exp_key *k)
{
	put_str(o, "type", "string");
	if (k->pattern)
		put_str(o, "pattern", k->pattern);
	put_names(o, k->names);
}

static json_object *schema_of_object(const char *parent);

static void put_array(json_object *o, const struct exp_key *k)
{
	json_object *items;
	char path[96];

	put_str(o, "type", "array");
	put_int(o, "minItems", k->min);
	put_int(o, "maxItems", k->max);
	if (k->type == KEY_OBJECTS) {
		snprintf(path, sizeof(path), "%s[]", k->path);
		items = schema_of_object(path);
	} else {
		items = json_object_new_object();
		put_string(items, k);
	}
	json_object_object_add(o, "items", items);
}

static json_object *schema_of_key(const struct exp_key *k)
{
	json_object *o = k->type == KEY_OBJECT ? schema_of_object(k->path) :
			 json_object_new_object();

	put_str(o, "description", k->doc);
	switch (k->type) {
	case KEY_INT:
		put_str(o, "type", "integer");
		put_int(o, "minimum", k->min);
		put_int(o, "maximum", k->max);
		break;
	case KEY_NUMBER:
		put_str(o, "type", "number");
		put_int(o, "minimum", k->min);
		put_int(o, "maximum", k->max);
		break;
	case KEY_BOOL:
		put_str(o, "type", "boolean");
		break;
	case KEY_STRING:
		put_string(o, k);
		put_int(o, "minLength", k->min);
		put_int(o, "maxLength", k->max);
		break;
	case KEY_STRINGS:
	case KEY_OBJECTS:
		put_array(o, k);
		break;
	case KEY_OBJECT:
	case KEY_RAW:
		break;
	}
	if (k->dflt && k->type != KEY_OBJECT)
		json_object_object_add(o, "default", json_tokener_parse(k->dflt));
	return o;
}

static json_object *schema_of_object(const char *parent)
{
	json_object *o = json_object_new_object(), *members = json_object_new_object();
	json_object *needed = json_object_new_array();
	const char *name;
	int i;

	for (i = 0; i < nr_exp_keys; i++) {
		name = exp_key_member(&exp_keys[i], parent);
		if (!name || exp_keys[i].internal)
			continue;
		json_object_object_add(members, name, schema_of_key(&exp_keys[i]));
		if (exp_keys[i].needed)
			json_object_array_add(needed, json_object_new_string(name));
	}
	put_str(o, "type", "object");
	json_object_object_add(o, "properties", members);
	json_object_object_add(o, "required", needed);
	json_object_object_add(o, "additionalProperties", json_object_new_boolean(0));
	return o;
}

json_object *exp_keys_schema(void)
{
	json_object *o = json_object_new_object(), *top = schema_of_object("");

	put_str(o, "$schema", "https://json-schema.org/draft/2020-12/schema");
	put_str(o, "title", "vhint experiment");
	json_object_object_foreach(top, key, v)
		json_object_object_add(o, key, json_object_get(v));
	json_object_put(top);
	return o;
}

static void put_default(const struct exp_key *k, FILE *out)
{
	if (k->needed)
		fputs("needed", out);
	else if (k->derived)
		fputs(k->derived, out);
	else if (k->dflt)
		fprintf(out, "`%s`", k->dflt);
}

void exp_keys_markdown(FILE *out)
{
	char want[128];
	int i;

	fprintf(out, "| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
	for (i = 0; i < nr_exp_keys; i++) {
		if (exp_keys[i].internal)
			continue;
		fprintf(out, "| `%s` | %s | ", exp_keys[i].path,
			exp_key_expected(&exp_keys[i], want, sizeof(want)));
		put_default(&exp_keys[i], out);
		fprintf(out, " | %s |\n", exp_keys[i].doc);
	}
}
