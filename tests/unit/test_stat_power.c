// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests within boots, shares, power, equivalence and adjusted p: against published values.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "stat/median.h"
#include "stat/power.h"
#include "stat/prng.h"
#include "stat/share.h"

#define N(x) ((int)(sizeof(x) / sizeof((x)[0])))

static int near(double x, double want, double tolerance)
{
	return fabs(x - want) <= tolerance;
}

/*
 * Pairs are boots of one run of each arm, and the test is the sign test: one pair of ten against
 * the rest has p = 2 x 0.011 (S. Siegel, "Nonparametric Statistics", 1956, table D).
 */
static void test_signs(void)
{
	double a[10], b[10];
	int boot[10], i;
	struct stat_test t;

	for (i = 0; i < 10; i++) {
		boot[i] = i;
		a[i] = 100 * i;
		b[i] = a[i] + (i ? 1 : -1);
	}
	t = stat_van_elteren(a, boot, 10, b, boot, 10);
	CHECK(t.exact && near(t.p, 2 * 11 / 1024., 1e-12), "9 of 10 pairs rise: p = %g", t.p);
	CHECK(t.effect == 0.9 && t.u == 9, "pairs are of one boot: A = %g", t.effect);
	CHECK(near(t.alpha, 2 * 11 / 1024., 1e-12), "and there is no larger p below 0.05");
	t = stat_van_elteren(a, boot, 5, b, boot + 5, 5);
	CHECK(isnan(t.p) && isnan(t.effect), "no boot in common: nothing to compare");
}

/* The same by going through all ways to label the values of each boot. */
static double brute_p(const double *v, const int *boot, const int *is_b, int n)
{
	double stat[2] = { 0 }, below = 0, above = 0, all = 0;
	int mask, i, j, size[8], want[8] = { 0 }, have[8];
	double rank[16];

	for (i = 0; i < n; i++) {
		rank[i] = 0.5;
		size[boot[i]] = 0;
		want[boot[i]] += is_b[i];
		for (j = 0; j < n; j++) {
			if (boot[j] != boot[i])
				continue;
			size[boot[i]]++;
			rank[i] += (v[j] < v[i]) + 0.5 * (v[j] == v[i]);
		}
	}
	for (i = 0; i < n; i++)
		stat[0] += is_b[i] * rank[i] / (size[boot[i]] + 1);
	for (mask = 0; mask < 1 << n; mask++) {
		memset(have, 0, sizeof(have));
		stat[1] = 0;
		for (i = 0; i < n; i++) {
			have[boot[i]] += mask >> i & 1;
			stat[1] += (mask >> i & 1) * rank[i] / (size[boot[i]] + 1);
		}
		for (i = 0; i < n && have[boot[i]] == want[boot[i]]; i++)
			;
		if (i < n)
			continue;
		all++;
		below += stat[1] <= stat[0] + 1e-9;
		above += stat[1] >= stat[0] - 1e-9;
	}
	return fmin(1, 2 * fmin(below, above) / all);
}

/* Boots of unequal size, with ties, and not in order. */
static void test_strata(void)
{
	static const int boot_a[] = { 0, 0, 1, 1, 2, 2, 0 }, boot_b[] = { 0, 1, 1, 2, 0 };
	int boot[12], is_b[12], i, j, ok = 1, one_boot[12] = { 0 };
	struct stat_test t, m;
	struct prng r;
	double v[12];

	for (i = 0; i < 12; i++) {
		boot[i] = i < 7 ? boot_a[i] : boot_b[i - 7];
		is_b[i] = i >= 7;
	}
	prng_seed(&r, 8);
	for (i = 0; i < 40; i++) {
		for (j = 0; j < 12; j++)
			v[j] = 10 * boot[j] + prng_below(&r, 6) + is_b[j];
		t = stat_van_elteren(v, boot_a, 7, v + 7, boot_b, 5);
		ok &= t.exact && near(t.p, brute_p(v, boot, is_b, 12), 1e-12);
	}
	CHECK(ok, "boots of unequal size, with ties: the same p as by all permutations");
	m = stat_mann_whitney(v, 7, v + 7, 5);
	t = stat_van_elteren(v, one_boot, 7, v + 7, one_boot, 5);
	CHECK(t.p == m.p && t.u == m.u && t.effect == m.effect && t.alpha == m.alpha,
	      "of one boot it is Mann and Whitney's");
}

/* What boots differ by is in no rank: far apart or not, the p is the same. */
static void test_many(void)
{
	double a[240], b[240], far_a[240], far_b[240];
	struct stat_test near_by, far;
	int boot[240], i;
	struct prng r;

	prng_seed(&r, 4);
	for (i = 0; i < 240; i++) {
		boot[i] = i / 60;
		a[i] = prng_below(&r, 1000);
		b[i] = prng_below(&r, 1000) + 60;
		far_a[i] = a[i] + 5000 * boot[i];
		far_b[i] = b[i] + 5000 * boot[i];
	}
	near_by = stat_van_elteren(a, boot, 240, b, boot, 240);
	far = stat_van_elteren(far_a, boot, 240, far_b, boot, 240);
	CHECK(!near_by.exact && near_by.p == far.p && near_by.p < 0.05,
	      "many values: by the normal approximation, p = %.4f", far.p);
	CHECK(stat_mann_whitney(far_a, 240, far_b, 240).p > 0.2,
	      "where without boots nothing is seen");
}

/* Boots of 80 and 40 values; p by scipy's rank sums of each, with weights 1/81 and 1/41. */
static void test_unequal(void)
{
	int boot_a[70], boot_b[50], i;
	double a[70], b[50];
	struct stat_test t;

	for (i = 0; i < 70; i++) {
		boot_a[i] = i >= 40;
		a[i] = i < 40 ? 2 * i : 3 * (i - 40);
	}
	for (i = 0; i < 50; i++) {
		boot_b[i] = i >= 40;
		b[i] = i < 40 ? 2 * i + 11 : 9 * (i - 40) + 4;
	}
	t = stat_van_elteren(a, boot_a, 70, b, boot_b, 50);
	CHECK(!t.exact && near(t.p, 0.07735386623655109, 1e-12),
	      "a large boot outweighs a small one by less than its size: p = %.4f", t.p);
}

/* 4 against 4 have p = 2/70 and 4/70: the first is the only one below 0.05. */
static void test_attainable(void)
{
	static const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct stat_test t = stat_mann_whitney(x, 4, x + 4, 4);

	CHECK(near(t.alpha, 2 / 70., 1e-12), "4 against 4: no p between 2/70 and 0.05");
	t = stat_mann_whitney(x, 3, x + 3, 3);
	CHECK(t.alpha == 0, "3 against 3: none at all");
}

/*
 * R. G. Newcombe, Statistics in Medicine 17 (1998), pages 857 to 872, table I, method 3; and
 * pages 873 to 890, table II, method 10.
 */
static void test_newcombe(void)
{
	static const struct { int k, n; double lo, hi; } one[] = {
		{ 81, 263, 0.2553, 0.3662 }, { 15, 148, 0.0624, 0.1605 },
		{ 0, 20, 0, 0.1611 }, { 1, 29, 0.0061, 0.1718 },
	};
	static const struct { int ka, na, kb, nb; double lo, hi; } two[] = {
		{ 48, 80, 56, 70, 0.0524, 0.3339 }, { 3, 10, 9, 10, 0.1705, 0.8090 },
		{ 2, 7, 6, 7, 0.0582, 0.8062 }, { 0, 29, 5, 56, -0.0381, 0.1926 },
		{ 0, 20, 0, 10, -0.1611, 0.2775 }, { 0, 10, 10, 10, 0.6075, 1 },
	};
	struct stat_est e;
	int i;

	for (i = 0; i < N(one); i++) {
		e = stat_share(one[i].k, one[i].n);
		CHECK(near(e.lo, one[i].lo, 5e-5) && near(e.hi, one[i].hi, 5e-5),
		      "%d of %d: [%.4f, %.4f]", one[i].k, one[i].n, e.lo, e.hi);
	}
	for (i = 0; i < N(two); i++) {
		e = stat_share_diff(two[i].ka, two[i].na, two[i].kb, two[i].nb);
		CHECK(near(e.lo, two[i].lo, 5e-5) && near(e.hi, two[i].hi, 5e-5),
		      "%d of %d less %d of %d: [%.4f, %.4f]", two[i].kb, two[i].nb, two[i].ka,
		      two[i].na, e.lo, e.hi);
	}
	CHECK(isnan(stat_share(0, 0).value) && isnan(stat_share_diff(0, 0, 1, 2).value),
	      "of nothing: unknown");
}

/* R's help page for fisher.test(): Fisher's tea drinker, and convictions of like-sex twins. */
static void test_fisher(void)
{
	CHECK(near(stat_fisher(3, 4, 1, 4), 0.4857, 5e-5), "the tea drinker: p = 0.4857");
	CHECK(near(stat_fisher(2, 17, 10, 13), 0.0005367, 5e-8), "twins: p = 0.0005367");
	CHECK(near(stat_fisher(5, 10, 0, 10), 0.0325, 5e-5), "5 of 10 against none: p = 0.0325");
	CHECK(stat_fisher(0, 10, 0, 10) == 1 && isnan(stat_fisher(0, 0, 1, 2)), "nothing to tell");
}

/* That share, and no smaller one, has the wanted power: counted by simulation. */
static void test_share_detectable(void)
{
	double d = stat_share_detectable(0.1, 10, 10), found = 0;
	int i, j, k[2], trials = 4000;
	struct prng r;

	prng_seed(&r, 12);
	for (i = 0; i < trials; i++) {
		for (j = k[0] = k[1] = 0; j < 10; j++) {
			k[0] += prng_below(&r, 1000000) < 100000;
			k[1] += prng_below(&r, 1000000) < (0.1 + d) * 1e6;
		}
		found += stat_fisher(k[0], 10, k[1], 10) < STAT_ALPHA;
	}
	CHECK(near(found / trials, STAT_POWER, 0.02), "from 0.1 on, %.2f more are found in %.1f %%",
	      d, 100 * found / trials);
	CHECK(isnan(stat_share_detectable(0.5, 5, 5)), "5 of 10 that half stall: nothing is found");
	/* Cohen (1988), table 6.4.1: h = 0.40 takes 98 in each group, two-sided, power 0.80 */
	d = stat_share_detectable(0.5, 98, 98);
	CHECK(near(2 * asin(sqrt(0.5 + d)) - 2 * asin(sqrt(0.5)), 0.40, 0.002),
	      "98 against 98: h = 0.40");
}

/* Quantiles as in the tables of any textbook; and the normal distribution's far out. */
static void test_student(void)
{
	static const struct { double p, df, t; } q[] = {
		{ 0.975, 1, 12.706 }, { 0.975, 6, 2.447 }, { 0.975, 10, 2.228 }, { 0.95, 4, 2.132 },
		{ 0.995, 20, 2.845 }, { 0.8, 10, 0.879 }, { 0.025, 10, -2.228 },
		{ 0.975, 1e7, 1.960 },
	};
	int i;

	for (i = 0; i < N(q); i++)
		CHECK(near(stat_student_quantile(q[i].p, q[i].df), q[i].t, 6e-4),
		      "quantile %g, %g degrees: %g", q[i].p, q[i].df, q[i].t);
	CHECK(stat_student(0, 5) == 0.5 && near(stat_student(1, 1), 0.75, 1e-15),
	      "the middle, and Cauchy's");
	CHECK(isnan(stat_student(1, 0)) && isnan(stat_student_quantile(0.5, 0)), "no degrees");
	CHECK(stat_student(INFINITY, 3) == 1 && stat_student(-INFINITY, 3) == 0, "the ends");
}

/* Bloom (1995): 2.8 standard errors for 80 % at 0.05, two-sided; by Student where df are few. */
static void test_detectable(void)
{
	CHECK(near(stat_detectable(1, 1e6, 0.05), 2.8, 0.05), "2.8 standard errors");
	CHECK(near(stat_detectable(2, 6, 0.05), 2 * (2.447 + 0.906), 2e-3), "6 degrees: 3.35");
	CHECK(isinf(stat_detectable(1, 4, 0)), "where no p is below 0.05, nothing is found");
	CHECK(isnan(stat_detectable(NAN, 6, 0.05)), "unknown error");
}

static void test_equivalence(void)
{
	double t = stat_student_quantile(0.95, 8);

	CHECK(near(stat_equivalence(0.01, 0.02, 8, 0.01 + 0.02 * t), 0.05, 1e-9) &&
	      near(stat_equivalence(-0.01, 0.02, 8, 0.01 + 0.02 * t), 0.05, 1e-9),
	      "p is 0.05 where the 90 %% interval touches the margin, on either side");
	CHECK(stat_equivalence(0.3, 0.02, 8, 0.2) > 0.99, "beyond the margin");
	CHECK(stat_equivalence(0.1, 0, 8, 0.2) == 0 && stat_equivalence(0.2, 0, 8, 0.2) == 1,
	      "without error, inside and not");
	CHECK(isnan(stat_equivalence(0.1, 0.1, 0, 0.2)), "without degrees of freedom: unknown");
}

static void test_holm(void)
{
	static const double p[] = { 0.01, NAN, 0.04, 0.03, 0.005 };
	static const double want[] = { 0.03, NAN, 0.06, 0.06, 0.02 };
	static const double large[] = { 0.6, 0.7 };
	double q[5];
	int i, ok = 1;

	/* R 4.2: p.adjust(c(0.01, NA, 0.04, 0.03, 0.005), "holm") */
	stat_holm(p, 5, q);
	for (i = 0; i < 5; i++)
		ok &= isnan(want[i]) ? isnan(q[i]) : near(q[i], want[i], 1e-15);
	CHECK(ok, "as R's p.adjust(), with a gap");
	stat_holm(large, 2, q);
	CHECK(q[0] == 1 && q[1] == 1, "none is above 1");
}

/*
 * Dyestuff: O. L. Davies and P. L. Goldsmith, "Statistical Methods in Research and Production",
 * 4th edition, 1972, section 6.4 (also in R's package lme4): 6 batches of 5, variances 1764 and 2451.
 */
static void test_parts(void)
{
	static const double yield[] = {
		1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510,
		1560, 1445, 1440, 1595, 1465, 1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450,
		1480, 1445,
	};
	static const int alone[] = { 0, 1, 2 };
	struct stat_parts parts;
	int batch[30], i;

	for (i = 0; i < 30; i++)
		batch[i] = i / 5;
	parts = stat_variance_parts(yield, batch, 30);
	CHECK(near(parts.between, 1764, 0.1) && near(parts.within, 2451.25, 0.01) && parts.size == 5,
	      "dyestuff: %.0f between, %.0f within", parts.between, parts.within);
	parts = stat_variance_parts((double []){ 0, 10, 10, 0 }, (int []){ 0, 0, 1, 1 }, 4);
	CHECK(parts.between == 0 && parts.within == 50, "boots nearer than chance: nothing between");
	CHECK(isnan(stat_variance_parts(yield, alone, 3).within), "boots of one value cannot tell");
	CHECK(isnan(stat_variance_parts(yield, batch, 5).between), "nor can one boot");
}

int main(void)
{
	ktap_begin();
	test_signs();
	test_strata();
	test_many();
	test_unequal();
	test_attainable();
	test_newcombe();
	test_fisher();
	test_share_detectable();
	test_student();
	test_detectable();
	test_equivalence();
	test_holm();
	test_parts();
	return ktap_end();
}
