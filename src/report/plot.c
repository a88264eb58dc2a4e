// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the plots' scripts and has gnuplot draw them, with a deadline.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/json.h"
#include "report/plot.h"

#define DEADLINE_MS	30000

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

static int draw(const char *dir, const struct plot *p, struct vh_err *err)
{
	/* fonts and terminals are the script's, not the user's */
	static const char *const env[] = { "GNUTERM", "LC_ALL=C.UTF-8", NULL };
	char where[PATH_MAX], log[PATH_MAX + 16], script[64];
	char *argv[] = { "gnuplot", "-d", script, NULL };
	struct child_spec spec = { .argv = argv, .dir = where, .env = env, .nr_fds = 1 };
	struct child c;
	int fd, ret;

	snprintf(where, sizeof(where), "%s/plots", dir);
	snprintf(log, sizeof(log), "%s/gnuplot.log", where);
	snprintf(script, sizeof(script), "%s.gp", p->name);
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return vh_err(err, VH_BAD_HOST, "%s: %s", log, strerror(errno));
	spec.fds[0] = (struct child_fd){ fd, 2 };
	ret = child_run(&c, &spec, DEADLINE_MS, err);
	close(fd);
	if (c.error == ENOENT)
		return vh_err(err, VH_BAD_HOST,
			      "gnuplot is not there; install Debian's package gnuplot-nox");
	if (ret)
		return vh_err_prefix(err, "%s/%s: see %s", where, script, log);
	if (!plot_is_drawn(p, dir))
		return vh_err(err, VH_BAD_HOST, "%s/%s: gnuplot drew nothing; see %s", where,
			      script, log);
	return 0;
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
