// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compared runs on standard output: arm by arm, notes, and the verdicts as the
 * last thing to be read.
 */
#include <string.h>

#include "base/json.h"
#include "base/table.h"
#include "report/compare.h"
#include "report/words.h"

void compare_text_side(const struct compare_side *s, FILE *out)
{
	json_object *kit = json_object_object_get(s->env, "kit");
	int i;

	fprintf(out, "%c  %s\n   started %s, commit %.12s%s, %d of %d runs are good\n", s->label,
		s->dir, jget_str(s->env, "started_utc", "at an unknown time"),
		jget_str(kit, "git_sha", "unknown"),
		jget_bool(kit, "git_dirty", 0) ? " with changes" : "", s->r->ok, s->r->planned);
	for (i = 0; i < s->r->nr_notes; i++)
		fprintf(out, "   note: %s\n", s->r->notes[i]);
}

static void heading_row(const struct compare *c, struct table *t, const char *arm)
{
	int i;

	table_row(t);
	table_cell(t, "%s: %c vs %c", arm, c->b->label, c->a->label);
	table_cell(t, "%c", c->a->label);
	table_cell(t, "%c", c->b->label);
	table_cell(t, "change");
	table_cell(t, "p");
	table_cell(t, "verdict");
	for (i = 1; i < 6; i++)
		table_align_left(t, i);
}

static const struct report_series *series(const struct compare_side *s, int arm, int col)
{
	return &s->r->arms[arm].col[col];
}

/* The arm's comparisons begin at @from. Returns where the next arm's do. */
static int print_arm(const struct compare *c, int from, FILE *out)
{
	struct table *t = table_new();
	int i, arm = c->cmps[from].arm_a;
	char text[96];

	heading_row(c, t, c->a->e->arms[arm].name);
	for (i = from; i < c->nr_cmps && c->cmps[i].arm_a == arm; i++) {
		const struct compare_cmp *cmp = &c->cmps[i];
		const struct report_col *col = &c->a->r->cols[cmp->col_a];

		table_row(t);
		table_cell(t, "%s", word_heading(text, sizeof(text), col));
		table_cell(t, "%s", word_est(text, sizeof(text), col,
					     series(c->a, cmp->arm_a, cmp->col_a)->est));
		table_cell(t, "%s", word_est(text, sizeof(text), col,
					     series(c->b, cmp->arm_b, cmp->col_b)->est));
		table_cell(t, "%s", word_change(text, sizeof(text), col, &cmp->c));
		table_cell(t, "%s", word_p(text, sizeof(text), cmp->c.test.p));
		table_cell(t, "%s", word_verdict(&cmp->c));
	}
	table_print(t, out);
	table_free(t);
	fputc('\n', out);
	return i;
}

void compare_text(const struct compare *c, FILE *out)
{
	const struct compare_cmp *cmp;
	char text[640];
	int i;

	for (i = 0; i < c->nr_cmps;)
		i = print_arm(c, i, out);
	for (i = 0; i < c->notes.nr; i++)
		fprintf(out, "note: %s\n", c->notes.line[i]);
	if (c->notes.nr == COMPARE_MAX_LINES)
		fprintf(out, "note: there is more; compare env.json and env-boot*.json\n");
	fputc('\n', out);
	for (i = 0; i < c->nr_cmps; i++) {
		cmp = &c->cmps[i];
		if (!cmp->col_a)
			fprintf(out, "%c vs %c, %s: %s\n", c->b->label, c->a->label,
				c->a->e->arms[cmp->arm_a].name,
				word_against(text, sizeof(text), &c->a->r->cols[cmp->col_a],
					     series(c->a, cmp->arm_a, cmp->col_a),
					     series(c->b, cmp->arm_b, cmp->col_b), &cmp->c));
	}
}
