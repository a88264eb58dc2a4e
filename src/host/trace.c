// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run that is recorded: trace-cmd on the host and, through its agents, in the guests,
 * and perf. A recording that fails leaves the run as it is, and says why.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/tail.h"
#include "host/loop.h"
#include "host/recorder.h"
#include "host/trace.h"
#include "host/trace_args.h"
#include "host/vm_xml.h"

#define TRACING		"/sys/kernel/tracing/"
#define HOLDERS		2
#define START_MS	90000	/* an emulated host with several guests takes its time */
#define STOP_MS		180000
#define LOG_SIZE	65536
#define MIN_FREE	(1 << 20)

struct agent_trace {
	char folder[PATH_MAX];
	struct trace_spec spec;
	struct recorder trace, perf;
	bool traced, perfed;	/* began well */
	bool held;
	char why[1024];		/* it is not complete */
};

static void fail(struct agent_trace *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The first reason is the one that counts. */
static void fail(struct agent_trace *t, const char *fmt, ...)
{
	va_list ap;

	if (t->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(t->why, sizeof(t->why), fmt, ap);
	va_end(ap);
}

static void holder_path(char *buf, size_t len, int nr, const char *below)
{
	snprintf(buf, len, TRACING "instances/vhint-hold%d%s%s", nr, *below ? "/" : "", below);
}

/*
 * Emulated CPUs do not survive it that the kernel patches KVM's tracepoints while they
 * execute that code (see src/lab/README.md). So it is patched while the VMs are paused:
 * two instances hold the events without recording anything, and when trace-cmd asks for
 * the same events, the kernel only appends to a list.
 */
static int hold(struct agent *a, struct agent_trace *t)
{
	char path[256], event[128];
	const char *name;
	int i, j, ret = 0;

	if (vm_pause_all(a->vms, a->nr_vms, true))
		return -1;
	for (i = 0; i < HOLDERS && !ret; i++) {
		holder_path(path, sizeof(path), i, "");
		ret = attr_mkdir(path);
		holder_path(path, sizeof(path), i, "tracing_on");
		if (!ret)
			ret = attr_write(path, "0");
		for (j = 0; !ret && (name = trace_host_event(&t->spec, j)); j++) {
			snprintf(event, sizeof(event), "events/%s/enable", name);
			holder_path(path, sizeof(path), i, event);
			ret = attr_write(path, "1");
		}
	}
	if (ret)
		fail(t, "%s: %s", path, strerror(-ret));
	t->held = true;
	return vm_pause_all(a->vms, a->nr_vms, false) || ret ? -1 : 0;
}

static void release(struct agent *a, struct agent_trace *t)
{
	char path[256];
	int i;

	if (!t->held)
		return;
	if (vm_pause_all(a->vms, a->nr_vms, true))
		return;		/* VMs that are gone take no harm, and the lab ends with the boot */
	for (i = 0; i < HOLDERS; i++) {
		holder_path(path, sizeof(path), i, "");
		rmdir(path);
	}
	vm_pause_all(a->vms, a->nr_vms, false);
}

static bool hints_supported(const struct agent *a, const char *vm)
{
	json_object *hello = NULL;

	json_object_object_get_ex(a->hello, vm, &hello);
	return json_flag(hello, "hints", "supported");
}

static int fill_spec(struct agent *a, struct agent_trace *t)
{
	struct trace_spec *s = &t->spec;
	int i;

	s->folder = t->folder;
	s->cpus = a->exp.cpus;
	s->vhint = !access(TRACING "events/kvm_vhint", F_OK);
	s->pmu = !access("/sys/bus/event_source/devices/cpu", F_OK);
	s->nr_guests = a->nr_vms;
	for (i = 0; i < a->nr_vms; i++) {
		s->guests[i] = (struct trace_guest){
			.name = a->vms[i].spec->name, .cid = vm_xml_cid(a->vms[i].xml),
			.vhint = hints_supported(a, a->vms[i].spec->name),
		};
		if (a->exp.trace && s->guests[i].cid < 0) {
			fail(t, "VM %s has no vsock device", s->guests[i].name);
			return -1;
		}
	}
	return 0;
}

/* The last lines of what a tool printed. */
static void last_words(const struct agent_trace *t, const char *log, char *buf, size_t len)
{
	char path[PATH_MAX + 32], *text = calloc(1, LOG_SIZE);

	snprintf(path, sizeof(path), "%s/%s", t->folder, log);
	buf[0] = '\0';
	if (text && attr_read(path, text, LOG_SIZE) >= 0)
		text_tail(text, strlen(text), 2, buf, len);
	free(text);
}

static bool start(struct agent_trace *t, struct recorder *r, char **argv, const char *log)
{
	struct vh_err err = { .msg = "out of memory" };
	char path[PATH_MAX + 32], words[512];
	int ret = -1;

	snprintf(path, sizeof(path), "%s/%s", t->folder, log);
	if (argv)
		ret = recorder_start(r, argv, path, START_MS, loop_signal, &err);
	if (ret) {
		last_words(t, log, words, sizeof(words));
		fail(t, "%s%s%s", err.msg, words[0] ? ": " : "", words);
	}
	trace_args_free(argv);
	return !ret;
}

static void stop(struct agent_trace *t, struct recorder *r, const char *log)
{
	struct vh_err err;
	char words[512];

	if (!recorder_stop(r, STOP_MS, &err))
		return;
	last_words(t, log, words, sizeof(words));
	fail(t, "%s%s%s", err.msg, words[0] ? ": " : "", words);
}

struct agent_trace *agent_trace_begin(struct agent *a, const char *folder)
{
	struct agent_trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	snprintf(t->folder, sizeof(t->folder), "%s", folder);
	event_phase("starting to record");
	if (!fill_spec(a, t) && a->exp.trace && (!a->lab || !hold(a, t)))
		t->traced = start(t, &t->trace, trace_args(&t->spec), "trace.log");
	if (a->exp.perf)
		t->perfed = start(t, &t->perf, trace_perf_args(&t->spec), "perf.log");
	return t;
}

/* @file with its size if something is in it, else it is removed. */
static void add_file(json_object *list, const struct agent_trace *t, const char *file)
{
	char path[PATH_MAX + 64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", t->folder, file);
	if (stat(path, &st))
		return;
	if (st.st_size)
		json_object_object_add(list, file, json_object_new_int64(st.st_size));
	else
		unlink(path);
}

static void note_full(struct agent_trace *t)
{
	char why[sizeof(t->why)];

	snprintf(why, sizeof(why), "%s", t->why);
	snprintf(t->why, sizeof(t->why), "the disk is full; the recording was removed (%.900s)",
		 why);
}

static bool disk_full(const char *path)
{
	struct statvfs st;

	return !statvfs(path, &st) && (uint64_t)st.f_bavail * st.f_bsize < MIN_FREE;
}

/*
 * What a recorder that did not end well leaves: its buffers, one file per CPU. They are
 * of no use. Where the disk is full, the run's own record needs the room more.
 */
static void remove_rests(struct agent_trace *t)
{
	bool full = t->why[0] && disk_full(t->folder);
	char path[PATH_MAX + 300];
	struct dirent *e;
	DIR *d = opendir(t->folder);

	while (d && (e = readdir(d))) {
		if (!strstr(e->d_name, ".dat.cpu") &&
		    (!full || (!strstr(e->d_name, ".dat") && strcmp(e->d_name, "perf.data"))))
			continue;
		snprintf(path, sizeof(path), "%s/%s", t->folder, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	if (full)
		note_full(t);
}

static json_object *list_files(const struct agent *a, const struct agent_trace *t)
{
	json_object *list = json_object_new_object();
	char from[PATH_MAX + 32], to[PATH_MAX + 32];
	int i;

	snprintf(from, sizeof(from), "%s/trace.dat", t->folder);
	snprintf(to, sizeof(to), "%s/trace-host.dat", t->folder);
	rename(from, to);
	add_file(list, t, "trace-host.dat");
	for (i = 0; i < a->nr_vms; i++) {
		snprintf(to, sizeof(to), "trace-%s.dat", a->vms[i].spec->name);
		add_file(list, t, to);
	}
	add_file(list, t, "perf.data");
	return list;
}

/* Events that were lost, NULL if that is not known. */
static json_object *lost_events(const struct agent_trace *t)
{
	char path[PATH_MAX + 32], *text = calloc(1, LOG_SIZE);
	json_object *n = NULL;

	snprintf(path, sizeof(path), "%s/trace.log", t->folder);
	if (text && t->traced && attr_read(path, text, LOG_SIZE) >= 0)
		n = json_object_new_int64(trace_lost(text));
	free(text);
	return n;
}

/* Every file that was asked for is there? */
static void check_files(const struct agent *a, struct agent_trace *t, json_object *files)
{
	int want = (a->exp.trace ? 1 + a->nr_vms : 0) + a->exp.perf;

	if (json_object_object_length(files) < want)
		fail(t, "files are missing or empty");
}

json_object *agent_trace_end(struct agent *a, struct agent_trace *t)
{
	json_object *o = json_object_new_object(), *files;
	char names[PATH_MAX + 32];

	json_object_object_add(o, "complete", json_object_new_boolean(false));
	if (!t)
		return o;
	event_phase("ending the recording");
	if (t->perfed)
		stop(t, &t->perf, "perf.log");
	if (t->traced)
		stop(t, &t->trace, "trace.log");
	release(a, t);
	remove_rests(t);
	files = list_files(a, t);
	check_files(a, t, files);
	snprintf(names, sizeof(names), "%s/kallsyms", t->folder);
	if (t->perfed && !t->why[0])
		file_copy("/proc/kallsyms", 0, names, NULL);	/* for the addresses in perf.data */
	json_object_object_add(o, "complete", json_object_new_boolean(!t->why[0]));
	json_object_object_add(o, "error", t->why[0] ? json_object_new_string(t->why) : NULL);
	json_object_object_add(o, "files", files);
	json_object_object_add(o, "lost_events", lost_events(t));
	free(t);
	return o;
}
