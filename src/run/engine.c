// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the runs of a plan: some boots side by side, in one loop and one thread (a lab
 * dies with the thread that started it).
 */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/folder.h"
#include "results/records.h"
#include "run/engine.h"
#include "run/job.h"
#include "run/jobs.h"
#include "run/uses.h"

#define TICK_MS		500
#define END_TICK_MS	10	/* an agent that has said all is about to end */

static volatile sig_atomic_t nr_signals, last_signal;

static void on_signal(int nr)
{
	last_signal = nr;
	nr_signals++;
}

void engine_catch_signals(void)
{
	/* without SA_RESTART: the wait for the next event has to end */
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int engine_signal(void)
{
	return last_signal;
}

/* What is left of each boot. */
struct work {
	struct records rs;
	int *ids;	/* of the boot that is looked at; room for a whole one */
	int *todo;	/* runs to be made of each boot */
	int boots_left;
};

static void work_end(struct work *w)
{
	records_free(&w->rs);
	free(w->ids);
	free(w->todo);
}

static int work_begin(struct work *w, struct engine *g, struct vh_err *err)
{
	int i, most = 1;

	memset(w, 0, sizeof(*w));
	if (*g->dir && records_load(&w->rs, &g->e, g->dir, err))
		return -1;
	for (i = 0; i < g->p.nr_boots; i++) {
		if (g->p.boots[i].nr_runs > most)
			most = g->p.boots[i].nr_runs;
	}
	w->ids = calloc(most, sizeof(*w->ids));
	w->todo = calloc(g->p.nr_boots + 1, sizeof(*w->todo));
	if (!w->ids || !w->todo) {
		work_end(w);
		return vh_err(err, VH_BAD_HOST, "out of memory");
	}
	for (i = 0; i < g->p.nr_boots; i++) {
		w->todo[i] = records_todo(&w->rs, &g->p.boots[i], w->ids);
		w->boots_left += w->todo[i] > 0;
	}
	return 0;
}

static int cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

int engine_jobs(const struct experiment *e, int asked, int boots, char *why, size_t len,
		struct vh_err *err)
{
	struct jobs_facts f = { .asked = asked, .boots = boots, .cores = cores() };

	f.lab = place_memory(e, &f.available_mib, &f.lab_mib);
	f.virtual_clock = exp_virtual(e);
	return jobs_decide(&f, why, len, err);
}

static int decide_jobs(struct engine *g, int boots, struct vh_err *err)
{
	char why[256];

	g->jobs = engine_jobs(&g->e, g->jobs_asked, boots, why, sizeof(why), err);
	if (*why)
		vh_warn("%s", why);
	return g->jobs < 0 ? -1 : 0;
}

int engine_check(struct engine *g, const char *share, struct vh_err *err)
{
	const char *checked = NULL;
	struct work w;
	int i, bad = 0, good = 0;

	if (work_begin(&w, g, err))
		return -1;
	if (decide_jobs(g, w.boots_left, err)) {
		work_end(&w);
		return -1;
	}
	for (i = 0; i < g->p.nr_boots && !(bad && good); i++) {
		const struct plan_boot *b = &g->p.boots[i];

		if (!w.todo[i] || (checked && !strcmp(checked, b->kernel)))
			continue;
		checked = b->kernel;
		if (place_check(&g->e, b->kernel, share, err))
			bad++;
		else
			good++;
	}
	work_end(&w);
	/* a host can make the runs of the kernel that it runs, and the others later */
	return bad && (!good || !strcmp(g->e.where, "lab")) ? -1 : 0;
}

/* The boots that are being made. */
struct crew {
	struct engine *g;
	struct work w;
	struct job *jobs[JOBS_MAX];
	int nr;
	int next;		/* boot of the plan */
	int most;		/* that run side by side */
	struct uses uses;	/* what all of them are to use */
	bool stale;		/* some of that was built anew: that ends all */
	bool full;		/* no more are begun */
	int ret, nr_failed;
	struct vh_err *err;	/* the first failure, which is the one that is handed up */
};

/* Boot @boot did not end well. @skipped: nor did it begin, which hinders no other. */
static void failed(struct crew *c, int boot, bool skipped, struct vh_err *why)
{
	const struct engine *g = c->g;

	vh_err_prefix(why, "boot %d of %d (kernel %s)", boot + 1, g->p.nr_boots,
		      g->p.boots[boot].kernel);
	if (!g->keep_going && !skipped)
		c->full = true;
	c->full |= c->stale;
	/* the first is told at the end, and at once where the end may be far */
	if (!skipped && (c->ret || (g->keep_going && (c->nr || c->next < g->p.nr_boots))))
		vh_warn("%s", why->msg);
	if (!c->ret)
		*c->err = *why;
	c->ret = -1;
	c->nr_failed += !skipped;
}

/* What is handed up of all failures: each was told, but for the first where it ended all. */
static int sum_up(struct crew *c)
{
	if (c->nr_failed > 1)
		vh_err_prefix(c->err, "%d boots failed; the first was", c->nr_failed);
	return c->ret;
}

/* Memory that was there when the number of jobs was chosen may have gone to others. */
static bool wait_for_memory(struct crew *c)
{
	long available, each;

	if (!c->nr || !place_memory(&c->g->e, &available, &each) || available < 0 ||
	    available >= each)
		return false;
	vh_warn("%ld MiB of memory are available, another lab needs %ld: %d at a time from here on",
		available, each, c->nr);
	c->most = c->nr;
	return true;
}

/* Begins boot @boot if anything of it is left. */
static void begin(struct crew *c, int boot)
{
	const struct plan_boot *b = &c->g->p.boots[boot];
	int nr = records_todo(&c->w.rs, b, c->w.ids);
	struct vh_err why;
	struct job *j;

	if (!nr)
		return;
	c->stale = uses_check(&c->uses, &why);
	if (c->stale || result_check_space(c->g->dir, 16, &why)) {
		failed(c, boot, false, &why);
		return;
	}
	/* this host may run another kernel */
	if (strcmp(c->g->e.where, "lab") && place_check(&c->g->e, b->kernel, c->g->dir, &why)) {
		failed(c, boot, true, &why);
		return;
	}
	j = calloc(1, sizeof(*j));
	if (j && !job_start(j, c->g, &c->w.rs, boot, c->w.ids, nr, &why)) {
		c->jobs[c->nr++] = j;
		return;
	}
	if (!j)
		vh_err(&why, VH_BAD_HOST, "out of memory");
	free(j);
	failed(c, boot, false, &why);
}

static void end(struct crew *c, int i, struct vh_err *why, bool well)
{
	struct job *j = c->jobs[i];
	struct vh_err end_err;

	c->jobs[i] = c->jobs[--c->nr];
	if (job_end(j, c->g, nr_signals > 1, &end_err) && well) {
		*why = end_err;
		well = false;
	}
	if (!well)
		failed(c, j->boot, false, why);
	free(j);
}

static void end_all(struct crew *c)
{
	const char *reason = nr_signals ? NULL : c->stale ? "it may have used both builds" :
			     "--keep-going would let it go on";
	struct vh_err why;

	while (c->nr) {
		struct job *j = c->jobs[--c->nr];

		if (nr_signals)
			job_cut(j, BOOT_INTERRUPTED, strsignal(last_signal));
		else
			job_cut(j, BOOT_ENDED, c->stale ? "the kit was built anew" :
				"another boot failed");
		/* what is not taken over stays in the boot's own file */
		if (job_end(j, c->g, nr_signals > 1, &why))
			vh_warn("%s", why.msg);
		if (reason)
			vh_warn("boot %d was ended, too: %s", j->boot + 1,
				reason);
		free(j);
	}
}

/* Until something happens, or it is time to look whether anything did. */
static void wait_for_news(const struct crew *c)
{
	struct pollfd fds[JOBS_MAX];
	int i, timeout = TICK_MS;

	for (i = 0; i < c->nr; i++) {
		fds[i] = (struct pollfd){ .fd = place_fd(c->jobs[i]->pl), .events = POLLIN };
		if (fds[i].fd < 0)
			timeout = END_TICK_MS;
	}
	if (!poll(fds, c->nr, timeout))
		progress_tick(&c->g->progress, c->g->mode);
}

static void step_all(struct crew *c)
{
	enum job_state state;
	struct vh_err why;
	int i;

	for (i = c->nr - 1; i >= 0 && !nr_signals; i--) {
		state = job_step(c->jobs[i], c->g, &why);
		if (state != JOB_GOES_ON)
			end(c, i, &why, state == JOB_DONE);
	}
}

static void make_boots(struct crew *c)
{
	const struct engine *g = c->g;

	for (;;) {
		while (!c->full && !nr_signals && c->nr < c->most && c->next < g->p.nr_boots &&
		       !wait_for_memory(c))
			begin(c, c->next++);
		if (nr_signals || c->full || !c->nr)
			return;
		wait_for_news(c);
		step_all(c);
	}
}

int engine_run(struct engine *g, struct vh_err *err)
{
	struct crew c = { .g = g, .err = err, .most = g->jobs };

	if (work_begin(&c.w, g, err))
		return -1;
	progress_init(&g->progress, &g->e, &g->p, c.w.todo, g->jobs);
	uses_note(&c.uses, &g->e, &g->p, place_agent());
	make_boots(&c);
	end_all(&c);
	work_end(&c.w);
	if (nr_signals && !c.ret)
		return vh_err(err, VH_RUN_FAILED, "interrupted by signal %d (%s)",
			      (int)last_signal, strsignal(last_signal));
	return sum_up(&c);
}
