// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far a run is. Pure: events and times in, words out.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json_file.h"
#include "progress.h"

#define SILENCE_S 60	/* the agent says "alive" every 2 s */

void progress_init(struct progress *p, const struct experiment *e, const struct plan *plan,
		   int left, int boots_left, double now)
{
	memset(p, 0, sizeof(*p));
	p->e = e;
	p->total = plan_nr_runs(plan);
	p->left = left;
	p->done = p->total - left;
	p->nr_boots = plan->nr_boots;
	p->boots_left = boots_left;
	p->boot = -1;
	p->arm = -1;
	p->virtual_s = NAN;
	p->begin = now;
	p->last_event = now;
	p->last_step = now;
}

void progress_boot(struct progress *p, int boot, const char *kernel, double now)
{
	p->boot = boot;
	snprintf(p->kernel, sizeof(p->kernel), "%s", kernel);
	snprintf(p->phase, sizeof(p->phase), "starting");
	p->boot_begin = now;
	p->last_event = now;
	p->last_step = now;
	p->agent_up = false;
	p->in_runs = false;
	p->agent_done = false;
	p->arm = -1;
	p->virtual_s = NAN;
	p->error[0] = '\0';
	p->boots_left--;
}

static enum progress_news set_phase(struct progress *p, const char *text)
{
	snprintf(p->phase, sizeof(p->phase), "%s", text);
	return NEWS_PHASE;
}

static enum progress_news on_run(struct progress *p, json_object *o, double now)
{
	int arm = exp_arm_index(p->e, jget_str(o, "arm", "")), rep = jget_int(o, "rep", 0);
	bool warmup = jget_bool(o, "warmup", 0);

	if (arm < 0)
		return NEWS_NONE;
	if (!p->in_runs) {
		p->in_runs = true;
		p->boots_took += now - p->boot_begin;
		p->boots_timed++;
	}
	if (p->arm != arm || p->rep != rep || p->warmup != warmup)
		p->run_begin = now;
	p->arm = arm;
	p->rep = rep;
	p->warmup = warmup;
	p->traced = jget_bool(o, "traced", 0);
	snprintf(p->part, sizeof(p->part), "%s", jget_str(o, "part", ""));
	return NEWS_RUN;
}

static enum progress_news on_run_done(struct progress *p, json_object *o, double now)
{
	bool ok = jget_bool(o, "ok", 0);

	p->last_took = p->arm >= 0 ? now - p->run_begin : 0;
	p->run_begin = now;	/* the next run begins, or the boot ends */
	p->done++;
	p->left--;
	p->failed += !ok;
	if (p->arm >= 0) {
		p->runs_took += p->last_took;
		p->runs_timed++;
	}
	return ok ? NEWS_DONE : NEWS_FAILED;
}

enum progress_news progress_event(struct progress *p, json_object *o, double now)
{
	const char *event = jget_str(o, "event", "");
	char text[128];

	p->last_event = now;
	if (!strcmp(event, "alive"))
		return NEWS_NONE;
	p->last_step = now;
	if (!strcmp(event, "run"))
		return on_run(p, o, now);
	if (!strcmp(event, "run-done"))
		return on_run_done(p, o, now);
	if (!strcmp(event, "phase"))
		return set_phase(p, jget_str(o, "text", ""));
	if (!strcmp(event, "host-up")) {
		p->agent_up = true;
		snprintf(text, sizeof(text), "host is up, kernel %s", jget_str(o, "kernel", "?"));
		return set_phase(p, text);
	}
	if (!strcmp(event, "vm-up")) {
		snprintf(text, sizeof(text), "%s is up", jget_str(o, "vm", "?"));
		return set_phase(p, text);
	}
	if (!strcmp(event, "calibrated"))
		return set_phase(p, "calibrated");
	if (!strcmp(event, "error")) {
		snprintf(p->error, sizeof(p->error), "%s: %s", jget_str(o, "kind", "error"),
			 jget_str(o, "message", "no reason is given"));
		return NEWS_ERROR;
	}
	if (!strcmp(event, "done"))
		p->agent_done = true;
	return NEWS_NONE;
}

/* Seconds until the end, NAN while there is nothing to judge by. */
static double progress_left(const struct progress *p, double now)
{
	double run, boot, left;

	if (!p->runs_timed)
		return NAN;
	run = p->runs_took / p->runs_timed;
	boot = p->boots_timed ? p->boots_took / p->boots_timed : 0;
	left = p->left * run + p->boots_left * boot;
	/* what the present run or boot has behind it is not left any more */
	if (p->in_runs && p->arm >= 0 && p->left > 0)
		left -= fmin(now - p->run_begin, run);
	else if (!p->in_runs)
		left += fmax(0, boot - (now - p->boot_begin));
	return left > 0 ? left : 0;
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

static char *run_text(const struct progress *p, char *buf, size_t len)
{
	if (p->traced)
		snprintf(buf, len, "%s recorded", p->e->arms[p->arm].name);
	else if (p->warmup)
		snprintf(buf, len, "%s warm-up", p->e->arms[p->arm].name);
	else
		snprintf(buf, len, "%s rep %d/%d", p->e->arms[p->arm].name, p->rep + 1,
			 p->e->repetitions);
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

char *progress_line(const struct progress *p, double now, char *buf, size_t len)
{
	char count[32], what[80], took[16], left[16];
	size_t n;

	clock_text(left, sizeof(left), progress_left(p, now));
	counter(p, p->done + 1, count, sizeof(count));
	if (!p->in_runs || p->arm < 0)
		snprintf(buf, len, "%s boot %d/%d (%s)  %s   %s  left %s", count, p->boot + 1,
			 p->nr_boots, p->kernel, p->phase,
			 clock_text(took, sizeof(took), now - p->boot_begin), left);
	else
		snprintf(buf, len, "%s %s  %-9s   %s  left %s", count,
			 run_text(p, what, sizeof(what)), p->part,
			 clock_text(took, sizeof(took), now - p->run_begin), left);
	progress_clock(p->virtual_s, now - p->boot_begin, what, sizeof(what));
	n = strlen(buf);
	if (*what)
		snprintf(buf + n, len - n, "  %s", what);
	return buf;
}

char *progress_news_line(const struct progress *p, enum progress_news news, double now, char *buf,
			 size_t len)
{
	char count[32], what[80], took[16], left[16];

	buf[0] = '\0';
	if (news == NEWS_PHASE)
		snprintf(buf, len, "%s boot %d/%d (%s): %s",
			 counter(p, p->done, count, sizeof(count)), p->boot + 1, p->nr_boots,
			 p->kernel, p->phase);
	if ((news == NEWS_DONE || news == NEWS_FAILED) && p->arm >= 0)
		snprintf(buf, len, "%s %s: %s%s, left %s",
			 counter(p, p->done, count, sizeof(count)),
			 run_text(p, what, sizeof(what)),
			 news == NEWS_FAILED ? "failed after " : "",
			 clock_text(took, sizeof(took), p->last_took),
			 clock_text(left, sizeof(left), progress_left(p, now)));
	return buf;
}

const char *progress_hung(const struct progress *p, double now, char *buf, size_t len)
{
	/* preparing, alone, contended and stopping take timeout_s at most, each */
	double step = 4.0 * p->e->timeout_s + 180;

	if (now - p->last_event > SILENCE_S) {
		snprintf(buf, len, "the agent has not given a sign of life for %d s", SILENCE_S);
		return buf;
	}
	if (now - p->last_step > step) {
		snprintf(buf, len, "the agent lives, but nothing has happened for %.0f s", step);
		return buf;
	}
	return NULL;
}
