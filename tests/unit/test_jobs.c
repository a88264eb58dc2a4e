// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many boots are made side by side, and how their records come into one file.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "ktap.h"
#include "results/collect.h"
#include "run/jobs.h"

static struct vh_err err;
static char why[256];

static int decide(struct jobs_facts f)
{
	err.msg[0] = '\0';
	return jobs_decide(&f, why, sizeof(why), &err);
}

/* A lab in virtual time on a machine with much of everything, changed by the arguments */
#define LAB(...) ((struct jobs_facts){ .lab = true, .virtual_clock = true, .boots = 8, .cores = 4, \
				       .available_mib = 100000, .lab_mib = 4096, __VA_ARGS__ })

#pragma GCC diagnostic ignored "-Woverride-init"

static void test_decide(void)
{
	CHECK(decide(LAB()) == 4, "by default as many as cores");
	CHECK(decide(LAB(.boots = 3)) == 3, "not more than boots");
	CHECK(decide(LAB(.boots = 0)) == 1, "and one where nothing is left");
	CHECK(decide(LAB(.asked = 6)) == 6 && !*why, "as many as asked, beyond the cores, too");
	CHECK(decide(LAB(.asked = 1)) == 1, "one by one if asked");
	CHECK(decide(LAB(.cores = 500, .boots = 500, .available_mib = -1)) == JOBS_MAX,
	      "there is a limit; unknown memory is none");
	CHECK(decide(LAB(.available_mib = 3 * 4096 - 1)) == 2 && !*why,
	      "memory for two: two, and nobody asked for more");
	CHECK(decide(LAB(.asked = 3, .available_mib = 3 * 4096 - 1)) == 2, "asked for three: two");
	CHECK(!strcmp(why, "--jobs 3: 12287 MiB of memory are available and a lab may take 4096, so 2 boots are made at a time"),
	      "and it is said: %s", why);
	CHECK(decide(LAB(.asked = 2, .available_mib = 5000)) == 1 && strstr(why, "1 boot is made"),
	      "%s", why);
	CHECK(decide(LAB(.asked = 2, .available_mib = 4000)) == 1 && !*why,
	      "memory for none: lab_check() has the words");
}

static void test_refused(void)
{
	CHECK(decide(LAB(.virtual_clock = false)) == 1, "real clock: one");
	CHECK(decide(LAB(.virtual_clock = false, .asked = 1)) == 1, "which may be asked for");
	CHECK(decide(LAB(.virtual_clock = false, .asked = 2)) < 0 && err.code == VH_BAD_USAGE &&
	      strstr(err.msg, "disturb each other"), "but not two: %s", err.msg);
	CHECK(decide(LAB(.lab = false)) == 1, "this host: one");
	CHECK(decide(LAB(.lab = false, .asked = 2)) < 0 && err.code == VH_BAD_USAGE &&
	      strstr(err.msg, "on this host"), "%s", err.msg);
}

static void test_parse(void)
{
	static const char *const bad[] = { "0", "-1", "two", "", "2x", "65", "99999999999999999999" };
	int jobs = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(jobs_parse(bad[i], &jobs, &err) && err.code == VH_BAD_USAGE && jobs == 7,
		      "\"%s\": %s", bad[i], err.msg);
	CHECK(!jobs_parse("64", &jobs, &err) && jobs == 64, "64 is the most");
}

#define R(boot, run) "{\"run\":" #run ",\"boot\":" #boot "}\n"

static void merged(const char *have, const char *more, int boot, const char *want)
{
	size_t len;
	char *got = records_merge(have, strlen(have), more, strlen(more), boot, &len);

	CHECK(got && len == strlen(want) && !memcmp(got, want, len), "boot %d: %.*s", boot,
	      (int)strcspn(want, "\n"), want);
	free(got);
}

static void test_merge(void)
{
	merged("", R(3, 9), 3, R(3, 9));
	merged(R(0, 1) R(2, 5), R(1, 3) R(1, 4), 1, R(0, 1) R(1, 3) R(1, 4) R(2, 5));
	merged(R(0, 1) R(2, 5), R(0, 1) R(0, 2), 0, R(0, 1) R(0, 2) R(2, 5));
	merged(R(2, 5), R(2, 5), 2, R(2, 5));
	merged(R(2, 5), R(2, 6) "{\"run\":7,\"boot", 2, R(2, 5) R(2, 6));
	merged(R(1, 5) "rubbish\n" R(2, 6), R(1, 4), 1, R(1, 5) "rubbish\n" R(1, 4) R(2, 6));
	merged("half", R(0, 1), 0, "half\n" R(0, 1));
	merged(R(0, 0) "half", R(0, 1), 0, R(0, 0) "half\n" R(0, 1));
	merged(R(0, 1), "", 4, R(0, 1));
}

static bool holds(const char *path, const char *want)
{
	size_t len = 0;
	char *text = NULL;
	bool same;

	if (file_read(path, &text, &len, &err))
		return false;
	same = len == strlen(want) && !memcmp(text, want, len);
	free(text);
	return same;
}

static void test_collect(void)
{
	char dir[] = "/tmp/vhint-test-XXXXXX", runs[64], boot[64];
	int twice;

	if (!mkdtemp(dir))
		exit(1);
	snprintf(runs, sizeof(runs), "%s/runs.ndjson", dir);
	records_boot_path(boot, sizeof(boot), dir, 1);
	file_write(runs, R(2, 5), strlen(R(2, 5)), &err);
	CHECK(!records_collect(dir, 1, true, &err) && holds(runs, R(2, 5)), "nothing to take over");
	file_write(boot, R(1, 3), strlen(R(1, 3)), &err);
	for (twice = 0; twice < 2; twice++)
		CHECK(!records_collect(dir, 1, false, &err) && holds(runs, R(1, 3) R(2, 5)) &&
		      holds(boot, R(1, 3)), "a run is over, %d", twice);
	CHECK(!records_collect(dir, 1, true, &err) && holds(runs, R(1, 3) R(2, 5)) &&
	      access(boot, F_OK), "the boot is over: its file is gone");
	file_write(boot, R(1, 4), strlen(R(1, 4)), &err);
	remove(runs);
	CHECK(records_collect(dir, 1, true, &err) && !access(boot, F_OK),
	      "what cannot be taken over stays: %s", err.msg);
	remove(boot);
	remove(dir);
}

int main(void)
{
	ktap_begin();
	test_decide();
	test_refused();
	test_parse();
	test_merge();
	test_collect();
	return ktap_end();
}
