// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what KVM costs, with tiny VMs. Each cost is the time of a batch, shared
 * out among what was done in it. The first batch pays for page faults, and for
 * translation in the lab: it is left out.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "host/costs.h"
#include "host/tiny_vm.h"

#define EXITS		400
#define USER_EXITS	400
#define PAGES		512
#define PAGES_ADDRESS	0x1000000
#define WAKES		20
#define WAIT_NS		500e3	/* a vCPU has long halted by then, also under emulation */
#define POLLED_NS	50e3	/* and then KVM still polls, 200 us at most */
#define DEADLINE_NS	5e9

double cost_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* --- exits --- */

static int run_timed(struct tiny_vm *t, const struct tiny_args *args, double *ns,
		     struct vh_err *err)
{
	double start;

	if (tiny_vm_start(t, 0, args, err))
		return -1;
	start = cost_now_ns();
	if (tiny_vm_run(t, 0, err))
		return -1;
	*ns = cost_now_ns() - start;
	return 0;
}

/* CPUID in a loop: the shortest way into the host's kernel and back that every CPU takes. */
static int measure_cpuid(const struct cost_cpus *cpus, struct tiny_vm *t, struct cost_times *times,
			 struct vh_err *err)
{
	const struct tiny_args args = { .program = TINY_CPUID, .esi = EXITS };
	double ns;

	for (int i = -1; i < COST_BATCHES; i++) {
		if (run_timed(t, &args, &ns, err))
			return -1;
		if (i >= 0)
			times->ns[i] = ns / EXITS;
	}
	return 0;
}

/* OUT in a loop: KVM_RUN from user space to user space. */
static int measure_user_exit(const struct cost_cpus *cpus, struct tiny_vm *t,
			     struct cost_times *times, struct vh_err *err)
{
	const struct tiny_args args = { .program = TINY_OUT };

	if (tiny_vm_start(t, 0, &args, err))
		return -1;
	for (int i = -1; i < COST_BATCHES; i++) {
		double start = cost_now_ns();

		for (int n = 0; n < USER_EXITS; n++)
			if (tiny_vm_run(t, 0, err))
				return -1;
		if (i >= 0)
			times->ns[i] = (cost_now_ns() - start) / USER_EXITS;
	}
	return 0;
}

/* Pages that are there for the host already, so that only the nested fault is left. */
static void *fresh_pages(struct vh_err *err)
{
	unsigned char *p = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		vh_err(err, VH_BAD_HOST, "mmap: %s", strerror(errno));
		return NULL;
	}
	/* A huge page would be one fault, not 512. */
	madvise(p, PAGES * 4096, MADV_NOHUGEPAGE);
	for (int i = 0; i < PAGES; i++)
		p[i * 4096] = 1;
	return p;
}

static int touch_pages(struct tiny_vm *t, void *pages, double *ns, struct vh_err *err)
{
	const struct tiny_args args = { .program = TINY_TOUCH, .esi = PAGES,
					.ebx = PAGES_ADDRESS };
	int ret;

	if (tiny_vm_map(t, PAGES_ADDRESS, pages, PAGES * 4096, err))
		return -1;
	ret = run_timed(t, &args, ns, err);
	if (tiny_vm_map(t, PAGES_ADDRESS, pages, 0, ret ? NULL : err))
		return -1;
	return ret;
}

/* A write to each of 512 pages new to the guest. */
static int measure_page_fault(const struct cost_cpus *cpus, struct tiny_vm *t,
			      struct cost_times *times, struct vh_err *err)
{
	double ns;

	for (int i = -1; i < COST_BATCHES; i++) {
		void *pages = fresh_pages(err);
		int ret;

		if (!pages)
			return -1;
		ret = touch_pages(t, pages, &ns, err);
		munmap(pages, PAGES * 4096);
		if (ret)
			return -1;
		if (i >= 0)
			times->ns[i] = ns / PAGES;
	}
	return 0;
}

/* --- interrupts --- */

static bool passed(double since, double ns)
{
	return cost_now_ns() - since >= ns;
}

static int await_change(volatile uint32_t *word, uint32_t old, const char *what,
			struct vh_err *err)
{
	double start = cost_now_ns();

	while (*word == old)
		if (passed(start, DEADLINE_NS))
			return vh_err(err, VH_RUN_FAILED, "tiny VM: %s did not come in %.0f s",
				      what, DEADLINE_NS / 1e9);
	return 0;
}

/* One wake-up: from before the ioctl() that injects until the handler's write is seen. */
static int wake_once(struct tiny_vm *t, double wait_ns, double *ns, struct vh_err *err)
{
	uint32_t before = t->shared->answers;
	double start = cost_now_ns();

	while (!passed(start, wait_ns))
		;
	start = cost_now_ns();
	if (tiny_vm_interrupt(t, 0, err) ||
	    await_change(&t->shared->answers, before, "the halted vCPU's answer", err))
		return -1;
	*ns += cost_now_ns() - start;
	return 0;
}

static int wake_batches(struct tiny_vm *t, double wait_ns, struct cost_times *times,
			struct vh_err *err)
{
	if (await_change(&t->shared->ready, 0, "the vCPU's start", err))
		return -1;
	for (int i = -1; i < COST_BATCHES; i++) {
		double ns = 0;

		for (int n = 0; n < WAKES; n++)
			if (wake_once(t, wait_ns, &ns, err))
				return -1;
		if (i >= 0)
			times->ns[i] = ns / WAKES;
	}
	return 0;
}

/* A vCPU that halts, on one CPU, and a thread that interrupts it, on another. */
static int wake(const struct cost_cpus *cpus, struct tiny_vm *t, double wait_ns,
		struct cost_times *times, struct vh_err *err)
{
	const struct tiny_args args = { .program = TINY_SLEEP };
	struct tiny_thread sleeper;
	int ret;

	if (tiny_vm_start(t, 0, &args, err) ||
	    tiny_thread_start(&sleeper, t, 0, cpus->second, err))
		return -1;
	ret = wake_batches(t, wait_ns, times, err);
	if (tiny_thread_stop(&sleeper, err))
		ret = -1;
	return ret;
}

static int measure_wake(const struct cost_cpus *cpus, struct tiny_vm *t, struct cost_times *times,
			struct vh_err *err)
{
	return wake(cpus, t, WAIT_NS, times, err);
}

static int measure_wake_polled(const struct cost_cpus *cpus, struct tiny_vm *t,
			       struct cost_times *times, struct vh_err *err)
{
	return wake(cpus, t, POLLED_NS, times, err);
}

static int ipi_batches(struct tiny_vm *t, double wait_ns, struct cost_times *times,
		       struct vh_err *err)
{
	int64_t khz = tiny_vm_tsc_khz(t, err);
	const struct tiny_args args = { .program = TINY_SEND, .esi = WAKES,
					.edi = wait_ns / 1e6 * khz };

	if (khz < 0 || await_change(&t->shared->ready, 0, "the vCPU's start", err))
		return -1;
	for (int i = -1; i < COST_BATCHES; i++) {
		t->shared->cycles = 0;
		if (tiny_vm_start(t, 0, &args, err) || tiny_vm_run(t, 0, err))
			return -1;
		if (i >= 0)
			times->ns[i] = t->shared->cycles * 1e6 / khz / WAKES;
	}
	return 0;
}

/*
 * IPI from vCPU to vCPU: from before the write to the APIC's ICR until the sender sees
 * what the other one's handler wrote, by the sender's TSC alone.
 */
static int ipi(const struct cost_cpus *cpus, struct tiny_vm *t, enum tiny_program program,
	       double wait_ns, struct cost_times *times, struct vh_err *err)
{
	const struct tiny_args args = { .program = program };
	struct tiny_thread target;
	int ret;

	if (tiny_vm_start(t, 1, &args, err) ||
	    tiny_thread_start(&target, t, 1, cpus->second, err))
		return -1;
	ret = ipi_batches(t, wait_ns, times, err);
	if (tiny_thread_stop(&target, err))
		ret = -1;
	return ret;
}

static int measure_ipi_running(const struct cost_cpus *cpus, struct tiny_vm *t,
			       struct cost_times *times, struct vh_err *err)
{
	return ipi(cpus, t, TINY_SPIN, POLLED_NS, times, err);
}

static int measure_ipi_halted(const struct cost_cpus *cpus, struct tiny_vm *t,
			      struct cost_times *times, struct vh_err *err)
{
	return ipi(cpus, t, TINY_SLEEP, WAIT_NS, times, err);
}

/* --- all --- */

static const struct probe {
	int nr_vcpus;		/* 0: needs no VM */
	bool poll;
	int (*in_vm)(const struct cost_cpus *cpus, struct tiny_vm *t, struct cost_times *times,
		     struct vh_err *err);
	int (*plain)(const struct cost_cpus *cpus, struct cost_times *times, struct vh_err *err);
} probes[COST_NR] = {
	[COST_CPUID] = { 1, true, measure_cpuid },
	[COST_USER_EXIT] = { 1, true, measure_user_exit },
	[COST_WAKE] = { 1, false, measure_wake },
	[COST_WAKE_POLLED] = { 1, true, measure_wake_polled },
	[COST_IPI_RUNNING] = { 2, true, measure_ipi_running },
	[COST_IPI_HALTED] = { 2, false, measure_ipi_halted },
	[COST_PAGE_FAULT] = { 1, true, measure_page_fault },
	[COST_SWITCH] = { .plain = cost_switch },
	[COST_SYSCALL] = { .plain = cost_syscall },
	[COST_PAUSE] = { .plain = cost_pause },
};

static int measure_here(const struct probe *probe, const struct cost_cpus *cpus,
			struct cost_times *times, struct vh_err *err)
{
	struct tiny_vm t;
	int ret;

	if (!probe->nr_vcpus)
		return probe->plain(cpus, times, err);
	ret = tiny_vm_make(&t, probe->nr_vcpus, probe->poll, err);
	if (!ret)
		ret = probe->in_vm(cpus, &t, times, err);
	tiny_vm_free(&t);
	return ret;
}

int cost_measure(enum cost_id id, const struct cost_cpus *cpus, struct cost_times *times,
		 struct vh_err *err)
{
	cpu_set_t before, one;
	int ret;

	CPU_ZERO(&one);
	CPU_SET(cpus->first, &one);
	if (sched_getaffinity(0, sizeof(before), &before) ||
	    sched_setaffinity(0, sizeof(one), &one))
		return vh_err(err, VH_BAD_HOST, "cannot run on CPU %d: %s", cpus->first,
			      strerror(errno));
	ret = measure_here(&probes[id], cpus, times, err);
	sched_setaffinity(0, sizeof(before), &before);
	return ret;
}
