/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must be there before a command line can be run. The checkout's wrapper asks, then
 * installs and builds that, and nothing else.
 */
#ifndef VHINT_CLI_NEEDS_H
#define VHINT_CLI_NEEDS_H

/* Each is a target of the Makefile, and some are groups of packages, too (packages.txt). */
enum need {
	NEED_KERNEL	= 1 << 0,
	NEED_QEMU	= 1 << 1,
	NEED_LAB	= 1 << 2,
	NEED_GUEST	= 1 << 3,
	NEED_POLICY	= 1 << 4,
	NEED_TRACE	= 1 << 5,
	NEED_PERF	= 1 << 6,
};

/*
 * A command's answer: 0 with @needs set, else the exit code, and it has said what is
 * wrong. Prints nothing on standard output, and changes nothing.
 */
typedef int needs_fn(int argc, char **argv, unsigned int *needs);

needs_fn cmd_run_needs;
needs_fn cmd_lab_needs;
needs_fn cmd_costs_needs;

/* The words of @needs on one line, in the order in which they are made. */
void needs_print(unsigned int needs);

#endif /* VHINT_CLI_NEEDS_H */
