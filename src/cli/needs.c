// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a command line needs, in words.
 */
#include <stdio.h>

#include "cli/needs.h"

static const char *const words[] = {
	"kernel", "qemu", "lab", "guest", "policy", "trace", "perf",
};

void needs_print(unsigned int needs)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(needs >> i & 1))
			continue;
		printf("%s%s", before, words[i]);
		before = " ";
	}
	if (*before)
		putchar('\n');
}
