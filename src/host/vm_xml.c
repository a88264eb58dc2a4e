// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domain XML from a template.
 *
 * A template is a complete domain, valid as it stands. Filling it in replaces
 * the few values that an experiment decides and leaves every other element
 * alone, so that a template may ask for anything libvirt has.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>

#include "base/cpulist.h"
#include "base/kit.h"
#include "host/vm_xml.h"
#include "stat/prng.h"

#define MSG_LEN	1024

/* What libxml2 had to say, its first few sentences. */
struct xml_says {
	char text[MSG_LEN];
	int nr;
};

static void collect(void *data, xmlErrorPtr e)
{
	struct xml_says *s = data;
	size_t used = strlen(s->text);
	int len;

	if (s->nr++ >= 3 || !e || !e->message)
		return;
	snprintf(s->text + used, sizeof(s->text) - used, "%s%s%.0d%s%s", used ? "; " : "",
		 e->line ? "line " : "", e->line, e->line ? ": " : "", e->message);
	len = strlen(s->text);
	while (len && isspace((unsigned char)s->text[len - 1]))
		s->text[--len] = '\0';
}

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

static xmlNode *find(xmlNode *parent, const char *name)
{
	xmlNode *n;

	for (n = parent ? parent->children : NULL; n; n = n->next)
		if (is(n, name))
			return n;
	return NULL;
}

static xmlNode *find_or_add(xmlNode *parent, const char *name)
{
	xmlNode *n = find(parent, name);

	return n ? n : xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

static void drop_all(xmlNode *parent, const char *name)
{
	xmlNode *n;

	while ((n = find(parent, name))) {
		xmlUnlinkNode(n);
		xmlFreeNode(n);
	}
}

/* xmlNodeSetContent() would read entities in @text; this takes it literally. */
static void set_text(xmlNode *n, const char *text)
{
	xmlNodeSetContent(n, NULL);
	xmlNodeAddContent(n, BAD_CAST text);
}

static void set_attr(xmlNode *n, const char *name, const char *value)
{
	xmlSetProp(n, BAD_CAST name, BAD_CAST value);
}

static bool attr_is(xmlNode *n, const char *name, const char *value)
{
	xmlChar *v = n ? xmlGetProp(n, BAD_CAST name) : NULL;
	bool same = v && !strcmp((char *)v, value);

	xmlFree(v);
	return same;
}

static void fill_cpus(xmlNode *root, const struct vm_spec *spec)
{
	xmlNode *vcpu = find_or_add(root, "vcpu");
	xmlNode *tune = find_or_add(root, "cputune");
	uint64_t all = 0;
	char text[160];
	xmlNode *pin;
	int i;

	drop_all(tune, "vcpupin");
	drop_all(tune, "emulatorpin");
	for (i = 0; i < spec->vcpus; i++) {
		all |= spec->pins[i];
		pin = xmlNewChild(tune, NULL, BAD_CAST "vcpupin", NULL);
		snprintf(text, sizeof(text), "%d", i);
		set_attr(pin, "vcpu", text);
		set_attr(pin, "cpuset", cpulist_text(spec->pins[i], text, sizeof(text)));
	}
	/* QEMU's own threads start there too, faster than all on CPU 0; vm.c moves them then */
	pin = xmlNewChild(tune, NULL, BAD_CAST "emulatorpin", NULL);
	set_attr(pin, "cpuset", cpulist_text(all, text, sizeof(text)));

	set_attr(vcpu, "placement", "static");
	set_attr(vcpu, "cpuset", cpulist_text(all, text, sizeof(text)));
	xmlUnsetProp(vcpu, BAD_CAST "current");
	snprintf(text, sizeof(text), "%d", spec->vcpus);
	set_text(vcpu, text);
}

static void fill_boot(xmlNode *root, const struct vm_spec *spec)
{
	xmlNode *os = find_or_add(root, "os");
	xmlNode *cmdline;
	xmlChar *old;
	char *text;

	set_text(find_or_add(os, "kernel"), spec->kernel);
	set_text(find_or_add(os, "initrd"), spec->initrd);
	if (!spec->kernel_args || !spec->kernel_args[0])
		return;
	cmdline = find_or_add(os, "cmdline");
	old = xmlNodeGetContent(cmdline);
	if (asprintf(&text, "%s %s", old ? (char *)old : "", spec->kernel_args) >= 0) {
		set_text(cmdline, text[0] == ' ' ? text + 1 : text);
		free(text);
	}
	xmlFree(old);
}

static void fill_devices(xmlNode *root, const struct vm_spec *spec)
{
	xmlNode *devices = find_or_add(root, "devices");
	xmlNode *n;

	n = find(devices, "serial");
	if (!n) {
		n = xmlNewChild(devices, NULL, BAD_CAST "serial", NULL);
		set_attr(find_or_add(n, "target"), "port", "0");
	}
	set_attr(n, "type", "file");
	drop_all(n, "source");
	set_attr(find_or_add(n, "source"), "path", spec->console);
	/* a VM that is started anew adds to what the one before it said */
	set_attr(find_or_add(n, "source"), "append", "on");

	if (spec->vsock && !find(devices, "vsock")) {
		n = xmlNewChild(devices, NULL, BAD_CAST "vsock", NULL);
		set_attr(n, "model", "virtio");
		set_attr(find_or_add(n, "cid"), "auto", "yes");
	}

	for (n = devices->children; n; n = n->next)
		if (is(n, "channel") && attr_is(find(n, "target"), "name", VM_CHANNEL))
			return;
	n = xmlNewChild(devices, NULL, BAD_CAST "channel", NULL);
	set_attr(n, "type", "unix");
	set_attr(find_or_add(n, "source"), "mode", "bind");
	set_attr(find_or_add(n, "target"), "type", "virtio");
	set_attr(find_or_add(n, "target"), "name", VM_CHANNEL);
}

/* libvirt would draw one, and then no two boots are the same. Version 8: of our own making. */
static char *uuid(const struct vm_spec *spec, char *buf, size_t len)
{
	struct prng r;
	uint64_t a, b;

	prng_seed(&r, prng_derive(spec->seed, spec->name));
	a = prng_next(&r);
	b = prng_next(&r);
	snprintf(buf, len, "%08x-%04x-8%03x-%04x-%012llx", (unsigned int)(a >> 32),
		 (unsigned int)(a >> 16 & 0xffff), (unsigned int)(a & 0xfff),
		 (unsigned int)(b >> 48 & 0x3fff) | 0x8000,
		 (unsigned long long)(b & 0xffffffffffff));
	return buf;
}

static void fill(xmlNode *root, const struct vm_spec *spec)
{
	xmlNode *memory, *name, *id;
	char text[40];

	name = find_or_add(root, "name");
	set_text(name, spec->name);
	drop_all(root, "uuid");		/* several VMs may share a template */
	/* beside the name, or libxml2 does not find the schema's way through the rest */
	id = xmlNewNode(NULL, BAD_CAST "uuid");
	set_text(id, uuid(spec, text, sizeof(text)));
	xmlAddNextSibling(name, id);
	drop_all(root, "currentMemory");
	memory = find_or_add(root, "memory");
	set_attr(memory, "unit", "MiB");
	snprintf(text, sizeof(text), "%d", spec->memory_mib);
	set_text(memory, text);
	fill_cpus(root, spec);
	fill_boot(root, spec);
	fill_devices(root, spec);
}

static int validate_doc(xmlDoc *doc, const char *path, struct vh_err *err)
{
	xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(VM_SCHEMA);
	xmlRelaxNGValidCtxtPtr valid = NULL;
	struct xml_says says = { .nr = 0 };
	xmlRelaxNGPtr schema = NULL;
	int ret = -1;

	if (parser) {
		xmlRelaxNGSetParserStructuredErrors(parser, collect, &says);
		schema = xmlRelaxNGParse(parser);
	}
	if (!schema) {
		vh_err(err, VH_BAD_HOST, "%s: libvirt's schema cannot be read: %s. Install libvirt0.",
		       VM_SCHEMA, says.nr ? says.text : "no such file");
		goto out;
	}
	valid = xmlRelaxNGNewValidCtxt(schema);
	xmlRelaxNGSetValidStructuredErrors(valid, collect, &says);
	ret = xmlRelaxNGValidateDoc(valid, doc);
	if (ret)
		ret = vh_err(err, VH_BAD_EXPERIMENT,
			     "%s: libvirt's schema rejects this template: %s. Compare it with vm-templates/default.xml, and see libvirt.org/formatdomain.html.",
			     path, says.nr ? says.text : "no reason given");
out:
	xmlRelaxNGFreeValidCtxt(valid);
	xmlRelaxNGFree(schema);
	xmlRelaxNGFreeParserCtxt(parser);
	return ret;
}

char *vm_xml_fill(const char *path, const struct vm_spec *spec, int validate,
		  struct vh_err *err)
{
	xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
	struct xml_says says = { .nr = 0 };
	xmlChar *text = NULL;
	char *result = NULL;
	xmlDoc *doc = NULL;
	int len = 0;

	if (!ctxt) {
		vh_err(err, VH_BAD_HOST, "%s: out of memory", path);
		return NULL;
	}
	/* keep libxml2 from printing by itself, here and while it validates */
	xmlSetStructuredErrorFunc(&says, collect);
	doc = xmlCtxtReadFile(ctxt, path, NULL, XML_PARSE_NONET);
	if (!doc || !xmlDocGetRootElement(doc)) {
		vh_err(err, VH_BAD_EXPERIMENT, "%s: not well-formed XML: %s", path,
		       says.nr ? says.text : "the file cannot be read");
		goto out;
	}
	if (!is(xmlDocGetRootElement(doc), "domain")) {
		vh_err(err, VH_BAD_EXPERIMENT,
		       "%s: the outermost element is <%s>; a VM template is a libvirt <domain>",
		       path, xmlDocGetRootElement(doc)->name);
		goto out;
	}
	fill(xmlDocGetRootElement(doc), spec);
	if (validate && validate_doc(doc, path, err))
		goto out;
	xmlDocDumpFormatMemory(doc, &text, &len, 1);
	result = text ? strdup((char *)text) : NULL;
	if (!result)
		vh_err(err, VH_BAD_HOST, "%s: out of memory", path);
out:
	xmlSetStructuredErrorFunc(NULL, NULL);
	xmlFree(text);
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(ctxt);
	return result;
}

int vm_template_check(const char *path, const struct exp_vm *vm, struct vh_err *err)
{
	const struct vm_spec probe = {
		.name = "vhint-probe", .vcpus = vm->vcpus, .memory_mib = vm->memory_mib,
		.pins = vm->pins, .kernel = "/k", .initrd = "/i",
		.kernel_args = vm->kernel_args, .console = "/c",
	};
	char *xml;

	if (access(path, R_OK))
		return vh_err(err, VH_BAD_EXPERIMENT,
			      "%s: there is no such template, or it cannot be read: %s", path,
			      strerror(errno));
	xml = vm_xml_fill(path, &probe, 1, err);
	free(xml);
	return xml ? 0 : -1;
}

char *vm_xml_channel_path(const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, strlen(xml), "domain", NULL,
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNode *n = doc ? find(xmlDocGetRootElement(doc), "devices") : NULL;
	xmlChar *path = NULL;
	char *result = NULL;

	for (n = n ? n->children : NULL; n; n = n->next) {
		if (!is(n, "channel") || !attr_is(find(n, "target"), "name", VM_CHANNEL))
			continue;
		if (find(n, "source"))
			path = xmlGetProp(find(n, "source"), BAD_CAST "path");
		break;
	}
	if (path)
		result = strdup((char *)path);
	xmlFree(path);
	xmlFreeDoc(doc);
	return result;
}

int vm_xml_cid(const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, strlen(xml), "domain", NULL,
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNode *n = doc ? find(xmlDocGetRootElement(doc), "devices") : NULL;
	xmlChar *text = NULL;
	int cid = -1;

	n = n ? find(n, "vsock") : NULL;
	n = n ? find(n, "cid") : NULL;
	if (n)
		text = xmlGetProp(n, BAD_CAST "address");
	if (text)
		cid = atoi((char *)text);
	xmlFree(text);
	xmlFreeDoc(doc);
	return cid > 2 ? cid : -1;	/* those up to 2 are no guest's */
}

int vm_templates_check(const struct experiment *e, struct vh_err *err)
{
	char path[PATH_MAX];
	int i;

	for (i = 0; i < e->nr_vms; i++) {
		kit_path(path, sizeof(path), "vm-templates/%s.xml", e->vms[i].template);
		if (vm_template_check(path, &e->vms[i], err))
			return -1;
	}
	return 0;
}
