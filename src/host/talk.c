// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking with all guests at once: orders out, answers in, and the barrier that
 * lies in waiting for everybody's answer before the next order goes out.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/now.h"
#include "base/tail.h"
#include "host/agent.h"
#include "host/loop.h"

#define SEND_MS		5000
#define CONSOLE_BYTES	32768	/* a panic may have much after it */
#define TAIL_BYTES	2048
#define TAIL_LINES	12
#define SETTLE_MS	200
#define SETTLE_TRIES	10

int agent_fail(struct agent *a, const char *kind, const char *fmt, ...)
{
	va_list ap;

	if (a->fail.kind)
		return -1;
	a->fail.kind = kind;
	va_start(ap, fmt);
	vsnprintf(a->fail.msg, sizeof(a->fail.msg), fmt, ap);
	va_end(ap);
	return -1;
}

/* virtlogd passes on what QEMU wrote when it gets to it. */
static void settle(const struct vm *vm)
{
	off_t size = -1;
	int i;

	for (i = 0; i < SETTLE_TRIES && size != vm_console_size(vm); i++) {
		size = vm_console_size(vm);
		poll(NULL, 0, SETTLE_MS);
	}
}

int agent_fail_guest(struct agent *a, int vm, bool gone, const char *fmt, ...)
{
	char console[CONSOLE_BYTES], tail[TAIL_BYTES], text[512], reason[256];
	const char *kind;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (a->fail.kind)
		return -1;
	if (gone)
		settle(&a->vms[vm]);
	vm_console_tail(&a->vms[vm], console, sizeof(console));
	kind = judge_guest(gone, console);
	judge_panic(console, reason, sizeof(reason));
	text_tail(console, strlen(console), TAIL_LINES, tail, sizeof(tail));
	return agent_fail(a, kind, "%s: %s%s%s%s. Its console (%s) %s%s", a->vms[vm].spec->name,
			  reason[0] ? "its kernel panicked (" : "", reason,
			  reason[0] ? "): " : "", text, a->vms[vm].console,
			  tail[0] ? "ends with\n" : "is empty", tail);
}

/* -1 if something beside the guests ends all waiting. */
static int check_outside(struct agent *a)
{
	if (loop_signal())
		return agent_fail(a, KIND_SIGNAL, "interrupted (%s)", strsignal(loop_signal()));
	if (vm_host_lost())
		return agent_fail(a, KIND_LIBVIRT, "%s", vm_host_lost());
	return 0;
}

int agent_send(struct agent *a, uint32_t vms, json_object *o)
{
	int i, ret, result = check_outside(a);

	for (i = 0; i < a->nr_vms && !result; i++) {
		if (!(vms >> i & 1))
			continue;
		ret = channel_send(&a->vms[i].chan, o, SEND_MS);
		if (ret)
			result = agent_fail_guest(a, i, ret != -ETIMEDOUT,
						  "it takes no orders any more (%s)",
						  strerror(-ret));
	}
	json_object_put(o);
	return result;
}

struct wait {
	uint32_t pending;
	enum guest_event want;
	int run;
	struct guest_msg *said;
};

/* One message of VM @i. Keeps it, or frees it. */
static int take(struct agent *a, struct wait *w, int i, struct guest_msg *m)
{
	enum guest_answer answer = guest_msg_judge(m, w->want, w->run);
	const char *name = a->vms[i].spec->name;
	int ret = 0;

	if (answer == ANSWER_ERROR)
		ret = agent_fail(a, KIND_GUEST, "%s: the guest reports: %s", name,
				 guest_msg_text(m));
	else if (answer == ANSWER_WRONG ||
		 (answer == ANSWER_YES && !(w->pending >> i & 1)))
		ret = agent_fail_guest(a, i, false,
				       "it said \"%s\" where \"%s\" of run %d was expected",
				       guest_event_name(m->event), guest_event_name(w->want),
				       w->run);
	if (!ret && answer == ANSWER_YES) {
		w->pending &= ~(1U << i);
		if (w->said) {
			w->said[i] = *m;
			return 0;
		}
	}
	guest_msg_free(m);
	return ret;
}

static int take_all(struct agent *a, struct wait *w, int i)
{
	int gone = channel_fill(&a->vms[i].chan);
	struct guest_msg m;

	while (channel_next(&a->vms[i].chan, &m))
		if (take(a, w, i, &m))
			return -1;
	if (gone < 0)
		return agent_fail_guest(a, i, false, "it sends no end of a line");
	if (gone)
		return agent_fail_guest(a, i, true, "the VM ended while \"%s\" of run %d was awaited",
					guest_event_name(w->want), w->run);
	return 0;
}

static int late(struct agent *a, const struct wait *w)
{
	int i = __builtin_ctz(w->pending);

	return agent_fail_guest(a, i, false, "no \"%s\" within the %d s of timeout_s",
				guest_event_name(w->want), a->exp.timeout_s);
}

/* How long to wait for something to happen: at most @left, less if a tick is due before. */
static int until_tick(const struct agent *a, int64_t tick, int64_t left)
{
	int64_t ms = tick - now_ms();

	if (!a->tick.fn || ms > left)
		return left;
	return ms > 0 ? ms : 0;
}

int agent_wait(struct agent *a, uint32_t vms, enum guest_event want, int run,
	       struct guest_msg *said)
{
	int64_t left, deadline = now_ms() + a->exp.timeout_s * 1000LL;
	int64_t tick = now_ms() + a->tick.ms;
	struct wait w = { .pending = vms, .want = want, .run = run, .said = said };
	struct pollfd pfds[EXP_MAX_VMS + 1];
	int i;

	for (i = 0; i < a->nr_vms; i++) {
		pfds[i] = (struct pollfd){ .fd = a->vms[i].chan.fd, .events = POLLIN };
		if (said && vms >> i & 1)
			guest_msg_free(&said[i]);
	}
	pfds[a->nr_vms] = (struct pollfd){ .fd = loop_fd(), .events = POLLIN };
	while (w.pending) {
		left = deadline - now_ms();
		if (left <= 0)
			return late(a, &w);
		if (poll(pfds, a->nr_vms + 1, until_tick(a, tick, left)) < 0 && errno != EINTR)
			return agent_fail(a, KIND_IO, "poll: %s", strerror(errno));
		if (pfds[a->nr_vms].revents)
			loop_drain();
		if (check_outside(a))
			return -1;
		for (i = 0; i < a->nr_vms; i++)
			if (pfds[i].revents && take_all(a, &w, i))
				return -1;
		if (a->tick.fn && now_ms() >= tick) {
			a->tick.fn(a, a->tick.data);
			tick = now_ms() + a->tick.ms;
		}
	}
	return 0;
}
