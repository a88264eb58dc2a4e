// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arms of the same name in two runs of an experiment, compared.
 */
#include <stdlib.h>
#include <string.h>

#include "report/compare.h"

static int col_of(const struct report *r, const char *key)
{
	int i;

	for (i = 0; i < r->nr_cols; i++) {
		if (!strcmp(r->cols[i].metric->name, key))
			return i;
	}
	return -1;
}

/*
 * Runs of one experiment have one seed as a rule, and resample number i of an arm
 * picks the same repetitions in both: not drawn apart. One of them starts half way.
 */
static int compare_series(struct report_cmp *out, const struct report_series *a,
			  const struct report_series *b, const struct report_col *col)
{
	struct report_series apart = *b;
	int half = STAT_RESAMPLES / 2;

	if (b->resamples) {
		apart.resamples = malloc(STAT_RESAMPLES * sizeof(*apart.resamples));
		if (!apart.resamples)
			return -1;
		memcpy(apart.resamples, b->resamples + half, half * sizeof(*b->resamples));
		memcpy(apart.resamples + half, b->resamples, half * sizeof(*b->resamples));
	}
	*out = report_compare(a, &apart, NULL, col, 0);
	if (b->resamples)
		free(apart.resamples);
	return 0;
}

static int compare_arm(struct compare *c, int arm_a, int arm_b)
{
	const struct report *a = c->a->r, *b = c->b->r;
	struct report_cmp *judged[REPORT_MAX_COLS];
	struct compare_cmp *cmp;
	int i, j, nr = 0;

	compare_arm_facts(c, arm_a, arm_b);
	for (i = 0; i < a->nr_cols; i++) {
		j = col_of(b, a->cols[i].metric->name);
		if (j < 0) {
			compare_line(&c->notes, "%s is measured in %c only", a->cols[i].metric->name,
				     c->a->label);
			continue;
		}
		cmp = &c->cmps[c->nr_cmps++];
		*cmp = (struct compare_cmp) {
			.arm_a = arm_a, .arm_b = arm_b, .col_a = i, .col_b = j,
		};
		if (compare_series(&cmp->c, &a->arms[arm_a].col[i], &b->arms[arm_b].col[j],
				   &a->cols[i]))
			return -1;
		judged[nr++] = &cmp->c;
	}
	report_judge(judged, nr);
	for (j = 0; j < b->nr_cols; j++) {
		if (col_of(a, b->cols[j].metric->name) < 0)
			compare_line(&c->notes, "%s is measured in %c only", b->cols[j].metric->name,
				     c->b->label);
	}
	return 0;
}

static void note_boots(struct compare *c)
{
	const struct report_cmp *cmp;
	int i;

	for (i = 0; i < c->nr_cmps; i++) {
		cmp = &c->cmps[i].c;
		if (c->cmps[i].col_a || (cmp->boots[0] >= STAT_MIN_BOOTS &&
					 cmp->boots[1] >= STAT_MIN_BOOTS))
			continue;
		compare_line(&c->notes,
			     "%s was measured in %d and %d boots: boots are compared with boots, and fewer than %d of each never show a difference",
			     c->a->e->arms[c->cmps[i].arm_a].name, cmp->boots[0], cmp->boots[1],
			     STAT_MIN_BOOTS);
		return;
	}
}

static void note_control(struct compare *c)
{
	const struct compare_cmp *cmp;
	int i, controls = 0;

	for (i = 0; i < c->nr_cmps; i++) {
		cmp = &c->cmps[i];
		if (cmp->col_a || !compare_is_control(c, cmp->arm_a, cmp->arm_b))
			continue;
		controls++;
		if (cmp->c.verdict > STAT_SAME)
			compare_line(&c->notes,
				     "%s differs, although its kernel is the same and it has no policy: the machine has changed, and that may explain other differences, too",
				     c->a->e->arms[cmp->arm_a].name);
	}
	if (!controls)
		compare_line(&c->notes,
			     "no arm with the same kernel and without a policy is in both: a change of the machine cannot be told from a change of the kit");
	compare_line(&c->notes,
		     "%c and %c were made at different times: every difference contains whatever else changed in between. Arms of one run do not have this problem",
		     c->a->label, c->b->label);
}

static void note_alone(struct compare *c, const struct compare_side *s,
		       const struct compare_side *other)
{
	int i;

	for (i = 0; i < s->e->nr_arms; i++) {
		if (exp_arm_index(other->e, s->e->arms[i].name) < 0)
			compare_line(&c->notes, "arm %s is in %c only, and not compared",
				     s->e->arms[i].name, s->label);
	}
}

static int compare_arms(struct compare *c)
{
	const struct experiment *a = c->a->e, *b = c->b->e;
	int i, j, pairs = 0;

	for (i = 0; i < a->nr_arms; i++)
		pairs += exp_arm_index(b, a->arms[i].name) >= 0;
	if (!pairs)
		compare_line(&c->refusals,
			     "resolved.json: $.arms: no name of an arm is in both: the first is \"%s\" in %c, \"%s\" in %c",
			     a->arms[0].name, c->a->label, b->arms[0].name, c->b->label);
	if (c->refusals.nr)
		return 0;
	note_alone(c, c->a, c->b);
	note_alone(c, c->b, c->a);
	for (i = 0; i < a->nr_arms; i++) {
		j = exp_arm_index(b, a->arms[i].name);
		if (j >= 0 && compare_arm(c, i, j))
			return -1;
	}
	note_boots(c);
	note_control(c);
	return 0;
}

int compare_make(struct compare *c, const struct compare_side *a, const struct compare_side *b,
		 struct vh_err *err)
{
	memset(c, 0, sizeof(*c));
	c->a = a;
	c->b = b;
	compare_facts(c);
	if (!compare_arms(c))
		return 0;
	compare_free(c);
	return vh_err(err, VH_BAD_HOST, "out of memory");
}

static void free_lines(struct compare_lines *l)
{
	while (l->nr)
		free(l->line[--l->nr]);
}

void compare_free(struct compare *c)
{
	free_lines(&c->refusals);
	free_lines(&c->notes);
}

int compare_refuse(const struct compare *c, struct vh_err *err)
{
	char text[3000] = "";
	size_t used = 0;
	int i;

	for (i = 0; i < c->refusals.nr; i++) {
		if (used + strlen(c->refusals.line[i]) + 40 > sizeof(text))
			break;
		used += sprintf(text + used, "\n  %s", c->refusals.line[i]);
	}
	if (i < c->refusals.nr)
		sprintf(text + used, "\n  and %d more", c->refusals.nr - i);
	return vh_err(err, VH_BAD_EXPERIMENT,
		      "these runs cannot be compared:%s\n%c is %s\n%c is %s\nCompare runs of one experiment that were made in the same place, by the same clock",
		      text, c->a->label, c->a->dir, c->b->label, c->b->dir);
}
