/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which paravirtual features the guest has, for the record
 */
#ifndef VHINT_RUNNER_PV_H
#define VHINT_RUNNER_PV_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/* The names of KVM's feature bits (CPUID 0x40000001, eax); "bit25" for one without a name. */
struct json_object *pv_features(uint32_t eax);

/* The messages in a kernel log in which the guest's KVM code says what it uses, as an array. */
struct json_object *pv_messages(char *log);

/* All of it, read from this machine. NULL if KVM is not below it. */
struct json_object *pv_record(void);

#endif
