// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON files in and out. json-c tells the offset of an error only, so line and
 * column are counted here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"

#define MAX_FILE	(256 << 20)
#define MAX_DEPTH	32
#define SHOWN		60	/* characters of a line shown on either side of the caret */

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

int file_write(const char *path, const char *text, size_t len, struct vh_err *err)
{
	char tmp[PATH_MAX];
	int fd, bad;

	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return cannot_write(tmp, errno, err);
	bad = write_all(fd, text, len) || fsync(fd) ? errno : 0;
	if (close(fd) && !bad)
		bad = errno;
	if (!bad && rename(tmp, path))
		bad = errno;
	if (!bad)
		return 0;
	cannot_write(path, bad, err);
	unlink(tmp);
	return -1;
}

/* The line that holds @off, cut to what fits, and a caret under the place. */
static void show_place(const char *text, size_t len, size_t off, char *out, size_t out_len)
{
	size_t start = off, end = off, i, n;

	while (start > 0 && text[start - 1] != '\n' && off - start < SHOWN)
		start--;
	while (end < len && text[end] != '\n' && end - off < SHOWN)
		end++;
	n = snprintf(out, out_len, "\n    %.*s\n    ", (int)(end - start), text + start);
	for (i = start; i < off && n + 2 < out_len; i++) {
		/* a tab moves the caret as far as it moves the text; UTF-8 tails do not */
		if (((unsigned char)text[i] & 0xc0) == 0x80)
			continue;
		out[n++] = text[i] == '\t' ? '\t' : ' ';
	}
	out[n++] = '^';
	out[n] = '\0';
}

static void broken_json(struct vh_err *err, const char *name, const char *text, size_t len,
			size_t off, const char *what)
{
	char place[4 * SHOWN + 32];
	size_t line = 1, col = 1, i;

	for (i = 0; i < off && i < len; i++) {
		if (text[i] == '\n') {
			line++;
			col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			col++;
		}
	}
	show_place(text, len, off, place, sizeof(place));
	vh_err(err, VH_BAD_EXPERIMENT, "%s:%zu:%zu: broken JSON: %s%s", name, line, col, what,
	       place);
}

static const char *parse_error_text(enum json_tokener_error e, char at)
{
	if (e == json_tokener_continue || e == json_tokener_error_parse_eof)
		return "the text ends too early (is a bracket, a brace or a quote missing?)";
	if (at == '/' && e != json_tokener_error_parse_utf8_string)
		return "comments are not JSON (the key \"description\" takes free text)";
	if (e == json_tokener_error_depth)
		return "nested too deeply";
	return json_tokener_error_desc(e);
}

json_object *json_parse_text(const char *name, const char *text, size_t len, struct vh_err *err)
{
	enum json_tokener_error e;
	struct json_tokener *tok;
	json_object *o;
	size_t off;

	tok = json_tokener_new_ex(MAX_DEPTH);
	if (!tok) {
		vh_err(err, VH_BAD_HOST, "%s: out of memory", name);
		return NULL;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* with the final NUL, so that a bare number counts as finished */
	o = json_tokener_parse_ex(tok, text, len + 1);
	e = json_tokener_get_error(tok);
	off = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	if (e == json_tokener_success && off >= len && o)
		return o;
	if (off > len)
		off = len;
	if (e == json_tokener_success && !o)
		broken_json(err, name, text, len, 0, "the value null is no object");
	else if (e == json_tokener_success)
		broken_json(err, name, text, len, off, "something follows the value");
	else
		broken_json(err, name, text, len, off, parse_error_text(e, text[off]));
	json_object_put(o);
	return NULL;
}

json_object *json_load_file(const char *path, struct vh_err *err)
{
	json_object *o;
	char *text;
	size_t len;

	if (file_read(path, &text, &len, err))
		return NULL;
	o = json_parse_text(path, text, len, err);
	free(text);
	return o;
}

int json_save_file(const char *path, json_object *o, struct vh_err *err)
{
	const char *text;
	char *copy;
	size_t len;
	int ret;

	text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PRETTY |
						 JSON_C_TO_STRING_NOSLASHESCAPE |
						 JSON_C_TO_STRING_SPACED, &len);
	copy = malloc(len + 2);
	if (!copy)
		return vh_err(err, VH_BAD_HOST, "%s: out of memory", path);
	memcpy(copy, text, len);
	memcpy(copy + len, "\n", 2);
	ret = file_write(path, copy, len + 1, err);
	free(copy);
	return ret;
}

const char *jget_str(json_object *o, const char *key, const char *dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
		return dflt;
	return json_object_get_string(v);
}

int64_t jget_int(json_object *o, const char *key, int64_t dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_int))
		return dflt;
	return json_object_get_int64(v);
}

int jget_bool(json_object *o, const char *key, int dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_boolean))
		return dflt;
	return json_object_get_boolean(v);
}

double jget_num(json_object *o, const char *key, double dflt)
{
	json_object *v;

	if (!json_object_object_get_ex(o, key, &v) ||
	    (!json_object_is_type(v, json_type_int) && !json_object_is_type(v, json_type_double)))
		return dflt;
	return json_object_get_double(v);
}

json_object *jnew_num(double v)
{
	char text[40];
	int digits;

	if (isnan(v) || isinf(v))
		return NULL;
	if (v == floor(v) && fabs(v) < 1e15)
		return json_object_new_int64((int64_t)v);
	for (digits = 6; digits < 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	snprintf(text, sizeof(text), "%.*g", digits, v);
	return json_object_new_double_s(v, text);
}

const char *jkind(json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "a truth value";
	case json_type_double:
		return "a number with a fraction or exponent";
	case json_type_int:
		return "a whole number";
	case json_type_string:
		return "a string";
	case json_type_array:
		return "an array";
	case json_type_object:
		return "an object";
	}
	return "something unknown";
}
