// SPDX-License-Identifier: GPL-2.0-only
/*
 * A second thread with libvirt's event loop: it notices when libvirtd goes away,
 * tells the front every other second that this host is alive, takes signals, and
 * ends the agent when a call into libvirt never returns.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <libvirt/libvirt.h>

#include "base/now.h"
#include "host/loop.h"
#include "host/vm.h"

#define ALIVE_MS	2000
#define SEND_MS		10000	/* a front that does not read for so long is gone */

static struct {
	int out;		/* to the front */
	int sig;
	int wake;
	int timer;		/* libvirt's numbers of our timer and handle */
	int handle;
	pthread_t thread;
	bool running;
	atomic_bool end;
	atomic_int signal;
	pthread_mutex_t lock;	/* over out and the watch */
	int64_t watch_deadline;	/* 0: none */
	char watch_what[256];
} loop = { .out = -1, .sig = -1, .wake = -1, .timer = -1, .handle = -1,
	   .lock = PTHREAD_MUTEX_INITIALIZER };

/* The port is non-blocking: half a line must not be left behind. */
static void write_line(const char *line, size_t len)
{
	struct pollfd pfd = { .fd = loop.out, .events = POLLOUT };
	int64_t deadline = now_ms() + SEND_MS;
	ssize_t n;

	while (len) {
		n = write(loop.out, line, len);
		if (n > 0) {
			line += n;
			len -= n;
		} else if (n < 0 && errno == EAGAIN && now_ms() < deadline) {
			poll(&pfd, 1, 100);
		} else if (n >= 0 || errno != EINTR) {
			return;
		}
	}
}

void event_emit(json_object *o)
{
	char *line;

	if (asprintf(&line, "%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
					JSON_C_TO_STRING_NOSLASHESCAPE)) >= 0) {
		pthread_mutex_lock(&loop.lock);
		if (loop.out >= 0)
			write_line(line, strlen(line));
		pthread_mutex_unlock(&loop.lock);
		free(line);
	}
	json_object_put(o);
}

json_object *event_new(const char *event)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "event", json_object_new_string(event));
	return o;
}

void event_phase(const char *fmt, ...)
{
	json_object *o = event_new("phase");
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_object_add(o, "text", json_object_new_string(text));
	event_emit(o);
}

void event_error(const char *kind, const char *message)
{
	json_object *o = event_new("error");

	json_object_object_add(o, "kind", json_object_new_string(kind));
	json_object_object_add(o, "message", json_object_new_string(message));
	event_emit(o);
}

int loop_fd(void)
{
	return loop.wake;
}

void loop_wake(void)
{
	uint64_t one = 1;

	if (write(loop.wake, &one, sizeof(one)) < 0)
		return;		/* full: it is readable, which is all that is wanted */
}

void loop_drain(void)
{
	uint64_t n;

	if (read(loop.wake, &n, sizeof(n)) < 0)
		return;
}

int loop_signal(void)
{
	return atomic_load(&loop.signal);
}

void loop_watch(int seconds, const char *what)
{
	pthread_mutex_lock(&loop.lock);
	loop.watch_deadline = now_ms() + seconds * 1000LL;
	snprintf(loop.watch_what, sizeof(loop.watch_what), "%s: no end after %d s", what, seconds);
	pthread_mutex_unlock(&loop.lock);
}

void loop_unwatch(void)
{
	pthread_mutex_lock(&loop.lock);
	loop.watch_deadline = 0;
	pthread_mutex_unlock(&loop.lock);
}

/* The main thread is stuck: say so, leave no VM behind, and go. */
static void give_up(const char *kind, const char *what)
{
	event_error(kind, what);
	vh_warn("%s", what);
	vm_kill_all();
	_exit(VH_RUN_FAILED);
}

static void on_tick(int timer, void *data)
{
	bool late;

	event_emit(event_new("alive"));
	pthread_mutex_lock(&loop.lock);
	late = loop.watch_deadline && now_ms() > loop.watch_deadline;
	pthread_mutex_unlock(&loop.lock);
	if (late)
		give_up("libvirt", loop.watch_what);
}

static void on_signal(int watch, int fd, int events, void *data)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (loop_signal())
		give_up("interrupted", "interrupted twice");
	atomic_store(&loop.signal, info.ssi_signo);
	loop_wake();
}

static void *loop_thread(void *data)
{
	while (!atomic_load(&loop.end))
		if (virEventRunDefaultImpl() < 0)
			break;
	return NULL;
}

static int open_events(const char *path, struct vh_err *err)
{
	char *end;

	if (!strncmp(path, "fd:", 3)) {
		loop.out = strtol(path + 3, &end, 10);
		if (end == path + 3 || *end || fcntl(loop.out, F_SETFD, FD_CLOEXEC))
			return vh_err(err, VH_BAD_USAGE, "--events %s: no such open descriptor",
				      path);
		return 0;
	}
	loop.out = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
	if (loop.out < 0)
		return vh_err(err, VH_BAD_USAGE, "--events %s: %s", path, strerror(errno));
	return 0;
}

int loop_start(const char *path, struct vh_err *err)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	if (open_events(path, err))
		return -1;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	loop.sig = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	loop.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop.sig < 0 || loop.wake < 0 || virInitialize() < 0 ||
	    virEventRegisterDefaultImpl() < 0)
		return vh_err(err, VH_BAD_HOST, "cannot start the event loop: %s",
			      strerror(errno));
	loop.timer = virEventAddTimeout(ALIVE_MS, on_tick, NULL, NULL);
	loop.handle = virEventAddHandle(loop.sig, VIR_EVENT_HANDLE_READABLE, on_signal, NULL, NULL);
	if (loop.timer < 0 || loop.handle < 0 ||
	    pthread_create(&loop.thread, NULL, loop_thread, NULL))
		return vh_err(err, VH_BAD_HOST, "cannot start the event loop");
	loop.running = true;
	return 0;
}

void loop_stop(void)
{
	if (!loop.running)
		return;
	atomic_store(&loop.end, true);
	virEventUpdateTimeout(loop.timer, 0);	/* makes the thread look */
	pthread_join(loop.thread, NULL);
	loop.running = false;
	close(loop.out);
	loop.out = -1;
}
