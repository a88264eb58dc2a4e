// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the agent decides: why a guest fell silent, who runs alone, whether a run
 * was what its arm says; and the small files that it reads and writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/json.h"
#include "experiment/arm.h"
#include "host/hostinfo.h"
#include "host/judge.h"
#include "ktap.h"
#include "results/kinds.h"

static struct vh_err err;

static void test_guest(void)
{
	const char *panic = "[1.0] Kernel panic - not syncing: Attempted to kill init!\n";
	char buf[64];

	CHECK(!strcmp(judge_guest(true, panic), KIND_PANIC), "gone after a panic: panic");
	CHECK(!strcmp(judge_guest(false, panic), KIND_PANIC), "silent after a panic: panic");
	CHECK(!strcmp(judge_guest(true, "ok"), KIND_DEAD), "gone without a word: dead");
	CHECK(!strcmp(judge_guest(false, ""), KIND_HANG), "silent: hang");
	CHECK(!strcmp(judge_panic(panic, buf, sizeof(buf)), "Attempted to kill init!"),
	      "the reason of a panic");
	CHECK(!strcmp(judge_panic("ok", buf, sizeof(buf)), ""), "no panic, no reason");
}

static void test_alone(void)
{
	CHECK(judge_alone(5, 1) == -1, "one VM: nobody runs alone");
	CHECK(judge_alone(0, 2) == 0 && judge_alone(1, 2) == 1 && judge_alone(2, 2) == 0,
	      "two VMs take turns");
}

static int hints(bool arm, const char *policy, double seen)
{
	char buf[256];

	return !arm_check_hints(arm, policy, seen, buf, sizeof(buf));
}

static void test_hints(void)
{
	CHECK(hints(false, "none", 0), "stock, none seen: good");
	CHECK(!hints(false, "none", 1), "stock, but one was seen: bad");
	CHECK(hints(false, "none", NAN), "off, and nobody looks: good");
	CHECK(hints(false, "null", 0) && !hints(false, "null", 3), "off, and the module looks");
	CHECK(hints(true, "urgent", 5), "hinted, seen: good");
	CHECK(!hints(true, "urgent", 0), "hinted, none seen: bad");
	CHECK(!hints(true, "urgent", NAN), "hinted, and the host cannot tell: bad");
	CHECK(hints(true, "none", NAN), "hinted, and nobody looks: good");
	CHECK(!arm_check_guest(true, true, true), "guest: on as asked");
	CHECK(!arm_check_guest(false, true, false), "guest: off as asked");
	CHECK(!arm_check_guest(false, false, false), "guest: off, it has none");
	CHECK(arm_check_guest(true, false, false), "guest: on, but it has none");
	CHECK(arm_check_guest(true, true, false), "guest: on, but it could not");
	CHECK(arm_check_guest(false, true, true), "guest: off, but it left them on");
}

static void test_files(void)
{
	char dir[] = "/tmp/vhint-test-io-XXXXXX", path[64], copy[64], buf[64];
	json_object *o = json_object_new_object();
	uint64_t n = 0;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/x", dir);
	snprintf(copy, sizeof(copy), "%s/y", dir);
	json_object_object_add(o, "a", json_object_new_string("b/c"));
	CHECK(attr_write(path, "7") == -ENOENT, "an attribute that is not there");
	CHECK(!json_append_file(path, o, &err) && !json_append_file(path, o, &err),
	      "two lines appended");
	CHECK(attr_read(path, buf, sizeof(buf)) == 23 &&
	      !strcmp(buf, "{\"a\":\"b/c\"}\n{\"a\":\"b/c\"}"), "are there");
	CHECK(!file_copy(path, 12, copy, &err) && attr_read(copy, buf, sizeof(buf)) == 11,
	      "the second is copied");
	CHECK(file_copy("/nonexistent", 0, copy, &err) && strstr(err.msg, "/nonexistent: No such"),
	      "no file to copy");
	CHECK(attr_read(copy, buf, sizeof(buf)) == 11, "so what is there stays");
	CHECK(attr_read_u64(path, &n) == -1, "no number in it");
	CHECK(!file_write(path, "42\n", 3, &err) && !attr_read_u64(path, &n) && n == 42, "a number");
	CHECK(!file_mkdir(dir, &err) && file_mkdir("/nonexistent/x", &err) &&
	      !attr_mkdir(dir) && attr_mkdir("/nonexistent/x") == -ENOENT, "folders");
	json_object_put(o);
	o = attr_read_dir(dir);
	CHECK(o && json_object_object_length(o) == 2, "a folder of small files");
	json_object_put(o);
	CHECK(!attr_read_dir("/nonexistent"), "no folder");
	unlink(path);
	unlink(copy);
	rmdir(dir);
}

/* A limit on the file's size is what a full disk looks like: half of the line fits. */
static void test_full(void)
{
	struct rlimit limit = { 18, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
	char path[] = "/tmp/vhint-test-full-XXXXXX", buf[64];
	json_object *o = json_object_new_object();
	int fd = mkstemp(path), first, second, third, fourth;
	char why[160];

	if (fd < 0)
		abort();
	close(fd);
	json_object_object_add(o, "a", json_object_new_string("b/c"));
	/* our own output may be a file, too */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	first = json_append_file(path, o, &err);
	second = json_append_file(path, o, &err);
	snprintf(why, sizeof(why), "%.150s", err.msg);
	json_object_object_add(o, "a", json_object_new_string("a longer one"));
	third = json_save_file(path, o, &err);
	fourth = file_copy("/proc/self/maps", 0, path, &err);
	setrlimit(RLIMIT_FSIZE, &none);
	signal(SIGXFSZ, SIG_DFL);
	CHECK(!first, "a line fits");
	CHECK(second && strstr(why, "cannot write: File too large"), "%s", why);
	CHECK(third && fourth, "nor a whole file");
	CHECK(attr_read(path, buf, sizeof(buf)) == 11 && !strcmp(buf, "{\"a\":\"b/c\"}"),
	      "the first one is as it was, no half of a second follows, and no file replaced it");
	snprintf(why, sizeof(why), "%s.tmp", path);
	CHECK(access(why, F_OK), "nor is half a file left beside it");
	json_object_put(o);
	unlink(path);
}

static void test_field(void)
{
	const char *text = "processor\t: 0\nmodel\t\t: 1\nmodel name\t: EPYC x\nempty\t:\nlast: z";
	json_object *o = hostinfo_field(text, "model name");

	CHECK(o && !strcmp(json_object_get_string(o), "EPYC x"), "model name");
	json_object_put(o);
	o = hostinfo_field(text, "model");
	CHECK(o && !strcmp(json_object_get_string(o), "1"), "model");
	json_object_put(o);
	o = hostinfo_field(text, "last");
	CHECK(o && !strcmp(json_object_get_string(o), "z"), "the last line");
	json_object_put(o);
	CHECK(!hostinfo_field(text, "nothing"), "nothing");
}

int main(void)
{
	ktap_begin();
	test_guest();
	test_alone();
	test_hints();
	test_files();
	test_full();
	test_field();
	return ktap_end();
}
