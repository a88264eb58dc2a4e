/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far a run is, from the events of the agent. What is known and how it is
 * worded is pure; progress_show.c prints it.
 */
#ifndef VHINT_DRIVER_PROGRESS_H
#define VHINT_DRIVER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment.h"
#include "plan.h"

/* Times are in seconds of a clock that only goes forward. */
struct progress {
	const struct experiment *e;
	int total;		/* runs of the whole plan */
	int done;		/* of them, those that are over, be it well or not */
	int left;		/* still to be made by this process */
	int nr_boots, boots_left;
	double begin;

	int boot;		/* the present one, -1: none */
	char kernel[32];
	char phase[128];	/* what the boot is at, before its first run */
	double boot_begin;
	bool agent_up;		/* it has said so */
	bool in_runs;

	int arm, rep;		/* of the present run, arm -1: none */
	bool warmup, traced;
	char part[16];
	double run_begin, last_took;

	/* for the time left */
	double runs_took, boots_took;
	int runs_timed, boots_timed;

	int failed;
	double last_event;	/* anything at all, "alive" too */
	double last_step;	/* anything but "alive" */
	bool agent_done;
	double virtual_s;	/* of the present boot's lab, NAN: real time */
	char error[4096];	/* the last error reported */
};

void progress_init(struct progress *p, const struct experiment *e, const struct plan *plan,
		   int left, int boots_left, double now);
void progress_boot(struct progress *p, int boot, const char *kernel, double now);

/* What an event means to somebody who watches. */
enum progress_news {
	NEWS_NONE,	/* alive, or not understood */
	NEWS_PHASE,
	NEWS_RUN,	/* a run, or a part of it, has begun */
	NEWS_DONE,	/* a run is over */
	NEWS_FAILED,	/* a run is over, and failed */
	NEWS_ERROR,	/* p->error says what */
};

enum progress_news progress_event(struct progress *p, json_object *event, double now);

/* "[ 7/22] urgent rep 3/10  contended   00:41  left 06:10" */
char *progress_line(const struct progress *p, double now, char *buf, size_t len);

/* The same as something to keep: "[ 7/22] urgent rep 3/10: 00:12, left 06:10" */
char *progress_news_line(const struct progress *p, enum progress_news news, double now,
			 char *buf, size_t len);

/*
 * Why the agent must be taken for hung at @now, NULL if it need not. An agent
 * that lives says so every two seconds, and bounds each of its steps itself.
 */
const char *progress_hung(const struct progress *p, double now, char *buf, size_t len);

/* "virtual 12.3 s, 9 x slower than real", after @real_s. */
char *progress_clock(double virtual_s, double real_s, char *buf, size_t len);

/* --- progress_show.c --- */

enum progress_mode {
	SHOW_QUIET,	/* errors only */
	SHOW_LINES,	/* a plain line per event */
	SHOW_TTY,	/* one line that refreshes */
};

enum progress_mode progress_mode(bool quiet);
double progress_now(void);

void progress_tick(const struct progress *p, enum progress_mode mode);
void progress_tell(const struct progress *p, enum progress_mode mode, enum progress_news news);

/* Takes the refreshing line away, so that something else can be printed. */
void progress_clear(enum progress_mode mode);

#endif /* VHINT_DRIVER_PROGRESS_H */
