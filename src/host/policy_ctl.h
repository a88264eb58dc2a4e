/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy module, from user space: loaded, switched, unloaded.
 */
#ifndef VHINT_HOST_POLICY_CTL_H
#define VHINT_HOST_POLICY_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct policy_ctl {
	const char *module;	/* path of vhint.ko; NULL: by name, as it is installed */
	bool known;		/* what was before us is known, and can be restored */
	bool was_loaded;	/* before us: then it stays, with its policy as it was */
	char was_policy[32];
	char was_offered[8];	/* "" where the kernel has no hints to offer */
};

/* Also has KVM offer hints to the VMs that start from now on, where it can. */
void policy_ctl_init(struct policy_ctl *p, const char *module);

/* Makes @policy the one in force, and checks that it is. 0, or -1 with @err filled. */
int policy_ctl_set(struct policy_ctl *p, const char *policy, struct vh_err *err);

/* As it was before policy_ctl_init(). */
int policy_ctl_restore(struct policy_ctl *p, struct vh_err *err);

/* Loads the module at @path, NULL: the installed one. 0, also if it is there, or -errno. */
int policy_ctl_insert(const char *path);

/* What to do about a module that could not be loaded, in @buf, which is returned. Pure. */
char *policy_ctl_why(int error, bool installed, char *buf, size_t len);

#endif /* VHINT_HOST_POLICY_CTL_H */
