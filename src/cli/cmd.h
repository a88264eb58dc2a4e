/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands, one file each. argv[0] is the subcommand's name; they return
 * the exit code and have said what went wrong.
 */
#ifndef VHINT_CLI_CMD_H
#define VHINT_CLI_CMD_H

#include "base/err.h"

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_schema(int argc, char **argv);
int cmd_needs(int argc, char **argv);	/* cli/main.c, which has the table of commands */
int cmd_agent(int argc, char **argv);	/* host/agent.c */
int cmd_lab(int argc, char **argv);	/* cli/lab.c */
int cmd_costs(int argc, char **argv);	/* cli/costs.c */

/* Prints a line on standard error: what vh_warn() says. */
void cmd_warn(const char *text);

/* Prints the message on standard error, and returns the exit code. */
int cmd_fail(const struct vh_err *err);

/* The same for a command line that is wrong: adds how to get help. */
int cmd_bad_usage(const char *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* getopt_long() returned '?' or ':' for this command line: says why. */
int cmd_bad_option(const char *command, int c, char **argv);

/* The command line of this process, as it was typed. */
extern char **cmd_argv;

#endif /* VHINT_CLI_CMD_H */
