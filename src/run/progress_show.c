// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows progress on standard error: lines that refresh on a terminal, a plain
 * line per event elsewhere. Standard output is for results.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "run/progress.h"

enum progress_mode progress_mode(bool quiet)
{
	const char *term = getenv("TERM");

	if (quiet)
		return SHOW_QUIET;
	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") ? SHOW_TTY : SHOW_LINES;
}

double progress_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int shown;	/* lines on the terminal that refresh; the cursor is in the last */

static struct winsize terminal_size(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col < 20 || w.ws_row < 2)
		w = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	return w;
}

void progress_tick(const struct progress *p, enum progress_mode mode)
{
	char text[(JOBS_MAX + 1) * 256], *line, *rest = NULL;
	struct winsize size = terminal_size();
	int n = 0;

	if (mode != SHOW_TTY)
		return;
	progress_text(p, progress_now(), text, sizeof(text));
	if (shown > 1)
		fprintf(stderr, "\033[%dA", shown - 1);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (n == size.ws_row - 1)
			break;
		/* a line that wraps could not be taken away again */
		fprintf(stderr, "%s\r%.*s\033[K", n++ ? "\n" : "", size.ws_col - 1, line);
	}
	if (n < shown)
		fputs("\033[J", stderr);
	shown = n;
	fflush(stderr);
}

void progress_tell(const struct progress *p, const struct progress_boot *b,
		   enum progress_mode mode, enum progress_news news)
{
	char line[256];

	if (news == NEWS_ERROR) {
		progress_clear(mode);
		if (p->jobs > 1)
			fprintf(stderr, "run-experiment: boot %d: %s\n", b->boot + 1, b->error);
		else
			fprintf(stderr, "run-experiment: %s\n", b->error);
		return;
	}
	if (mode == SHOW_LINES &&
	    *progress_news_line(p, b, news, progress_now(), line, sizeof(line)))
		fprintf(stderr, "%s\n", line);
	progress_tick(p, mode);
}

void progress_clear(enum progress_mode mode)
{
	if (mode != SHOW_TTY)
		return;
	if (shown > 1)
		fprintf(stderr, "\033[%dA", shown - 1);
	fputs("\r\033[J", stderr);
	shown = 0;
}
