// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far a run is. Pure: events and times in, words out.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "run/progress.h"

#define SILENCE_S 60	/* the agent says "alive" every 2 s */

void progress_init(struct progress *p, const struct experiment *e, const struct plan *plan,
		   const int *todo, int jobs)
{
	int i;

	memset(p, 0, sizeof(*p));
	p->e = e;
	p->jobs = jobs;
	p->total = plan_nr_runs(plan);
	p->done = p->total;
	p->nr_boots = plan->nr_boots;
	p->todo = todo;
	for (i = 0; i < p->nr_boots; i++)
		p->done -= todo[i];
}

void progress_boot_begin(struct progress *p, struct progress_boot *b, int boot, const char *kernel,
			 double now)
{
	memset(b, 0, sizeof(*b));
	b->boot = boot;
	snprintf(b->kernel, sizeof(b->kernel), "%s", kernel);
	snprintf(b->phase, sizeof(b->phase), "starting");
	b->left = p->todo[boot];
	b->begin = now;
	b->last_event = now;
	b->last_step = now;
	b->last_step_virtual = b->virtual_s;
	b->arm = -1;
	b->virtual_s = NAN;
	p->next = boot + 1;
	p->running[p->nr_running++] = b;
}

void progress_boot_end(struct progress *p, const struct progress_boot *b)
{
	int i, n = 0;

	for (i = 0; i < p->nr_running; i++) {
		if (p->running[i] != b)
			p->running[n++] = p->running[i];
	}
	p->nr_running = n;
}

static enum progress_news set_phase(struct progress_boot *b, const char *text)
{
	snprintf(b->phase, sizeof(b->phase), "%s", text);
	return NEWS_PHASE;
}

static enum progress_news on_run(struct progress *p, struct progress_boot *b, json_object *o,
				 double now)
{
	int arm = exp_arm_index(p->e, jget_str(o, "arm", "")), rep = jget_int(o, "rep", 0);
	bool warmup = jget_bool(o, "warmup", 0);

	if (arm < 0)
		return NEWS_NONE;
	if (!b->in_runs) {
		b->in_runs = true;
		p->boots_took += now - b->begin;
		p->boots_timed++;
	}
	if (b->arm != arm || b->rep != rep || b->warmup != warmup)
		b->run_begin = now;
	b->arm = arm;
	b->rep = rep;
	b->warmup = warmup;
	b->traced = jget_bool(o, "traced", 0);
	snprintf(b->part, sizeof(b->part), "%s", jget_str(o, "part", ""));
	return NEWS_RUN;
}

static enum progress_news on_run_done(struct progress *p, struct progress_boot *b, json_object *o,
				      double now)
{
	bool ok = jget_bool(o, "ok", 0);

	b->last_took = b->arm >= 0 ? now - b->run_begin : 0;
	b->run_begin = now;	/* the next run begins, or the boot ends */
	b->left--;
	b->failed += !ok;
	p->done++;
	if (b->arm >= 0) {
		p->runs_took += b->last_took;
		p->runs_timed++;
	}
	return ok ? NEWS_DONE : NEWS_FAILED;
}

enum progress_news progress_event(struct progress *p, struct progress_boot *b, json_object *o,
				  double now)
{
	const char *event = jget_str(o, "event", "");
	char text[128];

	b->last_event = now;
	if (!strcmp(event, "alive"))
		return NEWS_NONE;
	b->last_step = now;
	b->last_step_virtual = b->virtual_s;
	if (!strcmp(event, "run"))
		return on_run(p, b, o, now);
	if (!strcmp(event, "run-done"))
		return on_run_done(p, b, o, now);
	if (!strcmp(event, "phase"))
		return set_phase(b, jget_str(o, "text", ""));
	if (!strcmp(event, "host-up")) {
		b->agent_up = true;
		snprintf(text, sizeof(text), "host is up, kernel %s", jget_str(o, "kernel", "?"));
		return set_phase(b, text);
	}
	if (!strcmp(event, "vm-up")) {
		snprintf(text, sizeof(text), "%s is up", jget_str(o, "vm", "?"));
		return set_phase(b, text);
	}
	if (!strcmp(event, "calibrated"))
		return set_phase(b, "calibrated");
	if (!strcmp(event, "error")) {
		snprintf(b->error, sizeof(b->error), "%s: %s", jget_str(o, "kind", "error"),
			 jget_str(o, "message", "no reason is given"));
		return NEWS_ERROR;
	}
	if (!strcmp(event, "done"))
		b->agent_done = true;
	return NEWS_NONE;
}

/* Seconds until the end of a boot that runs, if a run takes @run and a boot @boot. */
static double boot_left(const struct progress_boot *b, double run, double boot, double now)
{
	double left = b->left * run;

	/* what the present run or boot has behind it is not left any more */
	if (!b->in_runs)
		return left + fmax(0, boot - (now - b->begin));
	if (b->arm >= 0 && b->left > 0)
		left -= fmin(now - b->run_begin, run);
	return fmax(0, left);
}

static double *earliest(double *ends, int n)
{
	double *first = ends;
	int i;

	for (i = 1; i < n; i++) {
		if (ends[i] < *first)
			first = &ends[i];
	}
	return first;
}

/*
 * Seconds until the end, NAN while there is nothing to judge by: each boot that waits
 * goes where one is over first, as the engine does it.
 */
static double progress_left(const struct progress *p, double now)
{
	double run, boot, last = 0, ends[JOBS_MAX] = { 0 };
	int i;

	if (!p->runs_timed)
		return NAN;
	run = p->runs_took / p->runs_timed;
	boot = p->boots_timed ? p->boots_took / p->boots_timed : 0;
	for (i = 0; i < p->nr_running; i++)
		ends[i] = boot_left(p->running[i], run, boot, now);
	for (i = p->next; i < p->nr_boots; i++) {
		if (p->todo[i])
			*earliest(ends, p->jobs) += boot + p->todo[i] * run;
	}
	for (i = 0; i < p->jobs; i++)
		last = fmax(last, ends[i]);
	return last;
}

static char *clock_text(char *buf, size_t len, double s)
{
	int t = s + 0.5;

	if (isnan(s))
		snprintf(buf, len, "--:--");
	else if (t >= 3600)
		snprintf(buf, len, "%d:%02d:%02d", t / 3600, t / 60 % 60, t % 60);
	else
		snprintf(buf, len, "%02d:%02d", t / 60, t % 60);
	return buf;
}

/* "[ 7/22]" for the @nth run. */
static char *counter(const struct progress *p, int nth, char *buf, size_t len)
{
	int width = snprintf(NULL, 0, "%d", p->total);

	snprintf(buf, len, "[%*d/%d]", width, nth < p->total ? nth : p->total, p->total);
	return buf;
}

static char *run_text(const struct progress *p, const struct progress_boot *b, char *buf,
		      size_t len)
{
	const char *arm = p->e->arms[b->arm].name;

	if (b->traced)
		snprintf(buf, len, "%s recorded", arm);
	else if (b->warmup)
		snprintf(buf, len, "%s warm-up", arm);
	else
		snprintf(buf, len, "%s rep %d/%d", arm, b->rep + 1, p->e->repetitions);
	return buf;
}

char *progress_clock(double virtual_s, double real_s, char *buf, size_t len)
{
	double slow = real_s / virtual_s;
	int n;

	buf[0] = '\0';
	if (isnan(virtual_s))
		return buf;
	n = snprintf(buf, len, "virtual %.1f s", virtual_s);
	/* idle time is skipped, so it may also be the faster one */
	if (virtual_s > 0 && real_s > 0 && n < (int)len)
		snprintf(buf + n, len - n, ", %.*f x %s than real",
			 fmax(slow, 1 / slow) < 9.95, fmax(slow, 1 / slow),
			 slow < 1 ? "faster" : "slower");
	return buf;
}

/* What a boot is at and for how long; its number where that is not told by the rest. */
static char *boot_text(const struct progress *p, const struct progress_boot *b, double now,
		       char *buf, size_t len)
{
	bool in_run = b->in_runs && b->arm >= 0;
	char which[64] = "", what[80], took[16];
	size_t n;

	if (!in_run || p->jobs > 1)
		snprintf(which, sizeof(which), "boot %d/%d (%s)  ", b->boot + 1, p->nr_boots,
			 b->kernel);
	clock_text(took, sizeof(took), now - (in_run ? b->run_begin : b->begin));
	if (in_run)
		snprintf(buf, len, "%s%s  %-9s   %s", which,
			 run_text(p, b, what, sizeof(what)), b->part, took);
	else
		snprintf(buf, len, "%s%s   %s", which, b->phase, took);
	n = strlen(buf);
	progress_clock(b->virtual_s, now - b->begin, what, sizeof(what));
	if (*what)
		snprintf(buf + n, len - n, "  %s", what);
	return buf;
}

char *progress_text(const struct progress *p, double now, char *buf, size_t len)
{
	char count[32], what[256], left[16];
	size_t used;
	int i;

	clock_text(left, sizeof(left), progress_left(p, now));
	buf[0] = '\0';
	if (p->jobs == 1 && p->nr_running)
		snprintf(buf, len, "%s %s  left %s", counter(p, p->done + 1, count, sizeof(count)),
			 boot_text(p, p->running[0], now, what, sizeof(what)), left);
	if (p->jobs == 1)
		return buf;
	used = snprintf(buf, len, "%s left %s", counter(p, p->done, count, sizeof(count)), left);
	for (i = 0; i < p->nr_running && used < len; i++)
		used += snprintf(buf + used, len - used, "\n  %s",
				 boot_text(p, p->running[i], now, what, sizeof(what)));
	return buf;
}

char *progress_news_line(const struct progress *p, const struct progress_boot *b,
			 enum progress_news news, double now, char *buf, size_t len)
{
	char count[32], which[32] = "", what[80], took[16], left[16];

	buf[0] = '\0';
	counter(p, p->done, count, sizeof(count));
	if (news == NEWS_PHASE)
		snprintf(buf, len, "%s boot %d/%d (%s): %s", count, b->boot + 1, p->nr_boots,
			 b->kernel, b->phase);
	if (p->jobs > 1)
		snprintf(which, sizeof(which), "boot %d/%d: ", b->boot + 1, p->nr_boots);
	if ((news == NEWS_DONE || news == NEWS_FAILED) && b->arm >= 0)
		snprintf(buf, len, "%s %s%s: %s%s, left %s", count, which,
			 run_text(p, b, what, sizeof(what)),
			 news == NEWS_FAILED ? "failed after " : "",
			 clock_text(took, sizeof(took), b->last_took),
			 clock_text(left, sizeof(left), progress_left(p, now)));
	return buf;
}

const char *progress_hung(const struct progress *p, const struct progress_boot *b, double now,
			  char *buf, size_t len)
{
	/* preparing, alone, contended and stopping take timeout_s at most, each */
	double step = 4.0 * p->e->timeout_s + 180;
	bool is_virtual = !isnan(b->virtual_s);
	double since = is_virtual ? b->virtual_s - b->last_step_virtual : now - b->last_step;

	/* in virtual time the lab itself looks for signs of life */
	if (!is_virtual && now - b->last_event > SILENCE_S) {
		snprintf(buf, len, "the agent has not given a sign of life for %d s", SILENCE_S);
		return buf;
	}
	if (since > step) {
		snprintf(buf, len, "the agent lives, but nothing has happened for %.0f %sseconds",
			 step, is_virtual ? "virtual " : "");
		return buf;
	}
	return NULL;
}
