// SPDX-License-Identifier: GPL-2.0-only
/*
 * Percentiles of what the guests counted into histograms. They are always those of a
 * merged histogram: of all VMs for a run, of all VMs and repetitions for an arm. No
 * mean of percentiles is one. The bootstrap draws runs and merges them anew.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"
#include "report.h"
#include "stat_prng.h"

/* What the runs of an arm counted: cum[bin * n + run] values up to and with the bin. */
struct counts {
	int n;
	int *run;
	double *cum;
	double *max;
	int *weight;	/* how often each run was drawn */
};

bool report_percentile_key(const char *key, struct report_percentile *p)
{
	static const struct { const char *unit; double ns; } units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	};
	const char *at = strstr(key, "_p");
	size_t i;
	char *end;

	for (; at && !isdigit((unsigned char)at[2]); at = strstr(at + 1, "_p"))
		;
	if (!at)
		return false;
	/* p50 is 50 %, p999 is 99.9 % */
	p->p = strtod(at + 2, &end);
	while (p->p > 100)
		p->p /= 10;
	if (end - at < 4 || *end != '_')
		return false;
	snprintf(p->member, sizeof(p->member), "%.*s_ns", (int)(at - key), key);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(end + 1, units[i].unit)) {
			p->ns = units[i].ns;
			return true;
		}
	}
	return false;
}

/* The run's histograms of all VMs, merged; -1 if one of them has none. */
static int merge_run(const struct report *r, const struct record *rec, const char *member,
		     struct hist *into)
{
	static struct hist one;
	json_object *o;
	char msg[128];
	int i;

	hist_init(into);
	for (i = 0; i < r->e->nr_vms; i++) {
		o = report_vm_workload(rec, r->e->vms[i].name);
		o = json_object_object_get(o, member);
		if (!json_object_is_type(o, json_type_object) ||
		    hist_from_json(&one, o, msg, sizeof(msg)))
			return -1;
		hist_merge(into, &one);
	}
	return into->count ? 0 : -1;
}

static int counts_alloc(struct counts *c, int runs)
{
	c->run = calloc(runs + 1, sizeof(*c->run));
	c->weight = calloc(runs + 1, sizeof(*c->weight));
	c->max = calloc(runs + 1, sizeof(*c->max));
	c->cum = calloc((size_t)HIST_BINS * (runs + 1), sizeof(*c->cum));
	return c->run && c->weight && c->max && c->cum ? 0 : -1;
}

static void counts_free(struct counts *c)
{
	free(c->run);
	free(c->weight);
	free(c->max);
	free(c->cum);
}

static void counts_fill(struct counts *c, const struct report *r, int arm, const char *member)
{
	const struct report_arm *a = &r->arms[arm];
	static struct hist h;
	double sum;
	int i, bin;

	for (i = 0; i < a->ok; i++) {
		if (merge_run(r, records_of_run(r->rs, a->ok_run[i]), member, &h))
			continue;
		c->run[c->n] = a->ok_run[i];
		c->max[c->n] = h.max;
		for (bin = 0, sum = 0; bin < HIST_BINS; bin++) {
			sum += h.bins[bin];
			c->cum[(size_t)bin * a->ok + c->n] = sum;
		}
		c->n++;
	}
}

static double up_to(const struct counts *c, int stride, int bin)
{
	const double *row = c->cum + (size_t)bin * stride;
	double sum = 0;
	int i;

	for (i = 0; i < c->n; i++)
		sum += c->weight[i] * row[i];
	return sum;
}

/* As hist_percentile() of the drawn runs' histograms, merged. */
static double percentile(const struct counts *c, int stride, double p)
{
	double rank = ceil(p / 100 * up_to(c, stride, HIST_BINS - 1) - 1e-6), max = 0;
	int lo = 0, hi = HIST_BINS - 1, mid, i;

	rank = fmax(rank, 1);
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (up_to(c, stride, mid) >= rank)
			hi = mid;
		else
			lo = mid + 1;
	}
	for (i = 0; i < c->n; i++)
		max = c->weight[i] ? fmax(max, c->max[i]) : max;
	return fmin(hist_bin_upper(lo), max);
}

static void fill_values(struct counts *c, int stride, const struct report_percentile *p,
			struct report_series *s)
{
	int i;

	for (i = 0; i < c->n; i++) {
		c->weight[i] = 1;
		s->v[s->n] = percentile(c, stride, p->p) / p->ns;
		s->run[s->n++] = c->run[i];
		c->weight[i] = 0;
	}
}

static int resample(struct counts *c, int stride, const struct report_percentile *p, uint64_t seed,
		    struct report_series *s)
{
	struct prng rnd;
	int i, j;

	s->resamples = malloc(STAT_RESAMPLES * sizeof(double));
	if (!s->resamples)
		return -1;
	prng_seed(&rnd, seed);
	for (i = 0; i < STAT_RESAMPLES; i++) {
		memset(c->weight, 0, c->n * sizeof(*c->weight));
		for (j = 0; j < c->n; j++)
			c->weight[prng_below(&rnd, c->n)]++;
		s->resamples[i] = percentile(c, stride, p->p) / p->ns;
	}
	for (j = 0; j < c->n; j++)
		c->weight[j] = 1;
	s->est = stat_interval(percentile(c, stride, p->p) / p->ns, s->resamples);
	return 0;
}

int report_percentiles(struct report *r, int arm, int col, uint64_t seed)
{
	struct report_series *s = &r->arms[arm].col[col];
	struct counts c = { 0 };
	struct report_percentile p;
	int ret = -1, stride = r->arms[arm].ok;

	if (!report_percentile_key(r->cols[col].key, &p) || counts_alloc(&c, stride))
		goto out;
	counts_fill(&c, r, arm, p.member);
	fill_values(&c, stride, &p, s);
	ret = c.n ? resample(&c, stride, &p, seed, s) : 0;
out:
	counts_free(&c);
	return ret;
}
