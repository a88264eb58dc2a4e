// SPDX-License-Identifier: GPL-2.0-only
/*
 * What differs between two runs, from their records of provenance.
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json_pointer.h>

#include "base/json.h"
#include "report/compare.h"

/* Where @path (a JSON pointer) is looked for. */
enum where { RESOLVED, ENV, BOOT };

static const char *const files[] = { "resolved.json", "env.json", "env-boot*.json" };

struct fact {
	enum where where;
	const char *path;
};

/* Another value of these, and the times cannot be compared. */
static const struct fact must_be_equal[] = {
	{ RESOLVED, "/where" }, { RESOLVED, "/machine" }, { RESOLVED, "/vms" },
	{ RESOLVED, "/workload" }, { ENV, "/machine/cpu_model" }, { ENV, "/machine/cpus" },
	{ BOOT, "/host/cpu/model" },
};

static const struct fact worth_knowing[] = {
	{ RESOLVED, "/name" }, { RESOLVED, "/round_ns" }, { RESOLVED, "/seed" },
	{ RESOLVED, "/repetitions" }, { RESOLVED, "/warmup" }, { RESOLVED, "/boots" },
	{ ENV, "/kit/git_sha" }, { ENV, "/kit/series_sha256" }, { ENV, "/kernels" },
	{ ENV, "/emulator" }, { ENV, "/policy_module_sha256" }, { ENV, "/guest_sha256" },
	{ ENV, "/packages" }, { ENV, "/machine/kernel" }, { ENV, "/machine/microcode" },
	{ ENV, "/machine/governor" }, { ENV, "/machine/smt" }, { ENV, "/machine/turbo" },
	{ ENV, "/machine/memory_mib" },
	{ BOOT, "/host/cpu" }, { BOOT, "/host/sched" }, { BOOT, "/host/kvm" },
};

/* Known under another name, checked by themselves, or different each time. */
static const char *const not_followed[] = { "model", "base_slice_ns", "debugfs", "image_sha256" };

#define LEN(a) ((int)(sizeof(a) / sizeof((a)[0])))

void compare_line(struct compare_lines *l, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int i, n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	for (i = 0; i < l->nr; i++) {
		if (!strcmp(l->line[i], text))
			break;
	}
	if (i < l->nr || l->nr == COMPARE_MAX_LINES)
		free(text);
	else
		l->line[l->nr++] = text;
}

static const char *plain(json_object *o)
{
	return json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
}

static int is_hash(const char *s)
{
	size_t n = strlen(s);

	return (n == 42 || n == 66) && strspn(s + 1, "0123456789abcdef") == n - 2;
}

/* @text, from the word in which it begins to differ from @other if it is long. */
static char *excerpt(char *buf, size_t len, const char *text, const char *other)
{
	size_t from = 0, n = strlen(text), room = 72;

	if (is_hash(text)) {
		snprintf(buf, len, "%.13s...\"", text);
		return buf;
	}
	while (n > room && text[from] && text[from] == other[from])
		from++;
	while (from && !strchr(" ,", text[from]))
		from--;
	from = from > 20 ? from : 0;
	/* not in the middle of a character of several bytes */
	while (n - from > room && room && (text[from + room] & 0xc0) == 0x80)
		room--;
	snprintf(buf, len, "%s%.*s%s", from ? "..." : "", (int)room, text + from,
		 n - from > room ? "..." : "");
	return buf;
}

static void differ(const struct compare *c, struct compare_lines *l, enum where where,
		   const char *path, json_object *a, json_object *b)
{
	char *ta = strdup(plain(a)), *tb = strdup(plain(b)), va[96], vb[96];

	if (ta && tb)
		compare_line(l, "%s: %s: %s in %c, %s in %c", files[where], path,
			     a ? excerpt(va, sizeof(va), ta, tb) : "nothing", c->a->label,
			     b ? excerpt(vb, sizeof(vb), tb, ta) : "nothing", c->b->label);
	free(ta);
	free(tb);
}

static void walk(const struct compare *c, struct compare_lines *l, enum where where,
		 const char *path, json_object *a, json_object *b);

static int is_followed(const char *key)
{
	int i;

	for (i = 0; i < LEN(not_followed); i++) {
		if (!strcmp(key, not_followed[i]))
			return 0;
	}
	return 1;
}

/* In provenance a member that one side lacks was not recorded there: nothing is known. */
static void walk_members(const struct compare *c, struct compare_lines *l, enum where where,
			 const char *path, json_object *a, json_object *b)
{
	char sub[256];

	json_object_object_foreach(a, key, v) {
		json_object *w = json_object_object_get(b, key);

		snprintf(sub, sizeof(sub), "%s.%s", path, key);
		if (where == RESOLVED || (v && w && is_followed(key)))
			walk(c, l, where, sub, v, w);
	}
	if (where != RESOLVED)
		return;
	json_object_object_foreach(b, other, w) {
		snprintf(sub, sizeof(sub), "%s.%s", path, other);
		if (!json_object_object_get_ex(a, other, NULL))
			walk(c, l, where, sub, NULL, w);
	}
}

/* Down to what differs: one line each. */
static void walk(const struct compare *c, struct compare_lines *l, enum where where,
		 const char *path, json_object *a, json_object *b)
{
	char sub[256];
	size_t i, n;

	if (json_object_equal(a, b))
		return;
	if (json_object_is_type(a, json_type_object) && json_object_is_type(b, json_type_object)) {
		walk_members(c, l, where, path, a, b);
		return;
	}
	n = json_object_is_type(a, json_type_array) ? json_object_array_length(a) : 0;
	if (!n || !json_object_is_type(b, json_type_array) || json_object_array_length(b) != n) {
		differ(c, l, where, path, a, b);
		return;
	}
	for (i = 0; i < n; i++) {
		snprintf(sub, sizeof(sub), "%s[%zu]", path, i);
		walk(c, l, where, sub, json_object_array_get_idx(a, i),
		     json_object_array_get_idx(b, i));
	}
}

/* What @path leads to in @o; NULL if it is null or not there. */
static json_object *at(json_object *o, const char *path)
{
	json_object *v = NULL;

	return o && !json_pointer_get(o, path, &v) ? v : NULL;
}

static size_t nr_boots(const struct compare_side *s)
{
	return s->boots ? json_object_array_length(s->boots) : 0;
}

/* The first boot of @kernel, or of any; hosts with other kernels have other features. */
static json_object *boot_of(const struct compare_side *s, const char *kernel)
{
	json_object *o;
	size_t i;

	for (i = 0; i < nr_boots(s); i++) {
		o = json_object_array_get_idx(s->boots, i);
		if (!kernel || !strcmp(jget_str(o, "kernel", ""), kernel))
			return o;
	}
	return NULL;
}

/* Nothing to refuse it for, but a reader must know. */
static void unknown(struct compare *c, const char *file, const char *path, bool a, bool b)
{
	if (a || b)
		compare_line(&c->notes, "%s: %s is not known for %c: it may differ", file, path,
			     a ? c->b->label : c->a->label);
	else
		compare_line(&c->notes, "%s: %s is not known for %c and %c: it may differ", file,
			     path, c->a->label, c->b->label);
}

static void check_values(struct compare *c, const struct fact *f, json_object *a,
			 json_object *b, bool refuse)
{
	char path[64] = "$", *p;

	snprintf(path + 1, sizeof(path) - 1, "%s", f->path);
	for (p = path; *p; p++) {
		if (*p == '/')
			*p = '.';
	}
	a = at(a, f->path);
	b = at(b, f->path);
	if (a && b)
		walk(c, refuse ? &c->refusals : &c->notes, f->where, path, a, b);
	else if (refuse)
		unknown(c, files[f->where], path, a, b);
}

static void check(struct compare *c, const struct fact *f, bool refuse)
{
	json_object *b;
	int found = 0;
	size_t i;

	if (f->where == RESOLVED) {
		check_values(c, f, c->a->e->resolved, c->b->e->resolved, refuse);
		return;
	}
	if (f->where == ENV) {
		check_values(c, f, c->a->env, c->b->env, refuse);
		return;
	}
	for (i = 0; i < nr_boots(c->a); i++) {
		json_object *a = json_object_array_get_idx(c->a->boots, i);

		b = boot_of(c->b, jget_str(a, "kernel", ""));
		if (b)
			check_values(c, f, a, b, refuse);
		found |= !!b;
	}
	if (!found)
		check_values(c, f, boot_of(c->a, NULL), boot_of(c->b, NULL), refuse);
}

/* Median over the boots, NAN if it is not known. */
static double slice_ms(const struct compare_side *s)
{
	double *v = malloc((nr_boots(s) + 1) * sizeof(*v)), m = NAN;
	size_t i;
	int n = 0;

	for (i = 0; v && i < nr_boots(s); i++) {
		v[n] = jget_num(at(json_object_array_get_idx(s->boots, i), "/host/sched"),
				"base_slice_ns", NAN) / 1e6;
		n += !isnan(v[n]);
	}
	if (v)
		m = stat_median(v, n);
	free(v);
	return m;
}

static void check_slice(struct compare *c)
{
	double a = slice_ms(c->a), b = slice_ms(c->b), ratio = fmax(a, b) / fmin(a, b);
	static const char path[] = "env-boot*.json: $.host.sched.base_slice_ns";

	if (isnan(a) || isnan(b))
		unknown(c, files[BOOT], "$.host.sched.base_slice_ns", !isnan(a), !isnan(b));
	else if (ratio > COMPARE_MAX_SLICE)
		compare_line(&c->refusals,
			     "%s: median over the boots is %.3g ms in %c, %.3g ms in %c: more than %g times as much",
			     path, a, c->a->label, b, c->b->label, COMPARE_MAX_SLICE);
	else if (ratio > COMPARE_NOTE_SLICE)
		compare_line(&c->notes,
			     "%s: median over the boots is %.3g ms in %c, %.3g ms in %c", path, a,
			     c->a->label, b, c->b->label);
}

static void note_side(struct compare *c, const struct compare_side *s)
{
	if (json_object_get_boolean(at(s->env, "/kit/git_dirty")))
		compare_line(&c->notes,
			     "%c was made from a tree with changes that are not committed",
			     s->label);
	if (s->resumed)
		compare_line(&c->notes,
			     "%c was resumed later: only the machine at its start is compared",
			     s->label);
}

static const char *clock_words(const struct compare_side *s)
{
	return exp_virtual(s->e) ? "virtual" : "real";
}

/* The same work takes other times by another clock; a host has only its own. */
static void check_clock(struct compare *c)
{
	if (strcmp(c->a->e->clock, c->b->e->clock) && *c->a->e->clock && *c->b->e->clock)
		compare_line(&c->refusals,
			     "resolved.json: $.clock: %c was measured in %s time, %c in %s time",
			     c->a->label, clock_words(c->a), c->b->label, clock_words(c->b));
}

void compare_facts(struct compare *c)
{
	bool any_machine = exp_virtual(c->a->e) && exp_virtual(c->b->e);
	int i;

	for (i = 0; i < LEN(must_be_equal); i++)
		check(c, &must_be_equal[i], !any_machine || must_be_equal[i].where != ENV);
	check_clock(c);
	check_slice(c);
	for (i = 0; i < LEN(worth_knowing); i++)
		check(c, &worth_knowing[i], false);
	note_side(c, c->a);
	note_side(c, c->b);
}

static json_object *arm_of(const struct compare_side *s, int arm)
{
	char ptr[32];

	snprintf(ptr, sizeof(ptr), "/arms/%d", arm);
	return at(s->e->resolved, ptr);
}

void compare_arm_facts(struct compare *c, int arm_a, int arm_b)
{
	char path[32];

	snprintf(path, sizeof(path), "$.arms[%d]", arm_a);
	walk(c, &c->notes, RESOLVED, path, arm_of(c->a, arm_a), arm_of(c->b, arm_b));
}

bool compare_is_control(const struct compare *c, int arm_a, int arm_b)
{
	const struct exp_arm *a = &c->a->e->arms[arm_a], *b = &c->b->e->arms[arm_b];
	json_object *ba, *bb;
	char ptr[64];

	if (a->hints || b->hints || strcmp(a->policy, "none") || strcmp(b->policy, "none") ||
	    strcmp(a->kernel, b->kernel))
		return false;
	snprintf(ptr, sizeof(ptr), "/kernels/%s/build", a->kernel);
	ba = at(c->a->env, ptr);
	bb = at(c->b->env, ptr);
	return ba && bb && json_object_equal(ba, bb);
}
