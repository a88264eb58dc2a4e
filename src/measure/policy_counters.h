/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the policy module shows of itself: counters, histograms, parameters.
 */
#ifndef VHINT_MEASURE_POLICY_COUNTERS_H
#define VHINT_MEASURE_POLICY_COUNTERS_H

#include <json-c/json.h>

#include "measure/bins.h"

#define POLICY_MODULE	"vhint"
#define POLICY_PARAMS	"/sys/module/" POLICY_MODULE "/parameters"

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

#endif /* VHINT_MEASURE_POLICY_COUNTERS_H */
