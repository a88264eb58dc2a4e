/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that records until it is told to stop: trace-cmd, perf.
 */
#ifndef VHINT_HOST_RECORDER_H
#define VHINT_HOST_RECORDER_H

#include "base/child.h"

/* The descriptor that it writes a byte to once it records. */
#define RECORDER_READY_FD	3

struct recorder {
	struct child child;
	int in;		/* its standard input; closed to stop it */
};

/*
 * Starts @argv with its output in @log, and waits until it records. 0, or -1 with @err
 * filled, and then it is gone. @stop is asked now and then whether to give up.
 */
int recorder_start(struct recorder *r, char *const argv[], const char *log, int timeout_ms,
		   int (*stop)(void), struct vh_err *err);

/* Stops it, and waits until its files are written. 0, or -1 with @err filled; gone either way. */
int recorder_stop(struct recorder *r, int timeout_ms, struct vh_err *err);

#endif /* VHINT_HOST_RECORDER_H */
