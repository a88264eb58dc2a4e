// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long an experiment will take.
 */
#include <math.h>
#include <stdio.h>

#include "run/estimate.h"

/* If each boot and run takes what is usual. */
static double usual(int boots, int runs, int jobs)
{
	int rounds = (boots + jobs - 1) / jobs;

	/* boots side by side end one after the other only if there are more of them than jobs */
	return boots ? (double)rounds / boots *
	       (boots * ESTIMATE_BOOT_S + runs * ESTIMATE_RUN_S) : 0;
}

double estimate_seconds(bool lab, int boots, int runs, int jobs, const struct pace *known)
{
	if (*known->run)
		return known->seconds * usual(boots, runs, jobs) /
		       usual(known->boots, known->runs, known->jobs);
	return lab ? usual(boots, runs, jobs) : NAN;
}

char *estimate_time(char *buf, size_t len, double seconds)
{
	long minutes = lround(seconds / 60), tens = lround(seconds / 600) * 10;
	long fives = lround(seconds / 5) * 5;

	if (seconds < 90)
		snprintf(buf, len, "about %ld s", fives > 0 ? fives : 1);
	else if (tens < 60)
		snprintf(buf, len, "about %ld min", minutes);
	else if (tens % 60)
		snprintf(buf, len, "about %ld h %ld min", tens / 60, tens % 60);
	else
		snprintf(buf, len, "about %ld h", tens / 60);
	return buf;
}

char *estimate_words(char *buf, size_t len, bool lab, int boots, int runs, int jobs,
		     const struct pace *known)
{
	double s = estimate_seconds(lab, boots, runs, jobs, known);
	char time[48], took[48];

	if (isnan(s)) {
		snprintf(buf, len,
			 "how long it takes is not known: no run of it has been finished on this host yet");
		return buf;
	}
	estimate_time(time, sizeof(time), s);
	if (*known->run)
		snprintf(buf, len, "%s, since run %s took %s (%d runs in %d boots, %d at a time)",
			 time, known->run, estimate_time(took, sizeof(took), known->seconds),
			 known->runs, known->boots, known->jobs);
	else
		snprintf(buf, len,
			 "%s with %d boot%s at a time: %d s a boot and %d s a run, as measured on a machine of 2 cores; a longer workload takes longer",
			 time, jobs, jobs > 1 ? "s" : "", ESTIMATE_BOOT_S, ESTIMATE_RUN_S);
	return buf;
}
