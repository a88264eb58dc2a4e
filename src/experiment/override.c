// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of an experiment that the command line replaces.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/suggest.h"
#include "experiment/keys.h"
#include "experiment/override.h"
#include "experiment/set.h"

/* Where the words begin and end in a usage text. */
#define USAGE_INDENT	19
#define USAGE_WIDTH	96

const struct exp_key *exp_option(int nr)
{
	int i;

	for (i = 0; i < nr_exp_keys; i++) {
		if (exp_keys[i].option && !nr--)
			return &exp_keys[i];
	}
	return NULL;
}

char *exp_option_value(const struct exp_key *k, char *buf, size_t len)
{
	char *p;

	snprintf(buf, len, "%s", k->type == KEY_OBJECTS ? "A,B" : k->type == KEY_INT ? "N" :
		 names_word(k->names));
	for (p = buf; *p; p++)
		*p = toupper((unsigned char)*p);
	return buf;
}

const char *exp_option_doc(const struct exp_key *k)
{
	return k->option_doc ? k->option_doc : k->doc;
}

int exp_options(struct option *to, int max, int val)
{
	const struct exp_key *k;
	int i;

	for (i = 0; i < max && (k = exp_option(i)); i++)
		to[i] = (struct option) { k->path, required_argument, NULL, val };
	return i;
}

/* Words of @text, broken before the line is full. */
static void put_words(const char *text, FILE *out)
{
	int col = USAGE_INDENT, n;

	for (; *text; text += n + (text[n] == ' ')) {
		n = strcspn(text, " ");
		if (col > USAGE_INDENT && col + 1 + n > USAGE_WIDTH) {
			fprintf(out, "\n%*s", USAGE_INDENT, "");
			col = USAGE_INDENT;
		}
		col += fprintf(out, "%s%.*s", col > USAGE_INDENT ? " " : "", n, text);
	}
	fputc('\n', out);
}

void exp_options_usage(FILE *out)
{
	const struct exp_key *k;
	char value[32];
	int i, n;

	for (i = 0; (k = exp_option(i)); i++) {
		n = fprintf(out, "  --%s %s", k->path,
			    exp_option_value(k, value, sizeof(value)));
		fprintf(out, "%*s", n < USAGE_INDENT ? USAGE_INDENT - n : 2, "");
		put_words(exp_option_doc(k), out);
	}
}

static int set_int(json_object *over, const struct exp_key *k, const char *text,
		   struct vh_err *err)
{
	char want[128], *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || end == text || *end || v < k->min || v > k->max)
		return vh_err(err, VH_BAD_USAGE, "found \"%s\", expected %s", text,
			      exp_key_expected(k, want, sizeof(want)));
	json_object_object_add(over, k->path, json_object_new_int64(v));
	return 0;
}

static int set_name(json_object *over, const struct exp_key *k, const char *text,
		    struct vh_err *err)
{
	struct name_list l;
	char why[1024];

	names_get(k->names, &l);
	if (!names_has(&l, text))
		return vh_err(err, VH_BAD_USAGE, "%s",
			      names_unknown(k->names, text, why, sizeof(why)));
	json_object_object_add(over, k->path, json_object_new_string(text));
	return 0;
}

int exp_override_take(json_object *over, const char *key, const char *text, struct vh_err *err)
{
	const struct exp_key *k = exp_key_find(key);

	if (k && k->type == KEY_INT)
		return set_int(over, k, text, err);
	if (k && k->type == KEY_STRING && k->names != NAME_ANY)
		return set_name(over, k, text, err);
	/* a list of arms: their names are checked when the file is known */
	json_object_object_add(over, key, json_object_new_string(text));
	return 0;
}

int exp_override_set(json_object *over, const char *key, const char *text, struct vh_err *err)
{
	return exp_override_take(over, key, text, err) ? vh_err_prefix(err, "--%s", key) : 0;
}

static json_object *find_arm(json_object *arms, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(arms); i++) {
		json_object *a = json_object_array_get_idx(arms, i);

		if (!strcmp(jget_str(a, "name", ""), name))
			return a;
	}
	return NULL;
}

static int no_such_arm(json_object *arms, const char *name, struct vh_err *err)
{
	const char *known[EXP_MAX_ARMS], *near;
	char list[300] = "";
	size_t len = 0;
	int i, n = json_object_array_length(arms);

	for (i = 0; i < n; i++) {
		known[i] = jget_str(json_object_array_get_idx(arms, i), "name", "");
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", known[i]);
	}
	near = suggest_nearest(name, known, n);
	return vh_err(err, VH_BAD_USAGE,
		      "--arms: the experiment has no arm \"%s\"%s%s%s (it has: %s)",
		      name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
		      list);
}

/* Keeps the arms that @list names, in its order. */
static int select_arms(json_object *o, const char *list, struct vh_err *err)
{
	json_object *arms = json_object_object_get(o, "arms"), *kept, *a;
	char *copy = strdup(list), *save = NULL, *name;
	int ret = -1;

	kept = json_object_new_array();
	for (name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		a = find_arm(arms, name);
		if (!a) {
			no_such_arm(arms, name, err);
			goto out;
		}
		if (find_arm(kept, name)) {
			vh_err(err, VH_BAD_USAGE, "--arms: \"%s\" is there twice", name);
			goto out;
		}
		json_object_array_add(kept, json_object_get(a));
	}
	if (!json_object_array_length(kept)) {
		vh_err(err, VH_BAD_USAGE, "--arms: expected names of arms, such as a,b");
		goto out;
	}
	if (!find_arm(kept, jget_str(o, "baseline", "")))
		json_object_object_del(o, "baseline");
	json_object_object_add(o, "arms", json_object_get(kept));
	ret = 0;
out:
	json_object_put(kept);
	free(copy);
	return ret;
}

int exp_override_apply(json_object *o, json_object *over, struct vh_err *err)
{
	json_object *reps;

	if (!over)
		return 0;
	json_object_object_foreach(over, key, v) {
		if (!strcmp(key, EXP_SETS))
			continue;	/* they were in the file already when it was checked */
		if (strcmp(key, "arms"))
			json_object_object_add(o, key, json_object_get(v));
		else if (select_arms(o, json_object_get_string(v), err))
			return -1;
	}
	/* fewer repetitions than the file has boots for: as many boots */
	if (json_object_object_get_ex(over, "repetitions", &reps) &&
	    !json_object_object_get(over, "boots") &&
	    jget_int(o, "boots", 0) > json_object_get_int64(reps))
		json_object_object_add(o, "boots", json_object_get(reps));
	return 0;
}
