/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes on beside a run: events to the front, signs of life, signals, and a
 * watch over calls that have no deadline of their own.
 */
#ifndef VHINT_HOST_LOOP_H
#define VHINT_HOST_LOOP_H

#include <stdbool.h>

#include <json-c/json.h>

#include "base/err.h"

/*
 * Starts the thread that serves libvirt's event loop, after which libvirt may be
 * used; call it before any other thread is made. Events go to @path: a file, a
 * port, or "fd:N". 0, or -1 with @err filled.
 */
int loop_start(const char *path, struct vh_err *err);
void loop_stop(void);

/* Readable when there is something new: loop_signal(), or loop_wake() was called. */
int loop_fd(void);
void loop_wake(void);
void loop_drain(void);

/* The signal that asks us to end, or 0. A second one ends the process at once. */
int loop_signal(void);

/* From now on, if @what lasts longer than that, the agent says so and ends. */
void loop_watch(int seconds, const char *what);
void loop_unwatch(void);

/* One event; takes @o over. */
void event_emit(json_object *o);
json_object *event_new(const char *event);
void event_phase(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void event_error(const char *kind, const char *message);

#endif /* VHINT_HOST_LOOP_H */
