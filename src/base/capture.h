/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks another program.
 */
#ifndef VHINT_BASE_CAPTURE_H
#define VHINT_BASE_CAPTURE_H

/*
 * Runs a program without a shell and gives what it printed, without the last
 * newline; NULL if it fails or takes longer than some seconds. The caller frees.
 */
char *capture_output(char *const argv[]);

#endif /* VHINT_BASE_CAPTURE_H */
