/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plots of a run, as scripts for gnuplot that hold their own data, so that a user
 * can change one and draw it again. A script is pure: the same report gives the
 * same bytes.
 */
#ifndef VHINT_REPORT_PLOT_H
#define VHINT_REPORT_PLOT_H

#include <stdio.h>

#include "report/report.h"

struct plot {
	const char *name;	/* of the files: plots/<name>.gp and plots/<name>.svg */
	const char *title;
	const char *doc;	/* how to read it, one sentence */
	/* Is there anything to draw? */
	bool (*has)(const struct report *r);
	void (*script)(const struct report *r, const struct plot *p, FILE *out);
};

/* By number, NULL past the last one. */
const struct plot *plot_nr(int nr);

/*
 * Draws all plots that have data into @dir/plots. 0, or -1 with @err filled: no
 * gnuplot, no disk space. What could not be drawn is not left over from before.
 */
int plot_all(const struct report *r, const char *dir, struct vh_err *err);

/* Whether @dir has plot @p. */
bool plot_is_drawn(const struct plot *p, const char *dir);

#endif /* VHINT_REPORT_PLOT_H */
