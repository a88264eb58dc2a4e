// SPDX-License-Identifier: GPL-2.0-only
/*
 * Call and answer across vCPUs, a micro-benchmark with a known ideal
 *
 * One thread on CPU 0 calls membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) N times. On every other
 * CPU a thread of the same process spins in user space, so each call must send an IPI to, and
 * wait for an answer from, every other vCPU: the kernel's smp_call_function_many() with wait,
 * the pattern of TLB shootdowns. With --work it computes before each call, as a program does
 * between two changes of its memory; else little else happens.
 *
 * The ideal, in closed form:
 *  - exactly N x (vCPUs - 1) IPIs, as long as nothing but the threads above runs in the guest;
 *  - alone: N x (the work + one round trip, which is the median of the latencies below);
 *  - V such VMs on the same CPUs, with all vCPUs of a VM always on a CPU at the same time
 *    (perfect sharing): V x the time alone. Whatever is above that is time in which a vCPU
 *    waited for an answer from a sibling that was not on a CPU.
 * Each call spins in the kernel with the calling vCPU busy, so a host that does not know who
 * waits for whom loses up to a whole time slice of the other VM per call.
 *
 * The spinners do not use PAUSE: it would make the host's pause-loop exits part of the figure.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <json-c/json.h>

#include "workload/hist.h"
#include "workload/workloads.h"

#define IPI_DEFAULT_CALLS 2000

struct ipi_args {
	long calls;
	long work;	/* thousands of rounds of compute() before each call */
};

static const struct option longs[] = {
	{ "calls", required_argument, NULL, 'n' },
	{ "work", required_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 }
};

static int ipi_opt(int c, const char *arg, void *data, char *msg, size_t len)
{
	struct ipi_args *args = data;

	if (c == 'w')
		return wl_parse_number("--work", arg, 0, 1000000, &args->work, msg, len);
	return wl_parse_number("--calls", arg, 1, 100000000, &args->calls, msg, len);
}

static int ipi_parse(struct ipi_args *args, int argc, char *const argv[], char *msg, size_t len)
{
	const struct wl_parse parse = { .shorts = "n:w:", .longs = longs, .opt = ipi_opt,
					.data = args };

	args->calls = IPI_DEFAULT_CALLS;
	args->work = 0;
	return wl_parse_args(&parse, argc, argv, msg, len);
}

static int ipi_check(int argc, char *const argv[], char *msg, size_t len)
{
	struct ipi_args args;

	return ipi_parse(&args, argc, argv, msg, len);
}

#ifdef VHINT_GUEST
struct ipi {
	pthread_barrier_t start;
	int running;		/* spinners that spin; atomic */
	bool stop;		/* atomic */
	int nr_spinners;
	struct spinner {
		struct ipi *ipi;
		pthread_t thread;
		int cpu;
	} *spinners;
};

static int membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static void *ipi_spin(void *arg)
{
	struct spinner *s = arg;

	if (wl_pin_self(s->cpu)) {
		fprintf(stderr, "cannot pin to CPU %d: %s\n", s->cpu, strerror(errno));
		_exit(1);
	}
	pthread_barrier_wait(&s->ipi->start);
	__atomic_add_fetch(&s->ipi->running, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&s->ipi->stop, __ATOMIC_RELAXED))
		;
	return NULL;
}

static int ipi_setup(struct ipi *ipi, int nr_cpus)
{
	int i;

	if (nr_cpus < 2) {
		fprintf(stderr, "this guest has 1 CPU, ipi needs 2 or more\n");
		return -1;
	}
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)) {
		fprintf(stderr, "membarrier: %s\n", strerror(errno));
		return -1;
	}
	ipi->nr_spinners = nr_cpus - 1;
	ipi->spinners = calloc(ipi->nr_spinners, sizeof(*ipi->spinners));
	if (!ipi->spinners || wl_pin_self(0) || pthread_barrier_init(&ipi->start, NULL, nr_cpus)) {
		fprintf(stderr, "cannot set up: %s\n", strerror(errno));
		return -1;
	}
	for (i = 0; i < ipi->nr_spinners; i++) {
		struct spinner *s = &ipi->spinners[i];

		s->ipi = ipi;
		s->cpu = i + 1;
		errno = pthread_create(&s->thread, NULL, ipi_spin, s);
		if (errno) {
			fprintf(stderr, "cannot create a thread: %s\n", strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* All CPUs' function call interrupts since boot, as the kernel counts them; -1 if it does not. */
static int64_t function_calls(void)
{
	FILE *f = fopen("/proc/interrupts", "re");
	char line[4096], *p, *end;
	int64_t sum = -1;

	if (!f)
		return -1;
	while (sum < 0 && fgets(line, sizeof(line), f)) {
		p = line + strspn(line, " ");
		if (strncmp(p, "CAL:", 4))
			continue;
		for (sum = 0, p += 4;; p = end) {
			uint64_t n = strtoull(p, &end, 10);

			if (end == p)
				break;
			sum += n;
		}
	}
	fclose(f);
	return sum;
}

/* The same instructions each time, whatever the time is. */
static void compute(long rounds)
{
	while (rounds--)
		__asm__ volatile("" : : : "memory");
}

static int ipi_measure(const struct ipi *ipi, const struct ipi_args *args, struct hist *h)
{
	uint64_t t0;
	long i;

	while (__atomic_load_n(&ipi->running, __ATOMIC_RELAXED) < ipi->nr_spinners)
		;
	for (i = 0; i < args->calls; i++) {
		compute(args->work * 1000);
		t0 = wl_now_ns();
		if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
			fprintf(stderr, "membarrier: %s\n", strerror(errno));
			return -1;
		}
		hist_add(h, wl_now_ns() - t0);
	}
	return 0;
}

static void ipi_print(const struct hist *h, int64_t expected, int64_t seen)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "calls", json_object_new_uint64(h->count));
	json_object_object_add(o, "ipis_expected", json_object_new_int64(expected));
	json_object_object_add(o, "ipis_seen", seen < 0 ? NULL : json_object_new_int64(seen));
	json_object_object_add(o, "call_mean_us", json_object_new_double(hist_mean(h) / 1e3));
	json_object_object_add(o, "call_p50_us",
			       json_object_new_double(hist_percentile(h, 50) / 1e3));
	json_object_object_add(o, "call_p99_us",
			       json_object_new_double(hist_percentile(h, 99) / 1e3));
	json_object_object_add(o, "call_max_us", json_object_new_double(h->max / 1e3));
	json_object_object_add(o, "call_ns", hist_to_json(h));
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static int ipi_run(struct wl_ctx *ctx, int argc, char *const argv[])
{
	static struct hist h;
	struct ipi ipi = { 0 };
	struct ipi_args args;
	int64_t before, after;
	char msg[256];
	int i, err;

	if (ipi_parse(&args, argc, argv, msg, sizeof(msg))) {
		fprintf(stderr, "%s\n", msg);
		return 2;
	}
	if (ipi_setup(&ipi, ctx->nr_cpus))
		return 1;
	before = function_calls();
	hist_init(&h);

	wl_begin(ctx);
	pthread_barrier_wait(&ipi.start);
	err = ipi_measure(&ipi, &args, &h);
	__atomic_store_n(&ipi.stop, true, __ATOMIC_RELAXED);
	wl_end(ctx);

	after = function_calls();
	for (i = 0; i < ipi.nr_spinners; i++)
		pthread_join(ipi.spinners[i].thread, NULL);
	if (err)
		return 1;
	ipi_print(&h, args.calls * ipi.nr_spinners, before < 0 || after < 0 ? -1 : after - before);
	return 0;
}
#endif

static const struct metric metrics[] = {
	{ "call_mean_us", "us", BETTER_LOWER, "mean latency of a call answered by all other vCPUs", false },
	{ "call_p50_us", "us", BETTER_LOWER, "median latency of a call", false },
	{ "call_p99_us", "us", BETTER_LOWER, "99th percentile of a call's latency", false },
	{ "call_max_us", "us", BETTER_LOWER, "the longest call", false },
};

const struct workload wl_ipi = {
	.name = "ipi",
	.summary = "cross-vCPU call and answer (membarrier), with a known ideal",
	.args_help = "--calls N (default 2000) --work N (thousands of rounds of a loop before each call, default 0)",
	.metrics = metrics,
	.nr_metrics = ARRAY_SIZE(metrics),
	.check = ipi_check,
	.result = wl_result_json,
	WL_RUN(ipi_run),
};
