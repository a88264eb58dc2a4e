/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The innocent third: a process of the host beside the VMs that only spins, in
 * order to see what boosts of VMs take from others.
 */
#ifndef VHINT_HOST_BYSTANDER_H
#define VHINT_HOST_BYSTANDER_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/child.h"
#include "base/err.h"

struct bystander {
	struct child child;	/* pid 0: there is none */
	int go;			/* pipe to it */
	char group[PATH_MAX];	/* its cgroup's folder, "" if not made */
	clockid_t clock;	/* its CPU time */
	int64_t start_ns, cpu_ns;
};

/*
 * The cgroup of a VM, by /proc/PID/task/TID/cgroup of one of its vCPUs, below
 * /sys/fs/cgroup: without libvirt's own levels for vCPUs. NULL if it is not in
 * the unified hierarchy. Pure.
 */
char *bystander_vm_cgroup(const char *text, char *buf, size_t len);

/* cpu.weight of the VM's cgroup with that vCPU thread; 100, the default, if it has none. */
double bystander_vm_weight(pid_t pid, pid_t tid);

/*
 * Makes it ready on CPUs 1..@cpus, in a cgroup of its own beside that of the VM
 * with the given vCPU thread, with the same weight. 0, or -1 with @err filled.
 */
int bystander_start(struct bystander *b, pid_t pid, pid_t tid, int cpus, struct vh_err *err);

/* Lets it spin. */
void bystander_go(struct bystander *b);

/* What it got since then, as it spins still: CPU seconds by seconds. NAN if there is none. */
double bystander_share(const struct bystander *b);

/* The end of it. Nothing is done if there is none. */
void bystander_stop(struct bystander *b);

#endif /* VHINT_HOST_BYSTANDER_H */
