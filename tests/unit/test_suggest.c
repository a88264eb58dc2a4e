// SPDX-License-Identifier: GPL-2.0-only
/*
 * "Did you mean": distances, and when to say nothing.
 */
#include <string.h>

#include "base/suggest.h"
#include "ktap.h"

static const char *const keys[] = {
	"vcpus", "memory_mib", "template", "pins", "count", "kernel_args", "repetitions",
};

static int says(const char *word, const char *want)
{
	const char *s = suggest_nearest(word, keys, 7);

	return want ? s && !strcmp(s, want) : !s;
}

int main(void)
{
	ktap_begin();
	CHECK(suggest_distance("", "abc") == 3, "three inserts");
	/* of the article on this distance: restricted edit, not full transposition */
	CHECK(suggest_distance("ca", "abc") == 3, "CA to ABC is 3, as substrings move once only");
	CHECK(suggest_distance("kitten", "sitting") == 3, "kitten to sitting");
	CHECK(suggest_distance("pnis", "pins") == 1, "a swap is one edit");
	CHECK(suggest_distance("PINS", "pins") == 0, "case does not count");
	CHECK(says("vcpu", "vcpus"), "a missing letter");
	CHECK(says("pin", "pins") && says("pisn", "pins"), "short names");
	CHECK(says("memory", "memory_mib"), "the beginning of a name");
	CHECK(says("memory_mb", "memory_mib"), "a letter less in the middle");
	CHECK(says("repititions", "repetitions"), "a usual mistake");
	CHECK(says("colour", NULL) && says("x", NULL), "nothing is near: say nothing");
	CHECK(suggest_nearest("cab", (const char *const[]){ "car", "can" }, 2)[2] == 'r',
	      "of two that are as near, the first");
	return ktap_end();
}
