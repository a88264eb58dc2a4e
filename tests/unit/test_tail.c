// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a console, as something to show.
 */
#include <string.h>

#include "base/tail.h"
#include "ktap.h"

#define TAIL(text, lines, want, what) do {				\
	char buf_[64];							\
									\
	text_tail(text, strlen(text), lines, buf_, sizeof(buf_));	\
	CHECK(!strcmp(buf_, want), "%s", what);		\
} while (0)

int main(void)
{
	char small[12];

	ktap_begin();
	TAIL("", 3, "", "nothing of nothing");
	TAIL("\r\n \n", 3, "", "nothing of blank lines");
	TAIL("a\r\nb\r\nc\r\n\r\n", 2, "  b\n  c", "the last two lines, blank ones at the end dropped");
	TAIL("a\r\nb", 15, "  a\n  b", "all lines when there are fewer");
	TAIL("a\n\nb", 5, "  a\n  b", "no blank line in between");
	TAIL("\x1b[2J\x1b[1;31mred\x1b[0m", 3, "  red", "no escape sequences");
	TAIL("a\x1b[\nb", 3, "  a\n  b", "one that is broken off ends with its line");
	TAIL("a\x01\x7f" "b\tc", 3, "  ab\tc", "no control characters but tabs");
	TAIL("caf\xc3\xa9", 1, "  caf\xc3\xa9", "UTF-8 stays");
	TAIL("0123456789012345678901234567890123456789012345678901234567890123456789", 1,
	     "  012345678901234567890123456789012345678901234567890123456", "what does not fit is cut");
	text_tail("a\0b\nc", 5, 2, small, sizeof(small));
	CHECK(!strcmp(small, "  ab\n  c"), "a NUL does not end the text");
	text_tail("0\n1\n2\n3\n4\n5\n6", 13, 9, small, sizeof(small));
	CHECK(strlen(small) < sizeof(small), "lines that do not fit are cut");
	return ktap_end();
}
