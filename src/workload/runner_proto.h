/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's side of the protocol, apart from doing anything
 *
 * Bytes to lines, lines to orders, orders and state to what is to be done, and events to lines.
 * Pure, so that broken and hostile input is tested without a guest. README.md has the protocol.
 */
#ifndef VHINT_RUNNER_PROTO_H
#define VHINT_RUNNER_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workload/workloads.h"

struct json_object;

#define PROTO_VERSION	1
#define PROTO_LINE_MAX	65536

/* Bytes that have come but are not yet lines. */
struct proto_input {
	size_t len;
	bool too_long;		/* the current line is: swallow it up to its end */
	char buf[PROTO_LINE_MAX];
};

/*
 * Takes bytes and calls line() for every line that they end, without its newline and with a
 * NUL; empty lines are skipped. A line that is too long is given as NULL, once.
 */
void proto_feed(struct proto_input *in, const char *data, size_t len,
		void (*line)(const char *text, void *data), void *priv);

enum proto_cmd { CMD_PREPARE, CMD_GO, CMD_STOP, CMD_POWEROFF };

struct proto_order {
	enum proto_cmd cmd;
	int run;		/* -1 when the line names none */
	bool hints;
	bool keep;
	char workload[32];
	int nr_args;
	char *args[WL_MAX_ARGS];
};

/* 0, or -1 with a message; order->run is set whenever the line names one. Free with release. */
int proto_parse(struct proto_order *order, const char *line, char *msg, size_t len);
void proto_release(struct proto_order *order);

enum proto_state {
	ST_IDLE,		/* nothing prepared */
	ST_PREPARING,		/* the workload sets itself up */
	ST_READY,		/* it waits for go */
	ST_RUNNING,		/* its measured part is under way */
	ST_KEEPING,		/* measured; its load is repeated until stop */
};

enum proto_action {
	ACT_REFUSE,		/* answer with an error; nothing changes */
	ACT_PREPARE,
	ACT_REPLACE,		/* drop what waits, then prepare */
	ACT_GO,
	ACT_STOP,
	ACT_STOPPED,		/* there is nothing to stop: just say so */
	ACT_POWEROFF,
};

enum proto_action proto_decide(enum proto_state state, int current_run,
			       const struct proto_order *order, char *msg, size_t len);

/* Events: each makes one line, newline included, to be freed. NULL when out of memory. */
struct proto_hints {
	bool supported;
	bool enabled;
};

struct proto_done {
	int run;
	bool ok;
	uint64_t elapsed_ns;
	struct json_object *result;	/* taken over; may be NULL */
	const char *message;		/* not ok: why */
	const char *output;		/* not ok: what the workload printed last */
};

/* Takes paravirt over; may be NULL. */
char *proto_hello(const char *kernel, int cpus, const struct proto_hints *hints,
		  struct json_object *paravirt);
char *proto_ready(int run, const struct proto_hints *hints);
char *proto_done(const struct proto_done *done);
/* runnable: the mean number of runnable tasks from go to stop; NAN: not known, null */
char *proto_stopped(int run, int loops, double runnable);
char *proto_error(int run, const char *message);	/* run of -1: none, null */

/* The last max lines of a text. */
const char *proto_tail(const char *text, int max);

#endif
