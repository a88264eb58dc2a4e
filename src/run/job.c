// SPDX-License-Identifier: GPL-2.0-only
/*
 * One boot that is being made. The agent does the work and writes the records; this
 * watches it, and knows when to give up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/tail.h"
#include "results/collect.h"
#include "run/job.h"

#define TAIL_LINES	15

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

int job_start(struct job *j, struct engine *g, int boot, const int *ids, int nr,
	      struct vh_err *err)
{
	const struct plan_boot *b = &g->p.boots[boot];
	struct place_config c = {
		.e = &g->e, .dir = g->dir, .kernel = b->kernel, .console = j->console, .boot = boot,
	};
	char *list = nr < b->nr_runs ? list_of(ids, nr) : NULL;
	int ret;

	c.runs = list;
	j->boot = boot;
	machine_watch_init(&j->machine);
	console_path(j->console, sizeof(j->console), g->dir, boot);
	progress_boot_begin(&g->progress, &j->at, boot, b->kernel, progress_now());
	progress_tell(&g->progress, &j->at, g->mode, NEWS_PHASE);
	ret = place_start(&j->pl, &c, err);
	if (ret) {
		progress_boot_end(&g->progress, &j->at);
		progress_clear(g->mode);
	}
	free(list);
	return ret;
}

static int on_event(struct job *j, struct engine *g, json_object *o, struct vh_err *err)
{
	enum progress_news news;

	machine_watch_event(&j->machine, g->dir, o);
	news = progress_event(&g->progress, &j->at, o, progress_now());
	if (news != NEWS_NONE)
		progress_tell(&g->progress, &j->at, g->mode, news);
	if (news != NEWS_DONE && news != NEWS_FAILED)
		return 0;
	return records_collect(g->dir, j->boot, false, err);
}

static int on_line(struct job *j, struct engine *g, const char *line, struct vh_err *err)
{
	json_object *o = json_tokener_parse(line);
	int ret = 0;

	/* half a line can come from a host that dies; that will show by itself */
	if (json_object_is_type(o, json_type_object))
		ret = on_event(j, g, o, err);
	json_object_put(o);
	return ret;
}

static int agent_failed(const struct job *j, int status, struct vh_err *err)
{
	enum vh_exit code = status > 0 && status <= VH_BAD_HOST ? (enum vh_exit)status :
			    VH_RUN_FAILED;
	char tail[3000] = "", *text;
	struct vh_err unused;
	size_t len;

	if (j->at.failed && *j->at.error)
		return vh_err(err, code, "runs failed in this boot; its console is %s", j->console);
	if (*j->at.error)
		return vh_err(err, code, "the boot was given up; its console is %s", j->console);
	if (!file_read(j->console, &text, &len, &unused)) {
		text_tail(text, strlen(text), TAIL_LINES, tail, sizeof(tail));
		free(text);
	}
	return vh_err(err, code, "the agent ended with status %d; the end of %s:\n%s", status,
		      j->console, tail);
}

/* Is it time to give up on an agent that says nothing? */
static enum job_state judge_silence(const struct job *j, const struct engine *g,
				    struct vh_err *err)
{
	char buf[128];

	/* until the agent is up in the lab, the lab has deadlines of its own */
	if (!j->at.agent_up && !strcmp(g->e.where, "lab"))
		return JOB_GOES_ON;
	if (!progress_hung(&g->progress, &j->at, progress_now(), buf, sizeof(buf)))
		return JOB_GOES_ON;
	vh_err(err, VH_RUN_FAILED, "%s", buf);
	return JOB_FAILED;
}

enum job_state job_step(struct job *j, struct engine *g, struct vh_err *err)
{
	const char *line;
	int status;

	j->at.virtual_s = place_virtual_s(j->pl);
	for (;;) {
		switch (place_next(j->pl, 0, &line, err)) {
		case PLACE_LINE:
			if (on_line(j, g, line, err))
				return JOB_FAILED;
			break;
		case PLACE_TIMEOUT:
			return judge_silence(j, g, err);
		case PLACE_EXITED:
			status = place_status(j->pl);
			if (!status)
				return JOB_DONE;
			agent_failed(j, status, err);
			return JOB_FAILED;
		case PLACE_FAILED:
			return JOB_FAILED;
		}
	}
}

int job_end(struct job *j, struct engine *g, bool hard, struct vh_err *err)
{
	place_stop(j->pl, hard);
	progress_boot_end(&g->progress, &j->at);
	progress_clear(g->mode);
	return records_collect(g->dir, j->boot, true, err);
}
