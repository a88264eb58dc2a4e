/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * env.json: what a reader must know of the machine and the kit that made a run.
 * The agent adds env-boot<N>.json, which tells of the host that ran the VMs.
 */
#ifndef VHINT_DRIVER_ENV_H
#define VHINT_DRIVER_ENV_H

#include "err.h"
#include "experiment.h"
#include "plan.h"

/* Gathers it. @argv is the command line. */
json_object *env_gather(const struct experiment *e, const struct plan *p, char *const argv[]);

/* env.json in @dir, or env-resume<N>.json if there is one already. */
int env_save(const char *dir, json_object *env, struct vh_err *err);

/*
 * Runs a program without a shell and gives what it printed, without the last
 * newline; NULL if it fails or takes longer than some seconds. The caller frees.
 */
char *env_capture(char *const argv[]);

#endif /* VHINT_DRIVER_ENV_H */
