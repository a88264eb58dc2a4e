// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is due what of a contended machine, and what is made of it; the cgroup that
 * is a VM's; histograms and samples that the policy module shows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/bystander.h"
#include "ktap.h"
#include "measure/bins.h"
#include "measure/derived.h"
#include "measure/fairness.h"
#include "measure/policy_counters.h"
#include "measure/runq.h"

static int near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static void test_entitle(void)
{
	const double one[] = { 1, 1, 1 }, twice[] = { 200, 100 };
	double due[3];

	fair_entitle((double[]){ 9, 9 }, one, 2, 4, due);
	CHECK(near(due[0], 2) && near(due[1], 2), "two that want all get a half each");
	fair_entitle((double[]){ 9, 9 }, twice, 2, 3, due);
	CHECK(near(due[0], 2) && near(due[1], 1), "in proportion to their weights");
	fair_entitle((double[]){ 0.5, 9, 9 }, one, 3, 4.5, due);
	CHECK(near(due[0], 0.5) && near(due[1], 2) && near(due[2], 2),
	      "what one does not want is for the others");
	fair_entitle((double[]){ 1, 1.8, 9 }, one, 3, 4.5, due);
	CHECK(near(due[0], 1) && near(due[1], 1.75) && near(due[2], 1.75),
	      "and nobody is due more by wanting it");
	fair_entitle((double[]){ 1, 1 }, one, 2, 4, due);
	CHECK(near(due[0], 1) && near(due[1], 1), "nobody is due more than it wants");
}

static void test_fair(void)
{
	const double due[] = { 2, 2, 0 };

	CHECK(near(fair_share_min((double[]){ 1, 3, 0 }, due, 3), 0.5), "half of what is due");
	CHECK(isnan(fair_share_min(due, (double[]){ 0 }, 1)), "nothing is due to anybody");
	CHECK(near(fair_jain((double[]){ 2, 2, 0 }, due, 3), 1), "Jain's index of equals");
	CHECK(near(fair_jain((double[]){ 4, 0, 0 }, due, 3), 0.5), "if one of two gets all");
	CHECK(near(fair_jain((double[]){ 1, 3 }, due, 2), 0.8), "between them: 4^2 / (2 * 10)");
	CHECK(isnan(fair_jain((double[]){ 0, 0 }, due, 2)), "of nothing: not known");
}

#define CGROUP(text, want) do {							\
	char buf_[128], *got_ = bystander_vm_cgroup(text, buf_, sizeof(buf_));	\
										\
	CHECK(want ? got_ && !strcmp(got_, want) : !got_, "%s", got_ ? got_ : "no cgroup");	\
} while (0)

static void test_cgroup(void)
{
	const char *none = NULL;

	CGROUP("0::/machine/qemu-1-vhint-vm1.libvirt-qemu/vcpu0", "/machine/qemu-1-vhint-vm1.libvirt-qemu");
	CGROUP("1:cpu:/x\n0::/machine.slice/machine-qemu\\x2d1.scope/libvirt/vcpu11\n",
	       "/machine.slice/machine-qemu\\x2d1.scope");
	CGROUP("0::/machine/vm/emulator", "/machine/vm");
	CGROUP("0::/", none);
	CGROUP("2:cpu:/machine/vm", none);
	CGROUP("", none);
}

/* Without a VM: beside our own cgroup. Only root may, and only where cgroups are writable. */
static void test_bystander(void)
{
	struct bystander b = { 0 };
	pid_t self = getpid();
	struct vh_err err;

	CHECK(isnan(bystander_share(&b)), "no bystander, no share");
	bystander_stop(&b);
	CHECK(bystander_vm_weight(self, 0x3fffffff) == 100, "the weight of nobody is the default");
	CHECK(bystander_start(&b, self, 0x3fffffff, 1, &err) && strstr(err.msg, "cgroups") &&
	      !b.child.pid, "a VM that has gone: %s", err.msg);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0, "and nobody is left");
}

static void test_bins(void)
{
	struct bins a, b, d;
	json_object *o;

	CHECK(!bins_parse(&a, "1 0\n2 5\n4 1\n8 0") && a.nr == 4 && a.count[1] == 5, "bins");
	CHECK(!bins_parse(&b, "1 0\n2 15\n4 1\n8 10\n"), "the same later");
	CHECK(bins_parse(&d, "") && bins_parse(&d, "1 2\nx") && bins_parse(&d, "2 1\n1 1\n") &&
	      !d.nr, "what is no histogram has no bins");
	CHECK(!bins_json(&d) && isnan(bins_percentile(&d, 50)), "and so no percentile");
	bins_diff(&d, &a, &b);
	o = bins_json(&d);
	CHECK(!strcmp(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		      "{\"unit\":\"ns\",\"bins\":[[2,10],[8,10]]}"), "the difference: %s",
	      json_object_to_json_string(o));
	json_object_put(o);
	CHECK(near(bins_percentile(&d, 50), 4) && near(bins_percentile(&d, 25), 3) &&
	      near(bins_percentile(&d, 100), 16), "percentiles are interpolated");
	bins_diff(&d, &b, &a);
	CHECK(!d.nr, "one that went backwards is not known");
	bins_diff(&d, &a, &a);
	CHECK(d.nr == 4 && isnan(bins_percentile(&d, 50)), "no values, no percentile");
	a.nr = 0;
	bins_diff(&d, &a, &b);
	CHECK(!d.nr, "nor one that was not there before");
}

static void test_runq(void)
{
	const char *text = "10 0 2 0 55\n11 0 9 0 1\n10 1 3 -1 7\n";
	const pid_t pids[] = { 10, 12 };
	struct runq_mean m = { 0 };

	CHECK(runq_parse(text, pids, 2, 2) == 5, "the tasks of our VMs, not of others");
	CHECK(isnan(runq_parse(text, pids, 2, 3)), "a vCPU is missing");
	CHECK(isnan(runq_parse("10 0 -1 0 5\n", pids, 1, 1)), "one does not say");
	CHECK(isnan(runq_parse("what?", pids, 1, 1)) && isnan(runq_parse(NULL, pids, 1, 1)),
	      "no such lines");
	CHECK(isnan(runq_mean(&m)) && isnan(runq_sd(&m)), "no samples");
	runq_add(&m, 1);
	runq_add(&m, NAN);
	runq_add(&m, 3);
	CHECK(m.n == 2 && runq_mean(&m) == 2 && near(runq_sd(&m), sqrt(2)),
	      "mean and deviation of what is known");
}

static void test_derived(void)
{
	json_object *c = policy_parse_counters("ipis 8\nipis_declared 6\nhalts 0\n");
	json_object *o = json_object_new_object(), *v;
	double val[DERIVED_NR];
	int i;

	CHECK(derived_ratio(c, "ipis_declared", "ipis") == 0.75, "three of four were declared");
	CHECK(isnan(derived_ratio(c, "ipis_declared", "halts")) &&
	      isnan(derived_ratio(c, "ipis", "none")) && isnan(derived_ratio(NULL, "a", "b")),
	      "nothing of nothing is not known");
	for (i = 0; i < DERIVED_NR; i++)
		val[i] = NAN;
	val[DERIVED_JAIN] = 0.5;
	derived_add(o, val);
	CHECK(json_object_object_get_ex(o, "fairness_jain", &v) && json_object_get_double(v) == 0.5 &&
	      json_object_object_get_ex(o, "share_min", &v) && !v &&
	      json_object_object_length(o) == DERIVED_NR, "all are there, unknown ones as null");
	json_object_put(o);
	json_object_put(c);
}

int main(void)
{
	ktap_begin();
	test_entitle();
	test_fair();
	test_cgroup();
	test_bystander();
	test_bins();
	test_runq();
	test_derived();
	return ktap_end();
}
