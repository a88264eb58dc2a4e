// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU 0 rule, the QEMU that is needed, and the slice that fits an exit's cost.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "host/calibrate.h"
#include "host/pins.h"
#include "ktap.h"
#include "lab/lab_internal.h"

static int pins(uint64_t a, uint64_t b, int cpus, struct vh_err *err)
{
	const uint64_t masks[] = { a, b };

	err->msg[0] = '\0';
	return pins_check(masks, 2, cpus, err);
}

static void test_pins(void)
{
	struct vh_err err;

	CHECK(!pins(0x2, 0x4, 2, &err), "one CPU each");
	CHECK(!pins(0x6, 0x6, 2, &err), "all CPUs each");
	CHECK(pins(0x6, 0x7, 2, &err) && strstr(err.msg, "vCPU 1 may run on CPU 0"),
	      "a vCPU that may also run on CPU 0 is refused: %s", err.msg);
	CHECK(err.code == VH_BAD_EXPERIMENT, "as a bad experiment");
	CHECK(pins(0x1, 0x2, 2, &err) && strstr(err.msg, "CPU 0"),
	      "a vCPU on CPU 0 alone is refused");
	CHECK(pins(0x6, 0xe, 2, &err) && strstr(err.msg, "CPU 3"),
	      "a CPU that the machine lacks is refused: %s", err.msg);
	CHECK(pins(0x6, 0, 2, &err) && strstr(err.msg, "no CPU"), "no CPU at all is refused");
	CHECK(!pins(1ULL << 63, 2, 63, &err), "the last CPU of the largest machine");
	CHECK(pins(1ULL << 63, 2, 62, &err), "but not of the next smaller");
}

static const uint64_t *affinity;	/* of thread 0 and so on */

/* Instead of the C library's: a machine may have no CPU 0 for us, or nothing else. */
int sched_getaffinity(pid_t tid, size_t size, cpu_set_t *set)
{
	if (tid < 0) {
		errno = ESRCH;
		return -1;
	}
	memset(set, 0, size);
	memcpy(set, &affinity[tid], sizeof(affinity[tid]));
	return 0;
}

static int threads(uint64_t a, uint64_t b, int cpus, struct vh_err *err)
{
	const uint64_t masks[] = { a, b };
	const int tids[] = { 0, 1 };

	affinity = masks;
	*err = (struct vh_err){ .msg = "" };
	return pins_check_threads(tids, 2, cpus, err);
}

static void test_threads(void)
{
	struct vh_err err;
	const int gone = -1;

	CHECK(threads(0x2, 0x1, 2, &err) && strstr(err.msg, "CPU 0"),
	      "a thread on CPU 0 fails the check: %s", err.msg);
	CHECK(threads(0x3, 0x2, 2, &err) && strstr(err.msg, "CPU 0"),
	      "so does one that may also run there: %s", err.msg);
	CHECK(!threads(0x2, 0x6, 2, &err), "threads on CPUs 1 and 2 pass");
	CHECK(threads(0x2, 0x8, 2, &err), "a CPU that the machine lacks: %s", err.msg);
	CHECK(pins_check_threads(&gone, 1, 2, &err) && err.code == VH_RUN_FAILED,
	      "a thread that is gone fails the check: %s", err.msg);
}

static void test_version(void)
{
	CHECK(lab_qemu_version("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)") == 7002,
	      "Debian 12's QEMU");
	CHECK(lab_qemu_version("QEMU emulator version 10.0.2") == 10000, "two digits");
	CHECK(lab_qemu_version("QEMU emulator version 6.1.0") < 7002, "an old one");
	CHECK(lab_qemu_version("sh: no such thing") == -1, "no version at all");
}

static void test_memory(void)
{
	const struct lab_config c = { .memory_mib = 1024, .clock = LAB_CLOCK_VIRTUAL };
	struct vh_err err;

	CHECK(lab_memory_needed(&c) > 1024 + 512, "the emulator needs memory, too");
	CHECK(!lab_judge_memory(2000, 2000, &err), "just enough");
	CHECK(!lab_judge_memory(-1, 2000, &err), "unknown is enough");
	CHECK(lab_judge_memory(1999, 2000, &err) && err.code == VH_BAD_HOST &&
	      strstr(err.msg, "need 2000 MiB") && strstr(err.msg, "1999 MiB are available") &&
	      strstr(err.msg, "smaller machine"), "not enough: %s", err.msg);
	CHECK(lab_judge_memory(0, 2000, &err), "none");
}

static void test_slice(void)
{
	CHECK(calibrate_slice_ns(3000000, 1500) == 3000000, "hardware keeps its slice");
	CHECK(calibrate_slice_ns(3000000, 5000) == 3000000, "slow hardware too");
	CHECK(calibrate_slice_ns(3000000, 75000) == 150000000, "fifty times the cost, fifty times the slice");
	CHECK(calibrate_slice_ns(3000000, 0) == 3000000, "an exit that costs nothing changes nothing");
	CHECK(calibrate_slice_ns(3000000, 10000000) == LAB_MAX_SLICE_NS, "not above the kernel's most");
	CHECK(calibrate_slice_ns(10, 1500) == LAB_MIN_SLICE_NS, "not below the kernel's least");
}

int main(void)
{
	ktap_begin();
	test_pins();
	test_threads();
	test_version();
	test_memory();
	test_slice();
	return ktap_end();
}
