// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the plots' scripts and has gnuplot draw them, with a deadline.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "report/plot.h"

#define DEADLINE_MS	30000
#define POLL_MS		10

static void path_of(char *buf, const char *dir, const struct plot *p, const char *ext)
{
	snprintf(buf, PATH_MAX, "%s/plots/%s.%s", dir, p->name, ext);
}

bool plot_is_drawn(const struct plot *p, const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	path_of(path, dir, p, "svg");
	return !stat(path, &st) && st.st_size > 0;
}

static int write_script(const struct report *r, const char *dir, const struct plot *p,
			struct vh_err *err)
{
	char path[PATH_MAX], *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	if (!f)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	p->script(r, p, f);
	fclose(f);
	path_of(path, dir, p, "gp");
	ret = file_write(path, text, len, err);
	free(text);
	return ret;
}

static pid_t start_gnuplot(const char *where, const char *script)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (chdir(where))
		_exit(126);
	/* fonts and terminals are the script's, not the user's */
	unsetenv("GNUTERM");
	setenv("LC_ALL", "C.UTF-8", 1);
	if (!freopen("gnuplot.log", "w", stderr))
		_exit(126);
	execlp("gnuplot", "gnuplot", "-d", script, NULL);
	_exit(127);
}

/* Its exit status, -1 if it took too long. */
static int wait_for(pid_t pid)
{
	int ms, status;

	for (ms = 0; ms < DEADLINE_MS; ms += POLL_MS) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
		usleep(POLL_MS * 1000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static int draw(const char *dir, const struct plot *p, struct vh_err *err)
{
	char where[PATH_MAX], script[64];
	int status;
	pid_t pid;

	snprintf(where, sizeof(where), "%s/plots", dir);
	snprintf(script, sizeof(script), "%s.gp", p->name);
	pid = start_gnuplot(where, script);
	if (pid < 0)
		return vh_err(err, VH_BAD_HOST, "fork: %s", strerror(errno));
	status = wait_for(pid);
	if (!status && plot_is_drawn(p, dir))
		return 0;
	if (status == 127)
		return vh_err(err, VH_BAD_HOST,
			      "gnuplot is not there; install Debian's package gnuplot-nox");
	if (status < 0)
		return vh_err(err, VH_BAD_HOST, "gnuplot did not end within %d s on %s/%s",
			      DEADLINE_MS / 1000, where, script);
	return vh_err(err, VH_BAD_HOST, "gnuplot failed on %s/%s; see %s/gnuplot.log", where,
		      script, where);
}

int plot_all(const struct report *r, const char *dir, struct vh_err *err)
{
	const struct plot *p;
	char path[PATH_MAX];
	int i, ret = 0;

	snprintf(path, sizeof(path), "%s/plots", dir);
	if (mkdir(path, 0777) && errno != EEXIST)
		return vh_err(err, VH_BAD_HOST, "%s: %s", path, strerror(errno));
	for (i = 0; (p = plot_nr(i)); i++) {
		path_of(path, dir, p, "svg");
		unlink(path);
		if (ret || !p->has(r))
			continue;
		ret = write_script(r, dir, p, err);
		if (!ret)
			ret = draw(dir, p, err);
	}
	if (!ret) {
		snprintf(path, sizeof(path), "%s/plots/gnuplot.log", dir);
		unlink(path);
	}
	return ret;
}
