// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON files in and out. json-c tells the offset of an error only, so line and
 * column are counted here.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"

#define MAX_DEPTH	32
#define SHOWN		60	/* characters of a line shown on either side of the caret */

/* The line that holds @off, cut to what fits, and a caret under the place. */
static void show_place(const char *text, size_t len, size_t off, char *out, size_t out_len)
{
	size_t start = off, end = off, i, n;

	while (start > 0 && text[start - 1] != '\n' && off - start < SHOWN)
		start--;
	while (end < len && text[end] != '\n' && end - off < SHOWN)
		end++;
	n = snprintf(out, out_len, "\n    %.*s\n    ", (int)(end - start), text + start);
	for (i = start; i < off && n + 2 < out_len; i++) {
		/* a tab moves the caret as far as it moves the text; UTF-8 tails do not */
		if (((unsigned char)text[i] & 0xc0) == 0x80)
			continue;
		out[n++] = text[i] == '\t' ? '\t' : ' ';
	}
	out[n++] = '^';
	out[n] = '\0';
}

static void broken_json(struct vh_err *err, const char *name, const char *text, size_t len,
			size_t off, const char *what)
{
	char place[4 * SHOWN + 32];
	size_t line = 1, col = 1, i;

	for (i = 0; i < off && i < len; i++) {
		if (text[i] == '\n') {
			line++;
			col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			col++;
		}
	}
	show_place(text, len, off, place, sizeof(place));
	vh_err(err, VH_BAD_EXPERIMENT, "%s:%zu:%zu: broken JSON: %s%s", name, line, col, what,
	       place);
}

static const char *parse_error_text(enum json_tokener_error e, char at)
{
	if (e == json_tokener_continue || e == json_tokener_error_parse_eof)
		return "the text ends too early (is a bracket, a brace or a quote missing?)";
	if (at == '/' && e != json_tokener_error_parse_utf8_string)
		return "comments are not JSON (the key \"description\" takes free text)";
	if (e == json_tokener_error_depth)
		return "nested too deeply";
	return json_tokener_error_desc(e);
}

json_object *json_parse_text(const char *name, const char *text, size_t len, struct vh_err *err)
{
	enum json_tokener_error e;
	struct json_tokener *tok;
	json_object *o;
	size_t off;

	tok = json_tokener_new_ex(MAX_DEPTH);
	if (!tok) {
		vh_err(err, VH_BAD_HOST, "%s: out of memory", name);
		return NULL;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* with the final NUL, so that a bare number counts as finished */
	o = json_tokener_parse_ex(tok, text, len + 1);
	e = json_tokener_get_error(tok);
	off = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	if (e == json_tokener_success && off >= len && o)
		return o;
	if (off > len)
		off = len;
	if (e == json_tokener_success && !o)
		broken_json(err, name, text, len, 0, "the value null is no object");
	else if (e == json_tokener_success)
		broken_json(err, name, text, len, off, "something follows the value");
	else
		broken_json(err, name, text, len, off, parse_error_text(e, text[off]));
	json_object_put(o);
	return NULL;
}

json_object *json_load_file(const char *path, struct vh_err *err)
{
	json_object *o;
	char *text;
	size_t len;

	if (file_read(path, &text, &len, err))
		return NULL;
	o = json_parse_text(path, text, len, err);
	free(text);
	return o;
}

static int no_memory(const char *path, struct vh_err *err)
{
	return vh_err(err, VH_BAD_HOST, "%s: out of memory", path);
}

/* @o as text and a newline, for the caller to free. */
static char *text_of(json_object *o, int flags, size_t *len)
{
	const char *text = json_object_to_json_string_length(o, flags |
							     JSON_C_TO_STRING_NOSLASHESCAPE, len);
	char *copy = malloc(*len + 2);

	if (!copy)
		return NULL;
	memcpy(copy, text, *len);
	memcpy(copy + *len, "\n", 2);
	++*len;
	return copy;
}

int json_save_file(const char *path, json_object *o, struct vh_err *err)
{
	size_t len;
	char *text = text_of(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED, &len);
	int ret = text ? file_write(path, text, len, err) : no_memory(path, err);

	free(text);
	return ret;
}

int json_append_file(const char *path, json_object *o, struct vh_err *err)
{
	size_t len;
	char *text = text_of(o, JSON_C_TO_STRING_PLAIN, &len);
	int ret = text ? file_append(path, text, len, err) : no_memory(path, err);

	free(text);
	return ret;
}

const char *jget_str(json_object *o, const char *key, const char *dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
		return dflt;
	return json_object_get_string(v);
}

int64_t jget_int(json_object *o, const char *key, int64_t dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_int))
		return dflt;
	return json_object_get_int64(v);
}

int jget_bool(json_object *o, const char *key, int dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_boolean))
		return dflt;
	return json_object_get_boolean(v);
}

double jget_num(json_object *o, const char *key, double dflt)
{
	json_object *v;
	double d;

	if (!json_object_object_get_ex(o, key, &v) ||
	    (!json_object_is_type(v, json_type_int) && !json_object_is_type(v, json_type_double)))
		return dflt;
	d = json_object_get_double(v);
	return isfinite(d) ? d : dflt;
}

json_object *jnew_num(double v)
{
	char text[40];
	int digits;

	if (isnan(v) || isinf(v))
		return NULL;
	if (v == floor(v) && fabs(v) < 1e15)
		return json_object_new_int64((int64_t)v);
	for (digits = 6; digits < 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	snprintf(text, sizeof(text), "%.*g", digits, v);
	return json_object_new_double_s(v, text);
}

const char *jkind(json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "a truth value";
	case json_type_double:
		return "a number with a fraction or exponent";
	case json_type_int:
		return "a whole number";
	case json_type_string:
		return "a string";
	case json_type_array:
		return "an array";
	case json_type_object:
		return "an object";
	}
	return "something unknown";
}
