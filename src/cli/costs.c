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
#include "host/costs.h"

#define DEADLINE_S	60	/* for one cost */
#define LAB_TIMEOUT_S	"660"	/* for all of them, by the clock outside */

static const char usage[] =
	"Usage: run-experiment costs [OPTIONS]\n"
	"\n"
	"Measures what VM exits, interrupts, faults and switches cost, and prints it beside\n"
	"published figures of hardware (src/lab/README.md says from where).\n"
	"\n"
	"  --where lab       in the emulated host (default)\n"
	"  --where host      on this machine; needs two CPUs and /dev/kvm\n"
	"  --kernel NAME     the emulated host's: stock or vhint (default: vhint)\n"
	"  --json            the measured costs as JSON, one line each, with every batch\n"
	"  --help            this\n";

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

static int run_in_lab(char *kernel, bool json)
{
	static char self[4096];
	char *argv[] = { "lab", "--no-libvirt", "--memory", "1024", "--timeout", LAB_TIMEOUT_S,
			 "--kernel", kernel, "--", self, "costs", "--where", "host",
			 json ? "--json" : NULL, NULL };
	int argc = 0;

	kit_path(self, sizeof(self), "build/bin/run-experiment");
	while (argv[argc])
		argc++;
	return cmd_lab(argc, argv);
}

int cmd_costs(int argc, char **argv)
{
	static const struct option options[] = {
		{ "where", required_argument, NULL, 'w' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	char *where = "lab", *kernel = "vhint";
	bool json = false;
	struct vh_err err;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return VH_OK;
		}
		if (c == 'w')
			where = optarg;
		else if (c == 'k')
			kernel = optarg;
		else if (c == 'j')
			json = true;
		else
			return cmd_bad_option("costs", c, argv);
	}
	if (optind < argc)
		return cmd_bad_usage("costs", "unexpected \"%s\"", argv[optind]);
	if (!strcmp(where, "lab"))
		return run_in_lab(kernel, json);
	if (strcmp(where, "host"))
		return cmd_bad_usage("costs", "--where: \"%s\" is neither lab nor host", where);
	return measure_all(json, &err) ? cmd_fail(&err) : VH_OK;
}
