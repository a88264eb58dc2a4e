/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of metric sources, in the order of the results: a new one is its
 * file, <name>.c in this folder, and its line here. Included more than once on purpose.
 */
MEAS_SOURCE(schedstat)
MEAS_SOURCE(kvm)
MEAS_SOURCE(perf)
MEAS_SOURCE(policy)
MEAS_SOURCE(guest)
MEAS_SOURCE(derived)
