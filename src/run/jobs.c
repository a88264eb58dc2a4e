// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many boots are made side by side. Pure.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/jobs.h"

int jobs_parse(const char *text, int *jobs, struct vh_err *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 1 || n > JOBS_MAX)
		return vh_err(err, VH_BAD_USAGE,
			      "--jobs: found \"%s\", expected a whole number from 1 to %d", text,
			      JOBS_MAX);
	*jobs = n;
	return 0;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Labs that memory is enough for; a lab that runs already counts with all that it may take. */
static int that_fit(const struct jobs_facts *f)
{
	if (f->available_mib < 0 || f->lab_mib <= 0 || f->available_mib / f->lab_mib > JOBS_MAX)
		return JOBS_MAX;
	return f->available_mib / f->lab_mib;
}

int jobs_decide(const struct jobs_facts *f, char *why, size_t len, struct vh_err *err)
{
	int n, fit;

	if (len)
		*why = '\0';
	if (f->asked > 1 && !f->lab)
		return vh_err(err, VH_BAD_USAGE,
			      "--jobs %d: boots on this host come one after the other; leave --jobs out, or use --where lab",
			      f->asked);
	if (f->asked > 1 && !f->virtual_clock)
		return vh_err(err, VH_BAD_USAGE,
			      "--jobs %d: with the real clock, boots side by side would disturb each other's figures; leave --jobs out, or use the virtual clock",
			      f->asked);
	if (!f->lab || !f->virtual_clock)
		return 1;
	n = least(f->asked ? f->asked : f->cores, JOBS_MAX);
	n = least(n, f->boots);
	fit = that_fit(f);
	if (f->asked && fit > 0 && fit < n)
		snprintf(why, len,
			 "--jobs %d: %ld MiB of memory are available and a lab may take %ld, so %d %s made at a time",
			 f->asked, f->available_mib, f->lab_mib, fit,
			 fit == 1 ? "boot is" : "boots are");
	n = least(n, fit);
	return n > 0 ? n : 1;
}
