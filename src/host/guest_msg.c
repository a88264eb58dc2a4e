// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's side of the protocol with guests, apart from doing anything.
 */
#include <string.h>

#include "host/guest_msg.h"

static const char *const names[] = {
	[GUEST_HELLO] = "hello",
	[GUEST_READY] = "ready",
	[GUEST_DONE] = "done",
	[GUEST_STOPPED] = "stopped",
	[GUEST_ERROR] = "error",
	[GUEST_BAD] = "(unknown)",
};

const char *guest_event_name(enum guest_event event)
{
	return names[event];
}

void guest_msg_parse(struct guest_msg *m, const char *line)
{
	json_object *v;
	int i;

	m->event = GUEST_BAD;
	m->run = -1;
	m->json = json_tokener_parse(line);
	if (!json_object_is_type(m->json, json_type_object)) {
		json_object_put(m->json);
		m->json = NULL;
		return;
	}
	if (json_object_object_get_ex(m->json, "run", &v) &&
	    json_object_is_type(v, json_type_int))
		m->run = json_object_get_int(v);
	if (!json_object_object_get_ex(m->json, "event", &v) ||
	    !json_object_is_type(v, json_type_string))
		return;
	for (i = 0; i < GUEST_BAD; i++)
		if (!strcmp(json_object_get_string(v), names[i]))
			m->event = i;
}

void guest_msg_free(struct guest_msg *m)
{
	json_object_put(m->json);
	m->json = NULL;
}

static bool said_ok(const struct guest_msg *m)
{
	json_object *v;

	return json_object_object_get_ex(m->json, "ok", &v) && json_object_get_boolean(v);
}

enum guest_answer guest_msg_judge(const struct guest_msg *m, enum guest_event want, int run)
{
	switch (m->event) {
	case GUEST_BAD:
		return ANSWER_WRONG;
	case GUEST_ERROR:
		return m->run < 0 || m->run == run ? ANSWER_ERROR : ANSWER_LATE;
	case GUEST_HELLO:
		/* in the middle of a run it means that the guest started anew */
		return want == GUEST_HELLO ? ANSWER_YES : ANSWER_WRONG;
	default:
		break;
	}
	if (m->run != run)
		return ANSWER_LATE;
	if (m->event == GUEST_DONE && !said_ok(m))
		return ANSWER_ERROR;
	return m->event == want ? ANSWER_YES : ANSWER_WRONG;
}

const char *guest_msg_text(const struct guest_msg *m)
{
	json_object *v;

	if (m->json && json_object_object_get_ex(m->json, "message", &v) &&
	    json_object_is_type(v, json_type_string))
		return json_object_get_string(v);
	return "";
}

bool json_flag(json_object *o, const char *a, const char *b)
{
	json_object *v = NULL;

	return json_object_object_get_ex(o, a, &v) && json_object_object_get_ex(v, b, &v) &&
	       json_object_get_boolean(v);
}
