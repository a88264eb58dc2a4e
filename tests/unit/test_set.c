// SPDX-License-Identifier: GPL-2.0-only
/*
 * --set KEY=VALUE.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "base/json.h"
#include "experiment/set.h"

static const char file[] =
	"{\"title\":\"t\",\"vms\":[{\"name\":\"a\"},{\"name\":\"b\",\"vcpus\":2}],\"workload\":{\"name\":\"ipi\"},\"arms\":[{\"name\":\"x\"},{\"name\":\"y\"}]}";

static struct vh_err err;

/* Sets @text in the file: is @pointer, a JSON pointer, then @want? */
static bool sets(const char *text, const char *pointer, const char *want)
{
	json_object *over = json_object_new_object(), *in = json_tokener_parse(file), *v = NULL;
	bool good;

	err.msg[0] = '\0';
	good = !exp_set_add(over, text, &err) && !exp_set_apply(in, over, &err) &&
	       !json_pointer_get(in, pointer, &v) &&
	       !strcmp(json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN), want);
	if (!good)
		printf("# %s: %s\n", json_object_to_json_string(in), err.msg);
	json_object_put(in);
	json_object_put(over);
	return good;
}

/* Setting @text is refused, with @message in what is said. */
static bool refused(const char *text, const char *message)
{
	json_object *over = json_object_new_object(), *in = json_tokener_parse(file);
	bool good;

	err.code = VH_OK;
	good = (exp_set_add(over, text, &err) || exp_set_apply(in, over, &err)) &&
	       err.code == VH_BAD_USAGE && strstr(err.msg, message);
	if (!good)
		printf("# said: %s\n", err.msg);
	json_object_put(in);
	json_object_put(over);
	return good;
}

static void test_values(void)
{
	CHECK(sets("bystander=true", "/bystander", "true"), "a truth");
	CHECK(sets("machine.memory_mib=2048", "/machine/memory_mib", "2048"),
	      "a number, in an object that was not there");
	CHECK(sets("title=two words", "/title", "\"two words\""), "a word is a string");
	CHECK(sets("title=5", "/title", "\"5\"") && sets("title=[x", "/title", "\"[x\"") &&
	      sets("title=null", "/title", "\"null\"") && sets("title=", "/title", "\"\"") &&
	      sets("title=a=b", "/title", "\"a=b\""), "where a string is wanted, all is one");
	CHECK(sets("title=\"a \\\"b\\\"\"", "/title", "\"a \\\"b\\\"\""), "unless it is one already");
	CHECK(sets("workload.args=[\"-g\",\"1\"]", "/workload/args", "[\"-g\",\"1\"]"), "an array");
	CHECK(sets("workload.args=[]", "/workload/name", "\"ipi\""), "what is beside it stays");
	CHECK(sets("bystander=yes", "/bystander", "\"yes\""),
	      "the wrong type is left to the check of the file");
}

static void test_elements(void)
{
	CHECK(sets("vms[1].vcpus=4", "/vms/1/vcpus", "4") &&
	      !sets("vms[1].vcpus=4", "/vms/0/vcpus", "4"), "by number");
	CHECK(sets("vms[].vcpus=4", "/vms/0/vcpus", "4") &&
	      sets("vms[].vcpus=4", "/vms/1/vcpus", "4"), "all of them");
	CHECK(sets("arms[y].policy=urgent", "/arms/1/policy", "\"urgent\"") &&
	      !sets("arms[y].policy=urgent", "/arms/0/policy", "\"urgent\""), "by name");
	CHECK(sets("vms=[{\"name\":\"c\"}]", "/vms", "[{\"name\":\"c\"}]"), "the array itself");
	CHECK(refused("vms[2].vcpus=4", "there is no element [2]: the experiment has 2") &&
	      refused("arms[z].hints=true", "there is no element [z]"), "none such");
}

static void test_options(void)
{
	json_object *over = json_object_new_object();

	CHECK(!exp_set_add(over, "repetitions=3", &err) && jget_int(over, "repetitions", 0) == 3 &&
	      !json_object_object_get(over, EXP_SETS), "a key with an option is that option");
	json_object_put(over);
	CHECK(refused("repetitions=0", "--set repetitions: found \"0\", expected a whole number"), "with its checks");
	CHECK(refused("where=hots", "--set where: unknown place \"hots\"; did you mean \"host\"?"),
	      "and what was typed is named");
}

static void test_refusals(void)
{
	CHECK(refused("vcpus=4", "unknown key \"vcpus\"; did you mean \"vms[].vcpus\"?"), "the last name");
	CHECK(refused("vms[0].vcpu=4", "did you mean \"vms[].vcpus\"?"), "a letter less");
	CHECK(refused("workload.arg=[]", "did you mean \"workload.args\"?"), "in an object");
	CHECK(refused("colour=red", "unknown key \"colour\" ("), "nothing like it");
	CHECK(refused("vms[0]={}", "unknown key") && refused("vms[0vcpus=1", "unknown key") &&
	      refused("vms.vcpus=1", "unknown key") && refused("[0]=1", "unknown key") &&
	      refused("vms[0].=1", "unknown key"), "paths that are none");
	CHECK(refused("plan={}", "unknown key") && refused("$schema=x", "unknown key"),
	      "what is not the user's");
	CHECK(refused("bystander", "expected KEY=VALUE") && refused("=1", "expected KEY=VALUE") &&
	      refused("", "expected KEY=VALUE"), "no assignment");
	CHECK(refused("metrics=[\"exits\"", "broken JSON") && refused("metrics=null", "null is no value"),
	      "no value");
}

int main(void)
{
	ktap_begin();
	test_values();
	test_elements();
	test_options();
	test_refusals();
	return ktap_end();
}
