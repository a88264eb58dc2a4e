// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms: where values go, what percentiles say, merging, and the way through JSON.
 */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "ktap.h"
#include "workload/hist.h"

static struct hist a, b, c;

static void test_bins(void)
{
	static const uint64_t values[] = {
		0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 4095, 4096, 123456789,
		1ull << 40, (1ull << 63) - 1, 1ull << 63, UINT64_MAX - 1, UINT64_MAX,
	};
	unsigned int i, bin, wrong = 0, wide = 0;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		bin = hist_bin(values[i]);
		if (bin >= HIST_BINS || hist_bin_lower(bin) > values[i] ||
		    hist_bin_upper(bin) < values[i])
			wrong++;
	}
	CHECK(!wrong, "each value lies within its bin");

	for (i = 0, wrong = 0; i + 1 < HIST_BINS; i++) {
		uint64_t lower = hist_bin_lower(i), upper = hist_bin_upper(i);

		if (hist_bin(lower) != i || hist_bin(upper) != i ||
		    hist_bin(upper + 1) != i + 1)
			wrong++;
		if (upper - lower > lower / HIST_SUB)
			wide++;
	}
	CHECK(!wrong, "bins touch without gap or overlap");
	CHECK(!wide, "no bin is wider than 1/%d of its values", HIST_SUB);
	CHECK(hist_bin(UINT64_MAX) == HIST_BINS - 1, "the highest value has the last bin");
}

static void test_percentiles(void)
{
	uint64_t i, p50, p99;

	hist_init(&a);
	CHECK(hist_percentile(&a, 50) == 0 && hist_mean(&a) == 0, "an empty histogram gives 0");

	hist_add(&a, 777);
	CHECK(hist_percentile(&a, 0) == 777 && hist_percentile(&a, 50) == 777 &&
	      hist_percentile(&a, 100) == 777, "of one value every percentile is that value");

	hist_init(&a);
	for (i = 1; i <= 1000; i++)
		hist_add(&a, i * 1000);
	p50 = hist_percentile(&a, 50);
	p99 = hist_percentile(&a, 99);
	CHECK(p50 >= 500000 && p50 <= 500000 * 33 / 32, "median of 1..1000 (x1000) is %llu",
	      (unsigned long long)p50);
	CHECK(p99 >= 990000 && p99 <= 1000000, "99th percentile is %llu", (unsigned long long)p99);
	CHECK(hist_percentile(&a, 100) == 1000000, "100th percentile is the maximum");
	CHECK(hist_percentile(&a, 0) == 1000, "0th percentile is the minimum");
	CHECK(hist_mean(&a) == 500500, "the mean is exact");

	hist_init(&a);
	for (i = 0; i < 1000; i++)
		hist_add(&a, i < 999 ? 10 : 20);
	CHECK(hist_percentile(&a, 99.9) == 10, "99.9 %% of 1000 is the 999th");
	CHECK(hist_percentile(&a, 99.91) == 20, "a little more is the 1000th");
}

static void test_merge(void)
{
	unsigned int seed = 42, i;

	hist_init(&a);
	hist_init(&b);
	hist_init(&c);
	for (i = 0; i < 10000; i++) {
		uint64_t v = (uint64_t)rand_r(&seed) << (i % 20);

		hist_add(&a, v);
		hist_add(i % 3 ? &b : &c, v);
	}
	hist_merge(&b, &c);
	CHECK(!memcmp(&a, &b, sizeof(a)), "merging parts gives the whole");

	hist_init(&c);
	hist_merge(&b, &c);
	CHECK(!memcmp(&a, &b, sizeof(a)), "merging an empty one changes nothing");
	hist_merge(&c, &a);
	CHECK(!memcmp(&a, &c, sizeof(a)), "merging into an empty one copies");
}

static void test_json(void)
{
	struct json_object *o;
	char msg[128];

	o = hist_to_json(&a);
	CHECK(!hist_from_json(&b, o, msg, sizeof(msg)) && !memcmp(&a, &b, sizeof(a)),
	      "through JSON and back");
	json_object_put(o);

	hist_init(&c);
	o = hist_to_json(&c);
	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "{\"count\":0,\"sum_ns\":0,\"min_ns\":null,\"max_ns\":null,\"bins\":[]}"),
	      "an empty one has no minimum");
	CHECK(!hist_from_json(&b, o, msg, sizeof(msg)) && !b.count, "and comes back");
	json_object_put(o);
}

static void refuse(const char *json, const char *wanted)
{
	struct json_object *o = json_tokener_parse(json);
	char msg[128] = "";
	int err = hist_from_json(&b, o, msg, sizeof(msg));

	CHECK(err && strstr(msg, wanted), "refused: %s", msg);
	json_object_put(o);
}

int main(void)
{
	ktap_begin();
	test_bins();
	test_percentiles();
	test_merge();
	test_json();
	refuse("{}", "count is missing");
	refuse("{\"count\":-1}", "count is missing or not a number");
	refuse("{\"count\":null}", "count is missing or not a number");
	refuse("{\"count\":1,\"sum_ns\":5,\"min_ns\":null,\"max_ns\":5,\"bins\":[]}", "min_ns");
	refuse("{\"count\":1,\"sum_ns\":5,\"min_ns\":5,\"max_ns\":5}", "bins is missing");
	refuse("{\"count\":1,\"sum_ns\":5,\"min_ns\":5,\"max_ns\":5,\"bins\":[5]}", "bins[0]");
	refuse("{\"count\":1,\"sum_ns\":5,\"min_ns\":5,\"max_ns\":5,\"bins\":[[65,1]]}",
	       "no bin begins at 65");
	refuse("{\"count\":2,\"sum_ns\":5,\"min_ns\":5,\"max_ns\":5,\"bins\":[[5,1]]}",
	       "bins hold 1 values, count says 2");
	return ktap_end();
}
