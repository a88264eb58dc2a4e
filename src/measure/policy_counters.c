// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the policy module shows of itself.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "measure/policy_counters.h"

#define DEBUGFS		"/sys/kernel/debug/" POLICY_MODULE
#define COUNTERS	DEBUGFS "/counters"

json_object *policy_parse_counters(const char *text)
{
	json_object *o = NULL;
	char name[64];
	uint64_t value;
	int used;

	while (sscanf(text, " %63s %lu%n", name, &value, &used) == 2) {
		if (!o)
			o = json_object_new_object();
		json_object_object_add(o, name, json_object_new_int64(value));
		text += used;
	}
	return o;
}

json_object *policy_counters(void)
{
	char text[8192];

	if (attr_read(COUNTERS, text, sizeof(text)) < 0)
		return NULL;
	return policy_parse_counters(text);
}

void policy_bins(const char *name, struct bins *b)
{
	char path[128], text[4096];

	b->nr = 0;
	snprintf(path, sizeof(path), DEBUGFS "/%s", name);
	if (attr_read(path, text, sizeof(text)) > 0)
		bins_parse(b, text);
}

const char *policy_vcpus(char *buf, size_t len)
{
	return attr_read(DEBUGFS "/vcpus", buf, len) < 0 ? NULL : buf;
}

json_object *policy_refusals(json_object *counters)
{
	static const char prefix[] = "refused_";
	json_object *o = NULL;

	if (!counters)
		return NULL;
	o = json_object_new_object();
	json_object_object_foreach(counters, name, value) {
		if (!strncmp(name, prefix, sizeof(prefix) - 1))
			json_object_object_add(o, name + sizeof(prefix) - 1,
					       json_object_get(value));
	}
	return o;
}

json_object *policy_counters_diff(json_object *begin, json_object *end)
{
	json_object *o, *old;
	int64_t n;

	if (!end)
		return NULL;
	o = json_object_new_object();
	json_object_object_foreach(end, name, value) {
		n = json_object_get_int64(value);
		if (json_object_object_get_ex(begin, name, &old))
			n -= json_object_get_int64(old);
		json_object_object_add(o, name, json_object_new_int64(n));
	}
	return o;
}

json_object *policy_params(void)
{
	return attr_read_dir(POLICY_PARAMS);
}

int policy_kernel_has_hints(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512];
	int n = 0, has = 0;

	if (!f)
		return -1;
	while (!has && fgets(line, sizeof(line), f)) {
		n++;
		has = !!strstr(line, "vhint");
	}
	fclose(f);
	return n ? has : -1;
}
