// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two modes and drift: against published values, and how often the tests cry wolf.
 */
#include <math.h>
#include <stdlib.h>

#include "ktap.h"
#include "stat/median.h"
#include "stat/prng.h"
#include "stat/shape.h"

#define N(x) ((int)(sizeof(x) / sizeof((x)[0])))
#define TRIALS 1000

static int near(double x, double want, double tolerance)
{
	return fabs(x - want) <= tolerance;
}

static double uniform(struct prng *r)
{
	return (prng_below(r, 1000000) + 0.5) / 1e6;
}

static double normal(struct prng *r)
{
	return sqrt(-2 * log(uniform(r))) * cos(2 * M_PI * uniform(r));
}

static double exponential(struct prng *r)
{
	return -log(uniform(r));
}

/* A quiet machine that something disturbs in one of ten runs. */
static double with_outliers(struct prng *r)
{
	return normal(r) + (prng_below(r, 10) ? 0 : 8);
}

/*
 * Quality of 63 statistics departments, the example of the authors of the test; its dip is
 * 0.0595 (also in R's package diptest, where it is called statfaculty).
 */
static void test_faculty(void)
{
	static const double x[] = {
		30, 33, 35, 36, 37, 37, 39, 39, 39, 39, 39, 40, 40, 40, 40, 41, 42, 43, 43, 43, 44,
		44, 45, 45, 46, 46, 47, 47, 48, 48, 48, 49, 50, 50, 51, 52, 52, 53, 53, 53, 53, 53,
		54, 54, 57, 57, 59, 60, 60, 60, 61, 61, 61, 61, 62, 62, 62, 62, 63, 66, 70, 72, 72,
	};
	double dip = stat_dip(x, N(x));

	CHECK(near(dip, 0.05952381, 5e-9), "the departments: dip 0.0595 (is %.8f)", dip);
}

static void test_dip_of_known(void)
{
	static const double even[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const double two[] = { 1, 1, 1, 1, 2, 2, 2, 2 };
	static const double same[] = { 3, 3, 3, 3 };

	CHECK(near(stat_dip(even, 8), 1 / 16., 1e-12), "evenly spread: the least, 1 / 2n");
	CHECK(near(stat_dip(two, 8), 0.25, 1e-12), "two atoms of one half: the most, 1 / 4");
	CHECK(near(stat_dip(same, 4), 1 / 8., 1e-12), "all alike: one mode");
	CHECK(isnan(stat_dip_test(same, 3).p), "three values cannot tell");
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Quantiles of the dip of uniform samples, as tabulated in R's diptest (1000001 samples). */
static void test_quantiles(void)
{
	static const struct { int n; double median, q95, q99; } t[] = {
		{ 10, 0.0978, 0.1396, 0.1597 }, { 20, 0.0733, 0.1051, 0.1206 },
		{ 50, 0.0489, 0.0703, 0.0812 },
	};
	static double dips[4 * TRIALS];
	double x[50];
	struct prng r;
	int i, j, k;

	for (i = 0; i < N(t); i++) {
		prng_seed(&r, t[i].n);
		for (j = 0; j < N(dips); j++) {
			for (k = 0; k < t[i].n; k++)
				x[k] = uniform(&r);
			qsort(x, t[i].n, sizeof(*x), compare);
			dips[j] = stat_dip(x, t[i].n);
		}
		CHECK(near(stat_quantile(dips, N(dips), 0.5) / t[i].median, 1, 0.02) &&
		      near(stat_quantile(dips, N(dips), 0.95) / t[i].q95, 1, 0.03) &&
		      near(stat_quantile(dips, N(dips), 0.99) / t[i].q99, 1, 0.05),
		      "n = %d: quantiles of the dip as published", t[i].n);
	}
}

static void test_false_alarms(void)
{
	/* uniform is the worst that has one mode */
	static const struct { const char *name; double (*draw)(struct prng *r); int most; } t[] = {
		{ "uniform", uniform, 65 }, { "normal", normal, 30 },
		{ "exponential", exponential, 30 }, { "normal with outliers", with_outliers, 30 },
	};
	double x[10], y[10];
	struct prng r;
	int i, j, k, wolf, drift;

	for (i = 0; i < N(t); i++) {
		prng_seed(&r, i);
		for (j = wolf = drift = 0; j < TRIALS; j++) {
			for (k = 0; k < 10; k++)
				x[k] = y[k] = t[i].draw(&r);
			qsort(x, 10, sizeof(*x), compare);
			/* as stat_dip_test() would, with its trials made once for all */
			wolf += stat_dip(x, 10) > 0.1396;
			drift += stat_trend(y, 10).p < STAT_ALPHA_TREND;
		}
		CHECK(wolf <= t[i].most, "%s, n = 10: %d of %d have two modes, it says",
		      t[i].name, wolf, TRIALS);
		CHECK(drift <= 20, "and %d drift", drift);
	}
}

static void test_two_modes(void)
{
	static const double one[] = { 3.1, 3.3, 3.0, 3.2, 3.4, 3.15, 3.25, 3.05, 3.35, 3.2 };
	double x[10];
	struct prng r;
	int i, j, seen = 0;

	CHECK(stat_dip_test(one, 10).p > 0.2, "one mode: p = %.2f", stat_dip_test(one, 10).p);
	prng_seed(&r, 4);
	for (i = 0; i < 50; i++) {
		for (j = 0; j < 10; j++)
			x[j] = normal(&r) + (j % 2 ? 8 : 0);
		seen += stat_dip_test(x, 10).p < STAT_ALPHA_DIP;
	}
	CHECK(seen >= 35, "five and five, eight deviations apart: seen in %d of 50", seen);
}

/*
 * One-sided chances of Kendall's S, from R. O. Gilbert, "Statistical Methods for
 * Environmental Pollution Monitoring", 1987, table A18.
 */
static void test_kendall(void)
{
	static const struct { int n, s; double p; } t[] = {
		{ 4, 6, 0.042 }, { 5, 8, 0.042 }, { 5, 10, 0.0083 }, { 8, 16, 0.031 },
		{ 8, 18, 0.016 }, { 8, 20, 0.0071 }, { 10, 21, 0.036 }, { 10, 23, 0.023 },
		{ 10, 25, 0.014 }, { 10, 27, 0.0083 },
	};
	double x[10], tmp;
	int i, j, k;

	for (i = 0; i < N(t); i++) {
		/* rising, then neighbours change places until S is what is wanted */
		for (j = 0; j < t[i].n; j++)
			x[j] = j;
		for (k = (t[i].n * (t[i].n - 1) / 2 - t[i].s) / 2; k > 0; k--) {
			for (j = 0; x[j] > x[j + 1]; j++)
				;
			tmp = x[j];
			x[j] = x[j + 1];
			x[j + 1] = tmp;
		}
		CHECK(stat_trend(x, t[i].n).s == t[i].s &&
		      near(stat_trend(x, t[i].n).p / 2, t[i].p, 0.06 * t[i].p),
		      "n = %d, S = %d: p = %g (is %.5f)", t[i].n, t[i].s, t[i].p,
		      stat_trend(x, t[i].n).p / 2);
	}
}

static void test_trend(void)
{
	static const double ties[] = { 23, 24, 29, 6, 29, 24, 24, 29, 23 };
	double x[60];
	int i;

	/* groups of two, three and three: (9 8 23 - 2 1 9 - 2 3 2 11) / 18 is the variance */
	CHECK(near(stat_trend(ties, 9).s, 3, 0) &&
	      near(stat_trend(ties, 9).p, erfc(2 / sqrt(83.6667) / M_SQRT2), 1e-6),
	      "ties: S = %g, p = %.4f", stat_trend(ties, 9).s, stat_trend(ties, 9).p);
	for (i = 0; i < 60; i++)
		x[i] = -i;
	CHECK(stat_trend(x, 60).tau == -1 && stat_trend(x, 60).p < 1e-9, "all falling: tau = -1");
	CHECK(near(stat_trend(x, 50).p, 0, 1e-9) && stat_trend(x, 2).p == 1, "exact up to 50");
	for (i = 0; i < 60; i++)
		x[i] = 1;
	CHECK(stat_trend(x, 60).p == 1 && isnan(stat_trend(x, 1).p), "no change, no trend");
}

int main(void)
{
	ktap_begin();
	test_faculty();
	test_dip_of_known();
	test_quantiles();
	test_false_alarms();
	test_two_modes();
	test_kendall();
	test_trend();
	return ktap_end();
}
