/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics that only a guest can give; they come with the result of its workload.
 */
#ifndef VHINT_MEASURE_GUEST_H
#define VHINT_MEASURE_GUEST_H

#include <json-c/json.h>

/*
 * Puts them into @metrics, summed over the "done" messages of @nr guests; null
 * where a guest does not know. Pure.
 */
void meas_guest_add(json_object *metrics, json_object *const *done, int nr);

#endif /* VHINT_MEASURE_GUEST_H */
