// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's side of the protocol, apart from doing anything
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "workload/runner_proto.h"

#define TAIL_LINES 10

static const char *const cmd_names[] = {
	[CMD_PREPARE] = "prepare",
	[CMD_GO] = "go",
	[CMD_STOP] = "stop",
	[CMD_POWEROFF] = "poweroff",
};

void proto_feed(struct proto_input *in, const char *data, size_t len,
		void (*line)(const char *text, void *data), void *priv)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (data[i] != '\n') {
			if (in->len < sizeof(in->buf) - 1)
				in->buf[in->len++] = data[i];
			else
				in->too_long = true;
			continue;
		}
		in->buf[in->len] = '\0';
		if (in->too_long)
			line(NULL, priv);
		else if (in->len)
			line(in->buf, priv);
		in->len = 0;
		in->too_long = false;
	}
}

/* The whole line as one JSON object, or NULL with a message. */
static struct json_object *parse_object(const char *line, char *msg, size_t len)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o = NULL;
	enum json_tokener_error err;
	size_t end;

	if (!tok) {
		snprintf(msg, len, "out of memory");
		return NULL;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	/* With the NUL, which says that no more will come. */
	o = json_tokener_parse_ex(tok, line, strlen(line) + 1);
	err = json_tokener_get_error(tok);
	end = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);

	if (err == json_tokener_success && json_object_is_type(o, json_type_object))
		return o;
	if (err == json_tokener_success)
		snprintf(msg, len, "expected a JSON object, found '%.60s'", line);
	else
		snprintf(msg, len, "not JSON: %s at column %zu of '%.60s'",
			 json_tokener_error_desc(err), end + 1, line);
	json_object_put(o);
	return NULL;
}

static int get_bool(struct json_object *o, const char *key, bool *value, char *msg, size_t len)
{
	struct json_object *v;

	*value = false;
	if (!json_object_object_get_ex(o, key, &v))
		return 0;
	if (!json_object_is_type(v, json_type_boolean)) {
		snprintf(msg, len, "'%s' is %.40s, expected true or false", key,
			 json_object_to_json_string(v));
		return -1;
	}
	*value = json_object_get_boolean(v);
	return 0;
}

static int get_run(struct json_object *o, int *run, char *msg, size_t len)
{
	struct json_object *v;
	int64_t n = -1;

	if (json_object_object_get_ex(o, "run", &v) && json_object_is_type(v, json_type_int))
		n = json_object_get_int64(v);
	if (n < 0 || n > INT32_MAX) {
		snprintf(msg, len, "'run' is missing or not a number from 0");
		return -1;
	}
	*run = n;
	return 0;
}

static int get_workload(struct json_object *o, struct proto_order *order, char *msg, size_t len)
{
	struct json_object *v;
	size_t i, n;

	if (!json_object_object_get_ex(o, "workload", &v) ||
	    !json_object_is_type(v, json_type_string) ||
	    json_object_get_string_len(v) >= (int)sizeof(order->workload)) {
		snprintf(msg, len, "'workload' is missing or not a workload's name");
		return -1;
	}
	snprintf(order->workload, sizeof(order->workload), "%s", json_object_get_string(v));

	if (!json_object_object_get_ex(o, "args", &v))
		return 0;
	n = json_object_is_type(v, json_type_array) ? json_object_array_length(v) : SIZE_MAX;
	if (n > WL_MAX_ARGS) {
		snprintf(msg, len, "'args' is not an array of at most %d strings", WL_MAX_ARGS);
		return -1;
	}
	for (i = 0; i < n; i++) {
		struct json_object *arg = json_object_array_get_idx(v, i);

		if (!json_object_is_type(arg, json_type_string)) {
			snprintf(msg, len, "'args[%zu]' is %.40s, expected a string", i,
				 json_object_to_json_string(arg));
			return -1;
		}
		order->args[order->nr_args] = strdup(json_object_get_string(arg));
		if (!order->args[order->nr_args++]) {
			snprintf(msg, len, "out of memory");
			return -1;
		}
	}
	return 0;
}

static int get_cmd(struct json_object *o, enum proto_cmd *cmd, char *msg, size_t len)
{
	struct json_object *v;
	size_t i;

	if (!json_object_object_get_ex(o, "cmd", &v) || !json_object_is_type(v, json_type_string)) {
		snprintf(msg, len, "'cmd' is missing or not a string");
		return -1;
	}
	for (i = 0; i < ARRAY_SIZE(cmd_names); i++) {
		if (!strcmp(json_object_get_string(v), cmd_names[i])) {
			*cmd = i;
			return 0;
		}
	}
	snprintf(msg, len, "unknown cmd '%.40s', expected prepare, go, stop or poweroff",
		 json_object_get_string(v));
	return -1;
}

int proto_parse(struct proto_order *order, const char *line, char *msg, size_t len)
{
	struct json_object *o;
	char ignored[128];
	int err;

	memset(order, 0, sizeof(*order));
	order->run = -1;
	o = parse_object(line, msg, len);
	if (!o)
		return -1;

	/* The run first: an error about the rest names it then. */
	get_run(o, &order->run, ignored, sizeof(ignored));
	err = get_cmd(o, &order->cmd, msg, len);
	if (!err && order->cmd != CMD_POWEROFF)
		err = get_run(o, &order->run, msg, len);
	if (!err && order->cmd == CMD_PREPARE)
		err = get_workload(o, order, msg, len) ?:
		      get_bool(o, "hints", &order->hints, msg, len);
	if (!err && order->cmd == CMD_GO)
		err = get_bool(o, "keep", &order->keep, msg, len);
	json_object_put(o);
	if (err)
		proto_release(order);
	return err;
}

void proto_release(struct proto_order *order)
{
	while (order->nr_args)
		free(order->args[--order->nr_args]);
}

enum proto_action proto_decide(enum proto_state state, int current_run,
			       const struct proto_order *order, char *msg, size_t len)
{
	static const char *const names[] = {
		[ST_IDLE] = "idle", [ST_PREPARING] = "being prepared", [ST_READY] = "ready",
		[ST_RUNNING] = "running", [ST_KEEPING] = "measured, its load goes on",
	};
	bool known = order->run == current_run;

	switch (order->cmd) {
	case CMD_POWEROFF:
		return ACT_POWEROFF;
	case CMD_PREPARE:
		if (state == ST_IDLE)
			return ACT_PREPARE;
		if (state == ST_READY)
			return ACT_REPLACE;
		break;
	case CMD_GO:
		if (state == ST_READY && known)
			return ACT_GO;
		break;
	case CMD_STOP:
		if (state == ST_IDLE)
			return ACT_STOPPED;
		if (known)
			return ACT_STOP;
		break;
	}
	if (state == ST_IDLE)
		snprintf(msg, len, "%s of run %d: nothing is prepared", cmd_names[order->cmd],
			 order->run);
	else
		snprintf(msg, len, "%s of run %d: run %d is %s", cmd_names[order->cmd], order->run,
			 current_run, names[state]);
	return ACT_REFUSE;
}

static struct json_object *event(const char *name)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "event", json_object_new_string(name));
	return o;
}

/* Text from elsewhere may hold any bytes, also half a character at a cut; JSON may not. */
static struct json_object *clean_string(const char *text, size_t n)
{
	struct json_object *o;
	char *copy = strndup(text, n);
	char *p;

	for (n = copy ? strlen(copy) : 0; n && copy[n - 1] == '\n'; n--)
		copy[n - 1] = '\0';
	for (p = copy; p && *p; p++)
		if ((*p < 0x20 && *p != '\t') || *p > 0x7e)
			*p = '?';
	o = json_object_new_string(copy ? copy : "");
	free(copy);
	return o;
}

static void add_hints(struct json_object *o, const struct proto_hints *hints)
{
	struct json_object *h = json_object_new_object();

	json_object_object_add(h, "supported", json_object_new_boolean(hints->supported));
	json_object_object_add(h, "enabled", json_object_new_boolean(hints->enabled));
	json_object_object_add(o, "hints", h);
}

static char *to_line(struct json_object *o)
{
	const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	char *line;

	if (asprintf(&line, "%s\n", json_object_to_json_string_ext(o, flags)) < 0)
		line = NULL;
	json_object_put(o);
	return line;
}

char *proto_hello(const char *kernel, int cpus, const struct proto_hints *hints,
		  struct json_object *paravirt)
{
	struct json_object *o = event("hello");

	json_object_object_add(o, "version", json_object_new_int(PROTO_VERSION));
	json_object_object_add(o, "kernel", json_object_new_string(kernel));
	json_object_object_add(o, "cpus", json_object_new_int(cpus));
	add_hints(o, hints);
	if (paravirt)
		json_object_object_add(o, "paravirt", paravirt);
	return to_line(o);
}

char *proto_ready(int run, const struct proto_hints *hints)
{
	struct json_object *o = event("ready");

	json_object_object_add(o, "run", json_object_new_int(run));
	add_hints(o, hints);
	return to_line(o);
}

const char *proto_tail(const char *text, int max)
{
	const char *p = text + strlen(text);

	while (p > text && p[-1] == '\n')
		p--;
	while (p > text) {
		if (p[-1] == '\n' && !--max)
			break;
		p--;
	}
	return p;
}

static struct json_object *tail_lines(const char *text)
{
	struct json_object *lines = json_object_new_array();
	const char *p = proto_tail(text, TAIL_LINES);

	while (*p) {
		size_t n = strcspn(p, "\n");

		json_object_array_add(lines, clean_string(p, n));
		p += n + (p[n] == '\n');
	}
	return lines;
}

char *proto_done(const struct proto_done *done)
{
	struct json_object *o = event("done");

	json_object_object_add(o, "run", json_object_new_int(done->run));
	json_object_object_add(o, "ok", json_object_new_boolean(done->ok));
	json_object_object_add(o, "elapsed_ns", json_object_new_uint64(done->elapsed_ns));
	json_object_object_add(o, "result", done->result);
	if (done->ok)
		return to_line(o);
	json_object_object_add(o, "message", clean_string(done->message, SIZE_MAX));
	json_object_object_add(o, "output", tail_lines(done->output));
	return to_line(o);
}

char *proto_stopped(int run, int loops, double runnable)
{
	struct json_object *o = event("stopped");

	json_object_object_add(o, "run", json_object_new_int(run));
	json_object_object_add(o, "loops", json_object_new_int(loops));
	json_object_object_add(o, "runnable_mean",
			       isnan(runnable) ? NULL : json_object_new_double(runnable));
	return to_line(o);
}

char *proto_error(int run, const char *message)
{
	struct json_object *o = event("error");

	json_object_object_add(o, "run", run < 0 ? NULL : json_object_new_int(run));
	json_object_object_add(o, "message", clean_string(message, SIZE_MAX));
	return to_line(o);
}
