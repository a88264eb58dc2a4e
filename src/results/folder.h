/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder that a run leaves: results/<experiment>/<UTC time>-<id>/. Nothing
 * in it is ever overwritten but what is computed from the rest.
 */
#ifndef VHINT_RESULTS_FOLDER_H
#define VHINT_RESULTS_FOLDER_H

#include <stddef.h>

#include "base/err.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

/* Where runs are kept: $VHINT_RESULTS, or results/ in the kit. */
const char *result_root(void);

/*
 * Two drivers at once would disturb each other's measurements: takes the lock,
 * or fails with the process that has it. Held until the process ends. Any number of
 * experiments in virtual time may share it, as that does not feel what else runs.
 */
int result_lock(const struct experiment *e, struct vh_err *err);

/*
 * Two drivers may never be at work in one folder, be it a run's or what a lab shares. Held
 * until the process ends.
 */
int result_lock_folder(const char *dir, struct vh_err *err);

/*
 * Makes the folder of a new run and writes its path, absolute, to @dir. @wanted
 * (may be NULL) is a place of the user's choice: it must not exist or be empty.
 */
int result_create(char *dir, size_t len, const char *experiment, const char *wanted,
		  struct vh_err *err);

/* Turns what the user gave (a run's folder, or "latest") into an absolute path. */
int result_find(char *dir, size_t len, const char *given, struct vh_err *err);

/* Puts the verbatim copy, resolved.json and an empty runs.ndjson into @dir. */
int result_begin(const char *dir, const char *file, const struct experiment *e,
		 struct vh_err *err);

/* Reads back what result_begin() wrote. */
int result_load(const char *dir, struct experiment *e, struct plan *p, struct vh_err *err);

/* Points results/<experiment>/latest to @dir, if that is where it lies. */
void result_mark_latest(const char *dir);

/* 0 if there are @mib MiB free where @dir lies, else -1 (VH_BAD_HOST). */
int result_check_space(const char *dir, long mib, struct vh_err *err);

#endif /* VHINT_RESULTS_FOLDER_H */
