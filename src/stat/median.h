/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The statistics of a comparison. Pure: the same numbers and the same seed give
 * the same result, to the last bit.
 *
 * The headline is a geometric mean, since a median can lie between two modes, where no run
 * is: P. J. Fleming and J. J. Wallace, "How not to lie with statistics: the correct way to
 * summarize benchmark results", Communications of the ACM 29(3), 1986. All other metrics have
 * medians, since a run that something disturbed is an outlier on one side. Intervals are
 * bootstrap percentile intervals, which ask nothing of the distribution. Whether two arms
 * differ at all is a test of ranks to say: Mann and Whitney's, or van Elteren's within boots.
 */
#ifndef VHINT_STAT_MEDIAN_H
#define VHINT_STAT_MEDIAN_H

#include <stdbool.h>
#include <stdint.h>

#define STAT_RESAMPLES	4000
#define STAT_CONFIDENCE	0.95
#define STAT_ALPHA	0.05

/*
 * Fewer values than this cannot give an interval for a median at STAT_CONFIDENCE:
 * all of n values lie on the same side of it in 2 of 2^n cases.
 */
#define STAT_MIN_INTERVAL 6

/*
 * Fewer boots of two arms than this, where they share none, cannot show a difference: 4
 * against 4 that are all apart have p = 2 / C(8, 4) = 0.029, 3 against 3 have 0.1.
 */
#define STAT_MIN_BOOTS 4

/* A value with its interval; all NAN where there is none. */
struct stat_est {
	double value, lo, hi;
};

/* Median, as the mean of the two middle values where there are two. NAN for n = 0. */
double stat_median(const double *x, int n);

/* The same, quicker, of values that may be put into another order. */
double stat_median_of(double *x, int n);

/* Quantile @q of the values (Hyndman and Fan's type 7, as R has it by default). */
double stat_quantile(const double *x, int n, double q);

/* NAN for n = 0; the geometric mean also where a value is not above 0. */
double stat_mean(const double *x, int n);
double stat_geometric_mean(const double *x, int n);

/*
 * What is estimated from resample @nr, in which value i is drawn times[i] times, and @drawn
 * values in all; @nr is -1 for the values themselves.
 */
struct stat_estimator {
	double (*of)(void *data, const int *times, int drawn, int nr);
	void *data;
};

struct stat_draw;
struct stat_sorted;

/* Of values that are sorted once: the median of those drawn. Free it with free(). */
struct stat_sorted *stat_sorted_new(const double *x, int n);
double stat_drawn_median(void *sorted, const int *times, int drawn, int nr);

/*
 * The bootstrap: STAT_RESAMPLES estimates into @out. @runs is the seed for runs; boots are drawn
 * from a generator of their own if @boots is not NULL. 0, or -1 without memory or values.
 */
int stat_bootstrap(const struct stat_estimator *e, const struct stat_draw *d, uint64_t runs,
		   const uint64_t *boots, double *out);

/*
 * The same with medians: those of STAT_RESAMPLES resamples of @x into @out. @boot: which boot each
 * value is of (stat/draw.h), or NULL if that does not matter. 0, or -1 if there are no
 * values or no memory.
 */
int stat_resample_medians(const double *x, const int *boot, int n, uint64_t seed, double *out);

/* @value with the interval that holds the middle STAT_CONFIDENCE of @resamples. */
struct stat_est stat_interval(double value, const double *resamples);

/* @b less @a, from their resamples, which were drawn apart. */
struct stat_est stat_diff(double a, const double *ra, double b, const double *rb);

/* Relative change, @b / @a - 1. All NAN unless every resample is above 0. */
struct stat_est stat_change(double a, const double *ra, double b, const double *rb);

/* Standard error of log(b) - log(a), or of b - a, from resamples; NAN for what has no log. */
double stat_error(const double *ra, const double *rb, bool log_scale);

struct stat_test {
	double u;	/* of the second sample: pairs in which it is larger, ties a half */
	double p;	/* two-sided */
	double effect;	/* Vargha and Delaney's A: chance that one of b exceeds one of a */
	double alpha;	/* the largest p up to STAT_ALPHA that the test can give; 0 if none */
	double least;	/* the smallest p that so many values can give, if no two are equal */
	bool exact;
};

/*
 * Mann-Whitney's test of @a against @b: the exact permutation distribution
 * (mid-ranks for ties) up to STAT_EXACT_MAX values in all, beyond it the normal
 * approximation with corrections for ties and continuity.
 */
#define STAT_EXACT_MAX 50
struct stat_test stat_mann_whitney(const double *a, int na, const double *b, int nb);

/*
 * The same within boots that both have values of: van Elteren's test. Value i of @a is of boot
 * @boot_a[i]. What boots differ by is in none of its ranks. u and the effect are of pairs
 * of the same boot. All NAN if there is no such pair.
 */
struct stat_test stat_van_elteren(const double *a, const int *boot_a, int na, const double *b,
				  const int *boot_b, int nb);

/*
 * @of the values of each boot into @out, which has room for @n. Returns how many
 * boots there are. Arms that do not share boots are compared by these: the runs of a boot
 * have in common what the boot has of its own, and so are not independent.
 */
int stat_boot_values(const double *x, const int *boot, int n,
		     double (*of)(const double *x, int n), double *out);

enum stat_verdict {
	STAT_NONE,	/* nothing to compare */
	STAT_SAME,	/* no difference is shown: "~" */
	STAT_BETTER,
	STAT_WORSE,
	STAT_HIGHER,	/* of a metric that has no better direction */
	STAT_LOWER,
};

/*
 * The word for a difference. It needs both: an interval that does not hold zero,
 * and p below STAT_ALPHA. @better: +1 if higher is, -1 if lower is, 0 if neither.
 */
enum stat_verdict stat_verdict(struct stat_est diff, double p, int better);
const char *stat_verdict_word(enum stat_verdict v);

#endif /* VHINT_STAT_MEDIAN_H */
