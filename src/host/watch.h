/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is observed of the contended part beside the counters: what hints said and
 * how old they were, who got how much, and what it was like for a bystander.
 */
#ifndef VHINT_HOST_WATCH_H
#define VHINT_HOST_WATCH_H

#include "host/agent.h"
#include "host/bystander.h"
#include "measure/bins.h"
#include "measure/runq.h"

struct watch {
	struct bins age_begin, age;		/* age: the difference, at the end */
	struct bins latency_begin, latency;
	struct runq_mean runq;
	struct bystander bystander;
	double bystander_share;
	double weight[EXP_MAX_VMS];		/* of the VMs' cgroups */
};

/* Before the guests get "go"; from then on they are sampled. 0, or -1 with a->fail. */
int watch_begin(struct agent *a, struct watch *w, bool hints);
/* When they get it. */
void watch_go(struct watch *w);
/* When the last one is done. */
void watch_end(struct agent *a, struct watch *w);
/* Whatever happened: nothing of it is left. */
void watch_stop(struct agent *a, struct watch *w);

/* Counters around the contended part, and what guests said when it was over. */
struct watch_input {
	const double *begin, *end;
	json_object *policy;			/* the module's, their difference */
	const struct guest_msg *done, *stopped;	/* by VM */
};

/* What the means are of, for the raw data. */
json_object *watch_json(const struct agent *a, const struct watch *w);

/* The derived metrics. */
void watch_metrics(const struct agent *a, const struct watch *w, const struct watch_input *in,
		   json_object *metrics);

#endif /* VHINT_HOST_WATCH_H */
