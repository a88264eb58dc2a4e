// SPDX-License-Identifier: GPL-2.0-only
/*
 * The measured part as the guest itself saw it: steal time, context switches,
 * and whatever counters its kernel has for published hints, without knowing them by name
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "workload/runner_sys.h"
#include "workload/runner_view.h"

#define HINT_COUNTERS	"/sys/kernel/debug/vhint_guest"
#define HINT_PARAMETERS	"/sys/module/kvm_vhint/parameters"
#define CLOCKS_DIFFER_NS 1000000

void view_parse_stat(struct view *v, const char *text)
{
	const char *p;

	v->steal_ticks = -1;
	v->context_switches = -1;
	/* cpu user nice system idle iowait irq softirq steal guest guest_nice */
	if (sscanf(text, "cpu %*d %*d %*d %*d %*d %*d %*d %" SCNd64, &v->steal_ticks) != 1)
		v->steal_ticks = -1;
	p = strstr(text, "\nctxt ");
	if (p)
		v->context_switches = strtoll(p + 6, NULL, 10);
}

/*
 * cpuN yields 0 schedules idles wakeups local_wakeups RUN_NS WAIT_NS slices: tasks are
 * accounted when they stop to run, so read it when none does.
 */
void view_parse_schedstat(struct view *v, const char *text)
{
	int64_t run, wait;
	const char *p;

	v->runnable_ns = -1;
	for (p = text; (p = strstr(p, "\ncpu")); p++) {
		if (sscanf(p, "\ncpu%*d %*d %*d %*d %*d %*d %*d %" SCNd64 " %" SCNd64, &run,
			   &wait) != 2) {
			v->runnable_ns = -1;
			return;
		}
		v->runnable_ns = (v->runnable_ns < 0 ? 0 : v->runnable_ns) + run + wait;
	}
}

static void add_counter(struct view *v, const char *name, const char *value)
{
	struct view_counter *c = &v->counters[v->nr_counters];
	char *end;

	if (v->nr_counters == VIEW_MAX_COUNTERS)
		return;
	errno = 0;
	c->value = strtoull(value, &end, 10);
	if (end == value || *end || errno || *value == '-')
		return;
	snprintf(c->name, sizeof(c->name), "%s", name);
	v->nr_counters++;
}

void view_parse_counters(struct view *v, const char *name, char *text)
{
	char *line, *key, *value, *save, *inner;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		key = strtok_r(line, " \t:=", &inner);
		if (!key)
			continue;
		value = strtok_r(NULL, " \t:=", &inner);
		if (!value)
			add_counter(v, name, key);	/* the file is one number */
		else if (!strtok_r(NULL, " \t", &inner))
			add_counter(v, key, value);
	}
}

static void take_dir(struct view *v, const char *dir, mode_t not_mode)
{
	char path[512], text[4096];
	struct dirent *e;
	struct stat st;
	DIR *d;

	d = opendir(dir);
	if (!d)
		return;
	while ((e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (stat(path, &st) || !S_ISREG(st.st_mode) || st.st_mode & not_mode ||
		    !(st.st_mode & 0444) || sys_read_file(path, text, sizeof(text)) < 0)
			continue;
		view_parse_counters(v, e->d_name, text);
	}
	closedir(d);
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void view_take(struct view *v)
{
	static char text[65536];

	memset(v, 0, sizeof(*v));
	text[0] = '\0';
	sys_read_file("/proc/stat", text, sizeof(text));
	view_parse_stat(v, text);
	text[0] = '\0';
	sys_read_file("/proc/schedstat", text, sizeof(text));
	view_parse_schedstat(v, text);
	take_dir(v, HINT_COUNTERS, 0);
	take_dir(v, HINT_PARAMETERS, 0222);	/* what can be written is a knob */
	v->boottime_ns = clock_ns(CLOCK_BOOTTIME);
	v->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
}

static struct json_object *diff_counters(const struct view *before, const struct view *after)
{
	struct json_object *o = json_object_new_object();
	int i, j;

	for (i = 0; i < after->nr_counters; i++) {
		const struct view_counter *c = &after->counters[i];
		uint64_t old = 0;

		for (j = 0; j < before->nr_counters; j++)
			if (!strcmp(before->counters[j].name, c->name))
				old = before->counters[j].value;
		json_object_object_add(o, c->name, json_object_new_int64(c->value - old));
	}
	return o;
}

double view_runnable(const struct view *before, const struct view *after)
{
	double elapsed = after->monotonic_ns - before->monotonic_ns;

	if (before->runnable_ns < 0 || after->runnable_ns < before->runnable_ns || elapsed <= 0)
		return NAN;
	return (after->runnable_ns - before->runnable_ns) / elapsed;
}

struct json_object *view_diff(const struct view *before, const struct view *after)
{
	uint64_t boottime = after->boottime_ns - before->boottime_ns;
	uint64_t monotonic = after->monotonic_ns - before->monotonic_ns;
	struct json_object *o = json_object_new_object(), *v = NULL;
	double runnable = view_runnable(before, after);

	if (before->steal_ticks >= 0 && after->steal_ticks >= 0)
		v = json_object_new_double((double)(after->steal_ticks - before->steal_ticks) /
					   sysconf(_SC_CLK_TCK));
	json_object_object_add(o, "steal_s", v);

	v = NULL;
	if (before->context_switches >= 0 && after->context_switches >= 0)
		v = json_object_new_int64(after->context_switches - before->context_switches);
	json_object_object_add(o, "context_switches", v);
	json_object_object_add(o, "runnable_mean",
			       isnan(runnable) ? NULL : json_object_new_double(runnable));

	json_object_object_add(o, "hints",
			       after->nr_counters ? diff_counters(before, after) : NULL);
	/* They differ only when the guest was suspended meanwhile, which spoils the run. */
	if (boottime > monotonic + CLOCKS_DIFFER_NS)
		json_object_object_add(o, "suspended_ns",
				       json_object_new_uint64(boottime - monotonic));
	return o;
}
