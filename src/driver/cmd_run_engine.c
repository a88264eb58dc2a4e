// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the runs of a plan. The agent of each boot does the work and writes the
 * records; this watches it, and knows when to give up.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent_judge.h"
#include "cmd_run_engine.h"
#include "cmd_run_place.h"
#include "json_file.h"
#include "result.h"
#include "result_records.h"

#define TICK_MS		500
#define TAIL_LINES	15

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
	int *todo;	/* run ids; room for a whole boot */
	int nr;
	int nr_left, boots_left;
	struct records rs;
};

static int work_begin(struct work *w, struct engine *g, struct vh_err *err)
{
	int i, most = 1, n;

	memset(w, 0, sizeof(*w));
	if (*g->dir && records_load(&w->rs, &g->e, g->dir, err))
		return -1;
	for (i = 0; i < g->p.nr_boots; i++) {
		if (g->p.boots[i].nr_runs > most)
			most = g->p.boots[i].nr_runs;
	}
	w->todo = calloc(most, sizeof(*w->todo));
	if (!w->todo) {
		records_free(&w->rs);
		return vh_err(err, VH_BAD_HOST, "out of memory");
	}
	for (i = 0; i < g->p.nr_boots; i++) {
		n = records_todo(&w->rs, &g->p.boots[i], w->todo);
		w->nr_left += n;
		w->boots_left += n > 0;
	}
	return 0;
}

static void work_end(struct work *w)
{
	records_free(&w->rs);
	free(w->todo);
}

int engine_check(struct engine *g, const char *share, struct vh_err *err)
{
	const char *checked = NULL;
	struct work w;
	int i, bad = 0, good = 0;

	if (work_begin(&w, g, err))
		return -1;
	for (i = 0; i < g->p.nr_boots && !(bad && good); i++) {
		const struct plan_boot *b = &g->p.boots[i];

		if (!records_todo(&w.rs, b, w.todo) || (checked && !strcmp(checked, b->kernel)))
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

/* "3,4,7" */
static char *list_of(const int *ids, int n)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int i;

	if (!f)
		return NULL;
	for (i = 0; i < n; i++)
		fprintf(f, "%s%d", i ? "," : "", ids[i]);
	fclose(f);
	return text;
}

/* A boot that is made again leaves the first one's console alone. */
static void console_path(char *buf, size_t len, const char *dir, int boot)
{
	int i;

	snprintf(buf, len, "%.*s/console-boot%d.log", PATH_MAX - 64, dir, boot);
	for (i = 2; !access(buf, F_OK); i++)
		snprintf(buf, len, "%.*s/console-boot%d-%d.log", PATH_MAX - 64, dir, boot, i);
}

static void on_line(struct engine *g, const char *line)
{
	json_object *o = json_tokener_parse(line);
	enum progress_news news;

	/* half a line can come from a host that dies; that will show by itself */
	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		return;
	}
	machine_watch_event(&g->machine, g->dir, o);
	news = progress_event(&g->progress, o, progress_now());
	json_object_put(o);
	if (news != NEWS_NONE)
		progress_tell(&g->progress, g->mode, news);
}

/* Watches until the agent has ended. 0, or -1 with @err filled. */
static int watch(struct engine *g, struct place *pl, struct vh_err *err)
{
	const char *line, *hung;
	char buf[128];

	for (;;) {
		g->progress.virtual_s = place_virtual_s(pl);
		switch (place_next(pl, TICK_MS, &line, err)) {
		case PLACE_LINE:
			on_line(g, line);
			break;
		case PLACE_TIMEOUT:
			progress_tick(&g->progress, g->mode);
			break;
		case PLACE_EXITED:
			return 0;
		case PLACE_FAILED:
			g->broke = true;
			return -1;
		}
		if (nr_signals)
			return vh_err(err, VH_RUN_FAILED, "interrupted by signal %d (%s)",
				      (int)last_signal, strsignal(last_signal));
		/* until the agent is up in the lab, and in virtual time, the lab has its own */
		hung = (g->progress.agent_up && !exp_virtual(&g->e)) ||
		       strcmp(g->e.where, "lab") ?
		       progress_hung(&g->progress, progress_now(), buf, sizeof(buf)) : NULL;
		if (hung)
			return vh_err(err, VH_RUN_FAILED, "%s", hung);
	}
}

static int agent_failed(const struct engine *g, int status, const char *console,
			struct vh_err *err)
{
	enum vh_exit code = status > 0 && status <= VH_BAD_HOST ? (enum vh_exit)status :
			    VH_RUN_FAILED;
	char tail[3000] = "", *text;
	struct vh_err unused;
	size_t len;

	if (g->progress.failed && *g->progress.error)
		return vh_err(err, code, "runs failed in this boot; its console is %s", console);
	if (*g->progress.error)
		return vh_err(err, code, "the boot was given up; its console is %s", console);
	if (!file_read(console, &text, &len, &unused)) {
		judge_tail(text, TAIL_LINES, tail, sizeof(tail));
		free(text);
	}
	return vh_err(err, code, "the agent ended with status %d; the end of %s:\n%s", status,
		      console, tail);
}

static int make_boot(struct engine *g, int boot, const struct work *w, struct vh_err *err)
{
	const struct plan_boot *b = &g->p.boots[boot];
	char console[PATH_MAX + 32];
	struct place_config c = {
		.e = &g->e, .dir = g->dir, .kernel = b->kernel, .console = console, .boot = boot,
	};
	char *list = w->nr < b->nr_runs ? list_of(w->todo, w->nr) : NULL;
	struct place *pl;
	int ret, status;

	c.runs = list;
	console_path(console, sizeof(console), g->dir, boot);
	progress_boot(&g->progress, boot, b->kernel, progress_now());
	progress_tell(&g->progress, g->mode, NEWS_PHASE);
	ret = place_start(&pl, &c, err);
	free(list);
	if (ret)
		return -1;
	ret = watch(g, pl, err);
	status = ret ? 0 : place_status(pl);
	place_stop(pl, nr_signals > 1);
	progress_clear(g->mode);
	if (!ret && status)
		ret = agent_failed(g, status, console, err);
	return ret;
}

/*
 * Makes boot @boot if anything of it is left. 0, or -1 with @err filled: @skipped
 * if it was not begun, since this host runs another kernel.
 */
static int try_boot(struct engine *g, int boot, struct work *w, bool *skipped,
		    struct vh_err *err)
{
	*skipped = false;
	w->nr = records_todo(&w->rs, &g->p.boots[boot], w->todo);
	if (!w->nr)
		return 0;
	if (result_check_space(g->dir, 16, err))
		return -1;
	if (strcmp(g->e.where, "lab") &&
	    place_check(&g->e, g->p.boots[boot].kernel, g->dir, err)) {
		*skipped = true;
		return -1;
	}
	if (!make_boot(g, boot, w, err))
		return 0;
	vh_err_prefix(err, "boot %d of %d (kernel %s)", boot + 1, g->p.nr_boots,
		      g->p.boots[boot].kernel);
	return -1;
}

/*
 * The emulator loses a machine now and then. What is left of the boot gets a second
 * one, and the user is told. A kernel that is really broken dies again, within seconds.
 */
static int try_boot_twice(struct engine *g, int boot, struct work *w, bool *skipped,
			  struct vh_err *err)
{
	g->broke = false;
	if (!try_boot(g, boot, w, skipped, err))
		return 0;
	if (!g->broke || nr_signals)
		return -1;
	fprintf(stderr, "run-experiment: %s\nrun-experiment: once more, what is left of it\n",
		err->msg);
	work_end(w);
	if (work_begin(w, g, err))
		return -1;
	return try_boot(g, boot, w, skipped, err);
}

int engine_run(struct engine *g, struct vh_err *err)
{
	struct vh_err why;
	struct work w;
	bool skipped;
	int i, ret = 0;

	if (work_begin(&w, g, err))
		return -1;
	machine_watch_init(&g->machine);
	progress_init(&g->progress, &g->e, &g->p, w.nr_left, w.boots_left, progress_now());
	for (i = 0; i < g->p.nr_boots; i++) {
		if (!try_boot_twice(g, i, &w, &skipped, &why))
			continue;
		/* the first failure is the one that is handed up */
		if (!ret)
			*err = why;
		ret = -1;
		if (nr_signals || (!g->keep_going && !skipped))
			break;
		if (!skipped && i + 1 < g->p.nr_boots)
			fprintf(stderr, "run-experiment: %s\n", why.msg);
	}
	work_end(&w);
	return ret;
}
