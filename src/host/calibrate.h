/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VM exit costs on this host, and the base slice that fits it.
 *
 * An emulated host takes 50 to 100 us for an exit that takes 1 to 2 us on
 * hardware. A scheduler's slice that is left at its default would then end
 * before a guest got anything done, and an experiment would measure exits. So
 * the slice is scaled by the measured cost, and both are recorded.
 */
#ifndef VHINT_HOST_CALIBRATE_H
#define VHINT_HOST_CALIBRATE_H

#include <stdint.h>

#include "base/err.h"

#define LAB_HW_EXIT_NS		1500			/* of current hardware */
#define LAB_MIN_SLICE_NS	(100 * 1000LL)		/* what the kernel accepts */
#define LAB_MAX_SLICE_NS	(1000 * 1000 * 1000LL)

/*
 * Measures the cost of a VM exit that the host's kernel handles alone, on CPU
 * @cpu (not 0 in the lab), in a VM of its own; takes up to about 1 s. 0 or -1.
 */
int calibrate_exits(int cpu, int64_t *exit_ns, struct vh_err *err);

/*
 * The base slice that keeps the ratio of slice to exit where @default_ns has it
 * on hardware; @default_ns itself for a host as fast as that. Pure.
 */
int64_t calibrate_slice_ns(int64_t default_ns, int64_t exit_ns);

/* The host's base slice. The old one is in @old_ns, to be set again at the end. */
int calibrate_get_slice(int64_t *old_ns, struct vh_err *err);
int calibrate_set_slice(int64_t ns, struct vh_err *err);

#endif /* VHINT_HOST_CALIBRATE_H */
