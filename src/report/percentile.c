// SPDX-License-Identifier: GPL-2.0-only
/*
 * Percentiles of what guests and the policy counted into histograms. They are always
 * those of a merged histogram: of all VMs for a run, of all VMs and repetitions for an
 * arm. No mean of percentiles is one. The bootstrap draws runs and merges them anew.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/report.h"
#include "workload/hist.h"

#define HOST_BINS 64

/*
 * What the runs of an arm counted: cum[bin * stride + run] values up to and with the bin.
 * The policy's bins are powers of two, and its percentiles interpolate, as measure/bins.c does.
 */
struct counts {
	struct report_percentile key;
	bool host;
	int n, stride, nr_bins;
	int *run;
	double *cum;
	double *max;
	double *weight;	/* how often each run was drawn */
	int near;	/* the bin that was found last */
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

static double host_lower(int bin)
{
	return bin ? ldexp(1, bin - 1) : 0;
}

/* The run's histogram of the policy, over bins of host_lower(); -1 if it has none. */
static int host_run(const struct record *rec, const char *member, double *bins)
{
	json_object *list = json_object_object_get(rec->o, member), *pair;
	double lower, count;
	size_t i;
	int bin;

	memset(bins, 0, HOST_BINS * sizeof(*bins));
	list = json_object_object_get(list, "bins");
	if (!json_object_is_type(list, json_type_array) || !json_object_array_length(list))
		return -1;
	for (i = 0; i < json_object_array_length(list); i++) {
		pair = json_object_array_get_idx(list, i);
		if (!json_object_is_type(pair, json_type_array) ||
		    json_object_array_length(pair) != 2)
			return -1;
		lower = json_object_get_double(json_object_array_get_idx(pair, 0));
		count = json_object_get_double(json_object_array_get_idx(pair, 1));
		bin = lower >= 1 ? ilogb(lower) + 1 : 0;
		if (bin >= HOST_BINS || lower != host_lower(bin) || count < 0)
			return -1;
		bins[bin] += count;
	}
	return 0;
}

static int counts_alloc(struct counts *c, int runs, bool host)
{
	c->host = host;
	c->nr_bins = host ? HOST_BINS : HIST_BINS;
	c->stride = runs + 1;
	c->run = calloc(c->stride, sizeof(*c->run));
	c->weight = calloc(c->stride, sizeof(*c->weight));
	c->max = calloc(c->stride, sizeof(*c->max));
	c->cum = calloc((size_t)c->nr_bins * c->stride, sizeof(*c->cum));
	return c->run && c->weight && c->max && c->cum ? 0 : -1;
}

static void counts_fill(struct counts *c, const struct report *r, int arm, const char *member)
{
	const struct report_arm *a = &r->arms[arm];
	static double host[HOST_BINS];
	static struct hist h;
	double sum;
	int i, bin;

	for (i = 0; i < a->ok; i++) {
		const struct record *rec = records_of_run(r->rs, a->ok_run[i]);

		if (c->host ? host_run(rec, member, host) : merge_run(r, rec, member, &h))
			continue;
		c->run[c->n] = a->ok_run[i];
		c->max[c->n] = c->host ? INFINITY : h.max;
		for (bin = 0, sum = 0; bin < c->nr_bins; bin++) {
			sum += c->host ? host[bin] : h.bins[bin];
			c->cum[(size_t)bin * c->stride + c->n] = sum;
		}
		c->n++;
	}
}

/* Values of the drawn runs up to and with bin @bin. */
static double up_to(const struct counts *c, int bin)
{
	const double *row = c->cum + (size_t)bin * c->stride;
	double sum[4] = { 0 };
	int i;

	/* four sums side by side: of a thousand runs this is most of the bootstrap's work */
	for (i = 0; bin >= 0 && i < c->n; i++)
		sum[i & 3] += c->weight[i] * row[i];
	return sum[0] + sum[1] + sum[2] + sum[3];
}

/*
 * The first bin at which there are @rank values. Those of a bootstrap lie together, so the
 * search goes out from the last one, in steps that double, before it halves what is left.
 */
static int bin_of(struct counts *c, double rank)
{
	int lo = 0, hi = c->nr_bins - 1, mid, step = 1;

	if (up_to(c, c->near) >= rank) {
		hi = c->near;
		while (hi - step >= lo && up_to(c, hi - step) >= rank) {
			hi -= step;
			step *= 2;
		}
		lo = hi - step >= lo ? hi - step + 1 : lo;
	} else {
		lo = c->near + (c->near < hi);
		while (lo + step <= hi && up_to(c, lo + step - 1) < rank) {
			lo += step;
			step *= 2;
		}
		hi = lo + step <= hi ? lo + step - 1 : hi;
	}
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (up_to(c, mid) >= rank)
			hi = mid;
		else
			lo = mid + 1;
	}
	c->near = lo;
	return lo;
}

/* Of the drawn runs, merged: as hist_percentile(), and as bins_percentile(). */
static double percentile(struct counts *c, double p)
{
	double rank = p / 100 * up_to(c, c->nr_bins - 1), max = 0, below;
	int i, bin;

	if (c->host) {
		bin = bin_of(c, rank);
		below = up_to(c, bin - 1);
		return host_lower(bin) + (host_lower(bin + 1) - host_lower(bin)) *
		       (rank - below) / (up_to(c, bin) - below);
	}
	bin = bin_of(c, fmax(1, ceil(rank - 1e-6)));
	for (i = 0; i < c->n; i++) {
		if (c->weight[i] > 0 && c->max[i] > max)
			max = c->max[i];
	}
	return fmin(hist_bin_upper(bin), max);
}

static void fill_values(const struct report *r, struct counts *c, struct report_series *s)
{
	int i;

	for (i = 0; i < c->n; i++) {
		c->weight[i] = 1;
		report_add_value(r, s, c->run[i], percentile(c, c->key.p) / c->key.ns);
		c->weight[i] = 0;
	}
}

static double drawn_percentile(void *data, const int *times, int drawn, int nr)
{
	struct counts *c = data;
	int i;

	for (i = 0; i < c->n; i++)
		c->weight[i] = times[i];
	return percentile(c, c->key.p) / c->key.ns;
}

static void free_counts(void *data)
{
	struct counts *c = data;

	free(c->run);
	free(c->weight);
	free(c->max);
	free(c->cum);
	free(c);
}

int report_percentiles(struct report *r, int arm, int col, struct report_source *src)
{
	struct counts *c = calloc(1, sizeof(*c));
	bool host = r->cols[col].host;

	if (!c)
		return -1;
	*src = (struct report_source) { { drawn_percentile, c }, free_counts };
	if (!report_percentile_key(r->cols[col].metric->name, &c->key) ||
	    counts_alloc(c, r->arms[arm].ok, host))
		return -1;
	/* in a record, the policy's histograms have no unit in their name */
	if (host)
		c->key.member[strlen(c->key.member) - strlen("_ns")] = '\0';
	counts_fill(c, r, arm, c->key.member);
	fill_values(r, c, &r->arms[arm].col[col]);
	return 0;
}
