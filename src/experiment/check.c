// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks a JSON tree against the table of keys, and fills in its defaults.
 *
 * It goes on after a mistake, so that a user sees all of them at once. What
 * concerns several keys together is checked later, in experiment/bind.c.
 */
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/suggest.h"
#include "experiment/keys.h"

#define MAX_MISTAKES 8

struct check {
	const char *file;
	struct vh_err *err;
	int internal;
	int mistakes;
};

/* Where a value is: its path in the table, and its path in the file. */
struct place {
	char key[96];
	char path[160];
};

static void mistake(struct check *c, const struct place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void mistake(struct check *c, const struct place *at, const char *fmt, ...)
{
	size_t len = c->mistakes ? strlen(c->err->msg) : 0;
	char text[1024];
	va_list ap;

	c->err->code = VH_BAD_EXPERIMENT;
	if (++c->mistakes > MAX_MISTAKES)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(c->err->msg + len, sizeof(c->err->msg) - len, "%s%s: %s: %s",
		 len ? "\n" : "", c->file, at->path, text);
}

static struct place member_of(const struct place *p, const char *name)
{
	struct place m;

	snprintf(m.key, sizeof(m.key), "%.60s%s%.30s", p->key, *p->key ? "." : "", name);
	snprintf(m.path, sizeof(m.path), "%.90s.%.60s", p->path, name);
	return m;
}

static struct place element_of(const struct place *p, int i)
{
	struct place m;

	snprintf(m.key, sizeof(m.key), "%.90s[]", p->key);
	snprintf(m.path, sizeof(m.path), "%.140s[%d]", p->path, i);
	return m;
}

/* The value as the user wrote it, cut short. */
static const char *found(json_object *v, char *buf, size_t len)
{
	const char *text = json_object_to_json_string_ext(v, JSON_C_TO_STRING_NOSLASHESCAPE);

	snprintf(buf, len, "%.40s%s (%s)", text, strlen(text) > 40 ? "..." : "", jkind(v));
	return buf;
}

static void wrong_type(struct check *c, const struct place *at, const struct exp_key *k,
		       json_object *v)
{
	char is[96], want[128];

	mistake(c, at, "wrong type: found %s, expected %s", found(v, is, sizeof(is)),
		exp_key_expected(k, want, sizeof(want)));
}

static void out_of_range(struct check *c, const struct place *at, const struct exp_key *k,
			 const char *is)
{
	char want[128];

	mistake(c, at, "out of range: found %s, expected %s", is,
		exp_key_expected(k, want, sizeof(want)));
}

static void unknown_name(struct check *c, const struct place *at, const struct exp_key *k,
			 const char *name)
{
	char text[1024];

	mistake(c, at, "%s", names_unknown(k->names, name, text, sizeof(text)));
}

static int matches(const char *pattern, const char *text)
{
	regex_t re;
	int no;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return 0;
	no = regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return !no;
}

/* One string, be it a key's value or an element of an array. */
static void check_string(struct check *c, const struct place *at, const struct exp_key *k,
			 json_object *v)
{
	const char *s = json_object_get_string(v);
	struct name_list l;

	if (strlen(s) != (size_t)json_object_get_string_len(v)) {
		mistake(c, at, "the string holds a NUL character (\\u0000)");
		return;
	}
	if (k->names != NAME_ANY) {
		names_get(k->names, &l);
		if (!names_has(&l, s)) {
			unknown_name(c, at, k, s);
			return;
		}
	}
	if (k->pattern && !matches(k->pattern, s))
		mistake(c, at, "found \"%s\", expected a string that matches %s: %s", s,
			k->pattern, k->doc);
}

static void check_strings(struct check *c, const struct place *at, const struct exp_key *k,
			  json_object *v)
{
	size_t i, n = json_object_array_length(v);
	struct place e;

	for (i = 0; i < n; i++) {
		json_object *s = json_object_array_get_idx(v, i);
		char is[96];

		e = element_of(at, i);
		if (!json_object_is_type(s, json_type_string))
			mistake(c, &e, "wrong type: found %s, expected a string",
				found(s, is, sizeof(is)));
		else
			check_string(c, &e, k, s);
	}
}

static json_object *check_object(struct check *c, const struct place *at, json_object *in);

static json_object *check_objects(struct check *c, const struct place *at,
				  const struct exp_key *k, json_object *v)
{
	json_object *out = json_object_new_array(), *e;
	size_t i, n = json_object_array_length(v);
	struct place p;
	char is[96];

	for (i = 0; i < n; i++) {
		e = json_object_array_get_idx(v, i);
		p = element_of(at, i);
		if (json_object_is_type(e, json_type_object))
			json_object_array_add(out, check_object(c, &p, e));
		else
			mistake(c, &p, "wrong type: found %s, expected an object",
				found(e, is, sizeof(is)));
	}
	return out;
}

static json_type json_type_of(enum key_type type)
{
	switch (type) {
	case KEY_INT:
		return json_type_int;
	case KEY_NUMBER:
		return json_type_double;
	case KEY_BOOL:
		return json_type_boolean;
	case KEY_STRING:
		return json_type_string;
	case KEY_STRINGS:
	case KEY_OBJECTS:
		return json_type_array;
	case KEY_OBJECT:
	case KEY_RAW:
		break;
	}
	return json_type_object;
}

static int check_range(struct check *c, const struct place *at, const struct exp_key *k,
		       json_object *v)
{
	char is[64];
	double n;

	switch (k->type) {
	case KEY_INT:
	case KEY_NUMBER:
		n = k->type == KEY_INT ? json_object_get_int64(v) : json_object_get_double(v);
		snprintf(is, sizeof(is), "%.24s", json_object_get_string(v));
		break;
	case KEY_STRING:
		n = json_object_get_string_len(v);
		snprintf(is, sizeof(is), "a string of %.0f", n);
		break;
	case KEY_STRINGS:
	case KEY_OBJECTS:
		n = json_object_array_length(v);
		snprintf(is, sizeof(is), "an array of %.0f", n);
		break;
	default:
		return 0;
	}
	if (n >= k->min && n <= k->max)
		return 0;
	out_of_range(c, at, k, is);
	return -1;
}

/* A checked copy of @v, or NULL if it is of the wrong type or range. */
static json_object *check_value(struct check *c, const struct place *at,
				const struct exp_key *k, json_object *v)
{
	bool whole = k->type == KEY_NUMBER && json_object_is_type(v, json_type_int);

	if (!whole && !json_object_is_type(v, json_type_of(k->type))) {
		wrong_type(c, at, k, v);
		return NULL;
	}
	if (check_range(c, at, k, v))
		return NULL;
	if (k->type == KEY_OBJECT)
		return check_object(c, at, v);
	if (k->type == KEY_OBJECTS)
		return check_objects(c, at, k, v);
	if (k->type == KEY_STRING)
		check_string(c, at, k, v);
	if (k->type == KEY_STRINGS)
		check_strings(c, at, k, v);
	return json_object_get(v);
}

static void unknown_key(struct check *c, const struct place *at, const char *parent,
			const char *name)
{
	const char *known[NAMES_MAX], *near, *m;
	char text[600] = "";
	size_t len = 0;
	int n = 0, i;

	for (i = 0; i < nr_exp_keys && n < NAMES_MAX; i++) {
		m = exp_key_member(&exp_keys[i], parent);
		if (!m || *m == '$' || exp_keys[i].internal)
			continue;
		known[n++] = m;
		len += snprintf(text + len, sizeof(text) - len, "%s%s", n > 1 ? ", " : "", m);
	}
	near = suggest_nearest(name, known, n);
	if (near)
		mistake(c, at, "unknown key; did you mean \"%s\"?", near);
	else
		mistake(c, at, "unknown key (known here: %s)", text);
}

static void check_members(struct check *c, const struct place *at, json_object *in)
{
	const struct exp_key *k;
	struct place m;

	json_object_object_foreach(in, name, v) {
		(void)v;
		m = member_of(at, name);
		k = exp_key_find(m.key);
		/* a name with a dot or a bracket in it can look like a path of the table */
		if (!k || !exp_key_member(k, at->key) || (k->internal && !c->internal))
			unknown_key(c, &m, at->key, name);
	}
}

static json_object *check_object(struct check *c, const struct place *at, json_object *in)
{
	json_object *out = json_object_new_object(), *v, *dflt;
	const struct exp_key *k;
	const char *name;
	char want[128];
	struct place m;

	check_members(c, at, in);
	for (k = exp_keys; k < exp_keys + nr_exp_keys; k++) {
		name = exp_key_member(k, at->key);
		if (!name || (k->internal && !c->internal))
			continue;
		m = member_of(at, name);
		if (json_object_object_get_ex(in, name, &v)) {
			json_object_object_add(out, name, check_value(c, &m, k, v));
		} else if (k->dflt) {
			dflt = json_tokener_parse(k->dflt);
			json_object_object_add(out, name, check_value(c, &m, k, dflt));
			json_object_put(dflt);
		} else if (k->needed) {
			mistake(c, &m, "missing: expected %s (%s)",
				exp_key_expected(k, want, sizeof(want)), k->doc);
		}
	}
	return out;
}

json_object *exp_keys_check(const char *file, json_object *in, int internal, struct vh_err *err)
{
	struct check c = { .file = file, .err = err, .internal = internal };
	struct place top = { .key = "", .path = "$" };
	json_object *out;
	char is[96];

	if (!json_object_is_type(in, json_type_object)) {
		vh_err(err, VH_BAD_EXPERIMENT, "%s: found %s, expected an object: { ... }", file,
		       found(in, is, sizeof(is)));
		return NULL;
	}
	out = check_object(&c, &top, in);
	if (!c.mistakes)
		return out;
	json_object_put(out);
	if (c.mistakes > MAX_MISTAKES) {
		size_t len = strlen(err->msg);

		snprintf(err->msg + len, sizeof(err->msg) - len, "\n%s: and %d more mistakes",
			 file, c.mistakes - MAX_MISTAKES);
	}
	return NULL;
}
