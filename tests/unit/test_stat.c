// SPDX-License-Identifier: GPL-2.0-only
/*
 * The statistics against published values and against brute force.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "ktap.h"
#include "stat/draw.h"
#include "stat/median.h"
#include "stat/prng.h"

#define N(x) ((int)(sizeof(x) / sizeof((x)[0])))

static struct stat_est stat_median_est(const double *x, int n, uint64_t seed)
{
	static double r[STAT_RESAMPLES];
	struct stat_est none = { NAN, NAN, NAN };

	return stat_resample_medians(x, NULL, n, seed, r) ? none : stat_interval(stat_median(x, n), r);
}

static int near(double x, double want, double tolerance)
{
	return fabs(x - want) <= tolerance;
}

static void test_median(void)
{
	static const double odd[] = { 3, 1, 2 }, even[] = { 4, 1, 3, 2 };
	/* R: quantile(c(1, 2, 4, 8), c(.25, .75)) is 1.75 and 5 */
	static const double q[] = { 8, 1, 4, 2 };
	int i, j, n, ok = 1;
	double v[12], want;
	struct prng r;

	CHECK(stat_median(odd, 3) == 2, "median of an odd number of values");
	CHECK(stat_median(even, 4) == 2.5, "median of an even number of values");
	CHECK(isnan(stat_median(odd, 0)), "no values, no median");
	prng_seed(&r, 3);
	for (i = 0; i < 2000; i++) {
		n = 1 + prng_below(&r, 12);
		for (j = 0; j < n; j++)
			v[j] = prng_below(&r, 6);
		want = stat_median(v, n);
		ok &= stat_median_of(v, n) == want;
	}
	CHECK(ok, "the quick median is the same, with ties and without");
	CHECK(stat_quantile(q, 4, 0.25) == 1.75 && stat_quantile(q, 4, 0.75) == 5,
	      "quantiles of type 7");
}

/*
 * Survival times of mice, from Efron and Tibshirani, "An Introduction to the
 * Bootstrap" (1993), table 2.1: for infinitely many resamples the standard error
 * of the treated group's median (94) is 37.83.
 */
static void test_bootstrap_se(void)
{
	static const double treated[] = { 94, 197, 16, 38, 99, 141, 23 };
	static double r[STAT_RESAMPLES];
	double mean = 0, var = 0;
	int i;

	CHECK(stat_median(treated, 7) == 94, "the mice: median 94");
	stat_resample_medians(treated, NULL, 7, 1, r);
	for (i = 0; i < STAT_RESAMPLES; i++)
		mean += r[i] / STAT_RESAMPLES;
	for (i = 0; i < STAT_RESAMPLES; i++)
		var += (r[i] - mean) * (r[i] - mean) / STAT_RESAMPLES;
	CHECK(near(sqrt(var), 37.83, 1.3), "the mice: standard error 37.83 (is %.2f)", sqrt(var));
}

/*
 * The bootstrap distribution of the median of an odd number of values is known:
 * P(median* <= k-th value) = P(Binomial(n, k/n) > n/2), Maritz and Jarrett,
 * Journal of the American Statistical Association 73 (1978). For n = 11 it is
 * 0.0072 at the 2nd, 0.0512 at the 3rd, 0.9488 at the 8th and 0.9928 at the 9th.
 */
static void test_interval(void)
{
	double x[11];
	struct stat_est e, f;
	int i;

	for (i = 0; i < 11; i++)
		x[i] = (i + 1) * (i + 1);
	e = stat_median_est(x, 11, 7);
	CHECK(e.value == 36 && e.lo == 9 && e.hi == 81, "n = 11: from the 3rd to the 9th value");
	f = stat_median_est(x, 11, 7);
	CHECK(e.lo == f.lo && e.hi == f.hi, "the same seed, the same interval");
	e = stat_median_est(x, 1, 7);
	CHECK(e.lo == 1 && e.hi == 1, "one value: an interval of no width");
	CHECK(isnan(stat_median_est(x, 0, 7).lo), "no value: none");
}

/* How often the interval of a median holds the true one: near 95 of 100 times. */
static void test_coverage(void)
{
	double x[10];
	int i, j, hit = 0, trials = 400;
	struct stat_est e;
	struct prng r;

	prng_seed(&r, 99);
	for (i = 0; i < trials; i++) {
		for (j = 0; j < 10; j++)
			x[j] = -log((prng_below(&r, 1000000) + 1) / 1000001.0);
		e = stat_median_est(x, 10, i);
		hit += e.lo <= M_LN2 && M_LN2 <= e.hi;
	}
	CHECK(hit >= trials * 90 / 100 && hit <= trials * 99 / 100,
	      "intervals hold the true median of an exponential in %d of %d trials", hit, trials);
}

/* Of two boots of 3 and 1 values: 3 + 3, 3 + 1 or 1 + 1 are drawn, and those of a boot together. */
static void test_draw(void)
{
	static const int boot[] = { 2, 2, 2, 5 };
	int times[4], i, n, seen[7] = { 0 }, torn = 0, runs = 0;
	struct stat_draw d;
	struct prng rnd;

	prng_seed(&rnd, 1);
	CHECK(!stat_draw_init(&d, boot, 4, NULL, 0) && d.nr_boots == 2 && d.most == 6, "two boots");
	for (i = 0; i < 4000; i++) {
		n = stat_draw(&d, &rnd, &rnd, times);
		seen[n]++;
		torn += n != times[0] + times[1] + times[2] + times[3] || times[3] > 2 ||
			(times[0] + times[1] + times[2]) % 3;
	}
	stat_draw_free(&d);
	CHECK(!torn, "of each drawn boot as many values as it has");
	CHECK(abs(seen[2] - 1000) < 120 && abs(seen[4] - 2000) < 140 && abs(seen[6] - 1000) < 120,
	      "each boot as often as the other: %d, %d, %d", seen[2], seen[4], seen[6]);
	CHECK(!stat_draw_init(&d, NULL, 4, NULL, 0) && d.nr_boots == 1, "without boots");
	for (i = 0; i < 1000; i++)
		runs += stat_draw(&d, &rnd, &rnd, times) == 4;
	stat_draw_free(&d);
	CHECK(runs == 1000, "as many values as there are");
}

/* Values of boot 7 lie apart, boot 5 is not drawn from; the same boots for the same seed. */
static void test_draw_only(void)
{
	static const int boot[] = { 7, 5, 7, 2, 5, 2 }, only[] = { 2, 7 };
	static const int other_boot[] = { 2, 2, 2, 7 };
	int times[6], other[6], i, wrong = 0, unlike = 0, apart = 0;
	struct prng boots, runs, other_boots, other_runs;
	struct stat_draw d, e;

	CHECK(!stat_draw_init(&d, boot, 6, only, 2) && d.nr_boots == 2 && d.most == 4,
	      "two of three boots");
	CHECK(!stat_draw_init(&e, other_boot, 4, only, 2) && e.nr_boots == 2, "of other sizes");
	prng_seed(&boots, 1);
	prng_seed(&other_boots, 1);
	prng_seed(&runs, 2);
	prng_seed(&other_runs, 3);
	for (i = 0; i < 1000; i++) {
		wrong += stat_draw(&d, &boots, &runs, times) != 4;
		stat_draw(&e, &other_boots, &other_runs, other);
		wrong += times[1] || times[4] || times[0] + times[2] + times[3] + times[5] != 4;
		unlike += (times[0] + times[2]) / 2 != other[3];
		apart += times[0] != other[3];
	}
	CHECK(!wrong, "values that lie apart are of one boot, and others are not drawn");
	CHECK(!unlike && apart > 100, "the same boots are drawn, not the same runs");
	stat_draw_free(&d);
	stat_draw_free(&e);
}

/* Which boots were drawn, as a number. */
static double drawn_boots(void *boot, const int *times, int drawn, int nr)
{
	double sum = 0;
	int i;

	for (i = 0; i < 6; i++)
		sum += times[i] * pow(100, ((const int *)boot)[i]);
	return sum;
}

/* Arms that share boots: the same ones are drawn for both, but not the same runs. */
static void test_shared_boots(void)
{
	static const int boot[] = { 0, 0, 1, 1, 2, 2 };
	static double a[STAT_RESAMPLES], b[STAT_RESAMPLES];
	struct stat_estimator e = { drawn_boots, (void *)boot };
	uint64_t seed = 7, other = 8;
	struct stat_draw d;

	CHECK(!stat_draw_init(&d, boot, 6, NULL, 0) && !stat_bootstrap(&e, &d, 1, &seed, a) &&
	      !stat_bootstrap(&e, &d, 2, &seed, b) && !memcmp(a, b, sizeof(a)),
	      "one seed of boots, the same boots");
	CHECK(!stat_bootstrap(&e, &d, 1, &other, b) && memcmp(a, b, sizeof(a)),
	      "another, others");
	stat_draw_free(&d);
}

/* Within boots: a small one gives one value less than it has, each of which counts for more. */
static void test_within(void)
{
	static const int boot[] = { 0, 0, 0, 4, 4 };
	int times[5], i, odd = 0, last = 0, seen[5] = { 0 };
	struct stat_draw d;
	struct prng rnd;

	prng_seed(&rnd, 1);
	CHECK(!stat_draw_init(&d, boot, 5, NULL, 0) && !stat_draw_within(&d), "boots of 3 and 2");
	for (i = 0; i < 3000; i++) {
		/* 2 of 3 values, each for 1.5; 1 of 2, for 2: as whole numbers 3 and 4 */
		last = stat_draw(&d, &rnd, &rnd, times);
		odd += last != 10 || times[0] + times[1] + times[2] != 6 || times[3] + times[4] != 4 ||
		       times[0] % 3 || times[3] % 4;
		seen[0] += times[0] / 3;
		seen[3] += times[3] / 4;
	}
	CHECK(!odd, "each boot counts as its size: %d", last);
	CHECK(abs(seen[0] - 2000) < 120 && abs(seen[3] - 1500) < 120,
	      "each value as often as the other: %d of 6000, %d of 3000", seen[0], seen[3]);
	stat_draw_free(&d);
}

/* Of boots of 5 to 20 runs the exact weights would be too large for an int. */
static void test_within_many(void)
{
	int boot[200], times[200], size, i, n = 0, sum = 0, drawn, worst = 0, of_boot;
	struct stat_draw d;
	struct prng rnd;

	for (size = 5; size <= 20; size++) {
		for (i = 0; i < size; i++)
			boot[n++] = size;
	}
	prng_seed(&rnd, 1);
	CHECK(n == 200 && !stat_draw_init(&d, boot, n, NULL, 0) && !stat_draw_within(&d),
	      "boots of 5 to 20");
	drawn = stat_draw(&d, &rnd, &rnd, times);
	for (i = 0, n = 0, size = 5; size <= 20; size++) {
		for (of_boot = 0; n < 200 && boot[n] == size; n++)
			of_boot += times[n];
		sum += of_boot;
		i = abs((int)((int64_t)of_boot * 200 / size - drawn));
		worst = i > worst ? i : worst;
	}
	CHECK(drawn == sum && drawn > 0, "they are counted");
	CHECK(worst < drawn / 1000, "each counts as its size, to 0.1 %%: %d of %d off", worst, drawn);
	stat_draw_free(&d);
	boot[0] = 1;	/* a boot of one value behind many */
	CHECK(!stat_draw_init(&d, boot, 200, NULL, 0) && stat_draw_within(&d), "one is refused");
	stat_draw_free(&d);
}

static void test_means(void)
{
	static const double x[] = { 1, 10, 100 }, zero[] = { 0, 1 };
	static const double a[] = { 1, 2, 4, 8 }, b[] = { 2, 4, 8, 16 };
	static double ra[STAT_RESAMPLES], rb[STAT_RESAMPLES];
	int i;

	CHECK(near(stat_geometric_mean(x, 3), 10, 1e-12) && stat_mean(x, 3) == 37, "means");
	CHECK(isnan(stat_geometric_mean(zero, 2)) && isnan(stat_mean(x, 0)), "that are not there");
	for (i = 0; i < STAT_RESAMPLES; i++) {
		ra[i] = a[i % 4];
		rb[i] = i % 2 ? b[i % 4] : 2 * b[i % 4];
	}
	/* logs of the ratio are ln 2 and ln 4, half of them each */
	CHECK(near(stat_error(ra, rb, true), M_LN2 / 2, 1e-4), "error of the log of a ratio");
	CHECK(stat_error(ra, ra, false) == 0, "and of no difference");
}

/* Four boots that are far apart: intervals know of it, where runs alone do not. */
static void test_boots(void)
{
	static const double x[] = { 1, 1.1, 1.2, 2, 2.1, 2.2, 3, 3.1, 3.2, 4, 4.1, 4.2 };
	static const int boot[] = { 0, 0, 0, 3, 3, 3, 4, 4, 4, 7, 7, 7 };
	static double resamples[STAT_RESAMPLES];
	struct stat_est e;
	double m[12];

	CHECK(stat_boot_values(x, boot, 12, stat_median, m) == 4 && m[0] == 1.1 && m[1] == 2.1 &&
	      m[2] == 3.1 && m[3] == 4.1, "their medians");
	CHECK(stat_boot_values(x, boot, 0, stat_median, m) == 0, "of no boots");
	CHECK(stat_boot_values((double []){ 1, 10, 3, 12 }, (int []){ 5, 2, 5, 2 }, 4, stat_median,
			       m) == 2 && m[0] == 2 && m[1] == 11, "of boots that take turns");
	CHECK(!stat_resample_medians(x, boot, 12, 1, resamples), "resamples");
	e = stat_interval(stat_median(x, 12), resamples);
	CHECK(e.lo < 1.3 && e.hi > 3.9, "[%.2f, %.2f]: boots may be drawn alone", e.lo, e.hi);
	CHECK(!stat_resample_medians(x, NULL, 12, 1, resamples), "resamples of runs");
	e = stat_interval(stat_median(x, 12), resamples);
	CHECK(e.lo > 1.5 && e.hi < 3.9, "[%.2f, %.2f]: runs are drawn", e.lo, e.hi);
}

static void test_change(void)
{
	static const double a[] = { 10, 10, 10, 10 }, b[] = { 13, 13, 13, 13 };
	static const double zero[] = { 0, 1, 2, 3 };
	static double ra[STAT_RESAMPLES], rb[STAT_RESAMPLES], rz[STAT_RESAMPLES];
	struct stat_est e;

	stat_resample_medians(a, NULL, 4, 1, ra);
	stat_resample_medians(b, NULL, 4, 2, rb);
	stat_resample_medians(zero, NULL, 4, 3, rz);
	e = stat_change(10, ra, 13, rb);
	CHECK(near(e.value, 0.3, 1e-12) && near(e.lo, 0.3, 1e-12) && near(e.hi, 0.3, 1e-12),
	      "13 against 10 is +30 %%");
	e = stat_diff(10, ra, 13, rb);
	CHECK(e.value == 3 && e.lo == 3 && e.hi == 3, "and 3 more");
	CHECK(isnan(stat_change(1.5, rz, 13, rb).value), "there is no percentage of zero");
	e = stat_diff(1.5, rz, 13, rb);
	CHECK(e.value == 11.5 && e.lo < 11.5 && e.hi > 11.5, "but a difference");
	CHECK(stat_resample_medians(a, NULL, 0, 1, ra) == -1, "nothing comes from nothing");
}

/*
 * Critical values of U, two-sided at 0.05 and 0.01, as in the tables of any
 * textbook (S. Siegel, "Nonparametric Statistics", 1956, table K): U is
 * significant, U + 1 is not.
 */
static void test_critical(void)
{
	static const struct { int na, nb, u05, u01; } t[] = {
		{ 5, 5, 2, 0 }, { 6, 6, 5, 2 }, { 8, 8, 13, 7 }, { 10, 10, 23, 16 },
		{ 9, 12, 26, 18 }, { 12, 12, 37, 27 }, { 15, 20, 90, 73 }, { 20, 20, 127, 105 },
	};
	double a[20], b[20];
	int i, j, k, u, want;
	int sig05, not05, sig01, not01;

	for (i = 0; i < N(t); i++) {
		sig05 = not05 = sig01 = not01 = 0;
		for (k = 0; k < 4; k++) {
			want = (k < 2 ? t[i].u05 : t[i].u01) + k % 2;
			/* b's values all above a's, then lowered past one of a's per step */
			for (j = 0; j < t[i].na; j++)
				a[j] = 10 * (j + 1);
			for (j = 0, u = want; j < t[i].nb; j++) {
				int step = u < t[i].na ? u : t[i].na;

				b[j] = 10 * (t[i].na - step) + 5 + j * 0.01;
				u -= step;
			}
			double p = stat_mann_whitney(a, t[i].na, b, t[i].nb).p;

			if (k == 0)
				sig05 = p <= 0.05;
			else if (k == 1)
				not05 = p > 0.05;
			else if (k == 2)
				sig01 = p <= 0.01;
			else
				not01 = p > 0.01;
		}
		CHECK(sig05 && not05, "n = %d, %d: critical U at 0.05 is %d", t[i].na, t[i].nb,
		      t[i].u05);
		CHECK(sig01 && not01, "n = %d, %d: critical U at 0.01 is %d", t[i].na, t[i].nb,
		      t[i].u01);
	}
}

/* The examples of R's help page for wilcox.test(). */
static void test_r(void)
{
	/* Hollander and Wolfe (1973), p. 69: W = 35, one-sided p = 0.1272 */
	static const double x[] = { 0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 };
	static const double y[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
	/* airquality, ozone in May and August: W = 127.5, p = 0.0001208 */
	static const double may[] = { 41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6,
				      30, 11, 1, 11, 4, 32, 23, 45, 115, 37 };
	static const double aug[] = { 39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23,
				      31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85 };
	struct stat_test m = stat_mann_whitney(y, 5, x, 10);

	CHECK(m.u == 35 && m.exact && near(m.p, 2 * 0.1272, 1e-4), "R: U = 35, p = 0.2544");
	CHECK(near(m.effect, 0.7, 1e-12), "the effect is U over all pairs: 0.7");
	m = stat_mann_whitney(aug, 26, may, 26);
	CHECK(m.u == 127.5 && !m.exact && near(m.p, 0.0001208, 5e-8),
	      "R: U = 127.5, p = 0.0001208 by the normal approximation, with ties");
}

/* The same by going through all choices of nb of the values. */
static double brute_p(const double *all, int n, int nb)
{
	int below = 0, above = 0, count = 0, mask, obs = 0, s, i, j;
	int rank2[16];

	for (i = 0; i < n; i++) {
		rank2[i] = 1;
		for (j = 0; j < n; j++)
			rank2[i] += 2 * (all[j] < all[i]) + (all[j] == all[i]);
		obs += i >= n - nb ? rank2[i] : 0;
	}
	for (mask = 0; mask < 1 << n; mask++) {
		if (__builtin_popcount(mask) != nb)
			continue;
		for (i = s = 0; i < n; i++)
			s += mask >> i & 1 ? rank2[i] : 0;
		below += s <= obs;
		above += s >= obs;
		count++;
	}
	return fmin(1, 2.0 * (below < above ? below : above) / count);
}

/* Published exact p with ties. */
static void test_published_ties(void)
{
	/* R's package exactRankTests, help page of dperm: one-sided p = 0.004351204 */
	static const double x[] = { 0.5, 0.5, 0.6, 0.6, 0.7, 0.8, 0.9 };
	static const double y[] = { 0.5, 1.0, 1.2, 1.2, 1.4, 1.5, 1.9, 2.0 };
	/*
	 * Rats on a rotating cylinder, at most 300 s: exact two-sided p = 0.0373. R. Bergmann,
	 * J. Ludbrook and W. P. J. M. Spooren, The American Statistician 54 (2000), who found
	 * other values in several statistics packages.
	 */
	static const double treated[] = { 18, 22, 75, 163, 271, 300, 300, 300, 300, 300, 300, 300 };
	double control[12];
	struct stat_test m = stat_mann_whitney(x, 7, y, 8);
	int i;

	CHECK(m.exact && near(m.p, 2 * 0.004351204, 2e-9), "tied: p = 2 x 0.004351204");
	for (i = 0; i < 12; i++)
		control[i] = 300;
	m = stat_mann_whitney(treated, 12, control, 12);
	CHECK(m.exact && near(m.p, 0.0373, 5e-5), "the rats: p = 0.0373 (is %.5f)", m.p);
	CHECK(near(m.effect, (5 * 12 + 7 * 6) / 144., 1e-12), "and A, ties as halves, is %.3f",
	      m.effect);
}

static void test_ties(void)
{
	static const double same[] = { 1, 1, 1, 1, 1, 1 };
	struct prng r;
	double v[11];
	int i, j, ok = 1;

	prng_seed(&r, 5);
	for (i = 0; i < 50; i++) {
		for (j = 0; j < 11; j++)
			v[j] = prng_below(&r, 5) + (j >= 6);
		ok &= near(stat_mann_whitney(v, 6, v + 6, 5).p, brute_p(v, 11, 5), 1e-12);
	}
	CHECK(ok, "with ties: the same p as by going through all permutations");
	CHECK(stat_mann_whitney(same, 3, same, 3).p == 1, "all alike: p = 1");
	CHECK(isnan(stat_mann_whitney(same, 3, same, 0).p), "an empty sample: no p");
}

static void test_verdict(void)
{
	struct stat_est up = { 1, 0.5, 2 }, down = { -1, -2, -0.5 }, spans = { 1, -1, 2 };
	struct stat_est none = { NAN, NAN, NAN };

	CHECK(stat_verdict(up, 0.01, 1) == STAT_BETTER, "more of what should be high: better");
	CHECK(stat_verdict(up, 0.01, -1) == STAT_WORSE, "more of what should be low: worse");
	CHECK(stat_verdict(down, 0.01, -1) == STAT_BETTER, "less of what should be low: better");
	CHECK(stat_verdict(down, 0.01, 0) == STAT_LOWER, "no direction: just lower");
	CHECK(stat_verdict(spans, 0.01, 1) == STAT_SAME, "the interval spans zero: ~");
	CHECK(stat_verdict(up, 0.2, 1) == STAT_SAME, "the test finds nothing: ~");
	CHECK(stat_verdict(up, STAT_ALPHA, 1) == STAT_SAME, "p has to be below alpha");
	CHECK(stat_verdict(none, 0.01, 1) == STAT_NONE, "nothing to compare: none");
}

/* Ranks of what does not equal itself are not looked for without end. */
static void test_not_a_number(void)
{
	const double a[] = { 1, NAN, 3 }, b[] = { NAN, INFINITY, 2 };

	alarm(10);
	CHECK(stat_mann_whitney(a, 3, b, 3).exact, "NAN among the values: there is an end");
	alarm(0);
}

int main(void)
{
	ktap_begin();
	test_not_a_number();
	test_median();
	test_bootstrap_se();
	test_interval();
	test_coverage();
	test_draw();
	test_draw_only();
	test_shared_boots();
	test_within();
	test_within_many();
	test_means();
	test_boots();
	test_change();
	test_critical();
	test_r();
	test_published_ties();
	test_ties();
	test_verdict();
	return ktap_end();
}
