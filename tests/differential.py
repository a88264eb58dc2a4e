#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""differential.py PROGRAM [--r]: the kit's statistics against other people's, on random samples

PROGRAM is build/tests/statistics. Without --r the others are scipy and numpy; with it they are R
and its packages exactRankTests, coin and diptest. The last line says how many answers disagree.
"""
import math
import random
import subprocess
import sys

import numpy as np
from scipy import optimize, stats

RND = random.Random(1)


def sample(n, ties=False, shift=0.0):
    if ties:
        return [float(RND.randrange(6) + shift) for _ in range(n)]
    return [RND.lognormvariate(0, 0.5) + shift for _ in range(n)]


def two(ties, most=12):
    return sample(RND.randint(2, most), ties), sample(RND.randint(2, most), ties, RND.choice((0, 1)))


def table():
    na, nb = RND.randint(1, 40), RND.randint(1, 40)
    return [RND.randint(0, na), na, RND.randint(0, nb), nb]


def many(ties):
    return two(ties, 80) if RND.random() < 0.5 else (sample(40, ties), sample(40, ties, 1))


def boots_of_one_size():
    k, m = RND.randint(2, 5), RND.randint(1, 3)
    boots = [b for b in range(k) for _ in range(m)]
    return sample(k * m, True), sample(k * m, True, RND.choice((0, 1))), boots, boots


def parts():
    boots = [b for b in range(RND.randint(2, 6)) for _ in range(RND.randint(1, 5))]
    offset = [RND.gauss(0, 1) for _ in range(6)]
    return [RND.gauss(0, 1) + offset[b] for b in boots], boots


def known(boots):
    return len(set(boots)) < len(boots)


# --- scipy ---


def t_quantile(p, df):
    """scipy's own (1.10) is good to nine digits only"""
    return optimize.brentq(lambda t: stats.t.cdf(t, df) - p, -2000, 2000, xtol=1e-13, rtol=1e-13)


def doubled(less, greater):
    return min(1.0, 2 * min(less, greater))


def brute(a, b, boots_a, boots_b):
    """van Elteren's p from 0/1 labels, by every way to place them"""
    import itertools
    total, found, dist = 0, 0.0, {0.0: 1}
    for boot in sorted(set(boots_a) & set(boots_b)):
        va = [v for v, k in zip(a, boots_a) if k == boot]
        vb = [v for v, k in zip(b, boots_b) if k == boot]
        ranks = stats.rankdata(va + vb) / (len(va + vb) + 1)
        found += sum(ranks[len(va):])
        new = {}
        for c in itertools.combinations(ranks, len(vb)):
            for s, ways in dist.items():
                key = round(s + sum(c), 9)
                new[key] = new.get(key, 0) + ways
        dist = new
    total = sum(dist.values())
    return doubled(sum(w for s, w in dist.items() if s <= found + 1e-6) / total,
                   sum(w for s, w in dist.items() if s >= found - 1e-6) / total)


def newcombe(ka, na, kb, nb):
    ci = [stats.binomtest(k, n).proportion_ci(method="wilson") for k, n in ((ka, na), (kb, nb))]
    pa, pb = ka / na, kb / nb
    return [pb - pa, pb - pa - math.hypot(pb - ci[1].low, ci[0].high - pa),
            pb - pa + math.hypot(ci[1].high - pb, pa - ci[0].low)]


def share_detectable(share, na, nb):
    found = np.array([[stats.fisher_exact([[i, na - i], [j, nb - j]])[1] < 0.05
                       for j in range(nb + 1)] for i in range(na + 1)])
    at = stats.binom.pmf(np.arange(na + 1), na, share) @ found

    def lack(p):
        return at @ stats.binom.pmf(np.arange(nb + 1), nb, p) - 0.8

    return optimize.brentq(lack, share, 1, xtol=1e-14) - share if lack(1) >= 0 else math.nan


def by_scipy():
    """Lines for the program, and what is expected; None: not compared"""
    for _ in range(200):
        x, q = sample(RND.randint(1, 30)), RND.random()
        yield "quantile", [q, *x], [np.quantile(x, q)]
        yield "means", x, [np.mean(x), stats.gmean(x)]
        a, b = two(False, 20)
        t = stats.mannwhitneyu(b, a, method="exact")
        yield "mann_whitney", [len(a), *a, *b], [t.statistic, t.pvalue,
                                                 t.statistic / len(a) / len(b), None]
        a, b = many(RND.random() < 0.5)
        if len(a) + len(b) > 50:
            t = stats.mannwhitneyu(b, a, method="asymptotic", use_continuity=True)
            yield "mann_whitney", [len(a), *a, *b], [t.statistic, t.pvalue,
                                                     t.statistic / len(a) / len(b), 0.05]
        x = sample(RND.randint(3, 30))
        t = stats.kendalltau(range(len(x)), x, method="exact")
        yield "trend", x, [None, t.correlation, t.pvalue]
        ka, na, kb, nb = table()
        ci = stats.binomtest(ka, na).proportion_ci(method="wilson")
        yield "share", [ka, na], [ka / na, ci.low, ci.high]
        yield "share_diff", [ka, na, kb, nb], newcombe(ka, na, kb, nb)
        yield "fisher", [ka, na, kb, nb], [stats.fisher_exact([[ka, na - ka], [kb, nb - kb]])[1]]
        t, df, p = RND.gauss(0, 3), RND.choice((1, 2.5, 7, 30, 400)), RND.uniform(0.001, 0.999)
        yield "student", [t, df], [stats.t.cdf(t, df)]
        yield "student_quantile", [p, df], [t_quantile(p, df)]
        se, alpha = RND.random(), RND.uniform(0.001, 0.05)
        yield "detectable", [se, df, alpha], [
            se * (t_quantile(1 - alpha / 2, df) + t_quantile(0.8, df))]
        d, margin = RND.gauss(0, 0.2), RND.random() / 2
        p = max(stats.t.sf((d + margin) / se, df), stats.t.cdf((d - margin) / se, df))
        yield "equivalence", [d, se, df, margin], [p]
        x, boots = parts()
        if known(boots):
            groups = [[v for v, k in zip(x, boots) if k == b] for b in sorted(set(boots))]
            within = sum(np.var(g) * len(g) for g in groups) / (len(x) - len(groups))
            size = (len(x) - sum(len(g) ** 2 for g in groups) / len(x)) / (len(groups) - 1)
            f = stats.f_oneway(*groups).statistic
            yield "parts", [*x, *boots], [max(0, (f - 1) * within / size), within, size]
    for _ in range(100):
        na, nb = RND.randint(2, 9), RND.randint(2, 9)
        boots_a = [RND.randrange(3) for _ in range(na)]
        boots_b = [RND.randrange(3) for _ in range(nb)]
        if set(boots_a) & set(boots_b):
            a, b = sample(na, RND.random() < 0.5), sample(nb, True, 1)
            yield "van_elteren", [na, *a, *b, *boots_a, *boots_b], [
                None, brute(a, b, boots_a, boots_b), None, None]
    for _ in range(6):
        args = [RND.choice((0, 0.1, 0.4)), RND.randint(5, 16), RND.randint(5, 16)]
        yield "share_detectable", args, [share_detectable(*args)]


# --- R ---

SCRIPT = """
options(warn=-1)
suppressMessages({library(exactRankTests); library(coin); library(diptest)})
doubled <- function(f) min(1, 2 * min(f("less"), f("greater")))
out <- function(...) cat(sprintf("%.17g", c(...)), "\\n")
"""


def r(values):
    return "c(" + ",".join(repr(float(v)) for v in values) + ")"


def by_r():
    """Lines for the program, and R's way to the same; None where R has no such number"""
    for _ in range(150):
        a, b = two(True)
        yield ("mann_whitney", [len(a), *a, *b],
               f"out(NaN, doubled(function(w) wilcox.exact({r(b)}, {r(a)}, alternative=w)$p.value),"
               " NaN, NaN)")
        x = sample(RND.randint(4, 40), RND.random() < 0.5)
        yield "dip", x, f"out(dip({r(x)}))"
        x = sample(RND.randint(4, 30), True)
        yield ("trend", x, f"out(NaN, NaN, cor.test(seq({len(x)}), {r(x)}, method='kendall',"
               " exact=FALSE, continuity=TRUE)$p.value)") if len(set(x)) < len(x) > 6 and \
            len(set(x)) > 1 else ("quantile", [0.3, *x], f"out(quantile({r(x)}, 0.3))")
        ka, na, kb, nb = table()
        yield "share", [ka, na], f"out({ka / na!r}, prop.test({ka}, {na}, correct=FALSE)$conf.int)"
        yield ("fisher", [ka, na, kb, nb],
               f"out(fisher.test(matrix(c({ka}, {na - ka}, {kb}, {nb - kb}), 2))$p.value)")
        p = [RND.random() ** 3 for _ in range(RND.randint(1, 12))]
        yield "holm", p, f"out(p.adjust({r(p)}, 'holm'))"
        t, df, p = RND.gauss(0, 3), RND.choice((1, 2.5, 6, 30)), RND.random()
        yield "student", [t, df], f"out(pt({t!r}, {df}))"
        yield "student_quantile", [p, df], f"out(qt({p!r}, {df}))"
    for _ in range(40):
        a, b, boots_a, boots_b = boots_of_one_size()
        if len(set(a + b)) < 2:
            continue
        groups = ["b"] * len(b) + ["a"] * len(a)
        yield ("van_elteren", [len(a), *a, *b, *boots_a, *boots_b],
               f"d <- data.frame(y={r(b + a)}, g=factor(c({str(groups)[1:-1]}), levels=c('b', 'a')),"
               f" k=factor({r(boots_b + boots_a)})); out(NaN, doubled(function(w) as.numeric(pvalue("
               "independence_test(y ~ g | k, d, distribution='exact', alternative=w, ytrafo="
               "function(x) trafo(x, numeric_trafo=rank_trafo, block=d$k))))), NaN, NaN)")


def answers(text):
    return [[float(v) for v in line.split()] for line in text.splitlines()]


def close(want, have):
    return want is None or math.isclose(want, have, rel_tol=1e-9, abs_tol=1e-9) or \
        (math.isnan(want) and math.isnan(have))


def run(command, text):
    return answers(subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True,
                                  check=True, timeout=100).stdout)


def main():
    use_r = "--r" in sys.argv
    cases = list(by_r() if use_r else by_scipy())
    have = run([sys.argv[1]], "".join(f"{what} {' '.join(map(repr, map(float, args)))}\n"
                                      for what, args, _ in cases))
    wanted = [c[2] for c in cases]
    if use_r:
        rows = run(["Rscript", "--vanilla", "-"], SCRIPT + "\n".join(wanted) + "\n")
        wanted = [[None if math.isnan(v) else v for v in row] for row in rows]
    count, wrong = {}, 0
    for (what, args, _), want, got in zip(cases, wanted, have, strict=True):
        count[what] = count.get(what, 0) + 1
        if len(want) != len(got) or not all(map(close, want, got)):
            wrong += 1
            print(f"{what} {args}: {want} by others, {got} by the kit")
    for what, n in sorted(count.items()):
        print(f"{what}: {n} samples")
    print(f"disagree: {wrong}")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
