// SPDX-License-Identifier: GPL-2.0-only
/*
 * A/A tests: the same thing measured twice, compared by the kit's own rule. Every
 * verdict is false, and there may be no more of them than STAT_ALPHA allows. On made-up
 * numbers of awkward shapes.
 */
#include <math.h>
#include <stdlib.h>

#include "../../src/driver/stat.h"
#include "../../src/driver/stat_prng.h"
#include "ktap.h"

#define SHAPES	400	/* comparisons of made-up data, per shape */
#define MAX_N	10

static bool verdict(const double *a, const double *b, int n, uint64_t seed)
{
	static double ra[STAT_RESAMPLES], rb[STAT_RESAMPLES];
	struct stat_est diff;

	if (stat_resample_medians(a, n, prng_derive(seed, "a"), ra) ||
	    stat_resample_medians(b, n, prng_derive(seed, "b"), rb))
		return true;
	diff = stat_diff(stat_median(a, n), ra, stat_median(b, n), rb);
	return stat_verdict(diff, stat_mann_whitney(a, n, b, n).p, -1) > STAT_SAME;
}

static double uniform(struct prng *r)
{
	return (prng_below(r, 1U << 30) + 0.5) / (1U << 30);
}

static double normal(struct prng *r)
{
	return sqrt(-2 * log(uniform(r))) * cos(2 * M_PI * uniform(r));
}

static double lognormal(struct prng *r, int i)
{
	return exp(0.2 * normal(r));
}

/* As ipi-2vm: fast, or slow by orders of magnitude, and nothing between */
static double bimodal(struct prng *r, int i)
{
	return (uniform(r) < 0.5 ? 0.1 : 7) * exp(0.1 * normal(r));
}

/* A machine that gets slower: arms that alternate in blocks get the same of it */
static double drifting(struct prng *r, int i)
{
	return 1 + 0.05 * i + 0.1 * normal(r);
}

/* Counts are whole, so there are ties */
static double tied(struct prng *r, int i)
{
	return prng_below(r, 4);
}

static double share(double (*draw)(struct prng *r, int i), int n)
{
	double a[MAX_N], b[MAX_N];
	struct prng r;
	int i, j, wrong = 0;

	prng_seed(&r, 1);
	for (i = 0; i < SHAPES; i++) {
		for (j = 0; j < n; j++) {
			a[j] = draw(&r, j);
			b[j] = draw(&r, j);
		}
		wrong += verdict(a, b, n, i);
	}
	return wrong / (double)SHAPES;
}

static void test_shapes(void)
{
	static const struct {
		const char *name;
		double (*draw)(struct prng *r, int i);
	} shapes[] = {
		{ "lognormal", lognormal }, { "bimodal", bimodal }, { "drifting", drifting },
		{ "tied", tied },
	};
	/* three standard deviations of a binomial share */
	double limit = STAT_ALPHA + 3 * sqrt(STAT_ALPHA * (1 - STAT_ALPHA) / SHAPES);
	unsigned int i, n;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		for (n = STAT_MIN_INTERVAL; n <= MAX_N; n += MAX_N - STAT_MIN_INTERVAL) {
			double wrong = share(shapes[i].draw, n);

			CHECK(wrong <= limit, "%s, n=%u: %.1f %% of verdicts are false",
			      shapes[i].name, n, wrong * 100);
		}
	}
}

int main(void)
{
	ktap_begin();
	test_shapes();
	return ktap_end();
}
