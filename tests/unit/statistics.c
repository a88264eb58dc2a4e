// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests/differential.py: reads a statistic and its numbers from each line, prints what the kit
 * makes of them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/median.h"
#include "stat/power.h"
#include "stat/shape.h"
#include "stat/share.h"

#define MAX 2000

static double x[MAX];
static int n;

static int read_numbers(char *text)
{
	char *end;

	for (n = 0; n < MAX; n++, text = end) {
		x[n] = strtod(text, &end);
		if (end == text)
			return 0;
	}
	return -1;
}

/* The @count numbers from x[@from] on, as boots. */
static const int *boots(int from, int count, int *buf)
{
	int i;

	for (i = 0; i < count; i++)
		buf[i] = (int)x[from + i];
	return buf;
}

static void print_test(struct stat_test t)
{
	printf("%.17g %.17g %.17g %.17g\n", t.u, t.p, t.effect, t.alpha);
}

/* Two samples: how many the first has, both, and of which boots they are. */
static void van_elteren(void)
{
	int a = (int)x[0], all = (n - 1) / 2, buf_a[MAX], buf_b[MAX];

	print_test(stat_van_elteren(x + 1, boots(1 + all, a, buf_a), a, x + 1 + a,
				    boots(1 + all + a, all - a, buf_b), all - a));
}

static void print_est(struct stat_est e)
{
	printf("%.17g %.17g %.17g\n", e.value, e.lo, e.hi);
}

static int by_value(const void *a, const void *b)
{
	double u = *(const double *)a, v = *(const double *)b;

	return (u > v) - (u < v);
}

static void shape(const char *what)
{
	struct stat_trend t;

	if (!strcmp(what, "trend")) {
		t = stat_trend(x, n);
		printf("%.17g %.17g %.17g\n", t.s, t.tau, t.p);
		return;
	}
	qsort(x, n, sizeof(*x), by_value);
	printf("%.17g\n", stat_dip(x, n));
}

static void holm(void)
{
	double out[MAX];
	int i;

	stat_holm(x, n, out);
	for (i = 0; i < n; i++)
		printf("%.17g%c", out[i], i + 1 < n ? ' ' : '\n');
}

static void parts(void)
{
	int buf[MAX];
	struct stat_parts p = stat_variance_parts(x, boots(n / 2, n / 2, buf), n / 2);

	printf("%.17g %.17g %.17g\n", p.between, p.within, p.size);
}

static int answer(const char *what)
{
	if (!strcmp(what, "quantile"))
		printf("%.17g\n", stat_quantile(x + 1, n - 1, x[0]));
	else if (!strcmp(what, "means"))
		printf("%.17g %.17g\n", stat_mean(x, n), stat_geometric_mean(x, n));
	else if (!strcmp(what, "mann_whitney"))
		print_test(stat_mann_whitney(x + 1, (int)x[0], x + 1 + (int)x[0], n - 1 - (int)x[0]));
	else if (!strcmp(what, "van_elteren"))
		van_elteren();
	else if (!strcmp(what, "dip") || !strcmp(what, "trend"))
		shape(what);
	else if (!strcmp(what, "share"))
		print_est(stat_share((int)x[0], (int)x[1]));
	else if (!strcmp(what, "share_diff"))
		print_est(stat_share_diff((int)x[0], (int)x[1], (int)x[2], (int)x[3]));
	else if (!strcmp(what, "fisher"))
		printf("%.17g\n", stat_fisher((int)x[0], (int)x[1], (int)x[2], (int)x[3]));
	else if (!strcmp(what, "student"))
		printf("%.17g\n", stat_student(x[0], x[1]));
	else if (!strcmp(what, "student_quantile"))
		printf("%.17g\n", stat_student_quantile(x[0], x[1]));
	else if (!strcmp(what, "detectable"))
		printf("%.17g\n", stat_detectable(x[0], x[1], x[2]));
	else if (!strcmp(what, "equivalence"))
		printf("%.17g\n", stat_equivalence(x[0], x[1], x[2], x[3]));
	else if (!strcmp(what, "share_detectable"))
		printf("%.17g\n", stat_share_detectable(x[0], (int)x[1], (int)x[2]));
	else if (!strcmp(what, "holm"))
		holm();
	else if (!strcmp(what, "parts"))
		parts();
	else
		return -1;
	return 0;
}

int main(void)
{
	static char line[65536];
	char what[32];
	int used;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%31s%n", what, &used) != 1 || read_numbers(line + used) ||
		    answer(what)) {
			fprintf(stderr, "cannot read: %s", line);
			return 1;
		}
	}
	return 0;
}
