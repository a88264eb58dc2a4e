/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that records until it is told to stop.
 */
#ifndef VHINT_BASE_CHILD_H
#define VHINT_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The descriptor that it writes a byte to once it records. */
#define TRACE_READY_FD	3

struct trace_child {
	pid_t pid;	/* 0: none */
	int in;		/* its standard input; closed to stop it */
};

/*
 * Starts @argv with its output in @log, and waits until it records.
 * 0, or -1 with why in @msg, and then it is gone. @stop is asked now and then
 * whether to give up.
 */
int trace_child_start(struct trace_child *c, char *const argv[], const char *log, int timeout_ms,
		      int (*stop)(void), char *msg, size_t len);

/* Stops it, and waits until its files are written. 0, or -1 with why in @msg; gone either way. */
int trace_child_stop(struct trace_child *c, int timeout_ms, char *msg, size_t len);

#endif /* VHINT_BASE_CHILD_H */
