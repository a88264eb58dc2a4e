// SPDX-License-Identifier: GPL-2.0-only
/*
 * run-experiment lab: runs a command in the lab with its input, output and exit
 * status brought back, for tests and for a look around. With a terminal on both
 * ends the command gets one too.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/json.h"
#include "base/kit.h"
#include "cli/cmd.h"
#include "cli/needs.h"
#include "experiment/experiment.h"
#include "experiment/override.h"
#include "lab/lab.h"
#include "lab/lab_relay.h"
#include "results/folder.h"

static const char usage[] =
	"Usage: run-experiment lab [OPTIONS] [--] COMMAND [ARGUMENT]...\n"
	"\n"
	"Runs COMMAND as root in the emulated host, in the kit's root directory. It sees this\n"
	"machine's files, at the same paths; what it writes is lost, except in --share.\n"
	"Exit status: the command's; 1, 3 or 4 with a message if the lab failed.\n"
	"\n"
	"  --kernel NAME     stock or vhint (default: vhint)\n"
	"  --kernel-dir DIR  any directory that holds a bzImage\n"
	"  --cpus N          CPUs for vCPUs, besides CPU 0 (default: 2)\n"
	"  --memory MIB      of the emulated host (default: 3072)\n"
	"  --share DIR       writable inside, at the same path (default: a temporary one);\n"
	"                    gets the console's output in console.log\n"
	"  --clock CLOCK     virtual: a ns is an instruction; real: as fast as it goes, with\n"
	"                    Debian's QEMU (default: virtual)\n"
	"  --round_ns N      a round of virtual time, in which each CPU has its turn (default: 2000)\n"
	"  --no-libvirt      do not start libvirtd\n"
	"  --boot-timeout S  longest time until the command starts (default: 120)\n"
	"  --timeout S       longest time that the command may take (default: no limit);\n"
	"                    both are seconds of the lab's clock\n"
	"  --verbose         tell what the lab reports\n"
	"  --help            this\n";

struct options {
	struct lab_config config;
	char kernel_dir[PATH_MAX];
	char share[PATH_MAX];
	char console[PATH_MAX + 16];
	bool temporary;		/* share is ours to remove */
	bool verbose, help;
};

static int number(const char *name, const char *text, int *value)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || *end || end == text || n < 1 || n > INT_MAX) {
		fprintf(stderr, "run-experiment lab: --%s: \"%s\" is not a positive number\n", name,
			text);
		return -1;
	}
	*value = n;
	return 0;
}

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "kernel-dir", required_argument, NULL, 'd' },
	{ "cpus", required_argument, NULL, 'c' },
	{ "memory", required_argument, NULL, 'm' },
	{ "share", required_argument, NULL, 's' },
	{ "clock", required_argument, NULL, 'C' },
	{ "round_ns", required_argument, NULL, 'r' },
	{ "no-libvirt", no_argument, NULL, 'n' },
	{ "boot-timeout", required_argument, NULL, 'b' },
	{ "timeout", required_argument, NULL, 't' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

/* The words and the range are those of the experiment's keys. */
static int take_clock(struct options *o, const char *text)
{
	json_object *value = json_object_new_object();
	struct vh_err err;
	int ret = exp_override_set(value, "clock", text, &err);

	if (ret)
		fprintf(stderr, "run-experiment lab: %s\n", err.msg);
	else
		o->config.clock = strcmp(text, EXP_CLOCK_REAL) ? LAB_CLOCK_VIRTUAL : LAB_CLOCK_REAL;
	json_object_put(value);
	return ret;
}

static int take_round(struct options *o, const char *text)
{
	json_object *value = json_object_new_object();
	struct vh_err err;
	int ret = exp_override_set(value, "round_ns", text, &err);

	if (ret)
		fprintf(stderr, "run-experiment lab: %s\n", err.msg);
	else
		o->config.round_ns = jget_int(value, "round_ns", 0);
	json_object_put(value);
	return ret;
}

/* 0, -1 for a bad value, 1 when all is said. */
static int take_option(int c, struct options *o)
{
	switch (c) {
	case 'k':
		kit_path(o->kernel_dir, sizeof(o->kernel_dir), "build/kernel/%s", optarg);
		return 0;
	case 'd':
		snprintf(o->kernel_dir, sizeof(o->kernel_dir), "%s", optarg);
		return 0;
	case 'c':
		return number("cpus", optarg, &o->config.cpus);
	case 'm':
		return number("memory", optarg, &o->config.memory_mib);
	case 's':
		snprintf(o->share, sizeof(o->share), "%s", optarg);
		return 0;
	case 'b':
		return number("boot-timeout", optarg, &o->config.boot_deadline_s);
	case 't':
		return number("timeout", optarg, &o->config.alive_deadline_s);
	case 'C':
		return take_clock(o, optarg);
	case 'r':
		return take_round(o, optarg);
	case 'n':
		o->config.libvirt = false;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case 'h':
		o->help = true;
		return 1;
	default:
		return -1;
	}
}

static int parse(int argc, char **argv, struct options *o)
{
	int c, ret;

	o->config.cpus = 2;
	o->config.memory_mib = 3072;
	o->config.libvirt = true;
	o->config.kernel_dir = o->kernel_dir;
	kit_path(o->kernel_dir, sizeof(o->kernel_dir), "build/kernel/vhint");
	optind = 0;
	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		ret = take_option(c, o);
		if (ret)
			return ret;
	}
	if (optind == argc) {
		fprintf(stderr, "run-experiment lab: no command given; see --help\n");
		return -1;
	}
	o->config.argv = argv + optind;
	return 0;
}

/* An absolute directory that the lab may write to. */
static int make_share(struct options *o)
{
	char path[PATH_MAX];

	if (*o->share) {
		if ((mkdir(o->share, 0755) && errno != EEXIST) || !realpath(o->share, path)) {
			fprintf(stderr, "run-experiment lab: %s: %s\n", o->share, strerror(errno));
			return -1;
		}
		snprintf(o->share, sizeof(o->share), "%s", path);
	} else {
		const char *tmp = getenv("TMPDIR");

		snprintf(o->share, sizeof(o->share), "%s/vhint-lab-XXXXXX",
			 tmp && *tmp == '/' ? tmp : "/tmp");
		if (!mkdtemp(o->share)) {
			fprintf(stderr, "run-experiment lab: %s: %s\n", o->share, strerror(errno));
			return -1;
		}
		o->temporary = true;
	}
	snprintf(o->console, sizeof(o->console), "%s/console.log", o->share);
	o->config.share = o->share;
	o->config.console = o->console;
	return 0;
}

/* After success, or when there is nothing to see; else the console stays. */
static void remove_share(const struct options *o)
{
	if (!o->temporary)
		return;
	unlink(o->console);
	rmdir(o->share);
}

/*
 * With a terminal the command is wrapped: a size and a type are not things that
 * a virtual console carries. Returns a vector to free, or NULL.
 */
static char **wrap_for_terminal(struct options *o)
{
	static char script[128];
	static char *head[] = { "env", NULL, "sh", "-c", script, "sh" };
	static char term[64];
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	size_t n = 0, nr_head = sizeof(head) / sizeof(head[0]);
	char **argv;

	ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	snprintf(term, sizeof(term), "TERM=%s", getenv("TERM") ?: "vt100");
	snprintf(script, sizeof(script), "stty rows %d cols %d; exec \"$@\"", size.ws_row,
		 size.ws_col);
	head[1] = term;
	while (o->config.argv[n])
		n++;
	argv = calloc(nr_head + n + 1, sizeof(*argv));
	if (!argv)
		return NULL;
	memcpy(argv, head, sizeof(head));
	memcpy(argv + nr_head, o->config.argv, n * sizeof(*argv));
	o->config.argv = argv;
	return argv;
}

struct session {
	struct lab *lab;
	struct lab_relay in, out, error;
	int signals;
	bool verbose;
};

static void tell(const struct session *s, const char *line)
{
	if (s->verbose)
		fprintf(stderr, "lab: %s\n", line);
}

/* Passes on what is left after the machine went off. */
static void drain(struct lab_relay *r)
{
	struct pollfd fds[2];

	while (!lab_relay_done(r)) {
		lab_relay_poll(r, fds);
		if (poll(fds, 2, 5000) <= 0)
			return;
		lab_relay_move(r, fds);
	}
}

/* Waits for anything. Returns the signal that came, 0 if none did. */
static int wait_any(struct session *s)
{
	struct lab_relay *const relays[] = { &s->in, &s->out, &s->error };
	struct signalfd_siginfo info;
	bool was_open = !s->in.eof;
	struct pollfd fds[8];

	for (int i = 0; i < 3; i++)
		lab_relay_poll(relays[i], fds + 2 * i);
	fds[6] = (struct pollfd){ .fd = lab_fd(s->lab), .events = POLLIN };
	fds[7] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	if (poll(fds, 8, fds[6].fd < 0 ? 10 : 1000) < 0)
		return 0;
	for (int i = 0; i < 3; i++)
		lab_relay_move(relays[i], fds + 2 * i);
	if (was_open && lab_relay_done(&s->in))
		lab_stdin_close(s->lab);
	if (fds[7].revents && read(s->signals, &info, sizeof(info)) == sizeof(info))
		return info.ssi_signo;
	return 0;
}

static int follow(struct session *s, struct vh_err *err)
{
	for (;;) {
		const char *line;
		enum lab_event event;
		int sig;

		while ((event = lab_next_event(s->lab, 0, &line, err)) == LAB_LINE)
			tell(s, line);
		if (event == LAB_EXITED) {
			drain(&s->out);
			drain(&s->error);
			return lab_status(s->lab);
		}
		if (event != LAB_TIMEOUT)
			return -1;
		sig = wait_any(s);
		if (sig) {
			err->msg[0] = '\0';
			err->code = 128 + sig;
			return -1;
		}
	}
}

static void set_raw(const struct termios *saved)
{
	struct termios raw = *saved;

	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static int run(struct options *o, struct vh_err *err)
{
	bool tty = o->config.stdio == LAB_STDIO_TTY;
	struct session s = { .verbose = o->verbose };
	struct termios saved;
	sigset_t mask;
	int ret;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	s.signals = signalfd(-1, &mask, SFD_CLOEXEC);
	if (lab_start(&s.lab, &o->config, err)) {
		close(s.signals);
		return -1;
	}
	lab_relay_init(&s.in, o->config.no_input ? -1 : STDIN_FILENO, lab_stdio_fd(s.lab, 0));
	lab_relay_init(&s.out, lab_stdio_fd(s.lab, tty ? 0 : 1), STDOUT_FILENO);
	lab_relay_init(&s.error, lab_stdio_fd(s.lab, 2), STDERR_FILENO);
	if (tty) {
		tcgetattr(STDIN_FILENO, &saved);
		set_raw(&saved);
	}
	ret = follow(&s, err);
	if (tty)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	lab_stop(s.lab);
	close(s.signals);
	return ret;
}

/* Nothing will ever come from it. */
static bool is_null(int fd)
{
	struct stat null, st;

	return !stat("/dev/null", &null) && !fstat(fd, &st) && S_ISCHR(st.st_mode) &&
	       st.st_rdev == null.st_rdev;
}

int cmd_lab_needs(int argc, char **argv, unsigned int *needs)
{
	static struct options o;
	int ret = parse(argc, argv, &o);

	if (!ret)
		*needs = NEED_KERNEL | NEED_LAB | NEED_GUEST | NEED_POLICY |
			 (o.config.clock == LAB_CLOCK_VIRTUAL ? NEED_QEMU : 0);
	return ret < 0 ? VH_BAD_USAGE : VH_OK;
}

int cmd_lab(int argc, char **argv)
{
	struct options *o = calloc(1, sizeof(*o));
	struct vh_err err = { .code = VH_BAD_HOST };
	char warning[256], **wrapped = NULL;
	int ret;

	if (!o)
		return VH_BAD_HOST;
	ret = parse(argc, argv, o);
	if (ret) {
		if (o->help)
			fputs(usage, stdout);
		free(o);
		return ret < 0 ? VH_BAD_USAGE : VH_OK;
	}
	o->config.kit_root = kit_root();
	o->config.stdio = LAB_STDIO_PORTS;
	o->config.no_input = is_null(STDIN_FILENO);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		o->config.stdio = LAB_STDIO_TTY;
		wrapped = wrap_for_terminal(o);
	}
	if (make_share(o)) {
		ret = VH_BAD_HOST;
		goto out;
	}
	/* what it is told is there, and another lab would be told the same */
	ret = result_lock_folder(o->share, &err) ||
	      lab_check(&o->config, warning, sizeof(warning), &err) ? -1 : 0;
	if (!ret) {
		if (*warning)
			fprintf(stderr, "run-experiment lab: warning: %s\n", warning);
		ret = run(o, &err);
	}
	if (ret < 0) {
		if (*err.msg)
			fprintf(stderr, "run-experiment lab: %s\n", err.msg);
		ret = err.code;
	}
	if (ret != VH_RUN_FAILED || !*err.msg)
		remove_share(o);
out:
	free(wrapped);
	free(o);
	return ret;
}
