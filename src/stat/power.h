/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a comparison could have found, what it may claim, and where its variance is. Pure.
 */
#ifndef VHINT_STAT_POWER_H
#define VHINT_STAT_POWER_H

#define STAT_POWER	0.8	/* chance to find the smallest effect that is called detectable */

/* Student's distribution function and its inverse; NAN for @df below 1. */
double stat_student(double t, double df);
double stat_student_quantile(double p, double df);

/*
 * The smallest effect that a two-sided test at @alpha finds with a chance of STAT_POWER, where the
 * estimate has the standard error @error: H. S. Bloom, "Minimum Detectable Effects: A Simple Way
 * to Report the Statistical Power of Experimental Designs", Evaluation Review 19(5), 1995.
 * INFINITY if @alpha is 0: a test that has no p below the limit finds nothing. NAN if the
 * error is not known.
 */
double stat_detectable(double error, double df, double alpha);

/*
 * The p of "the effect lies between -@margin and +@margin": the larger one of two one-sided
 * tests, D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987. Below
 * STAT_ALPHA, the interval of twice that (90 %) lies within the margin.
 */
double stat_equivalence(double effect, double error, double df, double margin);

/*
 * Adjusts the @n p for that there are so many of them, into @out; NAN are none of them.
 * S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
 * Statistics 6, 1979.
 */
void stat_holm(const double *p, int n, double *out);

/*
 * The variance of values, parted: between boots and within a boot. The estimates by analysis of
 * variance, with boots of unequal size: S. R. Searle, G. Casella and C. E. McCulloch, "Variance
 * Components", 1992, section 3.6. All NAN if there are no two boots, or no boot of two.
 */
struct stat_parts {
	double between, within;
	double size;		/* values in a boot, as the estimate of @between takes it */
};

struct stat_parts stat_variance_parts(const double *x, const int *boot, int n);

#endif /* VHINT_STAT_POWER_H */
