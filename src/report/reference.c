// SPDX-License-Identifier: GPL-2.0-only
/*
 * The times alone that slowdowns are of. All arms have the same: those of the baseline. Each arm
 * by its own would hide a policy that makes a VM slow even when it is alone.
 *
 * Where an arm shares boots with the baseline, the time alone of a VM is the median over the
 * baseline's runs of the same boot, of all VMs of its shape. Arms of another kernel cannot share
 * a boot; theirs is the median over all the baseline's boots, as it is where a boot has none. It
 * is an estimate itself, so the bootstrap draws it anew, too: once for all arms, since what it is
 * off by is in all of them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "stat/draw.h"
#include "stat/prng.h"

#define ANY_BOOT (-1)

/* Times alone of VMs of one shape in one boot, or in all. */
struct reference {
	int boot, shape;
	int n;
	double *v;
	int *of_boot;
	double median;
	double *resamples, *logs;
};

struct report_reference {
	int shape[EXP_MAX_VMS];		/* the first VM that is like it */
	int nr;
	struct reference *ref;
};

static bool alike(const struct exp_vm *a, const struct exp_vm *b)
{
	return a->vcpus == b->vcpus && a->memory_mib == b->memory_mib &&
	       !strcmp(a->template, b->template) && !strcmp(a->kernel_args, b->kernel_args) &&
	       !memcmp(a->pins, b->pins, sizeof(a->pins));
}

static struct reference *find(const struct report_reference *all, int boot, int shape)
{
	int i;

	for (i = 0; i < all->nr; i++) {
		if (all->ref[i].boot == boot && all->ref[i].shape == shape)
			return &all->ref[i];
	}
	return NULL;
}

static int add(struct report_reference *all, int of_boot, int shape, double v, bool any)
{
	struct reference *ref = find(all, any ? ANY_BOOT : of_boot, shape);
	double *values;
	int *boots;

	if (!ref) {
		ref = &all->ref[all->nr++];
		*ref = (struct reference) { .boot = any ? ANY_BOOT : of_boot, .shape = shape };
	}
	values = realloc(ref->v, (ref->n + 1) * sizeof(*values));
	if (!values)
		return -1;
	ref->v = values;
	boots = realloc(ref->of_boot, (ref->n + 1) * sizeof(*boots));
	if (!boots)
		return -1;
	ref->of_boot = boots;
	ref->v[ref->n] = v;
	ref->of_boot[ref->n++] = of_boot;
	return 0;
}

static int collect(const struct report *r, struct report_reference *all)
{
	const struct report_arm *base = &r->arms[r->e->baseline];
	const struct record *rec;
	double v;
	int i, vm;

	for (i = 0; i < base->ok; i++) {
		rec = records_of_run(r->rs, base->ok_run[i]);
		for (vm = 0; vm < r->e->nr_vms; vm++) {
			v = report_vm_value(rec, r->e->vms[vm].name, "alone_s");
			if (v > 0 && (add(all, rec->boot, all->shape[vm], v, false) ||
				      add(all, rec->boot, all->shape[vm], v, true)))
				return -1;
		}
	}
	return 0;
}

static uint64_t seed_of(const struct report *r, const struct reference *ref)
{
	uint64_t seed = prng_derive(prng_derive(r->e->seed, "reference"),
				    r->e->vms[ref->shape].name);
	char boot[16] = "any";

	if (ref->boot != ANY_BOOT)
		snprintf(boot, sizeof(boot), "%d", ref->boot);
	return prng_derive(seed, boot);
}

static int resample(const struct report *r, struct reference *ref)
{
	int i;

	ref->median = stat_median(ref->v, ref->n);
	ref->resamples = malloc(STAT_RESAMPLES * sizeof(double));
	ref->logs = malloc(STAT_RESAMPLES * sizeof(double));
	if (!ref->resamples || !ref->logs ||
	    stat_resample_medians(ref->v, ref->of_boot, ref->n, seed_of(r, ref), ref->resamples))
		return -1;
	for (i = 0; i < STAT_RESAMPLES; i++)
		ref->logs[i] = log(ref->resamples[i]);
	return 0;
}

int report_reference(struct report *r)
{
	struct report_reference *all = calloc(1, sizeof(*all));
	const struct experiment *e = r->e;
	int i, j;

	r->reference = all;
	if (!all)
		return -1;
	for (i = 0; i < e->nr_vms; i++) {
		for (j = 0; !alike(&e->vms[i], &e->vms[j]); j++)
			;
		all->shape[i] = j;
	}
	/* for each shape one of any boot, and at most one of each run's boot */
	all->ref = calloc((r->arms[e->baseline].ok + 1) * e->nr_vms, sizeof(*all->ref));
	if (!all->ref || collect(r, all))
		return -1;
	for (i = 0; i < all->nr; i++) {
		if (resample(r, &all->ref[i]))
			return -1;
	}
	return 0;
}

void report_reference_free(struct report *r)
{
	struct report_reference *all = r->reference;
	int i;

	for (i = 0; all && i < all->nr; i++) {
		free(all->ref[i].v);
		free(all->ref[i].of_boot);
		free(all->ref[i].resamples);
		free(all->ref[i].logs);
	}
	if (all)
		free(all->ref);
	free(all);
	r->reference = NULL;
}

const struct reference *reference_of(const struct report *r, int arm, int boot, int vm)
{
	const struct report_reference *all = r->reference;
	const struct reference *ref = NULL;

	if (report_shares_boots(r, arm, r->e->baseline))
		ref = find(all, boot, all->shape[vm]);
	return ref ? ref : find(all, ANY_BOOT, all->shape[vm]);
}

double reference_time(const struct reference *ref, int nr)
{
	return nr < 0 ? ref->median : ref->resamples[nr];
}

double reference_log(const struct reference *ref, int nr)
{
	return nr < 0 ? log(ref->median) : ref->logs[nr];
}
