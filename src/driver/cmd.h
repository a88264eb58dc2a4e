/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands, one file each. argv[0] is the subcommand's name; they return
 * the exit code and have said what went wrong.
 */
#ifndef VHINT_DRIVER_CMD_H
#define VHINT_DRIVER_CMD_H

#include "err.h"

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_schema(int argc, char **argv);
int cmd_needs(int argc, char **argv);	/* main.c, which has the table of commands */
int cmd_agent(int argc, char **argv);	/* agent.c */
int cmd_lab(int argc, char **argv);	/* ../lab/lab_cmd.c */
int cmd_costs(int argc, char **argv);	/* ../lab/lab_costs_cmd.c */

struct experiment;

/* Does libvirt's schema accept all templates that @e names? 0, or -1. */
int cmd_check_templates(const struct experiment *e, struct vh_err *err);

/* Prints the message on standard error, and returns the exit code. */
int cmd_fail(const struct vh_err *err);

/* The same for a command line that is wrong: adds how to get help. */
int cmd_bad_usage(const char *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* getopt_long() returned '?' or ':' for this command line: says why. */
int cmd_bad_option(const char *command, int c, char **argv);

/* The command line of this process, as it was typed. */
extern char **cmd_argv;

#endif /* VHINT_DRIVER_CMD_H */
