/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the agent decides, apart from doing anything. Pure.
 */
#ifndef VHINT_DRIVER_AGENT_JUDGE_H
#define VHINT_DRIVER_AGENT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds of failure, as events and results name them. */
#define KIND_PANIC	"guest-panic"	/* the guest's kernel died */
#define KIND_HANG	"guest-hang"	/* it lives, but did not answer in time */
#define KIND_DEAD	"guest-dead"	/* the VM ended, and not by a panic */
#define KIND_GUEST	"guest-error"	/* the guest itself reported an error */
#define KIND_LIBVIRT	"libvirt"
#define KIND_POLICY	"policy"
#define KIND_ASSERT	"assert"	/* the run was not what its arm says */
#define KIND_HOST	"host"		/* it is not fit for this boot */
#define KIND_IO		"io"
#define KIND_SIGNAL	"interrupted"

/* What happened to a guest that is @gone (or just silent), going by its console. */
const char *judge_guest(bool gone, const char *console);

/* "Attempted to kill init!", or whatever the kernel gives as its reason; "" if no panic. */
char *judge_panic(const char *console, char *buf, size_t len);

/* The last @lines lines of @text, indented, without control characters, in @buf. */
char *judge_tail(const char *text, int lines, char *buf, size_t len);

/* The VM that runs by itself in repetition @rep of an arm, -1 if there is only one VM. */
int judge_alone(int rep, int nr_vms);

/*
 * The attempt at run @id that is due, going by "3,4:2,7": runs and, after a colon, which
 * attempt it is if not the first. 0: the run is not in the list. No list is all of them.
 */
int judge_attempt(const char *list, int id);

/*
 * Was the run what its arm says? @hints_seen is NAN if the host does not know.
 * NULL if all is well, else what is wrong, in @buf.
 */
const char *judge_hints(bool arm_hints, const char *policy, double hints_seen, char *buf,
			size_t len);
/* The same of what a guest said when it was prepared. */
const char *judge_guest_hints(bool arm_hints, bool supported, bool enabled);

#endif /* VHINT_DRIVER_AGENT_JUDGE_H */
