// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long an experiment will take.
 */
#include <math.h>
#include <string.h>

#include "ktap.h"
#include "run/estimate.h"

static const struct pace nothing, took_an_hour = {
	.run = "20260101T000000Z-abcd", .seconds = 3600, .jobs = 2, .boots = 8, .runs = 44,
};

static bool time_is(double seconds, const char *want)
{
	char buf[48];

	return !strcmp(estimate_time(buf, sizeof(buf), seconds), want);
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-6 * b;
}

int main(void)
{
	char words[512];
	double one = estimate_seconds(true, 8, 44, 1, &nothing);

	ktap_begin();
	CHECK(time_is(0.1, "about 1 s") && time_is(42, "about 40 s") && time_is(88, "about 90 s"),
	      "seconds");
	CHECK(time_is(90, "about 2 min") && time_is(840, "about 14 min") &&
	      time_is(3290, "about 55 min"), "minutes");
	CHECK(time_is(3600, "about 1 h") && time_is(5300, "about 1 h 30 min") &&
	      time_is(36000, "about 10 h"), "hours");

	CHECK(near(one, 8 * ESTIMATE_BOOT_S + 44 * ESTIMATE_RUN_S), "each boot and each run");
	CHECK(near(estimate_seconds(true, 8, 44, 2, &nothing), one / 2), "two at a time");
	CHECK(near(estimate_seconds(true, 2, 11, 2, &nothing), one / 8) &&
	      near(estimate_seconds(true, 3, 12, 2, &nothing),
		   2 * (ESTIMATE_BOOT_S + 4 * ESTIMATE_RUN_S)), "the last of three boots is alone");
	CHECK(isnan(estimate_seconds(false, 8, 44, 1, &nothing)), "nobody knows a host");

	CHECK(near(estimate_seconds(true, 8, 44, 2, &took_an_hour), 3600) &&
	      near(estimate_seconds(false, 8, 44, 2, &took_an_hour), 3600), "the same again");
	CHECK(near(estimate_seconds(true, 8, 44, 1, &took_an_hour), 7200), "one at a time");
	CHECK(near(estimate_seconds(true, 16, 88, 2, &took_an_hour), 7200), "twice as much");

	estimate_words(words, sizeof(words), true, 8, 44, 2, &took_an_hour);
	CHECK(!strcmp(words,
		      "about 1 h, since run 20260101T000000Z-abcd took about 1 h (44 runs in 8 boots, 2 at a time)"),
	      "based on a run: %s", words);
	estimate_words(words, sizeof(words), true, 8, 44, 1, &nothing);
	CHECK(strstr(words, "about 17 min with 1 boot at a time: 45 s a boot and 15 s a run, as measured"),
	      "based on constants: %s", words);
	estimate_words(words, sizeof(words), false, 8, 44, 1, &nothing);
	CHECK(strstr(words, "is not known"), "based on nothing");
	return ktap_end();
}
