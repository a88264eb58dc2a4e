/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a line to what a guest says. Pure.
 */
#ifndef VHINT_HOST_GUEST_MSG_H
#define VHINT_HOST_GUEST_MSG_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

enum guest_event {
	GUEST_HELLO,
	GUEST_READY,
	GUEST_DONE,
	GUEST_STOPPED,
	GUEST_ERROR,
	GUEST_BAD,	/* not a JSON object, or without an event that we know */
};

struct guest_msg {
	enum guest_event event;
	int run;		/* -1: names none */
	json_object *json;	/* the whole message; NULL if bad */
};

/* Fills @m; guest_msg_free() it. */
void guest_msg_parse(struct guest_msg *m, const char *line);
void guest_msg_free(struct guest_msg *m);

const char *guest_event_name(enum guest_event event);

enum guest_answer {
	ANSWER_YES,	/* the one waited for */
	ANSWER_LATE,	/* of an earlier run: to be dropped */
	ANSWER_ERROR,	/* the guest reports an error, or done with ok:false */
	ANSWER_WRONG,	/* neither: the guest broke the protocol */
};

/* What @m is to somebody who waits for @want of @run. */
enum guest_answer guest_msg_judge(const struct guest_msg *m, enum guest_event want, int run);

/* What the guest gives as the reason, "" if none. */
const char *guest_msg_text(const struct guest_msg *m);

/* o.a.b as a boolean, false if it is not there. */
bool json_flag(json_object *o, const char *a, const char *b);

#endif /* VHINT_HOST_GUEST_MSG_H */
