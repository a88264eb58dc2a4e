// SPDX-License-Identifier: GPL-2.0-only
/* The policies' pure halves, compiled from the module's own files. */
#include "ktap.h"
#include "policy/policy_null.c"
#include "policy/policy_urgent.c"

static const struct vh_tunables tunables = { .max_age_ns = 1000000, .dry_nr = 1 };

/* A target that urgent acts on; each test changes one thing. */
static struct vh_snapshot urgent_snapshot(void)
{
	return (struct vh_snapshot){
		.event		= VH_EV_IPI,
		.src_waits	= true,
		.contended	= true,
		.src_nr		= 1,
		.age_ns		= 1000,
		.dst_off_ns	= 500000,
	};
}

static struct vh_decision urgent(struct vh_snapshot s)
{
	return vh_policy_urgent.decide(&s, &tunables);
}

#define LEFT(s, why, ...) do {						\
	struct vh_decision d_ = urgent(s);				\
									\
	CHECK(d_.action == VH_LEAVE && d_.reason == (why), __VA_ARGS__); \
} while (0)

static void test_boosts(void)
{
	struct vh_snapshot s = urgent_snapshot();
	struct vh_decision d;

	d = urgent(s);
	CHECK(d.action == VH_BOOST && d.reason == VH_WAITED_FOR,
	      "a preempted vCPU that is waited for");

	s.src_waits = false;
	s.src_woke = true;
	d = urgent(s);
	CHECK(d.action == VH_BOOST && d.reason == VH_WOKEN,
	      "a preempted vCPU that was just woken");

	s.event = VH_EV_WAKE;
	CHECK(urgent(s).action == VH_BOOST, "a vCPU that comes out of a halt");

	s.age_ns = tunables.max_age_ns;
	CHECK(urgent(s).action == VH_BOOST, "a wake-up of the greatest age");

	s = urgent_snapshot();
	s.age_ns = UINT64_MAX;
	CHECK(urgent(s).action == VH_BOOST, "a wait does not grow old");

	s = urgent_snapshot();
	s.event = VH_EV_SCHED_IN;
	CHECK(urgent(s).action == VH_BOOST, "a sender that gets its CPU back and still waits");
}

static void test_moves(void)
{
	struct vh_snapshot s = urgent_snapshot();
	struct vh_decision d;

	s.contended = false;
	s.stacked = true;
	d = urgent(s);
	CHECK(d.action == VH_MOVE && d.reason == VH_WAITED_FOR,
	      "a vCPU that queues behind a sibling moves");
	s.src_nr = 100;
	CHECK(urgent(s).action == VH_MOVE, "whatever else who waits could do");
	s.src_waits = false;
	s.src_woke = true;
	LEFT(s, VH_BUSY, "but not for a waker that has other work");
	s.src_nr = 1;
	CHECK(urgent(s).action == VH_MOVE, "only for one that runs dry");
	s.dst_running = true;
	LEFT(s, VH_RUNNING, "unless it has got a CPU");
}

static void test_leaves(void)
{
	struct vh_snapshot s = urgent_snapshot();

	s.src_waits = false;
	LEFT(s, VH_NO_HINT, "an IPI that no hint announced");
	s.src_woke = true;
	s.age_ns = tunables.max_age_ns + 1;
	LEFT(s, VH_STALE, "a wake-up of long ago");

	s = urgent_snapshot();
	s.dst_running = true;
	LEFT(s, VH_RUNNING, "a vCPU that has a CPU");
	s = urgent_snapshot();
	s.dst_boosted = true;
	LEFT(s, VH_ALREADY, "a vCPU that is boosted already");
	s = urgent_snapshot();
	s.contended = false;
	LEFT(s, VH_UNCONTENDED, "nobody in the way");

	s = urgent_snapshot();
	s.src_waits = false;
	s.src_woke = true;
	s.src_nr = tunables.dry_nr + 1;
	LEFT(s, VH_BUSY, "a waker that has other work");
	s.src_nr = -1;
	CHECK(urgent(s).action == VH_BOOST, "a waker of which nothing is known");
	s.src_nr = tunables.dry_nr + 1;
	s.src_waits = true;
	CHECK(urgent(s).action == VH_BOOST, "who waits cannot do other work");
}

static void test_null(void)
{
	struct vh_snapshot s = urgent_snapshot();
	struct vh_decision d = vh_policy_null.decide(&s, &tunables);

	CHECK(d.action == VH_LEAVE && d.reason == VH_NO_POLICY, "null leaves all alone");
}

int main(void)
{
	ktap_begin();
	test_boosts();
	test_moves();
	test_leaves();
	test_null();
	return ktap_end();
}
