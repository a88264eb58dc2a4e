/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulator as a process: started so that it cannot outlive us, always
 * reaped, its complaints kept.
 */
#ifndef VHINT_LAB_PROCESS_H
#define VHINT_LAB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/child.h"
#include "lab/lab_internal.h"

struct lab_process {
	struct child child;
	int complaints;		/* memory file with its standard error, -1: none */
};

/*
 * Runs @args with the descriptors in @fds inherited under their numbers and
 * everything else closed. 0, or -1 with @err filled.
 */
int lab_process_start(struct lab_process *p, char *const *args, const struct lab_fds *fds,
		      struct vh_err *err);

/* The last @lines lines of its standard error, indented. */
void lab_process_complaints(const struct lab_process *p, int lines, char *buf, size_t size);

/* Kills it if need be. */
void lab_process_close(struct lab_process *p);

#endif /* VHINT_LAB_PROCESS_H */
