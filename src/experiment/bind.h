/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From checked JSON to struct experiment. Internal to the experiment's loader.
 */
#ifndef VHINT_EXPERIMENT_BIND_H
#define VHINT_EXPERIMENT_BIND_H

#include "experiment/experiment.h"

/* Fills in the defaults that depend on other keys or on this machine. */
void exp_derive(json_object *o);

/* Fills @e from @o, which is complete, and checks what concerns several keys. */
int exp_bind(struct experiment *e, const char *file, json_object *o, struct vh_err *err);

#endif /* VHINT_EXPERIMENT_BIND_H */
