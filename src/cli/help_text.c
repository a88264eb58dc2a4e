// SPDX-License-Identifier: GPL-2.0-only
/*
 * Help texts, line by line. An option or a command is indented by two blanks, and two blanks at
 * least are before what it does; what goes on on the next line is indented further.
 */
#include <stdio.h>
#include <string.h>

#include "cli/help_text.h"

#define USAGE	"Usage: "
#define EXIT	"Exit status: "

static void add(struct help_text *h, enum help_kind kind, const char *head, int head_len,
		const char *text)
{
	static struct help_item dropped;
	struct help_item *item = h->nr < HELP_MAX_ITEMS ? &h->items[h->nr++] : &dropped;

	item->kind = kind;
	snprintf(item->head, sizeof(item->head), "%.*s", head_len, head);
	snprintf(item->text, sizeof(item->text), "%s", text);
}

static void go_on(struct help_item *item, const char *text)
{
	size_t n = strlen(item->text);

	snprintf(item->text + n, sizeof(item->text) - n, "%s%s", n ? " " : "", text);
}

static void add_entry(struct help_text *h, const char *line)
{
	const char *end = strstr(line, "  ");

	if (end)
		add(h, HELP_ENTRY, line, end - line, end + strspn(end, " "));
	else
		add(h, HELP_ENTRY, line, strlen(line), "");
}

/* @last: what the line before belongs to, NULL behind an empty one. */
static void add_line(struct help_text *h, struct help_item *last, const char *line)
{
	int indent = strspn(line, " ");
	const char *words = line + indent;

	if (!strncmp(line, USAGE, strlen(USAGE)))
		add(h, HELP_SYNOPSIS, line + strlen(USAGE), strlen(line), "");
	else if (last && last->kind == HELP_SYNOPSIS && indent)
		add(h, HELP_SYNOPSIS, words, strlen(words), "");
	else if (!strncmp(line, EXIT, strlen(EXIT)))
		add(h, HELP_EXIT, "", 0, line + strlen(EXIT));
	else if (indent == 2)
		add_entry(h, words);
	else if (last && (indent ? last->kind == HELP_ENTRY :
			  last->kind == HELP_TEXT || last->kind == HELP_EXIT))
		go_on(last, words);
	else if (line[strlen(line) - 1] == ':')
		add(h, HELP_HEADING, "", 0, words);
	else
		add(h, HELP_TEXT, "", 0, words);
}

void help_parse(struct help_text *h, const char *text)
{
	char line[256];
	bool empty = true;
	size_t n;

	h->nr = 0;
	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		if (*line)
			add_line(h, empty || !h->nr ? NULL : &h->items[h->nr - 1], line);
		empty = !*line;
	}
}

bool help_option(const struct help_item *item, int nr, char *name, size_t len)
{
	const char *p = item->head;

	if (item->kind != HELP_ENTRY)
		return false;
	while (nr-- && p)
		p = strstr(p, ", ") ? strstr(p, ", ") + 2 : NULL;
	if (!p || *p != '-')
		return false;
	snprintf(name, len, "%.*s", (int)strcspn(p, ", "), p);
	return true;
}

const char *help_value(const struct help_item *item)
{
	const char *blank = strrchr(item->head, ' ');

	return blank && blank[1] != '-' && item->head[0] == '-' ? blank + 1 : "";
}
