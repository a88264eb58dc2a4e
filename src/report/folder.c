// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a run's folder to its report: the raw data in, summary.json, mail.txt, plots,
 * report.md and report.html out, the table to a stream.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "report/folder.h"
#include "report/plot.h"
#include "results/folder.h"
#include "results/tuning.h"

/* What writes a file of the report; @markdown is what report.md says. 0, or -1 without memory. */
typedef int (*write_fn)(const struct report *r, const char *dir, const char *markdown, FILE *f);

static int write_mail(const struct report *r, const char *dir, const char *markdown, FILE *f)
{
	(void)markdown;
	report_mail(r, dir, f);
	return 0;
}

static int write_markdown(const struct report *r, const char *dir, const char *markdown, FILE *f)
{
	(void)markdown;
	report_markdown(r, dir, f);
	return 0;
}

/* @text is what is in the file then, or NULL; the caller frees. */
static int save_text(const struct report *r, const char *dir, const char *name, write_fn to,
		     const char *markdown, char **text, struct vh_err *err)
{
	char path[PATH_MAX];
	size_t len = 0;
	FILE *f;
	int ret;

	*text = NULL;
	f = open_memstream(text, &len);
	if (!f)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	ret = to(r, dir, markdown, f);
	fclose(f);
	if (ret)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_write(path, *text, len, err);
}

static int save(const struct report *r, const char *dir, struct vh_err *err)
{
	json_object *o = report_summary(r);
	char path[PATH_MAX], *mail, *markdown = NULL, *html = NULL;
	struct vh_err why;
	int ret;

	snprintf(path, sizeof(path), "%s/summary.json", dir);
	ret = json_save_file(path, o, err);
	json_object_put(o);
	if (ret)
		return -1;
	ret = save_text(r, dir, "mail.txt", write_mail, NULL, &mail, err);
	free(mail);
	if (ret)
		return -1;
	/* a report without plots is one still */
	if (plot_all(r, dir, &why))
		vh_warn("the report has no plots: %s", why.msg);
	ret = save_text(r, dir, "report.md", write_markdown, NULL, &markdown, err);
	if (!ret)
		ret = save_text(r, dir, "report.html", report_html, markdown, &html, err);
	free(html);
	free(markdown);
	return ret;
}

/* What env.json says of the machine is of the host only where they are the same. */
static void note_tuning(struct report_folder *f)
{
	char name[48] = "env.json", path[PATH_MAX + 64], buf[256];
	const char *lines[TUNING_MAX];
	json_object *env;
	int part, i, n;

	for (part = 1; !strcmp(f->e.where, "host"); part++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, name);
		env = access(path, F_OK) ? NULL : json_load_file(path, NULL);
		if (!env)
			return;
		n = tuning_warnings(json_object_object_get(env, "machine"), lines, buf,
				    sizeof(buf));
		for (i = 0; i < n; i++)
			report_add_note(&f->r, lines[i]);
		json_object_put(env);
		snprintf(name, sizeof(name), "env-resume%d.json", part);
	}
}

int report_folder_load(struct report_folder *f, const char *dir, struct vh_err *err)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->dir, sizeof(f->dir), "%s", dir);
	if (!result_load(dir, &f->e, &f->p, err) && !records_load(&f->rs, &f->e, dir, err) &&
	    !report_make(&f->r, &f->e, &f->p, &f->rs, err)) {
		note_tuning(f);
		return 0;
	}
	report_folder_free(f);
	return -1;
}

void report_folder_free(struct report_folder *f)
{
	report_free(&f->r);
	records_free(&f->rs);
	plan_free(&f->p);
	exp_free(&f->e);
}

int report_folder_save(const struct report_folder *f, FILE *out, struct vh_err *err)
{
	int ret = save(&f->r, f->dir, err);

	/* the numbers are worth seeing even where they cannot be saved */
	report_text(&f->r, out);
	return ret;
}
