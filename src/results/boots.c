// SPDX-License-Identifier: GPL-2.0-only
/*
 * boots.ndjson in and out.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "results/boots.h"

static const char *const words[] = {
	[BOOT_OPEN] = "open", [BOOT_DONE] = "done", [BOOT_FAILED] = "failed",
	[BOOT_LOST] = "lost", [BOOT_ENDED] = "ended", [BOOT_INTERRUPTED] = "interrupted",
};

char *boot_name(char *buf, size_t len, int boot, int instance)
{
	if (instance > 1)
		snprintf(buf, len, "boot%d-%d", boot, instance);
	else
		snprintf(buf, len, "boot%d", boot);
	return buf;
}

const char *boot_end_word(enum boot_end end)
{
	return words[end];
}

static enum boot_end end_of(const char *word)
{
	size_t i;

	for (i = BOOT_DONE; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(words[i], word))
			return i;
	}
	/* of a kit that knows more ends than this one: it did not end well */
	return BOOT_FAILED;
}

static struct boot_made *find(const struct boots *b, int boot, int instance)
{
	int i;

	for (i = 0; i < b->nr; i++) {
		if (b->made[i].boot == boot && b->made[i].instance == instance)
			return &b->made[i];
	}
	return NULL;
}

const struct boot_made *boots_find(const struct boots *b, int boot, int instance)
{
	return find(b, boot, instance);
}

static int add(struct boots *b, int boot, int instance, json_object *o)
{
	struct boot_made *more = realloc(b->made, (b->nr + 1) * sizeof(*more)), *m;

	if (!more)
		return -1;
	b->made = more;
	m = &more[b->nr++];
	*m = (struct boot_made){ .boot = boot, .instance = instance, .run = -1,
				 .begin = json_object_get(o) };
	snprintf(m->kernel, sizeof(m->kernel), "%s", jget_str(o, "kernel", ""));
	return 0;
}

static void end(struct boot_made *m, json_object *o)
{
	m->end = json_object_get(o);
	m->ended = end_of(jget_str(o, "ended", ""));
	snprintf(m->kind, sizeof(m->kind), "%s", jget_str(o, "kind", ""));
	m->run = jget_int(o, "run", -1);
	m->attempt = jget_int(o, "attempt", 1);
}

/* Anything but the beginning of a new instance, or the end of one that is open, is damage. */
static int take(struct boots *b, json_object *o)
{
	int boot = jget_int(o, "boot", -1), instance = jget_int(o, "instance", -1);
	const char *event = jget_str(o, "event", "");
	struct boot_made *m = find(b, boot, instance);

	if (boot < 0 || instance < 1) {
		b->damaged++;
	} else if (!strcmp(event, "begin") && !m) {
		return add(b, boot, instance, o);
	} else if (!strcmp(event, "end") && m && !m->end) {
		end(m, o);
	} else {
		b->damaged++;
	}
	return 0;
}

int boots_parse(struct boots *b, const char *text, size_t len)
{
	const char *line = text, *stop = text + len, *nl;
	struct vh_err unused;
	json_object *o;
	int ret = 0;

	memset(b, 0, sizeof(*b));
	for (; line < stop && !ret; line = nl + 1) {
		nl = memchr(line, '\n', stop - line) ?: stop;
		if (nl == line)
			continue;
		o = json_parse_text("boots.ndjson", line, nl - line, &unused);
		ret = take(b, o);
		json_object_put(o);
	}
	if (ret)
		boots_free(b);
	return ret;
}

int boots_load(struct boots *b, const char *dir, struct vh_err *err)
{
	char path[PATH_MAX], *text;
	size_t len;
	int ret;

	memset(b, 0, sizeof(*b));
	snprintf(path, sizeof(path), "%s/boots.ndjson", dir);
	if (access(path, F_OK))
		return 0;
	if (file_read(path, &text, &len, err))
		return -1;
	ret = boots_parse(b, text, len);
	free(text);
	return ret ? vh_err(err, VH_BAD_HOST, "out of memory") : 0;
}

void boots_free(struct boots *b)
{
	int i;

	for (i = 0; i < b->nr; i++) {
		json_object_put(b->made[i].begin);
		json_object_put(b->made[i].end);
	}
	free(b->made);
	memset(b, 0, sizeof(*b));
}

/* Does the file end in the middle of a line? */
static bool is_torn(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char last = '\n';

	if (fd < 0)
		return false;
	if (lseek(fd, -1, SEEK_END) >= 0 && read(fd, &last, 1) != 1)
		last = '\n';
	close(fd);
	return last != '\n';
}

int boots_append(const char *dir, json_object *line, struct vh_err *err)
{
	char path[PATH_MAX], *text = NULL;
	int n, ret;

	snprintf(path, sizeof(path), "%s/boots.ndjson", dir);
	n = asprintf(&text, "%s%s\n", is_torn(path) ? "\n" : "",
		     json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
	if (n < 0)
		return vh_err(err, VH_BAD_HOST, "%s: out of memory", path);
	ret = file_append(path, text, n, err);
	free(text);
	return ret;
}
