/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of an experiment that the command line replaces (--repetitions N...).
 * They are kept as JSON under the names that the file uses, and checked against
 * the same table of keys.
 */
#ifndef VHINT_EXPERIMENT_OVERRIDE_H
#define VHINT_EXPERIMENT_OVERRIDE_H

#include "experiment/experiment.h"

/* Takes --@key's @text. 0, or -1 with @err filled (VH_BAD_USAGE). */
int exp_override_set(json_object *over, const char *key, const char *text, struct vh_err *err);

/* Puts @over into @o, which is checked but not yet derived. "arms" selects. */
int exp_override_apply(json_object *o, json_object *over, struct vh_err *err);

/* exp_load() with overrides; @over may be NULL. */
int exp_load_with(struct experiment *e, const char *path, json_object *over,
		  struct vh_err *err);

#endif /* VHINT_EXPERIMENT_OVERRIDE_H */
