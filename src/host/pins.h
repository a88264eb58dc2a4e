/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where virtual CPUs may run.
 */
#ifndef VHINT_HOST_PINS_H
#define VHINT_HOST_PINS_H

#include <stdint.h>

#include "base/err.h"

/*
 * The CPU 0 rule, on what is about to be asked for: each of the @nr masks in
 * @pins must name CPUs 1 .. @cpus only, and at least one. Pure.
 */
int pins_check(const uint64_t *pins, int nr, int cpus, struct vh_err *err);

/*
 * The CPU 0 rule, on what is: the threads @tids of running vCPUs may run on none
 * but CPUs 1 .. @cpus.
 */
int pins_check_threads(const int *tids, int nr, int cpus, struct vh_err *err);

#endif /* VHINT_HOST_PINS_H */
