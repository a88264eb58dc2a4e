/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * runs.ndjson: one line per attempt at a run, taken over from the agents (results/collect.h).
 * None is ever changed. Of a run that was tried several times, the last good attempt counts,
 * or else the last. A line that is damaged all the same is skipped, and readers say so.
 */
#ifndef VHINT_RESULTS_RECORDS_H
#define VHINT_RESULTS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "results/boots.h"

struct record {
	int run, arm, rep;
	int planned, instance;	/* the plan's boot, and which making of it (results/boots.h) */
	int boot;		/* of the two together a number, the same for all that came of one boot */
	int attempt;		/* at this run, from 1 */
	bool warmup, ok;
	double started;		/* in s of UTC, or NAN */
	double steal;		/* share of the machine's time that was stolen meanwhile, or NAN */
	json_object *o;
};

struct records {
	int nr;
	struct record *r;
	int nr_ids;
	int *of_id;		/* the record that counts for a run's id, -1: none */
	int damaged;		/* lines that are not whole records */
	int first_damaged;	/* number of the first of them, from 1 */
	int foreign;		/* lines of another schema */
	int first_foreign, foreign_schema;
	/*
	 * The first making of a boot has the plan's number, all others have numbers from
	 * first_extra on; nr_boots is above all of them.
	 */
	int first_extra, nr_boots;
	struct record_boot { int planned, instance; } *extra;
	struct boots made;	/* from boots.ndjson; none in old folders */
};

/* Reads @text; lines of unknown arms are damaged, too. */
int records_parse(struct records *rs, const struct experiment *e, const char *text, size_t len,
		  struct vh_err *err);
/* The same of @dir's runs.ndjson, boots.ndjson and machine.ndjson. */
int records_load(struct records *rs, const struct experiment *e, const char *dir,
		 struct vh_err *err);
/* Adds what machine.ndjson says of the runs; the last line of a run counts. */
void records_add_machine(struct records *rs, const char *text, size_t len);
void records_free(struct records *rs);

/* The record that counts for run @id: the last good one, else the last; or NULL. */
const struct record *records_of_run(const struct records *rs, int id);

/* What record.boot stands for. */
struct record_boot records_boot(const struct records *rs, int boot);

/* The number of the last attempt at run @id, be it on file or lost with its boot; 0: none. */
int records_attempts(const struct records *rs, int id);

/* The instance that boot @boot of the plan would have if it was begun now. */
int records_next_instance(const struct records *rs, int boot);

/* Makes the file end in a whole line, so that appending is safe. */
int records_repair(const char *dir, struct vh_err *err);

/*
 * Runs of boot @boot that are still to be done, with the warm-ups before them;
 * none if the boot is complete. Returns their number; @todo has room for all, or is NULL.
 */
int records_todo(const struct records *rs, const struct plan_boot *b, int *todo);

/* How many there are of all boots of the run in @dir; -1 with @err filled. */
int records_left(const char *dir, const struct experiment *e, const struct plan *p,
		 struct vh_err *err);

#endif /* VHINT_RESULTS_RECORDS_H */
