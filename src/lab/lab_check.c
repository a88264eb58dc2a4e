// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can this machine run such a lab? Asked before anything is started, so that
 * the answer is a sentence and not a QEMU that fails half-way.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/child.h"
#include "lab/lab_internal.h"

#define EMULATOR_MIB 256	/* QEMU's own, beside memory and translated code */
#define VERSION_MS 20000
#define VERSION_MAX 65536
#define QEMU_NEEDED 7002	/* emulates SVM with nested paging well enough */

int lab_qemu_version(const char *text)
{
	const char *p = strstr(text, "version ");
	int major, minor;

	if (!p || sscanf(p, "version %d.%d", &major, &minor) != 2)
		return -1;
	return major * 1000 + minor;
}

/* Runs @qemu --version: the first line of what it says, or -1 with why it does not. */
static int run_version(const char *qemu, char *text, size_t size)
{
	char *argv[] = { (char *)qemu, "--version", NULL };
	const struct child_spec spec = { .argv = argv };
	struct vh_err why;
	char *said = child_ask(&spec, true, VERSION_MS, VERSION_MAX, &why);

	snprintf(text, size, "%.*s", (int)size - 1, said ? said : why.msg);
	text[strcspn(text, "\n")] = '\0';
	free(said);
	return said ? 0 : -1;
}

/* The same, but one that has answered is not asked again: there may be a lab for every boot. */
static int ask_version(const char *qemu, char *text, size_t size)
{
	static char known[4096], answer[512];
	int ret;

	if (!strcmp(known, qemu)) {
		snprintf(text, size, "%s", answer);
		return 0;
	}
	ret = run_version(qemu, text, size);
	if (!ret) {
		snprintf(known, sizeof(known), "%s", qemu);
		snprintf(answer, sizeof(answer), "%s", text);
	}
	return ret;
}

static int check_own_qemu(const struct lab_config *config, struct vh_err *err)
{
	char qemu[4096], text[512];

	lab_qemu(config, qemu, sizeof(qemu));
	if (access(qemu, X_OK))
		return vh_err(err, VH_BAD_HOST,
			      "%s: %s: virtual time needs the kit's own QEMU; build it with `make qemu`, or use `--clock real`",
			      qemu, strerror(errno));
	if (ask_version(qemu, text, sizeof(text)))
		return vh_err(err, VH_BAD_HOST,
			      "%s: cannot be run (%s); build it anew with `make qemu`, or use `--clock real`",
			      qemu, text);
	return 0;
}

static int check_qemu(const struct lab_config *config, struct vh_err *err)
{
	char text[512];

	if (config->clock == LAB_CLOCK_VIRTUAL)
		return check_own_qemu(config, err);
	if (ask_version(LAB_QEMU, text, sizeof(text)))
		return vh_err(err, VH_BAD_HOST,
			      "the lab needs %s, which cannot be run (%s); install the package qemu-system-x86",
			      LAB_QEMU, text);
	if (lab_qemu_version(text) < QEMU_NEEDED)
		return vh_err(err, VH_BAD_HOST,
			      "the lab needs %s 7.2 or newer, found \"%s\"; install a newer package qemu-system-x86",
			      LAB_QEMU, text);
	return 0;
}

static int check_config(const struct lab_config *config, struct vh_err *err)
{
	if (config->cpus < 1 || config->cpus > LAB_MAX_CPUS)
		return vh_err(err, VH_BAD_USAGE, "the lab cannot have %d CPUs; ask for 1 to %d",
			      config->cpus, LAB_MAX_CPUS);
	if (config->memory_mib < LAB_MIN_MEMORY_MIB || config->memory_mib > LAB_MAX_MEMORY_MIB)
		return vh_err(err, VH_BAD_USAGE,
			      "the lab cannot have %d MiB of memory; ask for %d to %d",
			      config->memory_mib, LAB_MIN_MEMORY_MIB, LAB_MAX_MEMORY_MIB);
	if (config->round_ns && (config->round_ns < LAB_MIN_ROUND_NS ||
				 config->round_ns > LAB_MAX_ROUND_NS))
		return vh_err(err, VH_BAD_USAGE,
			      "the lab cannot have rounds of %d ns; ask for %d to %d",
			      config->round_ns, LAB_MIN_ROUND_NS, LAB_MAX_ROUND_NS);
	if (config->share[0] != '/' || strchr(config->share, '\n'))
		return vh_err(err, VH_BAD_USAGE,
			      "%s: the lab's shared directory needs an absolute path of one line",
			      config->share);
	return 0;
}

static int check_readable(const char *dir, const char *file, const char *cure, struct vh_err *err)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if (access(path, R_OK))
		return vh_err(err, VH_BAD_HOST, "%s: %s; %s", path, strerror(errno), cure);
	return 0;
}

static int check_disk(const char *share, struct vh_err *err)
{
	struct statvfs fs;
	uint64_t free_mib;

	if (statvfs(share, &fs))
		return vh_err(err, VH_BAD_HOST, "%s: %s", share, strerror(errno));
	free_mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	if (free_mib < LAB_MIN_DISK_MIB)
		return vh_err(err, VH_BAD_HOST,
			      "%s: no disk space: %llu MiB are free, a run may need %d MiB",
			      share, (unsigned long long)free_mib, LAB_MIN_DISK_MIB);
	if (access(share, W_OK | X_OK))
		return vh_err(err, VH_BAD_HOST, "%s: cannot write there: %s", share,
			      strerror(errno));
	return 0;
}

long lab_memory_available(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	long kib = -1;
	char line[128];

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %ld kB", &kib) == 1)
			break;
	fclose(f);
	return kib < 0 ? -1 : kib / 1024;
}

long lab_memory_needed(const struct lab_config *config)
{
	return config->memory_mib + lab_tb_mib(config) + EMULATOR_MIB;
}

static int check_memory(const struct lab_config *config, struct vh_err *err)
{
	long available = lab_memory_available();

	if (available >= 0 && available < lab_memory_needed(config))
		return vh_err(err, VH_BAD_HOST,
			      "the lab would need %ld MiB of memory, %ld MiB are available; end other programs or ask for a smaller machine",
			      lab_memory_needed(config), available);
	return 0;
}

/* Without what libvirt learnt, each boot would be later than those that have it. */
static int check_cache(const struct lab_config *config, struct vh_err *err)
{
	struct vh_err why;
	char *dir = lab_repeats(config) ? lab_cache_dir(config, &why) : NULL;

	if (lab_repeats(config) && !dir)
		return vh_err(err, VH_BAD_HOST,
			      "what libvirt learns of QEMU cannot be kept, and no boot would repeat: %s; set XDG_CACHE_HOME to a directory that you may write",
			      why.msg);
	free(dir);
	return 0;
}

/* In virtual time the number of cores changes nothing but how long it takes. */
static void warn_cores(const struct lab_config *config, char *warning, size_t size)
{
	cpu_set_t set;

	if (size)
		warning[0] = '\0';
	if (config->clock == LAB_CLOCK_VIRTUAL || sched_getaffinity(0, sizeof(set), &set) ||
	    CPU_COUNT(&set) >= config->cpus)
		return;
	snprintf(warning, size,
		 "the lab emulates %d CPUs for vCPUs on %d cores of this machine: it works, but takes longer and varies more",
		 config->cpus, CPU_COUNT(&set));
}

int lab_check(const struct lab_config *config, char *warning, size_t size, struct vh_err *err)
{
	warn_cores(config, warning, size);
	if (check_config(config, err) || check_qemu(config, err) ||
	    check_readable(config->kernel_dir, "bzImage", "build it with: make kernel", err) ||
	    check_readable(config->kit_root, LAB_INITRD, "build it with: make", err) ||
	    check_disk(config->share, err) || check_memory(config, err) ||
	    check_cache(config, err))
		return -1;
	return 0;
}
