/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of an experiment file: one table from which the parser, the JSON
 * Schema and the documentation are made.
 */
#ifndef VHINT_EXPERIMENT_KEYS_H
#define VHINT_EXPERIMENT_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#include "base/err.h"
#include "experiment/names.h"

enum key_type {
	KEY_INT,
	KEY_NUMBER,	/* fractions too */
	KEY_BOOL,
	KEY_STRING,
	KEY_STRINGS,	/* array of strings */
	KEY_OBJECT,
	KEY_OBJECTS,	/* array of objects */
	KEY_RAW,	/* any object, not looked into */
};

/* What a value is in memory; see exp_keys_store(). */
enum key_store {
	STORE_NOWHERE,	/* experiment/bind.c sees to it, or nobody reads it */
	STORE_INT,
	STORE_U64,
	STORE_BOOL,
	STORE_DOUBLE,
	STORE_TEXT,	/* an array of char */
};

struct exp_key {
	const char *path;	/* "vms[].vcpus": dots for members, [] for elements */
	enum key_type type;
	int64_t min, max;	/* the number; a string's or an array's length */
	const char *dflt;	/* JSON text; NULL: none, see needed and derived */
	const char *doc;
	enum name_kind names;	/* what a string (or each of the strings) may be */
	const char *pattern;	/* POSIX extended expression for the same */
	const char *derived;	/* words for a default that depends on other keys */
	int needed;
	int internal;		/* only in resolved.json */
	/*
	 * The member that holds it: of struct experiment, or of what an element of the array
	 * becomes (struct exp_vm, struct exp_arm).
	 */
	enum key_store store;
	size_t off, size;
	int option;		/* --NAME on the command line replaces it */
	const char *option_doc;	/* what --help says of that, if not doc */
};

extern const struct exp_key exp_keys[];
extern const int nr_exp_keys;

/* The row of @path, or NULL. */
const struct exp_key *exp_key_find(const char *path);

/* If @k is a direct member of @parent ("" for the top): its last name, else NULL. */
const char *exp_key_member(const struct exp_key *k, const char *parent);

/* "a whole number from 1 to 63", "an array of 1 to 16 objects"... */
char *exp_key_expected(const struct exp_key *k, char *buf, size_t len);

/*
 * Copies the members of @o, which is checked, to where the table says. @to is what the keys
 * below @parent are kept in: "" for struct experiment, "vms[]" for struct exp_vm. Objects
 * (machine.cpus) belong to it; elements of arrays do not.
 */
void exp_keys_store(void *to, const char *parent, json_object *o);

/*
 * Checks @in against the table and returns a copy with the defaults filled in,
 * derived ones excepted; NULL with every mistake found in @err. @file begins
 * each message; @internal admits the keys of resolved.json.
 */
json_object *exp_keys_check(const char *file, json_object *in, int internal,
			    struct vh_err *err);

/* The JSON Schema of the file, draft 2020-12. */
json_object *exp_keys_schema(void);

/* The table of keys in experiments/README.md. */
void exp_keys_markdown(FILE *out);

#endif /* VHINT_EXPERIMENT_KEYS_H */
