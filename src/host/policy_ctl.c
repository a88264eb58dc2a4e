// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy module, from user space.
 *
 * The switch is the module's parameter "policy". Every switch is read back: an
 * arm that ran under another policy than it says would be worse than no result.
 */
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/attr.h"
#include "experiment/arm.h"
#include "host/policy_ctl.h"
#include "measure/policy_counters.h"

#define MODULE		POLICY_MODULE
#define PARAMS		POLICY_PARAMS
#define POLICY		PARAMS "/policy"
#define OFFER		"/sys/module/kvm/parameters/vhint"

#define LOAD_TRIES	20		/* a module that was just unloaded may still be going */

static int current_policy(char *buf, size_t len)
{
	return attr_read(POLICY, buf, len) < 0 ? -1 : 0;
}

static bool is_loaded(void)
{
	return !access(PARAMS, F_OK);
}

void policy_ctl_init(struct policy_ctl *p, const char *module)
{
	memset(p, 0, sizeof(*p));
	p->module = module;
	p->known = true;
	p->was_loaded = !current_policy(p->was_policy, sizeof(p->was_policy));
	/* Should it fail, the guests' first order to publish says so. */
	if (attr_read(OFFER, p->was_offered, sizeof(p->was_offered)) >= 0)
		attr_write(OFFER, "1");
}

/* As modprobe(8) does it: from the folder of modules, with all that it needs. */
static int insert_installed(struct kmod_ctx *ctx)
{
	struct kmod_list *list = NULL, *l;
	int ret = kmod_module_new_from_lookup(ctx, MODULE, &list);

	if (!ret && !list)
		ret = -ENOENT;
	kmod_list_foreach(l, list) {
		struct kmod_module *mod = kmod_module_get_module(l);

		if (!ret)
			ret = kmod_module_probe_insert_module(mod, 0, NULL, NULL, NULL, NULL);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(list);
	return ret;
}

static int insert_file(struct kmod_ctx *ctx, const char *path)
{
	struct kmod_module *mod;
	int ret = kmod_module_new_from_path(ctx, path, &mod);

	if (ret)
		return ret;
	ret = kmod_module_insert_module(mod, 0, NULL);
	kmod_module_unref(mod);
	return ret;
}

/* What it has to say is in its return values. */
static struct kmod_ctx *kmod_quiet(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);

	if (ctx)
		kmod_set_log_priority(ctx, LOG_EMERG);
	return ctx;
}

char *policy_ctl_why(int error, bool installed, char *buf, size_t len)
{
	const char *why = strerror(-error);

	if (error == -ENOEXEC || error == -EINVAL)
		why = "it was built for another kernel; build it again (make policy)";
	else if (error == -ENOENT && !installed)
		why = "it is not built (make policy), or this kernel lacks what it needs: see the kernel log";
	else if (error == -ENOENT)
		why = "there is none for this kernel; install it (make install-host)";
	snprintf(buf, len, "%s", why);
	return buf;
}

int policy_ctl_insert(const char *path)
{
	struct kmod_ctx *ctx = kmod_quiet();
	int ret;

	if (!ctx)
		return -ENOMEM;
	ret = path ? insert_file(ctx, path) : insert_installed(ctx);
	kmod_unref(ctx);
	return ret == -EEXIST ? 0 : ret;
}

static int load(const struct policy_ctl *p, struct vh_err *err)
{
	int ret = policy_ctl_insert(p->module);
	char why[256];

	if (!ret)
		return 0;
	return vh_err(err, VH_BAD_HOST, "cannot load the policy module %s: %s",
		      p->module ? p->module : MODULE,
		      policy_ctl_why(ret, !p->module, why, sizeof(why)));
}

static int remove_module(void)
{
	struct kmod_ctx *ctx = kmod_quiet();
	struct kmod_module *mod;
	int ret = ctx ? kmod_module_new_from_name(ctx, MODULE, &mod) : -ENOMEM;

	if (!ret) {
		ret = kmod_module_remove_module(mod, KMOD_REMOVE_NOWAIT | KMOD_REMOVE_NOLOG);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return ret;
}

static int unload(struct vh_err *err)
{
	int tries, ret = 0;

	for (tries = 0; tries < LOAD_TRIES; tries++) {
		ret = remove_module();
		if (!ret || ret == -ENOENT)
			return 0;
		if (ret != -EAGAIN && ret != -EBUSY)
			break;
		usleep(50000);
	}
	return vh_err(err, VH_BAD_HOST, "cannot unload the policy module %s: %s", MODULE,
		      strerror(-ret));
}

static int set(const char *policy, struct vh_err *err)
{
	char now[64] = "";
	int ret = attr_write(POLICY, policy);

	if (ret)
		return vh_err(err, VH_BAD_HOST, "cannot switch to policy \"%s\": writing %s: %s",
			      policy, POLICY, strerror(-ret));
	if (current_policy(now, sizeof(now)) || strcmp(now, policy))
		return vh_err(err, VH_BAD_HOST,
			      "%s says \"%s\" after \"%s\" was written; no run can be trusted", POLICY,
			      now, policy);
	return 0;
}

int policy_ctl_set(struct policy_ctl *p, const char *policy, struct vh_err *err)
{
	if (!strcmp(policy, POLICY_NONE))
		return is_loaded() ? unload(err) : 0;
	if (!is_loaded() && load(p, err))
		return -1;
	return set(policy, err);
}

int policy_ctl_restore(struct policy_ctl *p, struct vh_err *err)
{
	if (p->was_offered[0])
		attr_write(OFFER, p->was_offered);
	if (p->was_loaded)
		return policy_ctl_set(p, p->was_policy, err);
	if (!is_loaded())
		return 0;
	/* null first: it gives back what the policy in force has borrowed */
	if (set("null", err))
		return -1;
	return unload(err);
}
