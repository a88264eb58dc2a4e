/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an init must do to its machine
 */
#ifndef VHINT_RUNNER_SYS_H
#define VHINT_RUNNER_SYS_H

#include <stdbool.h>
#include <stddef.h>

#include "workload/runner_proto.h"

/* Says why on the console, then ends PID 1: the kernel panics, and the host sees that. */
void sys_die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* File systems, console, limits, loopback: all that a workload may take for granted. */
void sys_setup(void);

/* The virtio port of that name, opened without blocking: a descriptor, or -1 with a message. */
int sys_open_port(const char *name, char *msg, size_t len);

/* Can this kernel publish hints, and does it? */
void sys_hints(struct proto_hints *hints);
/* Switches and reads back: 0, or -1 with a message. */
int sys_set_hints(bool on, struct proto_hints *hints, char *msg, size_t len);

/* trace-cmd's agent, which waits for the host's trace-cmd: true if the guest has the program. */
bool sys_start_tracer(void);

void sys_poweroff(void) __attribute__((noreturn));

/* A small file as a string without its last newline: its length, or -1 with errno. */
int sys_read_file(const char *path, char *buf, size_t len);

#endif
