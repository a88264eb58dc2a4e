// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: how they start, what they get, how they end, and that they do end.
 */
#include <inttypes.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "ktap.h"
#include "base/now.h"

static struct vh_err err;

#define SHELL(name, script) char *name[] = { "sh", "-c", script, NULL }

/* Within a second, which is a long time for a signal. Orphans come to us. */
static bool goes(pid_t pid)
{
	int i;

	for (i = 0; i < 100; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		usleep(10000);
	}
	return false;
}

static void test_ends(void)
{
	SHELL(good, "exit 0");
	SHELL(bad, "exit 7");
	SHELL(killed, "kill -9 $$");
	char *none[] = { "vhint-no-such-program", NULL };
	struct child_spec spec = { .argv = good };
	struct child c;
	char end[96];

	CHECK(!child_run(&c, &spec, 5000, &err) && !c.pid && !child_status(&c), "ends well");
	spec.argv = bad;
	CHECK(child_run(&c, &spec, 5000, &err) && child_status(&c) == 7 &&
	      !strcmp(err.msg, "sh ended with status 7"), "%s", err.msg);
	spec.argv = killed;
	CHECK(child_run(&c, &spec, 5000, &err) && child_status(&c) == 128 + 9 &&
	      !strcmp(child_end(&c, end, sizeof(end)), "was killed by signal 9 (Killed)"),
	      "%s", end);
	spec.argv = none;
	CHECK(child_start(&c, &spec, &err) && c.error == ENOENT && !c.pid &&
	      strstr(err.msg, "cannot start vhint-no-such-program: No such file"), "%s", err.msg);
	spec.argv = good;
	spec.dir = "/nonexistent";
	CHECK(child_start(&c, &spec, &err) && c.error == ENOENT, "nor in a folder that is not there");
}

static void test_deadline(void)
{
	SHELL(slow, "echo first; sleep 60 & wait");
	const struct child_spec spec = { .argv = slow };
	int64_t begin = now_ms(), took;
	struct child c;

	CHECK(child_run(&c, &spec, 1000, &err) && strstr(err.msg, "sh did not end within 1 s"),
	      "%s", err.msg);
	took = now_ms() - begin;
	CHECK(took >= 1000 && took < 1900 && !c.pid, "after %lld ms it is gone", (long long)took);
	CHECK(!child_ask(&spec, false, 300, 100, &err) && strstr(err.msg, "within 0.3 s"),
	      "nor is what it printed waited for: %s", err.msg);
	child_start(&c, &spec, &err);
	CHECK(!child_wait(&c, 0) && !child_wait(&c, 50) && c.pid, "a wait that ends before it");
	child_kill(&c);
	CHECK(!c.pid && child_status(&c) == 128 + SIGKILL && child_wait(&c, 0), "killed");
}

static void test_output(void)
{
	SHELL(says, "printf 'one\\ntwo\\n\\n'; echo no >&2");
	SHELL(much, "head -c 100 /dev/zero | tr '\\0' x");
	SHELL(endless, "while :; do echo more; done");
	SHELL(fails, "echo one; echo the reason; exit 3");
	struct child_spec spec = { .argv = says };
	char *text = child_ask(&spec, false, 5000, 100, &err);

	CHECK(text && !strcmp(text, "one\ntwo"), "what it printed");
	free(text);
	text = child_ask(&spec, true, 5000, 100, &err);
	CHECK(text && strstr(text, "no"), "with its errors");
	free(text);
	spec.argv = much;
	text = child_ask(&spec, false, 5000, 100, &err);
	CHECK(text && strlen(text) == 100, "as much as it may");
	free(text);
	CHECK(!child_ask(&spec, false, 5000, 99, &err) &&
	      !strcmp(err.msg, "sh printed more than 99 bytes"), "%s", err.msg);
	spec.argv = endless;
	CHECK(!child_ask(&spec, false, 5000, 1000, &err) && strstr(err.msg, "more than 1000"),
	      "without end: %s", err.msg);
	spec.argv = fails;
	CHECK(!child_ask(&spec, false, 5000, 1000, &err) &&
	      !strcmp(err.msg, "sh ended with status 3: the reason"), "%s", err.msg);
	text = child_text(says);
	CHECK(text && !strcmp(text, "one\ntwo") && !child_text(fails), "a small tool");
	free(text);
}

static void test_surroundings(void)
{
	static const char *const env[] = { "VHINT_GONE", "VHINT_NEW=new", "VHINT_OLD=other", NULL };
	SHELL(shows, "read x; pwd; echo \"${VHINT_GONE-none} $VHINT_NEW $VHINT_OLD $x\"; trap; cat <&5; ls /proc/$$/fd; echo");
	struct child_spec spec = { .argv = shows, .dir = "/usr", .env = env, .nr_fds = 2 };
	int five[2], three[2];
	char *text, number[16];

	setenv("VHINT_GONE", "here", 1);
	setenv("VHINT_OLD", "old", 1);
	if (pipe2(five, O_CLOEXEC) || pipe(three))	/* the second is open to anybody */
		return;
	CHECK(write(five[1], "five\n", 5) == 5, "a pipe");
	close(five[1]);
	/* the first goes to a number that one still to be moved has */
	spec.fds[0] = (struct child_fd){ three[0], five[0] };
	spec.fds[1] = (struct child_fd){ five[0], 5 };
	CHECK(write(three[1], "x", 1) == 1, "and another");
	text = child_ask(&spec, true, 5000, 1000, &err);
	CHECK(text && strstr(text, "/usr\nnone new other \nfive\n"),
	      "its folder, its environment, nothing to read, and the descriptor it was given");
	snprintf(number, sizeof(number), "\n%d", three[1]);
	CHECK(text && !strstr(text, number), "no descriptor comes along that was not asked for");
	free(text);
	close(five[0]);
	close(three[0]);
	close(three[1]);
}

static void test_signals(void)
{
	SHELL(shows, "grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o pgid= $$; echo $$");
	struct child_spec spec = { .argv = shows };
	sigset_t set;
	const uint64_t of_libc = 3ULL << 31;	/* 32 and 33: it lets nobody at them */
	uint64_t blocked = ~0ULL, ignored = ~0ULL;
	char *text, *line;
	int group = 0, pid = -1;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	text = child_ask(&spec, true, 5000, 1000, &err);
	CHECK(text && sscanf(text, "SigBlk: %" SCNx64 " SigIgn: %" SCNx64, &blocked, &ignored) == 2 &&
	      !(blocked & ~of_libc) && !(ignored & ~of_libc), "no signal is blocked or ignored");
	line = text ? strstr(text, "SigIgn") : NULL;
	CHECK(line && sscanf(strchr(line, '\n'), "%d %d", &group, &pid) == 2 && group == pid,
	      "a group of its own: %d", group);
	free(text);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* What a shell left in the background ends with it. */
static void test_left_behind(void)
{
	SHELL(leaves, "sleep 60 >/dev/null & echo $!");
	struct child_spec spec = { .argv = leaves };
	char *text = child_ask(&spec, false, 5000, 100, &err);

	CHECK(text && atoi(text) > 1 && goes(atoi(text)), "process %s is gone, too", text);
	free(text);
}

static void wait_for_byte(void *data)
{
	char c;

	while (read(0, &c, 1) == 1 && write(1, &c, 1) == 1)
		;
	_exit(*(int *)data);
}

static void test_function(void)
{
	int code = 5, in[2], out[2];
	struct child_spec spec = { .run = wait_for_byte, .data = &code, .nr_fds = 2 };
	struct child c;
	char byte = 'a';

	if (pipe(in) || pipe(out))
		return;
	spec.fds[0] = (struct child_fd){ in[0], 0 };
	spec.fds[1] = (struct child_fd){ out[1], 1 };
	CHECK(!child_start(&c, &spec, &err), "a function of ours");
	CHECK(write(in[1], &byte, 1) == 1 && read(out[0], &byte, 1) == 1 && byte == 'a', "answers");
	close(in[1]);
	CHECK(child_wait(&c, 5000) && child_status(&c) == 5,
	      "holds no other end of its pipe open, so it sees the end of it");
	close(in[0]);
	close(out[0]);
	close(out[1]);
}

/* A parent that is killed: what is told of its child through @die. */
static pid_t orphan(int die, char *byte)
{
	SHELL(long_one, "trap 'printf t; exit 0' TERM; printf s; while :; do sleep 0.01; done");
	struct pollfd p = { .events = POLLIN };
	int out[2], told[2];
	struct child c;
	pid_t parent, pid = 0;

	if (pipe2(out, O_CLOEXEC) || pipe2(told, O_CLOEXEC))
		return 0;
	parent = fork();
	if (!parent) {
		struct child_spec spec = {
			.argv = long_one, .die = die, .fds = { { out[1], 1 } }, .nr_fds = 1,
		};

		if (child_start(&c, &spec, &err) || write(told[1], &c.pid, sizeof(c.pid)) < 0)
			_exit(1);
		pause();
	}
	close(out[1]);
	close(told[1]);
	p.fd = out[0];
	if (read(told[0], &pid, sizeof(pid)) != sizeof(pid) || read(out[0], byte, 1) != 1)
		pid = 0;
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	if (die != CHILD_LIVES_ON && poll(&p, 1, 5000) == 1 && read(out[0], byte, 1) != 1)
		*byte = '-';
	close(told[0]);
	close(out[0]);
	return pid;
}

static void test_death(void)
{
	char byte = 0;
	pid_t pid;

	pid = orphan(0, &byte);
	CHECK(pid > 0 && byte == '-' && goes(pid), "it dies with us, at once");
	pid = orphan(SIGTERM, &byte);
	CHECK(pid > 0 && byte == 't' && goes(pid), "or is told to end");
	pid = orphan(CHILD_LIVES_ON, &byte);
	usleep(200000);
	CHECK(pid > 0 && !waitpid(pid, NULL, WNOHANG), "or lives on, if that was said");
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Killed orphans take a moment to go. */
static bool none_is_left(void)
{
	int i;

	for (i = 0; i < 500; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return true;
		usleep(10000);
	}
	return false;
}

int main(void)
{
	ktap_begin();
	/* orphans come to us, not to a first process that may not reap them */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	test_ends();
	test_deadline();
	test_output();
	test_surroundings();
	test_signals();
	test_left_behind();
	test_function();
	test_death();
	CHECK(none_is_left(), "no process is left");
	return ktap_end();
}
