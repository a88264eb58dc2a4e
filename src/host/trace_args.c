// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lines of trace-cmd and perf.
 *
 * One trace-cmd records the host, and by its agents the guests. The clock is the TSC
 * on both sides; trace-cmd writes each vCPU's offset, as KVM knows it, into the guests'
 * files, and which host thread is which vCPU into the host's.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/recorder.h"
#include "host/trace_args.h"

#define CLOCK		"x86-tsc"
#define HOST_KIB	"8192"	/* of buffer per CPU: the recorder may have to wait for one */
#define GUEST_KIB	"2048"
#define PERF_HZ		"199"

struct args {
	char **v;
	int nr;
	bool failed;
};

static void add(struct args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct args *a, const char *fmt, ...)
{
	va_list ap;

	if (a->failed || a->nr == TRACE_MAX_ARGS - 1) {
		a->failed = true;
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&a->v[a->nr], fmt, ap) < 0) {
		a->v[a->nr] = NULL;
		a->failed = true;
	}
	a->nr++;
	va_end(ap);
}

void trace_args_free(char **argv)
{
	int i;

	for (i = 0; argv && argv[i]; i++)
		free(argv[i]);
	free(argv);
}

/* Says that the recording goes on, and ends with standard input. */
static char **finish(struct args *a)
{
	add(a, "sh");
	add(a, "-c");
	add(a, "echo >&%d; exec %d>&-; read _; exit 0", RECORDER_READY_FD, RECORDER_READY_FD);
	if (!a->failed)
		return a->v;
	trace_args_free(a->v);
	return NULL;
}

const char *trace_host_event(const struct trace_spec *s, int nr)
{
	static const char *const events[] = { "sched/sched_switch", "sched/sched_wakeup", "kvm" };
	const int n = sizeof(events) / sizeof(events[0]);

	if (nr < n)
		return events[nr];
	return nr == n && s->vhint ? "kvm_vhint" : NULL;
}

static void add_event(struct args *a, const char *name)
{
	const char *slash = strchr(name, '/');

	add(a, "-e");
	if (slash)
		add(a, "%.*s:%s", (int)(slash - name), name, slash + 1);
	else
		add(a, "%s", name);
}

static void add_guest(struct args *a, const struct trace_guest *g)
{
	add(a, "-A");
	add(a, "%s@%d", g->name, g->cid);
	add(a, "-C");
	add(a, CLOCK);
	add(a, "-b");
	add(a, GUEST_KIB);
	add_event(a, "sched/sched_switch");
	add_event(a, "sched/sched_wakeup");
	if (g->vhint)
		add_event(a, "kvm_vhint");
}

char **trace_args(const struct trace_spec *s)
{
	struct args a = { .v = calloc(TRACE_MAX_ARGS, sizeof(*a.v)) };
	const char *event;
	int i;

	if (!a.v)
		return NULL;
	add(&a, TRACE_TOOL);
	add(&a, "record");
	add(&a, "-o");
	add(&a, "%s/trace.dat", s->folder);
	add(&a, "-C");
	add(&a, CLOCK);
	add(&a, "-b");
	add(&a, HOST_KIB);
	add(&a, "-M");
	add(&a, "%" PRIx64, (UINT64_C(2) << s->cpus) - 2);
	for (i = 0; (event = trace_host_event(s, i)); i++)
		add_event(&a, event);
	for (i = 0; i < s->nr_guests; i++)
		add_guest(&a, &s->guests[i]);
	return finish(&a);
}

char **trace_perf_args(const struct trace_spec *s)
{
	struct args a = { .v = calloc(TRACE_MAX_ARGS, sizeof(*a.v)) };

	if (!a.v)
		return NULL;
	add(&a, PERF_TOOL);
	add(&a, "record");
	add(&a, "-q");
	add(&a, "-a");
	add(&a, "-C");
	add(&a, s->cpus > 1 ? "1-%d" : "%d", s->cpus);
	add(&a, "-F");
	add(&a, PERF_HZ);
	add(&a, "-e");
	add(&a, s->pmu ? "cycles" : "cpu-clock");
	add(&a, "-o");
	add(&a, "%s/perf.data", s->folder);
	add(&a, "--");
	return finish(&a);
}

long trace_lost(const char *text)
{
	static const char mark[] = " events lost";
	const char *p = text, *from;
	long sum = 0;

	while ((p = strstr(p, mark))) {
		for (from = p; from > text && from[-1] >= '0' && from[-1] <= '9'; from--)
			;
		sum += strtol(from, NULL, 10);
		p += sizeof(mark) - 1;
	}
	return sum;
}
