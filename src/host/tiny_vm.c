// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and runs tiny VMs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/tiny_vm.h"

#define MAX_CPUID	256
#define APIC_X2		(1 << 10)	/* in the base register */
#define APIC_ENABLED	(1 << 11)
#define MSI_ADDRESS	0xfee00000
#define KICK		SIGUSR1

static int failed(const char *what, struct vh_err *err)
{
	return vh_err(err, VH_BAD_HOST, "tiny VM: %s: %s", what, strerror(errno));
}

/* --- making one --- */

int tiny_vm_map(struct tiny_vm *t, uint64_t address, void *host, size_t size, struct vh_err *err)
{
	struct kvm_userspace_memory_region region = {
		.slot = address != 0,
		.guest_phys_addr = address,
		.memory_size = size,
		.userspace_addr = (uintptr_t)host,
	};

	if (ioctl(t->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return failed("KVM_SET_USER_MEMORY_REGION", err);
	return 0;
}

static int make_memory(struct tiny_vm *t, struct vh_err *err)
{
	t->memory = mmap(NULL, TINY_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	if (t->memory == MAP_FAILED)
		return failed("mmap", err);
	tiny_guest_install(t->memory);
	t->shared = (struct tiny_shared *)(t->memory + TINY_SHARED);
	return tiny_vm_map(t, 0, t->memory, TINY_MEMORY, err);
}

/* Without a guest's CPUID there is no x2APIC. */
static int set_cpuid(struct tiny_vm *t, int fd, struct vh_err *err)
{
	struct kvm_cpuid2 *cpuid;
	int ret = 0;

	cpuid = calloc(1, sizeof(*cpuid) + MAX_CPUID * sizeof(cpuid->entries[0]));
	if (!cpuid)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	cpuid->nent = MAX_CPUID;
	if (ioctl(t->kvm, KVM_GET_SUPPORTED_CPUID, cpuid))
		ret = failed("KVM_GET_SUPPORTED_CPUID", err);
	else if (ioctl(fd, KVM_SET_CPUID2, cpuid))
		ret = failed("KVM_SET_CPUID2", err);
	free(cpuid);
	return ret;
}

static int make_vcpu(struct tiny_vm *t, int nr, struct vh_err *err)
{
	/* All but the first would wait for a start-up IPI. */
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct tiny_vcpu *v = &t->vcpu[nr];

	v->fd = ioctl(t->vm, KVM_CREATE_VCPU, nr);
	if (v->fd < 0)
		return failed("KVM_CREATE_VCPU", err);
	v->run = mmap(NULL, t->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (v->run == MAP_FAILED)
		return failed("mmap of the vCPU", err);
	if (set_cpuid(t, v->fd, err))
		return -1;
	if (ioctl(v->fd, KVM_SET_MP_STATE, &state))
		return failed("KVM_SET_MP_STATE", err);
	return 0;
}

static int stop_polling(struct tiny_vm *t, struct vh_err *err)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_HALT_POLL };

	if (ioctl(t->vm, KVM_ENABLE_CAP, &cap))
		return failed("KVM_CAP_HALT_POLL", err);
	return 0;
}

static void clear(struct tiny_vm *t)
{
	*t = (struct tiny_vm){ .kvm = -1, .vm = -1, .memory = MAP_FAILED };
	for (int i = 0; i < TINY_MAX_VCPUS; i++) {
		t->vcpu[i].fd = -1;
		t->vcpu[i].run = MAP_FAILED;
	}
}

int tiny_vm_make(struct tiny_vm *t, int nr_vcpus, bool poll, struct vh_err *err)
{
	int size;

	clear(t);
	t->nr_vcpus = nr_vcpus;
	t->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (t->kvm < 0)
		return failed("/dev/kvm", err);
	size = ioctl(t->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		return failed("KVM_GET_VCPU_MMAP_SIZE", err);
	t->run_size = size;
	t->vm = ioctl(t->kvm, KVM_CREATE_VM, 0);
	if (t->vm < 0)
		return failed("KVM_CREATE_VM", err);
	if (ioctl(t->vm, KVM_CREATE_IRQCHIP, 0))
		return failed("KVM_CREATE_IRQCHIP", err);
	if (!poll && stop_polling(t, err))
		return -1;
	if (make_memory(t, err))
		return -1;
	for (int i = 0; i < nr_vcpus; i++)
		if (make_vcpu(t, i, err))
			return -1;
	return 0;
}

/*
 * Leaves the VM itself behind, empty, until the process ends: as long as there
 * is one, KVM's hook in the scheduler stays patched in. Emulated CPUs do not
 * always survive it that code they are executing is patched.
 */
void tiny_vm_free(struct tiny_vm *t)
{
	for (int i = 0; i < t->nr_vcpus; i++) {
		if (t->vcpu[i].run != MAP_FAILED)
			munmap(t->vcpu[i].run, t->run_size);
		if (t->vcpu[i].fd >= 0)
			close(t->vcpu[i].fd);
	}
	if (t->memory != MAP_FAILED)
		munmap(t->memory, TINY_MEMORY);
	if (t->vm < 0 && t->kvm >= 0)
		close(t->kvm);
	clear(t);
}

/* --- running one --- */

static void set_segments(struct kvm_sregs *s)
{
	const struct kvm_segment data = {
		.limit = 0xffffffff, .selector = 0x10, .type = 3, .present = 1, .db = 1,
		.s = 1, .g = 1,
	};

	s->cs = data;
	s->cs.selector = 8;
	s->cs.type = 11;
	s->ds = data;
	s->es = data;
	s->fs = data;
	s->gs = data;
	s->ss = data;
	s->gdt.base = TINY_GDT;
	s->gdt.limit = 3 * 8 - 1;
	s->idt.base = TINY_IDT;
	s->idt.limit = 256 * 8 - 1;
	s->cr0 |= 1;
	s->apic_base |= APIC_X2 | APIC_ENABLED;
}

int tiny_vm_start(struct tiny_vm *t, int vcpu, const struct tiny_args *args, struct vh_err *err)
{
	struct kvm_regs regs = {
		.rip = tiny_guest_entry(args->program),
		.rsp = TINY_STACKS + (vcpu + 1) * 0x400,
		.rsi = args->esi,
		.rdi = args->edi,
		.rbx = args->ebx,
		.rflags = 2,
	};
	struct kvm_sregs sregs;
	int fd = t->vcpu[vcpu].fd;

	if (ioctl(fd, KVM_GET_SREGS, &sregs))
		return failed("KVM_GET_SREGS", err);
	set_segments(&sregs);
	if (ioctl(fd, KVM_SET_SREGS, &sregs))
		return failed("KVM_SET_SREGS", err);
	if (ioctl(fd, KVM_SET_REGS, &regs))
		return failed("KVM_SET_REGS", err);
	return 0;
}

static int check_exit(const struct kvm_run *run, struct vh_err *err)
{
	if (run->exit_reason == KVM_EXIT_IO)
		return 0;
	return vh_err(err, VH_BAD_HOST, "tiny VM: KVM_RUN ended for reason %u instead of an OUT",
		      run->exit_reason);
}

int tiny_vm_run(struct tiny_vm *t, int vcpu, struct vh_err *err)
{
	int ret;

	do {
		ret = ioctl(t->vcpu[vcpu].fd, KVM_RUN, 0);
	} while (ret && errno == EINTR);
	if (ret)
		return failed("KVM_RUN", err);
	return check_exit(t->vcpu[vcpu].run, err);
}

int tiny_vm_interrupt(struct tiny_vm *t, int vcpu, struct vh_err *err)
{
	struct kvm_msi msi = { .address_lo = MSI_ADDRESS | vcpu << 12, .data = TINY_VECTOR };

	if (ioctl(t->vm, KVM_SIGNAL_MSI, &msi) <= 0)
		return failed("KVM_SIGNAL_MSI", err);
	return 0;
}

int64_t tiny_vm_tsc_khz(struct tiny_vm *t, struct vh_err *err)
{
	int khz = ioctl(t->vcpu[0].fd, KVM_GET_TSC_KHZ, 0);

	return khz > 0 ? khz : failed("KVM_GET_TSC_KHZ", err);
}

/* --- one that runs beside us --- */

static void kicked(int sig)
{
}

static void *thread_main(void *arg)
{
	struct tiny_thread *th = arg;
	struct tiny_vcpu *v = &th->vm->vcpu[th->vcpu];
	int ret;

	do {
		ret = ioctl(v->fd, KVM_RUN, 0);
	} while (ret && errno == EINTR && !__atomic_load_n(&th->stop, __ATOMIC_ACQUIRE));
	if (!ret)
		th->ret = check_exit(v->run, &th->err);
	else if (errno != EINTR)
		th->ret = failed("KVM_RUN", &th->err);
	return NULL;
}

int tiny_thread_start(struct tiny_thread *th, struct tiny_vm *t, int vcpu, int cpu,
		      struct vh_err *err)
{
	struct sigaction action = { .sa_handler = kicked };
	pthread_attr_t attr;
	cpu_set_t set;
	int ret;

	*th = (struct tiny_thread){ .vm = t, .vcpu = vcpu, .cpu = cpu };
	sigaction(KICK, &action, NULL);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	ret = pthread_create(&th->thread, &attr, thread_main, th);
	pthread_attr_destroy(&attr);
	if (ret)
		return vh_err(err, VH_BAD_HOST, "tiny VM: no thread on CPU %d: %s", cpu,
			      strerror(ret));
	return 0;
}

int tiny_thread_stop(struct tiny_thread *th, struct vh_err *err)
{
	th->vm->vcpu[th->vcpu].run->immediate_exit = 1;
	__atomic_store_n(&th->stop, true, __ATOMIC_RELEASE);
	pthread_kill(th->thread, KICK);
	pthread_join(th->thread, NULL);
	th->vm->vcpu[th->vcpu].run->immediate_exit = 0;
	if (th->ret && err)
		*err = th->err;
	return th->ret;
}
