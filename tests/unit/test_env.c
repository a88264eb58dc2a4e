// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a run was made with: trees of small files, cgroups and their weights, stolen time,
 * and what is put on file when a run begins and ends.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "host/hostinfo_tree.h"
#include "ktap.h"
#include "results/env.h"

static char top[] = "/tmp/vhint-env-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	file_write(path, text, strlen(text), NULL);
}

static void folder(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	mkdir(path, 0755);
}

/* JSON text of what was read, freed by the next call. */
static const char *text_of(json_object *o)
{
	static char buf[2048];

	snprintf(buf, sizeof(buf), "%s", o ? json_object_to_json_string_ext(o,
			JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : "NULL");
	json_object_put(o);
	return buf;
}

static void test_tree(void)
{
	char path[300];

	folder("sched");
	folder("sched/fair_server");
	put("sched/base_slice_ns", "700000\n");
	put("sched/debug", "every task\n");
	put("sched/fair_server/runtime", "50\n");
	snprintf(path, sizeof(path), "%s/sched", top);
	CHECK(!strcmp(text_of(hostinfo_tree(path, 2, "debug")),
		      "{\"base_slice_ns\":\"700000\",\"fair_server\":{\"runtime\":\"50\"}}"),
	      "a tree, sorted, without what is excepted");
	CHECK(!strcmp(text_of(hostinfo_tree(path, 1, "debug")), "{\"base_slice_ns\":\"700000\"}"),
	      "only as deep as asked");
	CHECK(!hostinfo_tree("/nonexistent", 2, NULL), "no folder: NULL");
}

static void test_cgroups(void)
{
	char path[300];

	folder("cg");
	folder("cg/machine");
	folder("cg/machine/vcpu0");
	snprintf(path, sizeof(path), "%s/cg", top);
	CHECK(!hostinfo_cgroups(path), "not cgroup2: NULL");
	put("cg/cgroup.controllers", "cpuset cpu\n");
	put("cg/machine/cpu.weight", "300\n");
	put("cg/machine/cpu.max", "max 100000\n");
	put("cg/machine/vcpu0/cpuset.cpus", "\n");
	CHECK(!strcmp(text_of(hostinfo_cgroups(path)),
		      "{\"/\":{},\"/machine\":{\"cpu.weight\":\"300\",\"cpu.max\":\"max 100000\"},"
		      "\"/machine/vcpu0\":{}}"), "each cgroup, with its weight");
}

static void test_steal(void)
{
	struct env_ticks zero = { 0 }, a = { 1000, 100 }, b = { 3000, 300 }, now;

	CHECK(!strcmp(text_of(env_steal_share(&zero, &a)), "0.1"), "stolen since boot");
	CHECK(!strcmp(text_of(env_steal_share(&a, &b)), "0.1"), "stolen between two moments");
	CHECK(!env_steal_share(&a, &a), "no time between: unknown, not 0");
	CHECK(!env_steal_share(&b, &a), "backwards: unknown");
	CHECK(!env_ticks(&now) && now.all > now.stolen, "this machine's own");
}

static bool there(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	return !access(path, R_OK);
}

static void test_files(void)
{
	struct plan p = { 0 };
	json_object *env = json_object_new_object();
	struct vh_err err;

	json_object_object_add(env, "started_utc", json_object_new_string("then"));
	CHECK(!env_begin(top, env, &p, &err) && there("env.json"), "env.json at the beginning");
	CHECK(!env_end(top, env, &err) && there("env-end.json"), "env-end.json at the end");
	CHECK(!env_begin(top, env, &p, &err) && there("env-resume1.json"), "a second part");
	CHECK(!env_end(top, env, &err) && there("env-end-resume1.json"), "and its end");
	CHECK(env_begin("/nonexistent", env, &p, &err), "a folder that is gone: an error");
	json_object_put(env);
}

int main(void)
{
	char *rm[] = { "rm", "-r", top, NULL };

	ktap_begin();
	if (!mkdtemp(top))
		return 1;
	test_tree();
	test_cgroups();
	test_steal();
	test_files();
	free(child_text(rm));
	return ktap_end();
}
