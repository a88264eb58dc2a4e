// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contended efficiency: the sum over VMs of time alone / time contended. A
 * machine that two VMs share perfectly gives each half of itself, so both take
 * twice their time alone and the sum is 1.
 *
 * The time alone of a VM is the median over the same boot and arm, of all VMs of
 * its shape. It is an estimate itself, so the bootstrap draws it anew, too.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "stat/draw.h"

#define ANY_BOOT (-1)

/* Times alone of VMs of one shape in one boot. */
struct pool {
	int boot, shape;
	int n;
	double *v;
	double median;
	double *resamples;
};

/* A run's parts of the sum. */
struct parts {
	int run;
	double contended[EXP_MAX_VMS];
	const struct pool *alone[EXP_MAX_VMS];
};

struct work {
	struct report *r;
	int arm;
	int nr_vms;
	int shape[EXP_MAX_VMS];		/* the first VM that is like it */
	int nr_pools;
	struct pool *pools;
	int nr_parts;
	struct parts *parts;
};

static bool alike(const struct exp_vm *a, const struct exp_vm *b)
{
	return a->vcpus == b->vcpus && a->memory_mib == b->memory_mib &&
	       !strcmp(a->template, b->template) && !strcmp(a->kernel_args, b->kernel_args) &&
	       !memcmp(a->pins, b->pins, sizeof(a->pins));
}

static struct pool *pool_of(struct work *w, int boot, int shape)
{
	int i;

	if (boot >= w->r->plan->nr_boots)
		boot = ANY_BOOT;
	for (i = 0; i < w->nr_pools; i++) {
		if (w->pools[i].boot == boot && w->pools[i].shape == shape)
			return &w->pools[i];
	}
	w->pools[w->nr_pools] = (struct pool) { .boot = boot, .shape = shape };
	return &w->pools[w->nr_pools++];
}

static int pool_add(struct pool *p, double v)
{
	double *more = realloc(p->v, (p->n + 1) * sizeof(*more));

	if (!more)
		return -1;
	p->v = more;
	p->v[p->n++] = v;
	return 0;
}

/* All times alone of the arm's runs, by boot and for all boots together. */
static int fill_pools(struct work *w)
{
	const struct report_arm *arm = &w->r->arms[w->arm];
	const struct record *rec;
	double v;
	int i, vm;

	for (i = 0; i < arm->ok; i++) {
		rec = records_of_run(w->r->rs, arm->ok_run[i]);
		for (vm = 0; vm < w->nr_vms; vm++) {
			v = report_vm_value(rec, w->r->e->vms[vm].name, "alone_s");
			if (!isnan(v) && (pool_add(pool_of(w, rec->boot, w->shape[vm]), v) ||
					  pool_add(pool_of(w, ANY_BOOT, w->shape[vm]), v)))
				return -1;
		}
	}
	return 0;
}

static int resample_pools(struct work *w)
{
	uint64_t seed = prng_derive(w->r->e->seed, w->r->e->arms[w->arm].name);
	int i;

	seed = prng_derive(seed, "alone");
	for (i = 0; i < w->nr_pools; i++) {
		struct pool *p = &w->pools[i];

		seed = prng_derive(seed, "next");
		p->median = stat_median(p->v, p->n);
		if (!p->n)
			continue;
		p->resamples = malloc(STAT_RESAMPLES * sizeof(double));
		if (!p->resamples || stat_resample_medians(p->v, NULL, p->n, seed, p->resamples))
			return -1;
	}
	return 0;
}

/* The runs that have all parts: with the time alone of their boot, or else of any. */
static void fill_parts(struct work *w)
{
	const struct report_arm *arm = &w->r->arms[w->arm];
	const struct record *rec;
	int i, vm;

	for (i = 0; i < arm->ok; i++) {
		struct parts *p = &w->parts[w->nr_parts];

		rec = records_of_run(w->r->rs, arm->ok_run[i]);
		p->run = arm->ok_run[i];
		for (vm = 0; vm < w->nr_vms; vm++) {
			p->contended[vm] = report_vm_value(rec, w->r->e->vms[vm].name,
							   "contended_s");
			p->alone[vm] = pool_of(w, rec->boot, w->shape[vm]);
			if (!p->alone[vm]->n)
				p->alone[vm] = pool_of(w, ANY_BOOT, w->shape[vm]);
			if (!p->alone[vm]->n || !(p->contended[vm] > 0))
				break;
		}
		w->nr_parts += vm == w->nr_vms;
	}
}

/* The run's efficiency, with resample @nr of the times alone, or their medians. */
static double efficiency(const struct work *w, const struct parts *p, int nr)
{
	double sum = 0;
	int vm;

	for (vm = 0; vm < w->nr_vms; vm++) {
		const struct pool *a = p->alone[vm];

		sum += (nr < 0 ? a->median : a->resamples[nr]) / p->contended[vm];
	}
	return sum;
}

static void fill_values(struct work *w)
{
	struct report_series *s = &w->r->arms[w->arm].col[0];
	int i;

	for (i = 0; i < w->nr_parts; i++)
		report_add_value(w->r, s, w->parts[i].run, efficiency(w, &w->parts[i], -1));
}

static int resample(const struct work *w, const int *boot, uint64_t seed, double **out)
{
	int *times = malloc((w->nr_parts + 1) * sizeof(*times)), i, j, k, n, ret = -1;
	struct stat_draw d = { 0 };
	double *drawn = NULL, v;
	struct prng rnd;

	*out = malloc(STAT_RESAMPLES * sizeof(double));
	if (!times || !*out || stat_draw_init(&d, boot, w->nr_parts))
		goto out;
	drawn = malloc(d.most * sizeof(*drawn));
	if (!drawn)
		goto out;
	prng_seed(&rnd, seed);
	for (i = 0; i < STAT_RESAMPLES; i++) {
		stat_draw(&d, &rnd, times);
		for (j = 0, n = 0; j < w->nr_parts; j++) {
			v = times[j] ? efficiency(w, &w->parts[j], i) : 0;
			for (k = 0; k < times[j]; k++)
				drawn[n++] = v;
		}
		(*out)[i] = stat_median_of(drawn, n);
	}
	ret = 0;
out:
	free(drawn);
	stat_draw_free(&d);
	free(times);
	return ret;
}

static int estimate(struct work *w)
{
	struct report_series *s = &w->r->arms[w->arm].col[0];
	uint64_t seed = prng_derive(prng_derive(w->r->e->seed, w->r->e->arms[w->arm].name),
				    "efficiency");

	if (!s->n)
		return 0;
	if (resample(w, s->boot, seed, &s->resamples) ||
	    (report_shares_boots(w->r, w->arm) &&
	     resample(w, NULL, prng_derive(seed, "within"), &s->within)))
		return -1;
	s->est = stat_interval(stat_median(s->v, s->n), s->resamples);
	return 0;
}

static int set_up(struct work *w)
{
	const struct experiment *e = w->r->e;
	int i, j;

	w->nr_vms = e->nr_vms;
	for (i = 0; i < e->nr_vms; i++) {
		for (j = 0; !alike(&e->vms[i], &e->vms[j]); j++)
			;
		w->shape[i] = j;
	}
	/* pool_of() makes what it does not find, so there is room for all there can be */
	w->pools = calloc((w->r->plan->nr_boots + 1) * e->nr_vms, sizeof(*w->pools));
	w->parts = calloc(w->r->arms[w->arm].ok + 1, sizeof(*w->parts));
	return w->pools && w->parts ? 0 : -1;
}

static void tear_down(struct work *w)
{
	int i;

	for (i = 0; i < w->nr_pools; i++) {
		free(w->pools[i].v);
		free(w->pools[i].resamples);
	}
	free(w->pools);
	free(w->parts);
}

int report_efficiency(struct report *r, int arm)
{
	struct work w = { .r = r, .arm = arm };
	int ret = -1;

	if (set_up(&w) || fill_pools(&w))
		goto out;
	/* after this the parts point into pools, whose number may still grow but not move */
	fill_parts(&w);
	if (resample_pools(&w))
		goto out;
	fill_values(&w);
	ret = estimate(&w);
out:
	tear_down(&w);
	return ret;
}
