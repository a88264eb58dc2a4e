/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lab: an emulated AMD-V host that runs one command and powers off.
 *
 *	lab_start(&lab, &config, &err);
 *	while (lab_next_event(lab, 1000, &line, &err) == LAB_LINE)
 *		...
 *	lab_stop(lab);
 *
 * The machine's root is a throw-away view of this machine's own, so that every
 * path means the same inside and outside. Only config.share is shared for
 * writing. Nothing outlives the thread that called lab_start().
 */
#ifndef VHINT_LAB_H
#define VHINT_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LAB_MAX_CPUS		63	/* for vCPUs; CPU 0 comes on top */
#define LAB_MIN_MEMORY_MIB	1024
#define LAB_MAX_MEMORY_MIB	4608	/* with QEMU's own needs at most 6 GiB */
#define LAB_MIN_DISK_MIB	256	/* free space that a run may need */
#define LAB_BOOT_DEADLINE_S	120
#define LAB_STUCK_S		120	/* of real time, without any of virtual time */
#define LAB_ROUND_NS		2000
#define LAB_MIN_ROUND_NS	1
#define LAB_MAX_ROUND_NS	1000000

/* Where a lab that runs an experiment has the kit and its own kernel, whatever their place here. */
#define LAB_KIT_DIR		"/run/vhint/kit"
#define LAB_KERNEL_DIR		"/run/vhint/kernel"
#define LAB_SHARE_DIR		"/run/vhint/share"

/* What a second is in the lab. */
enum lab_clock {
	LAB_CLOCK_VIRTUAL,	/* so many instructions, by the kit's own QEMU */
	LAB_CLOCK_REAL,		/* a second of this machine, by Debian's QEMU */
};

/* Where the command has its standard input, output and error. */
enum lab_stdio {
	LAB_STDIO_CONSOLE,	/* no input; output to the console file */
	LAB_STDIO_PORTS,	/* lab_stdio_fd(lab, 0 .. 2) */
	LAB_STDIO_TTY,		/* a terminal, the other end is lab_stdio_fd(lab, 0) */
};

struct lab_config {
	const char *kit_root;	/* the command's working directory; holds build/ */
	const char *kernel_dir;	/* holds bzImage */
	const char *share;	/* absolute; mounted for writing at the same path */
	/*
	 * Kit, kernel and share are at the fixed paths above and nowhere else, so that
	 * nothing inside depends on where they are outside.
	 */
	bool fixed_paths;
	enum lab_clock clock;
	int round_ns;		/* a round of virtual time; 0: LAB_ROUND_NS */
	uint64_t seed;		/* of all that is random in virtual time */
	const char *name;	/* one word; tells labs apart that have one share. May be NULL */
	const char *console;	/* file that gets the console's output */
	int cpus;		/* CPUs for vCPUs, numbered 1 .. cpus */
	int memory_mib;
	bool libvirt;		/* start libvirtd and wait for its answer */
	char *const *argv;	/* the command, ended by NULL */
	enum lab_stdio stdio;
	/*
	 * Of LAB_STDIO_PORTS: no port for input, the command has /dev/null. The end of input
	 * would come from outside at another instant each time.
	 */
	bool no_input;
	/* Seconds of the lab's clock. */
	int boot_deadline_s;	/* until the command starts; 0: LAB_BOOT_DEADLINE_S */
	int alive_deadline_s;	/* longest silence of the command's events; 0: for ever */
};

enum lab_event {
	LAB_LINE,	/* a JSON line came over the control port */
	LAB_TIMEOUT,	/* nothing came, or a signal ended the wait */
	LAB_EXITED,	/* the command ended (lab_status()) and the machine is off */
	LAB_PANIC,	/* the machine's kernel died */
	LAB_HANG,	/* no sign of life before the deadline, console shows no panic */
	LAB_NO_BOOT,	/* the machine did not get as far as to start the command */
	LAB_DIED,	/* the emulator ended in the middle of the command */
};

struct lab;

/*
 * Checks whether this machine can run such a lab. Returns 0, or -1 with @err
 * filled. A non-empty @warning is for the user even though 0 is returned.
 */
int lab_check(const struct lab_config *config, char *warning, size_t size, struct vh_err *err);

/* MiB that such a lab takes of this machine; MiB that are to be had, -1 if unknown. */
long lab_memory_needed(const struct lab_config *config);
long lab_memory_available(void);

/* Checks and boots. Returns 0 at once, long before the machine is up. */
int lab_start(struct lab **lab, const struct lab_config *config, struct vh_err *err);

/*
 * Waits up to @timeout_ms for the next event. With LAB_LINE, *@line holds until
 * the next call; lines that the lab itself sends (phase, error, exit) are passed
 * on as well. From LAB_PANIC on @err is filled, with the console's last lines,
 * and every later call returns the same. Call it often: a machine whose lines
 * nobody reads comes to a halt.
 */
enum lab_event lab_next_event(struct lab *lab, int timeout_ms, const char **line,
			      struct vh_err *err);

/* The lab's virtual time, -1 if its clock is the real one. */
int64_t lab_virtual_ns(const struct lab *lab);

/*
 * To poll together with other descriptors; readable when an event is due. -1 while the emulator
 * is on its way out, for a moment in which there is nothing to poll for: ask again soon.
 */
int lab_fd(const struct lab *lab);

/* The other end of the command's stdin (0), stdout (1) or stderr (2), or -1. */
int lab_stdio_fd(const struct lab *lab, int fd);

/* Ends the command's standard input. */
void lab_stdin_close(struct lab *lab);

/* Exit status of the command after LAB_EXITED, as a shell has it. */
int lab_status(const struct lab *lab);

/* Kills what still runs, reaps it, removes temporary files, frees @lab. NULL is fine. */
void lab_stop(struct lab *lab);

#endif /* VHINT_LAB_H */
