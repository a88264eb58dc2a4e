// SPDX-License-Identifier: GPL-2.0-only
/*
 * When each run began, and what was stolen from this machine meanwhile.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/now.h"
#include "results/steal.h"

/* A tick is 10 ms of one CPU. In less than a second, one stolen would look like much. */
#define MIN_TICKS_PER_CPU 100

void steal_watch_init(struct steal_watch *w)
{
	*w = (struct steal_watch) { .run = -1 };
}

json_object *steal_watch_line(int run, int cpus, const struct env_ticks *begin,
				const struct env_ticks *end)
{
	bool enough = end->all >= begin->all + MIN_TICKS_PER_CPU * cpus;
	json_object *o = json_object_new_object();

	json_object_object_add(o, "schema", json_object_new_int(EXP_SCHEMA));
	json_object_object_add(o, "run", json_object_new_int(run));
	json_object_object_add(o, "steal_share", enough ? env_steal_share(begin, end) : NULL);
	return o;
}

void steal_watch_event(struct steal_watch *w, const char *dir, json_object *event)
{
	const char *kind = jget_str(event, "event", "");
	int run = jget_int(event, "run", -1);
	struct env_ticks now;
	char path[PATH_MAX];
	json_object *line;
	struct vh_err err;

	/* a run has parts, each with an event of its own */
	if (!strcmp(kind, "run") && run != w->run) {
		w->run = env_ticks(&w->begin) ? -1 : run;
		now_utc(w->started, sizeof(w->started));
	}
	if (strcmp(kind, "run-done") || run < 0 || run != w->run)
		return;
	w->run = -1;
	if (env_ticks(&now))
		return;
	line = steal_watch_line(run, sysconf(_SC_NPROCESSORS_ONLN), &w->begin, &now);
	json_object_object_add(line, "started_utc", json_object_new_string(w->started));
	snprintf(path, sizeof(path), "%s/machine.ndjson", dir);
	if (json_append_file(path, line, &err) && !w->warned) {
		/* a run is worth having without it */
		vh_warn("%s", err.msg);
		w->warned = true;
	}
	json_object_put(line);
}
