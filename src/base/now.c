// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks.
 */
#include <time.h>

#include "base/now.h"

int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

char *utc_of_ms(int64_t ms, char *buf, size_t len)
{
	struct timespec now;
	struct tm tm;
	time_t then;

	clock_gettime(CLOCK_REALTIME, &now);
	then = (now.tv_sec * 1000LL + now.tv_nsec / 1000000 - (now_ms() - ms)) / 1000;
	gmtime_r(&then, &tm);
	strftime(buf, len, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}

char *now_utc(char *buf, size_t len)
{
	return utc_of_ms(now_ms(), buf, len);
}
