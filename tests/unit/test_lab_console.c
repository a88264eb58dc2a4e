// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a console says of a kernel, and what is concluded from all that is known.
 */
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "lab/lab_internal.h"

static const char clean[] =
	"[    0.000000] Linux version 6.12.117\r\n"
	"[    4.142336] KVM: disabled by BIOS? no. Debug: BUG_ON is compiled in\r\n"
	"[    5.938541] reboot: Power down\r\n";

static const char panic[] =
	"[    2.000000] Run /init as init process\r\n"
	"[    2.146111] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\r\n"
	"[    2.146900] CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.12.117 #1\r\n";

/* What the emulator's CPU 0 race leads to. */
static const char guard[] =
	"[   20.000001] kvm: vcpu0, guest rIP: 0xffffffff810067c7 Unhandled WRMSR(0xc0010007)\r\n"
	"[   31.415926] BUG: TASK stack guard page was hit at 000000004b2d0e12 (stack is 0..1)\r\n";

static const char oops[] =
	"[   12.000000] BUG: unable to handle page fault for address: ffffffffff000000\r\n"
	"[   12.000100] Oops: Oops: 0002 [#1] SMP NOPTI\r\n";

static const char stall[] =
	"[   60.000000] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [CPU 0/KVM:132]\r\n";

/* A command that shows the console of a guest which panicked: not our kernel. */
static const char quoted[] =
	"[    5.000000] Run /init as init process\r\n"
	"vm1 died, its console ends with:\n"
	"  [    1.000000] Kernel panic - not syncing: sysrq triggered crash\n"
	"Kernel panic is what the guest said\n";

static char why[80];

static enum lab_console classify(const char *text)
{
	why[0] = '\0';
	return lab_console_classify(text, strlen(text), why, sizeof(why));
}

static void test_classify(void)
{
	char both[sizeof(stall) + sizeof(panic)];

	snprintf(both, sizeof(both), "%s%s", panic, stall);
	CHECK(classify("") == LAB_CONSOLE_SILENT, "no text: silent");
	CHECK(classify(clean) == LAB_CONSOLE_CLEAN, "an ordinary boot is clean");
	CHECK(classify("\x1b[2Jqboot\r\n") == LAB_CONSOLE_CLEAN, "firmware alone is clean");
	CHECK(classify(panic) == LAB_CONSOLE_PANIC, "a panic");
	CHECK(!strncmp(why, "Kernel panic - not syncing: Attempted", 37), "with its words: %s", why);
	CHECK(classify(guard) == LAB_CONSOLE_PANIC, "a hit stack guard page is a panic");
	CHECK(classify(oops) == LAB_CONSOLE_PANIC, "an oops is a panic");
	CHECK(classify(stall) == LAB_CONSOLE_STALL, "a soft lockup is a stall, not a panic");
	CHECK(classify(both) == LAB_CONSOLE_PANIC, "a panic outweighs a stall");
	CHECK(classify(quoted) == LAB_CONSOLE_CLEAN, "a guest's panic that a command shows is not ours");
	CHECK(classify("[    1.0] Kernel panic") == LAB_CONSOLE_PANIC, "a line without its end counts");
	CHECK(classify("[    1.0]") == LAB_CONSOLE_CLEAN, "a stamp alone is clean");
	CHECK(classify("[") == LAB_CONSOLE_CLEAN, "half a stamp is clean");
}

static void test_judge(void)
{
	struct lab_view v = { .boot_deadline = 1000, .console = LAB_CONSOLE_CLEAN, .now = 500 };
	struct lab_view w;

	CHECK(lab_judge(&v) == LAB_TIMEOUT, "booting: nothing to tell");
	w = v;
	w.now = 1000;
	CHECK(lab_judge(&w) == LAB_NO_BOOT, "no report before the deadline: failed boot");
	w.phase_seen = true;
	CHECK(lab_judge(&w) == LAB_HANG, "a report, then the deadline: hang");
	w = v;
	w.ended = true;
	CHECK(lab_judge(&w) == LAB_NO_BOOT, "the emulator gone before the command: failed boot");
	w.started = true;
	CHECK(lab_judge(&w) == LAB_DIED, "the emulator gone in the middle: died");
	w.console = LAB_CONSOLE_PANIC;
	CHECK(lab_judge(&w) == LAB_PANIC, "gone with a panic on the console: panic");
	w.ended = false;
	CHECK(lab_judge(&w) == LAB_PANIC, "a panic is told before the machine ends");

	w = v;
	w.started = true;
	w.now = 1000000;
	CHECK(lab_judge(&w) == LAB_TIMEOUT, "a started command may take for ever by default");
	w.alive_deadline = 1000000;
	CHECK(lab_judge(&w) == LAB_HANG, "silence beyond the deadline: hang");
	w.console = LAB_CONSOLE_STALL;
	CHECK(lab_judge(&w) == LAB_HANG, "the same with a stall on the console");

	w = v;
	w.stuck_deadline = 9000;
	w.real_now = 8999;
	CHECK(lab_judge(&w) == LAB_TIMEOUT && !lab_is_stuck(&w), "a slow lab is waited for");
	w.real_now = 9000;
	CHECK(lab_judge(&w) == LAB_NO_BOOT && lab_is_stuck(&w),
	      "no virtual progress, nor a report: failed boot");
	w.phase_seen = true;
	CHECK(lab_judge(&w) == LAB_HANG, "no virtual progress after a report: hang");
	w.started = true;
	CHECK(lab_judge(&w) == LAB_HANG, "no virtual progress in a command without a deadline: hang");
	w.exit_seen = true;
	CHECK(lab_judge(&w) == LAB_EXITED, "no virtual progress after the end: it has ended");

	w = v;
	w.started = true;
	w.exit_seen = true;
	w.alive_deadline = 1000;
	CHECK(lab_judge(&w) == LAB_TIMEOUT, "the status came: wait for the power to go off");
	w.now = 1000;
	CHECK(lab_judge(&w) == LAB_EXITED, "but not for ever");
	w.now = 600;
	w.ended = true;
	CHECK(lab_judge(&w) == LAB_EXITED, "power off: exited");
	w.started = false;
	CHECK(lab_judge(&w) == LAB_NO_BOOT, "given up before the command: failed boot");
}

static void test_absence(void)
{
	const struct lab_view of_real = { .boot_deadline = 1000, .alive_deadline = 2000 };
	struct lab_view of_virtual = of_real, v;

	of_virtual.virtual_clock = true;
	of_virtual.stuck_deadline = 3000;
	v = of_virtual;
	lab_excuse_absence(&v, LAB_ABSENCE_MS, 90000);
	CHECK(v.boot_deadline == 1000 && v.alive_deadline == 2000 && v.stuck_deadline == 3000,
	      "who looks often excuses nothing, however fast virtual time goes");
	lab_excuse_absence(&v, LAB_ABSENCE_MS + 500, 70);
	CHECK(v.boot_deadline == 1070 && v.alive_deadline == 2070,
	      "after an absence, what the lab's clock says has passed");
	CHECK(v.stuck_deadline == 3500, "real time without progress by the real clock");
	v = of_real;
	lab_excuse_absence(&v, LAB_ABSENCE_MS + 500, LAB_ABSENCE_MS + 500);
	CHECK(v.boot_deadline == 1500 && v.alive_deadline == 2500,
	      "real clock: what is beyond the usual");
	v = of_real;
	v.alive_deadline = 0;
	lab_excuse_absence(&v, LAB_ABSENCE_MS + 500, 0);
	CHECK(!v.alive_deadline && !v.stuck_deadline, "no deadline stays none");
}

/* What QEMU would do to the file. */
static void test_clock_file(void)
{
	struct lab_clock_file c = { .fd = -1 };
	struct vh_err err = { .msg = "" };
	int64_t ns = 12345678901;

	CHECK(lab_clock_ns(&c) == -1, "no file, no virtual time");
	CHECK(!lab_clock_open(&c, &err), "a file is made (%s)", err.msg);
	CHECK(lab_clock_ns(&c) == 0, "it begins at 0");
	CHECK(pwrite(c.fd, &ns, sizeof(ns), 0) == sizeof(ns) && lab_clock_ns(&c) == ns,
	      "what is written there is read");
	lab_clock_close(&c);
	CHECK(lab_clock_ns(&c) == -1 && c.fd == -1, "closed");
}

int main(void)
{
	ktap_begin();
	test_clock_file();
	test_classify();
	test_judge();
	test_absence();
	return ktap_end();
}
