// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VMs are of one shape, so that the time alone of one is that of the other: those that
 * differ in nothing but their names.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "report/report.h"

static const char two_vms[] =
	"{\"where\": \"lab\", \"vms\": [{\"count\": 2}], \"workload\": {\"name\": \"cpu\"},"
	" \"arms\": [{\"name\": \"stock\", \"kernel\": \"stock\"}],"
	" \"repetitions\": 2, \"warmup\": 0, \"boots\": 1, \"metrics\": []}";

static void as_it_is(struct exp_vm *vm)
{
}

static void more_memory(struct exp_vm *vm)
{
	vm->memory_mib++;
}

static void other_template(struct exp_vm *vm)
{
	strcpy(vm->template, "other");
}

static void other_args(struct exp_vm *vm)
{
	strcpy(vm->kernel_args, "quiet");
}

static void other_pins(struct exp_vm *vm)
{
	vm->pins[1] = 2;
}

static void one_vcpu(struct exp_vm *vm)
{
	vm->vcpus = 1;
	vm->pins[1] = 0;
}

/* Both VMs take 4 s; the first took 1 s when alone, the second, which is @changed, 2 s. */
static double slowdown(void (*change)(struct exp_vm *vm))
{
	static const char text[] =
		"{\"schema\":1,\"run\":0,\"boot\":0,\"arm\":\"stock\",\"rep\":0,\"ok\":true,\"vms\":["
		"{\"name\":\"vm1\",\"alone_s\":1,\"contended_s\":4},"
		"{\"name\":\"vm2\",\"alone_s\":null,\"contended_s\":4}],\"metrics\":{}}\n"
		"{\"schema\":1,\"run\":1,\"boot\":0,\"arm\":\"stock\",\"rep\":1,\"ok\":true,\"vms\":["
		"{\"name\":\"vm1\",\"alone_s\":null,\"contended_s\":4},"
		"{\"name\":\"vm2\",\"alone_s\":2,\"contended_s\":4}],\"metrics\":{}}\n";
	static struct experiment e;
	static struct records rs;
	static struct report r;
	static struct plan p;
	json_object *o = json_tokener_parse(two_vms);
	struct vh_err err = { .msg = "" };
	double v;

	if (exp_from_json(&e, o, "made-up", &err) || plan_make(&p, &e, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	json_object_put(o);
	change(&e.vms[1]);
	records_parse(&rs, &e, text, strlen(text), &err);
	report_make(&r, &e, &p, &rs, &err);
	v = r.arms[0].col[0].est.value;
	report_free(&r);
	records_free(&rs);
	plan_free(&p);
	exp_free(&e);
	return v;
}

int main(void)
{
	static const struct {
		const char *what;
		void (*change)(struct exp_vm *vm);
	} t[] = {
		{ "memory", more_memory }, { "template", other_template },
		{ "kernel's arguments", other_args }, { "pins", other_pins },
		{ "number of vCPUs", one_vcpu },
	};
	double v;
	size_t i;

	ktap_begin();
	v = slowdown(as_it_is);
	CHECK(fabs(v - 4 / 1.5) < 1e-9, "of one shape: the median of both times alone (%.3f)", v);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		v = slowdown(t[i].change);
		CHECK(fabs(v - sqrt(4.0 * 2)) < 1e-9, "another %s: each has its own (%.3f)",
		      t[i].what, v);
	}
	return ktap_end();
}
