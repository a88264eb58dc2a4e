/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who got what of a contended machine, against what was due. Pure.
 */
#ifndef VHINT_MEASURE_FAIRNESS_H
#define VHINT_MEASURE_FAIRNESS_H

/*
 * What is due to each of @nr: @capacity in proportion to their weights, but to
 * nobody more than it wants; what one does not want is due to the others (weighted
 * max-min fairness).
 */
void fair_entitle(const double *wants, const double *weight, int nr, double capacity,
		  double *due);

/* The smallest part that anybody got of its due; NAN if nothing was due to anybody. */
double fair_share_min(const double *got, const double *due, int nr);

/*
 * Jain's index of the parts got / due: 1 if all are equal, 1 / nr if one got all
 * (Jain, Chiu, Hawe: A Quantitative Measure of Fairness and Discrimination for
 * Resource Allocation in Shared Computer Systems, DEC-TR-301, 1984).
 */
double fair_jain(const double *got, const double *due, int nr);

#endif /* VHINT_MEASURE_FAIRNESS_H */
