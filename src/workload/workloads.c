// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of workloads, and what their argument checks and results share
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "workload/workloads.h"

#define WL_ENTRY(name) &wl_ ## name,

const struct workload *const workloads[] = {
	WORKLOADS(WL_ENTRY)
	NULL
};

const struct workload *workload_find(const char *name)
{
	const struct workload *const *w;

	for (w = workloads; *w; w++)
		if (!strcmp((*w)->name, name))
			return *w;
	return NULL;
}

const char *workload_names(char *buf, size_t len)
{
	const struct workload *const *w;
	size_t used = 0;

	buf[0] = '\0';
	for (w = workloads; *w && used < len; w++)
		used += snprintf(buf + used, len - used, "%s%s", w == workloads ? "" : ", ",
				 (*w)->name);
	return buf;
}

int wl_parse_args(const struct wl_parse *p, int argc, char *const argv[], char *msg, size_t len)
{
	char *words[WL_MAX_ARGS + 2] = { (char *)"workload" };
	char shorts[64];
	int c, i;

	msg[0] = '\0';
	if (argc > WL_MAX_ARGS) {
		snprintf(msg, len, "%d arguments, expected at most %d", argc, WL_MAX_ARGS);
		return -1;
	}
	for (i = 0; i < argc; i++)
		words[i + 1] = argv[i];

	snprintf(shorts, sizeof(shorts), ":%s", p->shorts);
	opterr = 0;
	optind = 0;	/* glibc: start over, also with another vector */
	while ((c = getopt_long(argc + 1, words, shorts, p->longs, NULL)) != -1) {
		const char *word = words[optind - 1];

		if (c == ':')
			snprintf(msg, len, "option '%s' needs a value", word);
		else if (c == '?' && optopt && word[0] == '-' && word[1] != '-')
			snprintf(msg, len, "unknown option '-%c'", optopt);
		else if (c == '?' && optopt)
			snprintf(msg, len, "bad option '%s': it takes no value", word);
		else if (c == '?')
			snprintf(msg, len, "unknown option '%s'", word);
		else if (!p->opt(c, optarg, p->data, msg, len))
			continue;
		else if (!msg[0])
			snprintf(msg, len, "bad option '%s'", word);
		return -1;
	}
	if (optind <= argc) {
		snprintf(msg, len, "unexpected word '%s', expected options only", words[optind]);
		return -1;
	}
	return 0;
}

int wl_parse_number(const char *what, const char *arg, long min, long max, long *value,
		    char *msg, size_t len)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(arg, &end, 10);
	if (end == arg || *end || errno || n < min || n > max) {
		snprintf(msg, len, "%s is '%s', expected a whole number from %ld to %ld", what, arg,
			 min, max);
		return -1;
	}
	*value = n;
	return 0;
}

/* The start of the last line that is not empty. */
static const char *last_line(const char *text)
{
	const char *p = text + strlen(text);

	while (p > text && p[-1] == '\n')
		p--;
	while (p > text && p[-1] != '\n')
		p--;
	return p;
}

int wl_result_json(const char *output, struct json_object *result, char *msg, size_t len)
{
	enum json_tokener_error jerr;
	struct json_object *o;

	o = json_tokener_parse_verbose(last_line(output), &jerr);
	if (!json_object_is_type(o, json_type_object)) {
		snprintf(msg, len, "the last line of output is not a JSON object (%s)",
			 jerr == json_tokener_success ? "another type" :
			 json_tokener_error_desc(jerr));
		json_object_put(o);
		return -1;
	}
	json_object_object_foreach(o, key, val)
		json_object_object_add(result, key, json_object_get(val));
	json_object_put(o);
	return 0;
}
