// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nearest known name, by edit distance.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/suggest.h"

#define MAX_WORD 64

static int min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

static int same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

int suggest_distance(const char *a, const char *b)
{
	int d[MAX_WORD + 1][MAX_WORD + 1];
	int na = strlen(a), nb = strlen(b);
	int i, j;

	if (na > MAX_WORD || nb > MAX_WORD)
		return na > nb ? na : nb;
	for (i = 0; i <= na; i++)
		d[i][0] = i;
	for (j = 0; j <= nb; j++)
		d[0][j] = j;
	for (i = 1; i <= na; i++) {
		for (j = 1; j <= nb; j++) {
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[na][nb];
}

/* A typing error, or an abbreviation that the known name begins or ends with. */
static int is_near(const char *word, const char *known, int distance)
{
	size_t nw = strlen(word), nk = strlen(known);

	if (distance <= (int)(nw + 2) / 3 && distance < (int)nw)
		return 1;
	return nw >= 3 && nk > nw &&
	       (!strncmp(known, word, nw) || !strcmp(known + nk - nw, word));
}

const char *suggest_nearest(const char *word, const char *const *known, int n)
{
	const char *best = NULL;
	int best_distance = 0;
	int i, d;

	for (i = 0; i < n; i++) {
		d = suggest_distance(word, known[i]);
		if (is_near(word, known[i], d) && (!best || d < best_distance)) {
			best = known[i];
			best_distance = d;
		}
	}
	return best;
}
