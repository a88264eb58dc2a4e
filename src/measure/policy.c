// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the policy module says that it saw and did.
 *
 * Without the module nobody on the host looks at hints. On a kernel that has no
 * code for them at all, the number of hints seen is known: it is 0. On one that
 * has, it is not known.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/metrics.h"
#include "measure/policy_counters.h"

enum { HINTS_SEEN, DECIDED, BOOSTS, MOVES, RESTORED, THROTTLED, REFUSED, NR };

static const struct metric metrics[NR] = {
	[HINTS_SEEN] = { "hints_seen", "count", BETTER_NONE,
		"hints that the host's policy module read", false },
	[DECIDED] = { "decided", "count", BETTER_NONE,
		"decisions of the policy to do something", false },
	[BOOSTS] = { "boosts", "count", BETTER_NONE,
		"vCPUs that the policy boosted", false },
	[MOVES] = { "moves", "count", BETTER_NONE,
		"vCPUs that the policy moved to another CPU", false },
	[RESTORED] = { "restored", "count", BETTER_NONE,
		"boosts that were taken back", false },
	[THROTTLED] = { "throttled", "count", BETTER_NONE,
		"decisions dropped because a guest asked for too much", false },
	[REFUSED] = { "refused", "count", BETTER_NONE,
		"decisions that could not be applied, for any reason", false },
};

static const char *const counter[NR] = {
	[HINTS_SEEN] = "hints_seen", [DECIDED] = "decided", [BOOSTS] = "applied",
	[MOVES] = "moved", [RESTORED] = "restored", [THROTTLED] = "throttled",
};

struct policy_source {
	int has_hints;		/* of the kernel: 1, 0, or -1 */
};

static void *policy_open(const struct meas_vm *vm, const bool *wanted)
{
	struct policy_source *p = malloc(sizeof(*p));

	if (p)
		p->has_hints = policy_kernel_has_hints();
	return p;
}

static void policy_read(void *priv, double *val)
{
	struct policy_source *p = priv;
	json_object *all = policy_counters(), *v, *refused;
	int i;

	if (!all) {
		if (!p->has_hints)
			val[HINTS_SEEN] = 0;
		return;
	}
	for (i = 0; i < NR; i++)
		if (counter[i] && json_object_object_get_ex(all, counter[i], &v))
			val[i] = json_object_get_int64(v);
	val[REFUSED] = 0;
	refused = policy_refusals(all);
	json_object_object_foreach(refused, reason, n)
		val[REFUSED] += reason ? json_object_get_int64(n) : 0;
	json_object_put(refused);
	json_object_put(all);
}

const struct meas_source meas_policy = {
	.name = "policy",
	.metrics = metrics,
	.nr_metrics = NR,
	.host_wide = true,
	.open = policy_open,
	.read = policy_read,
	.close = free,
};
