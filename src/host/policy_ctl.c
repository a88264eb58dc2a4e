// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy module, from user space.
 *
 * The switch is the module's parameter "policy". Every switch is read back: an
 * arm that ran under another policy than it says would be worse than no result.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
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
	return io_read(POLICY, buf, len) < 0 ? -1 : 0;
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
	if (io_read(OFFER, p->was_offered, sizeof(p->was_offered)) >= 0)
		io_write(OFFER, "1");
}

static int modprobe(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execlp("modprobe", "modprobe", MODULE, NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return status ? -ENOENT : 0;
}

static int insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		ret = -errno;
	close(fd);
	return ret;
}

static int load(const struct policy_ctl *p, struct vh_err *err)
{
	int ret = p->module ? insert(p->module) : modprobe();
	const char *why = strerror(-ret);

	if (!ret || ret == -EEXIST)
		return 0;
	if (ret == -ENOEXEC || ret == -EINVAL)
		why = "it was built for another kernel; build it again (make policy)";
	else if (ret == -ENOENT && p->module)
		why = "it is not built (make policy), or this kernel lacks what it needs: see the kernel log";
	else if (ret == -ENOENT)
		why = "modprobe failed; is it installed for this kernel (make install-host)?";
	return vh_err(err, VH_BAD_HOST, "cannot load the policy module %s: %s",
		      p->module ? p->module : MODULE, why);
}

static int unload(struct vh_err *err)
{
	int tries;

	for (tries = 0; tries < LOAD_TRIES; tries++) {
		if (!syscall(SYS_delete_module, MODULE, O_NONBLOCK) || errno == ENOENT)
			return 0;
		if (errno != EAGAIN && errno != EBUSY && errno != EWOULDBLOCK)
			break;
		usleep(50000);
	}
	return vh_err(err, VH_BAD_HOST, "cannot unload the policy module %s: %s", MODULE,
		      strerror(errno));
}

static int set(const char *policy, struct vh_err *err)
{
	char now[64] = "";
	int ret = io_write(POLICY, policy);

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
		io_write(OFFER, p->was_offered);
	if (p->was_loaded)
		return policy_ctl_set(p, p->was_policy, err);
	if (!is_loaded())
		return 0;
	/* null first: it gives back what the policy in force has borrowed */
	if (set("null", err))
		return -1;
	return unload(err);
}
