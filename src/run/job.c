// SPDX-License-Identifier: GPL-2.0-only
/*
 * One boot that is being made. The agent does the work and writes the records; this
 * watches it, and knows when to give up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/now.h"
#include "base/tail.h"
#include "results/collect.h"
#include "run/job.h"

#define TAIL_LINES	15

/* "3,4:2,7": runs, and which attempt at them it is if not the first. */
static char *list_of(const struct job *j)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int i;

	if (!f)
		return NULL;
	for (i = 0; i < j->nr; i++) {
		fprintf(f, "%s%d", i ? "," : "", j->runs[i].id);
		if (j->runs[i].attempt > 1)
			fprintf(f, ":%d", j->runs[i].attempt);
	}
	fclose(f);
	return text;
}

/* All runs of the boot, for the first time: the agent knows them. */
static bool is_whole(const struct job *j, const struct plan_boot *b)
{
	int i;

	for (i = 0; i < j->nr; i++) {
		if (j->runs[i].attempt > 1)
			return false;
	}
	return j->nr == b->nr_runs;
}

/*
 * Which making of the boot it is. Folders of older kits know their boots by the names of
 * their consoles only.
 */
static void choose_instance(struct job *j, const struct engine *g, const struct records *rs)
{
	char name[32];

	for (j->instance = records_next_instance(rs, j->boot); ; j->instance++) {
		boot_name(name, sizeof(name), j->boot, j->instance);
		snprintf(j->console, sizeof(j->console), "%.*s/console-%s.log", PATH_MAX - 64,
			 g->dir, name);
		if (access(j->console, F_OK))
			return;
	}
}

static json_object *boot_line(const struct job *j, const char *event)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "schema", json_object_new_int(EXP_SCHEMA));
	json_object_object_add(o, "event", json_object_new_string(event));
	json_object_object_add(o, "boot", json_object_new_int(j->boot));
	json_object_object_add(o, "instance", json_object_new_int(j->instance));
	return o;
}

static int put_line(const struct engine *g, json_object *o, struct vh_err *err)
{
	int ret = boots_append(g->dir, o, err);

	json_object_put(o);
	return ret;
}

static int put_begin(const struct job *j, const struct engine *g, struct vh_err *err)
{
	json_object *o = boot_line(j, "begin"), *runs = json_object_new_array();
	char utc[32];
	int i;

	for (i = 0; i < j->nr; i++)
		json_object_array_add(runs, json_object_new_int(j->runs[i].id));
	json_object_object_add(o, "kernel", json_object_new_string(g->p.boots[j->boot].kernel));
	exp_put_clock(&g->e, o);
	json_object_object_add(o, "started_utc", json_object_new_string(now_utc(utc, sizeof(utc))));
	json_object_object_add(o, "runs", runs);
	return put_line(g, o, err);
}

static json_object *text_or_null(const char *text)
{
	return text && *text ? json_object_new_string(text) : NULL;
}

static int attempt_of(const struct job *j, int run)
{
	int i;

	for (i = 0; i < j->nr; i++) {
		if (j->runs[i].id == run)
			return j->runs[i].attempt;
	}
	return 1;
}

static int put_end(struct job *j, const struct engine *g, struct vh_err *err)
{
	json_object *o = boot_line(j, "end");
	bool in_run = j->run >= 0;
	char utc[32];

	json_object_object_add(o, "ended_utc", json_object_new_string(now_utc(utc, sizeof(utc))));
	json_object_object_add(o, "ended", json_object_new_string(boot_end_word(j->ended)));
	json_object_object_add(o, "kind", text_or_null(j->kind));
	json_object_object_add(o, "why", text_or_null(j->why));
	json_object_object_add(o, "run", in_run ? json_object_new_int(j->run) : NULL);
	json_object_object_add(o, "attempt",
			       in_run ? json_object_new_int(attempt_of(j, j->run)) : NULL);
	json_object_object_add(o, "release", text_or_null(j->release));
	json_object_object_add(o, "again", json_object_new_boolean(j->again));
	json_object_object_add(o, "calibration", j->calibration);
	j->calibration = NULL;
	return put_line(g, o, err);
}

static void job_free(struct job *j)
{
	json_object_put(j->calibration);
	free(j->runs);
	j->calibration = NULL;
	j->runs = NULL;
}

static int start_place(struct job *j, struct engine *g, struct vh_err *err)
{
	const struct plan_boot *b = &g->p.boots[j->boot];
	struct place_config c = {
		.e = &g->e, .dir = g->dir, .kernel = b->kernel, .console = j->console,
		.boot = j->boot, .instance = j->instance,
	};
	char *list = is_whole(j, b) ? NULL : list_of(j);
	struct vh_err unused;
	int ret;

	c.runs = list;
	ret = place_start(&j->pl, &c, err);
	free(list);
	if (!ret)
		return 0;
	j->ended = BOOT_FAILED;
	snprintf(j->why, sizeof(j->why), "%s", err->msg);
	put_end(j, g, &unused);
	return -1;
}

/* People are to know that figures of one planned boot come from two. */
static void tell_instance(const struct job *j, const struct engine *g)
{
	if (j->instance < 2 || g->mode == SHOW_QUIET)
		return;
	progress_clear(g->mode);
	vh_warn("boot %d of %d is begun for the %d%s time: its runs are compared apart from those of the boots before it",
		j->boot + 1, g->p.nr_boots, j->instance, j->instance == 2 ? "nd" :
		j->instance == 3 ? "rd" : "th");
}

int job_start(struct job *j, struct engine *g, const struct records *rs, int boot, const int *ids,
	      int nr, struct vh_err *err)
{
	int i;

	*j = (struct job){ .boot = boot, .run = -1, .nr = nr };
	j->runs = calloc(nr, sizeof(*j->runs));
	if (!j->runs)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	for (i = 0; i < nr; i++)
		j->runs[i] = (struct job_run){ ids[i], records_attempts(rs, ids[i]) + 1 };
	steal_watch_init(&j->machine);
	choose_instance(j, g, rs);
	tell_instance(j, g);
	progress_boot_begin(&g->progress, &j->at, boot, g->p.boots[boot].kernel, progress_now());
	progress_tell(&g->progress, &j->at, g->mode, NEWS_PHASE);
	if (!put_begin(j, g, err) && !start_place(j, g, err))
		return 0;
	progress_boot_end(&g->progress, &j->at);
	progress_clear(g->mode);
	job_free(j);
	return -1;
}

/* What the end of the boot is to say of it. */
static void take_note(struct job *j, json_object *o)
{
	const char *event = jget_str(o, "event", "");

	if (!strcmp(event, "run")) {
		j->run = jget_int(o, "run", -1);
	} else if (!strcmp(event, "run-done")) {
		j->run = -1;
	} else if (!strcmp(event, "again")) {
		j->again = true;
	} else if (!strcmp(event, "host-up")) {
		snprintf(j->release, sizeof(j->release), "%s", jget_str(o, "kernel", ""));
	} else if (!strcmp(event, "calibrated")) {
		json_object_put(j->calibration);
		j->calibration = json_object_get(o);
		json_object_object_del(o, "event");
	}
}

static int on_event(struct job *j, struct engine *g, json_object *o, struct vh_err *err)
{
	enum progress_news news;

	steal_watch_event(&j->machine, g->dir, o);
	news = progress_event(&g->progress, &j->at, o, progress_now());
	take_note(j, o);
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

static enum job_state lost(struct job *j, const char *kind)
{
	j->ended = BOOT_LOST;
	j->kind = kind;
	return JOB_FAILED;
}

static enum job_state exited(struct job *j, struct vh_err *err)
{
	int status = place_status(j->pl);

	if (!status) {
		j->ended = j->at.failed ? BOOT_FAILED : BOOT_DONE;
		return JOB_DONE;
	}
	agent_failed(j, status, err);
	/* one that gives up says why, and ends its run before */
	if (!*j->at.error || j->run >= 0)
		return lost(j, "agent");
	j->ended = BOOT_FAILED;
	return JOB_FAILED;
}

static enum job_state step(struct job *j, struct engine *g, struct vh_err *err)
{
	const char *line;

	for (;;) {
		switch (place_next(j->pl, 0, &line, err)) {
		case PLACE_LINE:
			if (!on_line(j, g, line, err))
				break;
			j->ended = BOOT_FAILED;
			return JOB_FAILED;
		case PLACE_TIMEOUT:
			if (judge_silence(j, g, err) == JOB_GOES_ON)
				return JOB_GOES_ON;
			return lost(j, "silence");
		case PLACE_EXITED:
			return exited(j, err);
		case PLACE_FAILED:
			return lost(j, place_broke(j->pl));
		}
	}
}

enum job_state job_step(struct job *j, struct engine *g, struct vh_err *err)
{
	enum job_state state;

	j->at.virtual_s = place_virtual_s(j->pl);
	state = step(j, g, err);
	if (state == JOB_FAILED)
		snprintf(j->why, sizeof(j->why), "%s", err->msg);
	return state;
}

void job_cut(struct job *j, enum boot_end end, const char *why)
{
	j->ended = end;
	snprintf(j->why, sizeof(j->why), "%s", why);
}

int job_end(struct job *j, struct engine *g, bool hard, struct vh_err *err)
{
	struct vh_err unused;
	int ret;

	place_stop(j->pl, hard);
	progress_boot_end(&g->progress, &j->at);
	progress_clear(g->mode);
	ret = records_collect(g->dir, j->boot, true, err);
	if (put_end(j, g, ret ? &unused : err))
		ret = -1;
	job_free(j);
	return ret;
}
