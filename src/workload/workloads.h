/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a workload is, and the list of them
 *
 * A workload is one file, wl_<name>.c, compiled twice: into the guest's runner (with
 * -DVHINT_GUEST), which runs it, and into the driver, which checks an experiment's arguments
 * with it before anything is booted and explains its metrics. Arguments are the experiment's
 * own: argv[0] is the first of them, not a program's name.
 */
#ifndef VHINT_WORKLOADS_H
#define VHINT_WORKLOADS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/metric.h"

struct json_object;
struct option;
struct wl_ctx;

#define WL_MAX_ARGS 64

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

struct workload {
	const char *name;
	const char *summary;
	const char *args_help;
	const struct metric *metrics;	/* names are keys of the result */
	int nr_metrics;
	/* Are these arguments good? 0, or -1 with a message. Pure: runs in the driver. */
	int (*check)(int argc, char *const argv[], char *msg, size_t len);
	/* What a finished run printed -> the keys of its result. 0, or -1 with a message. Pure. */
	int (*result)(const char *output, struct json_object *result, char *msg, size_t len);
	/*
	 * In the guest, in a process of its own: set up, wl_begin(), the measured part, then
	 * wl_end() and print; or wl_begin() and exec of an unmodified program, whose exit is the
	 * end then. Returns the exit code. NULL in the driver.
	 */
	int (*run)(struct wl_ctx *ctx, int argc, char *const argv[]);
};

/* All of them, in alphabetical order: one line each. X(name) stands for wl_name.c's wl_name. */
#define WORKLOADS(X)	\
	X(cpu)		\
	X(hackbench)	\
	X(ipi)		\
	X(publish)

#define WL_DECLARE(name) extern const struct workload wl_ ## name;
WORKLOADS(WL_DECLARE)

/* The list. NULL ends it. */
extern const struct workload *const workloads[];

const struct workload *workload_find(const char *name);

/* "cpu, hackbench, ipi, publish", for messages */
const char *workload_names(char *buf, size_t len);

/*
 * getopt_long() over an experiment's arguments, quiet and from the start: calls opt(c, arg, data)
 * for each option. Unknown options, missing values, extra words and what opt() refuses (-1) all
 * end it with a message. opt() itself may leave the message empty to get a general one.
 */
struct wl_parse {
	const char *shorts;		/* getopt's string, without a leading ':' */
	const struct option *longs;
	int (*opt)(int c, const char *arg, void *data, char *msg, size_t len);
	void *data;
};

int wl_parse_args(const struct wl_parse *p, int argc, char *const argv[], char *msg, size_t len);

/* A whole number between min and max, or -1 with a message that begins with what. */
int wl_parse_number(const char *what, const char *arg, long min, long max, long *value,
		    char *msg, size_t len);

/* For workloads of ours: their last line of output is a JSON object, which becomes the result. */
int wl_result_json(const char *output, struct json_object *result, char *msg, size_t len);

#ifdef VHINT_GUEST
/* What a running workload gets; made by the runner. */
struct wl_ctx {
	int nr_cpus;		/* the guest's online CPUs */
	bool hints;		/* the guest publishes hints */
	int ctl;		/* to the runner: 'r' when set up, back comes 'g' to go */
	struct wl_shared *shared;
};

struct wl_shared {
	unsigned long long end_ns;	/* CLOCK_MONOTONIC at wl_end(), 0 before */
};

/* Set up and ready: returns when the measured part is to begin. */
void wl_begin(struct wl_ctx *ctx);
/* The measured part has ended; cleaning up and printing may follow. */
void wl_end(struct wl_ctx *ctx);

/* Switches the guest's hints, and reads back: 0, or -1. The end must leave them as ctx says. */
int wl_set_hints(bool on);

unsigned long long wl_now_ns(void);
/* Run only on this CPU from now on: 0, or -1 with errno. */
int wl_pin_self(int cpu);

/* The workload's function in the guest, nothing in the driver. */
#define WL_RUN(fn) .run = (fn)
#else
#define WL_RUN(fn) .run = NULL
#endif

#endif
