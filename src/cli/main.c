// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment: the table of subcommands, and the short form in which an
 * experiment file is all that is given.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/kit.h"
#include "base/suggest.h"
#include "cli/cmd.h"
#include "cli/needs.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	needs_fn *needs;	/* NULL: nothing but the driver */
	const char *args, *summary;
} commands[] = {
	{ "run", cmd_run, cmd_run_needs, "FILE",
	  "run an experiment, compare its arms (\"run\" may be left out)" },
	{ "check", cmd_check, NULL, "FILE...", "check experiment files without running them" },
	{ "list", cmd_list, NULL, "[WHAT]", "experiments, policies, workloads, metrics, templates" },
	{ "report", cmd_report, NULL, "DIR", "make the report of a run again from its raw data" },
	{ "compare", cmd_compare, NULL, "DIR DIR...",
	  "compare runs of an experiment with the first of them" },
	{ "schema", cmd_schema, NULL, "", "print the JSON Schema of experiment files" },
	{ "lab", cmd_lab, cmd_lab_needs, "COMMAND...", "run a command in the emulated host" },
	{ "costs", cmd_costs, cmd_costs_needs, "",
	  "measure what VM exits and the like cost, beside hardware" },
	{ "needs", cmd_needs, NULL, "-- ...", "what a command line needs; asked by the checkout's script" },
	{ "agent", cmd_agent, NULL, "...", "what runs on the host; started by \"run\"" },
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
	return cmd_bad_usage(NULL, "no command and no file is called \"%s\"%s%s%s", word,
			     near ? "; did you mean \"" : "", near ? near : "",
			     near ? "\"?" : "");
}

/*
 * The command of a whole command line, which it is moved on to. The short form of "run" is
 * options first, or a file. NULL: none of them.
 */
static const struct command *command_of(int *argc, char ***argv)
{
	const char *word = *argc > 1 ? (*argv)[1] : "";
	const struct command *c = find_command(word);

	if (!c)
		return *word == '-' || looks_like_file(word) ? find_command("run") : NULL;
	--*argc;
	++*argv;
	return c;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || (c && !strcmp(word, c));
}

static bool asks_for_words(int argc, char **argv)
{
	return argc < 2 || is_one_of(argv[1], "--help", "-h", "help") ||
	       is_one_of(argv[1], "--version", "-V", NULL);
}

int cmd_needs(int argc, char **argv)
{
	const struct command *c;
	unsigned int needs = 0;
	int ret;

	if (argc < 2 || strcmp(argv[1], "--")) {
		printf("Usage: run-experiment needs -- [COMMAND] [ARGUMENT]...\n\n"
		       "Prints what must be built or installed before `run-experiment COMMAND ...` can be\n"
		       "run; nothing if the driver is enough. What is wrong with the request is told.\n");
		return argc == 2 && !strcmp(argv[1], "--help") ? VH_OK : VH_BAD_USAGE;
	}
	argc--;
	argv++;
	if (asks_for_words(argc, argv))
		return VH_OK;
	c = command_of(&argc, &argv);
	if (!c || !c->needs)
		return VH_OK;
	ret = c->needs(argc, argv, &needs);
	if (!ret)
		needs_print(needs);
	return ret;
}

int main(int argc, char **argv)
{
	const struct command *c;
	const char *word;

	cmd_argv = argv;
	vh_warn_to(cmd_warn);
	if (argc < 2)
		return cmd_bad_usage(NULL, "an experiment file or a command is missing");
	word = argv[1];
	if (is_one_of(word, "--help", "-h", "help")) {
		help();
		return VH_OK;
	}
	if (is_one_of(word, "--version", "-V", NULL)) {
		printf("run-experiment %s\n", KIT_VERSION);
		return VH_OK;
	}
	c = command_of(&argc, &argv);
	return c ? c->run(argc, argv) : unknown_command(word);
}
