/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VHINT_STAT_FISHER_H
#define VHINT_STAT_FISHER_H

/*
 * Fisher's exact p, two-sided, of @ka out of @na against @kb out of @nb; NAN if one of them is
 * out of none. Pure.
 */
double stat_fisher(int ka, int na, int kb, int nb);

#endif /* VHINT_STAT_FISHER_H */
