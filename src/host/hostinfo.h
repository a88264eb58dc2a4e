/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is to know of the host that measures, for the record.
 */
#ifndef VHINT_HOST_HOSTINFO_H
#define VHINT_HOST_HOSTINFO_H

#include <json-c/json.h>

#include "host/vm.h"

/* Kernel, CPU, scheduler, KVM, libvirt and QEMU. Unknown things are null. */
json_object *hostinfo(const struct vm_host *h);

/* The running VMs: process, threads, pins, cgroup. */
json_object *hostinfo_vms(const struct vm *vms, int nr);

/* The value of the first "key : value" line of /proc/cpuinfo's kind. Pure; NULL if none. */
json_object *hostinfo_field(const char *text, const char *key);

#endif /* VHINT_HOST_HOSTINFO_H */
