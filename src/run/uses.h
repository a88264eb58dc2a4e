/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run uses of the kit's build. Each boot reads these files anew, so a build in the
 * same checkout would mix two kits in one run.
 */
#ifndef VHINT_RUN_USES_H
#define VHINT_RUN_USES_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

#define USES_MAX	24

/* One file as it is at one moment. */
struct use_state {
	bool there;
	char real[PATH_MAX];	/* where its links lead */
	dev_t dev;
	ino_t inode;
	off_t size;
	struct timespec mtime;
};

struct use {
	char path[PATH_MAX];
	struct use_state state;
};

struct uses {
	struct use files[USES_MAX];
	int nr;
};

/* Pure: is it the same file, with the same content as far as one can tell without reading? */
bool use_is_same(const struct use_state *then, const struct use_state *now);

/* Notes what the boots of @p use, at the start of a run. @agent is the program of the agent. */
void uses_note(struct uses *u, const struct experiment *e, const struct plan *p,
	       const char *agent);

/*
 * Before each boot: 0, or -1 with @err filled if a file was built anew. Tells the cache, too, that
 * its builds are in use.
 */
int uses_check(const struct uses *u, struct vh_err *err);

#endif /* VHINT_RUN_USES_H */
