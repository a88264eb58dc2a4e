// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judgements on a lab: what its console says, and whether it is well. Pure: the
 * facts in, the verdict out.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lab/lab_internal.h"

/* After the kernel's time stamp. The first that fits decides, so order matters. */
static const struct {
	const char *text;
	enum lab_console verdict;
} patterns[] = {
	{ "watchdog: BUG: soft lockup", LAB_CONSOLE_STALL },
	{ "BUG: workqueue lockup", LAB_CONSOLE_STALL },
	{ "rcu: INFO: rcu_", LAB_CONSOLE_STALL },
	{ "INFO: task ", LAB_CONSOLE_STALL },
	{ "Kernel panic", LAB_CONSOLE_PANIC },
	{ "---[ end Kernel panic", LAB_CONSOLE_PANIC },
	{ "Oops: ", LAB_CONSOLE_PANIC },
	{ "kernel BUG at ", LAB_CONSOLE_PANIC },
	{ "traps: PANIC: ", LAB_CONSOLE_PANIC },
	{ "PANIC: ", LAB_CONSOLE_PANIC },
	{ "BUG: TASK stack guard page was hit", LAB_CONSOLE_PANIC },
	{ "BUG: IRQ stack guard page was hit", LAB_CONSOLE_PANIC },
	{ "BUG: unable to handle ", LAB_CONSOLE_PANIC },
	{ "BUG: kernel NULL pointer", LAB_CONSOLE_PANIC },
};

/*
 * The message after "[   12.345678] ", or NULL. The stamp must begin the line:
 * what a command prints, such as the console of a guest, is indented and does
 * not count.
 */
static const char *kernel_message(const char *line, const char *end)
{
	const char *p = line;

	if (p == end || *p++ != '[')
		return NULL;
	while (p < end && *p == ' ')
		p++;
	if (p == end || !isdigit((unsigned char)*p))
		return NULL;
	while (p < end && (isdigit((unsigned char)*p) || *p == '.'))
		p++;
	if (end - p < 2 || p[0] != ']' || p[1] != ' ')
		return NULL;
	return p + 2;
}

static enum lab_console classify_line(const char *line, const char *end)
{
	const char *message = kernel_message(line, end);

	if (!message)
		return LAB_CONSOLE_CLEAN;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		size_t len = strlen(patterns[i].text);

		if ((size_t)(end - message) >= len && !memcmp(message, patterns[i].text, len))
			return patterns[i].verdict;
	}
	return LAB_CONSOLE_CLEAN;
}

enum lab_console lab_console_classify(const char *text, size_t len, char *why, size_t size)
{
	enum lab_console verdict = len ? LAB_CONSOLE_CLEAN : LAB_CONSOLE_SILENT;
	const char *end = text + len;

	while (text < end) {
		const char *eol = memchr(text, '\n', end - text);
		enum lab_console v;

		if (!eol)
			eol = end;
		v = classify_line(text, eol);
		if (v > verdict) {
			const char *message = kernel_message(text, eol);

			verdict = v;
			snprintf(why, size, "%.*s", (int)strcspn(message, "\r\n"), message);
		}
		text = eol + 1;
	}
	return verdict;
}

void lab_excuse_absence(struct lab_view *v, int64_t real, int64_t passed)
{
	int64_t gap = real - LAB_ABSENCE_MS;

	if (gap <= 0)
		return;
	if (!v->virtual_clock)
		passed = gap;
	v->boot_deadline += passed;
	if (v->alive_deadline)
		v->alive_deadline += passed;
	if (v->stuck_deadline)
		v->stuck_deadline += gap;
}

bool lab_is_stuck(const struct lab_view *v)
{
	return v->stuck_deadline && v->real_now >= v->stuck_deadline;
}

enum lab_event lab_judge(const struct lab_view *v)
{
	bool stuck = lab_is_stuck(v);
	bool late = stuck || (v->alive_deadline && v->now >= v->alive_deadline);

	if (v->exit_seen) {
		if (!v->ended && !late)
			return LAB_TIMEOUT;
		return v->started ? LAB_EXITED : LAB_NO_BOOT;
	}
	if (v->console == LAB_CONSOLE_PANIC)
		return LAB_PANIC;
	if (v->ended)
		return v->started ? LAB_DIED : LAB_NO_BOOT;
	if (v->started)
		return late ? LAB_HANG : LAB_TIMEOUT;
	if (!stuck && v->now < v->boot_deadline)
		return LAB_TIMEOUT;
	return v->phase_seen ? LAB_HANG : LAB_NO_BOOT;
}
