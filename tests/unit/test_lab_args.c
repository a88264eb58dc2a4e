// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QEMU and stage2 are told.
 */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "lab/lab_internal.h"

static char *command[] = { "echo", "it's", "a b", NULL };

static struct lab_config config = {
	.kit_root = "/kit root",
	.kernel_dir = "/k",
	.share = "/runs/a,b",
	.console = "/runs/a,b/console.log",
	.cpus = 2,
	.memory_mib = 3072,
	.libvirt = true,
	.argv = command,
};

static const struct lab_fds plain = { 7, -1, -1, -1, 11 };
static const struct lab_fds ports = { 7, 8, 9, 10, 11 };

/* The value of the nth option @name, or "". */
static const char *value(char **args, const char *name, int nth)
{
	for (int i = 1; args[i] && args[i + 1]; i++)
		if (!strcmp(args[i], name) && nth-- == 0)
			return args[i + 1];
	return "";
}

static bool has(char **args, const char *text)
{
	for (int i = 0; args[i]; i++)
		if (strstr(args[i], text))
			return true;
	return false;
}

static void test_args(void)
{
	char **args, *text;

	config.clock = LAB_CLOCK_REAL;
	args = lab_args(&config, "/i", "/cache", 2500000, &plain);
	CHECK(!strcmp(args[0], "qemu-system-x86_64"), "the emulator by name");
	CHECK(!strncmp(value(args, "-smp", 0), "3,", 2), "one CPU more than for vCPUs: %s",
	      value(args, "-smp", 0));
	CHECK(!strcmp(value(args, "-m", 0), "3072"), "the memory");
	CHECK(!strcmp(value(args, "-kernel", 0), "/k/bzImage"), "the kernel");
	CHECK(strstr(value(args, "-accel", 0), "tcg"), "emulation, whatever the machine can");
	CHECK(strstr(value(args, "-append", 0), "irqaffinity=0 "), "interrupts go to CPU 0");
	CHECK(strstr(value(args, "-append", 0), "panic=-1"), "a panic ends the machine");
	CHECK(has(args, "-no-reboot"), "and does not restart it");
	CHECK(strstr(value(args, "-append", 0), "tsc_early_khz=2500000"), "the TSC rate is given");
	CHECK(strstr(value(args, "-fsdev", 0), "readonly=on"), "the root is read-only");
	CHECK(has(args, "path=/runs/a,,b"), "commas in paths are doubled");
	CHECK(!has(args, "readonly=on,multidevs=remap,path=/runs"), "the share is not read-only");
	CHECK(has(args, "socket,id=ctl,fd=7"), "the control port");
	CHECK(!has(args, "org.vhint.out"), "no other ports unless asked for");
	CHECK(has(args, "mount_tag=cache"), "the cache");
	CHECK(has(args, " lab_control=.lab"), "where stage2 finds what it is told");
	lab_args_free(args);

	config.name = "boot3";
	args = lab_args(&config, "/i", NULL, 2500000, &plain);
	CHECK(has(args, " lab_control=.lab-boot3"), "a place of its own for a lab with a name");
	lab_args_free(args);
	config.name = NULL;

	args = lab_args(&config, "/i", NULL, 2500000, &plain);
	CHECK(!has(args, "mount_tag=cache"), "no cache where there is none");
	lab_args_free(args);

	config.stdio = LAB_STDIO_PORTS;
	args = lab_args(&config, "/i", NULL, 2500000, &ports);
	CHECK(has(args, "virtserialport,chardev=in") && has(args, "chardev=out") &&
	      has(args, "chardev=err"), "three ports for standard input, output and error");
	lab_args_free(args);
	text = lab_stage2_config(&config, 60, LAB_AGAIN_NEVER);
	CHECK(text && strstr(text, "lab_in=/dev/virtio-ports/org.vhint.in\n"), "input by a port");
	free(text);
	config.no_input = true;
	text = lab_stage2_config(&config, 60, LAB_AGAIN_NEVER);
	CHECK(text && strstr(text, "lab_in=/dev/null\n"), "no input");
	free(text);
	config.no_input = false;
	config.stdio = LAB_STDIO_CONSOLE;
}

/* What differs between the clocks. */
static void test_clocks(void)
{
	const char *append;
	char **args;

	config.clock = LAB_CLOCK_REAL;
	args = lab_args(&config, "/i", NULL, 2500000, &plain);
	append = value(args, "-append", 0);
	CHECK(!strcmp(value(args, "-accel", 0), "tcg,thread=multi,tb-size=1024"),
	      "real time: a thread per CPU");
	CHECK(!*value(args, "-icount", 0) && !*value(args, "-seed", 0) && !*value(args, "-rtc", 0),
	      "real time: nothing that Debian's QEMU does not know");
	CHECK(has(args, "virtio-rng-pci"), "real time: random numbers of the machine's");
	CHECK(!strstr(append, "trust_cpu"), "real time: RDRAND is not trusted");
	lab_args_free(args);

	config.clock = LAB_CLOCK_VIRTUAL;
	config.seed = 18446744073709551615ULL;
	args = lab_args(&config, "/i", NULL, 2500000, &plain);
	append = value(args, "-append", 0);
	CHECK(!strcmp(args[0], "/kit root/build/qemu/bin/qemu-system-x86_64"),
	      "virtual time: the kit's emulator: %s", args[0]);
	CHECK(!strncmp(value(args, "-accel", 0), "tcg,thread=single,tb-size=", 26),
	      "virtual time: one thread for all CPUs");
	CHECK(!strcmp(value(args, "-icount", 0),
		      "shift=0,parallel=on,round=2000,sleep=off,clock-file=/proc/self/fd/11"),
	      "virtual time: rounds of 2000 ns, idle time is skipped: %s",
	      value(args, "-icount", 0));
	CHECK(!strcmp(value(args, "-seed", 0), "18446744073709551615"), "the seed, all of it");
	CHECK(!strcmp(value(args, "-rtc", 0), "base=2026-01-01T00:00:00,clock=vm"),
	      "a date of its own");
	CHECK(!has(args, "virtio-rng"), "no random numbers of the machine's");
	CHECK(strstr(append, "tsc_early_khz=1000000 random.trust_cpu=on"),
	      "a TSC of 1 GHz, whatever the machine's: %s", append);
	lab_args_free(args);

	config.round_ns = 500;
	config.stdio = LAB_STDIO_TTY;
	args = lab_args(&config, "/i", NULL, 0, &plain);
	CHECK(strstr(value(args, "-icount", 0), "round=500,sleep=on,"),
	      "another round; at a terminal idle time passes");
	lab_args_free(args);
	config.round_ns = 0;
	config.stdio = LAB_STDIO_CONSOLE;
}

/* Whatever the machine is like: an experiment is told nothing of it. */
static void test_fixed_paths(void)
{
	char **args, *text;

	config.fixed_paths = true;
	args = lab_args(&config, "/i", NULL, 0, &plain);
	CHECK(has(args, "id=kit,security_model=none,multidevs=remap,readonly=on,path=/kit root"),
	      "the kit is mounted by itself");
	CHECK(has(args, "mount_tag=kernel"), "the kernel too");
	lab_args_free(args);
	text = lab_command_script(&config);
	CHECK(strstr(text, "VHINT_ROOT='/run/vhint/kit' VHINT_KERNEL=/run/vhint/kernel\n"),
	      "the command knows where they are");
	CHECK(strstr(text, "cd '/run/vhint/kit' ||"), "it starts in the kit");
	CHECK(!strstr(text, "/kit root"), "and sees no path of the machine");
	free(text);
	text = lab_stage2_config(&config, 60, LAB_AGAIN_NEVER);
	CHECK(strstr(text, "lab_share=''\n"), "stage2 does not either");
	free(text);
	config.fixed_paths = false;
	args = lab_args(&config, "/i", NULL, 0, &plain);
	CHECK(!has(args, "mount_tag=kit"), "a command has them where they are");
	lab_args_free(args);
}

static void test_quote(void)
{
	char *q = lab_shell_quote("it's $HOME `x` \"y\"");

	CHECK(!strcmp(q, "'it'\\''s $HOME `x` \"y\"'"), "quoted for a shell: %s", q);
	free(q);
	q = lab_shell_quote("");
	CHECK(!strcmp(q, "''"), "an empty word stays a word");
	free(q);
}

static void test_texts(void)
{
	char *text = lab_command_script(&config);

	CHECK(!strncmp(text, "#!/bin/sh\n", 10), "the command is a script");
	CHECK(strstr(text, "cd '/kit root' || exit 126\n"), "it starts in the kit's root");
	CHECK(strstr(text, "exec 'echo' 'it'\\''s' 'a b'\n"), "its words stay what they are");
	free(text);
	text = lab_stage2_config(&config, 60, LAB_AGAIN_NEVER);
	CHECK(strstr(text, "lab_share='/runs/a,b'\n"), "stage2 knows the share's place");
	CHECK(strstr(text, "lab_libvirt=1\n"), "and whether libvirt is wanted");
	free(text);
}

int main(void)
{
	ktap_begin();
	test_args();
	test_clocks();
	test_fixed_paths();
	test_quote();
	test_texts();
	return ktap_end();
}
