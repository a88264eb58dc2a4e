// SPDX-License-Identifier: GPL-2.0-only
/*
 * The man page.
 */
#include <string.h>

#include "base/kit.h"
#include "cli/manual.h"
#include "cli/roff.h"
#include "experiment/keys.h"

static void section(const char *title, FILE *out)
{
	fprintf(out, ".SH %s\n", title);
}

static void put_items(const struct help_text *h, FILE *out)
{
	const struct help_item *item;

	for (item = h->items; item < h->items + h->nr; item++) {
		switch (item->kind) {
		case HELP_SYNOPSIS:
			break;	/* the head of the section */
		case HELP_TEXT:
		case HELP_HEADING:
			fputs(".PP\n", out);
			roff_line(item->text, out);
			break;
		case HELP_ENTRY:
			roff_entry(item->head, item->text, out);
			break;
		case HELP_EXIT:
			fputs(".PP\nExit status:\n", out);
			roff_line(item->text, out);
			break;
		}
	}
}

static void put_synopsis(const struct help_text *h, FILE *out)
{
	int i;

	for (i = 0; i < h->nr; i++) {
		if (h->items[i].kind != HELP_SYNOPSIS)
			continue;
		fputs(".nf\n", out);
		roff_line(h->items[i].head, out);
		fputs(".fi\n", out);
	}
}

static void put_commands(const struct manual *m, FILE *out)
{
	const struct manual_command *c;

	section("COMMANDS", out);
	for (c = m->commands; c < m->commands + m->nr_commands; c++) {
		fputs(".SS ", out);
		roff_text(c->in_list.head, out);
		fputc('\n', out);
		put_synopsis(&c->help, out);
		put_items(&c->help, out);
	}
}

static void put_keys(FILE *out)
{
	char want[128], text[1024];
	const struct exp_key *k;
	const char *dflt;

	section("EXPERIMENT FILES", out);
	fputs("An experiment file is JSON. Its keys, with dots for members and [] for the elements of an array:\n",
	      out);
	for (k = exp_keys; k < exp_keys + nr_exp_keys; k++) {
		if (k->internal)
			continue;
		dflt = k->needed ? "needed" : k->derived ? k->derived : k->dflt;
		snprintf(text, sizeof(text), "%s (%s%s%s)", k->doc,
			 exp_key_expected(k, want, sizeof(want)),
			 k->needed ? "; " : dflt ? "; default: " : "", dflt ? dflt : "");
		roff_entry(k->path, text, out);
	}
}

static void put_names(const char *title, enum name_kind kind, FILE *out)
{
	struct name_list l;
	int i;

	section(title, out);
	names_get(kind, &l);
	for (i = 0; i < l.nr; i++)
		roff_entry(l.name[i], l.summary[i], out);
}

static void put_metrics(const struct manual *m, FILE *out)
{
	static const char *const better[] = { "less is better", "", "more is better" };
	const struct metric *metric;
	char text[512];

	section("METRICS", out);
	fputs("Those that a report has by itself, those of the host, and those of the workloads.\n", out);
	for (metric = m->metrics; metric < m->metrics + m->nr_metrics; metric++) {
		const char *word = better[metric->better + 1];

		snprintf(text, sizeof(text), "%s%s%s%s%s%s", metric->doc,
			 *metric->unit || *word ? " (" : "", metric->unit,
			 *metric->unit && *word ? "; " : "", word,
			 *metric->unit || *word ? ")" : "");
		roff_entry(metric->name, text, out);
	}
}

/* Paragraphs of the main help text in front of the list of commands; or what is said of exits. */
static void put_main(const struct manual *m, enum help_kind kind, FILE *out)
{
	const struct help_item *item;
	int i;

	for (i = 0; i < m->main.nr; i++) {
		item = &m->main.items[i];
		if (kind == HELP_TEXT && item->kind == HELP_HEADING)
			return;
		if (item->kind == kind)
			roff_line(item->text, out);
	}
}

void manual_man(const struct manual *m, FILE *out)
{
	fprintf(out, ".\\\" SPDX-License-Identifier: GPL-2.0-only\n"
		".\\\" Made by: run-experiment schema --man\n"
		".TH RUN\\-EXPERIMENT 1 \"\" \"vhint %s\" \"vhint\"\n", KIT_VERSION);
	section("NAME", out);
	fputs("run\\-experiment \\- measure what hints from guests to the host's scheduler are good for\n",
	      out);
	section("SYNOPSIS", out);
	put_synopsis(&m->main, out);
	section("DESCRIPTION", out);
	put_main(m, HELP_TEXT, out);
	put_commands(m, out);
	put_keys(out);
	put_names("WORKLOADS", NAME_WORKLOAD, out);
	put_names("POLICIES", NAME_POLICY, out);
	put_metrics(m, out);
	section("EXIT STATUS", out);
	put_main(m, HELP_EXIT, out);
	section("ENVIRONMENT", out);
	roff_entry("VHINT_RESULTS", "The folder where runs are kept; without it, results/ in the kit.", out);
	section("FILES", out);
	roff_entry("results/<experiment>/<UTC time>-<id>/", "What a run leaves.", out);
	roff_entry("results/<experiment>/latest", "Leads to the last one.", out);
	section("SEE ALSO", out);
	fputs(".BR virsh (1),\n.BR trace\\-cmd (1),\n.BR perf (1)\n", out);
}
