// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QEMU and stage2 are told.
 */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "lab_internal.h"

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

static const struct lab_fds plain = { 7, -1, -1, -1 };
static const struct lab_fds ports = { 7, 8, 9, 10 };

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
	char **args = lab_args(&config, "/i", "/cache", 2500000, &plain);

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
	config.stdio = LAB_STDIO_CONSOLE;
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
	text = lab_stage2_config(&config, 60);
	CHECK(strstr(text, "lab_share='/runs/a,b'\n"), "stage2 knows the share's place");
	CHECK(strstr(text, "lab_libvirt=1\n"), "and whether libvirt is wanted");
	free(text);
}

int main(void)
{
	ktap_begin();
	test_args();
	test_quote();
	test_texts();
	return ktap_end();
}
