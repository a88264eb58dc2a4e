// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a file that a run uses is still the same.
 */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "run/uses.h"

static const struct use_state was = {
	.there = true, .real = "/cache/kernel/stock-1/bzImage", .dev = 1, .inode = 2, .size = 3,
	.mtime = { 4, 5 },
};

static void test_same(void)
{
	const struct use_state gone = { .there = false };
	struct use_state now = was;

	CHECK(use_is_same(&was, &now), "nothing has changed");
	CHECK(use_is_same(&gone, &gone), "what was not there is not there");
	CHECK(!use_is_same(&was, &gone), "it is gone");
	CHECK(!use_is_same(&gone, &was), "it was not there, and is now");
	strcpy(now.real, "/cache/kernel/stock-2/bzImage");
	CHECK(!use_is_same(&was, &now), "a link leads elsewhere");
	now = was;
	now.dev++;
	CHECK(!use_is_same(&was, &now), "another file system");
	now = was;
	now.inode++;
	CHECK(!use_is_same(&was, &now), "a new file in its place");
	now = was;
	now.size++;
	CHECK(!use_is_same(&was, &now), "another length");
	now = was;
	now.mtime.tv_sec++;
	CHECK(!use_is_same(&was, &now), "written to later");
	now = was;
	now.mtime.tv_nsec++;
	CHECK(!use_is_same(&was, &now), "written to in the same second");
}

int main(void)
{
	ktap_begin();
	test_same();
	return ktap_end();
}
