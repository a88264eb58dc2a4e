/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes: the small files of sysfs, procfs and their like.
 */
#ifndef VHINT_BASE_ATTR_H
#define VHINT_BASE_ATTR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct json_object;

/* The file's text without the newline at its end. Its length, or -1 with errno. */
ssize_t attr_read(const char *path, char *buf, size_t len);

/* One number from a file: 0, or -1 with errno. */
int attr_read_u64(const char *path, uint64_t *value);

/* {"file": "its text", ...} of a folder of them; NULL if there is none. */
struct json_object *attr_read_dir(const char *path);

/* Writes @text to a file that exists. 0, or -errno. */
int attr_write(const char *path, const char *text);

/* A folder, such as a cgroup; one that exists is fine. 0, or -errno. */
int attr_mkdir(const char *path);

#endif /* VHINT_BASE_ATTR_H */
