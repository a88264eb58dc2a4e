/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a host's CPUs are driven, and what of it makes measurements on it noisy.
 */
#ifndef VHINT_RESULTS_TUNING_H
#define VHINT_RESULTS_TUNING_H

#include <json-c/json.h>

#define TUNING_CPUS	"/sys/devices/system/cpu"
#define TUNING_MAX	3

/* Members governor, smt and turbo of @o, from the folder @cpus; null is "not known". */
void tuning_read(json_object *o, const char *cpus);

/*
 * Warnings about such an object, each with what to do: how many of @lines, which are constant
 * or in @buf. Pure.
 */
int tuning_warnings(json_object *o, const char *lines[TUNING_MAX], char *buf, size_t len);

#endif /* VHINT_RESULTS_TUNING_H */
