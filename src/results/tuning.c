// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a host's CPUs are driven.
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/json.h"
#include "results/tuning.h"

#define GOOD_GOVERNOR	"performance"

/* The text of a file below @cpus; NULL if there is none. */
static json_object *text_of(const char *cpus, const char *name)
{
	char path[PATH_MAX], buf[128];

	snprintf(path, sizeof(path), "%s/%s", cpus, name);
	return attr_read(path, buf, sizeof(buf)) < 0 ? NULL : json_object_new_string(buf);
}

/* "on", "off", or NULL. Intel's driver has a switch of its own, that says the contrary. */
static json_object *turbo(const char *cpus)
{
	json_object *off = text_of(cpus, "intel_pstate/no_turbo");
	json_object *on = text_of(cpus, "cpufreq/boost");
	const char *word = NULL;

	if (off)
		word = strcmp(json_object_get_string(off), "0") ? "off" : "on";
	else if (on)
		word = strcmp(json_object_get_string(on), "0") ? "on" : "off";
	json_object_put(off);
	json_object_put(on);
	return word ? json_object_new_string(word) : NULL;
}

/* The governor of all CPUs; of those that have another one than "performance", if any has. */
static json_object *governor(const char *cpus)
{
	char pattern[PATH_MAX], buf[64], found[64] = "";
	glob_t g;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/cpu[0-9]*/cpufreq/scaling_governor", cpus);
	if (glob(pattern, 0, NULL, &g))
		return NULL;
	for (i = 0; i < g.gl_pathc; i++) {
		if (attr_read(g.gl_pathv[i], buf, sizeof(buf)) > 0 &&
		    (!*found || strcmp(buf, GOOD_GOVERNOR)))
			strcpy(found, buf);
	}
	globfree(&g);
	return *found ? json_object_new_string(found) : NULL;
}

void tuning_read(json_object *o, const char *cpus)
{
	json_object_object_add(o, "governor", governor(cpus));
	json_object_object_add(o, "smt", text_of(cpus, "smt/active"));
	json_object_object_add(o, "turbo", turbo(cpus));
}

int tuning_warnings(json_object *o, const char *lines[TUNING_MAX], char *buf, size_t len)
{
	const char *gov = jget_str(o, "governor", GOOD_GOVERNOR);
	int n = 0;

	if (strcmp(gov, GOOD_GOVERNOR)) {
		snprintf(buf, len,
			 "the host's frequency governor is \"%s\": the speed of its CPUs follows their load; for measurements: cpupower frequency-set -g " GOOD_GOVERNOR,
			 gov);
		lines[n++] = buf;
	}
	if (!strcmp(jget_str(o, "smt", ""), "1"))
		lines[n++] = "SMT is on: vCPUs that share a core slow each other down; for measurements: echo off >" TUNING_CPUS "/smt/control";
	if (!strcmp(jget_str(o, "turbo", ""), "on"))
		lines[n++] = "turbo is on: the speed of a core depends on heat and on what other cores do; for measurements: echo 0 >" TUNING_CPUS "/cpufreq/boost, or with Intel's driver: echo 1 >" TUNING_CPUS "/intel_pstate/no_turbo";
	return n;
}
