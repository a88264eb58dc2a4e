// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs a guest to publish: context switches with hints on and off, by turns
 *
 * Two threads on CPU 0 pass a token through two pipes, so that each pass is one context switch,
 * and the run queue's length changes, and is published, twice: the other thread wakes, this one
 * sleeps. Batches of passes come in pairs, one with hints on and one with hints off, in
 * alternating order (on-off, off-on, ...) so that drift hits both alike. The median difference
 * within a pair is what publishing adds to a switch; a batch in which the host took the CPU away
 * is an outlier, and no mean is taken. Switching hints, and a few passes after it, are not timed.
 *
 * The ideal is 0. An arm without hints runs as many batches, all of them with hints off:
 * publish_ns is null there, and switch_ns is the control.
 */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <json-c/json.h>

#include "workload/workloads.h"

#define DEFAULT_PAIRS	200
#define DEFAULT_PASSES	100
#define MAX_PAIRS	10000

struct publish_args {
	long pairs;	/* of batches */
	long passes;	/* there and back, in a batch */
};

static const struct option longs[] = {
	{ "pairs", required_argument, NULL, 'p' },
	{ "passes", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 }
};

static int publish_opt(int c, const char *arg, void *data, char *msg, size_t len)
{
	struct publish_args *args = data;

	if (c == 'p')
		return wl_parse_number("--pairs", arg, 1, MAX_PAIRS, &args->pairs, msg, len);
	return wl_parse_number("--passes", arg, 1, 1000000, &args->passes, msg, len);
}

static int publish_parse(struct publish_args *args, int argc, char *const argv[], char *msg,
			 size_t len)
{
	const struct wl_parse parse = { .shorts = "p:n:", .longs = longs, .opt = publish_opt,
					.data = args };

	*args = (struct publish_args){ DEFAULT_PAIRS, DEFAULT_PASSES };
	return wl_parse_args(&parse, argc, argv, msg, len);
}

static int publish_check(int argc, char *const argv[], char *msg, size_t len)
{
	struct publish_args args;

	return publish_parse(&args, argc, argv, msg, len);
}

#ifdef VHINT_GUEST
struct publish {
	struct publish_args args;
	bool hints;		/* does this arm have any? */
	int there[2], back[2];
	pthread_t partner;
	double on[MAX_PAIRS], off[MAX_PAIRS];	/* ns for a switch, by pair */
};

static void *partner_fn(void *arg)
{
	struct publish *p = arg;
	char c;

	while (read(p->there[0], &c, 1) == 1)
		if (write(p->back[1], &c, 1) != 1)
			break;
	return NULL;
}

/* Context switches of both threads. */
static long switches(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_nvcsw + u.ru_nivcsw;
}

static int publish_setup(struct publish *p)
{
	/* the partner inherits the CPU */
	if (wl_pin_self(0) || pipe(p->there) || pipe(p->back)) {
		fprintf(stderr, "cannot set up: %s\n", strerror(errno));
		return -1;
	}
	errno = pthread_create(&p->partner, NULL, partner_fn, p);
	if (errno) {
		fprintf(stderr, "cannot create a thread: %s\n", strerror(errno));
		return -1;
	}
	return 0;
}

/* The token there and back, so many times. 0, or -1 with a word on why not. */
static int pass(const struct publish *p, long times)
{
	char c = 'x';

	while (times--) {
		if (write(p->there[1], &c, 1) != 1 || read(p->back[0], &c, 1) != 1) {
			fprintf(stderr, "pipe: %s\n", strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* ns for a switch, in *ns; -1 with a word on why not. */
static int batch(struct publish *p, bool on, double *ns)
{
	unsigned long long t0;
	long before;

	if (p->hints && wl_set_hints(on)) {
		fprintf(stderr, "hints cannot be switched %s\n", on ? "on" : "off");
		return -1;
	}
	if (pass(p, p->args.passes / 10 + 1))
		return -1;
	before = switches();
	t0 = wl_now_ns();
	if (pass(p, p->args.passes))
		return -1;
	*ns = (double)(wl_now_ns() - t0) / (switches() - before ?: 1);
	return 0;
}

static int publish_measure(struct publish *p)
{
	double unused;
	long i;

	if (batch(p, true, &unused))	/* warm up */
		return -1;
	for (i = 0; i < p->args.pairs; i++) {
		bool on_first = !(i & 1);

		if (batch(p, on_first, on_first ? &p->on[i] : &p->off[i]) ||
		    batch(p, !on_first, on_first ? &p->off[i] : &p->on[i]))
			return -1;
	}
	return p->hints ? wl_set_hints(true) : 0;	/* as it was prepared */
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, long n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n & 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void publish_print(struct publish *p)
{
	struct json_object *o = json_object_new_object(), *cost = NULL;
	long i, n = p->args.pairs;

	if (p->hints) {
		for (i = 0; i < n; i++)
			p->on[i] -= p->off[i];
		cost = json_object_new_double(median(p->on, n));
	}
	json_object_object_add(o, "pairs", json_object_new_int64(n));
	json_object_object_add(o, "publish_ns", cost);
	json_object_object_add(o, "switch_ns", json_object_new_double(median(p->off, n)));
	printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static int publish_run(struct wl_ctx *ctx, int argc, char *const argv[])
{
	static struct publish p;
	char msg[256];
	int err;

	if (publish_parse(&p.args, argc, argv, msg, sizeof(msg))) {
		fprintf(stderr, "%s\n", msg);
		return 2;
	}
	p.hints = ctx->hints;
	if (publish_setup(&p))
		return 1;

	wl_begin(ctx);
	err = publish_measure(&p);
	wl_end(ctx);

	close(p.there[1]);
	pthread_join(p.partner, NULL);
	if (err)
		return 1;
	publish_print(&p);
	return 0;
}
#endif

static const struct metric metrics[] = {
	{ "publish_ns", "ns", BETTER_LOWER,
	  "what publishing adds to a context switch (two hints): median of paired differences", false },
	{ "switch_ns", "ns", BETTER_LOWER, "a context switch without hints, median of batches", false },
};

const struct workload wl_publish = {
	.name = "publish",
	.summary = "context switches with hints on and off, by turns: the cost of publishing",
	.args_help = "--pairs N (default 200) --passes N (default 100)",
	.metrics = metrics,
	.nr_metrics = ARRAY_SIZE(metrics),
	.check = publish_check,
	.result = wl_result_json,
	WL_RUN(publish_run),
};
