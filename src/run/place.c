// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts the agent in the lab or on this host.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/child.h"
#include "base/kit.h"
#include "base/lines.h"
#include "lab/lab.h"
#include "run/place.h"

#define CTL_PORT	"/dev/virtio-ports/org.vhint.ctl"
#define ALIVE_S		60
#define CLEAN_UP_MS	30000

struct place {
	struct lab *lab;	/* NULL on this host */
	struct child agent;
	int fd;
	bool eof, exited;
	const char *broke;
	int status;
	struct line_buf buf;
	char *line;
};

static bool in_lab(const struct experiment *e)
{
	return !strcmp(e->where, "lab");
}

#define DELETED	" (deleted)"	/* so the kernel says of a program that was linked anew */

const char *place_agent(void)
{
	static char self[PATH_MAX];
	const char *env = getenv("VHINT_AGENT");
	size_t tail = strlen(DELETED);
	ssize_t n;

	if (env && *env)
		return env;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	if (n > (ssize_t)tail && !strcmp(self + n - tail, DELETED))
		self[n - tail] = '\0';
	return self;
}

static enum lab_clock clock_of(const struct experiment *e)
{
	return exp_virtual(e) ? LAB_CLOCK_VIRTUAL : LAB_CLOCK_REAL;
}

static void kernel_dir(char *buf, size_t len, const char *kernel)
{
	kit_path(buf, len, "build/kernel/%s", kernel);
}

static int check_lab(const struct experiment *e, const char *kernel, const char *share,
		     struct vh_err *err)
{
	char dir[PATH_MAX], warning[512] = "";
	struct lab_config c = {
		.kit_root = kit_root(), .kernel_dir = dir, .share = share, .cpus = e->cpus,
		.memory_mib = e->memory_mib, .libvirt = true, .clock = clock_of(e),
	};

	kernel_dir(dir, sizeof(dir), kernel);
	if (lab_check(&c, warning, sizeof(warning), err))
		return -1;
	if (*warning)
		vh_warn("warning: %s", warning);
	return 0;
}

bool place_memory(const struct experiment *e, long *available, long *each)
{
	struct lab_config c = { .cpus = e->cpus, .memory_mib = e->memory_mib,
				.clock = clock_of(e) };

	*available = lab_memory_available();
	*each = lab_memory_needed(&c);
	return in_lab(e);
}

static int check_host(const char *kernel, struct vh_err *err)
{
	char path[PATH_MAX];
	struct utsname u;
	bool vhint;

	if (getenv("VHINT_AGENT"))
		return 0;
	if (uname(&u))
		return vh_err(err, VH_BAD_HOST, "uname: %s", strerror(errno));
	vhint = strstr(u.release, "vhint");
	if (vhint != !strcmp(kernel, "vhint"))
		return vh_err(err, VH_BAD_HOST,
			      "this host runs kernel %s, but arms of kernel %s come next. Boot into that kernel; an experiment that has begun goes on with --resume DIR, and --arms selects those of one kernel",
			      u.release, kernel);
	kit_path(path, sizeof(path), "build/kernel/%s/bzImage", kernel);
	if (access(path, R_OK))
		return vh_err(err, VH_BAD_HOST, "%s: %s; build it with: make kernel", path,
			      strerror(errno));
	return 0;
}

static bool in_path(const char *program)
{
	char *dirs = strdup(getenv("PATH") ?: "/usr/bin"), *dir, *rest = NULL, path[PATH_MAX];
	bool found = false;

	for (dir = strtok_r(dirs, ":", &rest); dir && !found; dir = strtok_r(NULL, ":", &rest)) {
		snprintf(path, sizeof(path), "%s/%s", dir, program);
		found = !access(path, X_OK);
	}
	free(dirs);
	return found;
}

static int check_recorders(const struct experiment *e, struct vh_err *err)
{
	char path[PATH_MAX];

	if (e->trace && !in_path(TRACE_TOOL))
		return vh_err(err, VH_BAD_HOST,
			      "$.trace is true, but there is no trace-cmd: apt-get install trace-cmd, or leave \"trace\" out");
	if (e->perf && !in_path(PERF_TOOL))
		return vh_err(err, VH_BAD_HOST,
			      "$.perf is true, but there is no perf: apt-get install linux-perf, or leave \"perf\" out");
	kit_path(path, sizeof(path), "build/guest/initramfs-trace.cpio.gz");
	if (e->trace && !getenv("VHINT_AGENT") && access(path, R_OK))
		return vh_err(err, VH_BAD_HOST, "%s: %s; build it with: make guest-trace", path,
			      strerror(errno));
	return 0;
}

int place_check(const struct experiment *e, const char *kernel, const char *share,
		struct vh_err *err)
{
	if (check_recorders(e, err))
		return -1;
	return in_lab(e) ? check_lab(e, kernel, share, err) : check_host(kernel, err);
}

/* The kit has a place of its own in the lab. */
static char *path_in_lab(char *path, char *buf, size_t len)
{
	const char *below = kit_short(path);

	if (below == path)
		return path;
	snprintf(buf, len, LAB_KIT_DIR "/%s", below);
	return buf;
}

static int start_lab(struct place *pl, const struct place_config *c, char **argv,
		     struct vh_err *err)
{
	char dir[PATH_MAX], name[32];
	struct lab_config config = {
		.kit_root = kit_root(), .kernel_dir = dir, .share = c->dir, .name = name,
		.console = c->console, .cpus = c->e->cpus, .memory_mib = c->e->memory_mib,
		.libvirt = true, .argv = argv, .stdio = LAB_STDIO_CONSOLE,
		.alive_deadline_s = ALIVE_S, .fixed_paths = true, .clock = clock_of(c->e),
		.round_ns = c->e->round_ns, .seed = exp_boot_seed(c->e, c->boot),
	};
	char agent[PATH_MAX];

	argv[0] = path_in_lab(argv[0], agent, sizeof(agent));
	argv[3] = LAB_SHARE_DIR;

	/* of the boot alone, not of the process: all that the lab is told must be repeatable */
	snprintf(name, sizeof(name), "boot%d", c->boot);
	kernel_dir(dir, sizeof(dir), c->kernel);
	return lab_start(&pl->lab, &config, err);
}

/* Standard streams to the console file, events to the pipe. It has time to clean up if we die. */
static int start_agent(struct place *pl, char *const *argv, const char *console, int events,
		       struct vh_err *err)
{
	int out = open(console, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), ret;
	const struct child_spec spec = {
		.argv = argv, .die = SIGTERM, .nr_fds = 3,
		.fds = { { out, 1 }, { out, 2 }, { events, events } },
	};

	if (out < 0)
		return vh_err(err, VH_BAD_HOST, "%s: %s", console, strerror(errno));
	ret = child_start(&pl->agent, &spec, err);
	close(out);
	return ret;
}

static int start_host(struct place *pl, const struct place_config *c, char **argv, int events,
		      struct vh_err *err)
{
	char name[32];
	int p[2], ret;

	if (pipe2(p, O_CLOEXEC))
		return vh_err(err, VH_BAD_HOST, "pipe: %s", strerror(errno));
	snprintf(name, sizeof(name), "/dev/fd/%d", p[1]);
	argv[events] = name;
	ret = start_agent(pl, argv, c->console, p[1], err);
	close(p[1]);
	pl->fd = p[0];
	if (ret)
		close(p[0]);
	return ret;
}

int place_start(struct place **out, const struct place_config *c, struct vh_err *err)
{
	struct place *pl = calloc(1, sizeof(*pl));
	char number[16], instance[16];
	char *argv[14] = {
		(char *)place_agent(), "agent", "--dir", (char *)c->dir, "--boot", number,
		"--events", CTL_PORT, "--instance", instance,
	};
	int ret;

	if (!pl)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	snprintf(number, sizeof(number), "%d", c->boot);
	snprintf(instance, sizeof(instance), "%d", c->instance);
	if (c->runs) {
		argv[10] = "--runs";
		argv[11] = (char *)c->runs;
	}
	ret = in_lab(c->e) ? start_lab(pl, c, argv, err) : start_host(pl, c, argv, 7, err);
	if (ret) {
		free(pl);
		return -1;
	}
	*out = pl;
	return 0;
}

static enum place_event next_of_lab(struct place *pl, int timeout_ms, const char **line,
				    struct vh_err *err)
{
	switch (lab_next_event(pl->lab, timeout_ms, line, err)) {
	case LAB_LINE:
		return PLACE_LINE;
	case LAB_TIMEOUT:
		return PLACE_TIMEOUT;
	case LAB_EXITED:
		pl->exited = true;
		pl->status = lab_status(pl->lab);
		return PLACE_EXITED;
	case LAB_PANIC:
		pl->broke = "panic";
		break;
	case LAB_HANG:
		pl->broke = "hang";
		break;
	case LAB_NO_BOOT:
		pl->broke = "no-boot";
		break;
	case LAB_DIED:
		pl->broke = "died";
		break;
	}
	return PLACE_FAILED;
}

static void read_some(struct place *pl)
{
	char data[4096];
	ssize_t n = read(pl->fd, data, sizeof(data));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0 || line_buf_add(&pl->buf, data, n))
		pl->eof = true;
}

/* The pipe is at its end, so the agent is about to: waits for a moment. */
static enum place_event reap(struct place *pl, int timeout_ms)
{
	if (!child_wait(&pl->agent, timeout_ms))
		return PLACE_TIMEOUT;
	pl->exited = true;
	pl->status = child_status(&pl->agent);
	return PLACE_EXITED;
}

static enum place_event next_of_host(struct place *pl, int timeout_ms, const char **line)
{
	struct pollfd p = { .fd = pl->fd, .events = POLLIN };

	free(pl->line);
	pl->line = line_buf_next(&pl->buf);
	if (!pl->line && pl->eof)
		return reap(pl, timeout_ms);
	if (!pl->line && poll(&p, 1, timeout_ms) > 0) {
		read_some(pl);
		pl->line = line_buf_next(&pl->buf);
	}
	*line = pl->line;
	return pl->line ? PLACE_LINE : PLACE_TIMEOUT;
}

enum place_event place_next(struct place *pl, int timeout_ms, const char **line,
			    struct vh_err *err)
{
	if (pl->exited)
		return PLACE_EXITED;
	return pl->lab ? next_of_lab(pl, timeout_ms, line, err) :
	       next_of_host(pl, timeout_ms, line);
}

double place_virtual_s(const struct place *pl)
{
	int64_t ns = pl->lab ? lab_virtual_ns(pl->lab) : -1;

	return ns < 0 ? NAN : ns / 1e9;
}

int place_status(const struct place *pl)
{
	return pl->status;
}

const char *place_broke(const struct place *pl)
{
	return pl->broke;
}

int place_fd(const struct place *pl)
{
	if (pl->lab)
		return lab_fd(pl->lab);
	return pl->eof ? -1 : pl->fd;
}

static void stop_host(struct place *pl, bool hard)
{
	if (!pl->exited && !hard) {
		/* it has domains to end and policies to restore */
		kill(pl->agent.pid, SIGTERM);
		reap(pl, CLEAN_UP_MS);
	}
	child_kill(&pl->agent);
	close(pl->fd);
}

void place_stop(struct place *pl, bool hard)
{
	if (pl->lab)
		lab_stop(pl->lab);
	else
		stop_host(pl, hard);
	line_buf_free(&pl->buf);
	free(pl->line);
	free(pl);
}
