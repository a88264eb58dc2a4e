// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment schema: the format of experiment files, for programs.
 */
#include <getopt.h>
#include <stdio.h>

#include "cli/cmd.h"
#include "experiment/keys.h"

static const char usage[] =
	"Usage: run-experiment schema [--markdown]\n"
	"\n"
	"Prints the JSON Schema (draft 2020-12) of experiment files.\n"
	"\n"
	"  --markdown  the same as the table in experiments/README.md\n"
	"  --help      this\n";

int cmd_schema(int argc, char **argv)
{
	static const struct option options[] = {
		{ "markdown", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c, markdown = 0;
	json_object *o;

	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		if (c == 'm') {
			markdown = 1;
		} else if (c == 'h') {
			fputs(usage, stdout);
			return VH_OK;
		} else {
			return cmd_bad_option("schema", c, argv);
		}
	}
	if (optind < argc)
		return cmd_bad_usage("schema", "unexpected argument \"%s\"", argv[optind]);
	if (markdown) {
		exp_keys_markdown(stdout);
		return VH_OK;
	}
	o = exp_keys_schema();
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return VH_OK;
}
