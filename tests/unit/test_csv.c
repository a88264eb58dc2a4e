// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fields of CSV, what is exported of records, and conditions on a report.
 */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "base/csv.h"
#include "report/csv.h"
#include "report/fail_if.h"

static struct experiment e;
static struct plan p;
static struct records rs;
static struct report r;

/* Is @text, as a field, written as @want? */
static bool field_is(const char *text, const char *want)
{
	char *got = NULL;
	size_t len;
	FILE *f = open_memstream(&got, &len);
	bool same;

	csv_field(text, f);
	fclose(f);
	same = !strcmp(got, want);
	if (!same)
		printf("# found <%s>, expected <%s>\n", got, want);
	free(got);
	return same;
}

static void test_fields(void)
{
	CHECK(field_is("urgent", "urgent") && field_is("-1.5e-06", "-1.5e-06"), "a plain field");
	CHECK(field_is("", "") && field_is(NULL, ""), "nothing");
	CHECK(field_is("a,b", "\"a,b\""), "a comma");
	CHECK(field_is("say \"no\"", "\"say \"\"no\"\"\""), "quotes are doubled");
	CHECK(field_is("a\nb", "\"a\nb\"") && field_is("a\rb", "\"a\rb\""), "ends of lines");
	CHECK(field_is(" a", "\" a\"") && field_is("a ", "\"a \"") && field_is("a b", "a b"),
	      "blanks at the ends");
}

/* Runs of arm 1 take @slower times as long as those of arm 0; run @bad failed, run @again twice. */
static void put_runs(FILE *f, double slower, int bad, int again)
{
	const struct plan_run *run;
	int i, j, times;

	for (i = 0; i < p.nr_boots; i++) {
		for (j = 0; j < p.boots[i].nr_runs; j++) {
			run = &p.boots[i].runs[j];
			for (times = 0; times < 1 + (run->id == again); times++)
				fprintf(f,
					"{\"schema\":1,\"run\":%d,\"boot\":%d,\"arm\":\"%s\",\"rep\":%d,\"warmup\":%s,\"ok\":%s,%s\"vms\":[{\"name\":\"vm\",\"alone_s\":null,\"contended_s\":%.6f,\"workload\":{\"hackbench_s\":0.5}}],\"metrics\":{\"hints_seen\":null,\"exits\":%d}}\n",
					run->id, i, e.arms[run->arm].name, run->rep,
					run->warmup ? "true" : "false",
					run->id == bad || run->id == again + 1000 * times ? "false" : "true",
					run->id == bad ? "\"error_kind\":\"guest-hang\"," : "",
					(1 + 0.001 * run->rep) * (run->arm ? slower : 1),
					100 + run->rep);
		}
	}
}

static void set_up(int repetitions, double slower, int bad, int again)
{
	char text[512], *lines = NULL;
	size_t len;
	struct vh_err err;
	json_object *o;
	FILE *f;

	snprintf(text, sizeof(text),
		 "{\"where\":\"lab\",\"vms\":[{}],\"workload\":{\"name\":\"hackbench\"},\"arms\":[{\"name\":\"a\",\"kernel\":\"vhint\"},{\"name\":\"b\",\"kernel\":\"vhint\"}],\"repetitions\":%d,\"boots\":1,\"metrics\":[\"exits\",\"hints_seen\"]}",
		 repetitions);
	o = json_tokener_parse(text);
	if (exp_from_json(&e, o, "made-up", &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	f = open_memstream(&lines, &len);
	put_runs(f, slower, bad, again);
	fclose(f);
	records_parse(&rs, &e, lines, len, NULL);
	free(lines);
	report_make(&r, &e, &p, &rs, NULL);
}

static void tear_down(void)
{
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
}

/* Lines of the export that hold all of @words. */
static int lines_with(const char *a, const char *b, const char *c)
{
	char *text = NULL, *line, *rest;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int n = 0;

	report_csv(&r, f);
	fclose(f);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		n += strstr(line, a) && strstr(line, b) && strstr(line, c);
	free(text);
	return n;
}

static void test_export(void)
{
	/* 2 warm-ups and 12 runs; number 5 failed; 7 failed, and was made again */
	set_up(6, 1, 5, 7);
	CHECK(lines_with(",vm,contended_s,s,", "", "") == 15, "a line for each record");
	CHECK(lines_with(",vm,contended_s,", ",TRUE,FALSE,", "") == 2, "warm-ups do not count");
	CHECK(lines_with(",vm,contended_s,", ",FALSE,TRUE,", "") == 11, "those that count");
	CHECK(lines_with(",0,1,7,", ",contended_s,", ",FALSE,TRUE,") == 1, "one of two attempts counts");
	CHECK(lines_with(",0,1,5,", ",guest-hang,vm,contended_s,", ",FALSE,FALSE,") == 1,
	      "a failed run, with its reason");
	CHECK(lines_with(",,exits,,", "", "") == 0 && lines_with(",,,exits,count,10", "", "") == 14,
	      "what is of the host is of no VM");
	CHECK(lines_with(",vm,hackbench_s,s,0.5", "", "") == 15, "metrics of the workload");
	CHECK(lines_with(",hints_seen,count,", "", "") == 15 &&
	      lines_with(",hints_seen,count,0", "", "") == 0, "what is not known is empty, not 0");
	CHECK(lines_with("experiment,where,", ",metric,unit,value", "") == 1, "a head");
	tear_down();
}

static int judge(const char *condition, char *words, size_t len)
{
	struct fail_if f = { 0 };
	FILE *out = fmemopen(words, len, "w");
	int n = -1;

	*words = '\0';
	if (!fail_if_add(&f, condition, NULL) && !fail_if_check(&f, &r, NULL))
		n = fail_if_judge(&f, &r, out);
	fclose(out);
	return n;
}

static void test_conditions(void)
{
	static char words[4096];
	struct fail_if f = { 0 };
	struct vh_err err;

	set_up(8, 1.5, -1, -1);
	CHECK(judge("worse:elapsed_s", words, sizeof(words)) == 1, "half as slow again is worse");
	CHECK(strstr(words, "b vs a: ") && strstr(words, "worse by +50 % [+"),
	      "which, and by how much, with its interval");
	CHECK(judge("worse:exits", words, sizeof(words)) == 0 && !*words, "the same is not worse");
	CHECK(judge("worse:any", words, sizeof(words)) == 1, "any of them");
	CHECK(judge("worse:hints_seen", words, sizeof(words)) == -1, "no direction, no answer");
	CHECK(judge("worse:elapsed", words, sizeof(words)) == -1, "an unknown metric");
	tear_down();
	set_up(8, 0.5, -1, -1);
	CHECK(judge("worse:any", words, sizeof(words)) == 0, "better is not worse");
	tear_down();
	set_up(3, 1.5, -1, -1);
	CHECK(judge("worse:elapsed_s", words, sizeof(words)) == 1 &&
	      strstr(words, "no comparison could have shown it"), "too few to tell is a failure");
	CHECK(judge("worse:any", words, sizeof(words)) == 1, "said once for all of them");
	CHECK(!fail_if_add(&f, "worse:elapsed", &err) && fail_if_check_plan(&f, &e, &p, &err) &&
	      err.code == VH_BAD_USAGE && strstr(err.msg, "did you mean \"elapsed_s\"?"),
	      "told before anything is measured");
	tear_down();
	CHECK(fail_if_add(&f, "worse", &err) && fail_if_add(&f, "worse:", &err) &&
	      fail_if_add(&f, "better:exits", &err) && err.code == VH_BAD_USAGE, "no condition");
}

int main(void)
{
	ktap_begin();
	test_fields();
	test_export();
	test_conditions();
	return ktap_end();
}
