// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's init: takes orders from the driver over a virtio port, runs workloads
 *
 * One loop over the port, SIGCHLD and the workload's pipes; what an order means in which state
 * is decided in runner_proto.c. Nothing is printed to the console unless the guest is at its end.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <json-c/json.h>

#include "workload/runner_load.h"
#include "workload/runner_proto.h"
#include "workload/runner_pv.h"
#include "workload/runner_sys.h"
#include "workload/runner_view.h"
#include "workload/workloads.h"

#define PORT			"org.vhint.0"
#define SECOND_NS		1000000000ull
#define PREPARE_DEADLINE_NS	(60 * SECOND_NS)
#define SEND_DEADLINE_MS	10000
#define HOST_AWAY_NS		(120 * SECOND_NS)
#define HOST_POLL_MS		20

struct runner {
	int port;
	int sig;
	bool connected;
	uint64_t away_since_ns;
	enum proto_state state;
	int loops;			/* of the load, after the measured part */
	bool load_failed;		/* and is not repeated any more */
	uint64_t prepare_until_ns;
	struct proto_order order;	/* the current run's prepare */
	bool keep;
	struct proto_hints hints;
	struct view before;
	struct load load;
	struct proto_input input;
};

/* The whole line, or nothing more when the host does not read for too long. Frees it. */
static void send_line(struct runner *r, char *line)
{
	struct pollfd p = { .fd = r->port, .events = POLLOUT };
	size_t sent = 0, len;
	ssize_t n;

	if (!line)
		sys_die("out of memory");
	len = strlen(line);
	while (sent < len) {
		n = write(r->port, line + sent, len - sent);
		if (n > 0) {
			sent += n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if ((n < 0 && errno != EAGAIN) || poll(&p, 1, SEND_DEADLINE_MS) <= 0 ||
			   p.revents & POLLHUP) {
			break;	/* the host has gone: the loop will notice */
		}
	}
	free(line);
}

static void send_error(struct runner *r, int run, const char *message)
{
	send_line(r, proto_error(run, message));
}

static void send_hello(struct runner *r)
{
	struct utsname u;

	uname(&u);
	sys_hints(&r->hints);
	send_line(r, proto_hello(u.release, sysconf(_SC_NPROCESSORS_ONLN), &r->hints,
				 pv_record()));
}

static void go_idle(struct runner *r)
{
	proto_release(&r->order);
	r->state = ST_IDLE;
	r->loops = 0;
	r->load_failed = false;
}

static int start_load(struct runner *r, char *msg, size_t len)
{
	return load_start(&r->load, workload_find(r->order.workload), r->order.nr_args,
			  r->order.args, msg, len);
}

/* Takes the order over, whatever comes of it. */
static void prepare(struct runner *r, struct proto_order *order)
{
	const struct workload *wl = workload_find(order->workload);
	char why[512] = "", msg[700], names[256];
	int err = -1;

	r->order = *order;
	order->nr_args = 0;
	if (!wl) {
		snprintf(msg, sizeof(msg), "unknown workload '%s', this guest has: %s",
			 r->order.workload, workload_names(names, sizeof(names)));
	} else if (wl->check(r->order.nr_args, r->order.args, why, sizeof(why))) {
		snprintf(msg, sizeof(msg), "arguments of %s: %s (%s)", wl->name, why,
			 wl->args_help);
	} else {
		err = sys_set_hints(r->order.hints, &r->hints, msg, sizeof(msg)) ?:
		      start_load(r, msg, sizeof(msg));
	}
	if (err) {
		send_error(r, r->order.run, msg);
		go_idle(r);
		return;
	}
	r->prepare_until_ns = wl_now_ns() + PREPARE_DEADLINE_NS;
	r->state = ST_PREPARING;
}

static void go(struct runner *r, bool keep)
{
	r->keep = keep;
	view_take(&r->before);	/* first: its cost is no part of the measured time */
	load_go(&r->load);
	r->state = ST_RUNNING;
}

static void stop(struct runner *r, bool quietly)
{
	int run = r->order.run, loops = r->loops;
	struct view after;

	if (load_kill(&r->load)) {
		send_error(r, run, "the workload's processes would not die");
	} else if (!quietly) {
		view_take(&after);
		send_line(r, proto_stopped(run, loops, r->state == ST_KEEPING ?
					   view_runnable(&r->before, &after) : NAN));
	}
	go_idle(r);
}

static void obey(struct runner *r, struct proto_order *order)
{
	char msg[256];

	switch (proto_decide(r->state, r->order.run, order, msg, sizeof(msg))) {
	case ACT_REFUSE:
		send_error(r, order->run, msg);
		break;
	case ACT_REPLACE:
		stop(r, true);
		prepare(r, order);
		break;
	case ACT_PREPARE:
		prepare(r, order);
		break;
	case ACT_GO:
		go(r, order->keep);
		break;
	case ACT_STOP:
		stop(r, false);
		break;
	case ACT_STOPPED:
		send_line(r, proto_stopped(order->run, 0, NAN));
		break;
	case ACT_POWEROFF:
		sys_poweroff();
	}
}

static void on_line(const char *text, void *data)
{
	struct proto_order order;
	struct runner *r = data;
	char msg[256];

	if (!text) {
		send_error(r, -1, "line too long");
		return;
	}
	if (proto_parse(&order, text, msg, sizeof(msg))) {
		send_error(r, order.run, msg);
		return;
	}
	obey(r, &order);
	proto_release(&order);
}

/* The verdict, and if it is bad, the last that the workload said. */
static int judge(const struct load *l, struct json_object *result, char *msg, size_t len)
{
	const char *last = proto_tail(l->output, 1);
	char why[256];

	if (!load_verdict(l, result, why, sizeof(why)))
		return 0;
	snprintf(msg, len, "%s%s%s", why, *last ? "; the last it printed: " : "", last);
	return -1;
}

static void on_measured(struct runner *r)
{
	struct proto_done done = { .run = r->order.run, .output = r->load.output };
	struct view after;
	char msg[512];

	view_take(&after);
	done.elapsed_ns = r->load.end_ns - r->load.start_ns;
	done.result = json_object_new_object();
	done.ok = !judge(&r->load, done.result, msg, sizeof(msg));
	done.message = msg;
	json_object_object_add(done.result, "guest", view_diff(&r->before, &after));
	send_line(r, proto_done(&done));

	if (!done.ok || !r->keep) {
		go_idle(r);
		return;
	}
	r->state = ST_KEEPING;
	if (start_load(r, msg, sizeof(msg))) {
		send_error(r, r->order.run, msg);
		r->load_failed = true;
	}
}

static void on_exit_prepared(struct runner *r)
{
	char msg[512];

	/* No program of ours gets that far with an exit code of 0. */
	snprintf(msg, sizeof(msg), "%s ended before its start: %s", r->load.wl->name,
		 proto_tail(r->load.output, 1));
	send_error(r, r->order.run, msg);
	go_idle(r);
}

static void on_exit_kept(struct runner *r)
{
	struct json_object *ignored = json_object_new_object();
	char msg[512];
	int err;

	r->loops++;
	err = judge(&r->load, ignored, msg, sizeof(msg)) ?:
	      start_load(r, msg, sizeof(msg));
	json_object_put(ignored);
	if (err) {
		send_error(r, r->order.run, msg);
		r->load_failed = true;
	}
}

static void on_child(struct runner *r)
{
	struct signalfd_siginfo info[8];

	while (read(r->sig, info, sizeof(info)) > 0)
		;
	if (!load_reap(&r->load))
		return;
	if (r->state == ST_RUNNING)
		on_measured(r);
	else if (r->state == ST_KEEPING)
		on_exit_kept(r);
	else if (r->state != ST_IDLE)
		on_exit_prepared(r);
}

static void on_ctl(struct runner *r)
{
	if (load_ready(&r->load) != 1)
		return;
	if (r->state == ST_KEEPING) {
		load_go(&r->load);
		return;
	}
	r->state = ST_READY;
	send_line(r, proto_ready(r->order.run, &r->hints));
}

static void on_port(struct runner *r)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(r->port, buf, sizeof(buf))) > 0)
		proto_feed(&r->input, buf, n, on_line, r);
}

static void on_host_away(struct runner *r)
{
	r->connected = false;
	r->away_since_ns = wl_now_ns();
	r->input.len = 0;
	r->input.too_long = false;
	if (r->state != ST_IDLE)
		stop(r, true);
}

/* Level-triggered POLLHUP while no host is there: look now and then, and not for ever. */
static void wait_for_host(struct runner *r)
{
	struct pollfd p = { .fd = r->port, .events = POLLIN };

	if (poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP)) {
		r->connected = true;
		send_hello(r);
		return;
	}
	if (wl_now_ns() - r->away_since_ns > HOST_AWAY_NS) {
		fprintf(stderr, "vhint guest: nobody at %s for %llu s, powering off\n", PORT,
			HOST_AWAY_NS / SECOND_NS);
		sys_poweroff();
	}
	poll(NULL, 0, HOST_POLL_MS);
}

static int poll_timeout(const struct runner *r)
{
	uint64_t now = wl_now_ns();

	if (r->state != ST_PREPARING)
		return -1;
	return now < r->prepare_until_ns ? (r->prepare_until_ns - now) / 1000000 + 1 : 0;
}

static void serve(struct runner *r)
{
	/* Negative descriptors are skipped by poll(): closed pipes, and a load that waits. */
	struct pollfd p[] = {
		{ .fd = r->sig, .events = POLLIN },
		{ .fd = r->state == ST_READY ? -1 : r->load.ctl, .events = POLLIN },
		{ .fd = r->load.out, .events = POLLIN },
		{ .fd = r->port, .events = POLLIN },
	};

	if (poll(p, 4, poll_timeout(r)) < 0 && errno != EINTR)
		sys_die("poll: %s", strerror(errno));
	if (p[2].revents)
		load_read_output(&r->load);
	if (p[1].revents)
		on_ctl(r);
	if (p[0].revents)
		on_child(r);
	if (p[3].revents & POLLIN)
		on_port(r);
	if (p[3].revents & POLLHUP)
		on_host_away(r);
	if (r->state == ST_PREPARING && wl_now_ns() > r->prepare_until_ns) {
		send_error(r, r->order.run, "the workload was not ready in time");
		stop(r, true);
	}
}

int main(void)
{
	static struct runner r;
	char msg[256];
	sigset_t set;

	if (getpid() != 1) {
		fprintf(stderr, "This is the init of vhint's guests: it runs as PID 1 only.\n");
		return 3;
	}
	sys_setup();
	/* Nine digits are more than any clock here has; workloads inherit this. */
	json_c_set_serialization_double_format("%.9g", JSON_C_OPTION_GLOBAL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r.sig = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r.sig < 0 || load_init(&r.load))
		sys_die("cannot start: %s", strerror(errno));
	r.port = sys_open_port(PORT, msg, sizeof(msg));
	if (r.port < 0)
		sys_die("%s", msg);
	r.away_since_ns = wl_now_ns();
	r.load.company = sys_start_tracer();
	for (;;) {
		if (r.connected)
			serve(&r);
		else
			wait_for_host(&r);
	}
}
