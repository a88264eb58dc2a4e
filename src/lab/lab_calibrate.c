// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times CPUID in a virtual machine of three instructions: the shortest way into
 * the host's kernel and back that every CPU takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lab_calibrate.h"

#define BASE_SLICE	"/sys/kernel/debug/sched/base_slice_ns"
#define BATCHES		9
#define BATCH_EXITS	400
#define CODE_ADDRESS	0x1000
#define HW_TOLERANCE	4	/* hosts up to so many times slower count as hardware */

/* Real mode: the number of rounds is in esi. */
static const unsigned char code[] = {
	0x0f, 0xa2,		/* again: cpuid */
	0x66, 0x4e,		/* dec esi */
	0x75, 0xfa,		/* jnz again */
	0xf4,			/* hlt */
};

struct tiny_vm {
	int kvm, vm, vcpu;
	unsigned char *memory;
	struct kvm_run *run;
	size_t run_size;
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int failed(const char *what, struct vh_err *err)
{
	return vh_err(err, VH_BAD_HOST, "calibration: %s: %s", what, strerror(errno));
}

/*
 * Leaves the VM itself behind, empty, until the process ends: as long as there
 * is one, KVM's hook in the scheduler stays patched in. Emulated CPUs do not
 * always survive it that code they are executing is patched.
 */
static void tiny_vm_free(struct tiny_vm *t)
{
	if (t->run != MAP_FAILED)
		munmap(t->run, t->run_size);
	if (t->memory != MAP_FAILED)
		munmap(t->memory, 4096);
	if (t->vcpu >= 0)
		close(t->vcpu);
	if (t->vm < 0 && t->kvm >= 0)
		close(t->kvm);
}

static int tiny_vm_memory(struct tiny_vm *t, struct vh_err *err)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = CODE_ADDRESS,
		.memory_size = 4096,
	};

	t->memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t->memory == MAP_FAILED)
		return failed("mmap", err);
	memcpy(t->memory, code, sizeof(code));
	region.userspace_addr = (uintptr_t)t->memory;
	if (ioctl(t->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return failed("KVM_SET_USER_MEMORY_REGION", err);
	return 0;
}

static int tiny_vm_make(struct tiny_vm *t, struct vh_err *err)
{
	int size;

	t->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (t->kvm < 0)
		return failed("/dev/kvm", err);
	t->vm = ioctl(t->kvm, KVM_CREATE_VM, 0);
	if (t->vm < 0)
		return failed("KVM_CREATE_VM", err);
	if (tiny_vm_memory(t, err))
		return -1;
	t->vcpu = ioctl(t->vm, KVM_CREATE_VCPU, 0);
	if (t->vcpu < 0)
		return failed("KVM_CREATE_VCPU", err);
	size = ioctl(t->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		return failed("KVM_GET_VCPU_MMAP_SIZE", err);
	t->run_size = size;
	t->run = mmap(NULL, t->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, t->vcpu, 0);
	if (t->run == MAP_FAILED)
		return failed("mmap of the vCPU", err);
	return 0;
}

static int tiny_vm_start(struct tiny_vm *t, uint64_t exits, struct vh_err *err)
{
	struct kvm_regs regs = { .rip = CODE_ADDRESS, .rsi = exits, .rflags = 2 };
	struct kvm_sregs sregs;

	if (ioctl(t->vcpu, KVM_GET_SREGS, &sregs))
		return failed("KVM_GET_SREGS", err);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(t->vcpu, KVM_SET_SREGS, &sregs) || ioctl(t->vcpu, KVM_SET_REGS, &regs))
		return failed("KVM_SET_REGS", err);
	return 0;
}

/* Time of @exits exits, or -1. */
static int64_t tiny_vm_run(struct tiny_vm *t, uint64_t exits, struct vh_err *err)
{
	int64_t start;
	int ret;

	if (tiny_vm_start(t, exits, err))
		return -1;
	start = now_ns();
	do {
		ret = ioctl(t->vcpu, KVM_RUN, 0);
	} while (ret && errno == EINTR);
	if (ret)
		return failed("KVM_RUN", err);
	if (t->run->exit_reason != KVM_EXIT_HLT)
		return vh_err(err, VH_BAD_HOST,
			      "calibration: KVM_RUN ended for reason %u instead of a halt",
			      t->run->exit_reason);
	return now_ns() - start;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median: a batch that something else interrupted does not count. */
static int measure(struct tiny_vm *t, int64_t *exit_ns, struct vh_err *err)
{
	int64_t times[BATCHES];

	/* The first round pays for page faults, and for translation in the lab. */
	if (tiny_vm_run(t, BATCH_EXITS, err) < 0)
		return -1;
	for (int i = 0; i < BATCHES; i++) {
		times[i] = tiny_vm_run(t, BATCH_EXITS, err);
		if (times[i] < 0)
			return -1;
	}
	qsort(times, BATCHES, sizeof(times[0]), compare);
	*exit_ns = times[BATCHES / 2] / BATCH_EXITS;
	return 0;
}

int lab_calibrate(int cpu, int64_t *exit_ns, struct vh_err *err)
{
	struct tiny_vm t = { -1, -1, -1, MAP_FAILED, MAP_FAILED, 0 };
	cpu_set_t before, one;
	int ret = -1;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_getaffinity(0, sizeof(before), &before) ||
	    sched_setaffinity(0, sizeof(one), &one))
		return vh_err(err, VH_BAD_HOST, "calibration: cannot run on CPU %d: %s", cpu,
			      strerror(errno));
	if (!tiny_vm_make(&t, err))
		ret = measure(&t, exit_ns, err);
	tiny_vm_free(&t);
	sched_setaffinity(0, sizeof(before), &before);
	return ret;
}

int64_t lab_base_slice_ns(int64_t default_ns, int64_t exit_ns)
{
	int64_t ns = default_ns;

	if (exit_ns > HW_TOLERANCE * LAB_HW_EXIT_NS)
		ns = (double)default_ns * exit_ns / LAB_HW_EXIT_NS;
	if (ns < LAB_MIN_SLICE_NS)
		ns = LAB_MIN_SLICE_NS;
	if (ns > LAB_MAX_SLICE_NS)
		ns = LAB_MAX_SLICE_NS;
	return ns;
}

int lab_get_base_slice(int64_t *old_ns, struct vh_err *err)
{
	FILE *f = fopen(BASE_SLICE, "re");
	long long ns;
	int n;

	if (!f)
		return vh_err(err, VH_BAD_HOST, "%s: %s", BASE_SLICE, strerror(errno));
	n = fscanf(f, "%lld", &ns);
	fclose(f);
	if (n != 1)
		return vh_err(err, VH_BAD_HOST, "%s: holds no number", BASE_SLICE);
	*old_ns = ns;
	return 0;
}

int lab_set_base_slice(int64_t ns, struct vh_err *err)
{
	int fd = open(BASE_SLICE, O_WRONLY | O_CLOEXEC);
	int saved = errno;
	bool ok = false;

	if (fd >= 0) {
		ok = dprintf(fd, "%lld\n", (long long)ns) > 0;
		saved = errno;
		close(fd);
	}
	if (ok)
		return 0;
	return vh_err(err, VH_BAD_HOST, "%s: cannot set to %lld: %s", BASE_SLICE, (long long)ns,
		      strerror(saved));
}
