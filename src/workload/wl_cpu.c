// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pure CPU loop on every vCPU: the control
 *
 * No task waits for another, no IPI, no system call: there is nothing that a hint could help.
 * Each vCPU does the same fixed number of rounds. Ideal: alone, rounds x the time of one; with
 * V such VMs on the same CPUs, V x that. A policy that changes this figure takes CPU time from
 * somebody, or costs some.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "workload/workloads.h"

#define CPU_DEFAULT_MROUNDS 100

struct cpu_args {
	long mrounds;
};

static const struct option longs[] = {
	{ "mrounds", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 }
};

static int cpu_opt(int c, const char *arg, void *data, char *msg, size_t len)
{
	struct cpu_args *args = data;

	return wl_parse_number("--mrounds", arg, 1, 1000000, &args->mrounds, msg, len);
}

static int cpu_parse(struct cpu_args *args, int argc, char *const argv[], char *msg, size_t len)
{
	const struct wl_parse parse = { .shorts = "n:", .longs = longs, .opt = cpu_opt,
					.data = args };

	args->mrounds = CPU_DEFAULT_MROUNDS;
	return wl_parse_args(&parse, argc, argv, msg, len);
}

static int cpu_check(int argc, char *const argv[], char *msg, size_t len)
{
	struct cpu_args args;

	return cpu_parse(&args, argc, argv, msg, len);
}

#ifdef VHINT_GUEST
struct cpu_thread {
	pthread_t thread;
	int cpu;
	long mrounds;
	uint64_t value;		/* so that the loop has a use */
	pthread_barrier_t *start;
};

static void *cpu_spin(void *arg)
{
	struct cpu_thread *t = arg;
	uint64_t x = 88172645463325252ull + t->cpu;
	long i;

	wl_pin_self(t->cpu);
	pthread_barrier_wait(t->start);
	for (i = 0; i < t->mrounds * 1000000; i++) {	/* xorshift64 */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	t->value = x;
	return NULL;
}

static int cpu_run(struct wl_ctx *ctx, int argc, char *const argv[])
{
	unsigned long long start_ns, took_ns;
	struct json_object *o;
	struct cpu_thread *threads;
	struct cpu_args args;
	pthread_barrier_t start;
	char msg[256];
	int i;

	if (cpu_parse(&args, argc, argv, msg, sizeof(msg))) {
		fprintf(stderr, "%s\n", msg);
		return 2;
	}
	threads = calloc(ctx->nr_cpus, sizeof(*threads));
	if (!threads || pthread_barrier_init(&start, NULL, ctx->nr_cpus + 1))
		return 1;
	for (i = 0; i < ctx->nr_cpus; i++) {
		threads[i].cpu = i;
		threads[i].mrounds = args.mrounds;
		threads[i].start = &start;
		if (pthread_create(&threads[i].thread, NULL, cpu_spin, &threads[i])) {
			fprintf(stderr, "cannot create a thread\n");
			return 1;
		}
	}

	wl_begin(ctx);
	start_ns = wl_now_ns();
	pthread_barrier_wait(&start);
	for (i = 0; i < ctx->nr_cpus; i++)
		pthread_join(threads[i].thread, NULL);
	wl_end(ctx);
	took_ns = wl_now_ns() - start_ns;

	o = json_object_new_object();
	json_object_object_add(o, "mrounds", json_object_new_int64(args.mrounds * ctx->nr_cpus));
	json_object_object_add(o, "mrounds_per_s",
			       json_object_new_double(args.mrounds * ctx->nr_cpus * 1e9 / took_ns));
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	return 0;
}
#endif

static const struct metric metrics[] = {
	{ "mrounds_per_s", "1e6/s", BETTER_HIGHER, "rounds of the loop on all vCPUs, per second", false },
};

const struct workload wl_cpu = {
	.name = "cpu",
	.summary = "a pure CPU loop on every vCPU: a control that no hint can help",
	.args_help = "--mrounds N (millions of rounds per vCPU, default 100)",
	.metrics = metrics,
	.nr_metrics = ARRAY_SIZE(metrics),
	.check = cpu_check,
	.result = wl_result_json,
	WL_RUN(cpu_run),
};
