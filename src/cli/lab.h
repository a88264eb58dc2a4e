/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommand "lab": one command inside the emulated host.
 */
#ifndef VHINT_CLI_LAB_H
#define VHINT_CLI_LAB_H

/* Returns the command's exit status, or an enum vh_exit if it never ran. */
int cmd_lab(int argc, char **argv);

#endif /* VHINT_CLI_LAB_H */
