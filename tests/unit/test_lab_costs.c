// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is made of the times that were measured, and the table of costs.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "host/costs.h"
#include "host/tiny_guest.h"
#include "ktap.h"

static const struct cost_times some = { { 900, 100, 300, 200, 400, 800, 700, 600, 5e9 } };

static void test_stat(void)
{
	struct cost_times same;

	for (int i = 0; i < COST_BATCHES; i++)
		same.ns[i] = 1.5;
	CHECK(cost_median(&some) == 600, "the median of nine, one of them far off");
	CHECK(cost_min(&some) == 100, "the least");
	CHECK(some.ns[0] == 900, "the times stay in their order");
	CHECK(cost_median(&same) == 1.5 && cost_min(&same) == 1.5, "nine that are the same");
}

static void check_text(double ns, const char *want)
{
	char buf[32];

	CHECK(!strcmp(cost_text(ns, buf, sizeof(buf)), want), "%g ns is \"%s\": \"%s\"", ns, want,
	      buf);
}

static void test_text(void)
{
	check_text(0.25, "0.25 ns");
	check_text(9.994, "9.99 ns");
	check_text(9.996, "10.0 ns");
	check_text(99.96, "100 ns");
	check_text(812, "812 ns");
	check_text(999.4, "999 ns");
	check_text(999.6, "1.00 us");
	check_text(2034, "2.03 us");
	check_text(75e6, "75.0 ms");
	check_text(12e9, "12.0 s");
	check_text(5e13, "50000 s");
}

/* The line of a table that begins with @name, or "". */
static const char *line(const char *table, const char *name)
{
	const char *p = table;

	for (; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (!strncmp(p, name, strlen(name)))
			return p;
	return "";
}

static bool line_has(const char *table, const char *name, const char *text)
{
	const char *p = line(table, name), *found = strstr(p, text);

	return *p && found && found < p + strcspn(p, "\n");
}

static char *print(bool json)
{
	struct cost_times times[COST_NR];
	char *text = NULL;
	size_t size;
	FILE *f;

	for (int id = 0; id < COST_NR; id++)
		times[id] = some;
	f = open_memstream(&text, &size);
	if (json)
		cost_print_json(times, f);
	else
		cost_print(times, "lab", f);
	fclose(f);
	return text;
}

static void test_table(void)
{
	char *text = print(false);

	CHECK(line_has(text, "cost", "lab") && line_has(text, "cost", "hardware"),
	      "headings, with the place");
	for (int id = 0; id < COST_NR; id++)
		CHECK(line_has(text, cost_name(id), "600 ns") &&
		      line_has(text, cost_name(id), "100 ns"), "median and least of \"%s\"",
		      cost_name(id));
	CHECK(line_has(text, cost_name(COST_CPUID), "1.23 us") &&
	      line_has(text, cost_name(COST_CPUID), "0.49"), "a figure in ns has a ratio");
	CHECK(line_has(text, cost_name(COST_USER_EXIT), "2528 cycles") &&
	      line_has(text, cost_name(COST_USER_EXIT), " - "), "one in cycles has none");
	CHECK(line_has(text, cost_name(COST_WAKE), "no published figure found"),
	      "where there is none, that is said");
	free(text);
}

static void test_json(void)
{
	char *text = print(true), *rest, *p = strtok_r(text, "\n", &rest);
	int id;

	for (id = 0; p; p = strtok_r(NULL, "\n", &rest), id++) {
		json_object *o = json_tokener_parse(p), *batches;

		CHECK(id < COST_NR && !strcmp(jget_str(o, "cost", ""), cost_name(id)) &&
		      jget_num(o, "median_ns", 0) == 600, "JSON, line %d: %s", id + 1, p);
		batches = json_object_object_get(o, "batches_ns");
		CHECK(json_object_array_length(batches) == COST_BATCHES &&
		      json_object_get_double(json_object_array_get_idx(batches, 1)) == 100 &&
		      json_object_get_double(json_object_array_get_idx(batches, 8)) == 5e9,
		      "its batches, in their order");
		json_object_put(o);
	}
	CHECK(id == COST_NR, "a line for each cost");
	free(text);
}

static void test_published(void)
{
	for (int id = 0; id < COST_NR; id++) {
		const struct cost_published *p = cost_published(id);

		CHECK(!p->machine == !(p->ns > 0 || p->cycles > 0),
		      "\"%s\": a figure and its machine, or neither", cost_name(id));
	}
}

static void test_guest(void)
{
	static unsigned char memory[TINY_MEMORY];
	bool seen[TINY_MEMORY] = { };
	uint64_t gate;

	tiny_guest_install(memory);
	for (int i = 0; i < TINY_NR_PROGRAMS; i++) {
		uint32_t entry = tiny_guest_entry(i);

		CHECK(entry >= TINY_CODE && entry < TINY_SHARED && !seen[entry],
		      "program %d has a place of its own, 0x%x", i, entry);
		seen[entry] = true;
	}
	memcpy(&gate, memory + TINY_IDT + TINY_VECTOR * 8, 8);
	CHECK((gate >> 16 & 0xffff) == 8 && (gate >> 40 & 0xff) == 0x8e,
	      "the interrupt gate leads to the code segment");
	CHECK((gate & 0xffff) > TINY_CODE && (gate & 0xffff) < TINY_SHARED, "and into the code");
	CHECK(!memory[TINY_SHARED] && !memory[TINY_SHARED - 1], "the programs fit their page");
}

int main(void)
{
	ktap_begin();
	test_stat();
	test_text();
	test_table();
	test_json();
	test_published();
	test_guest();
	return ktap_end();
}
