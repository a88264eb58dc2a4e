/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A one-way pipe between two descriptors, for a poll loop.
 */
#ifndef VHINT_LAB_RELAY_H
#define VHINT_LAB_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct lab_relay {
	int from, to;		/* -1: not in use */
	size_t start, len;	/* what is in buf */
	bool eof;		/* from has ended */
	bool broken;		/* to takes no more: what comes is dropped */
	char buf[16384];
};

void lab_relay_init(struct lab_relay *r, int from, int to);

/* What to wait for; both entries are set, with fd -1 where there is nothing. */
void lab_relay_poll(const struct lab_relay *r, struct pollfd fds[2]);

/* Moves what can be moved after poll(). */
void lab_relay_move(struct lab_relay *r, const struct pollfd fds[2]);

/* Everything that will ever come has been passed on. */
bool lab_relay_done(const struct lab_relay *r);

#endif /* VHINT_LAB_RELAY_H */
