// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of runs: complete, balanced, and given by the seed alone.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/plan.h"
#include "ktap.h"
#include "stat/prng.h"

static void set_up(struct experiment *e, int reps, int warmup, int boots, uint64_t seed)
{
	static const struct exp_arm arms[] = {
		{ "stock", "stock", "none", false },
		{ "off", "vhint", "none", false },
		{ "null", "vhint", "null", true },
		{ "urgent", "vhint", "urgent", true },
	};

	memset(e, 0, sizeof(*e));
	memcpy(e->arms, arms, sizeof(arms));
	e->nr_arms = 4;
	e->repetitions = reps;
	e->warmup = warmup;
	e->boots = boots;
	e->seed = seed;
}

static int same(const struct plan *a, const struct plan *b)
{
	int i, j;

	if (a->nr_boots != b->nr_boots)
		return 0;
	for (i = 0; i < a->nr_boots; i++) {
		if (strcmp(a->boots[i].kernel, b->boots[i].kernel) ||
		    a->boots[i].nr_runs != b->boots[i].nr_runs)
			return 0;
		for (j = 0; j < a->boots[i].nr_runs; j++) {
			struct plan_run x = a->boots[i].runs[j], y = b->boots[i].runs[j];

			if (x.id != y.id || x.arm != y.arm || x.rep != y.rep ||
			    x.warmup != y.warmup)
				return 0;
		}
	}
	return 1;
}

/* Every arm's repetitions 0, 1, 2... are there once, in order, in boots of its kernel. */
static int complete(const struct plan *p, const struct experiment *e)
{
	int next[EXP_MAX_ARMS] = { 0 }, warm[EXP_MAX_ARMS] = { 0 }, id = 0, i, j;

	for (i = 0; i < p->nr_boots; i++) {
		for (j = 0; j < p->boots[i].nr_runs; j++) {
			const struct plan_run *r = &p->boots[i].runs[j];

			if (r->id != id++ || strcmp(e->arms[r->arm].kernel, p->boots[i].kernel))
				return 0;
			if (r->rep != (r->warmup ? warm : next)[r->arm]++)
				return 0;
		}
	}
	for (i = 0; i < e->nr_arms; i++) {
		if (next[i] != e->repetitions || warm[i] != e->warmup * e->boots)
			return 0;
	}
	return 1;
}

/*
 * The last boot of each kernel, and no other, ends with a recorded run of each of its arms,
 * which does not count.
 */
static int recorded(const struct plan *p, const struct experiment *e)
{
	int arms[EXP_MAX_ARMS] = { 0 }, i, j, n, from;

	for (i = 0; i < p->nr_boots; i++) {
		n = strcmp(p->boots[i].kernel, "stock") ? 3 : 1;
		from = i < p->nr_boots - 2 ? INT_MAX : p->boots[i].nr_runs - n;
		for (j = 0; j < p->boots[i].nr_runs; j++) {
			const struct plan_run *r = &p->boots[i].runs[j];

			if (r->traced != (j >= from) || (r->traced && !r->warmup))
				return 0;
			arms[r->arm] += r->traced;
		}
	}
	for (i = 0; i < e->nr_arms; i++) {
		if (arms[i] != 1)
			return 0;
	}
	return 1;
}

/* Within a boot: warm-ups first, and every block has each arm once. */
static int blocked(const struct plan *p, const struct experiment *e)
{
	int i, j, k, n;

	for (i = 0; i < p->nr_boots; i++) {
		n = strcmp(p->boots[i].kernel, "stock") ? 3 : 1;
		for (j = 0; j < p->boots[i].nr_runs; j += n) {
			unsigned int seen = 0;

			for (k = 0; k < n; k++) {
				seen |= 1u << p->boots[i].runs[j + k].arm;
				if (p->boots[i].runs[j + k].warmup != (j / n < e->warmup))
					return 0;
			}
			if (seen != (n == 1 ? 0x1 : 0xe))
				return 0;
		}
	}
	return 1;
}

/* Reps of a kernel's boots differ by one at most; each round has each kernel once. */
static int balanced(const struct plan *p, const struct experiment *e)
{
	int i, n, reps, lo = e->repetitions / e->boots;

	for (i = 0; i < p->nr_boots; i++) {
		n = strcmp(p->boots[i].kernel, "stock") ? 3 : 1;
		reps = p->boots[i].nr_runs / n - e->warmup;
		if (reps < lo || reps > lo + 1)
			return 0;
		if (i % 2 && !strcmp(p->boots[i].kernel, p->boots[i - 1].kernel))
			return 0;
	}
	return p->nr_boots == 2 * e->boots;
}

static void test_shapes(void)
{
	static const int shapes[][3] = {
		{ 10, 1, 2 }, { 1, 0, 1 }, { 7, 2, 3 }, { 5, 0, 5 }, { 100, 3, 7 },
	};
	struct experiment e;
	struct plan p;
	int i;

	for (i = 0; i < 5; i++) {
		const int *s = shapes[i];

		set_up(&e, s[0], s[1], s[2], 42 + i);
		CHECK(!plan_make(&p, &e, NULL), "%d repetitions, %d warm-ups, %d boots", s[0],
		      s[1], s[2]);
		CHECK(complete(&p, &e), "each arm has its repetitions and warm-ups");
		CHECK(blocked(&p, &e), "each block has each arm once, warm-ups first");
		CHECK(balanced(&p, &e), "boots are balanced and kernels alternate");
		CHECK(plan_nr_runs(&p) == 4 * (s[0] + s[1] * s[2]), "the number of runs");
		plan_free(&p);
	}
}

static void test_recorded(void)
{
	struct experiment e;
	struct plan p, back;
	json_object *o;

	set_up(&e, 6, 1, 2, 1);
	e.trace = true;
	CHECK(!plan_make(&p, &e, NULL) && recorded(&p, &e), "each arm is recorded once, last");
	o = plan_to_json(&p, &e);
	CHECK(!plan_from_json(&back, &e, o, NULL) && recorded(&back, &e), "and back from JSON");
	json_object_put(o);
	plan_free(&back);
	plan_free(&p);
	e.trace = false;
	e.perf = true;
	CHECK(!plan_make(&p, &e, NULL) && recorded(&p, &e), "so it is for perf alone");
	plan_free(&p);
	e.perf = false;
	CHECK(!plan_make(&p, &e, NULL) && !recorded(&p, &e), "else nothing is");
	plan_free(&p);
}

static void test_seed(void)
{
	struct experiment e;
	struct plan a, b, c;
	int first[4] = { 0 }, i;

	set_up(&e, 10, 1, 2, 1);
	plan_make(&a, &e, NULL);
	plan_make(&b, &e, NULL);
	e.seed = 2;
	plan_make(&c, &e, NULL);
	CHECK(same(&a, &b), "the same seed gives the same plan");
	CHECK(!same(&a, &c), "another seed gives another plan");
	plan_free(&a);
	plan_free(&b);
	plan_free(&c);
	for (i = 0; i < 400; i++) {
		e.seed = i;
		plan_make(&a, &e, NULL);
		first[a.boots[0].runs[0].arm]++;
		plan_free(&a);
	}
	/* half of the plans begin with stock's kernel, a sixth with each other arm */
	CHECK(first[0] > 150 && first[0] < 250, "which kernel is first is fair (%d of 400)",
	      first[0]);
	for (i = 1; i < 4; i++)
		CHECK(first[i] > 40 && first[i] < 95, "which arm is first is fair (%d of 400)",
		      first[i]);
}

static void test_json(void)
{
	json_object *o, *bad;
	struct experiment e;
	struct plan a, b;
	struct vh_err err;

	set_up(&e, 6, 1, 2, 9);
	plan_make(&a, &e, NULL);
	o = plan_to_json(&a, &e);
	CHECK(!plan_from_json(&b, &e, o, &err), "a plan can be read back");
	CHECK(same(&a, &b), "and is the same");
	plan_free(&b);
	json_object_put(o);
	plan_free(&a);
	bad = json_tokener_parse("{\"boots\":[{\"kernel\":\"stock\",\"runs\":[{\"id\":0,\"arm\":\"x\",\"rep\":0}]}]}");
	CHECK(plan_from_json(&b, &e, bad, &err) && err.code == VH_BAD_EXPERIMENT,
	      "an unknown arm in a plan is refused");
	json_object_put(bad);
	bad = json_tokener_parse("{\"boots\": 3}");
	CHECK(plan_from_json(&b, &e, bad, &err), "a damaged plan is refused");
	json_object_put(bad);
	CHECK(plan_from_json(&b, &e, NULL, &err), "a missing plan is refused");
}

/*
 * First outputs of xoshiro256** from the state {1, 2, 3, 4}, as in the tests of
 * the Rust crate rand_xoshiro, which took them from the reference implementation.
 */
static void test_prng(void)
{
	static const uint64_t want[] = {
		11520u, 0u, 1509978240u, 1215971899390074240u, 1216172134540287360u,
	};
	struct prng r = { { 1, 2, 3, 4 } }, a, b;
	int i, ok = 1;

	for (i = 0; i < 5; i++)
		ok &= prng_next(&r) == want[i];
	CHECK(ok, "the generator gives the reference sequence");
	prng_seed(&a, prng_derive(1, "x"));
	prng_seed(&b, prng_derive(1, "y"));
	CHECK(prng_next(&a) != prng_next(&b), "parts have sequences of their own");
	for (i = 0, ok = 1; i < 10000; i++)
		ok &= prng_below(&a, 3) < 3;
	CHECK(ok, "bounded numbers stay below the bound");
}

int main(void)
{
	ktap_begin();
	test_prng();
	test_shapes();
	test_recorded();
	test_seed();
	test_json();
	return ktap_end();
}
