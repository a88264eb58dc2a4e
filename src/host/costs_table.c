// SPDX-License-Identifier: GPL-2.0-only
/*
 * Costs measured here beside published ones. Pure. Where the published figures come
 * from is in README.md, section "Costs".
 */
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "host/costs.h"

static const struct {
	const char *name;
	struct cost_published published;
} costs[COST_NR] = {
	[COST_CPUID] = { "VM exit (CPUID)", { .ns = 1226, .machine = "EPYC 9334" } },
	[COST_USER_EXIT] = { "VM exit to user space and back",
			     { .cycles = 2528, .machine = "an EPYC, model not named" } },
	[COST_WAKE] = { "interrupt to halted vCPU", { } },
	[COST_WAKE_POLLED] = { "interrupt to halted vCPU, KVM polls", { } },
	[COST_IPI_RUNNING] = { "IPI to running vCPU and answer",
			       { .cycles = 4249, .machine = "EPYC 7642, by hypercall" } },
	[COST_IPI_HALTED] = { "IPI to halted vCPU and answer", { } },
	[COST_PAGE_FAULT] = { "nested page fault", { } },
	[COST_SWITCH] = { "context switch (pipe)", { } },
	[COST_SYSCALL] = { "system call (getppid)", { } },
	[COST_PAUSE] = { "PAUSE", { } },
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double nth(const struct cost_times *times, int n)
{
	struct cost_times sorted = *times;

	qsort(sorted.ns, COST_BATCHES, sizeof(sorted.ns[0]), compare);
	return sorted.ns[n];
}

double cost_median(const struct cost_times *times)
{
	return nth(times, COST_BATCHES / 2);
}

double cost_min(const struct cost_times *times)
{
	return nth(times, 0);
}

const char *cost_text(double ns, char *buf, size_t size)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t unit = 0;

	while (ns >= 999.5 && unit < sizeof(units) / sizeof(units[0]) - 1) {
		ns /= 1000;
		unit++;
	}
	snprintf(buf, size, "%.*f %s", ns >= 99.95 ? 0 : ns >= 9.995 ? 1 : 2, ns, units[unit]);
	return buf;
}

const char *cost_name(enum cost_id id)
{
	return costs[id].name;
}

const struct cost_published *cost_published(enum cost_id id)
{
	return &costs[id].published;
}

static void add_published(struct table *t, double here, const struct cost_published *p)
{
	char buf[32];

	if (p->ns > 0) {
		table_cell(t, "%s", cost_text(p->ns, buf, sizeof(buf)));
		table_cell(t, "%.2f", here / p->ns);
	} else if (p->cycles > 0) {
		table_cell(t, "%d cycles", p->cycles);
		table_cell(t, "-");
	} else {
		table_cell(t, "-");
		table_cell(t, "-");
	}
	table_cell(t, "%s", p->machine ?: "no published figure found");
}

static void add_row(struct table *t, enum cost_id id, const struct cost_times *times)
{
	double median = cost_median(times);
	char buf[32];

	table_row(t);
	table_cell(t, "%s", cost_name(id));
	table_cell(t, "%s", cost_text(median, buf, sizeof(buf)));
	table_cell(t, "%s", cost_text(cost_min(times), buf, sizeof(buf)));
	table_cell(t, "%d", COST_BATCHES);
	add_published(t, median, cost_published(id));
}

void cost_print(const struct cost_times *times, const char *here, FILE *out)
{
	struct table *t = table_new();

	if (!t)
		return;
	table_align_left(t, 0);
	table_align_left(t, 6);
	table_row(t);
	table_cell(t, "cost");
	table_cell(t, "%s", here);
	table_cell(t, "least");
	table_cell(t, "batches");
	table_cell(t, "hardware");
	table_cell(t, "ratio");
	table_cell(t, "which hardware");
	for (int id = 0; id < COST_NR; id++)
		add_row(t, id, &times[id]);
	table_print(t, out);
	table_free(t);
}

void cost_print_json(const struct cost_times *times, FILE *out)
{
	for (int id = 0; id < COST_NR; id++, times++) {
		fprintf(out, "{\"cost\":\"%s\",\"median_ns\":%.2f,\"batches_ns\":[", cost_name(id),
			cost_median(times));
		for (int i = 0; i < COST_BATCHES; i++)
			fprintf(out, "%s%.2f", i ? "," : "", times->ns[i]);
		fputs("]}\n", out);
	}
}
