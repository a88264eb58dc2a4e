// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs inside a tiny VM. The local APIC is in x2APIC mode, since Linux guests
 * use it so on KVM: registers are MSRs, 0x80b ends an interrupt, 0x80f enables, 0x830
 * sends.
 */
#include <string.h>

#include "host/tiny_guest.h"

#define STR_(x)	#x
#define STR(x)	STR_(x)
#define READY	STR(TINY_SHARED) "+0"
#define ANSWERS	STR(TINY_SHARED) "+4"
#define CYCLES	STR(TINY_SHARED) "+8"

asm(".pushsection .rodata\n"
    ".code32\n"
    "tiny_begin:\n"

    "tiny_cpuid:\n"
    "	xorl %eax, %eax\n"
    "	cpuid\n"
    "	decl %esi\n"
    "	jnz tiny_cpuid\n"
    "tiny_out:\n"		/* the end of all that end */
    "	outb %al, $0x10\n"
    "	jmp tiny_out\n"

    "tiny_touch:\n"
    "	incl (%ebx)\n"
    "	addl $4096, %ebx\n"
    "	decl %esi\n"
    "	jnz tiny_touch\n"
    "	jmp tiny_out\n"

    "tiny_send:\n"
    "	call enable_apic\n"
    "1:	cmpl $0, " READY "\n"
    "	je 1b\n"
    "again:\n"
    "	rdtsc\n"
    "	movl %eax, %ebp\n"
    "2:	rdtsc\n"
    "	subl %ebp, %eax\n"
    "	cmpl %edi, %eax\n"
    "	jb 2b\n"
    "	movl " ANSWERS ", %ebx\n"
    "	rdtsc\n"
    "	movl %eax, %ebp\n"
    "	movl $0x830, %ecx\n"
    "	movl $(0x4000 + " STR(TINY_VECTOR) "), %eax\n"
    "	movl $1, %edx\n"
    "	wrmsr\n"
    "3:	cmpl %ebx, " ANSWERS "\n"
    "	je 3b\n"
    "	rdtsc\n"
    "	subl %ebp, %eax\n"
    "	addl %eax, " CYCLES "\n"
    "	adcl $0, " CYCLES "+4\n"
    "	decl %esi\n"
    "	jnz again\n"
    "	jmp tiny_out\n"

    "tiny_spin:\n"
    "	call enable_apic\n"
    "	movl $1, " READY "\n"
    "	sti\n"
    "1:	jmp 1b\n"

    "tiny_sleep:\n"
    "	call enable_apic\n"
    "	movl $1, " READY "\n"
    "1:	sti\n"
    "	hlt\n"
    "	jmp 1b\n"

    "tiny_handler:\n"		/* ends the interrupt first, as Linux does */
    "	movl $0x80b, %ecx\n"
    "	xorl %eax, %eax\n"
    "	xorl %edx, %edx\n"
    "	wrmsr\n"
    "	incl " ANSWERS "\n"
    "	iret\n"

    "enable_apic:\n"
    "	movl $0x80f, %ecx\n"
    "	movl $0x1ff, %eax\n"
    "	xorl %edx, %edx\n"
    "	wrmsr\n"
    "	ret\n"

    "tiny_end:\n"
    ".code64\n"
    ".popsection\n");

extern const unsigned char tiny_begin[], tiny_end[], tiny_handler[], tiny_cpuid[], tiny_out[],
	tiny_touch[], tiny_send[], tiny_spin[], tiny_sleep[];

static const unsigned char *const programs[TINY_NR_PROGRAMS] = {
	[TINY_CPUID] = tiny_cpuid,
	[TINY_OUT] = tiny_out,
	[TINY_TOUCH] = tiny_touch,
	[TINY_SEND] = tiny_send,
	[TINY_SPIN] = tiny_spin,
	[TINY_SLEEP] = tiny_sleep,
};

static uint32_t address(const unsigned char *place)
{
	return TINY_CODE + (place - tiny_begin);
}

uint32_t tiny_guest_entry(enum tiny_program program)
{
	return address(programs[program]);
}

void tiny_guest_install(unsigned char *memory)
{
	/* none, flat code, flat data */
	static const uint64_t gdt[] = { 0, 0x00cf9b000000ffff, 0x00cf93000000ffff };
	uint64_t handler = address(tiny_handler), gate;

	/* a 32-bit interrupt gate to selector 8 */
	gate = (handler & 0xffff) | 8 << 16 | 0x8e00ULL << 32 | (handler >> 16) << 48;
	memcpy(memory + TINY_IDT + TINY_VECTOR * sizeof(gate), &gate, sizeof(gate));
	memcpy(memory + TINY_GDT, gdt, sizeof(gdt));
	memcpy(memory + TINY_CODE, tiny_begin, tiny_end - tiny_begin);
}
