/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The measured part as the guest itself saw it
 */
#ifndef VHINT_RUNNER_VIEW_H
#define VHINT_RUNNER_VIEW_H

#include <stdint.h>

struct json_object;

#define VIEW_MAX_COUNTERS 64

struct view {
	uint64_t monotonic_ns;
	uint64_t boottime_ns;
	int64_t steal_ticks;		/* -1: not known */
	int64_t context_switches;	/* -1: not known */
	int64_t runnable_ns;		/* all tasks ran or wanted to, since boot; -1 */
	int nr_counters;
	struct view_counter {
		char name[64];
		uint64_t value;
	} counters[VIEW_MAX_COUNTERS];
};

void view_take(struct view *v);

/* How many tasks were runnable between the two, on average; NAN: not known. */
double view_runnable(const struct view *before, const struct view *after);

/* {"steal_s":..,"context_switches":..,"hints":{..}}; what is not known is null */
struct json_object *view_diff(const struct view *before, const struct view *after);

/* Pure: the two figures of a /proc/stat; counters of a file called name with this text. */
void view_parse_stat(struct view *v, const char *text);
void view_parse_counters(struct view *v, const char *name, char *text);
void view_parse_schedstat(struct view *v, const char *text);

#endif
