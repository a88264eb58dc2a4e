// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said of a policy module that cannot be loaded.
 */
#include <errno.h>
#include <string.h>

#include "host/policy_ctl.h"
#include "ktap.h"

static void test_why(void)
{
	char b[256];

	CHECK(strstr(policy_ctl_why(-ENOEXEC, false, b, sizeof(b)), "another kernel"), "%s", b);
	CHECK(strstr(policy_ctl_why(-EINVAL, true, b, sizeof(b)), "another kernel"), "%s", b);
	CHECK(strstr(policy_ctl_why(-ENOENT, false, b, sizeof(b)), "make policy"), "%s", b);
	CHECK(strstr(policy_ctl_why(-ENOENT, true, b, sizeof(b)), "make install-host"), "%s", b);
	CHECK(!strcmp(policy_ctl_why(-EPERM, true, b, sizeof(b)), strerror(EPERM)), "%s", b);
}

static void test_missing(void)
{
	struct policy_ctl p = { .module = "/nonexistent/vhint.ko" };
	struct vh_err err = { 0 };

	CHECK(policy_ctl_insert(p.module) == -ENOENT, "a file that is not there");
	CHECK(!policy_ctl_set(&p, "none", &err), "no module is needed for no policy");
	CHECK(policy_ctl_set(&p, "urgent", &err) && err.code == VH_BAD_HOST &&
	      strstr(err.msg, "cannot load the policy module /nonexistent/vhint.ko: it is not built"),
	      "%s", err.msg);
}

int main(void)
{
	ktap_begin();
	test_why();
	test_missing();
	return ktap_end();
}
