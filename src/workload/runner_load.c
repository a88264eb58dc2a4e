// SPDX-License-Identifier: GPL-2.0-only
/*
 * One process group that runs a workload
 *
 * The workload's process is forked ahead and waits at a socket pair for 'g', so that the start
 * of the measured part is one write. What it prints goes through a pipe into a buffer, never
 * to the console.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "workload/runner_load.h"
#include "workload/runner_sys.h"

#define KILL_DEADLINE_NS	30000000000ull
#define CHILD_CTL		3	/* the control socket's number in the workload's process */

unsigned long long wl_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int wl_pin_self(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

int wl_set_hints(bool on)
{
	struct proto_hints hints;
	char msg[256];

	return sys_set_hints(on, &hints, msg, sizeof(msg));
}

void wl_begin(struct wl_ctx *ctx)
{
	char c = 'r';

	if (write(ctx->ctl, &c, 1) != 1 || read(ctx->ctl, &c, 1) != 1)
		_exit(1);	/* the runner has gone */
	close(ctx->ctl);
}

void wl_end(struct wl_ctx *ctx)
{
	ctx->shared->end_ns = wl_now_ns();
}

int load_init(struct load *l)
{
	memset(l, 0, sizeof(*l));
	l->ctl = -1;
	l->out = -1;
	l->shared = mmap(NULL, sizeof(*l->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return l->shared == MAP_FAILED ? -1 : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void __attribute__((noreturn)) child(struct load *l, int ctl, int out, int argc,
					    char *const argv[])
{
	struct proto_hints hints;
	struct wl_ctx ctx = { .ctl = CHILD_CTL, .shared = l->shared };
	sigset_t none;
	int null;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDONLY);
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	/* May be number 3 already, and keeps its close-on-exec flag then. */
	if (ctl != CHILD_CTL)
		dup3(ctl, CHILD_CTL, O_CLOEXEC);
	close_range(CHILD_CTL + 1, ~0u, 0);

	sys_hints(&hints);
	ctx.hints = hints.enabled;
	ctx.nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	exit(l->wl->run(&ctx, argc, argv));
}

int load_start(struct load *l, const struct workload *wl, int argc, char *const argv[], char *msg,
	       size_t len)
{
	int ctl[2] = { -1, -1 }, out[2] = { -1, -1 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ctl) || pipe2(out, O_CLOEXEC))
		goto fail;
	l->wl = wl;
	l->output_len = 0;
	l->output[0] = '\0';
	l->start_ns = 0;
	l->end_ns = 0;
	l->shared->end_ns = 0;
	fflush(NULL);
	l->pid = fork();
	if (l->pid < 0)
		goto fail;
	if (!l->pid)
		child(l, ctl[1], out[1], argc, argv);
	setpgid(l->pid, l->pid);	/* both sides do: whoever is first */
	close(ctl[1]);
	close(out[1]);
	l->ctl = ctl[0];
	l->out = out[0];
	fcntl(l->ctl, F_SETFL, O_NONBLOCK);
	fcntl(l->out, F_SETFL, O_NONBLOCK);
	return 0;

fail:
	snprintf(msg, len, "cannot start %s: %s", wl->name, strerror(errno));
	l->pid = 0;
	close_fd(&ctl[0]);
	close_fd(&ctl[1]);
	close_fd(&out[0]);
	close_fd(&out[1]);
	return -1;
}

int load_ready(struct load *l)
{
	char c;
	ssize_t n = read(l->ctl, &c, 1);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == 1)
		return 1;
	close_fd(&l->ctl);
	return -1;
}

void load_go(struct load *l)
{
	char c = 'g';

	l->start_ns = wl_now_ns();
	/* Should it have died while it waited, its exit is reported as any other. */
	(void)!write(l->ctl, &c, 1);
	close_fd(&l->ctl);
}

void load_read_output(struct load *l)
{
	const size_t half = LOAD_OUTPUT_MAX / 2;
	ssize_t n;

	while (l->out >= 0) {
		if (l->output_len == LOAD_OUTPUT_MAX - 1) {
			memmove(l->output, l->output + half, l->output_len - half);
			l->output_len -= half;
		}
		n = read(l->out, l->output + l->output_len, LOAD_OUTPUT_MAX - 1 - l->output_len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (!n)
				close_fd(&l->out);
			break;
		}
		l->output_len += n;
	}
	l->output[l->output_len] = '\0';
}

bool load_reap(struct load *l)
{
	bool found = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != l->pid)
			continue;	/* PID 1 inherits orphans */
		found = true;
		l->end_ns = l->shared->end_ns ? l->shared->end_ns : wl_now_ns();
		l->status = status;
		load_read_output(l);
		close_fd(&l->ctl);
		close_fd(&l->out);
		kill(-pid, SIGKILL);	/* whatever it left behind */
		l->pid = 0;
	}
	return found;
}

int load_verdict(const struct load *l, struct json_object *result, char *msg, size_t len)
{
	if (WIFSIGNALED(l->status))
		snprintf(msg, len, "%s was killed by signal %d (%s)", l->wl->name,
			 WTERMSIG(l->status), strsignal(WTERMSIG(l->status)));
	else if (WEXITSTATUS(l->status))
		snprintf(msg, len, "%s exited with code %d", l->wl->name, WEXITSTATUS(l->status));
	else
		return l->wl->result(l->output, result, msg, len);
	return -1;
}

/* Nothing is left of the group; @pid is what the last waitpid() gave. */
static bool all_gone(const struct load *l, pid_t group, pid_t pid)
{
	if (!l->company)
		return pid < 0;	/* no child at all, whatever its group */
	return pid < 0 || !group || (kill(-group, 0) && errno == ESRCH);
}

int load_kill(struct load *l)
{
	const struct timespec step = { .tv_nsec = 2000000 };
	uint64_t deadline = wl_now_ns() + KILL_DEADLINE_NS;
	pid_t group = l->pid, pid = 0;
	bool gone = false;

	/* Again and again: one kill may miss a child that is just being forked. */
	while (!gone && wl_now_ns() < deadline) {
		if (group)
			kill(-group, SIGKILL);
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		gone = all_gone(l, group, pid);
		if (!gone)
			nanosleep(&step, NULL);
	}
	l->pid = 0;
	close_fd(&l->ctl);
	close_fd(&l->out);
	return gone ? 0 : -1;
}
