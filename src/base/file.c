// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files, whole or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define MAX_FILE	(256 << 20)

static int read_all(int fd, char *buf, size_t want, size_t *got)
{
	ssize_t n;

	for (*got = 0; *got < want; *got += n) {
		n = read(fd, buf + *got, want - *got);
		if (n < 0 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n < 0)
			return -1;
		if (n == 0)
			break;
	}
	return 0;
}

int file_read(const char *path, char **text, size_t *len, struct vh_err *err)
{
	enum vh_exit code = VH_BAD_EXPERIMENT;
	struct stat st;
	int fd, ret = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return vh_err(err, code, "%s: %s", path,
			      errno == ENOENT ? "no such file" : strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		vh_err(err, code, "%s: not a regular file%s", path,
		       S_ISDIR(st.st_mode) ? ", but a directory" : "");
		goto out;
	}
	if (st.st_size > MAX_FILE) {
		vh_err(err, code, "%s: too large (%lld bytes)", path, (long long)st.st_size);
		goto out;
	}
	*text = malloc(st.st_size + 1);
	if (!*text) {
		vh_err(err, VH_BAD_HOST, "%s: out of memory", path);
		goto out;
	}
	if (read_all(fd, *text, st.st_size, len)) {
		vh_err(err, code, "%s: %s", path, strerror(errno));
		free(*text);
		goto out;
	}
	(*text)[*len] = '\0';
	ret = 0;
out:
	close(fd);
	return ret;
}

static int write_all(int fd, const char *text, size_t len)
{
	size_t done;
	ssize_t n;

	for (done = 0; done < len; done += n) {
		n = write(fd, text + done, len - done);
		if (n < 0 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int cannot_write(const char *path, int error, struct vh_err *err)
{
	return vh_err(err, VH_BAD_HOST, "%s: cannot write: %s%s", path, strerror(error),
		      error == ENOSPC || error == EDQUOT ?
		      "; what is complete is kept: free some space, then try again" : "");
}

/* A file beside @path, which takes its place once it is whole. */
struct draft {
	const char *path;
	char tmp[PATH_MAX];
	int fd;
};

static int draft_open(struct draft *d, const char *path, struct vh_err *err)
{
	d->path = path;
	snprintf(d->tmp, sizeof(d->tmp), "%s.tmp", path);
	d->fd = open(d->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return d->fd < 0 ? cannot_write(d->tmp, errno, err) : 0;
}

/* @bad: an errno, or 0 if all went well so far. */
static int draft_close(struct draft *d, int bad, struct vh_err *err)
{
	if (close(d->fd) && !bad)
		bad = errno;
	if (!bad && rename(d->tmp, d->path))
		bad = errno;
	if (!bad)
		return 0;
	cannot_write(d->path, bad, err);
	unlink(d->tmp);
	return -1;
}

int file_write(const char *path, const char *text, size_t len, struct vh_err *err)
{
	struct draft d;

	if (draft_open(&d, path, err))
		return -1;
	return draft_close(&d, write_all(d.fd, text, len) || fsync(d.fd) ? errno : 0, err);
}

int file_append(const char *path, const char *text, size_t len, struct vh_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), bad = 0;
	struct stat before;

	if (fd < 0)
		return cannot_write(path, errno, err);
	/* one write, so that a reader never sees half a line */
	if (fstat(fd, &before) || write_all(fd, text, len) || fsync(fd))
		bad = errno;
	/* where there is no room for a line, no half of one; readers expect the worst anyway */
	if (bad && ftruncate(fd, before.st_size))
		bad = errno;
	if (close(fd) && !bad)
		bad = errno;
	return bad ? cannot_write(path, bad, err) : 0;
}

static int copy_from(int in, off_t offset, int out)
{
	char buf[16384];
	ssize_t n;

	while ((n = pread(in, buf, sizeof(buf), offset)) > 0) {
		if (write_all(out, buf, n))
			return -1;
		offset += n;
	}
	return n < 0 ? -1 : 0;
}

int file_copy(const char *from, off_t offset, const char *to, struct vh_err *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), ret;
	struct draft d;

	if (in < 0)
		return vh_err(err, VH_BAD_HOST, "%s: %s", from, strerror(errno));
	ret = draft_open(&d, to, err);
	if (!ret)
		ret = draft_close(&d, copy_from(in, offset, d.fd) ? errno : 0, err);
	close(in);
	return ret;
}

int file_mkdir(const char *path, struct vh_err *err)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		return vh_err(err, VH_BAD_HOST, "%s: cannot make this folder: %s", path,
			      strerror(errno));
	return 0;
}
