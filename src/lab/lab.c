// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boots the lab, hands on what it reports, and says how it ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lines.h"
#include "base/now.h"
#include "base/tail.h"
#include "lab/lab_process.h"

#define POWER_OFF_MS		(15 * 1000)
#define CLOSING_MS		(5 * 1000)
#define CLOSING_TICK_MS		10
#define CONSOLE_EVERY_MS	1000
#define ABSENCE_MS		(3 * CONSOLE_EVERY_MS)
#define CONSOLE_CHUNK		(64 * 1024)

struct lab {
	struct lab_process qemu;
	struct lab_clock_file clock;
	struct lab_view view;
	int control;		/* our ends; -1: none */
	int in, out, error;
	char *controls;		/* directory of what stage2 is told */
	char *share, *console, *kit_root, *kernel_dir, *name;
	struct lab_config config;	/* with copies of these, without the command */
	enum lab_again may_ask;
	bool again;		/* it has asked to begin again */
	int64_t closing;	/* its end is near, and must have come by then; 0: it is not */
	int64_t born;		/* started, in real time */
	int64_t looked_real, looked;	/* last looked after, by both clocks */
	int64_t moved_ns;	/* virtual time when it was last seen to move */
	int boot_s, alive_s;
	struct line_buf lines;
	char *line;		/* handed out last */
	int console_fd;
	off_t console_seen;
	int64_t console_next;
	char why[160];		/* what the console complained of first */
	char phase[128];	/* the last that was reached */
	char failure[512];	/* what stage2 itself says went wrong */
	int status;
	enum lab_event verdict;	/* LAB_TIMEOUT: none yet */
	struct vh_err verdict_err;
};

/* Of the clock by which the lab is judged. */
static int64_t lab_ms(const struct lab *lab)
{
	int64_t ns = lab_clock_ns(&lab->clock);

	return ns < 0 ? now_ms() : ns / 1000000;
}

int64_t lab_virtual_ns(const struct lab *lab)
{
	return lab_clock_ns(&lab->clock);
}

/* --- start --- */

static int make_pair(int *ours, int *theirs, struct vh_err *err)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds))
		return vh_err(err, VH_BAD_HOST, "socketpair: %s", strerror(errno));
	*ours = fds[0];
	*theirs = fds[1];
	return 0;
}

static int make_pairs(struct lab *lab, const struct lab_config *config, struct lab_fds *fds,
		      struct vh_err *err)
{
	if (make_pair(&lab->control, &fds->control, err))
		return -1;
	if (config->stdio != LAB_STDIO_CONSOLE && !config->no_input &&
	    make_pair(&lab->in, &fds->in, err))
		return -1;
	if (config->stdio != LAB_STDIO_PORTS)
		return 0;
	if (make_pair(&lab->out, &fds->out, err))
		return -1;
	return make_pair(&lab->error, &fds->error, err);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int open_console(struct lab *lab, struct vh_err *err)
{
	lab->console_fd = open(lab->console, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (lab->console_fd < 0)
		return vh_err(err, VH_BAD_HOST, "%s: %s", lab->console, strerror(errno));
	return 0;
}

static int launch(struct lab *lab, const struct lab_config *config, struct vh_err *err)
{
	struct lab_fds fds = { -1, -1, -1, -1, lab->clock.fd };
	bool real = config->clock == LAB_CLOCK_REAL;
	struct vh_err no_cache;
	char *initrd = NULL, *cache = lab_cache_dir(config, &no_cache);
	char **args = NULL;
	int ret = -1;

	if (asprintf(&initrd, "%s/" LAB_INITRD, config->kit_root) < 0)
		initrd = NULL;
	if (make_pairs(lab, config, &fds, err))
		goto out;
	if (initrd)
		args = lab_args(config, initrd, cache, real ? lab_tsc_khz() : 0, &fds);
	if (!args) {
		vh_err(err, VH_BAD_HOST, "out of memory");
		goto out;
	}
	ret = lab_process_start(&lab->qemu, args, &fds, err);
out:
	close_fd(&fds.control);
	close_fd(&fds.in);
	close_fd(&fds.out);
	close_fd(&fds.error);
	lab_args_free(args);
	free(initrd);
	free(cache);
	return ret;
}

/* What a second start needs. The command is in its file by then. */
static bool copy_config(struct lab *lab, const struct lab_config *config)
{
	lab->config = *config;
	lab->config.argv = NULL;
	lab->config.share = lab->share = strdup(config->share);
	lab->config.console = lab->console = strdup(config->console);
	lab->config.kit_root = lab->kit_root = strdup(config->kit_root);
	lab->config.kernel_dir = lab->kernel_dir = strdup(config->kernel_dir);
	lab->config.name = lab->name = strdup(config->name ?: "");
	return lab->share && lab->console && lab->kit_root && lab->kernel_dir && lab->name;
}

static struct lab *new_lab(const struct lab_config *config)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	if (!lab)
		return NULL;
	lab->control = -1;
	lab->in = -1;
	lab->out = -1;
	lab->error = -1;
	lab->console_fd = -1;
	lab->clock.fd = -1;
	lab->qemu.complaints = -1;
	lab->verdict = LAB_TIMEOUT;
	lab->status = -1;
	lab->boot_s = config->boot_deadline_s ?: LAB_BOOT_DEADLINE_S;
	lab->alive_s = config->alive_deadline_s;
	lab->born = now_ms();
	/*
	 * What libvirt has to learn of QEMU takes seconds of virtual time, once: all that comes
	 * after would be another time than in the next run. So a host that had to learn is
	 * thrown away, and the same boot is made with what it has left in the cache.
	 */
	lab->may_ask = lab_repeats(config) ? LAB_AGAIN_MAY : LAB_AGAIN_NEVER;
	lab->controls = lab_controls_path(config);
	if (lab->controls && copy_config(lab, config))
		return lab;
	lab_stop(lab);
	return NULL;
}

static int open_clock(struct lab *lab, const struct lab_config *config, struct vh_err *err)
{
	if (config->clock == LAB_CLOCK_VIRTUAL) {
		if (lab_clock_open(&lab->clock, err))
			return -1;
		lab->view.stuck_deadline = lab->born + LAB_STUCK_S * 1000LL;
	}
	lab->looked_real = lab->born;
	lab->looked = lab_ms(lab);
	lab->view.boot_deadline = lab->looked + lab->boot_s * 1000LL;
	return 0;
}

int lab_start(struct lab **out, const struct lab_config *config, struct vh_err *err)
{
	struct lab *lab;

	*out = NULL;
	if (lab_check(config, NULL, 0, err))
		return -1;
	lab = new_lab(config);
	if (!lab)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	if (open_clock(lab, config, err) ||
	    lab_controls_write(lab->controls, config, lab->may_ask, err) ||
	    open_console(lab, err) || launch(lab, config, err)) {
		lab_stop(lab);
		return -1;
	}
	*out = lab;
	return 0;
}

/* The same lab from the start, but for what its cache holds. */
static int begin_again(struct lab *lab, struct vh_err *err)
{
	lab->again = false;
	lab->may_ask = LAB_AGAIN_IS;
	lab_process_close(&lab->qemu);
	lab->qemu.complaints = -1;
	close_fd(&lab->control);
	close_fd(&lab->console_fd);
	lab_clock_close(&lab->clock);
	line_buf_free(&lab->lines);
	memset(&lab->lines, 0, sizeof(lab->lines));
	memset(&lab->view, 0, sizeof(lab->view));
	lab->born = now_ms();
	lab->console_seen = 0;
	lab->moved_ns = 0;
	lab->why[0] = '\0';
	lab->phase[0] = '\0';
	if (open_clock(lab, &lab->config, err) ||
	    lab_controls_write(lab->controls, &lab->config, lab->may_ask, err) ||
	    open_console(lab, err))
		return -1;
	return launch(lab, &lab->config, err);
}

/* --- what it reports --- */

/* Keeps the view up to date with one line; false when it is no event. */
static bool take_line(struct lab *lab, const char *line)
{
	json_object *o = json_tokener_parse(line);
	const char *event = jget_str(o, "event", NULL);
	int64_t now = lab_ms(lab);

	if (!event) {
		json_object_put(o);
		return false;
	}
	lab->view.phase_seen = true;
	if (!strcmp(event, "phase")) {
		snprintf(lab->phase, sizeof(lab->phase), "%s", jget_str(o, "text", ""));
		if (!strcmp(lab->phase, LAB_COMMAND_STARTED))
			lab->view.started = true;
	} else if (!strcmp(event, "error") && !lab->view.started) {
		snprintf(lab->failure, sizeof(lab->failure), "%s", jget_str(o, "message", ""));
	} else if (!strcmp(event, "again")) {
		lab->again = lab->may_ask == LAB_AGAIN_MAY;
	} else if (!strcmp(event, "exit")) {
		lab->view.exit_seen = true;
		lab->status = jget_int(o, "status", 1);
		lab->alive_s = 0;
		lab->view.alive_deadline = now + POWER_OFF_MS;
	}
	if (lab->view.started && lab->alive_s)
		lab->view.alive_deadline = now + lab->alive_s * 1000LL;
	json_object_put(o);
	return true;
}

static const char *next_line(struct lab *lab)
{
	for (;;) {
		free(lab->line);
		lab->line = line_buf_next(&lab->lines);
		if (!lab->line || take_line(lab, lab->line))
			return lab->line;
	}
}

static void receive(struct lab *lab)
{
	char buf[16384];
	ssize_t n;

	n = recv(lab->control, buf, sizeof(buf), MSG_DONTWAIT);
	if (n > 0) {
		/* A line without end: drop it, what follows is no event either. */
		if (line_buf_add(&lab->lines, buf, n))
			lab->lines.len = 0;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		/* Only the emulator holds the other end: it is about to be gone. */
		lab->closing = now_ms() + CLOSING_MS;
	}
}

/* The emulator is on its way out: is it gone? Nobody waits for it, others have to be served. */
static void reap(struct lab *lab)
{
	if (!child_wait(&lab->qemu.child, 0)) {
		if (now_ms() < lab->closing)
			return;
		child_kill(&lab->qemu.child);
	}
	lab->closing = 0;
	lab->view.ended = true;
}

/* Looks at what is new on the console, in whole lines. */
static void watch_console(struct lab *lab)
{
	static char buf[CONSOLE_CHUNK + 1];
	char why[sizeof(lab->why)];
	ssize_t n;

	lab->console_next = now_ms() + CONSOLE_EVERY_MS;
	for (;;) {
		enum lab_console seen;
		char *eol;

		n = pread(lab->console_fd, buf, CONSOLE_CHUNK, lab->console_seen);
		if (n <= 0)
			return;
		eol = memrchr(buf, '\n', n);
		if (!eol && n < CONSOLE_CHUNK && !lab->view.ended)
			return;
		if (eol)
			n = eol + 1 - buf;
		buf[n] = '\0';
		seen = lab_console_classify(buf, n, why, sizeof(why));
		if (seen > lab->view.console) {
			lab->view.console = seen;
			if (seen >= LAB_CONSOLE_STALL)
				memcpy(lab->why, why, sizeof(why));
		}
		lab->console_seen += n;
	}
}

/* --- how it ended --- */

static void console_tail(struct lab *lab, char *buf, size_t size)
{
	char text[16384];
	off_t end = lseek(lab->console_fd, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) : 0;
	ssize_t n = pread(lab->console_fd, text, sizeof(text), from);

	text_tail(text, n > 0 ? n : 0, LAB_TAIL_LINES, buf, size);
}

/* One sentence on what happened, without the console. */
static void describe(struct lab *lab, enum lab_event verdict, char *buf, size_t size)
{
	long long age_s = (now_ms() - lab->born) / 1000;
	const char *phase = *lab->phase ? lab->phase : "nothing";
	const char *unit = lab->clock.ns ? "virtual seconds" : "s";
	char end[128], complaints[1024];

	child_end(&lab->qemu.child, end, sizeof(end));
	lab_process_complaints(&lab->qemu, 5, complaints, sizeof(complaints));
	if (lab_is_stuck(&lab->view) && !lab->view.ended && !*lab->failure && verdict != LAB_PANIC)
		snprintf(buf, size,
			 "the lab makes no virtual progress: %d s of real time at virtual second %.3f; its last report: %s",
			 LAB_STUCK_S, lab->moved_ns / 1e9, phase);
	else if (verdict == LAB_PANIC)
		snprintf(buf, size, "the lab's kernel died after %lld s: %s; its last report: %s",
			 age_s, lab->why, phase);
	else if (verdict == LAB_HANG && lab->view.started)
		snprintf(buf, size, "the lab hangs: not a sign of life for %d %s",
			 lab->alive_s, unit);
	else if (verdict == LAB_HANG)
		snprintf(buf, size, "the lab hangs: not up after %d %s; its last report: %s",
			 lab->boot_s, unit, phase);
	else if (verdict == LAB_DIED)
		snprintf(buf, size, "the lab ended in the middle of its work: %s %s\n%s", LAB_QEMU,
			 end, complaints);
	else if (*lab->failure)
		snprintf(buf, size, "the lab did not come up: %s", lab->failure);
	else if (lab->view.ended)
		snprintf(buf, size,
			 "the lab did not come up: %s %s after %lld s; its last report: %s\n%s",
			 LAB_QEMU, end, age_s, phase, complaints);
	else
		snprintf(buf, size, "the lab did not come up: no report from it in %d %s",
			 lab->boot_s, unit);
}

/* QEMU that will not even start points at the host, anything later at the run. */
static enum vh_exit failure_code(const struct lab *lab, enum lab_event verdict)
{
	bool at_once = verdict == LAB_NO_BOOT && lab->view.ended &&
		       WIFEXITED(lab->qemu.child.status) &&
		       lab->view.console == LAB_CONSOLE_SILENT;

	return at_once ? VH_BAD_HOST : VH_RUN_FAILED;
}

static void conclude(struct lab *lab, enum lab_event verdict)
{
	bool stall = lab->view.console == LAB_CONSOLE_STALL;
	enum vh_exit code = failure_code(lab, verdict);
	char what[2048], tail[2000];

	lab->verdict = verdict;
	if (verdict == LAB_EXITED) {
		child_kill(&lab->qemu.child);
		return;
	}
	/* A panicking kernel prints on for a moment, then ends the machine. */
	if (verdict == LAB_PANIC)
		child_wait(&lab->qemu.child, 2000);
	describe(lab, verdict, what, sizeof(what));
	child_kill(&lab->qemu.child);
	console_tail(lab, tail, sizeof(tail));
	while (*what && what[strlen(what) - 1] == '\n')
		what[strlen(what) - 1] = '\0';
	if (*tail)
		vh_err(&lab->verdict_err, code, "%s%s%s\n%s ends with:\n%s", what,
		       stall ? "\nthe kernel complained: " : "", stall ? lab->why : "",
		       lab->console, tail);
	else
		vh_err(&lab->verdict_err, code, "%s\n%s is empty: the kernel did not even start",
		       what, lab->console);
}

/*
 * Time in which nobody looked does not count: we were stopped, as by ^Z, or
 * asleep, and so was the machine.
 */
static void excuse_absence(struct lab *lab, int64_t real, int64_t now)
{
	int64_t gap = real - lab->looked_real - ABSENCE_MS, passed = now - lab->looked;

	lab->looked_real = real;
	lab->looked = now;
	if (gap <= 0)
		return;
	if (!lab->clock.ns)
		passed = gap;
	lab->view.boot_deadline += passed;
	if (lab->view.alive_deadline)
		lab->view.alive_deadline += passed;
	if (lab->view.stuck_deadline)
		lab->view.stuck_deadline += gap;
}

/* Reads the clocks. */
static void look(struct lab *lab)
{
	int64_t ns = lab_clock_ns(&lab->clock);

	lab->view.real_now = now_ms();
	lab->view.now = ns < 0 ? lab->view.real_now : ns / 1000000;
	excuse_absence(lab, lab->view.real_now, lab->view.now);
	if (ns > lab->moved_ns) {
		lab->moved_ns = ns;
		lab->view.stuck_deadline = lab->view.real_now + LAB_STUCK_S * 1000LL;
	}
}

static bool judge(struct lab *lab)
{
	enum lab_event verdict;

	if (lab->view.real_now >= lab->console_next || lab->view.ended)
		watch_console(lab);
	verdict = lab_judge(&lab->view);
	if (verdict == LAB_TIMEOUT)
		return false;
	/* The last lines may hold the panic that explains a hang. */
	if (verdict == LAB_HANG) {
		watch_console(lab);
		verdict = lab_judge(&lab->view);
	}
	conclude(lab, verdict);
	return true;
}

enum lab_event lab_next_event(struct lab *lab, int timeout_ms, const char **line,
			      struct vh_err *err)
{
	int64_t deadline = now_ms() + timeout_ms;

	for (bool looked = false;; looked = true) {
		struct pollfd fd = { .fd = lab_fd(lab), .events = POLLIN };
		int64_t left;

		*line = next_line(lab);
		if (*line)
			return LAB_LINE;
		/* idle virtual time goes fast: what was said by then comes before a judgement */
		look(lab);
		if (lab->closing) {
			reap(lab);
		} else if (!lab->view.ended && poll(&fd, 1, 0) > 0) {
			receive(lab);
			continue;
		}
		if (lab->view.ended && lab->again) {
			/* it may have died on its way off; that is no reason to begin again */
			watch_console(lab);
			lab->again = lab->view.console != LAB_CONSOLE_PANIC;
		}
		if (lab->view.ended && lab->again) {
			if (!begin_again(lab, &lab->verdict_err))
				continue;
			lab->verdict = LAB_NO_BOOT;
		}
		if (lab->verdict != LAB_TIMEOUT || judge(lab)) {
			if (err && lab->verdict != LAB_EXITED)
				*err = lab->verdict_err;
			return lab->verdict;
		}
		left = deadline - now_ms();
		if (looked && left <= 0)
			return LAB_TIMEOUT;
		if (left < 0)
			left = 0;
		if (left > (lab->closing ? CLOSING_TICK_MS : CONSOLE_EVERY_MS))
			left = lab->closing ? CLOSING_TICK_MS : CONSOLE_EVERY_MS;
		if (poll(&fd, 1, left) < 0 && errno == EINTR)
			return LAB_TIMEOUT;
		if (fd.revents)
			receive(lab);
	}
}

int lab_fd(const struct lab *lab)
{
	return lab->closing ? -1 : lab->control;
}

int lab_stdio_fd(const struct lab *lab, int fd)
{
	return fd == 0 ? lab->in : fd == 1 ? lab->out : lab->error;
}

void lab_stdin_close(struct lab *lab)
{
	/* Not close(): what is still on its way must arrive. */
	if (lab->in >= 0)
		shutdown(lab->in, SHUT_WR);
}

int lab_status(const struct lab *lab)
{
	return lab->status;
}

void lab_stop(struct lab *lab)
{
	if (!lab)
		return;
	lab_process_close(&lab->qemu);
	if (lab->controls)
		lab_controls_remove(lab->controls);
	close_fd(&lab->control);
	close_fd(&lab->in);
	close_fd(&lab->out);
	close_fd(&lab->error);
	close_fd(&lab->console_fd);
	lab_clock_close(&lab->clock);
	line_buf_free(&lab->lines);
	free(lab->line);
	free(lab->controls);
	free(lab->console);
	free(lab->kit_root);
	free(lab->kernel_dir);
	free(lab->name);
	free(lab->share);
	free(lab);
}
