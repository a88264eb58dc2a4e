// SPDX-License-Identifier: GPL-2.0-only
/*
 * The innocent third: one process, nice 0, on the CPUs that the VMs contend for,
 * in a cgroup of its own beside theirs. It dies with us, whatever kills us.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "host/bystander.h"

#define CGROUPS		"/sys/fs/cgroup"
#define NAME		"vhint-bystander"
#define DEFAULT_WEIGHT	100

static bool is_below_vm(const char *name)
{
	return !strcmp(name, "libvirt") || !strcmp(name, "emulator") || !strncmp(name, "vcpu", 4);
}

char *bystander_vm_cgroup(const char *text, char *buf, size_t len)
{
	char *slash;
	int n;

	while (text && strncmp(text, "0::/", 4)) {
		text = strchr(text, '\n');
		text += !!text;
	}
	if (!text)
		return NULL;
	n = strcspn(text + 3, "\n");
	if (n >= (int)len)
		return NULL;
	snprintf(buf, len, "%.*s", n, text + 3);
	while ((slash = strrchr(buf, '/')) && is_below_vm(slash + 1))
		*slash = '\0';
	return buf[0] == '/' && buf[1] ? buf : NULL;
}

static char *vm_cgroup(pid_t pid, pid_t tid, char *buf, size_t len)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/cgroup", pid, tid);
	return attr_read(path, text, sizeof(text)) < 0 ? NULL : bystander_vm_cgroup(text, buf, len);
}

double bystander_vm_weight(pid_t pid, pid_t tid)
{
	char vm[PATH_MAX - 64], path[PATH_MAX];
	uint64_t weight;

	if (!vm_cgroup(pid, tid, vm, sizeof(vm)))
		return DEFAULT_WEIGHT;
	snprintf(path, sizeof(path), CGROUPS "%s/cpu.weight", vm);
	return attr_read_u64(path, &weight) ? DEFAULT_WEIGHT : weight;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) ? -1 : t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void spin(void *unused)
{
	char c;

	prctl(PR_SET_NAME, NAME);
	if (read(0, &c, 1) != 1)
		return;
	for (;;)
		__asm__ volatile("");
}

static int write_to_group(const struct bystander *b, const char *file, long value)
{
	char path[PATH_MAX + 32], text[32];

	snprintf(path, sizeof(path), "%s/%s", b->group, file);
	snprintf(text, sizeof(text), "%ld", value);
	return attr_write(path, text);
}

static int make_group(struct bystander *b, pid_t pid, pid_t tid, struct vh_err *err)
{
	char vm[PATH_MAX - 128];
	int ret;

	if (!vm_cgroup(pid, tid, vm, sizeof(vm)))
		return vh_err(err, VH_BAD_HOST,
			      "the bystander needs cgroups of version 2, but /proc/%d/task/%d/cgroup names none",
			      pid, tid);
	*strrchr(vm, '/') = '\0';
	snprintf(b->group, sizeof(b->group), CGROUPS "%s/" NAME, vm);
	ret = attr_mkdir(b->group);
	if (!ret)
		ret = write_to_group(b, "cpu.weight", bystander_vm_weight(pid, tid));
	if (!ret || ret == -ENOENT)	/* without the controller, groups have no weight */
		ret = write_to_group(b, "cgroup.procs", b->child.pid);
	if (ret)
		return vh_err(err, VH_BAD_HOST, "the bystander's cgroup %s: %s", b->group,
			      strerror(-ret));
	return 0;
}

int bystander_start(struct bystander *b, pid_t pid, pid_t tid, int cpus, struct vh_err *err)
{
	struct child_spec spec = { .run = spin, .fds = { { .theirs = 0 } }, .nr_fds = 1 };
	int fds[2], i, ret;
	cpu_set_t set;

	*b = (struct bystander){ .go = -1 };
	if (pipe2(fds, O_CLOEXEC))
		return vh_err(err, VH_BAD_HOST, "pipe: %s", strerror(errno));
	spec.fds[0].ours = fds[0];
	ret = child_start(&b->child, &spec, err);
	close(fds[0]);
	if (ret) {
		close(fds[1]);
		return ret;
	}
	b->go = fds[1];
	CPU_ZERO(&set);
	for (i = 1; i <= cpus; i++)
		CPU_SET(i, &set);
	if (sched_setaffinity(b->child.pid, sizeof(set), &set))
		ret = vh_err(err, VH_BAD_HOST, "the bystander cannot run on CPUs 1 to %d: %s",
			     cpus, strerror(errno));
	if (!ret && clock_getcpuclockid(b->child.pid, &b->clock))
		ret = vh_err(err, VH_BAD_HOST, "the bystander's CPU time cannot be read");
	if (!ret)
		ret = make_group(b, pid, tid, err);
	if (ret)
		bystander_stop(b);
	return ret;
}

void bystander_go(struct bystander *b)
{
	if (!b->child.pid)
		return;
	b->start_ns = clock_ns(CLOCK_MONOTONIC);
	b->cpu_ns = clock_ns(b->clock);
	/* should it be dead, its share will be 0 or unknown */
	(void)!write(b->go, "g", 1);
}

double bystander_share(const struct bystander *b)
{
	int64_t cpu, wall;

	if (!b->child.pid || !b->start_ns)
		return NAN;
	cpu = clock_ns(b->clock);
	wall = clock_ns(CLOCK_MONOTONIC) - b->start_ns;
	return cpu < 0 || wall <= 0 ? NAN : (double)(cpu - b->cpu_ns) / wall;
}

void bystander_stop(struct bystander *b)
{
	if (b->child.pid) {
		child_kill(&b->child);
		close(b->go);
	}
	if (b->group[0])
		rmdir(b->group);
	*b = (struct bystander){ .go = -1 };
}
