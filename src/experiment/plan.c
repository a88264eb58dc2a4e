// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of runs, a pure function of the experiment and its seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "experiment/plan.h"
#include "stat/prng.h"

/* What is needed to fill the boots of one kernel. */
struct kernel_arms {
	const char *kernel;
	int arm[EXP_MAX_ARMS];
	int nr;
	int next_boot;			/* boots made so far */
};

struct planner {
	const struct experiment *e;
	struct plan *p;
	struct prng rnd;
	struct kernel_arms kernels[EXP_MAX_ARMS];
	int nr_kernels;
	int next_rep[EXP_MAX_ARMS];
	int next_warmup[EXP_MAX_ARMS];
	int next_id;
	/* of this part of the plan */
	int repetitions, boots;
	bool recorded;			/* its last boots end with the runs that are recorded */
};

static void group_arms(struct planner *pl)
{
	const struct experiment *e = pl->e;
	struct kernel_arms *k;
	int i, j;

	for (i = 0; i < e->nr_arms; i++) {
		for (j = 0; j < pl->nr_kernels; j++) {
			if (!strcmp(pl->kernels[j].kernel, e->arms[i].kernel))
				break;
		}
		k = &pl->kernels[j];
		if (j == pl->nr_kernels) {
			pl->nr_kernels++;
			k->kernel = e->arms[i].kernel;
		}
		k->arm[k->nr++] = i;
	}
}

/* One run of each arm, in a random order. */
static void add_block(struct planner *pl, struct plan_boot *b, const struct kernel_arms *k,
		      bool warmup)
{
	int order[EXP_MAX_ARMS], i, arm;
	int *next = warmup ? pl->next_warmup : pl->next_rep;

	memcpy(order, k->arm, sizeof(order));
	prng_shuffle(&pl->rnd, order, k->nr);
	for (i = 0; i < k->nr; i++) {
		arm = order[i];
		b->runs[b->nr_runs++] = (struct plan_run) {
			.id = pl->next_id++, .arm = arm, .rep = next[arm]++, .warmup = warmup,
		};
	}
}

/* The boot's last runs: the recording of one must not disturb another that counts. */
static void add_traced(struct planner *pl, struct plan_boot *b, const struct kernel_arms *k)
{
	int i;

	add_block(pl, b, k, true);
	for (i = 0; i < k->nr; i++)
		b->runs[b->nr_runs - 1 - i].traced = true;
}

static int add_boot(struct planner *pl, struct kernel_arms *k)
{
	struct plan_boot *b = &pl->p->boots[pl->p->nr_boots];
	const struct experiment *e = pl->e;
	int nr = k->next_boot++, reps, i;

	memset(b, 0, sizeof(*b));
	/* the first boots take the rest of an uneven division */
	reps = pl->repetitions / pl->boots + (nr < pl->repetitions % pl->boots);
	snprintf(b->kernel, sizeof(b->kernel), "%s", k->kernel);
	b->runs = calloc((e->warmup + reps + 1) * k->nr, sizeof(*b->runs));
	if (!b->runs)
		return -1;
	pl->p->nr_boots++;
	for (i = 0; i < e->warmup; i++)
		add_block(pl, b, k, true);
	for (i = 0; i < reps; i++)
		add_block(pl, b, k, false);
	if (pl->recorded && k->next_boot == pl->boots)
		add_traced(pl, b, k);
	return 0;
}

/* Boots of all kernels, behind those that the plan has. */
static int add_boots(struct planner *pl)
{
	struct plan_boot *more;
	int order[EXP_MAX_ARMS], round, i;

	group_arms(pl);
	more = reallocarray(pl->p->boots, pl->p->nr_boots + pl->boots * pl->nr_kernels,
			    sizeof(*more));
	if (!more)
		return -1;
	pl->p->boots = more;
	for (round = 0; round < pl->boots; round++) {
		for (i = 0; i < pl->nr_kernels; i++)
			order[i] = i;
		prng_shuffle(&pl->rnd, order, pl->nr_kernels);
		for (i = 0; i < pl->nr_kernels; i++) {
			if (add_boot(pl, &pl->kernels[order[i]]))
				return -1;
		}
	}
	return 0;
}

int plan_make(struct plan *p, const struct experiment *e, struct vh_err *err)
{
	struct planner pl = { .e = e, .p = p, .repetitions = e->repetitions, .boots = e->boots,
			      .recorded = e->trace || e->perf };

	memset(p, 0, sizeof(*p));
	prng_seed(&pl.rnd, prng_derive(e->seed, "plan"));
	if (!add_boots(&pl))
		return 0;
	plan_free(p);
	return vh_err(err, VH_BAD_HOST, "out of memory");
}

/* Numbers go on where the plan ends. */
static void count_on(struct planner *pl)
{
	const struct plan_run *r;
	int i, j, *next;

	for (i = 0; i < pl->p->nr_boots; i++) {
		for (j = 0; j < pl->p->boots[i].nr_runs; j++) {
			r = &pl->p->boots[i].runs[j];
			next = r->warmup ? pl->next_warmup : pl->next_rep;
			if (r->rep >= next[r->arm])
				next[r->arm] = r->rep + 1;
			if (r->id >= pl->next_id)
				pl->next_id = r->id + 1;
		}
	}
}

int plan_extend(struct plan *p, const struct experiment *e, int repetitions, int boots,
		struct vh_err *err)
{
	struct planner pl = { .e = e, .p = p, .repetitions = repetitions, .boots = boots };
	char name[48];

	count_on(&pl);
	snprintf(name, sizeof(name), "plan from run %d on", pl.next_id);
	prng_seed(&pl.rnd, prng_derive(e->seed, name));
	return add_boots(&pl) ? vh_err(err, VH_BAD_HOST, "out of memory") : 0;
}

void plan_free(struct plan *p)
{
	int i;

	for (i = 0; i < p->nr_boots; i++)
		free(p->boots[i].runs);
	free(p->boots);
	memset(p, 0, sizeof(*p));
}

int plan_nr_runs(const struct plan *p)
{
	int i, n = 0;

	for (i = 0; i < p->nr_boots; i++)
		n += p->boots[i].nr_runs;
	return n;
}

json_object *plan_to_json(const struct plan *p, const struct experiment *e)
{
	json_object *o = json_object_new_object(), *boots = json_object_new_array();
	json_object *boot, *runs, *run;
	const struct plan_run *r;
	int i, j;

	for (i = 0; i < p->nr_boots; i++) {
		boot = json_object_new_object();
		runs = json_object_new_array();
		for (j = 0; j < p->boots[i].nr_runs; j++) {
			r = &p->boots[i].runs[j];
			run = json_object_new_object();
			json_object_object_add(run, "id", json_object_new_int(r->id));
			json_object_object_add(run, "arm",
					       json_object_new_string(e->arms[r->arm].name));
			json_object_object_add(run, "rep", json_object_new_int(r->rep));
			json_object_object_add(run, "warmup",
					       json_object_new_boolean(r->warmup));
			if (r->traced)
				json_object_object_add(run, "traced",
						       json_object_new_boolean(true));
			json_object_array_add(runs, run);
		}
		json_object_object_add(boot, "kernel", json_object_new_string(p->boots[i].kernel));
		json_object_object_add(boot, "runs", runs);
		json_object_array_add(boots, boot);
	}
	json_object_object_add(o, "boots", boots);
	return o;
}

static int run_from_json(struct plan_run *r, const struct experiment *e, json_object *o,
			 struct vh_err *err)
{
	const char *arm = jget_str(o, "arm", "");

	r->id = jget_int(o, "id", -1);
	r->rep = jget_int(o, "rep", -1);
	r->warmup = jget_bool(o, "warmup", 0);
	r->traced = jget_bool(o, "traced", 0);
	r->arm = exp_arm_index(e, arm);
	if (r->arm < 0 || r->id < 0 || r->rep < 0)
		return vh_err(err, VH_BAD_EXPERIMENT,
			      "resolved.json: $.plan: damaged: run %d, repetition %d, arm \"%s\"",
			      r->id, r->rep, arm);
	return 0;
}

static int boot_from_json(struct plan_boot *b, const struct experiment *e, json_object *o,
			  struct vh_err *err)
{
	json_object *runs = json_object_object_get(o, "runs");
	int i, n;

	snprintf(b->kernel, sizeof(b->kernel), "%s", jget_str(o, "kernel", ""));
	if (!json_object_is_type(runs, json_type_array))
		return vh_err(err, VH_BAD_EXPERIMENT, "resolved.json: $.plan: a boot has no runs");
	n = json_object_array_length(runs);
	b->runs = calloc(n + 1, sizeof(*b->runs));
	if (!b->runs)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	b->nr_runs = n;
	for (i = 0; i < n; i++) {
		if (run_from_json(&b->runs[i], e, json_object_array_get_idx(runs, i), err))
			return -1;
	}
	return 0;
}

int plan_from_json(struct plan *p, const struct experiment *e, json_object *o,
		   struct vh_err *err)
{
	json_object *boots = json_object_object_get(o, "boots");
	int i;

	memset(p, 0, sizeof(*p));
	if (!json_object_is_type(boots, json_type_array))
		return vh_err(err, VH_BAD_EXPERIMENT, "resolved.json: $.plan: missing or damaged");
	p->nr_boots = json_object_array_length(boots);
	p->boots = calloc(p->nr_boots + 1, sizeof(*p->boots));
	if (!p->boots)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	for (i = 0; i < p->nr_boots; i++) {
		if (boot_from_json(&p->boots[i], e, json_object_array_get_idx(boots, i), err)) {
			plan_free(p);
			return -1;
		}
	}
	return 0;
}
