/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "Did you mean": the known name that is nearest to what was typed. Pure.
 */
#ifndef VHINT_BASE_SUGGEST_H
#define VHINT_BASE_SUGGEST_H

/*
 * Edits between two names, case aside: insert, delete, replace, or swap of two
 * neighbours (Damerau-Levenshtein, in its optimal string alignment form).
 */
int suggest_distance(const char *a, const char *b);

/*
 * The nearest of the @n @known names to @word, the first of equals; NULL when
 * none is so near that it can have been meant.
 */
const char *suggest_nearest(const char *word, const char *const *known, int n);

#endif /* VHINT_BASE_SUGGEST_H */
