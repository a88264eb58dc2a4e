/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policies, one line each: VHINT_POLICY(name, summary). A policy is the
 * file policy_<name>.c, which defines struct vh_policy vh_policy_<name>.
 *
 * The list is shared by the module, the driver and the tests, hence no guard.
 */
VHINT_POLICY(null, "decides nothing; what reading the hints costs")
VHINT_POLICY(urgent, "a vCPU that a sibling waits for, or has just woken, runs soon")
