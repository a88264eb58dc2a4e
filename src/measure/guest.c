// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guests themselves saw of their measured parts. A guest's part ends
 * when its own work does, so these cover less time than the host's counters.
 */
#include <math.h>

#include "measure/guest.h"
#include "measure/metrics.h"

static const struct metric metrics[] = {
	{ "steal_s", "s", BETTER_LOWER,
	  "time in which the guests' vCPUs could run but had no CPU, as the guests count it",
	  false },
	{ "guest_ctx_switches", "count", BETTER_NONE,
	  "context switches inside the guests", false },
};

static const char *const keys[] = { "steal_s", "context_switches" };

#define NR	((int)(sizeof(metrics) / sizeof(metrics[0])))

static double value(json_object *done, const char *key)
{
	json_object *o = NULL;

	if (!json_object_object_get_ex(done, "result", &o) ||
	    !json_object_object_get_ex(o, "guest", &o) ||
	    !json_object_object_get_ex(o, key, &o) || !o)
		return NAN;
	return json_object_get_double(o);
}

void meas_guest_add(json_object *out, json_object *const *done, int nr)
{
	double total;
	int i, m;

	for (m = 0; m < NR; m++) {
		total = 0;
		for (i = 0; i < nr; i++)
			total += value(done[i], keys[m]);
		json_object_object_add(out, metrics[m].name, meas_json(&metrics[m], total));
	}
}

/* There is nothing to open on the host: the agent asks meas_guest_add(). */
static void *guest_open(const struct meas_vm *vm, const bool *wanted)
{
	return NULL;
}

const struct meas_source meas_guest = {
	.name = "guest",
	.metrics = metrics,
	.nr_metrics = NR,
	.host_wide = true,
	.open = guest_open,
};
