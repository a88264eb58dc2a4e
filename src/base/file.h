/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files in and out: sysfs, procfs, and results that must survive the host.
 */
#ifndef VHINT_BASE_FILE_H
#define VHINT_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct json_object;

/* The file's text without the newline at its end. Its length, or -1 with errno. */
ssize_t io_read(const char *path, char *buf, size_t len);

/* One number from a file: 0, or -1 with errno. */
int io_read_u64(const char *path, uint64_t *value);

/* {"file": "its text", ...} of a folder of small files such as sysfs has; NULL if there is none. */
struct json_object *io_read_dir(const char *path);

/* Writes @text to a file that exists, such as a sysfs attribute. 0, or -errno. */
int io_write(const char *path, const char *text);

/* @o as a file of its own, synced. 0, or -errno. */
int io_save_json(const char *path, struct json_object *o);
int io_save_text(const char *path, const char *text);

/* One line at the end of the file, synced: what is there survives a crash. 0, or -errno. */
int io_append_json(const char *path, struct json_object *o);

/* What @from holds after @offset, as the new file @to. 0, or -errno. */
int io_copy_tail(const char *from, off_t offset, const char *to);

/* mkdir -p of the last component only; an existing folder is fine. 0, or -errno. */
int io_mkdir(const char *path);

int64_t io_now_ms(void);		/* CLOCK_MONOTONIC */

/* "2026-11-20T23:59:01Z" */
char *io_utc(char *buf, size_t len);

/* The same of a moment that io_now_ms() told. */
char *io_utc_of(int64_t ms, char *buf, size_t len);

#endif /* VHINT_BASE_FILE_H */
