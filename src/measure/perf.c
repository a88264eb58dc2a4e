// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf events of the vCPU threads, through libperf: software counters, tracepoint
 * counts, and the hardware's cycles and instructions where there is a PMU.
 *
 * Each event is opened on every vCPU thread and counts from then on. Events cost
 * a little at every context switch, and a tracepoint costs at every hit, so the
 * tracepoints are opened only for an experiment that names them.
 */
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <perf/core.h>
#include <perf/evsel.h>
#include <perf/threadmap.h>

#include "base/attr.h"
#include "measure/metrics.h"

struct event {
	uint32_t type;
	uint64_t config;
	const char *tracepoint;	/* "group/name", instead of config */
	bool guest_only;
	double scale;		/* 0: 1 */
};

#define SW(x)	{ PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##x, NULL, false, 0 }
#define SW_NS(x) { PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##x, NULL, false, 1e-9 }
#define HW(x)	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_##x, NULL, false, 0 }
#define HW_GUEST(x) { PERF_TYPE_HARDWARE, PERF_COUNT_HW_##x, NULL, true, 0 }
#define TP(x)	{ PERF_TYPE_TRACEPOINT, 0, x, false, 0 }

#define PERF_METRICS(X)									\
	X("ctx_switches", "count", BETTER_LOWER, false, SW(CONTEXT_SWITCHES),		\
	  "context switches away from vCPU threads")					\
	X("migrations", "count", BETTER_NONE, false, SW(CPU_MIGRATIONS),		\
	  "moves of vCPU threads between CPUs")						\
	X("task_clock_s", "s", BETTER_NONE, false, SW_NS(TASK_CLOCK),			\
	  "CPU time of vCPU threads as perf counts it")					\
	X("cycles", "count", BETTER_NONE, false, HW(CPU_CYCLES),			\
	  "CPU cycles of vCPU threads, host and guest")					\
	X("instructions", "count", BETTER_NONE, false, HW(INSTRUCTIONS),		\
	  "instructions of vCPU threads, host and guest")				\
	X("guest_cycles", "count", BETTER_NONE, false, HW_GUEST(CPU_CYCLES),		\
	  "CPU cycles in guest mode")							\
	X("guest_instructions", "count", BETTER_NONE, false, HW_GUEST(INSTRUCTIONS),	\
	  "instructions in guest mode")							\
	X("tp_kvm_exit", "count", BETTER_LOWER, true, TP("kvm/kvm_exit"),		\
	  "hits of tracepoint kvm:kvm_exit")						\
	X("tp_kvm_halt_poll", "count", BETTER_NONE, true, TP("kvm/kvm_halt_poll_ns"),	\
	  "hits of tracepoint kvm:kvm_halt_poll_ns (changes of the polling time)")	\
	X("tp_kvm_wakeup", "count", BETTER_NONE, true, TP("kvm/kvm_vcpu_wakeup"),	\
	  "hits of tracepoint kvm:kvm_vcpu_wakeup")					\
	X("tp_sched_switch", "count", BETTER_NONE, true, TP("sched/sched_switch"),	\
	  "hits of tracepoint sched:sched_switch")					\
	X("tp_sched_waking", "count", BETTER_NONE, true, TP("sched/sched_waking"),	\
	  "hits of tracepoint sched:sched_waking, wake-ups done by vCPU threads")

static const struct metric metrics[] = {
#define X(name, unit, better, costly, event, doc) { name, unit, better, doc, costly },
	PERF_METRICS(X)
#undef X
};

#define NR	((int)(sizeof(metrics) / sizeof(metrics[0])))

static const struct event events[NR] = {
#define X(name, unit, better, costly, event, doc) event,
	PERF_METRICS(X)
#undef X
};

struct perf {
	struct perf_thread_map *threads;
	struct perf_evsel *evsel[];	/* NULL: not wanted, or not to be had */
};

static int silent(enum libperf_print_level level, const char *fmt, va_list ap)
{
	return 0;
}

static int tracepoint_id(const char *name, uint64_t *id)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", name);
	if (!attr_read_u64(path, id))
		return 0;
	snprintf(path, sizeof(path), "/sys/kernel/debug/tracing/events/%s/id", name);
	return attr_read_u64(path, id);
}

static struct perf_evsel *open_event(const struct event *e, struct perf_thread_map *threads)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = e->type,
		.config = e->config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.exclude_host = e->guest_only,
	};
	struct perf_evsel *evsel;
	uint64_t id;

	if (e->tracepoint) {
		if (tracepoint_id(e->tracepoint, &id))
			return NULL;
		attr.config = id;
	}
	evsel = perf_evsel__new(&attr);
	if (evsel && perf_evsel__open(evsel, NULL, threads)) {
		perf_evsel__delete(evsel);
		evsel = NULL;
	}
	return evsel;
}

static void *perf_open(const struct meas_vm *vm, const bool *wanted)
{
	struct perf *p = calloc(1, sizeof(*p) + NR * sizeof(p->evsel[0]));
	int i;

	if (!p)
		return NULL;
	libperf_init(silent);
	p->threads = perf_thread_map__new_array(vm->nr_vcpus, (pid_t *)vm->tids);
	if (!p->threads) {
		free(p);
		return NULL;
	}
	for (i = 0; i < NR; i++)
		if (wanted[i])
			p->evsel[i] = open_event(&events[i], p->threads);
	return p;
}

static void perf_read(void *priv, double *val)
{
	struct perf *p = priv;
	struct perf_counts_values c;
	double total;
	int i, t;

	for (i = 0; i < NR; i++) {
		if (!p->evsel[i])
			continue;
		total = 0;
		for (t = 0; t < perf_thread_map__nr(p->threads); t++) {
			if (perf_evsel__read(p->evsel[i], 0, t, &c))
				break;
			/* the PMU may have had more events than counters */
			perf_counts_values__scale(&c, true, NULL);
			total += c.val;
		}
		if (t == perf_thread_map__nr(p->threads))
			val[i] = total * (events[i].scale ? events[i].scale : 1);
	}
}

static void perf_close(void *priv)
{
	struct perf *p = priv;
	int i;

	for (i = 0; i < NR; i++) {
		if (!p->evsel[i])
			continue;
		perf_evsel__close(p->evsel[i]);
		perf_evsel__delete(p->evsel[i]);
	}
	perf_thread_map__put(p->threads);
	free(p);
}

const struct meas_source meas_perf = {
	.name = "perf",
	.metrics = metrics,
	.nr_metrics = NR,
	.open = perf_open,
	.read = perf_read,
	.close = perf_close,
};
