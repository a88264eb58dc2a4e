/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folders of small files, as records.
 */
#ifndef VHINT_HOST_HOSTINFO_TREE_H
#define VHINT_HOST_HOSTINFO_TREE_H

#include <json-c/json.h>

/*
 * {"file": "its text", "folder": {...}} of @path, @depth levels deep and sorted; what
 * cannot be read, or is called @except (may be NULL), is left out. NULL if there is none.
 */
json_object *hostinfo_tree(const char *path, int depth, const char *except);

/* {"/a/b": {"cpu.weight": "100", ...}} of each cgroup below @root; NULL if that is not cgroup2. */
json_object *hostinfo_cgroups(const char *root);

#endif /* VHINT_HOST_HOSTINFO_TREE_H */
