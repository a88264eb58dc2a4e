/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulator as a process: started so that it cannot outlive us, always
 * reaped, its complaints kept.
 */
#ifndef VHINT_LAB_PROCESS_H
#define VHINT_LAB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lab/lab_internal.h"

struct lab_process {
	pid_t pid;		/* 0: none, or reaped */
	int wait_status;
	int complaints;		/* memory file with its standard error, -1: none */
};

/*
 * Runs @args with the descriptors in @fds inherited under their numbers and
 * everything else closed. 0, or -1 with @err filled.
 */
int lab_process_start(struct lab_process *p, char *const *args, const struct lab_fds *fds,
		      struct vh_err *err);

/* Waits up to @ms for its end; true when it is gone and reaped. */
bool lab_process_wait(struct lab_process *p, int ms);

/* Kills it if need be, reaps it. */
void lab_process_kill(struct lab_process *p);

/* "ended with status 1", "was killed by signal 9 (Killed)". */
void lab_process_end(const struct lab_process *p, char *buf, size_t size);

/* The last @lines lines of its standard error, indented. */
void lab_process_complaints(const struct lab_process *p, int lines, char *buf, size_t size);

void lab_process_close(struct lab_process *p);

#endif /* VHINT_LAB_PROCESS_H */
