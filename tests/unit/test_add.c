// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repetitions that are added to a plan.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "base/json.h"
#include "results/add.h"

static struct experiment e;
static struct plan p;

static void set_up(int repetitions, int boots, int seed)
{
	struct vh_err err;
	char text[512];
	json_object *o;

	snprintf(text, sizeof(text),
		 "{\"where\":\"lab\",\"vms\":[{}],\"workload\":{\"name\":\"hackbench\"},\"arms\":[{\"name\":\"stock\",\"kernel\":\"stock\"},{\"name\":\"off\",\"kernel\":\"vhint\"},{\"name\":\"urgent\",\"kernel\":\"vhint\"}],\"repetitions\":%d,\"boots\":%d,\"warmup\":2,\"seed\":%d,\"trace\":true}",
		 repetitions, boots, seed);
	o = json_tokener_parse(text);
	if (exp_from_json(&e, o, "made-up", &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
}

static void tear_down(void)
{
	plan_free(&p);
	exp_free(&e);
}

static char *text_of(const struct plan *plan)
{
	json_object *o = plan_to_json(plan, &e);
	char *text = strdup(json_object_to_json_string(o));

	json_object_put(o);
	return text;
}

/* Runs of arm @arm in boots from @from on: those that count, or warm-ups, or recorded ones. */
static int runs(int arm, int from, bool warmup, bool traced)
{
	int i, j, n = 0;

	for (i = from; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			const struct plan_run *r = &p.boots[i].runs[j];

			n += r->arm == arm && r->warmup == warmup && r->traced == traced;
		}
	}
	return n;
}

/* Numbers of runs and repetitions go on without a gap, and each arm stays in boots of its kernel. */
static bool is_in_order(void)
{
	int next[2][EXP_MAX_ARMS] = { 0 }, id = 0, i, j;

	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			const struct plan_run *r = &p.boots[i].runs[j];

			if (r->id != id++ || r->rep != next[r->warmup][r->arm]++ ||
			    strcmp(e.arms[r->arm].kernel, p.boots[i].kernel))
				return false;
		}
	}
	return true;
}

static void test_extend(void)
{
	char *before, *after, *again;
	struct plan old;

	set_up(10, 4, 1);
	before = text_of(&p);
	CHECK(!plan_extend(&p, &e, 5, 2, NULL) && p.nr_boots == 12, "two boots more of each kernel");
	CHECK(is_in_order(), "in order");
	CHECK(runs(0, 8, false, false) == 5 && runs(1, 8, false, false) == 5 &&
	      runs(2, 8, false, false) == 5, "all repetitions are in new boots");
	CHECK(runs(0, 8, true, false) == 4 && runs(2, 8, true, false) == 4, "with warm-ups");
	CHECK(runs(0, 8, true, true) == 0 && runs(0, 0, true, true) == 1, "nothing is recorded again");
	old = p;
	old.nr_boots = 8;
	after = text_of(&old);
	CHECK(!strcmp(before, after), "what was planned stays");
	free(before);
	free(after);
	before = text_of(&p);
	tear_down();

	set_up(10, 4, 1);
	plan_extend(&p, &e, 5, 2, NULL);
	again = text_of(&p);
	CHECK(!strcmp(before, again), "from seed and plan alone");
	free(before);
	free(again);
	tear_down();
}

/* The arms of the first runs that are added to a plan of this seed, and then of those after them. */
static void added_order(int seed, char *first, char *second)
{
	int i, j;

	set_up(4, 1, seed);
	plan_extend(&p, &e, 40, 1, NULL);
	plan_extend(&p, &e, 40, 1, NULL);
	*first = *second = '\0';
	for (i = 2; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++)
			strcat(i < 4 ? first : second, p.boots[i].runs[j].arm == 1 ? "1" : "2");
	}
	tear_down();
}

static void test_order(void)
{
	char first[2][512], second[2][512];

	added_order(1, first[0], second[0]);
	added_order(2, first[1], second[1]);
	CHECK(strcmp(first[0], first[1]), "another seed, another order");
	CHECK(strcmp(first[0], second[0]), "each addition has an order of its own");
}

static void test_count(void)
{
	json_object *added = json_tokener_parse("[{\"repetitions\":5,\"boots\":2},{\"repetitions\":1,\"boots\":1}]");
	struct vh_err err;
	int first, all, n = 0;

	set_up(10, 4, 1);
	CHECK(add_boots_for(&e, 1) == 1 && add_boots_for(&e, 2) == 1 && add_boots_for(&e, 3) == 2 &&
	      add_boots_for(&e, 10) == 4 && add_boots_for(&e, 11) == 5, "boots as full as the others");
	add_count(&e, &first, &all);
	CHECK(first == 10 && all == 10, "nothing was added");
	json_object_object_add(e.resolved, "added", added);
	add_count(&e, &first, &all);
	CHECK(first == 4 && all == 10, "6 of 10 were added");
	tear_down();
	CHECK(!add_parse("12", &n, &err) && n == 12, "a number");
	CHECK(add_parse("0", &n, &err) && add_parse("1001", &n, &err) && add_parse("3x", &n, &err) &&
	      add_parse("", &n, &err) && err.code == VH_BAD_USAGE && n == 12, "no such number");
}

int main(void)
{
	ktap_begin();
	test_extend();
	test_order();
	test_count();
	return ktap_end();
}
