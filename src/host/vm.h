/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines, through libvirt: transient domains that die with us.
 */
#ifndef VHINT_HOST_VM_H
#define VHINT_HOST_VM_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include <libvirt/libvirt.h>

#include "experiment/experiment.h"
#include "host/channel.h"

#define VM_PREFIX	"vhint-"

struct vm {
	const struct exp_vm *spec;
	char domain[sizeof(VM_PREFIX) + sizeof(((struct exp_vm *)0)->name)];
	char console[PATH_MAX];
	off_t console_from;		/* where this start's output begins */
	char kernel[PATH_MAX], initrd[PATH_MAX];
	bool vsock;			/* give it a vsock device */
	uint64_t seed;			/* of its UUID */
	char *xml;			/* as libvirt returns it; NULL: not running */
	pid_t pid;			/* QEMU */
	pid_t tids[EXP_MAX_VCPUS];	/* vCPU threads */
	struct channel chan;
	double start_s;			/* what libvirt took to start it */
	virDomainPtr dom;
};

struct vm_host {
	virConnectPtr conn;
	char libvirt[32], qemu[32];	/* versions */
};

/* Connects to libvirt; needs loop_start(). 0, or -1 with @err filled. */
int vm_host_open(struct vm_host *h, struct vh_err *err);
void vm_host_close(struct vm_host *h);

/* Why the connection has ended by itself, NULL if it has not. */
const char *vm_host_lost(void);

/*
 * Starts all @nr VMs at the same time and connects to their channels. Each is
 * held until its vCPU threads are known to be where they belong. 0, or -1 with
 * @err filled, and then none is left.
 */
int vm_start_all(struct vm_host *h, struct vm *vms, int nr, int cpus, struct vh_err *err);

/* Ends the VMs that run, by libvirt or, if it does not answer any more, by a signal. */
void vm_stop_all(struct vm_host *h, struct vm *vms, int nr);

/* Kills what was started, without libvirt. For use in distress, from any thread. */
void vm_kill_all(void);

/* Stops all vCPUs, or lets them go on. 0, or -1 if one of the VMs did not obey. */
int vm_pause_all(struct vm *vms, int nr, bool pause);

/* How much is on the VM's console. */
off_t vm_console_size(const struct vm *vm);

/* The end of what this VM has said on its console in @buf, at most @len - 1 bytes. */
char *vm_console_tail(const struct vm *vm, char *buf, size_t len);

#endif /* VHINT_HOST_VM_H */
