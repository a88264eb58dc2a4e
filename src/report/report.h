/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the records of a run say: the values of every metric per arm, their
 * medians and intervals, and each arm against the baseline. Pure: the same
 * records give the same report, byte for byte. text.c, markdown.c, mail.c and html.c write it down.
 */
#ifndef VHINT_REPORT_REPORT_H
#define VHINT_REPORT_REPORT_H

#include <stdio.h>
#include <string.h>

#include "base/metric.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "report/attempts.h"
#include "results/records.h"
#include "stat/median.h"
#include "stat/power.h"

#define REPORT_MAX_PERCENTILES	8	/* beside those that the experiment names */
#define REPORT_MAX_COLS		(EXP_MAX_METRICS + 6 + REPORT_MAX_PERCENTILES)
#define REPORT_MAX_PAIRS	(2 * EXP_MAX_ARMS)
#define REPORT_MAX_NOTES	32

enum report_kind {
	COL_SLOWDOWN,	/* time contended / the baseline's time alone: geometric mean over the VMs */
	COL_STP,	/* weighted speedup: sum over the VMs of 1 / slowdown */
	COL_ANTT,	/* mean over the VMs of their slowdowns */
	COL_STALLED,	/* 1 if a VM's slowdown is more than REPORT_STALL times the ideal, else 0 */
	COL_TIME,	/* of the measured part, all VMs at work: mean over the VMs */
	COL_ALONE,	/* the same work with the other VMs idle */
	COL_HOST,	/* a metric of the host */
	COL_WORKLOAD,	/* a metric of the workload: mean over the VMs */
	COL_PERCENTILE,	/* of histograms, merged over VMs and repetitions */
};

struct report_col {
	enum report_kind kind;
	const struct metric *metric;
	const char *label;	/* for people */
	const char *head;	/* the same for the head of a narrow column */
	bool host;		/* a COL_PERCENTILE that is not the workload's */
	bool geometric;		/* an arm has the geometric mean of its runs, not their median */
};

/* As people read it: a count is a plain number. */
static inline const char *report_unit(const struct report_col *col)
{
	return strcmp(col->metric->unit, "count") ? col->metric->unit : "";
}

/* The values of one metric in one arm, in the order of the runs. */
struct report_series {
	int n;
	double *v;
	int *run, *boot;
	struct stat_est est;	/* as the column has it, with its interval */
	double *resamples;	/* STAT_RESAMPLES estimates, NULL if there are no values */
	int nr_boots;
	double *boot_value;	/* estimates of each boot */
};

struct report_arm {
	int planned, ok, failed;
	int *ok_run;		/* ids of the runs that count */
	struct report_series col[REPORT_MAX_COLS];
};

/* An arm of a pair: its runs in the boots that count, and the estimate from them. */
struct report_drawn {
	int runs;
	double value;
	double *resamples;	/* STAT_RESAMPLES estimates, NULL if there are no such boots */
};

/*
 * A metric of two arms that share boots, of those boots in which both have values. Runs are drawn
 * within each boot. Where a boot has but one, boots are drawn, and resample i of both arms has the
 * same boots. So what boots differ by is in both.
 */
struct report_paired {
	int boots;
	struct report_drawn base, arm;
};

/*
 * An arm and the one that it is compared with: the baseline and, if the baseline is of another
 * kernel, the arm of its own kernel that is off. The first tells what all of it is good for, the
 * second, which shares boots, what hints and policy add.
 */
struct report_pair {
	int arm, base;
	struct report_paired col[REPORT_MAX_COLS];	/* empty if the two share no boots */
};

/* A pair in one metric. */
struct report_cmp {
	int arm, base, col;
	bool ratio;		/* all values are above 0: change has a meaning, and is what is tested */
	struct stat_est diff, change;
	struct stat_test test;
	int boots[2];		/* if the test is of boots, of how many; else 0 */
	double p_adjusted;	/* Holm's, over all metrics of the pair but the headline */
	double p_fisher;	/* of COL_STALLED, else NAN */
	double error, df;	/* of the log of the ratio, or of the difference */
	double detectable;	/* smallest effect that this design finds, as change or as difference */
	double margin, p_equivalent;	/* the experiment's margin as a ratio, 0 if it has none */
	int better;
	enum stat_verdict verdict;
	enum stat_verdict alone;	/* the same by p, as if this metric were the only one */
};

struct report_failure {
	int run, arm, rep;
	char kind[32];
	char msg[400];
};

struct report {
	const struct experiment *e;
	const struct plan *plan;
	const struct records *rs;
	struct report_reference *reference;
	int nr_cols;
	struct report_col cols[REPORT_MAX_COLS];	/* the headline is the first */
	struct report_arm arms[EXP_MAX_ARMS];
	int nr_pairs;
	struct report_pair pairs[REPORT_MAX_PAIRS];
	int nr_cmps;			/* in the order of the pairs, the headline first */
	struct report_cmp cmps[REPORT_MAX_PAIRS * REPORT_MAX_COLS];
	int planned, ok, warmups;	/* runs */
	int nr_failures;
	struct report_failure *failures;
	struct report_attempts attempts;
	int nr_notes;			/* what a reader must know */
	char *notes[REPORT_MAX_NOTES];
};

/* 0, or -1 with @err filled. What it is made of must live as long as it does. */
int report_make(struct report *r, const struct experiment *e, const struct plan *p,
		const struct records *rs, struct vh_err *err);
void report_free(struct report *r);

/* Everything planned was done, and well. */
bool report_complete(const struct report *r);

/* A difference by itself, but as chance allows among so many metrics: "better?". */
static inline bool report_perhaps(const struct report_cmp *c)
{
	return c->verdict == STAT_SAME && c->alone > STAT_SAME;
}

/* Adds the value of a run to a series; what is not finite is missing. */
void report_add_value(const struct report *r, struct report_series *s, int run, double v);

/* Two arms share boots if they are of one kernel. */
bool report_shares_boots(const struct report *r, int a, int b);

/* The series is there, but neither hints nor policy: such an arm tells what the series costs. */
bool report_is_off(const struct exp_arm *arm);

/* The comparisons of pair @pair, one per column. */
static inline const struct report_cmp *report_cmps(const struct report *r, int pair)
{
	return &r->cmps[pair * r->nr_cols];
}

/* The arm against the baseline, or NULL. */
const struct report_cmp *report_cmp_of(const struct report *r, int arm, int col);

/* Member @key of VM @vm in a record, or NAN. */
double report_vm_value(const struct record *rec, const char *vm, const char *key);

/* What the workload in VM @vm reported, or NULL. */
json_object *report_vm_workload(const struct record *rec, const char *vm);

/* Median of member @key of VM @vm over the arm's good runs, NAN if there is none. */
double report_vm_median(const struct report *r, int arm, int vm, const char *key);

/* Parts of the variance of the log of a series whose values are above 0. */
struct stat_parts report_parts(const struct report_series *s);

/* Estimate of a column from the arm's good runs in boot @boot; @n: how many. */
double report_boot_value(const struct report *r, int arm, int col, int boot, int *n);

/* --- report/pair.c --- */

/*
 * @b against @a in column @col; their resamples must have been drawn apart.
 * Where arms share boots (@paired), runs are compared with runs of the same boot: what boots
 * differ by is in both arms. Where they do not (NULL), it would count as a difference between
 * arms, and so boots are compared with boots. Arms and column are left open; so are the adjusted
 * p and the verdict, which report_judge() finds. @margin: of equivalence, as a ratio, or 0.
 */
struct report_cmp report_compare(const struct report_series *a, const struct report_series *b,
				 const struct report_paired *paired, const struct report_col *col,
				 double margin);

/* Adjusts p and finds the verdicts of the @n metrics of a pair; the first is the headline. */
void report_judge(struct report_cmp *const *c, int n);

/* --- report/estimate.c --- */

/*
 * Where a column's estimates of an arm come from; data is given to free_data() at the end. A
 * source without data is of an arm that has no values.
 */
struct report_source {
	struct stat_estimator e;
	void (*free_data)(void *data);
};

/* Estimates and intervals of column @col of all arms and pairs. 0, or -1 without memory. */
int report_estimate(struct report *r, int col);

/* --- report/reference.c --- */

#define REPORT_STALL	10	/* times the ideal slowdown: a VM that is so slow hangs in something */

/* The times alone that all slowdowns are of. 0, or -1 without memory. */
int report_reference(struct report *r);
void report_reference_free(struct report *r);

/* Of VM @vm in a run of @arm in @boot; NULL if it is not known. */
struct reference;
const struct reference *reference_of(const struct report *r, int arm, int boot, int vm);

/* Its time, and the log of it, in resample @nr; -1: of the values themselves. */
double reference_time(const struct reference *ref, int nr);
double reference_log(const struct reference *ref, int nr);

/* --- report/slowdown.c --- */

/* Fills in the values of column @col of arm @arm, and what they are estimated by. */
int report_slowdown(struct report *r, int arm, int col, struct report_source *src);

/* What the VMs ask for over what there is: no scheduler makes the mean slowdown smaller. */
double report_ideal(const struct experiment *e);

/* --- report/percentile.c --- */

/* A metric such as call_p99_us: percentile 99 of the histogram call_ns, in units of 1000 ns. */
struct report_percentile {
	char member[64];
	double p, ns;
};

bool report_percentile_key(const char *key, struct report_percentile *p);

/* As report_slowdown(), of a COL_PERCENTILE. */
int report_percentiles(struct report *r, int arm, int col, struct report_source *src);

/* --- report/notes.c --- */

/* Fills @r's notes, when all else is there. */
void report_notes(struct report *r);

/* One more, unless it is there already. */
void report_add_note(struct report *r, const char *text);

/* --- report/trace.c --- */

/* What the recording of arm @arm cost, and whether it is whole; NULL if there is none. */
char *report_trace_words(const struct report *r, int arm, char *buf, size_t len);

/* --- writing it down --- */

void report_text(const struct report *r, FILE *out);
void report_markdown(const struct report *r, const char *dir, FILE *out);
/* Plain text for a mail; provenance is of @dir. */
void report_mail(const struct report *r, const char *dir, FILE *out);
/* The page of @markdown, with the plots of @dir in it. 0, or -1 without memory. */
int report_html(const struct report *r, const char *dir, const char *markdown, FILE *out);
json_object *report_summary(const struct report *r);

#endif /* VHINT_REPORT_REPORT_H */
