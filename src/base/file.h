/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files in and out. What is written is whole, whatever happens meanwhile, and synced: in
 * the lab, files lie outside of the host that writes them, and that host may die at any time.
 */
#ifndef VHINT_BASE_FILE_H
#define VHINT_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Reads a whole regular file; the text ends in a NUL that @len does not count. */
int file_read(const char *path, char **text, size_t *len, struct vh_err *err);

/* Writes it so that after a crash either the old or the new content is there. */
int file_write(const char *path, const char *text, size_t len, struct vh_err *err);

/* Adds to its end: all of @text, or nothing if there is no room. What is there stays. */
int file_append(const char *path, const char *text, size_t len, struct vh_err *err);

/* What @from holds after @offset, as the file @to, like file_write() but not synced. */
int file_copy(const char *from, off_t offset, const char *to, struct vh_err *err);

/* The last component only; a folder that exists is fine. */
int file_mkdir(const char *path, struct vh_err *err);

#endif /* VHINT_BASE_FILE_H */
