// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a host's CPUs are driven: read from a made-up sysfs, and what is warned of.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ktap.h"
#include "base/json.h"
#include "results/tuning.h"

static char root[] = "/tmp/test-tuning-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256], *p;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (p = strchr(path + sizeof(root), '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(path, 0755);
		*p = '/';
	}
	f = fopen(path, "w");
	fprintf(f, "%s\n", text);
	fclose(f);
}

/* Does the made-up host have this governor, SMT and turbo? NULL: it does not say. */
static bool host_is(const char *governor, const char *smt, const char *turbo)
{
	const char *want[] = { governor, smt, turbo }, *keys[] = { "governor", "smt", "turbo" };
	json_object *o = json_object_new_object();
	bool same = true;
	int i;

	tuning_read(o, root);
	for (i = 0; i < 3; i++) {
		const char *got = jget_str(o, keys[i], NULL);

		same &= json_object_object_length(o) == 3 &&
			(want[i] ? got && !strcmp(got, want[i]) : !got);
	}
	json_object_put(o);
	return same;
}

static void test_read(void)
{
	CHECK(host_is(NULL, NULL, NULL), "a host that says nothing");
	put("cpufreq/boost", "1");
	put("smt/active", "0");
	CHECK(host_is(NULL, "0", "on"), "turbo by the common switch");
	put("cpufreq/boost", "0");
	CHECK(host_is(NULL, "0", "off"), "turned off");
	put("intel_pstate/no_turbo", "0");
	CHECK(host_is(NULL, "0", "on"), "Intel's switch goes before, and says the contrary");
	put("intel_pstate/no_turbo", "1");
	CHECK(host_is(NULL, "0", "off"), "turned off there");
	put("cpu0/cpufreq/scaling_governor", "performance");
	put("cpu1/cpufreq/scaling_governor", "performance");
	CHECK(host_is("performance", "0", "off"), "all CPUs have one governor");
	put("cpu0/cpufreq/scaling_governor", "powersave");
	CHECK(host_is("powersave", "0", "off"), "one CPU that has another is enough: the first");
	put("cpu0/cpufreq/scaling_governor", "performance");
	put("cpu1/cpufreq/scaling_governor", "schedutil");
	CHECK(host_is("schedutil", "0", "off"), "and the last");
}

/* Warnings of @text, as many as @n; one of them says @what. */
static bool warns(const char *text, int n, const char *what)
{
	const char *lines[TUNING_MAX];
	json_object *o = json_tokener_parse(text);
	bool said = !*what;
	char buf[256];
	int i, found;

	found = tuning_warnings(o, lines, buf, sizeof(buf));
	for (i = 0; i < found; i++)
		said |= strstr(lines[i], what) && strstr(lines[i], "for measurements: ");
	json_object_put(o);
	return found == n && said;
}

static void test_warnings(void)
{
	CHECK(warns("{\"governor\":\"performance\",\"smt\":\"0\",\"turbo\":\"off\"}", 0, ""),
	      "nothing to warn of");
	CHECK(warns("{\"governor\":null,\"smt\":null,\"turbo\":null}", 0, "") && warns("{}", 0, "") &&
	      warns("null", 0, ""), "what is not known is not warned of");
	CHECK(warns("{\"governor\":\"powersave\"}", 1, "governor is \"powersave\""), "the governor");
	CHECK(warns("{\"smt\":\"1\"}", 1, "SMT is on"), "SMT");
	CHECK(warns("{\"smt\":\"0\",\"turbo\":\"on\"}", 1, "turbo is on"), "turbo");
	CHECK(warns("{\"governor\":\"schedutil\",\"smt\":\"1\",\"turbo\":\"on\"}", 3, "SMT is on"),
	      "all of them");
}

int main(void)
{
	char command[64];

	ktap_begin();
	if (!mkdtemp(root))
		return 1;
	test_read();
	test_warnings();
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command) ? 1 : ktap_end();
}
