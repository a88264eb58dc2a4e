// SPDX-License-Identifier: GPL-2.0-only
/*
 * Was anything that a run uses built anew since it began?
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/kit.h"
#include "run/uses.h"

bool use_is_same(const struct use_state *then, const struct use_state *now)
{
	if (then->there != now->there)
		return false;
	return !then->there ||
	       (!strcmp(then->real, now->real) && then->dev == now->dev &&
		then->inode == now->inode && then->size == now->size &&
		then->mtime.tv_sec == now->mtime.tv_sec &&
		then->mtime.tv_nsec == now->mtime.tv_nsec);
}

static void look(const char *path, struct use_state *s)
{
	struct stat st;

	memset(s, 0, sizeof(*s));
	if (!realpath(path, s->real) || stat(s->real, &st))
		return;
	s->there = true;
	s->dev = st.st_dev;
	s->inode = st.st_ino;
	s->size = st.st_size;
	s->mtime = st.st_mtim;
}

static void add(struct uses *u, const char *path)
{
	struct use *f = &u->files[u->nr];
	int i;

	for (i = 0; i < u->nr; i++) {
		if (!strcmp(u->files[i].path, path))
			return;
	}
	if (u->nr == USES_MAX)
		return;
	snprintf(f->path, sizeof(f->path), "%s", path);
	look(path, &f->state);
	u->nr++;
}

static void add_kit(struct uses *u, const char *file)
{
	char path[PATH_MAX];

	add(u, kit_path(path, sizeof(path), "%s", file));
}

void uses_note(struct uses *u, const struct experiment *e, const struct plan *p,
	       const char *agent)
{
	char file[PATH_MAX];
	int i;

	u->nr = 0;
	add(u, agent);
	add_kit(u, e->trace ? "build/guest/initramfs-trace.cpio.gz" :
		   "build/guest/initramfs.cpio.gz");
	if (!strcmp(e->where, "lab")) {
		add_kit(u, "build/lab/initrd.cpio.gz");
		if (exp_virtual(e))
			add_kit(u, "build/qemu/bin/qemu-system-x86_64");
	}
	add_kit(u, "build/policy/vhint.ko");
	for (i = 0; i < p->nr_boots; i++) {
		snprintf(file, sizeof(file), "build/kernel/%s/bzImage", p->boots[i].kernel);
		add_kit(u, file);
	}
}

/* src/setup/builds.sh forgets builds that nobody has used for long, by this file's date. */
static void touch_build(const char *real)
{
	char path[PATH_MAX + 16], *slash;
	int up;

	/* .../kernel/NAME-KEY/bzImage, .../qemu/KEY/bin/qemu-system-x86_64 */
	snprintf(path, sizeof(path), "%s", real);
	for (up = 0; up < 2; up++) {
		slash = strrchr(path, '/');
		if (!slash)
			return;
		strcpy(slash, "/COMPLETE");
		if (!utimensat(AT_FDCWD, path, NULL, 0))
			return;
		*slash = '\0';
	}
}

int uses_check(const struct uses *u, struct vh_err *err)
{
	struct use_state now;
	int i;

	for (i = 0; i < u->nr; i++) {
		look(u->files[i].path, &now);
		if (!use_is_same(&u->files[i].state, &now))
			return vh_err(err, VH_RUN_FAILED,
				      "%s was built anew since this run began; all its boots are to use the same. What is complete is kept. Begin the experiment again, or go on with --resume if what has changed does not matter; build in another checkout while a run is under way",
				      kit_short(u->files[i].path));
		touch_build(now.real);
	}
	return 0;
}
