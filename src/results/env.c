// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the run was made with: command line, kit, machine, kernels, packages.
 * What cannot be found out is null.
 */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/child.h"
#include "base/json.h"
#include "base/kit.h"
#include "base/now.h"
#include "results/env.h"
#include "results/tuning.h"

/* Takes @text over. */
static void put_taken(json_object *o, const char *key, char *text)
{
	json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
	free(text);
}

static void put_str(json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
}

/* The first line of a small file, without its end; NULL if it cannot be read. */
static char *first_line(const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "re");
	char *got;

	if (!f)
		return NULL;
	got = fgets(line, sizeof(line), f);
	fclose(f);
	if (!got)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return strdup(line);
}

/* The value of the first line of @path that begins with @field. */
static char *field_of(const char *path, const char *field, const char *separators)
{
	char line[8192], *value = NULL;
	size_t n = strlen(field);
	FILE *f = fopen(path, "re");

	if (!f)
		return NULL;
	while (!value && fgets(line, sizeof(line), f)) {
		if (strncmp(line, field, n) || !strchr(separators, line[n]))
			continue;
		line[strcspn(line, "\n")] = '\0';
		value = line + n;
		value += strspn(value, separators);
	}
	fclose(f);
	return value ? strdup(value) : NULL;
}

static char *sha256_of(const char *path)
{
	char real[PATH_MAX];
	/* another process has another /proc/self */
	char *argv[] = { "sha256sum", (char *)(realpath(path, real) ? real : path), NULL };
	char *text = child_text(argv);

	if (text)
		text[strcspn(text, " ")] = '\0';
	return text;
}

static json_object *lines_of(char *text)
{
	json_object *list = json_object_new_array();
	char *line, *rest = NULL;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		json_object_array_add(list, json_object_new_string(line));
	return list;
}

static json_object *kit(void)
{
	char *root = (char *)kit_root();
	char *sha[] = { "git", "-C", root, "rev-parse", "HEAD", NULL };
	/* new files count only where the build would take them */
	char *dirty[] = { "sh", "-c", "cd \"$1\" && git status --porcelain --untracked-files=no &&"
			  " git ls-files -o --exclude-standard src patches kernel-config |"
			  " sed 's/^/?? /'", "sh", root, NULL };
	char *series[] = { "sh", "-c", "cd \"$1/patches/linux\" && ls | grep '^[0-9].*[.]patch$' |"
			   " grep -v ^0000- | xargs cat | sha256sum | cut -c1-64", "sh", root, NULL };
	json_object *o = json_object_new_object();
	char *text;

	put_str(o, "version", KIT_VERSION);
	put_str(o, "root", root);
	put_taken(o, "git_sha", child_text(sha));
	text = child_text(dirty);
	json_object_object_add(o, "git_dirty", text ? json_object_new_boolean(*text) : NULL);
	json_object_object_add(o, "git_changes", text ? lines_of(text) : NULL);
	free(text);
	put_taken(o, "series_sha256", child_text(series));
	put_taken(o, "driver_sha256", sha256_of("/proc/self/exe"));
	return o;
}

static json_object *machine(void)
{
	json_object *o = json_object_new_object(), *load = json_object_new_array();
	struct utsname u;
	double avg[3];
	struct env_ticks ticks;
	int i;

	if (!uname(&u)) {
		put_str(o, "kernel", u.release);
		put_str(o, "kernel_version", u.version);
	}
	put_taken(o, "distribution", field_of("/etc/os-release", "PRETTY_NAME", "=\""));
	put_taken(o, "cpu_model", field_of("/proc/cpuinfo", "model name", " \t:"));
	put_taken(o, "microcode", field_of("/proc/cpuinfo", "microcode", " \t:"));
	json_object_object_add(o, "cpus", json_object_new_int(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_object_add(o, "memory_mib", json_object_new_int64(
		(int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) >> 20));
	tuning_read(o, TUNING_CPUS);
	put_taken(o, "clocksource",
		  first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
	put_taken(o, "cmdline", first_line("/proc/cmdline"));
	for (i = 0; getloadavg(avg, 3) == 3 && i < 3; i++)
		json_object_array_add(load, jnew_num(round(avg[i] * 100) / 100));
	json_object_object_add(o, "loadavg", load);
	json_object_object_add(o, "steal_share_since_boot", env_ticks(&ticks) ? NULL :
			       env_steal_share(&(struct env_ticks){ 0 }, &ticks));
	return o;
}

/* The name of the cache's folder holds the hash of source, patches and fragments. */
static json_object *kernel(const char *name)
{
	json_object *o = json_object_new_object();
	char link[PATH_MAX], path[PATH_MAX + 32], real[PATH_MAX];

	kit_path(link, sizeof(link), "build/kernel/%s", name);
	put_str(o, "build", realpath(link, real) ? strrchr(real, '/') + 1 : NULL);
	snprintf(path, sizeof(path), "%s/kernelrelease", link);
	put_taken(o, "release", first_line(path));
	snprintf(path, sizeof(path), "%s/config", link);
	put_taken(o, "config_sha256", sha256_of(path));
	snprintf(path, sizeof(path), "%s/bzImage", link);
	put_taken(o, "image_sha256", sha256_of(path));
	return o;
}

/* The kit's own QEMU, by which virtual time goes; its folder's name is a hash of all of it. */
static json_object *emulator(const struct experiment *e)
{
	char path[PATH_MAX], real[PATH_MAX];
	json_object *o;

	if (!exp_virtual(e))
		return NULL;
	o = json_object_new_object();
	kit_path(path, sizeof(path), "build/qemu");
	put_str(o, "build", realpath(path, real) ? strrchr(real, '/') + 1 : NULL);
	put_taken(o, "version", first_line(kit_path(path, sizeof(path), "build/qemu/version")));
	return o;
}

json_object *env_kernels(const struct plan *p)
{
	json_object *o = json_object_new_object();
	int i;

	for (i = 0; i < p->nr_boots; i++) {
		if (!json_object_object_get(o, p->boots[i].kernel))
			json_object_object_add(o, p->boots[i].kernel, kernel(p->boots[i].kernel));
	}
	return o;
}

static json_object *packages(void)
{
	static const char *const names[] = {
		"qemu-system-x86", "libvirt-daemon", "libvirt0", "libjson-c5", "libxml2",
		"seabios", "rt-tests", "busybox-static", "gcc", "binutils", "linux-source-6.12",
		"trace-cmd", "linux-perf", "gnuplot-nox", NULL
	};
	char *argv[] = { "dpkg-query", "-W", "-f=${Version}", NULL, NULL };
	json_object *o = json_object_new_object();
	int i;

	for (i = 0; names[i]; i++) {
		argv[3] = (char *)names[i];
		put_taken(o, names[i], child_text(argv));
	}
	return o;
}

json_object *env_gather(const struct experiment *e, const struct plan *p, char *const argv[])
{
	json_object *o = json_object_new_object(), *args = json_object_new_array();
	char path[PATH_MAX], stamp[32];

	for (; *argv; argv++)
		json_object_array_add(args, json_object_new_string(*argv));
	json_object_object_add(o, "schema", json_object_new_int(EXP_SCHEMA));
	put_str(o, "started_utc", now_utc(stamp, sizeof(stamp)));
	json_object_object_add(o, "command_line", args);
	put_str(o, "where", e->where);
	exp_put_clock(e, o);
	json_object_object_add(o, "kit", kit());
	json_object_object_add(o, "machine", machine());
	json_object_object_add(o, "kernels", env_kernels(p));
	json_object_object_add(o, "emulator", emulator(e));
	put_taken(o, "policy_module_sha256",
		  sha256_of(kit_path(path, sizeof(path), "build/policy/vhint.ko")));
	put_taken(o, "guest_sha256",
		  sha256_of(kit_path(path, sizeof(path), "build/guest/initramfs.cpio.gz")));
	json_object_object_add(o, "packages", packages());
	return o;
}
