/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies until src/policy/policies.h is there: VHINT_POLICY(name, summary).
 */
VHINT_POLICY(null, "decides nothing: the cost of the mechanism")
VHINT_POLICY(urgent, "a vCPU that a sibling waits for, or just woke, runs soon")
