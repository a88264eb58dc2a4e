// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who got what of a contended machine, against what was due.
 */
#include <math.h>
#include <stdbool.h>

#include "measure/fairness.h"

void fair_entitle(const double *wants, const double *weight, int nr, double capacity,
		  double *due)
{
	double weights, left = capacity;
	bool again = true;
	int i;

	for (i = 0; i < nr; i++)
		due[i] = NAN;
	/* Whoever wants less than its part gets that; then the rest is divided anew. */
	while (again) {
		again = false;
		weights = 0;
		for (i = 0; i < nr; i++)
			weights += isnan(due[i]) ? weight[i] : 0;
		for (i = 0; i < nr && !again; i++) {
			if (!isnan(due[i]) || wants[i] * weights > left * weight[i])
				continue;
			due[i] = wants[i];
			left -= wants[i];
			again = true;
		}
	}
	for (i = 0; i < nr; i++)
		if (isnan(due[i]))
			due[i] = left * weight[i] / weights;
}

double fair_share_min(const double *got, const double *due, int nr)
{
	double min = NAN;
	int i;

	for (i = 0; i < nr; i++)
		if (due[i] > 0 && !(got[i] / due[i] >= min))
			min = got[i] / due[i];
	return min;
}

double fair_jain(const double *got, const double *due, int nr)
{
	double sum = 0, squares = 0, x;
	int i, n = 0;

	for (i = 0; i < nr; i++) {
		if (!(due[i] > 0))
			continue;
		x = got[i] / due[i];
		sum += x;
		squares += x * x;
		n++;
	}
	return squares > 0 ? sum * sum / (n * squares) : NAN;
}
