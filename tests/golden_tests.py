# SPDX-License-Identifier: GPL-2.0-only
"""Tests of golden.py: distributions are enumerated or taken from scipy"""
import itertools
import math

import numpy as np
from scipy import optimize, stats

ALPHA, POWER, EXACT = 0.05, 0.8, 50
NAN = float("nan")


def midranks(values):
    return stats.rankdata(values)


def permutation_p(strata):
    """Strata of (values of a, values of b): two-sided p, and the largest p below ALPHA"""
    dist, found = {0: 1}, 0
    n = sum(len(a) + len(b) for a, b in strata)
    if n > EXACT:
        return normal_p(strata)
    scale = math.lcm(*(2 * (len(a) + len(b) + 1) for a, b in strata))
    for a, b in strata:
        weight = scale // (len(a) + len(b) + 1)
        ranks = [int(2 * r) for r in midranks(a + b)]
        found += weight * sum(ranks[len(a):])
        sums = {}
        for choice in itertools.combinations(ranks, len(b)):
            sums[weight * sum(choice)] = sums.get(weight * sum(choice), 0) + 1
        new = {}
        for s, ways in dist.items():
            for t, more in sums.items():
                new[s + t] = new.get(s + t, 0) + ways * more
        dist = new
    total = sum(dist.values())

    def p_of(s):
        below = sum(ways for t, ways in dist.items() if t <= s)
        above = sum(ways for t, ways in dist.items() if t >= s)
        return min(1.0, 2 * min(below, above) / total)

    cumulative = np.cumsum([dist[s] for s in sorted(dist)])
    every = [min(1.0, 2 * float(min(c, total - c + dist[s])) / total)
             for s, c in zip(sorted(dist), cumulative)]
    return p_of(found), max([p for p in every if p < ALPHA], default=0.0)


def normal_p(strata):
    distance = var = 0
    for a, b in strata:
        na, nb, n = len(a), len(b), len(a) + len(b)
        ties = sum(t ** 3 - t for t in np.unique(a + b, return_counts=True)[1])
        u = sum(midranks(a + b)[na:]) - nb * (nb + 1) / 2
        distance += (u - na * nb / 2) / (n + 1)
        var += na * nb / 12 * (n + 1 - ties / (n * (n - 1))) / (n + 1) ** 2
    distance = abs(distance)
    if len(strata) == 1:
        distance -= 0.5 / (len(strata[0][0]) + len(strata[0][1]) + 1)
    if var <= 0 or distance <= 0:
        return 1.0, ALPHA
    return float(2 * stats.norm.sf(distance / math.sqrt(var))), ALPHA


def pairs_u(a, b):
    return sum((y > x) + 0.5 * (y == x) for x in a for y in b)


def t_quantile(p, df):
    return optimize.brentq(lambda t: stats.t.cdf(t, df) - p, -2000, 2000, xtol=1e-13, rtol=1e-13)


def wilson(k, n):
    return stats.binomtest(k, n).proportion_ci(0.95, method="wilson")


def fisher(ka, na, kb, nb):
    return float(stats.fisher_exact([[ka, na - ka], [kb, nb - kb]])[1])


def newcombe(ka, na, kb, nb):
    pa, pb, a, b = ka / na, kb / nb, wilson(ka, na), wilson(kb, nb)
    return [pb - pa - math.hypot(pb - b.low, a.high - pa),
            pb - pa + math.hypot(b.high - pb, pa - a.low)]


def share_detectable(share, na, nb):
    found = np.array([[fisher(i, na, j, nb) < ALPHA for j in range(nb + 1)] for i in range(na + 1)])
    at = stats.binom.pmf(np.arange(na + 1), na, share)

    def lack(p):
        return at @ found @ stats.binom.pmf(np.arange(nb + 1), nb, p) - POWER

    return optimize.brentq(lack, share, 1, xtol=1e-14) - share if lack(1) >= 0 else NAN


def holm(p):
    known = sorted((v, i) for i, v in enumerate(p) if not math.isnan(v))
    out, least = [NAN] * len(p), 0.0
    for place, (v, i) in enumerate(known):
        least = max(least, min(1.0, v * (len(known) - place)))
        out[i] = least
    return out
