// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completion for bash.
 */
#include <ctype.h>
#include <string.h>

#include "cli/manual.h"
#include "experiment/keys.h"

static void put_names(enum name_kind kind, FILE *out)
{
	struct name_list l;
	int i;

	names_get(kind, &l);
	for (i = 0; i < l.nr; i++)
		fprintf(out, "%s%s", i ? " " : "", l.name[i]);
}

/* A shell's variable with the names of one kind. */
static void put_variable(const char *name, enum name_kind kind, FILE *out)
{
	fprintf(out, "\tlocal %s='", name);
	put_names(kind, out);
	fputs("'\n", out);
}

static void put_metrics(const struct manual *m, FILE *out)
{
	int i;

	fputs("\tlocal metrics='any", out);
	for (i = 0; i < m->nr_metrics; i++) {
		if (m->metrics[i].better)
			fprintf(out, " %s", m->metrics[i].name);
	}
	fputs("'\n", out);
}

static void put_keys(FILE *out)
{
	const char *before = "";
	int i;

	fputs("\tlocal keys='", out);
	for (i = 0; i < nr_exp_keys; i++) {
		if (exp_keys[i].internal || exp_keys[i].path[0] == '$' ||
		    exp_keys[i].type == KEY_OBJECT)
			continue;
		fprintf(out, "%s%s=", before, exp_keys[i].path);
		before = " ";
	}
	fputs("'\n", out);
}

/* Words of a synopsis such as "list [experiments|policies]". */
static void put_choices(const struct help_text *h, FILE *out)
{
	const char *p = h->nr ? strchr(h->items[0].head, '[') : NULL;

	if (!p || !strchr(p, '|'))
		return;
	for (p++; *p && *p != ']'; p++)
		fputc(*p == '|' ? ' ' : *p, out);
	fputc(' ', out);
}

static void put_command(const struct manual_command *c, FILE *out)
{
	char name[64], last[64] = "";
	int i, nr;

	fprintf(out, "\t%s) words='", c->name);
	put_choices(&c->help, out);
	for (i = 0; i < c->help.nr; i++) {
		for (nr = 0; help_option(&c->help.items[i], nr, name, sizeof(name)); nr++) {
			if (strcmp(name, last))
				fprintf(out, "%s ", name);
			strcpy(last, name);
		}
	}
	fputs("' ;;\n", out);
}

/* What can be behind an option, by the word that stands for it in its help text. */
static const struct {
	const char *value, *words;
} values[] = {
	{ "PLACE", "$places" }, { "CLOCK", "$clocks" }, { "NAME", "$kernels" },
	{ "N", "" }, { "S", "" }, { "MIB", "" }, { "MiB", "" }, { "A,B", "" },
};

static const char *words_for(const char *value)
{
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (!strcmp(values[i].value, value))
			return values[i].words;
	}
	/* the value itself, such as lab of --where lab: one of a list of names */
	if (!strcmp(value, "lab") || !strcmp(value, "host"))
		return "$places";
	return islower((unsigned char)*value) && !strchr(value, ':') ? value : NULL;
}

/* Options whose values are known, over all commands; the same name is of the same kind. */
static void put_options(const struct manual *m, FILE *out)
{
	const struct manual_command *c;
	const struct help_item *item;
	char name[64], last[64] = "";

	for (c = m->commands; c < m->commands + m->nr_commands; c++) {
		for (item = c->help.items; item < c->help.items + c->help.nr; item++) {
			const char *words = *help_value(item) ? words_for(help_value(item)) : NULL;

			if (!words || !help_option(item, 0, name, sizeof(name)) ||
			    !strcmp(name, last))
				continue;	/* "--where lab" and "--where host" are one */
			strcpy(last, name);
			fprintf(out, "\t%s:%s) words=\"%s\"; known=1 ;;\n", c->name, name, words);
		}
	}
}

static const char head[] =
	"# SPDX-License-Identifier: GPL-2.0-only\n"
	"# Completion for bash, made by: run-experiment schema --completion bash\n"
	"\n"
	"_run_experiment()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal before=${COMP_WORDS[COMP_CWORD-2]:-} command=run words='' known=''\n";

/* Bash splits words at "=" and ":". */
static const char middle[] =
	"\n"
	"\t[[ $cur != = ]] || cur=\n"
	"\tif [[ $prev == = ]]; then prev=$before; fi\n"
	"\tif [[ $cur == : ]]; then before=$prev prev=: cur=; fi\n"
	"\tif [[ $prev == : && $before == worse ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"$metrics\" -- \"$cur\")\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif ((COMP_CWORD > 1)) && [[ \" $commands \" == *\" ${COMP_WORDS[1]} \"* ]]; then\n"
	"\t\tcommand=${COMP_WORDS[1]}\n"
	"\tfi\n"
	"\tcase $prev in\n"
	"\t--set) words=$keys; known=1; compopt -o nospace 2>/dev/null ;;\n"
	"\t--fail-if) words=worse:; known=1; compopt -o nospace 2>/dev/null ;;\n"
	"\tesac\n";

static const char tail[] =
	"\t[[ $COMP_CWORD != 1 || $cur == -* ]] || words=\"$words $commands\"\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	"}\n"
	"complete -o default -F _run_experiment run-experiment ./run-experiment\n";

void manual_bash(const struct manual *m, FILE *out)
{
	int i;

	fputs(head, out);
	put_variable("places", NAME_WHERE, out);
	put_variable("clocks", NAME_CLOCK, out);
	put_variable("kernels", NAME_KERNEL, out);
	put_metrics(m, out);
	put_keys(out);
	fputs("\tlocal commands='", out);
	for (i = 0; i < m->nr_commands; i++)
		fprintf(out, "%s%s", i ? " " : "", m->commands[i].name);
	fputs("'\n", out);
	fputs(middle, out);
	fputs("\tcase $command:$prev in\n", out);
	put_options(m, out);
	fputs("\tesac\n"
	      "\tif [[ $known ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tcase $command in\n", out);
	for (i = 0; i < m->nr_commands; i++)
		put_command(&m->commands[i], out);
	fputs("\tesac\n", out);
	fputs(tail, out);
}
