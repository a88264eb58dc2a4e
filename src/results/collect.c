// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the agents' records to runs.ndjson.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "results/collect.h"

char *records_boot_path(char *buf, size_t len, const char *dir, int boot)
{
	snprintf(buf, len, "%s/runs-boot%d.ndjson", dir, boot);
	return buf;
}

/* Where the line at @line ends: behind its newline, or at @end. */
static const char *line_end(const char *line, const char *end)
{
	const char *nl = memchr(line, '\n', end - line);

	return nl ? nl + 1 : end;
}

/* The boot that a record is of; of a damaged one, @before, that of the line before. */
static int boot_of(const char *line, const char *end, int before)
{
	static const char key[] = "\"boot\":";
	const char *p = memmem(line, end - line, key, sizeof(key) - 1);
	int boot;

	return p && sscanf(p + sizeof(key) - 1, "%d", &boot) == 1 ? boot : before;
}

/* Behind the last line of @boot or of one before it. */
static const char *place_of(const char *have, const char *end, int boot)
{
	const char *line, *next, *place = have;
	int key = -1;

	for (line = have; line < end; line = next) {
		next = line_end(line, end);
		key = boot_of(line, next, key);
		if (key <= boot)
			place = next;
	}
	return place;
}

static bool is_there(const char *have, const char *end, const char *wanted, size_t len)
{
	const char *line, *next;

	for (line = have; line < end; line = next) {
		next = line_end(line, end);
		if ((size_t)(next - line) == len && !memcmp(line, wanted, len))
			return true;
	}
	return false;
}

char *records_merge(const char *have, size_t have_len, const char *more, size_t more_len, int boot,
		    size_t *len)
{
	const char *have_end = have + have_len, *more_end = more + more_len;
	const char *place = place_of(have, have_end, boot), *line, *next;
	char *text = malloc(have_len + more_len + 1), *p = text;

	if (!text)
		return NULL;
	p = mempcpy(p, have, place - have);
	if (place > have && place[-1] != '\n')
		*p++ = '\n';
	for (line = more; line < more_end; line = next) {
		next = line_end(line, more_end);
		/* half a line is of an agent that is gone, or at it */
		if (next[-1] != '\n' || is_there(have, have_end, line, next - line))
			continue;
		p = mempcpy(p, line, next - line);
	}
	p = mempcpy(p, place, have_end - place);
	*len = p - text;
	return text;
}

static int merge_into(const char *path, const char *more, size_t more_len, int boot,
		      struct vh_err *err)
{
	size_t had, len = 0;
	char *have, *text;
	int ret = 0;

	if (file_read(path, &have, &had, err))
		return -1;
	text = records_merge(have, had, more, more_len, boot, &len);
	if (!text)
		ret = vh_err(err, VH_BAD_HOST, "out of memory");
	else if (len != had)
		ret = file_write(path, text, len, err);
	free(text);
	free(have);
	return ret;
}

int records_collect(const char *dir, int boot, bool over, struct vh_err *err)
{
	char from[PATH_MAX], to[PATH_MAX], *more;
	size_t len;
	int ret;

	records_boot_path(from, sizeof(from), dir, boot);
	if (access(from, F_OK))
		return 0;
	if (file_read(from, &more, &len, err))
		return -1;
	snprintf(to, sizeof(to), "%s/runs.ndjson", dir);
	ret = merge_into(to, more, len, boot, err);
	free(more);
	if (!ret && over && unlink(from))
		ret = vh_err(err, VH_BAD_HOST, "%s: cannot remove: %s", from, strerror(errno));
	return ret;
}
