// SPDX-License-Identifier: GPL-2.0-only
/*
 * Provenance in report.md: a few lines out of env.json and env-boot<N>.json, and
 * how to make the same run again. All the rest is in those files.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "report/provenance.h"

static json_object *load(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct vh_err unused;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, R_OK) ? NULL : json_load_file(path, &unused);
}

/* Member by member down @path, such as "host.sched.base_slice_ns". */
static json_object *at(json_object *o, const char *path)
{
	char part[64];
	size_t n;

	while (o && *path) {
		n = strcspn(path, ".");
		snprintf(part, sizeof(part), "%.*s", (int)n, path);
		o = json_object_object_get(o, part);
		path += n + (path[n] == '.');
	}
	return o;
}

/* A line for @path of @o; a @label that begins with blanks belongs to the line above. */
static void item(json_object *o, const char *path, const char *label, FILE *out)
{
	int indent = strspn(label, " ");
	json_object *v = at(o, path);

	if (v)
		fprintf(out, "%*s- %s: %s\n", indent, "", label + indent,
			json_object_get_string(v));
}

static size_t nr_members(json_object *list)
{
	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static void kit(json_object *env, FILE *out)
{
	json_object *sha = at(env, "kit.git_sha");

	fprintf(out, "- kit: %s", json_object_get_string(at(env, "kit.version")));
	fprintf(out, ", commit %s", sha ? json_object_get_string(sha) : "unknown");
	if (json_object_get_boolean(at(env, "kit.git_dirty")))
		fprintf(out, ", **with changes that are not committed** (%zu files: kit.git_changes in env.json)",
			nr_members(at(env, "kit.git_changes")));
	else if (!at(env, "kit.git_dirty"))
		fprintf(out, ", and whether it was changed is unknown");
	fprintf(out, "\n- series: sha256 %.12s\n",
		jget_str(at(env, "kit"), "series_sha256", "unknown"));
}

static void kernels(json_object *env, FILE *out)
{
	json_object *k = json_object_object_get(env, "kernels");

	if (!json_object_is_type(k, json_type_object))
		return;
	json_object_object_foreach(k, name, v) {
		fprintf(out, "- kernel %s: %s", name, jget_str(v, "release", "unknown release"));
		fprintf(out, ", build %s", jget_str(v, "build", "unknown"));
		fprintf(out, ", config sha256 %.12s\n", jget_str(v, "config_sha256", "unknown"));
	}
}

static void packages(json_object *env, FILE *out)
{
	json_object *p = json_object_object_get(env, "packages");
	const char *sep = "- packages: ";

	if (!json_object_is_type(p, json_type_object))
		return;
	json_object_object_foreach(p, name, v) {
		if (!v)
			continue;
		fprintf(out, "%s%s %s", sep, name, json_object_get_string(v));
		sep = ", ";
	}
	if (*sep == ',')
		fputc('\n', out);
}

static void outer(json_object *env, FILE *out)
{
	item(env, "started_utc", "started", out);
	kit(env, out);
	item(env, "machine.cpu_model", "machine", out);
	item(env, "machine.cpus", "machine's CPUs", out);
	item(env, "machine.kernel", "machine's kernel", out);
	item(env, "machine.loadavg", "load average at the start", out);
	item(env, "machine.steal_share_since_boot", "share of time stolen from the machine", out);
	kernels(env, out);
	item(env, "emulator.version", "emulator", out);
	item(env, "emulator.build", "  its build", out);
	packages(env, out);
}

/* What the machine did while the runs were made, from the start to the end of each part. */
static void meanwhile(const char *dir, FILE *out)
{
	char name[40] = "env-end.json";
	json_object *o;
	int i;

	for (i = 1; (o = load(dir, name)); i++) {
		item(o, "seconds", "seconds from start to end", out);
		item(o, "steal_share", "share of time stolen from the machine meanwhile", out);
		item(o, "loadavg", "load average at the end", out);
		json_object_put(o);
		snprintf(name, sizeof(name), "env-end-resume%d.json", i);
	}
}

/* A list of words, of the first VM that has it. */
static void guest_features(json_object *boot, FILE *out)
{
	json_object *guests = json_object_object_get(boot, "guests"), *list;
	size_t i;

	if (!json_object_is_type(guests, json_type_object))
		return;
	json_object_object_foreach(guests, name, v) {
		list = at(v, "paravirt.features");
		if (!nr_members(list))
			continue;
		fprintf(out, "  - paravirtual features that KVM gave guest %s:", name);
		for (i = 0; i < nr_members(list); i++)
			fprintf(out, "%s %s", i ? "," : "",
				json_object_get_string(json_object_array_get_idx(list, i)));
		fputc('\n', out);
		return;
	}
}

/* Of the first boot that left its file; all boots have one each. */
static void inner(const struct report *r, const char *dir, FILE *out)
{
	json_object *o = NULL;
	char name[32];
	int i;

	for (i = 0; !o && i < r->plan->nr_boots; i++) {
		snprintf(name, sizeof(name), "env-boot%d.json", i);
		o = load(dir, name);
	}
	if (!o)
		return;
	fprintf(out, "- from %s:\n", name);
	item(o, "host.kernel.release", "  host kernel", out);
	item(o, "host.cpu.model", "  host CPU", out);
	item(o, "host.sched.base_slice_ns", "  base slice (ns)", out);
	item(o, "host.sched.features", "  scheduler features", out);
	item(o, "host.qemu", "  QEMU", out);
	item(o, "host.libvirt", "  libvirt", out);
	item(o, "calibration", "  calibration", out);
	guest_features(o, out);
	json_object_put(o);
}

static void command(json_object *env, FILE *out)
{
	json_object *args = json_object_object_get(env, "command_line");
	size_t i;

	fprintf(out, "## Again\n\nThe run was started by\n\n    ");
	for (i = 0; args && i < json_object_array_length(args); i++)
		fprintf(out, "%s%s", i ? " " : "",
			json_object_get_string(json_object_array_get_idx(args, i)));
	fprintf(out,
		"\n\nand experiment.json is the file as it was then. This report can be made again from the\nraw data alone:\n\n    ./run-experiment report DIR\n");
}

char *report_env_line(const char *dir)
{
	json_object *env = load(dir, "env.json"), *k;
	const char *sep = "; kernels";
	char *text = NULL;
	size_t len;
	FILE *f;

	f = env ? open_memstream(&text, &len) : NULL;
	if (!f)
		goto out;
	fprintf(f, "%s", jget_str(at(env, "machine"), "cpu_model", "unknown CPU"));
	if (at(env, "machine.cpus"))
		fprintf(f, ", %s CPUs", json_object_get_string(at(env, "machine.cpus")));
	fprintf(f, ", Linux %s", jget_str(at(env, "machine"), "kernel", "unknown"));
	fprintf(f, "; vhint %.12s%s", jget_str(at(env, "kit"), "git_sha", "of unknown commit"),
		json_object_get_boolean(at(env, "kit.git_dirty")) ? " with changes" : "");
	k = json_object_object_get(env, "kernels");
	if (json_object_is_type(k, json_type_object)) {
		json_object_object_foreach(k, name, v) {
			fprintf(f, "%s %s %s", sep, name, jget_str(v, "release", "unknown"));
			sep = ",";
		}
	}
	fclose(f);
out:
	json_object_put(env);
	return text;
}

void report_env(const struct report *r, const char *dir, FILE *out)
{
	json_object *env = load(dir, "env.json");

	fprintf(out, "## Where and with what\n\n");
	if (env)
		outer(env, out);
	meanwhile(dir, out);
	inner(r, dir, out);
	fprintf(out, "- everything else: env.json, env-boot*.json, resolved.json\n\n");
	if (env)
		command(env, out);
	json_object_put(env);
}
