/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether what was seen of a run is what its arm says. Pure.
 */
#ifndef VHINT_EXPERIMENT_ARM_H
#define VHINT_EXPERIMENT_ARM_H

#include <stdbool.h>
#include <stddef.h>

#define POLICY_NONE	"none"		/* the module is not loaded */

/*
 * Was the run what its arm says? @hints_seen is NAN if the host does not know.
 * NULL if all is well, else what is wrong, in @buf.
 */
const char *arm_check_hints(bool arm_hints, const char *policy, double hints_seen, char *buf,
			size_t len);
/* The same of what a guest said when it was prepared. */
const char *arm_check_guest(bool arm_hints, bool supported, bool enabled);

#endif /* VHINT_EXPERIMENT_ARM_H */
