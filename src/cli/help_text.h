/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What --help prints, taken apart: the manual and the shell's completion are made of it, so
 * that a command is described in one place. Pure.
 */
#ifndef VHINT_CLI_HELP_TEXT_H
#define VHINT_CLI_HELP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define HELP_MAX_ITEMS 96

enum help_kind {
	HELP_SYNOPSIS,	/* head: "run-experiment report [OPTIONS] DIR" */
	HELP_TEXT,	/* text: a paragraph */
	HELP_HEADING,	/* text: "Commands:" */
	HELP_ENTRY,	/* head: "--jobs N", text: what it does; "" for an example */
	HELP_EXIT,	/* text: what exit statuses there are */
};

struct help_item {
	enum help_kind kind;
	char head[160];
	char text[1600];
};

struct help_text {
	int nr;
	struct help_item items[HELP_MAX_ITEMS];
};

/* Lines that do not fit are dropped; there is no such help. */
void help_parse(struct help_text *h, const char *text);

/*
 * Option @nr of an entry such as "-q, --quiet" or "--jobs N": its name into @name, without its
 * value. False if the entry has no such one, or is of no option.
 */
bool help_option(const struct help_item *item, int nr, char *name, size_t len);

/* What stands for its value: "N", "DIR"; "" if it takes none. */
const char *help_value(const struct help_item *item);

#endif /* VHINT_CLI_HELP_TEXT_H */
