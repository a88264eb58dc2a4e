// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment schema: the format of experiment files, for programs.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/manual.h"
#include "experiment/keys.h"

static const char usage[] =
	"Usage: run-experiment schema [OPTIONS]\n"
	"\n"
	"Prints the JSON Schema (draft 2020-12) of experiment files, or one of these instead:\n"
	"\n"
	"  --markdown         the same as the table in experiments/README.md\n"
	"  --man              the man page\n"
	"  --completion bash  the completion of command lines, for bash\n"
	"  --help             this\n";

static void print_schema(void)
{
	json_object *o = exp_keys_schema();

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static int print_manual(void (*print)(const struct manual *m, FILE *out))
{
	static struct manual m;
	struct vh_err err;

	if (manual_gather(&m, &err))
		return cmd_fail(&err);
	print(&m, stdout);
	return VH_OK;
}

int cmd_schema(int argc, char **argv)
{
	static const struct option options[] = {
		{ "markdown", no_argument, NULL, 'm' },
		{ "man", no_argument, NULL, 'n' },
		{ "completion", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c, what = 's';

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c == 'h') {
			fputs(usage, stdout);
			return VH_OK;
		}
		if (c == ':' || c == '?')
			return cmd_bad_option("schema", c, argv);
		if (c == 'c' && strcmp(optarg, "bash"))
			return cmd_bad_usage("schema", "--completion: found \"%s\", expected bash",
					     optarg);
		what = c;
	}
	if (optind < argc)
		return cmd_bad_usage("schema", "unexpected argument \"%s\"", argv[optind]);
	if (what == 'n' || what == 'c')
		return print_manual(what == 'n' ? manual_man : manual_bash);
	if (what == 'm')
		exp_keys_markdown(stdout);
	else
		print_schema();
	return VH_OK;
}
