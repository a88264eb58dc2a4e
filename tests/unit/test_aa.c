// SPDX-License-Identifier: GPL-2.0-only
/*
 * A/A tests: the same thing measured twice, compared by the kit's own rule. Every
 * verdict is false, and there may be no more of them than STAT_ALPHA allows. On made-up
 * numbers of awkward shapes, and on real ones from experiments/aa-2vm.json: they are of real time,
 * whose noise is wilder than virtual time's.
 */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "ktap.h"
#include "report/report.h"
#include "stat/draw.h"
#include "stat/prng.h"

#define FIXTURE	"tests/fixtures/aa-hackbench.json"
#define SETS	40	/* comparisons of real data, per metric */
#define METRICS	4
#define SHAPES	400	/* comparisons of made-up data, per shape */
#define MAX_N	12
#define BOOTS	4	/* of each arm, where arms do not share them */

/* How two arms are compared: by runs, by boots, or by runs within boots that they share. */
enum way { BY_RUNS, BY_BOOTS, WITHIN_BOOTS };

static void make_series(struct report_series *s, const double *v, const int *boot, int n)
{
	*s = (struct report_series) {
		.n = n, .v = (double *)v, .boot = (int *)boot, .est = { .value = stat_median(v, n) },
		.resamples = s->resamples, .boot_value = s->boot_value,
	};
	s->nr_boots = stat_boot_values(v, boot, n, stat_median, s->boot_value);
}

/* As report_estimate() does it. */
static int resample(struct report_series *s, enum way way, uint64_t seed, const char *arm)
{
	struct stat_estimator e = { stat_drawn_median, stat_sorted_new(s->v, s->n) };
	uint64_t boots = prng_derive(seed, "boots");
	struct stat_draw d;
	int ret = -1;

	if (e.data && !stat_draw_init(&d, way == BY_RUNS ? NULL : s->boot, s->n, NULL, 0) &&
	    (way != WITHIN_BOOTS || !stat_draw_within(&d))) {
		ret = stat_bootstrap(&e, &d, prng_derive(seed, arm),
				     way == WITHIN_BOOTS ? &boots : NULL, s->resamples);
		stat_draw_free(&d);
	}
	free(e.data);
	return ret;
}

static bool verdict(const double *a, const double *b, const int *boot, int n, enum way way,
		    uint64_t seed)
{
	static const struct metric m = { .better = BETTER_LOWER };
	static const struct report_col col = { .kind = COL_HOST, .metric = &m };
	static double ra[STAT_RESAMPLES], rb[STAT_RESAMPLES];
	static const int one_boot[MAX_N];
	double ma[MAX_N], mb[MAX_N];
	struct report_series sa = { .resamples = ra, .boot_value = ma };
	struct report_series sb = { .resamples = rb, .boot_value = mb };
	struct report_paired paired;
	struct report_cmp c, *list = &c;

	if (way == BY_RUNS)
		boot = one_boot;
	make_series(&sa, a, boot, n);
	make_series(&sb, b, boot, n);
	if (resample(&sa, way, seed, "a") || resample(&sb, way, seed, "b"))
		return true;
	paired = (struct report_paired) { sa.nr_boots, { n, sa.est.value, ra }, { n, sb.est.value, rb } };
	c = report_compare(&sa, &sb, way != BY_BOOTS ? &paired : NULL, &col, 0);
	report_judge(&list, 1);
	return c.verdict > STAT_SAME;
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
		wrong += verdict(a, b, NULL, n, BY_RUNS, i);
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

/*
 * Boots, @boots of each arm, differ by @spread times what the runs of one do. The arms have boots of their own, or
 * share them (@way); the second has @effect more.
 */
static double share_of_boots(int boots, double spread, double effect, bool shared, enum way way)
{
	double v[2][MAX_N], offset[2][BOOTS];
	int boot[MAX_N], i, j, arm, found = 0;
	struct prng r;

	prng_seed(&r, 2);
	for (i = 0; i < SHAPES; i++) {
		for (j = 0; j < 2 * BOOTS; j++)
			offset[j / BOOTS][j % BOOTS] = spread * normal(&r);
		for (j = 0; j < 2 * MAX_N; j++) {
			arm = j / MAX_N;
			boot[j % MAX_N] = j % MAX_N / (MAX_N / boots);
			v[arm][j % MAX_N] = 10 + arm * effect + normal(&r) +
					    offset[shared ? 0 : arm][boot[j % MAX_N]];
		}
		found += verdict(v[0], v[1], boot, MAX_N, way, i);
	}
	return found / (double)SHAPES;
}

static void test_boots(void)
{
	double limit = STAT_ALPHA + 3 * sqrt(STAT_ALPHA * (1 - STAT_ALPHA) / SHAPES);
	double spread, wrong;

	for (spread = 0.5; spread <= 2; spread *= 2) {
		wrong = share_of_boots(BOOTS, spread, 0, false, BY_BOOTS);
		CHECK(wrong <= limit, "boots %.1f sd apart, n=%d+%d: %.1f %% of verdicts are false",
		      spread, BOOTS, BOOTS, wrong * 100);
		wrong = share_of_boots(BOOTS, spread, 0, true, WITHIN_BOOTS);
		CHECK(wrong <= limit, "the same boots for both: %.1f %%", wrong * 100);
	}
	wrong = share_of_boots(BOOTS, 0.5, 0, false, BY_RUNS);
	CHECK(wrong > 0.03 && wrong < 0.08, "half a sd apart, taken for runs: %.1f %%", wrong * 100);
	wrong = share_of_boots(BOOTS, 2, 0, false, BY_RUNS);
	CHECK(wrong > 2 * limit, "two sd apart, taken for runs: %.1f %%", wrong * 100);
}

/* What note_boots() and results/README.md say of two boots of each arm. */
static void test_two_boots(void)
{
	double half = share_of_boots(2, 0.5, 0, false, BY_RUNS);
	double one = share_of_boots(2, 1, 0, false, BY_RUNS);

	CHECK(half > 0.07 && half < 0.14, "2 boots half a sd apart, taken for runs: %.1f %%",
	      half * 100);
	CHECK(one > 0.15 && one < 0.26, "a whole one: %.1f %%", one * 100);
}

/* Arms that share boots: what boots differ by hides no effect within them. */
static void test_power(void)
{
	double near_by = share_of_boots(BOOTS, 0, 1.2, true, WITHIN_BOOTS);
	double far = share_of_boots(BOOTS, 2, 1.2, true, WITHIN_BOOTS);
	double runs = share_of_boots(BOOTS, 2, 1.2, true, BY_RUNS);

	CHECK(near_by > 0.5, "an effect of 1.2 sd is found in %.1f %%", near_by * 100);
	CHECK(far > near_by - 0.15, "with boots 2 sd apart in %.1f %%", far * 100);
	CHECK(runs < far / 2, "taken for runs in %.1f %%", runs * 100);
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
		wrong += verdict(a, b, NULL, n, BY_RUNS, i);
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
	test_two_boots();
	test_power();
	test_measured();
	return ktap_end();
}
