/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The man page and the shell's completion, made of the help texts of all commands and of the
 * tables of keys, names and metrics.
 */
#ifndef VHINT_CLI_MANUAL_H
#define VHINT_CLI_MANUAL_H

#include <stdio.h>

#include "base/err.h"
#include "base/metric.h"
#include "cli/help_text.h"

#define MANUAL_MAX_COMMANDS	16
#define MANUAL_MAX_METRICS	256

struct manual_command {
	char name[32];
	struct help_item in_list;	/* "report DIR", what it does */
	struct help_text help;
};

struct manual {
	struct help_text main;
	int nr_commands;
	struct manual_command commands[MANUAL_MAX_COMMANDS];
	int nr_metrics;
	/* the report's own, the host's, the workloads' */
	struct metric metrics[MANUAL_MAX_METRICS];
};

/* Too large for a stack. 0, or -1 with @err filled. */
int manual_gather(struct manual *m, struct vh_err *err);

void manual_man(const struct manual *m, FILE *out);	/* cli/manual_man.c */
void manual_bash(const struct manual *m, FILE *out);	/* cli/manual_bash.c */

#endif /* VHINT_CLI_MANUAL_H */
