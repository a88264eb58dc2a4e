/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of a tiny VM, and what they share with the host.
 *
 * They run in 32-bit protected mode without paging, interrupts off at first. Their
 * arguments are in esi, edi and ebx; they end with an OUT, which leaves KVM_RUN.
 */
#ifndef VHINT_HOST_TINY_GUEST_H
#define VHINT_HOST_TINY_GUEST_H

#include <stddef.h>
#include <stdint.h>

#define TINY_IDT	0x0000		/* guest-physical addresses */
#define TINY_GDT	0x0800
#define TINY_CODE	0x1000
#define TINY_SHARED	0x2000
#define TINY_STACKS	0x3000		/* 1 KiB for each vCPU */
#define TINY_MEMORY	0x4000
#define TINY_VECTOR	0x40

enum tiny_program {
	TINY_CPUID,	/* esi times CPUID, leaf 0 */
	TINY_OUT,	/* OUT for ever */
	TINY_TOUCH,	/* writes to each of esi pages from ebx on */
	TINY_SEND,	/* esi times: waits edi cycles, sends vCPU 1 an IPI, awaits its answer */
	TINY_SPIN,	/* answers interrupts, computes in between */
	TINY_SLEEP,	/* answers interrupts, halts in between */
	TINY_NR_PROGRAMS,
};

/* At TINY_SHARED; what the programs write, and the host reads. */
struct tiny_shared {
	uint32_t ready;		/* TINY_SPIN and TINY_SLEEP: interrupts are on */
	uint32_t answers;	/* interrupts answered */
	uint64_t cycles;	/* TINY_SEND: sum of the times from IPI to answer */
};

/* Writes all programs, and the tables that interrupts need, to a VM's @memory. */
void tiny_guest_install(unsigned char *memory);

/* The guest-physical address at which @program starts. */
uint32_t tiny_guest_entry(enum tiny_program program);

#endif /* VHINT_HOST_TINY_GUEST_H */
