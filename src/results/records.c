// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads runs.ndjson, damaged lines and all.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "results/records.h"

#define MAX_RUN 1000000	/* a plan has far fewer; more is damage */

static json_object *parse_line(const char *line, size_t len)
{
	struct json_tokener *tok = json_tokener_new();
	json_object *o = NULL;

	if (!tok || len > INT_MAX)
		goto out;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, line, len);
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    !json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		o = NULL;
	}
out:
	if (tok)
		json_tokener_free(tok);
	return o;
}

/* NAN if @o does not say. */
static double started(json_object *o)
{
	const char *text = jget_str(o, "started_utc", "");
	struct tm tm = { 0 };

	return strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) ? (double)timegm(&tm) : NAN;
}

/* 0 if @o is a record of this experiment. */
static int fill(struct record *r, const struct experiment *e, json_object *o)
{
	r->run = jget_int(o, "run", -1);
	/* in old folders no line says which making of the boot it is of */
	r->planned = r->boot = jget_int(o, "boot", -1);
	r->instance = jget_int(o, "instance", 1);
	r->attempt = jget_int(o, "attempt", 0);
	r->rep = jget_int(o, "rep", -1);
	r->arm = exp_arm_index(e, jget_str(o, "arm", ""));
	r->warmup = jget_bool(o, "warmup", 0);
	r->ok = jget_bool(o, "ok", 0);
	r->started = started(o);
	r->steal = NAN;
	r->o = o;
	if (r->run > MAX_RUN || r->boot > MAX_RUN || r->instance < 1)
		return -1;
	return r->run < 0 || r->boot < 0 || r->rep < 0 || r->arm < 0 ? -1 : 0;
}

static int add(struct records *rs, int *room, struct record r)
{
	struct record *more;

	if (rs->nr == *room) {
		*room = *room ? 2 * *room : 64;
		more = realloc(rs->r, *room * sizeof(*more));
		if (!more)
			return -1;
		rs->r = more;
	}
	rs->r[rs->nr++] = r;
	return 0;
}

/* Finds the record that counts of each run: the last good one, else the last. */
static int make_index(struct records *rs)
{
	int i, *of;

	for (i = 0; i < rs->nr; i++) {
		if (rs->r[i].run >= rs->nr_ids)
			rs->nr_ids = rs->r[i].run + 1;
	}
	rs->of_id = malloc((rs->nr_ids + 1) * sizeof(*rs->of_id));
	if (!rs->of_id)
		return -1;
	for (i = 0; i < rs->nr_ids; i++)
		rs->of_id[i] = -1;
	for (i = 0; i < rs->nr; i++) {
		of = &rs->of_id[rs->r[i].run];
		if (rs->r[i].ok || *of < 0 || !rs->r[*of].ok)
			*of = i;
	}
	return 0;
}

/* Lines of old folders do not say which attempt they are of: they are as many as there are. */
static int number_attempts(struct records *rs)
{
	int *last = calloc(rs->nr_ids + 1, sizeof(*last)), i;

	if (!last)
		return -1;
	for (i = 0; i < rs->nr; i++) {
		struct record *r = &rs->r[i];

		if (r->attempt < 1)
			r->attempt = last[r->run] + 1;
		if (r->attempt > last[r->run])
			last[r->run] = r->attempt;
	}
	free(last);
	return 0;
}

static int extra_of(struct records *rs, const struct record *r)
{
	int i, n = rs->nr_boots - rs->first_extra;

	for (i = 0; i < n; i++) {
		if (rs->extra[i].planned == r->planned && rs->extra[i].instance == r->instance)
			return rs->first_extra + i;
	}
	rs->extra[n] = (struct record_boot){ r->planned, r->instance };
	return rs->nr_boots++;
}

/* Gives each making of a boot its number. */
static int number_boots(struct records *rs, const struct experiment *e)
{
	int i;

	rs->first_extra = e->boots * e->nr_arms;	/* no plan has more */
	for (i = 0; i < rs->nr; i++) {
		if (rs->r[i].planned >= rs->first_extra)
			rs->first_extra = rs->r[i].planned + 1;
	}
	rs->nr_boots = rs->first_extra;
	rs->extra = malloc((rs->nr + 1) * sizeof(*rs->extra));
	if (!rs->extra)
		return -1;
	for (i = 0; i < rs->nr; i++) {
		if (rs->r[i].instance > 1)
			rs->r[i].boot = extra_of(rs, &rs->r[i]);
	}
	return 0;
}

struct record_boot records_boot(const struct records *rs, int boot)
{
	if (boot >= rs->first_extra)
		return rs->extra[boot - rs->first_extra];
	return (struct record_boot){ boot, 1 };
}

int records_attempts(const struct records *rs, int id)
{
	int i, last = 0;

	for (i = 0; i < rs->nr; i++) {
		if (rs->r[i].run == id && rs->r[i].attempt > last)
			last = rs->r[i].attempt;
	}
	for (i = 0; i < rs->made.nr; i++) {
		if (rs->made.made[i].run == id && rs->made.made[i].attempt > last)
			last = rs->made.made[i].attempt;
	}
	return last;
}

int records_next_instance(const struct records *rs, int boot)
{
	int i, last = 0;

	for (i = 0; i < rs->nr; i++) {
		if (rs->r[i].planned == boot && rs->r[i].instance > last)
			last = rs->r[i].instance;
	}
	for (i = 0; i < rs->made.nr; i++) {
		if (rs->made.made[i].boot == boot && rs->made.made[i].instance > last)
			last = rs->made.made[i].instance;
	}
	return last + 1;
}

/* Notes a line that does not count: of another schema, or damaged. */
static void reject(struct records *rs, json_object *o, int number)
{
	int schema = jget_int(o, "schema", EXP_SCHEMA);

	if (schema != EXP_SCHEMA) {
		rs->foreign_schema = schema;
		if (!rs->foreign++)
			rs->first_foreign = number;
	} else if (!rs->damaged++) {
		rs->first_damaged = number;
	}
	json_object_put(o);
}

int records_parse(struct records *rs, const struct experiment *e, const char *text, size_t len,
		  struct vh_err *err)
{
	const char *end = text + len, *line, *next;
	int room = 0, number = 0;
	struct record r;
	json_object *o;

	memset(rs, 0, sizeof(*rs));
	for (line = text; line < end; line = next) {
		const char *nl = memchr(line, '\n', end - line);

		next = nl ? nl + 1 : end;
		number++;
		if (next - line <= 1)
			continue;
		o = parse_line(line, (nl ? nl : end) - line);
		if (!o || jget_int(o, "schema", EXP_SCHEMA) != EXP_SCHEMA || fill(&r, e, o)) {
			reject(rs, o, number);
			continue;
		}
		if (add(rs, &room, r)) {
			json_object_put(o);
			records_free(rs);
			return vh_err(err, VH_BAD_HOST, "out of memory");
		}
	}
	if (make_index(rs) || number_attempts(rs) || number_boots(rs, e)) {
		records_free(rs);
		return vh_err(err, VH_BAD_HOST, "out of memory");
	}
	return 0;
}

void records_add_machine(struct records *rs, const char *text, size_t len)
{
	const char *end = text + len, *line, *nl;
	struct record *r;
	json_object *o;
	int run;

	for (line = text; line < end; line = nl + 1) {
		nl = memchr(line, '\n', end - line);
		if (!nl)
			break;
		o = parse_line(line, nl - line);
		run = jget_int(o, "run", -1);
		if (run >= 0 && run < rs->nr_ids && rs->of_id[run] >= 0) {
			r = &rs->r[rs->of_id[run]];
			r->steal = jget_num(o, "steal_share", NAN);
			/* in virtual time the record itself cannot know */
			if (isnan(r->started))
				r->started = started(o);
		}
		json_object_put(o);
	}
}

static int load_machine(struct records *rs, const char *path, struct vh_err *err)
{
	char *text;
	size_t len;

	if (access(path, F_OK))
		return 0;
	if (file_read(path, &text, &len, err))
		return -1;
	records_add_machine(rs, text, len);
	free(text);
	return 0;
}

int records_load(struct records *rs, const struct experiment *e, const char *dir,
		 struct vh_err *err)
{
	char path[PATH_MAX], *text;
	size_t len;
	int ret;

	memset(rs, 0, sizeof(*rs));
	snprintf(path, sizeof(path), "%s/runs.ndjson", dir);
	if (file_read(path, &text, &len, err))
		return -1;
	ret = records_parse(rs, e, text, len, err);
	free(text);
	if (ret)
		return -1;
	snprintf(path, sizeof(path), "%s/machine.ndjson", dir);
	if (boots_load(&rs->made, dir, err) || load_machine(rs, path, err)) {
		records_free(rs);
		return -1;
	}
	return 0;
}

void records_free(struct records *rs)
{
	int i;

	for (i = 0; i < rs->nr; i++)
		json_object_put(rs->r[i].o);
	free(rs->r);
	free(rs->of_id);
	free(rs->extra);
	boots_free(&rs->made);
	memset(rs, 0, sizeof(*rs));
}

const struct record *records_of_run(const struct records *rs, int id)
{
	return id >= 0 && id < rs->nr_ids && rs->of_id[id] >= 0 ? &rs->r[rs->of_id[id]] : NULL;
}

int records_repair(const char *dir, struct vh_err *err)
{
	char path[PATH_MAX], *text;
	struct vh_err unused;
	json_object *o;
	size_t len, keep;
	int ret = 0;

	snprintf(path, sizeof(path), "%s/runs.ndjson", dir);
	if (access(path, F_OK))
		return file_write(path, "", 0, err);
	if (file_read(path, &text, &len, err))
		return -1;
	for (keep = len; keep > 0 && text[keep - 1] != '\n'; keep--)
		;
	if (keep == len)
		goto out;
	o = json_parse_text(path, text + keep, len - keep, &unused);
	if (json_object_is_type(o, json_type_object)) {
		/* whole, only its newline is missing */
		text[len] = '\n';
		keep = len + 1;
	}
	json_object_put(o);
	ret = file_write(path, text, keep, err);
out:
	free(text);
	return ret;
}

int records_todo(const struct records *rs, const struct plan_boot *b, int *todo)
{
	const struct record *r;
	int i, n = 0, wanted = 0;
	bool warmup;

	for (i = 0; i < b->nr_runs; i++) {
		r = records_of_run(rs, b->runs[i].id);
		warmup = b->runs[i].warmup && !b->runs[i].traced;
		if (!warmup && r && r->ok)
			continue;
		if (todo)
			todo[n] = b->runs[i].id;
		n++;
		wanted += !warmup;
	}
	return wanted ? n : 0;
}

int records_left(const char *dir, const struct experiment *e, const struct plan *p,
		 struct vh_err *err)
{
	struct records rs;
	int i, left = 0;

	if (records_load(&rs, e, dir, err))
		return -1;
	for (i = 0; i < p->nr_boots; i++)
		left += records_todo(&rs, &p->boots[i], NULL);
	records_free(&rs);
	return left;
}
