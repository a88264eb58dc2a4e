// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distribution's unmodified hackbench (rt-tests)
 *
 * Groups of senders and receivers pass messages over sockets or pipes, so tasks wake each other
 * across vCPUs all the time. The measured part is the whole program, from exec to exit;
 * hackbench's own figure, without the creation of its tasks, is in the result too.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "workload/workloads.h"

#define HACKBENCH "/usr/bin/hackbench"

/* hackbench's own options (2.4), -h left out: a run that only prints help measures nothing */
static const struct option longs[] = {
	{ "fds", required_argument, NULL, 'f' },
	{ "fifo", no_argument, NULL, 'F' },
	{ "groups", required_argument, NULL, 'g' },
	{ "inet", no_argument, NULL, 'i' },
	{ "loops", required_argument, NULL, 'l' },
	{ "pipe", no_argument, NULL, 'p' },
	{ "datasize", required_argument, NULL, 's' },
	{ "threads", no_argument, NULL, 'T' },
	{ "process", no_argument, NULL, 'P' },
	{ NULL, 0, NULL, 0 }
};

static int hackbench_opt(int c, const char *arg, void *data, char *msg, size_t len)
{
	long n;

	switch (c) {
	case 'f':
		return wl_parse_number("-f (--fds)", arg, 1, 1000, &n, msg, len);
	case 'g':
		return wl_parse_number("-g (--groups)", arg, 1, 1000, &n, msg, len);
	case 'l':
		return wl_parse_number("-l (--loops)", arg, 1, 100000000, &n, msg, len);
	case 's':
		return wl_parse_number("-s (--datasize)", arg, 1, 1 << 20, &n, msg, len);
	default:
		return 0;
	}
}

static int hackbench_check(int argc, char *const argv[], char *msg, size_t len)
{
	const struct wl_parse parse = {
		.shorts = "f:Fg:il:ps:TP", .longs = longs, .opt = hackbench_opt,
	};

	return wl_parse_args(&parse, argc, argv, msg, len);
}

static int hackbench_result(const char *output, struct json_object *result, char *msg, size_t len)
{
	const char *p = strstr(output, "Time: ");
	char *end = NULL;
	double seconds;

	if (p)
		seconds = strtod(p + 6, &end);
	if (!p || end == p + 6) {
		snprintf(msg, len, "hackbench ended without a line 'Time: SECONDS'");
		return -1;
	}
	json_object_object_add(result, "hackbench_s", json_object_new_double(seconds));
	return 0;
}

#ifdef VHINT_GUEST
static int hackbench_run(struct wl_ctx *ctx, int argc, char *const argv[])
{
	const char *words[WL_MAX_ARGS + 2] = { "hackbench" };
	int i;

	for (i = 0; i < argc; i++)
		words[i + 1] = argv[i];
	if (access(HACKBENCH, X_OK)) {
		fprintf(stderr, HACKBENCH ": %s\n", strerror(errno));
		return 1;
	}
	wl_begin(ctx);
	execv(HACKBENCH, (char *const *)words);
	fprintf(stderr, "cannot run " HACKBENCH ": %s\n", strerror(errno));
	return 127;
}
#endif

static const struct metric metrics[] = {
	{ "hackbench_s", "s", BETTER_LOWER,
	  "hackbench's own time: message passing without the creation of tasks", false },
};

const struct workload wl_hackbench = {
	.name = "hackbench",
	.summary = "groups of tasks that pass messages (rt-tests' hackbench, unmodified)",
	.args_help = "hackbench's own: -g GROUPS -l LOOPS -f FDS -s BYTES -p (pipes) -T (threads)",
	.metrics = metrics,
	.nr_metrics = ARRAY_SIZE(metrics),
	.check = hackbench_check,
	.result = hackbench_result,
	WL_RUN(hackbench_run),
};
