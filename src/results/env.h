/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * env.json: what a reader must know of the machine and the kit that made a run.
 * The agent adds env-boot<N>.json, which tells of the host that ran the VMs.
 */
#ifndef VHINT_RESULTS_ENV_H
#define VHINT_RESULTS_ENV_H

#include "base/err.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

/* Gathers it. @argv is the command line. */
json_object *env_gather(const struct experiment *e, const struct plan *p, char *const argv[]);

/* The kernels of the plan as they are built here, by name. */
json_object *env_kernels(const struct plan *p);

/* Time of all CPUs of this machine, and what its own host took of it, in ticks. */
struct env_ticks {
	unsigned long long all, stolen;
};

/* 0, or -1 if that cannot be read. */
int env_ticks(struct env_ticks *t);

/* The share of time that was stolen between the two; NULL if no time has passed. */
json_object *env_steal_share(const struct env_ticks *begin, const struct env_ticks *end);

/*
 * Puts on file in @dir what a run begins with: env.json, or env-resume<N>.json if
 * there is one already, and the kernels' configurations as config-<kernel>.
 */
int env_begin(const char *dir, json_object *env, const struct plan *p, struct vh_err *err);

/* And what the machine was like meanwhile: env-end.json, env-end-resume<N>.json. */
int env_end(const char *dir, json_object *env, struct vh_err *err);

#endif /* VHINT_RESULTS_ENV_H */
