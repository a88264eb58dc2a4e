/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the lab's files share among themselves.
 */
#ifndef VHINT_LAB_INTERNAL_H
#define VHINT_LAB_INTERNAL_H

#include "lab/lab.h"

#define LAB_QEMU		"qemu-system-x86_64"
#define LAB_OWN_QEMU_DIR	"build/qemu"			/* below the kit's root */
#define LAB_OWN_QEMU		LAB_OWN_QEMU_DIR "/bin/" LAB_QEMU
#define LAB_INITRD		"build/lab/initrd.cpio.gz"	/* below the kit's root */
/* In the share: what stage2 is told. "-NAME" follows where the lab has a name. */
#define LAB_CONTROL_DIR		".lab"
#define LAB_TAIL_LINES		15
#define LAB_COMMAND_STARTED	"command started"	/* the phase after which it runs */

/* lab_args.c: pure builders of what QEMU and stage2 are told. */

/* Descriptors that QEMU inherits. Those that are not in use are -1. */
struct lab_fds {
	int control;
	int in, out, error;	/* LAB_STDIO_PORTS; LAB_STDIO_TTY has only in */
	int clock;		/* virtual time is kept there */
};

/* Room for translated code, which QEMU needs beside the machine's memory. */
int lab_tb_mib(const struct lab_config *config);

/* The emulator: a path, or a name for PATH. */
char *lab_qemu(const struct lab_config *config, char *buf, size_t size);

/*
 * QEMU's command line, ended by NULL; lab_args_free() frees it. NULL: no memory.
 * @cache is the directory that keeps what libvirt learnt of QEMU; may be NULL.
 */
char **lab_args(const struct lab_config *config, const char *initrd, const char *cache,
		unsigned int tsc_khz, const struct lab_fds *fds);
void lab_args_free(char **args);

/* @text as one word for a POSIX shell; the caller frees it. */
char *lab_shell_quote(const char *text);

/* The name of the control directory, below the share; the caller frees it. */
char *lab_control_dir(const struct lab_config *config);

/* Of a host that finds that it had to learn something for its cache: see lab.c. */
enum lab_again {
	LAB_AGAIN_NEVER,	/* it goes on */
	LAB_AGAIN_MAY,		/* it keeps what it learnt, reports "again" and goes off */
	LAB_AGAIN_IS,		/* it has begun again: having to learn is a failure */
};

/* What stage2 reads, and the script that it runs; the caller frees both. */
char *lab_stage2_config(const struct lab_config *config, int libvirt_s, enum lab_again again);
char *lab_command_script(const struct lab_config *config);

/* lab_controls.c: the directory of what stage2 is told. */

/* Where it is on this machine; the caller frees it. NULL: no memory. */
char *lab_controls_path(const struct lab_config *config);
int lab_controls_write(const char *dir, const struct lab_config *config, enum lab_again again,
		       struct vh_err *err);
void lab_controls_remove(const char *dir);
/*
 * A directory of the user's that outlives the lab: what libvirt learns in just this lab, which
 * has this clock, kernel, emulator and number of CPUs. The caller frees it. NULL with @err if
 * there is none.
 */
char *lab_cache_dir(const struct lab_config *config, struct vh_err *err);

/* Whether such a lab repeats, to the last digit: then it must not be the first to learn. */
bool lab_repeats(const struct lab_config *config);

/* lab_console.c: pure judgements. */

enum lab_console {
	LAB_CONSOLE_SILENT,	/* not a line: the kernel did not start */
	LAB_CONSOLE_CLEAN,
	LAB_CONSOLE_STALL,	/* soft lockup, RCU stall, hung task */
	LAB_CONSOLE_PANIC,	/* panic, oops, or recursion into the stack's guard page */
};

/*
 * What a kernel's console says of its state. For a stall or a panic, @why gets
 * the first line that says so. @text ends in a NUL, which @len does not count.
 */
enum lab_console lab_console_classify(const char *text, size_t len, char *why, size_t size);

/* All that is known of a lab at one moment, times in ms; of the lab's clock but for two. */
struct lab_view {
	bool ended;		/* the emulator is gone */
	bool started;		/* the command was started */
	bool exit_seen;		/* the command's exit status came */
	enum lab_console console;
	int64_t now;
	int64_t boot_deadline;
	int64_t alive_deadline;	/* 0: none */
	int64_t real_now;
	int64_t stuck_deadline;	/* real: until virtual time has to move; 0: none */
	bool phase_seen;	/* the machine reported anything */
};

/* LAB_TIMEOUT: nothing to tell, all is well. */
enum lab_event lab_judge(const struct lab_view *view);

/* Whether a LAB_HANG is one because virtual time stands still. */
bool lab_is_stuck(const struct lab_view *view);

/* lab_check.c: parts of lab_check() that are pure. */

/* "QEMU emulator version 7.2.22 (...)" to 7002; -1 when it says no version. */
int lab_qemu_version(const char *text);

/* lab_clock.c: the file in which QEMU keeps virtual time. */

struct lab_clock_file {
	int fd;			/* -1: none */
	int64_t *ns;		/* NULL: none */
};

int lab_clock_open(struct lab_clock_file *c, struct vh_err *err);
void lab_clock_close(struct lab_clock_file *c);

/* -1 if there is none. */
int64_t lab_clock_ns(const struct lab_clock_file *c);

/* lab_tsc.c: measured in 50 ms; 0 when that failed. */
unsigned int lab_tsc_khz(void);

#endif /* VHINT_LAB_INTERNAL_H */
