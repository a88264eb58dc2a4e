/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON files in and out, with errors that say where.
 */
#ifndef VHINT_BASE_JSON_H
#define VHINT_BASE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"

/*
 * Parses strict JSON (UTF-8, nothing after the value). On an error the message
 * has line, column, and the line with a caret; its code is VH_BAD_EXPERIMENT.
 */
json_object *json_parse_text(const char *name, const char *text, size_t len,
			     struct vh_err *err);

json_object *json_load_file(const char *path, struct vh_err *err);
int json_save_file(const char *path, json_object *o, struct vh_err *err);

/* As one line at the end of the file; see file_append(). */
int json_append_file(const char *path, json_object *o, struct vh_err *err);

/* Getters that take the default where the key is absent, null, mistyped or no finite number. */
const char *jget_str(json_object *o, const char *key, const char *dflt);
int64_t jget_int(json_object *o, const char *key, int64_t dflt);
int jget_bool(json_object *o, const char *key, int dflt);
double jget_num(json_object *o, const char *key, double dflt);	/* NAN is a fine default */

/* A number as JSON: shortest text that reads back the same; null for NAN. */
json_object *jnew_num(double v);

/* What @o is, in words: "a string", "a number with a fraction"... */
const char *jkind(json_object *o);

#endif /* VHINT_BASE_JSON_H */
