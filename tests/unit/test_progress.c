// SPDX-License-Identifier: GPL-2.0-only
/*
 * Progress: from events and times to words, and when an agent counts as hung.
 */
#include <math.h>
#include <string.h>

#include "ktap.h"
#include "run/progress.h"

static struct experiment e;
static struct plan plan;
static struct progress p;
static struct progress_boot b;
static char buf[1024];

static enum progress_news event(const char *text, double now)
{
	json_object *o = json_tokener_parse(text);
	enum progress_news news = progress_event(&p, &b, o, now);

	json_object_put(o);
	return news;
}

static void set_up(void)
{
	static const int todo[] = { 22 };
	static const struct exp_arm arms[] = {
		{ "stock", "vhint", "none", false }, { "urgent", "vhint", "urgent", true },
	};

	memcpy(e.arms, arms, sizeof(arms));
	e.nr_arms = 2;
	e.repetitions = 10;
	e.warmup = 1;
	e.boots = 1;
	e.timeout_s = 120;
	plan_make(&plan, &e, NULL);
	progress_init(&p, &e, &plan, todo, 1);
}

static void test_words(void)
{
	progress_boot_begin(&p, &b, 0, "vhint", 1000);
	progress_text(&p, 1005, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 1/22] boot 1/1 (vhint)  starting   00:05  left --:--"), "%s", buf);
	CHECK(event("{\"event\":\"host-up\",\"kernel\":\"6.12\"}", 1010) == NEWS_PHASE,
	      "the host is up");
	progress_news_line(&p, &b, NEWS_PHASE, 1010, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 0/22] boot 1/1 (vhint): host is up, kernel 6.12"), "%s", buf);
	CHECK(event("{\"event\":\"alive\"}", 1012) == NEWS_NONE, "alive is no news");
	CHECK(event("{\"event\":\"run\",\"run\":0,\"arm\":\"urgent\",\"rep\":0,\"warmup\":true,\"part\":\"alone\"}",
		    1020) == NEWS_RUN, "a run begins");
	progress_text(&p, 1021, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 1/22] urgent warm-up  alone       00:01  left --:--"), "%s", buf);
	event("{\"event\":\"run\",\"run\":0,\"arm\":\"urgent\",\"rep\":0,\"warmup\":true,\"part\":\"contended\"}",
	      1025);
	CHECK(event("{\"event\":\"run-done\",\"run\":0,\"ok\":true}", 1030) == NEWS_DONE,
	      "a run is over");
	progress_news_line(&p, &b, NEWS_DONE, 1030, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 1/22] urgent warm-up: 00:10, left 03:30"), "%s", buf);
	event("{\"event\":\"run\",\"run\":1,\"arm\":\"stock\",\"rep\":2,\"warmup\":false,\"part\":\"contended\"}",
	      1030);
	progress_text(&p, 1034, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 2/22] stock rep 3/10  contended   00:04  left 03:26"), "%s", buf);
	CHECK(event("{\"event\":\"run-done\",\"run\":1,\"ok\":false}", 1050) == NEWS_FAILED,
	      "a run that failed");
	progress_news_line(&p, &b, NEWS_FAILED, 1050, buf, sizeof(buf));
	CHECK(!strncmp(buf, "[ 2/22] stock rep 3/10: failed after 00:20, left ", 48), "%s", buf);
	CHECK(event("{\"event\":\"error\",\"kind\":\"guest-panic\",\"message\":\"m\"}", 1051) ==
	      NEWS_ERROR && !strcmp(b.error, "guest-panic: m"), "an error has its kind");
	CHECK(event("{\"event\":\"new-fangled\"}", 1052) == NEWS_NONE &&
	      event("{\"run\":3}", 1052) == NEWS_NONE, "unknown events are no news");
	CHECK(event("{\"event\":\"run\",\"arm\":\"other\"}", 1053) == NEWS_NONE,
	      "a run of an unknown arm is ignored");
	progress_boot_end(&p, &b);
	CHECK(!*progress_text(&p, 1060, buf, sizeof(buf)), "no boot, no words: %s", buf);
}

static enum progress_news event_of(struct progress_boot *of, const char *text, double now)
{
	json_object *o = json_tokener_parse(text);
	enum progress_news news = progress_event(&p, of, o, now);

	json_object_put(o);
	return news;
}

#define RUN_OF_STOCK "{\"event\":\"run\",\"arm\":\"stock\",\"rep\":0,\"part\":\"alone\"}"
#define RUN_DONE "{\"event\":\"run-done\",\"ok\":true}"

/* Four boots of 10, 0, 4 and 2 runs, two at a time; a boot takes 20 s, a run 10 s */
static void test_side_by_side(void)
{
	static const int todo[] = { 10, 0, 4, 2 };
	struct plan four = { .nr_boots = 4, .boots = (struct plan_boot[]){
		{ .nr_runs = 10 }, { .nr_runs = 6 }, { .nr_runs = 4 }, { .nr_runs = 2 } } };
	struct progress_boot first, third;

	progress_init(&p, &e, &four, todo, 2);
	progress_boot_begin(&p, &first, 0, "vhint", 0);
	progress_boot_begin(&p, &third, 2, "stock", 0);
	progress_text(&p, 5, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 6/22] left --:--\n  boot 1/4 (vhint)  starting   00:05\n"
			   "  boot 3/4 (stock)  starting   00:05"), "a line for all, one for each");
	event_of(&first, RUN_OF_STOCK, 20);
	event_of(&first, RUN_DONE, 30);
	progress_news_line(&p, &first, NEWS_DONE, 30, buf, sizeof(buf));
	/* the first has 9 runs left; the third 4, then the fourth 20 s and 2 runs */
	CHECK(!strcmp(buf, "[ 7/22] boot 1/4: stock rep 1/10: 00:10, left 01:30"), "%s", buf);
	event_of(&third, RUN_OF_STOCK, 20);
	progress_text(&p, 34, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 7/22] left 01:26\n  boot 1/4 (vhint)  stock rep 1/10  alone       00:04\n"
			   "  boot 3/4 (stock)  stock rep 1/10  alone       00:14"),
	      "the time left counts down");
	progress_boot_end(&p, &first);
	progress_text(&p, 34, buf, sizeof(buf));
	CHECK(!strcmp(buf, "[ 7/22] left 00:40\n  boot 3/4 (stock)  stock rep 1/10  alone       00:14"),
	      "the last boot goes where nothing runs, and the longest counts");
	progress_boot_end(&p, &third);
}

static void test_hung(void)
{
	progress_boot_begin(&p, &b, 0, "vhint", 2000);
	CHECK(!progress_hung(&p, &b, 2030, buf, sizeof(buf)), "silent for 30 s: wait");
	CHECK(progress_hung(&p, &b, 2061, buf, sizeof(buf)), "silent for a minute: %s", buf);
	event("{\"event\":\"alive\"}", 2650);
	CHECK(!progress_hung(&p, &b, 2655, buf, sizeof(buf)), "it lives: a long step may take 11 minutes");
	event("{\"event\":\"alive\"}", 2670);
	CHECK(progress_hung(&p, &b, 2671, buf, sizeof(buf)), "but not longer: %s", buf);
	/* the steps of 4 x 120 + 180 s are the lab's seconds then, and silence is the lab's matter */
	b.virtual_s = 100;
	event("{\"event\":\"phase\",\"text\":\"x\"}", 3000);
	b.virtual_s = 759;
	CHECK(!progress_hung(&p, &b, 90000, buf, sizeof(buf)), "virtual time decides");
	b.virtual_s = 761;
	event("{\"event\":\"alive\"}", 3001);
	CHECK(progress_hung(&p, &b, 3001, buf, sizeof(buf)) && strstr(buf, "660 virtual seconds"),
	      "being alive is no step: %s", buf);
}

static void test_clock(void)
{
	CHECK(!strcmp(progress_clock(12.3, 110.7, buf, sizeof(buf)),
		      "virtual 12.3 s, 9.0 x slower than real"), "%s", buf);
	CHECK(!strcmp(progress_clock(2, 60, buf, sizeof(buf)),
		      "virtual 2.0 s, 30 x slower than real"), "%s", buf);
	CHECK(!strcmp(progress_clock(60, 30, buf, sizeof(buf)),
		      "virtual 60.0 s, 2.0 x faster than real"), "idle time is skipped: %s", buf);
	CHECK(!strcmp(progress_clock(0, 1, buf, sizeof(buf)), "virtual 0.0 s"), "at the start: %s",
	      buf);
	CHECK(!*progress_clock(NAN, 1, buf, sizeof(buf)), "nothing in real time");
	progress_init(&p, &e, &plan, (int[]){ 22 }, 1);
	progress_boot_begin(&p, &b, 0, "vhint", 1000);
	b.virtual_s = 2;
	progress_text(&p, 1010, buf, sizeof(buf));
	CHECK(strstr(buf, "  virtual 2.0 s, 5.0 x slower than real  left"), "%s", buf);
}

int main(void)
{
	ktap_begin();
	set_up();
	test_words();
	test_side_by_side();
	progress_init(&p, &e, &plan, (int[]){ 22 }, 1);
	test_hung();
	test_clock();
	plan_free(&plan);
	return ktap_end();
}
