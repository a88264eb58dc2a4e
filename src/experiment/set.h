/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --set KEY=VALUE: any key of an experiment file from the command line.
 */
#ifndef VHINT_EXPERIMENT_SET_H
#define VHINT_EXPERIMENT_SET_H

#include <json-c/json.h>

#include "base/err.h"

/* The member of the overrides that holds them, in their order. */
#define EXP_SETS "--set"

/*
 * Takes "vms[0].vcpus=4". KEY is a path of the table of keys; between brackets there is the
 * number of an element, its name, or nothing, for all of them. VALUE is JSON, or a word, which is
 * a string. 0, or -1 with @err filled (VH_BAD_USAGE).
 */
int exp_set_add(json_object *over, const char *text, struct vh_err *err);

/* Puts all that @over has of them into @in, which is not yet checked. */
int exp_set_apply(json_object *in, json_object *over, struct vh_err *err);

#endif /* VHINT_EXPERIMENT_SET_H */
