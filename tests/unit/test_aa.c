// SPDX-License-Identifier: GPL-2.0-only
/*
 * A/A tests: the same thing measured twice, compared by the kit's own rule. Every
 * verdict is false, and there may be no more of them than STAT_ALPHA allows. On made-up
 * numbers of awkward shapes, and on real ones from experiments/aa-2vm.json.
 */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "ktap.h"
#include "report/report.h"
#include "stat/prng.h"

#define FIXTURE	"tests/fixtures/aa-hackbench.json"
#define SETS	40	/* comparisons of real data, per metric */
#define METRICS	4
#define SHAPES	400	/* comparisons of made-up data, per shape */
#define MAX_N	12
#define BOOTS	4	/* of each arm, where arms do not share them */

/* @boot: which boot each value is of, if arms do not share boots; else NULL. */
static bool verdict(const double *a, const double *b, const int *boot, int n, uint64_t seed)
{
	static double ra[STAT_RESAMPLES], rb[STAT_RESAMPLES];
	double ma[MAX_N], mb[MAX_N];
	struct report_series sa = {
		.n = n, .v = (double *)a, .est = { .value = stat_median(a, n) },
		.resamples = ra, .within = ra, .boot_median = ma,
	}, sb = {
		.n = n, .v = (double *)b, .est = { .value = stat_median(b, n) },
		.resamples = rb, .within = rb, .boot_median = mb,
	};

	if (stat_resample_medians(a, boot, n, prng_derive(seed, "a"), ra) ||
	    stat_resample_medians(b, boot, n, prng_derive(seed, "b"), rb))
		return true;
	if (boot) {
		sa.nr_boots = stat_boot_medians(a, boot, n, ma);
		sb.nr_boots = stat_boot_medians(b, boot, n, mb);
	}
	return report_compare(&sa, &sb, -1, !boot).verdict > STAT_SAME;
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
		wrong += verdict(a, b, NULL, n, i);
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
		for (n = STAT_MIN_INTERVAL; n <= 10; n += 4) {
			double wrong = share(shapes[i].draw, n);

			CHECK(wrong <= limit, "%s, n=%u: %.1f %% of verdicts are false",
			      shapes[i].name, n, wrong * 100);
		}
	}
}

/* Arms that do not share boots, which differ by @spread times what the runs of one do. */
static double share_of_boots(double spread, bool by_boots)
{
	double v[2][MAX_N], offset = 0;
	int boot[MAX_N], i, j, arm, wrong = 0;
	struct prng r;

	prng_seed(&r, 2);
	for (i = 0; i < SHAPES; i++) {
		for (arm = 0; arm < 2; arm++) {
			for (j = 0; j < MAX_N; j++) {
				boot[j] = j / (MAX_N / BOOTS);
				if (!j || boot[j] != boot[j - 1])
					offset = spread * normal(&r);
				v[arm][j] = 10 + offset + normal(&r);
			}
		}
		wrong += verdict(v[0], v[1], by_boots ? boot : NULL, MAX_N, i);
	}
	return wrong / (double)SHAPES;
}

static void test_boots(void)
{
	double limit = STAT_ALPHA + 3 * sqrt(STAT_ALPHA * (1 - STAT_ALPHA) / SHAPES);
	double spread, by_runs, wrong;

	for (spread = 0.5; spread <= 2; spread *= 2) {
		wrong = share_of_boots(spread, true);
		by_runs = share_of_boots(spread, false);
		CHECK(wrong <= limit, "boots %.1f sd apart, n=%d+%d: %.1f %% of verdicts are false",
		      spread, BOOTS, BOOTS, wrong * 100);
		CHECK(by_runs > limit || spread < 1, "taken for runs, %.1f %% would be",
		      by_runs * 100);
	}
}

/* Repetitions @set * n onwards of one arm; no value is used twice. */
static void take(json_object *values, int set, int n, double *out)
{
	int i;

	for (i = 0; i < n; i++)
		out[i] = json_object_get_double(json_object_array_get_idx(values, set * n + i));
}

/* False verdicts of one metric's two arms, or more than there can be. */
static int false_verdicts(const char *metric, json_object *arms)
{
	json_object *va = json_object_object_get(arms, "null-a");
	json_object *vb = json_object_object_get(arms, "null-b");
	int i, n = STAT_MIN_INTERVAL, wrong = 0;
	double a[MAX_N], b[MAX_N];

	CHECK(json_object_array_length(va) == (size_t)(SETS * n) &&
	      json_object_array_length(vb) == (size_t)(SETS * n),
	      "%s: values for %d comparisons of %d against %d", metric, SETS, n, n);
	for (i = 0; i < SETS; i++) {
		take(va, i, n, a);
		take(vb, i, n, b);
		wrong += verdict(a, b, NULL, n, i);
	}
	return wrong;
}

static void test_measured(void)
{
	struct vh_err err;
	int nr = 0, wrong;
	json_object *o;

	o = json_load_file(FIXTURE, &err);
	CHECK(o, "%s can be read", FIXTURE);
	if (!o)
		return;
	json_object_object_foreach(json_object_object_get(o, "metrics"), metric, arms) {
		wrong = false_verdicts(metric, arms);
		CHECK(wrong <= STAT_ALPHA * SETS, "%s: %d of %d verdicts are false", metric, wrong,
		      SETS);
		nr++;
	}
	CHECK(nr == METRICS, "%d metrics", nr);
	json_object_put(o);
}

int main(void)
{
	ktap_begin();
	test_shapes();
	test_boots();
	test_measured();
	return ktap_end();
}
