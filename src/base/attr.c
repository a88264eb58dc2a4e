// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the kernel, in and out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/attr.h"

ssize_t attr_read(const char *path, char *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return -1;
	while (used < len - 1 && (n = read(fd, buf + used, len - 1 - used)) > 0)
		used += n;
	close(fd);
	if (n < 0)
		return -1;
	while (used && buf[used - 1] == '\n')
		used--;
	buf[used] = '\0';
	return used;
}

int attr_read_u64(const char *path, uint64_t *value)
{
	char buf[64], *end;

	if (attr_read(path, buf, sizeof(buf)) < 0)
		return -1;
	errno = 0;
	*value = strtoull(buf, &end, 10);
	if (end == buf)
		errno = EINVAL;
	return errno ? -1 : 0;
}

struct json_object *attr_read_dir(const char *path)
{
	DIR *d = opendir(path);
	struct json_object *o;
	struct dirent *e;
	char text[1024];
	char *file;

	if (!d)
		return NULL;
	o = json_object_new_object();
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || asprintf(&file, "%s/%s", path, e->d_name) < 0)
			continue;
		if (attr_read(file, text, sizeof(text)) >= 0)
			json_object_object_add(o, e->d_name, json_object_new_string(text));
		free(file);
	}
	closedir(d);
	return o;
}

int attr_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	/* in one write, or the kernel takes the rest for another value */
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int attr_mkdir(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}
