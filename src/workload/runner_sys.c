// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an init must do to its machine
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "workload/runner_sys.h"

#define HINTS_SWITCH	"/sys/module/kvm_vhint/parameters/enable"
#define PORTS		"/sys/class/virtio-ports"
#define TRACER		"/usr/bin/trace-cmd"
#define PORT_WAIT_MS	10000
#define KLOG_CONSOLE_LEVEL 8
#define KLOG_ERRORS	4	/* levels below are shown: errors and worse */

static const struct {
	const char *type, *dir, *options;
	bool required;
} mounts[] = {
	{ "proc", "/proc", NULL, true },
	{ "sysfs", "/sys", NULL, true },
	{ "devtmpfs", "/dev", NULL, true },
	{ "tmpfs", "/dev/shm", NULL, false },
	{ "tmpfs", "/tmp", NULL, false },
	{ "debugfs", "/sys/kernel/debug", NULL, false },
	{ "tracefs", "/sys/kernel/tracing", NULL, false },
};

void sys_die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "vhint guest: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	exit(1);
}

int sys_read_file(const char *path, char *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, len - 1);
	close(fd);
	if (n < 0)
		return -1;
	while (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return n;
}

static void mount_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i].dir, 0755);
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, mounts[i].options) &&
		    errno != EBUSY && mounts[i].required)
			sys_die("cannot mount %s on %s: %s", mounts[i].type, mounts[i].dir,
				strerror(errno));
	}
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;		/* no network: a workload that needs one will say so */
	ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
}

void sys_setup(void)
{
	struct rlimit files = { 65536, 65536 };

	mount_all();
	open_console();
	/* Every byte on the serial console costs VM exits; a panic shows whatever the level. */
	klogctl(KLOG_CONSOLE_LEVEL, NULL, KLOG_ERRORS);
	setrlimit(RLIMIT_NOFILE, &files);
	loopback_up();
	setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("HOME", "/tmp", 1);
	if (chdir("/tmp"))
		sys_die("cannot enter /tmp: %s", strerror(errno));
}

/* There is no udev to make /dev/virtio-ports/NAME: sysfs knows which vportNpM has the name. */
static bool find_port(const char *name, char *path, size_t len)
{
	char file[512], found[128];
	struct dirent *e;
	bool ok = false;
	DIR *d;

	d = opendir(PORTS);
	if (!d)
		return false;
	while (!ok && (e = readdir(d))) {
		snprintf(file, sizeof(file), PORTS "/%s/name", e->d_name);
		if (sys_read_file(file, found, sizeof(found)) < 0 || strcmp(found, name))
			continue;
		snprintf(path, len, "/dev/%s", e->d_name);
		ok = true;
	}
	closedir(d);
	return ok;
}

int sys_open_port(const char *name, char *msg, size_t len)
{
	const struct timespec step = { .tv_nsec = 10000000 };
	char path[300];
	int i, fd;

	/* The host names a port a little after the device is there. */
	for (i = 0; !find_port(name, path, sizeof(path)); i++) {
		if (i == PORT_WAIT_MS / 10) {
			snprintf(msg, len, "no port named %s in " PORTS " after %d s", name,
				 PORT_WAIT_MS / 1000);
			return -1;
		}
		nanosleep(&step, NULL);
	}
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		snprintf(msg, len, "cannot open %s: %s", path, strerror(errno));
	return fd;
}

void sys_hints(struct proto_hints *hints)
{
	char value[16];

	hints->supported = sys_read_file(HINTS_SWITCH, value, sizeof(value)) > 0;
	hints->enabled = hints->supported && (value[0] == '1' || value[0] == 'Y');
}

int sys_set_hints(bool on, struct proto_hints *hints, char *msg, size_t len)
{
	const char *value = on ? "1" : "0";
	int fd, err = 0;

	sys_hints(hints);
	if (!hints->supported && !on)
		return 0;
	if (!hints->supported) {
		snprintf(msg, len, "hints are wanted, but this kernel has none (no %s)",
			 HINTS_SWITCH);
		return -1;
	}
	fd = open(HINTS_SWITCH, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, 1) != 1)
		err = errno;
	if (fd >= 0)
		close(fd);
	sys_hints(hints);
	if (err || hints->enabled != on) {
		snprintf(msg, len, "writing %s to " HINTS_SWITCH ": %s", value,
			 err ? strerror(err) : "it reads back otherwise");
		return -1;
	}
	return 0;
}

bool sys_start_tracer(void)
{
	sigset_t none;
	int null;

	if (access(TRACER, X_OK))
		return false;
	if (fork())
		return true;	/* without an agent the host says that it cannot trace */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execl(TRACER, "trace-cmd", "agent", NULL);
	_exit(127);
}

void sys_poweroff(void)
{
	sync();
	reboot(RB_POWER_OFF);
	sys_die("cannot power off: %s", strerror(errno));
}
