/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of an experiment that the command line replaces (--repetitions N...).
 * They are kept as JSON under the names that the file uses, and checked against
 * the same table of keys.
 */
#ifndef VHINT_EXPERIMENT_OVERRIDE_H
#define VHINT_EXPERIMENT_OVERRIDE_H

#include <getopt.h>
#include <stdio.h>

#include "experiment/experiment.h"
#include "experiment/keys.h"

/* Keys that are options of the command line, in the table's order; NULL past the last one. */
const struct exp_key *exp_option(int nr);

/* What stands behind the option in help texts: "N", "PLACE"... */
char *exp_option_value(const struct exp_key *k, char *buf, size_t len);

/* What help texts say of it. */
const char *exp_option_doc(const struct exp_key *k);

/* getopt's rows, each with @val; at most @max. Returns how many. */
int exp_options(struct option *to, int max, int val);

/* Their part of the usage text. */
void exp_options_usage(FILE *out);

/* Takes --@key's @text. 0, or -1 with @err filled (VH_BAD_USAGE). */
int exp_override_set(json_object *over, const char *key, const char *text, struct vh_err *err);

/* The same of a key that came by another option: the message does not say by which. */
int exp_override_take(json_object *over, const char *key, const char *text, struct vh_err *err);

/* Puts @over into @o, which is checked but not yet derived. "arms" selects. */
int exp_override_apply(json_object *o, json_object *over, struct vh_err *err);

/* exp_load() with overrides; @over may be NULL. */
int exp_load_with(struct experiment *e, const char *path, json_object *over,
		  struct vh_err *err);

#endif /* VHINT_EXPERIMENT_OVERRIDE_H */
