/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines of a few instructions, made through /dev/kvm alone, to measure
 * what KVM costs.
 */
#ifndef VHINT_HOST_TINY_VM_H
#define VHINT_HOST_TINY_VM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "host/tiny_guest.h"

#define TINY_MAX_VCPUS	2

struct tiny_vm {
	int kvm, vm;
	unsigned char *memory;
	volatile struct tiny_shared *shared;	/* in the memory */
	size_t run_size;
	int nr_vcpus;
	struct tiny_vcpu {
		int fd;
		struct kvm_run *run;
	} vcpu[TINY_MAX_VCPUS];
};

/*
 * Makes a VM of @nr_vcpus with local APICs. Unless @poll, a vCPU that halts lets its
 * CPU go at once. 0 or -1; tiny_vm_free() in both cases.
 */
int tiny_vm_make(struct tiny_vm *t, int nr_vcpus, bool poll, struct vh_err *err);
void tiny_vm_free(struct tiny_vm *t);

struct tiny_args {
	enum tiny_program program;
	uint32_t esi, edi, ebx;
};

/* Puts the vCPU at the start of a program. */
int tiny_vm_start(struct tiny_vm *t, int vcpu, const struct tiny_args *args, struct vh_err *err);

/* Runs the vCPU, in this thread, until its OUT. 0 or -1. */
int tiny_vm_run(struct tiny_vm *t, int vcpu, struct vh_err *err);

/* Gives the guest @size bytes at @host as its memory from @address on; size 0 takes it away. */
int tiny_vm_map(struct tiny_vm *t, uint64_t address, void *host, size_t size, struct vh_err *err);

/* Interrupts vCPU @vcpu as a device would. */
int tiny_vm_interrupt(struct tiny_vm *t, int vcpu, struct vh_err *err);

/* Cycles per ms of the guest's TSC, or -1. */
int64_t tiny_vm_tsc_khz(struct tiny_vm *t, struct vh_err *err);

/* A vCPU in a thread of its own, on CPU @cpu; for programs that do not end. */
struct tiny_thread {
	struct tiny_vm *vm;
	int vcpu, cpu;
	pthread_t thread;
	bool stop;
	struct vh_err err;
	int ret;
};

int tiny_thread_start(struct tiny_thread *th, struct tiny_vm *t, int vcpu, int cpu,
		      struct vh_err *err);

/* Ends and joins it. -1 if the vCPU had failed before. */
int tiny_thread_stop(struct tiny_thread *th, struct vh_err *err);

#endif /* VHINT_HOST_TINY_VM_H */
