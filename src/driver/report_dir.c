// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a run's folder to its report: the raw data in, summary.json and report.md
 * out, the table to a stream.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_file.h"
#include "report.h"
#include "result.h"

static int save_markdown(const struct report *r, const char *dir, struct vh_err *err)
{
	char path[PATH_MAX], *text = NULL;
	size_t len = 0;
	FILE *f;
	int ret;

	f = open_memstream(&text, &len);
	if (!f)
		return vh_err(err, VH_BAD_HOST, "out of memory");
	report_markdown(r, dir, f);
	fclose(f);
	snprintf(path, sizeof(path), "%s/report.md", dir);
	ret = file_write(path, text, len, err);
	free(text);
	return ret;
}

static int save(const struct report *r, const char *dir, struct vh_err *err)
{
	json_object *o = report_summary(r);
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/summary.json", dir);
	ret = json_save_file(path, o, err);
	json_object_put(o);
	return ret ? ret : save_markdown(r, dir, err);
}

int report_dir(const char *dir, FILE *out, bool *complete, struct vh_err *err)
{
	static struct experiment e;
	static struct report r;
	struct records rs;
	struct plan p;
	int ret;

	if (result_load(dir, &e, &p, err))
		return -1;
	ret = records_load(&rs, &e, dir, err);
	if (ret)
		goto out_plan;
	ret = report_make(&r, &e, &p, &rs, err);
	if (ret)
		goto out_records;
	*complete = report_complete(&r);
	ret = save(&r, dir, err);
	/* the numbers are worth seeing even where they cannot be saved */
	report_text(&r, out);
	report_free(&r);
out_records:
	records_free(&rs);
out_plan:
	plan_free(&p);
	exp_free(&e);
	return ret;
}
