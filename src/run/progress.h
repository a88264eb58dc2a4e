/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far a run is, from the events of the agent. What is known and how it is
 * worded is pure; run/progress_show.c prints it.
 */
#ifndef VHINT_RUN_PROGRESS_H
#define VHINT_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "run/jobs.h"

/* A boot that is being made. Times are in seconds of a clock that only goes forward. */
struct progress_boot {
	int boot;		/* its number in the plan */
	char kernel[32];
	char phase[128];	/* what it is at, before its first run */
	double begin;
	int left;		/* runs of it that are still to be made */
	int failed;		/* runs of it that did */
	bool agent_up;		/* it has said so */
	bool agent_done;
	bool in_runs;

	int arm, rep;		/* of the present run, arm -1: none */
	bool warmup, traced;
	char part[16];
	double run_begin, last_took;

	double last_event;	/* anything at all, "alive" too */
	double last_step;	/* anything but "alive" */
	double virtual_s;	/* of its lab, NAN: real time */
	double last_step_virtual;
	char error[4096];	/* the last error reported */
};

/* All of them, and what is to come. */
struct progress {
	const struct experiment *e;
	int jobs;		/* boots that are made side by side */
	int total;		/* runs of the whole plan */
	int done;		/* of them, those that are over, be it well or not */
	int nr_boots;
	const int *todo;	/* runs that this process is to make, of each boot */
	int next;		/* this boot and those after it were not begun yet */
	struct progress_boot *running[JOBS_MAX];
	int nr_running;

	/* for the time left */
	double runs_took, boots_took;
	int runs_timed, boots_timed;
};

/* @todo has the runs to be made of each boot of @plan, and must stay. */
void progress_init(struct progress *p, const struct experiment *e, const struct plan *plan,
		   const int *todo, int jobs);

/* Boots are begun in the plan's order; @b must stay until its end. */
void progress_boot_begin(struct progress *p, struct progress_boot *b, int boot, const char *kernel,
			 double now);
void progress_boot_end(struct progress *p, const struct progress_boot *b);

/* What an event means to somebody who watches. */
enum progress_news {
	NEWS_NONE,	/* alive, or not understood */
	NEWS_PHASE,
	NEWS_RUN,	/* a run, or a part of it, has begun */
	NEWS_DONE,	/* a run is over */
	NEWS_FAILED,	/* a run is over, and failed */
	NEWS_ERROR,	/* b->error says what */
};

enum progress_news progress_event(struct progress *p, struct progress_boot *b, json_object *event,
				  double now);

/*
 * "[ 7/22] urgent rep 3/10  contended   00:41  left 06:10", or, where boots are made side
 * by side, a line for all and one for each that runs:
 *
 *	[ 7/22] left 06:10
 *	  boot 3/8 (vhint)  urgent rep 3/10  contended   00:41
 *	  boot 4/8 (stock)  stock rep 2/10  alone       00:12
 *
 * No newline at the end.
 */
char *progress_text(const struct progress *p, double now, char *buf, size_t len);

/* News as something to keep: "[ 7/22] urgent rep 3/10: 00:12, left 06:10" */
char *progress_news_line(const struct progress *p, const struct progress_boot *b,
			 enum progress_news news, double now, char *buf, size_t len);

/*
 * Why the agent must be taken for hung at @now, NULL if it need not. An agent
 * that lives says so every two seconds, and bounds each of its steps itself.
 */
const char *progress_hung(const struct progress *p, const struct progress_boot *b, double now,
			  char *buf, size_t len);

/* "virtual 12.3 s, 9 x slower than real", after @real_s. */
char *progress_clock(double virtual_s, double real_s, char *buf, size_t len);

/* --- run/progress_show.c --- */

enum progress_mode {
	SHOW_QUIET,	/* errors only */
	SHOW_LINES,	/* a plain line per event */
	SHOW_TTY,	/* lines that refresh, one where boots come one by one */
};

enum progress_mode progress_mode(bool quiet);
double progress_now(void);

void progress_tick(const struct progress *p, enum progress_mode mode);
void progress_tell(const struct progress *p, const struct progress_boot *b,
		   enum progress_mode mode, enum progress_news news);

/* Takes the refreshing lines away, so that something else can be printed. */
void progress_clear(enum progress_mode mode);

#endif /* VHINT_RUN_PROGRESS_H */
