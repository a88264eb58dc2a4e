// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment: the table of subcommands, and the short form in which an
 * experiment file is all that is given.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/kit.h"
#include "base/suggest.h"
#include "cli/cmd.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args, *summary;
} commands[] = {
	{ "run", cmd_run, "FILE", "run an experiment, compare its arms (\"run\" may be left out)" },
	{ "check", cmd_check, "FILE...", "check experiment files without running them" },
	{ "list", cmd_list, "[WHAT]", "experiments, policies, workloads, metrics, templates" },
	{ "report", cmd_report, "DIR", "make the report of a run again from its raw data" },
	{ "compare", cmd_compare, "DIR DIR...", "compare runs of an experiment with the first of them" },
	{ "schema", cmd_schema, "", "print the JSON Schema of experiment files" },
	{ "lab", cmd_lab, "COMMAND...", "run a command in the emulated host" },
	{ "costs", cmd_costs, "", "measure what VM exits and the like cost, beside hardware" },
	{ "agent", cmd_agent, "...", "what runs on the host; started by \"run\"" },
};

#define NR_COMMANDS ((int)(sizeof(commands) / sizeof(commands[0])))

static void help(void)
{
	char left[64];
	int i;

	printf("Usage: run-experiment FILE [OPTIONS]\n"
	       "       run-experiment COMMAND [ARGUMENTS]\n\n"
	       "Runs virtual machines with and without hints from guest to host scheduler, and says\n"
	       "with an interval which was better.\n\nCommands:\n");
	for (i = 0; i < NR_COMMANDS; i++) {
		snprintf(left, sizeof(left), "%s %s", commands[i].name, commands[i].args);
		printf("  %-18s  %s\n", left, commands[i].summary);
	}
	printf("\n`run-experiment COMMAND --help` tells more. For a start:\n\n"
	       "  ./run-experiment exps/hackbench-2vm.json\n\n"
	       "Exit status: 0 all is well, 1 a run failed, 2 the experiment file is bad,\n"
	       "3 the command line is bad, 4 this machine cannot do it.\n");
}

static const struct command *find_command(const char *name)
{
	int i;

	for (i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int looks_like_file(const char *word)
{
	return strpbrk(word, "./") || !access(word, F_OK);
}

static int unknown_command(const char *word)
{
	const char *names[NR_COMMANDS], *near;
	int i;

	for (i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i].name;
	near = suggest_nearest(word, names, NR_COMMANDS);
	return cmd_bad_usage(NULL, "unknown command \"%s\"%s%s%s, and no such file", word,
			     near ? "; did you mean \"" : "", near ? near : "",
			     near ? "\"?" : "");
}

int main(int argc, char **argv)
{
	const struct command *c;
	const char *word;

	cmd_argv = argv;
	if (argc < 2)
		return cmd_bad_usage(NULL, "an experiment file or a command is missing");
	word = argv[1];
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		help();
		return VH_OK;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		printf("run-experiment %s\n", KIT_VERSION);
		return VH_OK;
	}
	c = find_command(word);
	if (c)
		return c->run(argc - 1, argv + 1);
	/* options first, or a file: the short form of "run" */
	if (word[0] != '-' && !looks_like_file(word))
		return unknown_command(word);
	return cmd_run(argc, argv);
}
