/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the kit's own files are: the root of the checkout (or of the installed
 * kit) that this program belongs to.
 */
#ifndef VHINT_BASE_KIT_H
#define VHINT_BASE_KIT_H

#include <stddef.h>

#define KIT_VERSION	"0.1"

/*
 * Finds the root once: $VHINT_ROOT, else two levels above the executable
 * (build/bin/run-experiment). Never NULL, no slash at the end.
 */
const char *kit_root(void);

/* Writes "<root>/<formatted text>" into @buf and returns it. */
char *kit_path(char *buf, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for @file of kernel @kernel. In the lab of an experiment $VHINT_KERNEL says
 * where the one that runs is.
 */
char *kit_kernel_path(char *buf, size_t len, const char *kernel, const char *file);

/* @path without the root in front of it, for messages. */
const char *kit_short(const char *path);

#endif /* VHINT_BASE_KIT_H */
