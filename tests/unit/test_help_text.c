// SPDX-License-Identifier: GPL-2.0-only
/*
 * Help texts taken apart, and text for man pages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "cli/help_text.h"
#include "cli/roff.h"

static const char text[] =
	"Usage: run-experiment do FILE [OPTIONS]\n"
	"       run-experiment do --all\n"
	"\n"
	"Does something, and\n"
	"says it.\n"
	"\n"
	"Another paragraph.\n"
	"\n"
	"These are options:\n"
	"  --jobs N         boots at a time (default: as\n"
	"                   many as there are)\n"
	"  -q, --quiet      no progress\n"
	"  --fail-if worse:METRIC  longer than the column\n"
	"Otherwise:\n"
	"  --help           this\n"
	"Exit status: 0 all is well,\n"
	"1 it is not.\n"
	"\n"
	"  ./run-experiment exps/x.json\n";

static struct help_text h;

/* Item @nr is of this kind, with these words. */
static bool item_is(int nr, enum help_kind kind, const char *head, const char *words)
{
	const struct help_item *i = &h.items[nr];
	bool same = nr < h.nr && i->kind == kind && !strcmp(i->head, head) && !strcmp(i->text, words);

	if (!same)
		printf("# %d: kind %d <%s> <%s>\n", nr, i->kind, i->head, i->text);
	return same;
}

static void test_parse(void)
{
	help_parse(&h, text);
	CHECK(item_is(0, HELP_SYNOPSIS, "run-experiment do FILE [OPTIONS]", "") &&
	      item_is(1, HELP_SYNOPSIS, "run-experiment do --all", ""), "the synopsis");
	CHECK(item_is(2, HELP_TEXT, "", "Does something, and says it."), "a paragraph");
	CHECK(item_is(3, HELP_TEXT, "", "Another paragraph."), "another");
	CHECK(item_is(4, HELP_HEADING, "", "These are options:") &&
	      item_is(8, HELP_HEADING, "", "Otherwise:"), "headings");
	CHECK(item_is(5, HELP_ENTRY, "--jobs N",
		      "boots at a time (default: as many as there are)"), "an entry of two lines");
	CHECK(item_is(6, HELP_ENTRY, "-q, --quiet", "no progress"), "two names");
	CHECK(item_is(7, HELP_ENTRY, "--fail-if worse:METRIC", "longer than the column"),
	      "an entry that is longer than its column");
	CHECK(item_is(h.nr - 2, HELP_EXIT, "", "0 all is well, 1 it is not."), "exit statuses");
	CHECK(item_is(h.nr - 1, HELP_ENTRY, "./run-experiment exps/x.json", ""), "an example");
	help_parse(&h, "");
	CHECK(h.nr == 0, "nothing");
}

/* Option @nr of an entry with this head; its value. */
static bool option_is(const char *head, int nr, const char *name, const char *value)
{
	struct help_item item = { .kind = HELP_ENTRY };
	char got[32] = "";
	bool found;

	strcpy(item.head, head);
	found = help_option(&item, nr, got, sizeof(got));
	return found == (name != NULL) && (!name || !strcmp(got, name)) &&
	       !strcmp(help_value(&item), value);
}

static void test_options(void)
{
	CHECK(option_is("--jobs N", 0, "--jobs", "N") && option_is("--jobs N", 1, NULL, "N"),
	      "one with a value");
	CHECK(option_is("-q, --quiet", 0, "-q", "") && option_is("-q, --quiet", 1, "--quiet", "") &&
	      option_is("-q, --quiet", 2, NULL, ""), "two names, no value");
	CHECK(option_is("report DIR", 0, NULL, ""), "a command is no option");
}

static bool line_is(const char *line, const char *want)
{
	char *got = NULL;
	size_t len;
	FILE *f = open_memstream(&got, &len);
	bool same;

	roff_line(line, f);
	fclose(f);
	same = !strncmp(got, want, strlen(want)) && !strcmp(got + strlen(want), "\n");
	if (!same)
		printf("# %s", got);
	free(got);
	return same;
}

static void test_roff(void)
{
	CHECK(line_is("a line", "a line"), "text");
	CHECK(line_is(".SH it", "\\&.SH it") && line_is("'br", "\\(aqbr"), "no request");
	CHECK(line_is("a\\fB", "a\\efB"), "no escape");
	CHECK(line_is("--jobs ^~", "\\-\\-jobs \\(ha\\(ti"), "what a shell reads stays as it is");
	CHECK(line_is("run `list` now", "run \\fBlist\\fR now") && line_is("`x", "\\fBx\\fR"),
	      "code is bold, and ends with the line");
}

int main(void)
{
	ktap_begin();
	test_parse();
	test_options();
	test_roff();
	return ktap_end();
}
