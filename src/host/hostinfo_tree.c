// SPDX-License-Identifier: GPL-2.0-only
/*
 * Folders of small files, as records: the scheduler's tunables, and the tree of
 * cgroups with what each of them is entitled to.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "host/hostinfo_tree.h"

#define MAX_PATH	1024
#define MAX_TEXT	4096
#define MAX_CGROUPS	1000	/* of a host full of services */
#define MAX_DEPTH	12

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

json_object *hostinfo_tree(const char *path, int depth, const char *except)
{
	char file[MAX_PATH], text[MAX_TEXT];
	struct dirent **list;
	json_object *o, *v;
	int i, n;

	n = scandir(path, &list, visible, by_name);
	if (n < 0)
		return NULL;
	o = json_object_new_object();
	for (i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
		v = NULL;
		if (except && !strcmp(list[i]->d_name, except))
			;
		else if (list[i]->d_type == DT_DIR)
			v = depth > 1 ? hostinfo_tree(file, depth - 1, except) : NULL;
		else if (attr_read(file, text, sizeof(text)) >= 0)
			v = json_object_new_string(text);
		if (v)
			json_object_object_add(o, list[i]->d_name, v);
		free(list[i]);
	}
	free(list);
	return o;
}

/* What a cgroup may have of the CPUs; an empty object where that is not its own matter. */
static json_object *entitlement(const char *path)
{
	static const char *const files[] = {
		"cpu.weight", "cpu.idle", "cpu.max", "cpuset.cpus", "cpuset.cpus.effective",
	};
	json_object *o = json_object_new_object();
	char file[MAX_PATH + 32], text[256];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", path, files[i]);
		if (attr_read(file, text, sizeof(text)) >= 0 && text[0])
			json_object_object_add(o, files[i], json_object_new_string(text));
	}
	return o;
}

static void add_cgroups(json_object *all, const char *root, const char *below, int depth)
{
	char path[MAX_PATH], child[MAX_PATH];
	struct dirent **list;
	int i, n;

	snprintf(path, sizeof(path), "%s%s", root, below);
	if (depth > MAX_DEPTH || json_object_object_length(all) >= MAX_CGROUPS)
		return;
	n = scandir(path, &list, visible, by_name);
	if (n < 0)
		return;
	json_object_object_add(all, *below ? below : "/", entitlement(path));
	for (i = 0; i < n; i++) {
		if (list[i]->d_type == DT_DIR &&
		    snprintf(child, sizeof(child), "%s/%s", below, list[i]->d_name) < MAX_PATH)
			add_cgroups(all, root, child, depth + 1);
		free(list[i]);
	}
	free(list);
}

json_object *hostinfo_cgroups(const char *root)
{
	json_object *all;
	char text[256], file[MAX_PATH];

	snprintf(file, sizeof(file), "%s/cgroup.controllers", root);
	if (attr_read(file, text, sizeof(text)) < 0)
		return NULL;	/* version 1 has several trees and shares in place of weights */
	all = json_object_new_object();
	add_cgroups(all, root, "", 0);
	return all;
}
