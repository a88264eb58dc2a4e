// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files in which the lab's inside is told what to do.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "lab/lab_internal.h"

#define LIBVIRT_DEADLINE_S	60	/* stage2's wait for libvirt's first answer */

char *lab_controls_path(const struct lab_config *config)
{
	char *dir = lab_control_dir(config), *path = NULL;

	if (dir && asprintf(&path, "%s/%s", config->share, dir) < 0)
		path = NULL;
	free(dir);
	return path;
}

static char *control_path(const char *controls, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", controls, name) < 0 ? NULL : path;
}

/* Takes over and frees @text. */
static int write_control(const char *controls, const char *name, char *text, struct vh_err *err)
{
	char *path = control_path(controls, name);
	int ret;

	if (!path || !text)
		ret = vh_err(err, VH_BAD_HOST, "out of memory");
	else
		ret = file_write(path, text, strlen(text), err);
	if (!ret && chmod(path, 0755))
		ret = vh_err(err, VH_BAD_HOST, "%s: %s", path, strerror(errno));
	free(text);
	free(path);
	return ret;
}

int lab_controls_write(const char *dir, const struct lab_config *config, enum lab_again again,
		       struct vh_err *err)
{
	int ret;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return vh_err(err, VH_BAD_HOST, "%s: %s", dir, strerror(errno));
	ret = write_control(dir, "config", lab_stage2_config(config, LIBVIRT_DEADLINE_S, again),
			    err);
	/* a second start has no command: it is there already */
	if (ret || !config->argv)
		return ret;
	return write_control(dir, "command", lab_command_script(config), err);
}

void lab_controls_remove(const char *dir)
{
	static const char *const names[] = { "config", "command" };
	char *path;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path = control_path(dir, names[i]);
		if (path)
			unlink(path);
		free(path);
	}
	rmdir(dir);
}

/* The last part of where @path leads: of a build, its hash. The caller frees it. */
static char *build_id(const char *path)
{
	char *real = realpath(path, NULL), *id = real ? strdup(strrchr(real, '/') + 1) : NULL;

	free(real);
	return id;
}

/* The name of the directory; two labs that do not learn the same never share one. */
static char *cache_name(const struct lab_config *config)
{
	bool is_virtual = config->clock == LAB_CLOCK_VIRTUAL;
	char *own = NULL, *kernel = build_id(config->kernel_dir), *qemu = NULL, *name = NULL;

	if (is_virtual && asprintf(&own, "%s/" LAB_OWN_QEMU_DIR, config->kit_root) < 0)
		own = NULL;
	if (own)
		qemu = build_id(own);
	if (asprintf(&name, "libvirt-%s-%d-%s-%s", is_virtual ? "virtual" : "real",
		     config->cpus + 1, kernel ?: "kernel", qemu ?: "qemu") < 0)
		name = NULL;
	free(own);
	free(qemu);
	free(kernel);
	return name;
}

static int make_path(char *dir)
{
	char *p;

	for (p = strchr(dir + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(dir, 0755);
		*p = '/';
	}
	mkdir(dir, 0755);
	return access(dir, W_OK | X_OK);
}

char *lab_cache_dir(const struct lab_config *config, struct vh_err *err)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	bool is_base = base && *base == '/';
	char *dir = NULL, *name = cache_name(config);

	if (!is_base && (!home || *home != '/')) {
		vh_err(err, VH_BAD_HOST, "neither HOME nor XDG_CACHE_HOME is an absolute path");
	} else if (!name || asprintf(&dir, "%s%s/vhint/lab/%s", is_base ? base : home,
				     is_base ? "" : "/.cache", name) < 0) {
		dir = NULL;
		vh_err(err, VH_BAD_HOST, "out of memory");
	} else if (make_path(dir)) {
		vh_err(err, VH_BAD_HOST, "%s: cannot write there: %s", dir, strerror(errno));
		free(dir);
		dir = NULL;
	}
	free(name);
	return dir;
}
