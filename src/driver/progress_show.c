// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows progress on standard error: one refreshing line on a terminal, a plain
 * line per event elsewhere. Standard output is for results.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

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

static int terminal_width(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col < 20)
		return 80;
	return w.ws_col;
}

void progress_tick(const struct progress *p, enum progress_mode mode)
{
	char line[256];

	if (mode != SHOW_TTY)
		return;
	progress_line(p, progress_now(), line, sizeof(line));
	/* a line that wraps could not be taken away again */
	fprintf(stderr, "\r%.*s\033[K", terminal_width() - 1, line);
	fflush(stderr);
}

void progress_tell(const struct progress *p, enum progress_mode mode, enum progress_news news)
{
	char line[256];

	if (news == NEWS_ERROR) {
		progress_clear(mode);
		fprintf(stderr, "run-experiment: %s\n", p->error);
		return;
	}
	if (mode == SHOW_LINES &&
	    *progress_news_line(p, news, progress_now(), line, sizeof(line)))
		fprintf(stderr, "%s\n", line);
	progress_tick(p, mode);
}

void progress_clear(enum progress_mode mode)
{
	if (mode == SHOW_TTY)
		fprintf(stderr, "\r\033[K");
}
