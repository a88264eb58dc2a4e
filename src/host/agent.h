/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent: the part of the driver that runs on the host and drives it. This
 * header is shared by files of this folder only, cmd_agent() aside.
 */
#ifndef VHINT_HOST_AGENT_H
#define VHINT_HOST_AGENT_H

#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "host/channel.h"
#include "host/judge.h"
#include "host/policy_ctl.h"
#include "host/vm.h"
#include "measure/metrics.h"
#include "results/kinds.h"

struct agent;

/* Why a run, or the whole boot, failed. */
struct agent_fail {
	const char *kind;	/* KIND_..., NULL: nothing failed */
	char msg[4096];
};

/* What is done again and again while guests are waited for. */
struct agent_tick {
	void (*fn)(struct agent *a, void *data);	/* NULL: nothing */
	void *data;
	int ms;
};

struct agent {
	const char *dir;	/* the run folder */
	int boot_nr, instance;	/* of the plan, and which making of it */
	int attempt;		/* at the present run */
	bool lab;
	struct experiment exp;
	struct plan plan;
	const struct plan_boot *boot;
	char module[PATH_MAX];
	struct policy_ctl policy;
	struct vm_host host;
	struct vm vms[EXP_MAX_VMS];
	int nr_vms;
	bool up;		/* the VMs are */
	json_object *hello;	/* what the guests said at boot, by VM */
	struct meas *meas;
	json_object *env;	/* env-boot<N>.json */
	char env_path[PATH_MAX];
	int64_t slice_ns;	/* the scheduler's base slice */
	int64_t old_slice_ns;	/* the scheduler's base slice before us; 0: not changed */
	struct agent_tick tick;
	struct agent_fail fail;
	char last_failure[4096];	/* of all runs, for the exit */
};

#define VM_ALL(a)	((uint32_t)((1ULL << (a)->nr_vms) - 1))

/* Notes why something failed, unless a reason is noted already. Returns -1. */
int agent_fail(struct agent *a, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same of VM @vm that is @gone or silent, with its console's last lines. */
int agent_fail_guest(struct agent *a, int vm, bool gone, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* host/ready.c: the host, made ready for the boot and put back as it was. */
int agent_stay_on_cpu0(struct vh_err *err);
int agent_host_ready(struct agent *a, struct vh_err *err);
void agent_host_restore(struct agent *a);
/*
 * Puts into @o when something started: UTC, or the seconds of virtual time, whose date
 * means nothing. The front adds UTC (machine.ndjson).
 */
void agent_put_started(const struct agent *a, json_object *o, int64_t at_ms);
int agent_save_env(struct agent *a, struct vh_err *err);

/* host/talk.c: with guests, all in one loop. */

/* Sends @o to the VMs of the mask, at nearly the same time; takes @o over. */
int agent_send(struct agent *a, uint32_t vms, json_object *o);
/*
 * Waits until each VM of the mask has said @want of @run. With @said, each VM's
 * message is put there in place of what there was, for the caller to free. Any
 * guest that dies or reports an error meanwhile ends it. 0, or -1 with a->fail.
 */
int agent_wait(struct agent *a, uint32_t vms, enum guest_event want, int run,
	       struct guest_msg *said);

/* host/vms.c */

/* Starts the VMs and waits for their hellos. 0, or -1 with a->fail and none running. */
int agent_vms_up(struct agent *a);
void agent_vms_down(struct agent *a);

/* host/run.c */

/* Performs one run and puts its record on file. 0, or -1 if it failed (a->fail says why). */
int agent_run(struct agent *a, const struct plan_run *run);

int cmd_agent(int argc, char **argv);

#endif /* VHINT_HOST_AGENT_H */
