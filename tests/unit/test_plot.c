// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plots' scripts from made-up records: what is drawn, and that no text of a user
 * gets out of its quotes.
 */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "report/plot.h"

static const char two_vms[] =
	"{\"where\": \"lab\", \"vms\": [{\"count\": 2}], \"workload\": {\"name\": \"cpu\"},"
	" \"arms\": [{\"name\": \"stock\", \"kernel\": \"vhint\"},"
	"  {\"name\": \"urgent\", \"kernel\": \"vhint\", \"policy\": \"urgent\", \"hints\": true}],"
	" \"repetitions\": 2, \"warmup\": 0, \"boots\": 1, \"metrics\": []}";

static const char one_vm[] =
	"{\"where\": \"host\", \"vms\": [{}], \"workload\": {\"name\": \"cpu\"},"
	" \"arms\": [{\"name\": \"a\", \"kernel\": \"vhint\"}],"
	" \"repetitions\": 2, \"warmup\": 0, \"boots\": 1, \"metrics\": []}";

static struct experiment e;
static struct plan p;
static struct records rs;
static struct report r;
static char *scripts[8];

static const struct plot *find(const char *name)
{
	const struct plot *plot;
	int i;

	for (i = 0; (plot = plot_nr(i)); i++)
		if (!strcmp(plot->name, name))
			return plot;
	return NULL;
}

/* A report of the plan's runs; @record has room for run, arm, rep and time. */
static void make(const char *experiment, const char *name, const char *record)
{
	json_object *o = json_tokener_parse(experiment);
	char lines[8192] = "";
	struct vh_err err;
	size_t used = 0;
	int i;

	if (exp_from_json(&e, o, name, &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	for (i = 0; i < p.boots[0].nr_runs; i++) {
		const struct plan_run *run = &p.boots[0].runs[i];

		used += snprintf(lines + used, sizeof(lines) - used, record, run->id,
				 e.arms[run->arm].name, run->rep, i, i ? 2 : 1, i ? 200 : 1,
				 e.arms[run->arm].hints);
	}
	records_parse(&rs, &e, lines, used, &err);
	report_make(&r, &e, &p, &rs, &err);
}

static void tear_down(void)
{
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
}

static const char *script(int i, const char *name)
{
	size_t len;
	FILE *f;

	free(scripts[i]);
	f = open_memstream(&scripts[i], &len);
	find(name)->script(&r, find(name), f);
	fclose(f);
	return scripts[i];
}

static void test_all(void)
{
	make(two_vms, "it's",
	     "{\"schema\":1,\"run\":%d,\"boot\":0,\"arm\":\"%s\",\"rep\":%d,\"warmup\":false,\"ok\":true,"
	     "\"started_utc\":\"2026-01-01T00:0%d:00Z\",\"vms\":["
	     "{\"name\":\"vm1\",\"alone_s\":1,\"contended_s\":%d},"
	     "{\"name\":\"vm2\",\"alone_s\":1,\"contended_s\":%d}],"
	     "\"metrics\":{\"run_delay_s\":3.5,\"hints_seen\":%d},"
	     "\"hint_age\":{\"unit\":\"ns\",\"bins\":[[1024,3],[2048,1]]}}\n");
	CHECK(r.ok == 4, "all records count");
	CHECK(strstr(script(0, "repetitions"), "set title 'it''s: every repetition - lab (QEMU TCG)'"),
	      "a quote is doubled, and the lab is named");
	CHECK(strstr(script(0, "repetitions"), "set logscale y"), "1.5 and 101 need a log scale");
	CHECK(strstr(script(0, "repetitions"), "'stock (n=2)' 0, 'urgent (n=2)' 1"),
	      "each arm with its n");
	CHECK(find("slowdown")->has(&r), "two VMs: there is a slowdown");
	CHECK(strstr(script(0, "slowdown"), "plot 2 with lines"), "with its ideal");
	CHECK(find("run-delay")->has(&r), "there are run delays");
	CHECK(strstr(script(0, "run-delay"), "\n3.0000 3.5\n"), "3 minutes after the first run");
	CHECK(find("hint-age")->has(&r), "there are ages");
	CHECK(strstr(script(0, "hint-age"), "\n1.024 75\n2.048 25\n4.096 0\n"),
	      "shares of hints over age in us, merged over runs");
	script(1, "repetitions");
	CHECK(!strcmp(script(2, "repetitions"), scripts[1]), "the same report, the same bytes");
	tear_down();
}

static void test_less(void)
{
	make(one_vm, "x",
	     "{\"schema\":1,\"run\":%d,\"boot\":0,\"arm\":\"%s\",\"rep\":%d,\"warmup\":false,\"ok\":true,"
	     "\"i\":%d,\"vms\":[{\"name\":\"vm\",\"alone_s\":null,\"contended_s\":%d,\"x\":%d}],"
	     "\"metrics\":{\"run_delay_s\":null},\"hint_age\":null}\n");
	CHECK(find("repetitions")->has(&r), "there are times");
	CHECK(strstr(script(0, "repetitions"), "set yrange [0:2.16]"), "near values: from 0");
	CHECK(!strstr(script(0, "repetitions"), "QEMU"), "a real host is not the lab");
	CHECK(!find("slowdown")->has(&r), "one VM: no slowdown");
	CHECK(!find("run-delay")->has(&r), "null is not drawn");
	CHECK(!find("hint-age")->has(&r), "no hints, no ages");
	tear_down();
}

int main(void)
{
	int i;

	ktap_begin();
	test_all();
	test_less();
	for (i = 0; i < 8; i++)
		free(scripts[i]);
	return ktap_end();
}
