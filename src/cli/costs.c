// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment costs: measures in the lab, by running itself there, or on this host.
 */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/kit.h"
#include "cli/cmd.h"
#include "cli/needs.h"
#include "experiment/experiment.h"
#include "host/costs.h"

#define DEADLINE_S	60	/* for one cost */
#define LAB_TIMEOUT_S	"660"	/* for all of them, by the lab's clock */

static const char usage[] =
	"Usage: run-experiment costs [OPTIONS]\n"
	"\n"
	"Measures what VM exits, interrupts, faults and switches cost, and prints it beside\n"
	"published figures of hardware (src/lab/README.md says from where).\n"
	"\n"
	"  --where lab       in the emulated host (default)\n"
	"  --where host      on this machine; needs two CPUs and /dev/kvm\n"
	"  --clock CLOCK     of the emulated host: virtual (default) or real\n"
	"  --kernel NAME     the emulated host's: stock or vhint (default: vhint)\n"
	"  --json            the measured costs as JSON, one line each, with every batch\n"
	"  --help            this\n";

struct options {
	char *where, *clock, *kernel;
	bool json, help;
};

/* For the message below. */
static const char *measuring;

static void too_late(int sig)
{
	dprintf(STDERR_FILENO, "run-experiment: no result for \"%s\" in %d s\n", measuring,
		DEADLINE_S);
	_exit(VH_RUN_FAILED);
}

/* In the lab CPU 0 keeps house; elsewhere it is left alone if there are others. */
static int choose_cpus(struct cost_cpus *cpus, struct vh_err *err)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 2)
		return vh_err(err, VH_BAD_HOST,
			      "an IPI needs two CPUs, found %ld; use --where lab", n);
	cpus->first = n > 2 ? 1 : 0;
	cpus->second = cpus->first + 1;
	return 0;
}

static int measure_all(bool json, struct vh_err *err)
{
	struct cost_times times[COST_NR];
	struct cost_cpus cpus;

	if (choose_cpus(&cpus, err))
		return -1;
	signal(SIGALRM, too_late);
	for (int id = 0; id < COST_NR; id++) {
		measuring = cost_name(id);
		alarm(DEADLINE_S);
		if (cost_measure(id, &cpus, &times[id], err))
			return vh_err_prefix(err, "%s", measuring);
	}
	alarm(0);
	if (json)
		cost_print_json(times, stdout);
	else
		cost_print(times, getenv("VHINT_LAB") ? "lab" : "this host", stdout);
	return 0;
}

static int run_in_lab(const struct options *o)
{
	static char self[4096];
	char *argv[] = { "lab", "--no-libvirt", "--memory", "1024", "--timeout", LAB_TIMEOUT_S,
			 "--kernel", o->kernel, "--clock", o->clock, "--", self, "costs", "--where",
			 "host", o->json ? "--json" : NULL, NULL };
	int argc = 0;

	kit_path(self, sizeof(self), "build/bin/run-experiment");
	while (argv[argc])
		argc++;
	return cmd_lab(argc, argv);
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
	return !strcmp(word, a) || !strcmp(word, b);
}

/* -1: go on; else the exit code. */
static int parse(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "where", required_argument, NULL, 'w' },
		{ "clock", required_argument, NULL, 'c' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int c;

	*o = (struct options){ .where = "lab", .clock = EXP_CLOCK_VIRTUAL, .kernel = "vhint" };
	optind = 0;
	while ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (c == 'h') {
			o->help = true;
			return VH_OK;
		}
		if (c == 'w')
			o->where = optarg;
		else if (c == 'c')
			o->clock = optarg;
		else if (c == 'k')
			o->kernel = optarg;
		else if (c == 'j')
			o->json = true;
		else
			return cmd_bad_option("costs", c, argv);
	}
	if (optind < argc)
		return cmd_bad_usage("costs", "unexpected \"%s\"", argv[optind]);
	if (!is_one_of(o->where, "lab", "host"))
		return cmd_bad_usage("costs", "--where: \"%s\" is neither lab nor host", o->where);
	if (!is_one_of(o->clock, EXP_CLOCK_VIRTUAL, EXP_CLOCK_REAL))
		return cmd_bad_usage("costs", "--clock: \"%s\" is neither virtual nor real",
				     o->clock);
	return -1;
}

int cmd_costs_needs(int argc, char **argv, unsigned int *needs)
{
	struct options o;
	int ret = parse(&o, argc, argv);

	if (ret >= 0)
		return ret;
	if (!strcmp(o.where, "lab"))
		*needs = NEED_KERNEL | NEED_LAB |
			 (strcmp(o.clock, EXP_CLOCK_REAL) ? NEED_QEMU : 0);
	return VH_OK;
}

int cmd_costs(int argc, char **argv)
{
	struct options o;
	struct vh_err err;
	int ret = parse(&o, argc, argv);

	if (o.help)
		fputs(usage, stdout);
	if (ret >= 0)
		return ret;
	if (!strcmp(o.where, "lab"))
		return run_in_lab(&o);
	return measure_all(o.json, &err) ? cmd_fail(&err) : VH_OK;
}
