/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the records of a run say: the values of every metric per arm, their
 * medians and intervals, and each arm against the baseline. Pure: the same
 * records give the same report, byte for byte. text.c, markdown.c, mail.c and html.c write it down.
 */
#ifndef VHINT_REPORT_REPORT_H
#define VHINT_REPORT_REPORT_H

#include <stdio.h>

#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "results/records.h"
#include "stat/median.h"

#define REPORT_MAX_PERCENTILES	8	/* beside those that the experiment names */
#define REPORT_MAX_COLS		(EXP_MAX_METRICS + 3 + REPORT_MAX_PERCENTILES)
#define REPORT_MAX_PAIRS	(2 * EXP_MAX_ARMS)
#define REPORT_MAX_NOTES	32

enum report_kind {
	COL_EFFICIENCY,	/* sum over VMs of time alone / time contended */
	COL_TIME,	/* of the measured part, all VMs at work: mean over the VMs */
	COL_ALONE,	/* the same work with the other VMs idle */
	COL_HOST,	/* a metric of the host */
	COL_WORKLOAD,	/* a metric of the workload: mean over the VMs */
	COL_PERCENTILE,	/* of histograms, merged over VMs and repetitions */
};

struct report_col {
	enum report_kind kind;
	const char *key;	/* in summary.json, the unit in its name */
	const char *label;	/* for people */
	const char *head;	/* the same for the head of a narrow column */
	const char *unit;	/* "" for a plain number */
	const char *doc;
	int better;		/* +1 higher, -1 lower, 0 neither */
	bool host;		/* a COL_PERCENTILE that is not the workload's */
};

/* The values of one metric in one arm, in the order of the runs. */
struct report_series {
	int n;
	double *v;
	int *run, *boot;
	struct stat_est est;	/* median (of COL_PERCENTILE the percentile) and interval */
	/*
	 * STAT_RESAMPLES medians each, NULL if n is 0: with boots drawn anew, and with runs only.
	 * The second is for arms that share boots, and NULL if there are none.
	 */
	double *resamples, *within;
	int nr_boots;
	double *boot_median;
};

struct report_arm {
	int planned, ok, failed;
	int *ok_run;		/* ids of the runs that count */
	struct report_series col[REPORT_MAX_COLS];
};

/*
 * An arm and the one that it is compared with: the baseline and, if the baseline is of another
 * kernel, the arm of its own kernel that is off. The first tells what all of it is good for, the
 * second, which shares boots, what hints and policy add.
 */
struct report_pair {
	int arm, base;
};

/* A pair in one metric. */
struct report_cmp {
	int arm, base, col;
	struct stat_est diff, change;
	struct stat_mwu test;
	int boots[2];		/* if the test is of boots, of how many; else 0 */
	enum stat_verdict verdict;
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
	int nr_notes;			/* what a reader must know */
	char *notes[REPORT_MAX_NOTES];
};

/* 0, or -1 with @err filled. What it is made of must live as long as it does. */
int report_make(struct report *r, const struct experiment *e, const struct plan *p,
		const struct records *rs, struct vh_err *err);
void report_free(struct report *r);

/* Everything planned was done, and well. */
bool report_complete(const struct report *r);

/*
 * @b against @a; their resamples must have been drawn apart.
 * Where arms share boots (@shared), runs are compared with runs: what boots differ by is in
 * both arms. Where they do not, it would count as a difference between arms, and so boots are
 * compared with boots. Arms and column are left open.
 */
struct report_cmp report_compare(const struct report_series *a, const struct report_series *b,
				 int better, bool shared);

/* Adds the value of a run to a series. */
void report_add_value(const struct report *r, struct report_series *s, int run, double v);

/* Whether the arm is to be compared with one that shares its boots. */
bool report_shares_boots(const struct report *r, int arm);

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

/* Median of a column over the arm's good runs in boot @boot; @n: how many. */
double report_boot_median(const struct report *r, int arm, int col, int boot, int *n);

/* --- report/efficiency.c --- */

/* Fills column 0 of arm @arm, resamples included. 0, or -1 without memory. */
int report_efficiency(struct report *r, int arm);

/* --- report/percentile.c --- */

/* A metric such as call_p99_us: percentile 99 of the histogram call_ns, in units of 1000 ns. */
struct report_percentile {
	char member[64];
	double p, ns;
};

bool report_percentile_key(const char *key, struct report_percentile *p);

/* Fills column @col, which is a COL_PERCENTILE, of arm @arm. 0, or -1 without memory. */
int report_percentiles(struct report *r, int arm, int col, uint64_t seed);

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
