// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes from guests: bytes to lines, lines to messages, messages to
 * judgements; and the socket itself, with a guest that stalls or dies.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/now.h"
#include "host/channel.h"
#include "ktap.h"

static void expect_line(struct line_buf *b, const char *want)
{
	char *line = line_buf_next(b);

	CHECK(want ? line && !strcmp(line, want) : !line, "line \"%s\" (got \"%s\")",
	      want ? want : "(none)", line ? line : "(none)");
	free(line);
}

static void test_lines(void)
{
	struct line_buf b = { .len = 0 };
	static char big[LINE_MAX_LEN];

	expect_line(&b, NULL);
	line_buf_add(&b, "{\"a\"", 4);
	expect_line(&b, NULL);
	line_buf_add(&b, ":1}\n\nx", 6);
	expect_line(&b, "{\"a\":1}");
	expect_line(&b, "");
	expect_line(&b, NULL);
	line_buf_add(&b, "y\nz\n", 4);
	expect_line(&b, "xy");
	expect_line(&b, "z");
	expect_line(&b, NULL);
	CHECK(line_buf_add(&b, big, sizeof(big)) == -1, "a line without end is refused");
	line_buf_free(&b);
}

static enum guest_answer judge(const char *line, enum guest_event want, int run)
{
	enum guest_answer answer;
	struct guest_msg m;

	guest_msg_parse(&m, line);
	answer = guest_msg_judge(&m, want, run);
	guest_msg_free(&m);
	return answer;
}

#define JUDGE(line, want, run, answer) \
	CHECK(judge(line, want, run) == (answer), "%s, waiting for %s of %d: %s", line, \
	      guest_event_name(want), run, #answer)

static void test_messages(void)
{
	struct guest_msg m;

	JUDGE("{\"event\":\"hello\",\"version\":1}", GUEST_HELLO, -1, ANSWER_YES);
	JUDGE("{\"event\":\"ready\",\"run\":3}", GUEST_READY, 3, ANSWER_YES);
	JUDGE("{\"event\":\"ready\",\"run\":2}", GUEST_READY, 3, ANSWER_LATE);
	JUDGE("{\"event\":\"ready\",\"run\":3}", GUEST_DONE, 3, ANSWER_WRONG);
	JUDGE("{\"event\":\"done\",\"run\":3,\"ok\":true}", GUEST_DONE, 3, ANSWER_YES);
	JUDGE("{\"event\":\"done\",\"run\":3,\"ok\":false}", GUEST_DONE, 3, ANSWER_ERROR);
	JUDGE("{\"event\":\"done\",\"run\":3}", GUEST_DONE, 3, ANSWER_ERROR);
	JUDGE("{\"event\":\"error\",\"run\":3,\"message\":\"x\"}", GUEST_STOPPED, 3, ANSWER_ERROR);
	JUDGE("{\"event\":\"error\",\"run\":null,\"message\":\"x\"}", GUEST_STOPPED, 3,
	      ANSWER_ERROR);
	JUDGE("{\"event\":\"error\",\"run\":2,\"message\":\"x\"}", GUEST_STOPPED, 3, ANSWER_LATE);
	JUDGE("{\"event\":\"hello\"}", GUEST_DONE, 3, ANSWER_WRONG);
	JUDGE("{\"event\":\"dance\",\"run\":3}", GUEST_DONE, 3, ANSWER_WRONG);
	JUDGE("{\"event\":7}", GUEST_DONE, 3, ANSWER_WRONG);
	JUDGE("[1]", GUEST_DONE, 3, ANSWER_WRONG);
	JUDGE("boom", GUEST_DONE, 3, ANSWER_WRONG);

	guest_msg_parse(&m, "{\"event\":\"error\",\"message\":\"no\",\"hints\":{\"supported\":true}}");
	CHECK(!strcmp(guest_msg_text(&m), "no"), "the reason is found");
	CHECK(json_flag(m.json, "hints", "supported"), "a flag that is true");
	CHECK(!json_flag(m.json, "hints", "enabled"), "a flag that is not there");
	CHECK(!json_flag(m.json, "nothing", "enabled"), "a flag of what is not there");
	guest_msg_free(&m);
	guest_msg_parse(&m, "nonsense");
	CHECK(!strcmp(guest_msg_text(&m), ""), "no reason in nonsense");
}

static void test_socket(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), peer, ret = 0, i;
	json_object *o = json_tokener_parse("{\"cmd\":\"go\",\"path\":\"a/b\"}");
	struct channel c;
	struct guest_msg m;
	char buf[256];
	ssize_t n;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "/tmp/vhint-test-chan-%d", getpid());
	CHECK(channel_open(&c, addr.sun_path) == -ENOENT, "no socket, no channel");
	if (bind(listener, (void *)&addr, sizeof(addr)) || listen(listener, 1))
		abort();
	CHECK(!channel_open(&c, addr.sun_path), "connected");
	peer = accept(listener, NULL, NULL);

	CHECK(!channel_send(&c, o, 100), "an order is sent");
	n = read(peer, buf, sizeof(buf));
	CHECK(n > 0 && !strncmp(buf, "{\"cmd\":\"go\",\"path\":\"a/b\"}\n", n), "as one line");

	CHECK(!channel_fill(&c) && !channel_next(&c, &m), "nothing has come");
	if (write(peer, "\n{\"event\":\"ready\",\"run\":1}\n{\"ev", 32) < 0)
		abort();
	CHECK(!channel_fill(&c) && channel_next(&c, &m) && m.event == GUEST_READY && m.run == 1,
	      "a message has come");
	guest_msg_free(&m);
	CHECK(!channel_next(&c, &m), "half a message is none");

	for (i = 0; i < 100000 && !ret; i++)
		ret = channel_send(&c, o, 0);
	CHECK(ret == -ETIMEDOUT, "a guest that does not read is noticed (%d)", ret);
	n = now_ms();
	ret = channel_send(&c, o, 50);
	CHECK(ret == -ETIMEDOUT && now_ms() - n >= 50, "after the time that was asked for");

	shutdown(peer, SHUT_WR);
	CHECK(channel_fill(&c) == 1, "the other end has said its last");
	close(peer);
	CHECK(channel_fill(&c) == 1, "the other end is gone");
	CHECK(channel_send(&c, o, 50) == -EPIPE, "and takes no orders");
	channel_close(&c);
	channel_close(&c);
	json_object_put(o);
	close(listener);
	unlink(addr.sun_path);
}

int main(void)
{
	ktap_begin();
	test_lines();
	test_messages();
	test_socket();
	return ktap_end();
}
