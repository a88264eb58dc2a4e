// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power, equivalence, adjusted p, and parts of a variance.
 *
 * Student's distribution is an incomplete beta function, by the continued fraction 26.5.8 of
 * M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions", 1964, evaluated by
 * the method of W. J. Lentz, Applied Optics 15(3), 1976.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stat/draw.h"
#include "stat/median.h"
#include "stat/power.h"

#define TINY	1e-300

static double not_zero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* Of the incomplete beta function of @x below (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
	double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), f = d, k, change;
	int i;

	for (i = 1; i < 100000; i++) {
		k = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
		d = 1 / not_zero(1 + k * d);
		c = not_zero(1 + k / c);
		f *= d * c;
		k = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
		d = 1 / not_zero(1 + k * d);
		c = not_zero(1 + k / c);
		change = d * c;
		f *= change;
		if (fabs(change - 1) < 1e-16)
			break;
	}
	return f;
}

/* The regularised incomplete beta function of @x, of which 1 - x is @rest. */
static double beta(double x, double rest, double a, double b)
{
	double front;

	if (x <= 0 || rest <= 0)
		return x <= 0 ? 0 : 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(x, a, b) / a;
	return 1 - front * beta_fraction(rest, b, a) / b;
}

double stat_student(double t, double df)
{
	double tail;

	if (isnan(t) || !(df >= 1))
		return NAN;
	if (isinf(t))
		return t > 0;
	tail = beta(df / (df + t * t), t * t / (df + t * t), df / 2, 0.5) / 2;
	return t > 0 ? 1 - tail : tail;
}

double stat_student_quantile(double p, double df)
{
	double lo = -1, hi = 0, mid;
	int i;

	if (!(p > 0 && p < 1) || !(df >= 1))
		return NAN;
	if (p > 0.5)
		return -stat_student_quantile(1 - p, df);
	while (stat_student(lo, df) > p)
		lo *= 2;
	for (i = 0; i < 200 && lo < hi; i++) {
		mid = (lo + hi) / 2;
		if (mid == lo || mid == hi)
			break;
		if (stat_student(mid, df) < p)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

double stat_detectable(double error, double df, double alpha)
{
	if (alpha <= 0)
		return INFINITY;
	return error * (stat_student_quantile(1 - alpha / 2, df) +
			stat_student_quantile(STAT_POWER, df));
}

double stat_equivalence(double effect, double error, double df, double margin)
{
	double room = margin - fabs(effect);

	if (isnan(room) || isnan(error) || !(df >= 1))
		return NAN;
	if (error <= 0)
		return room > 0 ? 0 : 1;
	return stat_student(-room / error, df);
}

static int by_p(const void *a, const void *b)
{
	const double *x = *(const double *const *)a, *y = *(const double *const *)b;

	return (*x > *y) - (*x < *y);
}

void stat_holm(const double *p, int n, double *out)
{
	const double **order = malloc((n + 1) * sizeof(*order));
	double least = 0;
	int i, nr = 0;

	for (i = 0; i < n; i++) {
		out[i] = NAN;
		if (order && !isnan(p[i]))
			order[nr++] = &p[i];
	}
	if (order)
		qsort(order, nr, sizeof(*order), by_p);
	for (i = 0; i < nr; i++) {
		least = fmax(least, fmin(1, *order[i] * (nr - i)));
		out[order[i] - p] = least;
	}
	free(order);
}

struct stat_parts stat_variance_parts(const double *x, const int *boot, int n)
{
	struct stat_parts parts = { NAN, NAN, NAN };
	double all = stat_mean(x, n), within = 0, between = 0, squares = 0, mean;
	int i, j, size, nr = 0;

	for (i = 0; i < n; i++) {
		if (!stat_is_first(boot, i))
			continue;
		for (j = i, size = 0, mean = 0; j < n; j++) {
			mean += boot[j] == boot[i] ? x[j] : 0;
			size += boot[j] == boot[i];
		}
		mean /= size;
		for (j = i; j < n; j++)
			within += boot[j] == boot[i] ? (x[j] - mean) * (x[j] - mean) : 0;
		between += size * (mean - all) * (mean - all);
		squares += (double)size * size;
		nr++;
	}
	if (nr < 2 || n <= nr)
		return parts;
	parts.size = (n - squares / n) / (nr - 1);
	parts.within = within / (n - nr);
	parts.between = fmax(0, (between / (nr - 1) - parts.within) / parts.size);
	return parts;
}
