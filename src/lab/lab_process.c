// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting, watching and ending the emulator.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tail.h"
#include "lab/lab_process.h"

static void inherit(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
}

/* In the child, between fork and exec. */
static void __attribute__((noreturn))
become(char *const *args, const struct lab_fds *fds, int complaints, pid_t parent)
{
	sigset_t none;
	int null;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	/* A ^C is for the driver, which then ends the lab in order. */
	setpgid(0, 0);
	/* Nothing outlives us, not even after a SIGKILL. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(complaints, STDERR_FILENO);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	inherit(fds->control);
	inherit(fds->in);
	inherit(fds->out);
	inherit(fds->error);
	inherit(fds->clock);
	execvp(args[0], args);
	dprintf(STDERR_FILENO, "%s: %s\n", args[0], strerror(errno));
	_exit(127);
}

int lab_process_start(struct lab_process *p, char *const *args, const struct lab_fds *fds,
		      struct vh_err *err)
{
	pid_t parent = getpid();

	p->pid = 0;
	p->complaints = memfd_create("qemu-stderr", MFD_CLOEXEC);
	if (p->complaints < 0)
		return vh_err(err, VH_BAD_HOST, "memfd_create: %s", strerror(errno));
	p->pid = fork();
	if (p->pid == 0)
		become(args, fds, p->complaints, parent);
	if (p->pid > 0)
		return 0;
	p->pid = 0;
	return vh_err(err, VH_BAD_HOST, "cannot start %s: %s", args[0], strerror(errno));
}

bool lab_process_wait(struct lab_process *p, int ms)
{
	for (;; ms -= 10) {
		pid_t pid = p->pid ? waitpid(p->pid, &p->wait_status, WNOHANG) : 0;

		/* ECHILD: somebody else reaped it; gone is gone. */
		if (pid == p->pid || (pid < 0 && errno == ECHILD)) {
			p->pid = 0;
			return true;
		}
		if (ms <= 0)
			return false;
		usleep(10 * 1000);
	}
}

void lab_process_kill(struct lab_process *p)
{
	if (!p->pid)
		return;
	kill(p->pid, SIGKILL);
	lab_process_wait(p, 10 * 1000);
}

void lab_process_end(const struct lab_process *p, char *buf, size_t size)
{
	int status = p->wait_status;

	if (WIFSIGNALED(status))
		snprintf(buf, size, "was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(buf, size, "ended with status %d", WEXITSTATUS(status));
}

void lab_process_complaints(const struct lab_process *p, int lines, char *buf, size_t size)
{
	char text[4096];
	ssize_t n;
	off_t end;

	buf[0] = '\0';
	end = p->complaints < 0 ? -1 : lseek(p->complaints, 0, SEEK_END);
	if (end < 0)
		return;
	n = pread(p->complaints, text, sizeof(text),
		  end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) : 0);
	if (n > 0)
		text_tail(text, n, lines, buf, size);
}

void lab_process_close(struct lab_process *p)
{
	lab_process_kill(p);
	if (p->complaints >= 0)
		close(p->complaints);
	p->complaints = -1;
}
