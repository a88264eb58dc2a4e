// SPDX-License-Identifier: GPL-2.0-only
/*
 * Medians, bootstrap intervals, and the verdict.
 *
 * The bootstrap is the percentile method: B. Efron and R. J. Tibshirani, "An
 * Introduction to the Bootstrap", 1993, chapter 13.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stat/draw.h"
#include "stat/median.h"

static const struct stat_est no_est = { NAN, NAN, NAN };

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double *sorted_copy(const double *x, int n)
{
	double *s = malloc((n + 1) * sizeof(*s));

	if (s) {
		memcpy(s, x, n * sizeof(*s));
		qsort(s, n, sizeof(*s), compare);
	}
	return s;
}

static double sorted_quantile(const double *s, int n, double q)
{
	double h = (n - 1) * q;
	int i = (int)h;

	if (i + 1 >= n)
		return s[n - 1];
	return s[i] + (h - i) * (s[i + 1] - s[i]);
}

double stat_quantile(const double *x, int n, double q)
{
	double *s, v;

	if (n <= 0)
		return NAN;
	s = sorted_copy(x, n);
	if (!s)
		return NAN;
	v = sorted_quantile(s, n, q);
	free(s);
	return v;
}

/* Puts the value of rank @k (from 0) at its place, smaller ones before it: Hoare's FIND. */
static double select_rank(double *x, int n, int k)
{
	int lo = 0, hi = n - 1, i, j;
	double pivot, tmp;

	while (lo < hi) {
		pivot = x[k];
		i = lo;
		j = hi;
		while (i <= j) {
			while (x[i] < pivot)
				i++;
			while (pivot < x[j])
				j--;
			if (i > j)
				break;
			tmp = x[i];
			x[i++] = x[j];
			x[j--] = tmp;
		}
		if (j < k)
			lo = i;
		if (k < i)
			hi = j;
	}
	return x[k];
}

double stat_median_of(double *x, int n)
{
	double upper, lower;
	int i;

	if (n <= 0)
		return NAN;
	upper = select_rank(x, n, n / 2);
	if (n % 2)
		return upper;
	lower = x[0];
	for (i = 1; i < n / 2; i++)
		lower = fmax(lower, x[i]);
	return (lower + upper) / 2;
}

double stat_median(const double *x, int n)
{
	return stat_quantile(x, n, 0.5);
}

double stat_mean(const double *x, int n)
{
	double sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += x[i];
	return n > 0 ? sum / n : NAN;
}

double stat_geometric_mean(const double *x, int n)
{
	double sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += x[i] > 0 ? log(x[i]) : NAN;
	return n > 0 ? exp(sum / n) : NAN;
}

int stat_bootstrap(const struct stat_estimator *e, const struct stat_draw *d, uint64_t runs,
		   const uint64_t *boots, double *out)
{
	int *times = malloc((d->n + 1) * sizeof(*times)), i, drawn;
	struct prng rnd_runs, rnd_boots;

	if (!times || !d->nr_boots) {
		free(times);
		return -1;
	}
	prng_seed(&rnd_runs, runs);
	if (boots)
		prng_seed(&rnd_boots, *boots);
	for (i = 0; i < STAT_RESAMPLES; i++) {
		drawn = stat_draw(d, boots ? &rnd_boots : &rnd_runs, &rnd_runs, times);
		out[i] = e->of(e->data, times, drawn, i);
	}
	free(times);
	return 0;
}

/* A value, and where it stood before all were sorted. */
struct placed {
	double v;
	int at;
};

struct stat_sorted {
	int n;
	struct placed s[];
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return (x->v > y->v) - (x->v < y->v);
}

struct stat_sorted *stat_sorted_new(const double *x, int n)
{
	struct stat_sorted *s = malloc(sizeof(*s) + n * sizeof(*s->s));
	int i;

	if (!s)
		return NULL;
	s->n = n;
	for (i = 0; i < n; i++)
		s->s[i] = (struct placed) { x[i], i };
	qsort(s->s, n, sizeof(*s->s), compare_placed);
	return s;
}

double stat_drawn_median(void *sorted, const int *times, int drawn, int nr)
{
	int lower = (drawn - 1) / 2, upper = drawn / 2, seen = 0, i;
	const struct stat_sorted *s = sorted;
	double first = NAN;

	for (i = 0; i < s->n; i++) {
		seen += times[s->s[i].at];
		if (isnan(first) && seen > lower)
			first = s->s[i].v;
		if (seen > upper)
			return (first + s->s[i].v) / 2;
	}
	return first;
}

int stat_resample_medians(const double *x, const int *boot, int n, uint64_t seed, double *out)
{
	struct stat_sorted *s = stat_sorted_new(x, n);
	struct stat_estimator e = { stat_drawn_median, s };
	struct stat_draw d = { 0 };
	int ret = -1;

	if (s && n > 0 && !stat_draw_init(&d, boot, n, NULL, 0))
		ret = stat_bootstrap(&e, &d, seed, NULL, out);
	stat_draw_free(&d);
	free(s);
	return ret;
}

int stat_boot_values(const double *x, const int *boot, int n,
		     double (*of)(const double *x, int n), double *out)
{
	double *v = malloc((n + 1) * sizeof(*v));
	int i, j, size, nr = 0;

	for (i = 0; v && i < n; i++) {
		if (!stat_is_first(boot, i))
			continue;
		for (size = 0, j = i; j < n; j++) {
			if (boot[j] == boot[i])
				v[size++] = x[j];
		}
		out[nr++] = of(v, size);
	}
	free(v);
	return nr;
}

/* Sorts @resamples. */
static struct stat_est percentile_interval(double value, double *resamples)
{
	double tail = (1 - STAT_CONFIDENCE) / 2;
	struct stat_est e = { .value = value };

	qsort(resamples, STAT_RESAMPLES, sizeof(*resamples), compare);
	e.lo = sorted_quantile(resamples, STAT_RESAMPLES, tail);
	e.hi = sorted_quantile(resamples, STAT_RESAMPLES, 1 - tail);
	return e;
}

struct stat_est stat_interval(double value, const double *resamples)
{
	struct stat_est e = no_est;
	double *r = malloc(STAT_RESAMPLES * sizeof(*r));

	if (r) {
		memcpy(r, resamples, STAT_RESAMPLES * sizeof(*r));
		e = percentile_interval(value, r);
	}
	free(r);
	return e;
}

struct stat_est stat_diff(double a, const double *ra, double b, const double *rb)
{
	struct stat_est e = no_est;
	double *r = malloc(STAT_RESAMPLES * sizeof(*r));
	int i;

	if (r) {
		for (i = 0; i < STAT_RESAMPLES; i++)
			r[i] = rb[i] - ra[i];
		e = percentile_interval(b - a, r);
	}
	free(r);
	return e;
}

struct stat_est stat_change(double a, const double *ra, double b, const double *rb)
{
	struct stat_est e = no_est;
	double *r = malloc(STAT_RESAMPLES * sizeof(*r));
	int i;

	for (i = 0; r && i < STAT_RESAMPLES; i++) {
		if (!(ra[i] > 0) || !(rb[i] > 0))
			goto out;
		r[i] = rb[i] / ra[i] - 1;
	}
	if (r && a > 0)
		e = percentile_interval(b / a - 1, r);
out:
	free(r);
	return e;
}

double stat_error(const double *ra, const double *rb, bool log_scale)
{
	double mean = 0, sum = 0, d, from = NAN;
	int i;

	for (i = 0; i < STAT_RESAMPLES; i++) {
		d = log_scale ? log(rb[i]) - log(ra[i]) : rb[i] - ra[i];
		/* sums of small numbers: they lose nothing */
		if (!i)
			from = d;
		mean += (d - from) / STAT_RESAMPLES;
	}
	for (i = 0; i < STAT_RESAMPLES; i++) {
		d = (log_scale ? log(rb[i]) - log(ra[i]) : rb[i] - ra[i]) - from - mean;
		sum += d * d;
	}
	return sqrt(sum / (STAT_RESAMPLES - 1));
}

enum stat_verdict stat_verdict(struct stat_est diff, double p, int better)
{
	if (isnan(diff.value) || isnan(p))
		return STAT_NONE;
	if (!(diff.lo > 0 || diff.hi < 0) || p >= STAT_ALPHA)
		return STAT_SAME;
	if (!better)
		return diff.lo > 0 ? STAT_HIGHER : STAT_LOWER;
	return (diff.lo > 0) == (better > 0) ? STAT_BETTER : STAT_WORSE;
}

const char *stat_verdict_word(enum stat_verdict v)
{
	static const char *const words[] = {
		[STAT_NONE] = "-", [STAT_SAME] = "~", [STAT_BETTER] = "better",
		[STAT_WORSE] = "worse", [STAT_HIGHER] = "higher", [STAT_LOWER] = "lower",
	};

	return words[v];
}
