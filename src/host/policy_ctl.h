/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy module, from user space: loaded, switched, read, unloaded.
 */
#ifndef VHINT_HOST_POLICY_CTL_H
#define VHINT_HOST_POLICY_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"
#include "measure/bins.h"

#define POLICY_NONE	"none"		/* the module is not loaded */

struct policy_ctl {
	const char *module;	/* path of vhint.ko; NULL: by name, through modprobe */
	bool known;		/* what was before us is known, and can be restored */
	bool was_loaded;	/* before us: then it stays, with its policy as it was */
	char was_policy[32];
	char was_offered[8];	/* "" where the kernel has no hints to offer */
};

/* Also has KVM offer hints to the VMs that start from now on, where it can. */
void policy_ctl_init(struct policy_ctl *p, const char *module);

/* Makes @policy the one in force, and checks that it is. 0, or -1 with @err filled. */
int policy_ctl_set(struct policy_ctl *p, const char *policy, struct vh_err *err);

/* As it was before policy_ctl_init(). */
int policy_ctl_restore(struct policy_ctl *p, struct vh_err *err);

/* All counters of the module, totals since it was loaded; NULL if it is not loaded. */
json_object *policy_counters(void);

/* The module's histogram @name; without bins if there is none. */
void policy_bins(const char *name, struct bins *b);

/* What the vCPUs say now, as runq_parse() takes it; NULL if the module does not show it. */
const char *policy_vcpus(char *buf, size_t len);

/* The module's parameters as text; NULL if it is not loaded. */
json_object *policy_params(void);

/* Has this kernel any code that could see a hint? 1, 0, or -1 when that is not known. */
int policy_kernel_has_hints(void);

/* "name value" lines to an object; NULL if there is none. Pure. */
json_object *policy_parse_counters(const char *text);

/* {"budget": 3} from counters called refused_budget and so on. Pure. */
json_object *policy_refusals(json_object *counters);

/* End minus begin, name by name. Both may be NULL: so is the result then. Pure. */
json_object *policy_counters_diff(json_object *begin, json_object *end);

#endif /* VHINT_HOST_POLICY_CTL_H */
