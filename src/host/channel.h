/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connection to one guest: JSON lines over the Unix socket behind its
 * virtio-serial port.
 */
#ifndef VHINT_HOST_CHANNEL_H
#define VHINT_HOST_CHANNEL_H

#include "base/lines.h"
#include "host/guest_msg.h"

struct channel {
	int fd;			/* -1: closed */
	struct line_buf in;
};

/* 0, or -errno. Non-blocking from then on. */
int channel_open(struct channel *c, const char *path);
void channel_close(struct channel *c);

/* Sends one message, newline added. 0, or -errno; waits up to @timeout_ms for room. */
int channel_send(struct channel *c, json_object *o, int timeout_ms);

/* Takes in what has come. 1 if the other end is gone, 0 if not, -1 if it sends rubbish. */
int channel_fill(struct channel *c);

/* The next message that has come in whole: 1, or 0 if there is none. */
int channel_next(struct channel *c, struct guest_msg *m);

#endif /* VHINT_HOST_CHANNEL_H */
