/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boots.ndjson: the boots that were made. A boot of the plan may take several: one that is
 * lost or broken off is gone on with by another, which is another instance of it, with
 * whatever a boot has of its own. A line is added when an instance begins, and one when it
 * ends; none is changed.
 */
#ifndef VHINT_RESULTS_BOOTS_H
#define VHINT_RESULTS_BOOTS_H

#include <stddef.h>

#include <json-c/json.h>

#include "base/err.h"

enum boot_end {
	BOOT_OPEN,		/* nothing on file: it still runs, or run-experiment was killed */
	BOOT_DONE,		/* all its runs, and well */
	BOOT_FAILED,		/* its agent gave up, or runs failed */
	BOOT_LOST,		/* its host died, hung or fell silent */
	BOOT_ENDED,		/* since another failed */
	BOOT_INTERRUPTED,	/* by the user */
};

struct boot_made {
	int boot;		/* of the plan */
	int instance;		/* from 1 */
	enum boot_end ended;
	char kernel[32];
	char kind[32];		/* of one that was lost: panic, hang, ... */
	int run, attempt;	/* under way at its end, run -1: none */
	json_object *begin, *end;	/* its lines, end NULL: there is none */
};

struct boots {
	int nr;
	struct boot_made *made;	/* in the order in which they began */
	int damaged;		/* lines that are not whole */
};

/* "boot3", or "boot3-2": so a boot is called in the names of files, and to people. */
char *boot_name(char *buf, size_t len, int boot, int instance);

/* "done", "failed", ... as in the file. */
const char *boot_end_word(enum boot_end end);

/* What is missing has NULL for @text. 0, or -1 without memory. Pure. */
int boots_parse(struct boots *b, const char *text, size_t len);
/* The same of @dir's boots.ndjson; of folders from before there was one, no boots. */
int boots_load(struct boots *b, const char *dir, struct vh_err *err);
void boots_free(struct boots *b);

/* NULL if there is no such one on file. */
const struct boot_made *boots_find(const struct boots *b, int boot, int instance);

/* Adds a line, synced, which begins behind whatever half a line a crash may have left. */
int boots_append(const char *dir, json_object *line, struct vh_err *err);

#endif /* VHINT_RESULTS_BOOTS_H */
