// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the kit's root directory and builds paths below it.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/kit.h"

static char *strip_component(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash && slash != path)
		*slash = '\0';
	return path;
}

const char *kit_root(void)
{
	static char root[PATH_MAX];
	const char *env;
	ssize_t n;

	if (root[0])
		return root;
	env = getenv("VHINT_ROOT");
	if (env && *env && realpath(env, root))
		return root;
	n = readlink("/proc/self/exe", root, sizeof(root) - 1);
	if (n <= 0) {
		strcpy(root, ".");
		return root;
	}
	root[n] = '\0';
	/* build/bin/run-experiment: the program, its directory, "build" */
	strip_component(strip_component(strip_component(root)));
	return root;
}

char *kit_path(char *buf, size_t len, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(buf, len, "%s/", kit_root());
	if (n < 0 || (size_t)n >= len)
		return buf;
	va_start(ap, fmt);
	vsnprintf(buf + n, len - n, fmt, ap);
	va_end(ap);
	return buf;
}

char *kit_kernel_path(char *buf, size_t len, const char *kernel, const char *file)
{
	const char *dir = getenv("VHINT_KERNEL");

	if (!dir || !*dir)
		return kit_path(buf, len, "build/kernel/%s/%s", kernel, file);
	snprintf(buf, len, "%s/%s", dir, file);
	return buf;
}

const char *kit_short(const char *path)
{
	const char *root = kit_root();
	size_t n = strlen(root);

	if (!strncmp(path, root, n) && path[n] == '/')
		return path + n + 1;
	return path;
}
