/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of the same experiment against each other: made on another day, of another
 * commit, with another policy under an arm's name. Pure. What would make a
 * comparison meaningless is a reason to refuse it; what may explain a difference
 * is a note.
 */
#ifndef VHINT_REPORT_COMPARE_H
#define VHINT_REPORT_COMPARE_H

#include <stdio.h>

#include "report/report.h"

#define COMPARE_MAX_LINES	64
#define COMPARE_MAX_SIDES	26	/* they are called A to Z */

/*
 * Calibration sees the machine's load, too: boots of one run differ by 1.2, on a
 * busy machine by 1.5. Medians that are further apart are of another machine.
 */
#define COMPARE_MAX_SLICE	1.5
#define COMPARE_NOTE_SLICE	1.1

struct compare_side {
	char label;		/* 'A' is the one that the others are compared with */
	const char *dir;
	const struct experiment *e;
	const struct report *r;
	json_object *env;	/* env.json, or NULL */
	json_object *boots;	/* an array of all env-boot*.json */
	bool resumed;		/* env.json is not all of it */
};

struct compare_lines {
	int nr;
	char *line[COMPARE_MAX_LINES];
};

struct compare_cmp {
	int arm_a, arm_b, col_a, col_b;
	struct report_cmp c;
};

struct compare {
	const struct compare_side *a, *b;
	struct compare_lines refusals;	/* if there are any, nothing was compared */
	struct compare_lines notes;
	int nr_cmps;			/* arm by arm; the first of each is the headline */
	struct compare_cmp cmps[EXP_MAX_ARMS * REPORT_MAX_COLS];
};

/* 0, or -1 with @err filled. The sides must live as long as it does. */
int compare_make(struct compare *c, const struct compare_side *a, const struct compare_side *b,
		 struct vh_err *err);
void compare_free(struct compare *c);

/* Fills @err with all reasons. Returns -1. */
int compare_refuse(const struct compare *c, struct vh_err *err);

/* What @s is: its folder, when and of what it was made, and its report's notes. */
void compare_text_side(const struct compare_side *s, FILE *out);
void compare_text(const struct compare *c, FILE *out);

/* --- report/compare_facts.c --- */

/* A line more, unless it is there already or there are too many. */
void compare_line(struct compare_lines *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What differs, but for arms and metrics: fills refusals and notes. */
void compare_facts(struct compare *c);

/* What differs between an arm of A and its namesake in B. */
void compare_arm_facts(struct compare *c, int arm_a, int arm_b);

/* Is the arm a control: nothing of the kit's in it, and the same kernel on both sides? */
bool compare_is_control(const struct compare *c, int arm_a, int arm_b);

#endif /* VHINT_REPORT_COMPARE_H */
