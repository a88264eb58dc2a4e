// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small files in and out. What is saved is synced at once: in the lab the files
 * lie outside of the host that writes them, and that host may die at any time.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/file.h"

#define JSON_FLAGS	(JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

ssize_t io_read(const char *path, char *buf, size_t len)
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

int io_read_u64(const char *path, uint64_t *value)
{
	char buf[64], *end;

	if (io_read(path, buf, sizeof(buf)) < 0)
		return -1;
	errno = 0;
	*value = strtoull(buf, &end, 10);
	if (end == buf)
		errno = EINVAL;
	return errno ? -1 : 0;
}

struct json_object *io_read_dir(const char *path)
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
		if (io_read(file, text, sizeof(text)) >= 0)
			json_object_object_add(o, e->d_name, json_object_new_string(text));
		free(file);
	}
	closedir(d);
	return o;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return 0;
}

int io_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, strlen(text));
	close(fd);
	return ret;
}

static int save(const char *path, int flags, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	struct stat before;
	int ret;

	if (fd < 0 || fstat(fd, &before)) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	ret = write_all(fd, text, len);
	if (!ret && fsync(fd))
		ret = -errno;
	/* where there is no room for a line, no half of one; readers expect the worst anyway */
	if (ret && ftruncate(fd, before.st_size))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

int io_save_text(const char *path, const char *text)
{
	return save(path, O_TRUNC, text, strlen(text));
}

static int save_json(const char *path, int open_flags, int json_flags, struct json_object *o)
{
	char *line;
	int ret;

	if (asprintf(&line, "%s\n", json_object_to_json_string_ext(o, json_flags)) < 0)
		return -ENOMEM;
	/* one write for the whole line, so that a reader never sees half of one */
	ret = save(path, open_flags, line, strlen(line));
	free(line);
	return ret;
}

int io_save_json(const char *path, struct json_object *o)
{
	return save_json(path, O_TRUNC, JSON_FLAGS | JSON_C_TO_STRING_PRETTY, o);
}

int io_append_json(const char *path, struct json_object *o)
{
	return save_json(path, O_APPEND, JSON_FLAGS, o);
}

int io_copy_tail(const char *from, off_t offset, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out, ret = 0;
	char buf[16384];
	ssize_t n;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0) {
		ret = -errno;
		close(in);
		return ret;
	}
	while (!ret && (n = pread(in, buf, sizeof(buf), offset)) > 0) {
		ret = write_all(out, buf, n);
		offset += n;
	}
	close(in);
	if (close(out) && !ret)
		ret = -errno;
	return ret;
}

int io_mkdir(const char *path)
{
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

int64_t io_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

char *io_utc_of(int64_t ms, char *buf, size_t len)
{
	struct timespec now;
	struct tm tm;
	time_t then;

	clock_gettime(CLOCK_REALTIME, &now);
	then = (now.tv_sec * 1000LL + now.tv_nsec / 1000000 - (io_now_ms() - ms)) / 1000;
	gmtime_r(&then, &tm);
	strftime(buf, len, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}

char *io_utc(char *buf, size_t len)
{
	return io_utc_of(io_now_ms(), buf, len);
}
