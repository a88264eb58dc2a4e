// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the lab tells QEMU (a command line) and stage2 (two files). Pure: text
 * in, text out.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab_internal.h"

#define MAX_ARGS 100

/* Real time: guests may not survive that translated code is thrown away (README). */
#define TB_MIB_REAL	1024
#define TB_MIB_VIRTUAL	512

/* The rate of the TSC in virtual time: one tick is one ns is one instruction. */
#define VIRTUAL_TSC_KHZ	1000000

struct args {
	char **argv;
	int argc;
	bool failed;
};

static __attribute__((format(printf, 2, 3)))
void add(struct args *a, const char *fmt, ...)
{
	va_list ap;

	if (a->failed || a->argc == MAX_ARGS) {
		a->failed = true;
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&a->argv[a->argc], fmt, ap) < 0)
		a->failed = true;
	else
		a->argc++;
	va_end(ap);
	a->argv[a->argc] = NULL;
}

/* A path inside a QEMU option, where a comma ends the value and two do not. */
static char *qemu_escape(const char *path)
{
	char *out = malloc(2 * strlen(path) + 1), *p = out;

	if (!out)
		return NULL;
	for (; *path; path++) {
		if (*path == ',')
			*p++ = ',';
		*p++ = *path;
	}
	*p = '\0';
	return out;
}

static void add_path(struct args *a, const char *before, const char *path)
{
	char *escaped = qemu_escape(path);

	if (escaped)
		add(a, "%s%s", before, escaped);
	else
		a->failed = true;
	free(escaped);
}

int lab_tb_mib(const struct lab_config *config)
{
	return config->clock == LAB_CLOCK_VIRTUAL ? TB_MIB_VIRTUAL : TB_MIB_REAL;
}

bool lab_repeats(const struct lab_config *config)
{
	return config->clock == LAB_CLOCK_VIRTUAL && config->fixed_paths && config->libvirt &&
	       config->stdio == LAB_STDIO_CONSOLE;
}

char *lab_qemu(const struct lab_config *config, char *buf, size_t size)
{
	if (config->clock == LAB_CLOCK_VIRTUAL)
		snprintf(buf, size, "%s/" LAB_OWN_QEMU, config->kit_root);
	else
		snprintf(buf, size, LAB_QEMU);
	return buf;
}

/* What time is, and what is random. */
static void add_clock(struct args *a, const struct lab_config *config, const struct lab_fds *fds)
{
	bool is_virtual = config->clock == LAB_CLOCK_VIRTUAL;
	bool input = config->stdio != LAB_STDIO_CONSOLE && !config->no_input;

	add(a, "-accel");
	add(a, "tcg,thread=%s,tb-size=%d", is_virtual ? "single" : "multi", lab_tb_mib(config));
	if (!is_virtual) {
		add(a, "-device");
		add(a, "virtio-rng-pci,disable-legacy=on");
		return;
	}
	add(a, "-icount");
	/* Who may still type something does not want idle time to be skipped. */
	add(a, "shift=0,parallel=on,round=%d,sleep=%s,clock-file=/proc/self/fd/%d",
	    config->round_ns ?: LAB_ROUND_NS, input ? "on" : "off", fds->clock);
	/* RDRAND is seeded by it, and there is no other source. */
	add(a, "-seed");
	add(a, "%llu", (unsigned long long)config->seed);
	add(a, "-rtc");
	add(a, "base=2026-01-01T00:00:00,clock=vm");
	/* Requests are served by the CPU that makes them, not when the main loop gets to it. */
	add(a, "-global");
	add(a, "virtio-pci.ioeventfd=off");
}

static void add_machine(struct args *a, const struct lab_config *config, const char *initrd,
			unsigned int tsc_khz)
{
	bool is_virtual = config->clock == LAB_CLOCK_VIRTUAL;
	char *control = lab_control_dir(config);
	char qemu[4096];
	int cpus = config->cpus + 1;

	add(a, "%s", lab_qemu(config, qemu, sizeof(qemu)));
	add(a, "-no-user-config");
	add(a, "-nodefaults");
	add(a, "-no-reboot");
	add(a, "-display");
	add(a, "none");
	add(a, "-machine");
	/* Without the devices that a kernel would probe for: 2 s less to boot. */
	add(a, "q35,i8042=off,sata=off,smbus=off,usb=off,vmport=off,smm=off");
	add(a, "-bios");
	add(a, "qboot.rom");
	add(a, "-cpu");
	/*
	 * "max" would bring 5-level paging, with which nested guests crash. Without
	 * erms memory is cleared in words, not bytes, and that takes half the time.
	 */
	add(a, "EPYC-Milan,-erms,check=off%s", is_virtual ? ",+pause-filter,+pfthreshold" : "");
	add(a, "-smp");
	add(a, "%d,sockets=1,cores=%d,threads=1", cpus, cpus);
	add(a, "-m");
	add(a, "%d", config->memory_mib);
	add(a, "-kernel");
	add(a, "%s/bzImage", config->kernel_dir);
	add(a, "-initrd");
	add(a, "%s", initrd);
	add(a, "-append");
	/*
	 * CPU 0 takes the interrupts and the unbound work. All emulated CPUs read
	 * one clock, so the TSC needs no watchdog. A panic ends the machine.
	 *
	 * In real time the kernel's own early measure of the TSC is off by 0.2 %. KVM
	 * keeps it, finds it out of tolerance once the rate has been refined, and then
	 * gives every vCPU a TSC that stands still: no timer of a guest fires.
	 *
	 * The kernel hands on what it does not know, lab_control, to its first process.
	 */
	add(a, "console=ttyS0 panic=-1 oops=panic irqaffinity=0 workqueue.unbound_cpus=0 "
	       "tsc=reliable tsc_early_khz=%u%s lab_control=%s",
	    is_virtual ? VIRTUAL_TSC_KHZ : tsc_khz,
	    is_virtual ? " random.trust_cpu=on" : "", control ?: "");
	a->failed |= !control;
	free(control);
}

static void add_share(struct args *a, const char *name, const char *path, const char *more)
{
	char *before;

	/* "none": files belong to the user who runs QEMU, whoever creates them inside. */
	if (asprintf(&before, "local,id=%s,security_model=none,multidevs=remap%s,path=", name,
		     more) < 0) {
		a->failed = true;
		return;
	}
	add(a, "-fsdev");
	add_path(a, before, path);
	add(a, "-device");
	add(a, "virtio-9p-pci,disable-legacy=on,fsdev=%s,mount_tag=%s", name, name);
	free(before);
}

static void add_devices(struct args *a, const struct lab_config *config, const char *cache)
{
	add(a, "-chardev");
	add_path(a, "file,id=console,path=", config->console);
	add(a, "-serial");
	add(a, "chardev:console");
	add_share(a, "root", "/", ",readonly=on");
	add_share(a, "share", config->share, "");
	if (config->fixed_paths) {
		add_share(a, "kit", config->kit_root, ",readonly=on");
		add_share(a, "kernel", config->kernel_dir, ",readonly=on");
	}
	if (cache)
		add_share(a, "cache", cache, "");
	add(a, "-device");
	add(a, "virtio-serial-pci,disable-legacy=on,max_ports=8");
}

static void add_port(struct args *a, const char *device, const char *name, int fd)
{
	if (fd < 0)
		return;
	add(a, "-chardev");
	add(a, "socket,id=%s,fd=%d", name, fd);
	add(a, "-device");
	add(a, "%s,chardev=%s,name=org.vhint.%s", device, name, name);
}

/* The port that is plugged last; once it is there, all are. */
static const char *last_port(const struct lab_config *config)
{
	return config->stdio == LAB_STDIO_PORTS ? "org.vhint.err" : "org.vhint.ctl";
}

char **lab_args(const struct lab_config *config, const char *initrd, const char *cache,
		unsigned int tsc_khz, const struct lab_fds *fds)
{
	bool tty = config->stdio == LAB_STDIO_TTY;
	struct args a = {
		.argv = calloc(MAX_ARGS + 1, sizeof(*a.argv)),
	};

	if (!a.argv)
		return NULL;
	add_machine(&a, config, initrd, tsc_khz);
	add_clock(&a, config, fds);
	add_devices(&a, config, cache);
	add_port(&a, tty ? "virtconsole" : "virtserialport", "in", fds->in);
	add_port(&a, "virtserialport", "ctl", fds->control);
	add_port(&a, "virtserialport", "out", fds->out);
	add_port(&a, "virtserialport", "err", fds->error);
	if (a.failed) {
		lab_args_free(a.argv);
		return NULL;
	}
	return a.argv;
}

void lab_args_free(char **args)
{
	if (!args)
		return;
	for (int i = 0; args[i]; i++)
		free(args[i]);
	free(args);
}

char *lab_shell_quote(const char *text)
{
	char *out = malloc(4 * strlen(text) + 3), *p = out;

	if (!out)
		return NULL;
	*p++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			p = stpcpy(p, "'\\''");
		else
			*p++ = *text;
	}
	*p++ = '\'';
	*p = '\0';
	return out;
}

char *lab_control_dir(const struct lab_config *config)
{
	const char *name = config->name ?: "";
	char *dir;

	return asprintf(&dir, LAB_CONTROL_DIR "%s%s", *name ? "-" : "", name) < 0 ? NULL : dir;
}

char *lab_stage2_config(const struct lab_config *config, int libvirt_s, enum lab_again again)
{
	static const char *const stdio[] = {
		[LAB_STDIO_CONSOLE] = "console",
		[LAB_STDIO_PORTS] = "ports",
		[LAB_STDIO_TTY] = "tty",
	};
	/* no share of that name: it is where it is mounted first, and only there */
	char *share = lab_shell_quote(config->fixed_paths ? "" : config->share), *text = NULL;

	if (!share)
		return NULL;
	if (asprintf(&text, "lab_share=%s\nlab_again=%d\nlab_libvirt=%d\nlab_libvirt_s=%d\n"
		     "lab_stdio=%s\nlab_in=%s\nlab_last_port=%s\n", share, again,
		     config->libvirt, libvirt_s, stdio[config->stdio],
		     config->no_input ? "/dev/null" : "/dev/virtio-ports/org.vhint.in",
		     last_port(config)) < 0)
		text = NULL;
	free(share);
	return text;
}

char *lab_command_script(const struct lab_config *config)
{
	char *quoted = lab_shell_quote(config->fixed_paths ? LAB_KIT_DIR : config->kit_root);
	char *text = NULL;
	bool failed = !quoted;
	size_t size;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f) {
		free(quoted);
		return NULL;
	}
	if (quoted)
		fprintf(f, "#!/bin/sh\nexport VHINT_LAB=1 VHINT_ROOT=%s%s\n"
			"cd %s || exit 126\nexec", quoted,
			config->fixed_paths ? " VHINT_KERNEL=" LAB_KERNEL_DIR : "", quoted);
	free(quoted);
	for (int i = 0; config->argv[i]; i++) {
		quoted = lab_shell_quote(config->argv[i]);
		failed |= !quoted;
		if (quoted)
			fprintf(f, " %s", quoted);
		free(quoted);
	}
	fputc('\n', f);
	if (fclose(f) || failed) {
		free(text);
		return NULL;
	}
	return text;
}
