// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: started, watched, asked and ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/now.h"
#include "base/tail.h"

#define KILL_MS		10000		/* from SIGKILL to the end */
#define TEXT_MS		10000
#define TEXT_MAX	(256 << 10)

extern char **environ;

/* Names, with the "=" of those that have one. */
static size_t name_len(const char *var)
{
	return strcspn(var, "=");
}

static bool is_changed(const char *var, const char *const *changes)
{
	for (; *changes; changes++) {
		if (name_len(*changes) == name_len(var) &&
		    !strncmp(*changes, var, name_len(var)))
			return true;
	}
	return false;
}

/* Our environment with the changes; to be freed, not its strings. NULL: no memory. */
static char **environment(const char *const *changes)
{
	static const char *const none[] = { NULL };
	size_t n = 0, used = 0;
	char **env, **e;

	changes = changes ? changes : none;
	while (environ[n])
		n++;
	for (size_t i = 0; changes[i]; i++)
		n++;
	env = calloc(n + 1, sizeof(*env));
	if (!env)
		return NULL;
	for (e = environ; *e; e++) {
		if (!is_changed(*e, changes))
			env[used++] = *e;
	}
	for (; *changes; changes++) {
		if (strchr(*changes, '='))
			env[used++] = (char *)*changes;
	}
	return env;
}

static bool is_kept(const struct child_spec *s, int fd)
{
	int i;

	for (i = 0; i < s->nr_fds; i++) {
		if (s->fds[i].theirs == fd)
			return true;
	}
	return false;
}

/*
 * Puts the descriptors in their places. They go to high numbers first, so that none is
 * overwritten that is still to be moved. *@report goes along.
 */
static int arrange_fds(const struct child_spec *s, int *report)
{
	int i, fd, null, top = 2, flags = s->run ? 0 : CLOSE_RANGE_CLOEXEC;
	int high[CHILD_MAX_FDS];

	for (i = 0; i < s->nr_fds; i++)
		top = s->fds[i].theirs > top ? s->fds[i].theirs : top;
	*report = fcntl(*report, F_DUPFD_CLOEXEC, top + 1);
	for (i = 0; i < s->nr_fds; i++) {
		high[i] = fcntl(s->fds[i].ours, F_DUPFD_CLOEXEC, top + 1);
		if (high[i] < 0)
			return -1;
	}
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	null = null < 0 ? -1 : fcntl(null, F_DUPFD_CLOEXEC, top + 1);
	for (fd = 0; fd <= 2; fd++) {
		if (dup2(null, fd) < 0)
			return -1;
	}
	for (i = 0; i < s->nr_fds; i++) {
		if (dup2(high[i], s->fds[i].theirs) < 0)
			return -1;
	}
	if (s->run)
		close(*report);		/* that it began is all that there is to report */
	for (fd = 3; fd <= top; fd++) {
		if (!is_kept(s, fd))
			close_range(fd, fd, flags);
	}
	return close_range(top + 1, ~0U, flags);
}

static void default_signals(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the new process. Only what a signal handler may do is allowed here. */
static void __attribute__((noreturn))
become(const struct child_spec *s, char **env, int report, pid_t parent)
{
	int error;

	setpgid(0, 0);
	default_signals();
	if (s->die != CHILD_LIVES_ON)
		prctl(PR_SET_PDEATHSIG, s->die ? s->die : SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (!arrange_fds(s, &report) && (!s->dir || !chdir(s->dir))) {
		if (s->run) {
			s->run(s->data);
			_exit(0);
		}
		execvpe(s->argv[0], s->argv, env);
	}
	error = errno;
	(void)!write(report, &error, sizeof(error));
	_exit(127);
}

/* If whoever started us ignores SIGCHLD, so do we, and the ends of our children are lost. */
static void heed_ends(void)
{
	struct sigaction sa;

	if (!sigaction(SIGCHLD, NULL, &sa) && sa.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

/* Signals wait meanwhile: the new process must not take ours with our handlers. */
static pid_t fork_child(const struct child_spec *s, char **env, int report)
{
	pid_t parent = getpid(), pid;
	sigset_t all, old;

	heed_ends();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (!pid)
		become(s, env, report, parent);
	if (pid > 0)
		setpgid(pid, pid);	/* there at once, whoever comes first */
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/* What the new process says until it is another program: 0 or an errno. */
static int read_report(int fd)
{
	int error = 0;
	ssize_t n;

	do {
		n = read(fd, &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : 0;
}

static void set_name(struct child *c, const struct child_spec *s)
{
	const char *name = s->argv ? s->argv[0] : "a process of ours";
	const char *slash = strrchr(name, '/');

	snprintf(c->name, sizeof(c->name), "%s", slash ? slash + 1 : name);
}

static int start(struct child *c, const struct child_spec *spec, char **env)
{
	int report[2], error;

	if (!env)
		return ENOMEM;
	if (pipe2(report, O_CLOEXEC))
		return errno;
	c->pid = fork_child(spec, env, report[1]);
	error = c->pid < 0 ? errno : 0;
	close(report[1]);
	if (!error) {
		error = read_report(report[0]);
		c->pidfd = pidfd_open(c->pid, 0);
		if (c->pidfd < 0 && !error)
			error = errno;
	}
	close(report[0]);
	return error;
}

int child_start(struct child *c, const struct child_spec *spec, struct vh_err *err)
{
	char **env = environment(spec->env);

	*c = (struct child){ .pidfd = -1 };
	set_name(c, spec);
	c->error = start(c, spec, env);
	free(env);
	if (!c->error)
		return 0;
	if (c->pid > 0)
		child_kill(c);
	c->pid = 0;
	return vh_err(err, VH_BAD_HOST, "cannot start %s: %s", c->name, strerror(c->error));
}

static void forget(struct child *c)
{
	c->pid = 0;
	if (c->pidfd >= 0)
		close(c->pidfd);
	c->pidfd = -1;
}

/* It has ended. Until it is reaped its number cannot be another group's. */
static void reap(struct child *c)
{
	kill(-c->pid, SIGKILL);
	if (waitpid(c->pid, &c->status, 0) != c->pid)
		c->status = -1;		/* somebody else took it */
	forget(c);
}

bool child_wait(struct child *c, int ms)
{
	struct pollfd p = { .fd = c->pidfd, .events = POLLIN };
	int64_t deadline = now_ms() + ms, left;

	if (!c->pid)
		return true;
	for (;;) {
		left = deadline - now_ms();
		if (poll(&p, 1, left > 0 ? left : 0) > 0) {
			reap(c);
			return true;
		}
		if (left <= 0)
			return false;
	}
}

void child_kill(struct child *c)
{
	if (!c->pid)
		return;
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL);
	if (!child_wait(c, KILL_MS)) {
		c->status = -1;
		forget(c);
	}
}

int child_status(const struct child *c)
{
	if (WIFEXITED(c->status))
		return WEXITSTATUS(c->status);
	return 128 + (WIFSIGNALED(c->status) ? WTERMSIG(c->status) : 0);
}

char *child_end(const struct child *c, char *buf, size_t len)
{
	if (WIFSIGNALED(c->status))
		snprintf(buf, len, "was killed by signal %d (%s)", WTERMSIG(c->status),
			 strsignal(WTERMSIG(c->status)));
	else if (WIFEXITED(c->status))
		snprintf(buf, len, "ended with status %d", WEXITSTATUS(c->status));
	else
		snprintf(buf, len, "ended in a way that is not known");
	return buf;
}

int child_check(const struct child *c, struct vh_err *err)
{
	char end[96];

	if (!c->status)
		return 0;
	return vh_err(err, VH_BAD_HOST, "%s %s", c->name, child_end(c, end, sizeof(end)));
}

static int late(struct child *c, int ms, struct vh_err *err)
{
	child_kill(c);
	return vh_err(err, VH_BAD_HOST, "%s did not end within %g s", c->name, ms / 1000.);
}

int child_run(struct child *c, const struct child_spec *spec, int ms, struct vh_err *err)
{
	if (child_start(c, spec, err))
		return -1;
	return child_wait(c, ms) ? child_check(c, err) : late(c, ms, err);
}

/* Reads to the end, at most @room bytes. Returns how many, -1 at the deadline. */
static ssize_t read_all(int fd, char *buf, size_t room, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	int64_t left;
	ssize_t n;

	while (len < room) {
		left = deadline - now_ms();
		if (left <= 0)
			return -1;
		if (poll(&p, 1, left) <= 0)
			continue;
		n = read(fd, buf + len, room - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += n;
	}
	return len;
}

/* Of a program that prints into @fd: the length, or -1 with @err filled. */
static ssize_t take_output(struct child *c, int fd, char *buf, size_t max, int ms,
			   struct vh_err *err)
{
	int64_t deadline = now_ms() + ms;
	ssize_t len = read_all(fd, buf, max + 1, deadline);
	int64_t left = deadline - now_ms();
	char words[512];

	if (len > (ssize_t)max) {
		child_kill(c);
		return vh_err(err, VH_BAD_HOST, "%s printed more than %zu bytes", c->name, max);
	}
	if (len < 0 || !child_wait(c, left > 0 ? left : 0))
		return late(c, ms, err);
	if (!child_check(c, err))
		return len;
	text_tail(buf, len, 1, words, sizeof(words));
	if (words[0] && err)
		snprintf(err->msg + strlen(err->msg), sizeof(err->msg) - strlen(err->msg), ": %s",
			 words + strspn(words, " "));
	return -1;
}

char *child_ask(const struct child_spec *spec, bool errors, int ms, size_t max,
		struct vh_err *err)
{
	struct child_spec s = *spec;
	char *buf = malloc(max + 1);
	ssize_t len = -1;
	struct child c;
	int out[2], bad;

	if (!buf || pipe2(out, O_CLOEXEC)) {
		vh_err(err, VH_BAD_HOST, "%s", strerror(errno));
		free(buf);
		return NULL;
	}
	s.fds[s.nr_fds++] = (struct child_fd){ out[1], 1 };
	if (errors)
		s.fds[s.nr_fds++] = (struct child_fd){ out[1], 2 };
	bad = child_start(&c, &s, err);
	close(out[1]);
	if (!bad)
		len = take_output(&c, out[0], buf, max, ms, err);
	close(out[0]);
	if (len < 0) {
		free(buf);
		return NULL;
	}
	while (len > 0 && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return buf;
}

char *child_text(char *const argv[])
{
	const struct child_spec spec = { .argv = argv };

	return child_ask(&spec, false, TEXT_MS, TEXT_MAX, NULL);
}
