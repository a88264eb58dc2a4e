// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domain XML from templates: what is filled in, what is left alone, and what
 * libvirt's schema has to say.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "base/cpulist.h"
#include "host/vm_xml.h"
#include "ktap.h"

static const uint64_t pins[] = { 0x6, 0x4 };
static const struct vm_spec spec = {
	.name = "vhint-vm1", .vcpus = 2, .memory_mib = 321, .pins = pins,
	.kernel = "/k/bzImage", .initrd = "/k/initrd", .kernel_args = "a=1 b=\"<&>\"",
	.console = "/tmp/a & b/console.log",
};

static char dir[] = "/tmp/vhint-test-xml-XXXXXX";

/* What an XPath expression says of @xml, as a string. */
static const char *ask(const char *xml, const char *expr)
{
	xmlDoc *doc = xmlReadMemory(xml, strlen(xml), "x", NULL, 0);
	xmlXPathContext *ctx = xmlXPathNewContext(doc);
	xmlXPathObject *obj = xmlXPathEval(BAD_CAST expr, ctx);
	xmlChar *s = xmlXPathCastToString(obj);
	static char buf[512];

	snprintf(buf, sizeof(buf), "%s", s ? (char *)s : "");
	xmlFree(s);
	xmlXPathFreeObject(obj);
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(doc);
	return buf;
}

static const char *write_template(const char *name, const char *text)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.xml", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
	return path;
}

#define ASK(xml, expr, want) do {					\
	const char *got_ = ask(xml, expr);				\
									\
	CHECK(!strcmp(got_, want), "%s is \"%s\" (got \"%s\")", expr, want, got_); \
} while (0)

static void test_default(const char *path)
{
	struct vh_err err = { .msg = "" };
	char *xml = vm_xml_fill(path, &spec, 1, &err);

	CHECK(xml, "the default template is filled in and valid (%s)", err.msg);
	if (!xml)
		return;
	ASK(xml, "/domain/@type", "kvm");
	ASK(xml, "/domain/name", "vhint-vm1");
	ASK(xml, "/domain/memory", "321");
	ASK(xml, "/domain/memory/@unit", "MiB");
	ASK(xml, "/domain/vcpu", "2");
	ASK(xml, "/domain/vcpu/@cpuset", "1-2");
	ASK(xml, "/domain/os/kernel", "/k/bzImage");
	ASK(xml, "/domain/os/initrd", "/k/initrd");
	ASK(xml, "/domain/os/cmdline", "console=ttyS0 quiet panic=-1 a=1 b=\"<&>\"");
	ASK(xml, "count(/domain/cputune/vcpupin)", "2");
	ASK(xml, "/domain/cputune/vcpupin[@vcpu='0']/@cpuset", "1-2");
	ASK(xml, "/domain/cputune/vcpupin[@vcpu='1']/@cpuset", "2");
	ASK(xml, "/domain/cputune/emulatorpin/@cpuset", "1-2");
	ASK(xml, "/domain/devices/serial/@type", "file");
	ASK(xml, "/domain/devices/serial/source/@path", "/tmp/a & b/console.log");
	ASK(xml, "/domain/devices/serial/source/@append", "on");
	ASK(xml, "/domain/devices/channel/target/@name", "org.vhint.0");
	ASK(xml, "/domain/devices/memballoon/@model", "none");
	ASK(xml, "/domain/cpu/@migratable", "off");
	ASK(xml, "concat(/domain/on_poweroff,/domain/on_reboot,/domain/on_crash)",
	    "destroydestroydestroy");
	free(xml);
}

/* The same in each boot, but not the same for all. */
static void test_uuid(const char *path)
{
	struct vm_spec other = spec;
	char first[64], second[64];
	struct vh_err err;
	char *xml = vm_xml_fill(path, &other, 0, &err);

	snprintf(first, sizeof(first), "%s", ask(xml, "/domain/uuid"));
	free(xml);
	CHECK(strlen(first) == 36 && first[14] == '8' && strchr("89ab", first[19]),
	      "a UUID of our own making: %s", first);
	xml = vm_xml_fill(path, &other, 0, &err);
	ASK(xml, "/domain/uuid", first);
	free(xml);
	other.name = "vhint-vm2";
	xml = vm_xml_fill(path, &other, 0, &err);
	snprintf(second, sizeof(second), "%s", ask(xml, "/domain/uuid"));
	free(xml);
	CHECK(strcmp(first, second), "another VM, another UUID");
	other = spec;
	other.seed = 2;
	xml = vm_xml_fill(path, &other, 0, &err);
	snprintf(second, sizeof(second), "%s", ask(xml, "/domain/uuid"));
	free(xml);
	CHECK(strcmp(first, second), "another seed, another UUID");
}

static void test_own_template(void)
{
	struct vh_err err = { .msg = "" };
	const char *path = write_template("mine",
		"<domain type='kvm'><uuid>fd3535db-2558-43e9-b067-314f48211343</uuid>"
		"<name>x</name><memory>1</memory><currentMemory>1</currentMemory>"
		"<memoryBacking><hugepages/></memoryBacking><vcpu current='1'>4</vcpu>"
		"<cputune><shares>7</shares><vcpupin vcpu='3' cpuset='0'/></cputune>"
		"<os><type>hvm</type></os></domain>");
	char *xml = vm_xml_fill(path, &spec, 1, &err);

	CHECK(xml, "a bare template of one's own is completed (%s)", err.msg);
	if (!xml)
		return;
	ASK(xml, "count(/domain/uuid)", "1");
	ASK(xml, "count(/domain[uuid='fd3535db-2558-43e9-b067-314f48211343'])", "0");
	ASK(xml, "count(/domain/currentMemory)", "0");
	ASK(xml, "count(/domain/memoryBacking/hugepages)", "1");
	ASK(xml, "/domain/cputune/shares", "7");
	ASK(xml, "count(/domain/cputune/vcpupin)", "2");
	ASK(xml, "count(/domain/vcpu/@current)", "0");
	ASK(xml, "/domain/os/cmdline", "a=1 b=\"<&>\"");
	ASK(xml, "/domain/devices/serial/source/@path", "/tmp/a & b/console.log");
	ASK(xml, "/domain/devices/channel/source/@mode", "bind");
	free(xml);
}

/* A channel of that name is the template's own matter, a device of another name is not ours. */
static void test_own_channel(void)
{
	struct vh_err err = { .msg = "" };
	const char *path = write_template("channel",
		"<domain type='kvm'><name>x</name><memory>1</memory><vcpu>1</vcpu>"
		"<os><type>hvm</type></os><devices>"
		"<channel type='unix'><target type='virtio' name='org.other'/></channel>"
		"<channel type='unix'><source mode='bind' path='/mine'/>"
		"<target type='virtio' name='" VM_CHANNEL "'/></channel>"
		"</devices></domain>");
	char *xml = vm_xml_fill(path, &spec, 1, &err);

	CHECK(xml, "a template with channels: %s", err.msg);
	if (!xml)
		return;
	ASK(xml, "count(/domain/devices/channel)", "2");
	ASK(xml, "/domain/devices/channel[target/@name='" VM_CHANNEL "']/source/@path", "/mine");
	free(xml);
}

static const struct exp_vm vm = { .name = "vm", .vcpus = 2, .memory_mib = 64, .pins = { 2, 2 } };

static void bad(const char *name, const char *text, const char *want)
{
	struct vh_err err = { .msg = "" };
	int ret;

	ret = vm_template_check(text ? write_template(name, text) : "/nonexistent/x.xml", &vm, &err);
	CHECK(ret == -1 && err.code == VH_BAD_EXPERIMENT && strstr(err.msg, want),
	      "template %s: \"%s\" in \"%s\"", name, want, err.msg);
}

static void test_check(const char *path)
{
	struct vh_err err = { .msg = "" };

	CHECK(!vm_template_check(path, &vm, &err), "a good template passes (%s)", err.msg);
	bad("nosuch", NULL, "/nonexistent/x.xml: there is no such template");
	bad("broken", "<domain>\n<os></domain>", "broken.xml: not well-formed XML: line 2");
	bad("other", "<network/>", "outermost element is <network>");
	bad("typo", "<domain type='kvm'>\n<name>x</name><memory>1</memory>\n"
	    "<os><type>hvm</type></os><cpu mode='host-passthrough' migratble='off'/></domain>",
	    "typo.xml: libvirt's schema rejects this template: Extra element cpu");
}

static void test_helpers(void)
{
	char buf[64], *path;

	CHECK(!strcmp(cpulist_text(0x6, buf, sizeof(buf)), "1-2"), "cpulist 1-2");
	CHECK(!strcmp(cpulist_text(0x2c, buf, sizeof(buf)), "2-3,5"), "cpulist 2-3,5");
	CHECK(!strcmp(cpulist_text(0, buf, sizeof(buf)), ""), "cpulist of nothing");
	CHECK(!strcmp(cpulist_text(1ULL << 63, buf, sizeof(buf)), "63"), "cpulist 63");
	CHECK(!strcmp(cpulist_text(~0ULL, buf, sizeof(buf)), "0-63"), "cpulist 0-63");

	path = vm_xml_channel_path("<domain><devices><channel type='unix'><source path='/a'/>"
				   "<target name='other'/></channel><channel type='unix'>"
				   "<source mode='bind' path='/run/x'/>"
				   "<target type='virtio' name='org.vhint.0'/></channel></devices></domain>");
	CHECK(path && !strcmp(path, "/run/x"), "the channel's socket is found");
	free(path);
	CHECK(!vm_xml_channel_path("<domain/>"), "no channel, no path");
	CHECK(!vm_xml_channel_path("<domain"), "no XML, no path");
}

int main(int argc, char **argv)
{
	const char *root = getenv("VHINT_ROOT");
	char path[4096];

	ktap_begin();
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/vm-templates/default.xml", root ? root : ".");
	test_default(path);
	test_uuid(path);
	test_check(path);
	test_own_template();
	test_own_channel();
	test_helpers();
	snprintf(path, sizeof(path), "rm -r %s", dir);
	if (system(path))
		return 1;
	return ktap_end();
}
