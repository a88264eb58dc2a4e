/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domain XML: a template filled in, and checked against libvirt's own schema.
 * Nothing here talks to libvirt, so all of it runs (and is tested) anywhere.
 */
#ifndef VHINT_HOST_VM_XML_H
#define VHINT_HOST_VM_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "experiment/experiment.h"

#define VM_CHANNEL	"org.vhint.0"
#define VM_SCHEMA	"/usr/share/libvirt/schemas/domain.rng"

/* What the driver puts into a template. */
struct vm_spec {
	const char *name;		/* of the domain */
	int vcpus;
	int memory_mib;
	const uint64_t *pins;		/* one CPU mask per vCPU */
	const char *kernel, *initrd;
	const char *kernel_args;	/* appended to the template's cmdline */
	const char *console;		/* file of the serial console */
	bool vsock;			/* a vsock device, for trace-cmd's agent */
	uint64_t seed;			/* with the name it makes the UUID, the same in each boot */
};

/*
 * The template at @path with @spec filled in, as XML that the caller frees.
 * With @validate, libvirt's schema is asked about the result. NULL on failure,
 * with @err filled.
 */
char *vm_xml_fill(const char *path, const struct vm_spec *spec, int validate,
		  struct vh_err *err);

/*
 * Does libvirt's schema accept the template at @path once it is filled in for
 * @vm? 0, or -1 with @err filled.
 */
int vm_template_check(const char *path, const struct exp_vm *vm, struct vh_err *err);

/*
 * The host's socket of the driver's channel, from the XML of a running domain;
 * the caller frees it. NULL if there is none.
 */
char *vm_xml_channel_path(const char *xml);

/* The VM's vsock address, from the XML of a running domain; -1 if it has none. */
int vm_xml_cid(const char *xml);

/* The same of all templates that @e names. 0, or -1 with @err filled. */
int vm_templates_check(const struct experiment *e, struct vh_err *err);

#endif /* VHINT_HOST_VM_XML_H */
