/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other processes: programs, or functions of ours. The one place where they are started.
 *
 * Each has a process group of its own (a ^C on the terminal is ours to pass on), default
 * signals, /dev/null on its standard streams and no other descriptor unless its spec says
 * so, and it dies with us, whatever kills us. Every wait has a deadline; what is late or
 * left behind is killed.
 */
#ifndef VHINT_BASE_CHILD_H
#define VHINT_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define CHILD_MAX_FDS	8
#define CHILD_LIVES_ON	(-1)

/* Our descriptor, and its number there. */
struct child_fd {
	int ours, theirs;
};

struct child_spec {
	char *const *argv;	/* looked for in PATH */
	void (*run)(void *data);	/* instead of a program; it can only do what a handler may */
	void *data;
	const char *dir;	/* its working directory; NULL: ours */
	const char *const *env;	/* "NAME=value" sets, "NAME" unsets, NULL ends; NULL: as ours */
	struct child_fd fds[CHILD_MAX_FDS];
	int nr_fds;
	int die;		/* the signal when we die; 0: SIGKILL; CHILD_LIVES_ON: none */
};

struct child {
	pid_t pid;		/* 0: none, or gone */
	int pidfd;
	int status;		/* as waitpid() gives it, once it is gone */
	int error;		/* why it could not be started: an errno */
	char name[48];
};

/* 0, or -1 with @err filled: a program that is not there is found out here. */
int child_start(struct child *c, const struct child_spec *spec, struct vh_err *err);

/* Waits up to @ms for its end; true once it is gone. What it left in its group is killed. */
bool child_wait(struct child *c, int ms);

/* Ends it the hard way, with all of its group. */
void child_kill(struct child *c);

/* Its exit status, or 128 and the signal. For one that is gone, like the next two. */
int child_status(const struct child *c);

/* "ended with status 1", "was killed by signal 9 (Killed)" */
char *child_end(const struct child *c, char *buf, size_t len);

/* 0 if it ended well, else -1 with its name and how it ended in @err. */
int child_check(const struct child *c, struct vh_err *err);

/* Starts it and waits for its end: 0 if it ended well and in time. */
int child_run(struct child *c, const struct child_spec *spec, int ms, struct vh_err *err);

/*
 * The same, and gives what it printed (on standard error, too, if @errors), without the last
 * newline, for the caller to free. NULL with @err filled, also if that is more than @max bytes.
 */
char *child_ask(const struct child_spec *spec, bool errors, int ms, size_t max,
		struct vh_err *err);

/* What a small tool prints; NULL if it fails, or takes more than some seconds. */
char *child_text(char *const argv[]);

#endif /* VHINT_BASE_CHILD_H */
