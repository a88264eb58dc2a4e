/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run that is recorded, by trace-cmd and perf.
 */
#ifndef VHINT_HOST_TRACE_H
#define VHINT_HOST_TRACE_H

#include "host/agent.h"

struct agent_trace;

/*
 * Starts recording into @folder. What cannot be recorded does not fail the run: the
 * record says so. NULL only without memory.
 */
struct agent_trace *agent_trace_begin(struct agent *a, const char *folder);

/* Ends it, and gives what goes into the run's record; frees @t, which may be NULL. */
json_object *agent_trace_end(struct agent *a, struct agent_trace *t);

#endif /* VHINT_HOST_TRACE_H */
