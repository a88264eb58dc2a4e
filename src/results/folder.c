// SPDX-License-Identifier: GPL-2.0-only
/*
 * The folder that a run leaves.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/kit.h"
#include "results/folder.h"

const char *result_root(void)
{
	static char root[PATH_MAX];
	const char *env = getenv("VHINT_RESULTS");

	if (env && *env)
		return env;
	return kit_path(root, sizeof(root), "results");
}

/* mkdir -p */
static int make_dirs(const char *path, struct vh_err *err)
{
	char part[PATH_MAX], *p;

	snprintf(part, sizeof(part), "%s", path);
	for (p = part + 1; ; p++) {
		if (*p && *p != '/')
			continue;
		char c = *p;

		*p = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return vh_err(err, VH_BAD_HOST, "%s: cannot make this folder: %s", part,
				      strerror(errno));
		*p = c;
		if (!c)
			return 0;
	}
}

static int lock_is_taken(int fd, struct vh_err *err)
{
	char who[256] = "";
	ssize_t n;

	n = pread(fd, who, sizeof(who) - 1, 0);
	who[n > 0 ? strcspn(who, "\n") : 0] = '\0';
	close(fd);
	return vh_err(err, VH_BAD_HOST,
		      "another run-experiment is running (%s): two at once would disturb each other's measurements. Wait for it, or end it",
		      *who ? who : "pid unknown");
}

int result_lock(const struct experiment *e, struct vh_err *err)
{
	int fd, n, how = exp_virtual(e) ? LOCK_SH : LOCK_EX;
	char path[PATH_MAX], who[256];

	if (make_dirs(result_root(), err))
		return -1;
	snprintf(path, sizeof(path), "%s/.lock", result_root());
	/* the lab and the agent must not hold the lock when this process is gone */
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return vh_err(err, VH_BAD_HOST, "%s: cannot lock: %s", path, strerror(errno));
	if (flock(fd, how | LOCK_NB))
		return lock_is_taken(fd, err);
	n = snprintf(who, sizeof(who), "pid %d, experiment %s\n", (int)getpid(), e->name);
	if (ftruncate(fd, 0) || pwrite(fd, who, n, 0) != n)
		vh_warn("%s: cannot note the pid", path);
	return 0;
}

/*
 * The process that has @fd's folder locked, from /proc/locks; 0 if that does not say. Device
 * numbers there are not what stat() has on each file system, so inode and kind have to do.
 */
static int lock_holder(int fd)
{
	FILE *f = fopen("/proc/locks", "re");
	unsigned long long inode;
	char line[256], kind[16];
	int pid, holder = 0;
	struct stat st;

	if (!f)
		return 0;
	while (!fstat(fd, &st) && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d: %15s %*s %*s %d %*x:%*x:%llu", kind, &pid, &inode) == 3 &&
		    !strcmp(kind, "FLOCK") && inode == st.st_ino)
			holder = pid;
	}
	fclose(f);
	return holder;
}

int result_lock_folder(const char *dir, struct vh_err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), holder;
	char who[32] = "";

	if (fd < 0)
		return vh_err(err, VH_BAD_HOST, "%s: cannot lock: %s", dir, strerror(errno));
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	holder = lock_holder(fd);
	if (holder > 0)
		snprintf(who, sizeof(who), " (pid %d)", holder);
	close(fd);
	return vh_err(err, VH_BAD_HOST,
		      "%s: another run-experiment%s is at work in it. Wait for it, or end it, or choose another folder",
		      dir, who);
}

/* 1 if it holds anything, 0 if empty or not there, -1 if it is no folder. */
static int is_occupied(const char *path)
{
	struct dirent *d;
	int found = 0;
	DIR *dir;

	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -1;
	while ((d = readdir(dir))) {
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			found = 1;
	}
	closedir(dir);
	return found;
}

static int create_wanted(const char *wanted, struct vh_err *err)
{
	switch (is_occupied(wanted)) {
	case 0:
		return make_dirs(wanted, err);
	case 1:
		return vh_err(err, VH_BAD_USAGE,
			      "--results: %s exists and is not empty: results are never overwritten. Choose another folder, or go on with what is there: --resume %s",
			      wanted, wanted);
	}
	return vh_err(err, VH_BAD_USAGE, "--results: %s is not a folder that can be used: %s",
		      wanted, strerror(errno));
}

static int create_new(char *dir, size_t len, const char *experiment, struct vh_err *err)
{
	char stamp[32], parent[PATH_MAX / 2];
	unsigned short id;
	struct tm tm;
	time_t now;
	int tries;

	snprintf(parent, sizeof(parent), "%s/%s", result_root(), experiment);
	if (make_dirs(parent, err))
		return -1;
	now = time(NULL);
	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	for (tries = 0; tries < 100; tries++) {
		if (getrandom(&id, sizeof(id), 0) != sizeof(id))
			id = getpid() + tries;
		snprintf(dir, len, "%s/%s-%04x", parent, stamp, id);
		if (!mkdir(dir, 0755))
			return 0;
		if (errno != EEXIST)
			break;
	}
	return vh_err(err, VH_BAD_HOST, "%s: cannot make this folder: %s", dir, strerror(errno));
}

static int make_absolute(char *dir, size_t len, struct vh_err *err)
{
	char real[PATH_MAX];

	if (!realpath(dir, real) || strlen(real) >= len)
		return vh_err(err, VH_BAD_HOST, "%s: %s", dir, strerror(errno));
	strcpy(dir, real);
	return 0;
}

int result_create(char *dir, size_t len, const char *experiment, const char *wanted,
		  struct vh_err *err)
{
	if (wanted) {
		if (create_wanted(wanted, err))
			return -1;
		snprintf(dir, len, "%s", wanted);
	} else if (create_new(dir, len, experiment, err)) {
		return -1;
	}
	return make_absolute(dir, len, err);
}

int result_find(char *dir, size_t len, const char *given, struct vh_err *err)
{
	const char *tails[] = { "", "/latest" };
	char path[PATH_MAX], real[PATH_MAX];
	int i;

	/* as it is, or as it is called below the results' folder; then its latest run */
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s%s%s/resolved.json",
			 i & 1 ? result_root() : "", i & 1 ? "/" : "", given, tails[i / 2]);
		if (!access(path, F_OK) && realpath(path, real)) {
			*strrchr(real, '/') = '\0';
			snprintf(dir, len, "%s", real);
			return 0;
		}
	}
	if (is_occupied(given) <= 0 && access(given, F_OK))
		return vh_err(err, VH_BAD_USAGE, "%s: no such folder", given);
	return vh_err(err, VH_BAD_USAGE,
		      "%s: not the folder of a run: it has no resolved.json. Such folders are %s/<experiment>/<time>-<id>",
		      given, result_root());
}

static int copy_file(const char *from, const char *dir, const char *name, struct vh_err *err)
{
	char to[PATH_MAX], *text;
	size_t len;
	int ret;

	if (file_read(from, &text, &len, err))
		return -1;
	snprintf(to, sizeof(to), "%s/%s", dir, name);
	ret = file_write(to, text, len, err);
	free(text);
	return ret;
}

int result_begin(const char *dir, const char *file, const struct experiment *e,
		 struct vh_err *err)
{
	char path[PATH_MAX];

	if (copy_file(file, dir, "experiment.json", err))
		return -1;
	snprintf(path, sizeof(path), "%s/runs", dir);
	if (mkdir(path, 0755) && errno != EEXIST)
		return vh_err(err, VH_BAD_HOST, "%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s/runs.ndjson", dir);
	if (file_write(path, "", 0, err))
		return -1;
	/* last: a folder that has it can be resumed */
	snprintf(path, sizeof(path), "%s/resolved.json", dir);
	return json_save_file(path, e->resolved, err);
}

int result_load(const char *dir, struct experiment *e, struct plan *p, struct vh_err *err)
{
	char path[PATH_MAX];
	json_object *o;
	int ret = -1;

	snprintf(path, sizeof(path), "%s/resolved.json", dir);
	o = json_load_file(path, err);
	if (!o)
		return -1;
	if (jget_int(o, "schema", EXP_SCHEMA) != EXP_SCHEMA) {
		vh_err(err, VH_BAD_EXPERIMENT,
		       "%s: $.schema: found %d, expected %d: this folder was made by another version of the kit",
		       path, (int)jget_int(o, "schema", 0), EXP_SCHEMA);
		goto out;
	}
	if (exp_from_json(e, o, NULL, err)) {
		vh_err_prefix(err, "%s", dir);
		goto out;
	}
	ret = plan_from_json(p, e, json_object_object_get(o, "plan"), err);
	if (ret) {
		vh_err_prefix(err, "%s", dir);
		exp_free(e);
	}
out:
	json_object_put(o);
	return ret;
}

void result_mark_latest(const char *dir)
{
	char link[PATH_MAX], tmp[PATH_MAX + 8], parent[PATH_MAX];
	const char *base = strrchr(dir, '/');
	char root[PATH_MAX];

	if (!base || !realpath(result_root(), root))
		return;
	snprintf(parent, sizeof(parent), "%.*s", (int)(base - dir), dir);
	/* only the results' own folders have a link, not a place of the user's choice */
	if (strncmp(parent, root, strlen(root)) || parent[strlen(root)] != '/')
		return;
	snprintf(link, sizeof(link), "%.*s/latest", PATH_MAX - 8, parent);
	snprintf(tmp, sizeof(tmp), "%s.tmp", link);
	unlink(tmp);
	if (symlink(base + 1, tmp) || rename(tmp, link))
		vh_warn("%s: cannot make the link: %s", link,
			strerror(errno));
}

int result_check_space(const char *dir, long mib, struct vh_err *err)
{
	struct statvfs s;
	long free_mib;

	if (statvfs(dir, &s))
		return vh_err(err, VH_BAD_HOST, "%s: %s", dir, strerror(errno));
	free_mib = (long)((double)s.f_bavail * s.f_frsize / (1 << 20));
	if (free_mib >= mib)
		return 0;
	return vh_err(err, VH_BAD_HOST,
		      "%s: no disk space: %ld MiB are free, this experiment may need %ld. Free some, or choose another place with --results DIR",
		      dir, free_mib, mib);
}
