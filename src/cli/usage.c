// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said of a command line that is wrong, and of what went wrong.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"

char **cmd_argv;

void cmd_warn(const char *text)
{
	fprintf(stderr, "run-experiment: %s\n", text);
}

int cmd_fail(const struct vh_err *err)
{
	cmd_warn(err->msg);
	return err->code;
}

int cmd_bad_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "run-experiment: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry: run-experiment %s%s--help\n", command ? command : "",
		command ? " " : "");
	return VH_BAD_USAGE;
}

int cmd_bad_option(const char *command, int c, char **argv)
{
	const char *word = optind > 0 ? argv[optind - 1] : "";

	if (c == ':')
		return cmd_bad_usage(command, "option %s needs a value", word);
	if (optopt && !strncmp(word, "--", 2))
		return cmd_bad_usage(command, "option %s takes no value", word);
	if (optopt)
		return cmd_bad_usage(command, "unknown option -%c", optopt);
	return cmd_bad_usage(command, "unknown option %s", word);
}
