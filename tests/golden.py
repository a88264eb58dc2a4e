#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""golden.py DIR [FILE]: the numbers of DIR/summary.json, from the raw data, by another way

Reads resolved.json and runs.ndjson of DIR and computes values, estimates, intervals and
comparisons as results/README.md describes them ("How the numbers are made"). It shares nothing
with the driver but that text: distributions are enumerated or taken from scipy. Every number
must agree to 1e-9 with DIR/summary.json; with FILE, also with what FILE holds, which
`golden.py DIR --write FILE` wrote. Prints what differs; the exit code is 1 if anything does.
"""
import json
import math
import sys

import numpy as np
from scipy import stats

sys.dont_write_bytecode = True  # beside the sources
from golden_random import Random, derive    # noqa: E402
from golden_tests import (ALPHA, NAN, POWER, fisher, holm, newcombe, pairs_u,  # noqa: E402
                          permutation_p, share_detectable, t_quantile, wilson)

RESAMPLES, MIN_RUNS, LARGE_BOOT, STALL = 4000, 6, 20, 10

# --- the bootstrap: a row of weights for each resample ---


def groups(boots, only=None):
    order = list(dict.fromkeys(boots)) if only is None else only
    return [[i for i, b in enumerate(boots) if b == which] for which in order]


def draw_boots(parts, n, boots, runs):
    rows = np.zeros((RESAMPLES, n))
    for row in rows:
        for _ in parts:
            part = parts[boots.below(len(parts))] if len(parts) > 1 else parts[0]
            for _ in part:
                row[part[runs.below(len(part))]] += 1
    return rows


def draw_within(parts, n, runs):
    rows = np.zeros((RESAMPLES, n))
    for row in rows:
        for part in parts:
            draws = len(part) - 1 if len(part) < LARGE_BOOT else len(part)
            for _ in range(draws):
                row[part[runs.below(len(part))]] += len(part) / draws
    return rows


def weighted_median(values, weights):
    """Of each row of weights; values may be a row for all, or one for each"""
    values = np.broadcast_to(values, weights.shape)
    order = np.argsort(values, axis=1, kind="stable")
    v = np.take_along_axis(values, order, 1)
    sums = np.cumsum(np.take_along_axis(weights, order, 1), axis=1)
    half = sums[:, -1:] / 2
    lower = np.argmax(sums >= half - 1e-6, axis=1)
    upper = np.argmax(sums > half + 1e-6, axis=1)
    rows = np.arange(len(v))
    return (v[rows, lower] + v[rows, upper]) / 2


def interval(resamples):
    return [float(np.quantile(resamples, q)) for q in (0.025, 0.975)]


# --- the data ---


class Data:
    def __init__(self, folder):
        with open(folder + "/resolved.json") as f:
            self.e = json.load(f)
        self.vms = []
        for vm in self.e["vms"]:
            for i in range(vm["count"]):
                shape = [vm[k] for k in ("vcpus", "memory_mib", "template", "kernel_args", "pins")]
                name = vm["name"] + (str(i + 1) if vm["count"] > 1 else "")
                self.vms.append((name, json.dumps(shape), vm["vcpus"]))
        self.arms = {a["name"]: a for a in self.e["arms"]}
        last = {}
        with open(folder + "/runs.ndjson") as f:
            for record in map(json.loads, f):
                if record["ok"] or not last.get(record["run"], {"ok": False})["ok"]:
                    last[record["run"]] = record
        self.tried = {name: [0, 0] for name in self.arms}   # attempts that failed, that did not
        with open(folder + "/runs.ndjson") as f:
            for record in map(json.loads, f):
                self.tried[record["arm"]][record["ok"]] += 1
        self.runs = {name: [] for name in self.arms}
        self.failed = {name: 0 for name in self.arms}
        for boot in self.e["plan"]["boots"]:
            for run in boot["runs"]:
                record = last.get(run["id"])
                if run["warmup"] or not record:
                    continue
                if record["ok"]:
                    self.runs[run["arm"]].append(record)
                else:
                    self.failed[run["arm"]] += 1
        self.times_alone()

    def vm(self, record, name):
        return next(v for v in record["vms"] if v["name"] == name)

    def share(self, a, b):
        return self.arms[a]["kernel"] == self.arms[b]["kernel"]

    def times_alone(self):
        """Of each boot of the baseline and of all, by shape: the median and its resamples"""
        pools = {}
        for record in self.runs[self.e["baseline"]]:
            for name, shape, _ in self.vms:
                t = self.vm(record, name)["alone_s"]
                if t:
                    for key in (record["boot"], shape), (None, shape):
                        pools.setdefault(key, []).append((t, record["boot"]))
        self.alone = {}
        for (boot, shape), pool in pools.items():
            first = next(name for name, s, _ in self.vms if s == shape)
            values = np.array([t for t, _ in pool])
            parts = groups([b for _, b in pool])
            rnd = Random(derive(self.e["seed"], "reference", first,
                                "any" if boot is None else str(boot)))
            weights = draw_boots(parts, len(pool), rnd, rnd)
            self.alone[boot, shape] = (np.median(values), weighted_median(values, weights))

    def alone_of(self, arm, boot, shape):
        key = (boot if self.share(arm, self.e["baseline"]) else None, shape)
        return self.alone.get(key) or self.alone.get((None, shape))


def hist_upper(lower):
    """The highest value of the bin that begins at lower: 32 bins to a power of two"""
    return lower if lower < 32 else lower + (1 << (lower.bit_length() - 6)) - 1


class Merged:
    """Percentiles of merged histograms of guests (bins of 3 %) or of the policy (powers of two)"""

    scale = 1.0     # times this, all weights are whole

    def __init__(self, hists, percent, unit_ns, host):
        self.percent, self.unit, self.host = percent, unit_ns, host
        self.bins = sorted({b for h in hists for b, _ in h["bins"]})
        self.counts = np.array([[dict(map(tuple, h["bins"])).get(b, 0) for h in hists]
                                for b in self.bins], dtype=float)
        self.max = np.array([h.get("max_ns") or 0 for h in hists], dtype=float)

    def __call__(self, weights, _=None):
        sums = np.cumsum(weights @ self.counts.T, axis=1)
        rank = self.percent / 100 * sums[:, -1]
        if not self.host:
            # weights that stand for n / (n - 1) count in whole numbers: ranks are of those
            rank = np.maximum(1, np.ceil(rank * self.scale - 1e-6)) / self.scale
        out = np.empty(len(weights))
        for i, row in enumerate(sums):
            at = int(np.argmax(row >= rank[i] - 1e-9))
            low = self.bins[at]
            if self.host:
                below = row[at - 1] if at else 0
                out[i] = low + max(low, 1) * (rank[i] - below) / (row[at] - below)
            else:
                out[i] = min(hist_upper(low), self.max[weights[i] > 0].max())
        return out / self.unit


def merge(hists):
    bins = {}
    for h in hists:
        for low, count in h["bins"]:
            bins[low] = bins.get(low, 0) + count
    return {"bins": sorted(bins.items()), "max_ns": max(h["max_ns"] for h in hists)}


PERCENTILES = {"call_p50_us": ("call_ns", 50, 1e3), "call_p99_us": ("call_ns", 99, 1e3),
               "hint_age_p50_us": ("hint_age", 50, 1e3), "hint_age_p99_us": ("hint_age", 99, 1e3)}


class Series:
    """The values of a metric in an arm, and what makes an estimate of rows of weights"""

    def __init__(self, data, arm, key, info):
        self.arm, self.key, self.kind = arm, key, info["estimate"]
        self.v, self.run, self.boot = [], [], []
        self.est, self.value, self.data = None, NAN, data
        records = data.runs[arm]
        if key in ("slowdown", "stp", "antt", "stalled_share"):
            self.of_slowdowns(records)
        elif key in PERCENTILES:
            self.of_histograms(records)
        else:
            for r in records:
                self.add(r, self.plain(r))
        if self.est is None:
            v = np.array(self.v)
            if self.kind == "geometric_mean":
                self.est = lambda w, _=None: np.exp(w @ np.log(v) / w.sum(1))
            else:
                self.est = lambda w, _=None: weighted_median(v, w)

    def add(self, record, v):
        if v is None:
            return False
        self.v.append(float(v))
        self.run.append(record["run"])
        self.boot.append(record["boot"])
        return True

    def plain(self, r):
        field = {"contended_s": "contended_s", "elapsed_s": "contended_s", "alone_s": "alone_s"}
        vms = [self.data.vm(r, name) for name, _, _ in self.data.vms]
        if self.key in field:
            v = [vm[field[self.key]] for vm in vms]
        elif any(self.key in (vm.get("workload") or {}) for vm in vms):
            v = [vm["workload"][self.key] for vm in vms]
        else:
            return r["metrics"].get(self.key)
        if self.key == "alone_s":
            v = [x for x in v if x is not None]
        return sum(v) / len(v) if v and None not in v else None

    def of_slowdowns(self, records):
        data, rows, alone = self.data, [], []
        ideal = max(1, sum(min(c, data.e["machine"]["cpus"]) for _, _, c in data.vms) /
                    data.e["machine"]["cpus"])
        for r in records:
            refs = [data.alone_of(self.arm, r["boot"], shape) for _, shape, _ in data.vms]
            c = [data.vm(r, name)["contended_s"] for name, _, _ in data.vms]
            if None in refs:
                continue
            s = np.array(c) / np.array([ref[0] for ref in refs])
            self.add(r, {"slowdown": math.exp(np.mean(np.log(s))), "stp": sum(1 / s),
                         "antt": np.mean(s), "stalled_share": any(s > STALL * ideal)}[self.key])
            rows.append(c)
            alone.append([ref[1] for ref in refs])
        if not rows or self.key == "stalled_share":
            v = np.array(self.v)
            self.est = lambda w, _=None: w @ v / w.sum(1)
            return
        contended, alone = np.array(rows), np.array(alone)      # run, VM; run, VM, resample
        slow = contended[:, :, None] / alone
        each = {"slowdown": np.log(slow).mean(1), "stp": (1 / slow).sum(1),
                "antt": slow.mean(1)}[self.key].T               # resample, run
        v = np.log(self.v) if self.key == "slowdown" else np.array(self.v)

        def estimate(w, own=False):
            values = v if own else each
            if self.key == "slowdown":
                return np.exp((w * values).sum(1) / w.sum(1))
            return weighted_median(values, w)

        self.est = estimate

    def of_histograms(self, records):
        member, percent, unit = PERCENTILES[self.key]
        hists, host = [], member == "hint_age"
        for r in records:
            own = [r.get(member)] if host else [self.data.vm(r, name)["workload"].get(member)
                                                for name, _, _ in self.data.vms]
            if None in own:
                continue
            h = own[0] if host else merge(own)
            self.add(r, float(Merged([h], percent, unit, host)(np.ones((1, 1)))[0]))
            hists.append(h)
        if hists:
            self.est = Merged(hists, percent, unit, host)

    def estimate(self):
        n, self.resamples = len(self.v), None
        if not n:
            return
        rnd = Random(data_seed(self))
        self.value = float(self.est(np.ones((1, n)), True)[0])
        self.resamples = self.est(draw_boots(groups(self.boot), n, rnd, rnd))

    def paired(self, other):
        """Of the boots that both have: how many runs, value and resamples"""
        n, common = len(self.v), common_boots(self, other)
        if not common:
            return 0, NAN, None
        parts = groups(self.boot, common)
        mask = np.array([[float(b in common) for b in self.boot]])
        runs = Random(derive(data_seed(self), "paired"))
        if all(s.boot.count(b) > 1 for s in (self, other) for b in common):
            Merged.scale = scale_of(parts)
            weights = draw_within(parts, n, runs)
        else:
            boots = Random(derive(self.data.e["seed"], "boots", self.key))
            weights = draw_boots(parts, n, boots, runs)
        resamples = self.est(weights)
        Merged.scale = 1.0
        return int(mask.sum()), float(self.est(mask, True)[0]), resamples

    def by_boot(self):
        of = {"geometric_mean": lambda v: math.exp(np.mean(np.log(v))), "share": np.mean}
        return [float(of.get(self.kind, np.median)([self.v[i] for i in part]))
                for part in groups(self.boot)]

    def summary(self):
        n = len(self.v)
        ends = None
        if self.kind == "share" and n:
            ends = list(wilson(int(sum(self.v)), n))
        elif n:
            ends = interval(self.resamples)
        out = {"n": n, self.kind: self.value if n else None,
               "interval_95": ends if n >= MIN_RUNS else None, "values": self.v,
               "runs": self.run}
        if self.kind == "geometric_mean":
            out.update(quantile_90=float(np.quantile(self.v, 0.9)), max=max(self.v),
                       variance_of_log=variance(np.log(self.v), self.boot))
        return out


def common_boots(a, b):
    return sorted(set(a.boot) & set(b.boot))


def scale_of(parts):
    """What makes n / (n - 1) of all boots whole, with nothing in common"""
    draws = [len(p) - 1 if len(p) < LARGE_BOOT else len(p) for p in parts]
    lcm = math.lcm(*(d // math.gcd(d, len(p)) for d, p in zip(draws, parts)))
    whole = [len(p) * lcm // d for d, p in zip(draws, parts)]
    return lcm / math.gcd(*whole)


def data_seed(series):
    return derive(series.data.e["seed"], series.arm, series.key)


def variance(x, boots):
    parts = [x[part] for part in groups(boots)]
    n, k = len(x), len(parts)
    if k < 2 or n <= k:
        return {"between_boots": None, "within_boots": None}
    within = sum(((p - p.mean()) ** 2).sum() for p in parts) / (n - k)
    between = sum(len(p) * (p.mean() - x.mean()) ** 2 for p in parts) / (k - 1)
    size = (n - sum(len(p) ** 2 for p in parts) / n) / (k - 1)
    return {"between_boots": max(0.0, (between - within) / size), "within_boots": within}


def compare(a, b, margin):
    """b against a"""
    shared = a.data.share(a.arm, b.arm)
    out = {"arm": b.arm, "baseline": a.arm, "metric": a.key, "boots_compared": 0}
    both = [boot for boot in dict.fromkeys(a.boot) if boot in b.boot]
    strata = [([v for v, k in zip(a.v, a.boot) if k == boot],
               [v for v, k in zip(b.v, b.boot) if k == boot]) for boot in both]
    p = u = effect = least = NAN
    if shared and strata:
        u = sum(pairs_u(*s) for s in strata)
        effect = u / sum(len(x) * len(y) for x, y in strata)
        p, least = permutation_p(strata)
    elif not shared:
        out["boots_compared"] = len(set(a.boot)) + len(set(b.boot))
        if a.v and b.v:
            boots = (a.by_boot(), b.by_boot())
            u, effect = pairs_u(*boots), pairs_u(a.v, b.v) / (len(a.v) * len(b.v))
            p, least = permutation_p([boots])
    na, va, ra = a.paired(b) if shared else (len(a.v), a.value, a.resamples)
    nb, vb, rb = b.paired(a) if shared else (len(b.v), b.value, b.resamples)
    few = min(na, nb) < MIN_RUNS
    ratio, diff, change, ends, change_ends = False, NAN, NAN, None, None
    error = df = detectable = equivalent = p_fisher = NAN
    if ra is not None and rb is not None:
        diff, ends = vb - va, interval(rb - ra)
        if a.kind == "share":
            # of arms that share boots, the runs of the boots that both have
            sa, sb = ([v for v, boot in zip(s.v, s.boot) if boot in both or not shared]
                      for s in (a, b))
            counts = int(sum(sa)), len(sa), int(sum(sb)), len(sb)
            diff, ends = np.mean(sb) - np.mean(sa), newcombe(*counts)
            p_fisher = fisher(*counts)
            if shared:
                p, detectable = p_fisher, share_detectable(np.mean(sa), len(sa), len(sb))
        else:
            ratio = min(a.v) > 0 and min(b.v) > 0
            if ratio:
                change, change_ends = vb / va - 1, interval(rb / ra - 1)
        if a.kind != "share" and not few:
            error = float(np.std(np.log(rb) - np.log(ra) if ratio else rb - ra, ddof=1))
            df = (na + nb - len(both) - 1 if shared
                  else len(set(a.boot)) + len(set(b.boot)) - 2)
            if least > 0:
                detectable = error * (t_quantile(1 - least / 2, df) + t_quantile(POWER, df))
                detectable = math.expm1(detectable) if ratio else detectable
            if margin:
                room = math.log1p(margin) - abs(math.log1p(change))
                equivalent = float(stats.t.sf(room / error, df))
    if few:
        ends = change_ends = None
    out.update(difference=diff, difference_interval_95=ends, change=change,
               change_interval_95=change_ends, scale="ratio" if ratio else "difference",
               standard_error=error, degrees_of_freedom=df, minimum_detectable=detectable,
               largest_p_that_counts=least, u=u, p=p, effect_a=effect)
    if a.kind == "share":
        out["p_fisher"] = p_fisher
    if margin:
        out["equivalence"] = {"margin": margin, "p": equivalent, "equivalent": equivalent < ALPHA}
    return out


def verdict(c, p, better):
    ends = c["difference_interval_95"]
    if math.isnan(c["difference"]) or math.isnan(p):
        return "-"
    if not ends or ends[0] <= 0 <= ends[1] or p >= ALPHA:
        return "~"
    up = ends[0] > 0
    if better == "none":
        return "higher" if up else "lower"
    return "better" if up == (better == "higher") else "worse"


def judge(pair, metrics):
    p = [NAN if math.isnan(c["difference"]) else c["p"] for c in pair]
    for c, m, own, adjusted in zip(pair, metrics, p, p[:1] + holm(p[1:])):
        c["p_adjusted"] = adjusted
        c["verdict"] = verdict(c, adjusted, m["better"])
        c["verdict_unadjusted"] = verdict(c, own, m["better"])


def pairs_of(data):
    base, arms = data.e["baseline"], data.arms
    pairs = [(arm, base) for arm in arms if arm != base]
    for arm, a in arms.items():
        off = [n for n, o in arms.items() if o["kernel"] == a["kernel"] != "stock" and
               o["policy"] == "none" and not o["hints"]]
        if not data.share(arm, base) and off and off[0] != arm:
            pairs.append((arm, off[0]))
    return pairs


def failing(data):
    """Do the attempts of two arms fail equally often?"""
    tests = [{"arm": arm, "baseline": base,
              "p_fisher": float(stats.fisher_exact([data.tried[arm], data.tried[base]])[1])}
             for arm, base in pairs_of(data)]
    for t, p in zip(tests, holm([t["p_fisher"] for t in tests])):
        t["p_adjusted"] = p
    return tests


def numbers(folder, metrics):
    data = Data(folder)
    series = {}
    for m in metrics:
        every = [Series(data, arm, m["key"], m) for arm in data.arms]
        for s in every:
            s.estimate()
            series[s.arm, s.key] = s
    out = {"arms": [], "comparisons": [], "failed": sum(data.failed.values())}
    for arm in data.arms:
        out["arms"].append({"name": arm, "ok": len(data.runs[arm]), "failed": data.failed[arm],
                            "metrics": {m["key"]: series[arm, m["key"]].summary()
                                        for m in metrics}})
    out["attempts"] = {"comparisons": failing(data)}
    for arm, base in pairs_of(data):
        margin = data.e.get("equivalence_margin", 0) / 100
        pair = [compare(series[base, m["key"]], series[arm, m["key"]], 0 if i else margin)
                for i, m in enumerate(metrics)]
        judge(pair, metrics)
        out["comparisons"] += pair
    return out


def plain(x):
    """As JSON: numpy's numbers as numbers, what is not known as null"""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (float, np.floating)):
        return None if math.isnan(x) else float(x)
    return x


def differences(want, have, path):
    if isinstance(want, dict) and isinstance(have, dict):
        for k in want:
            yield from differences(want[k], have.get(k, "missing"), path + "." + k)
    elif isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for i, (w, h) in enumerate(zip(want, have)):
            yield from differences(w, h, f"{path}[{i}]")
    elif type(want) in (int, float) and type(have) in (int, float):
        if not math.isclose(want, have, rel_tol=1e-9, abs_tol=1e-9):
            yield f"{path}: {want!r} by golden.py, {have!r} in the file"
    elif want != have:
        yield f"{path}: {want!r} by golden.py, {have!r} in the file"


def main():
    folder, rest = sys.argv[1], sys.argv[2:]
    with open(folder + "/summary.json") as f:
        summary = json.load(f)
    mine = plain(numbers(folder, summary["metrics"]))
    if rest[:1] == ["--write"]:
        with open(rest[1], "w") as f:
            json.dump(mine, f, indent=1)
            f.write("\n")
        return 0
    wrong = list(differences(mine, summary, "$"))
    if rest:
        with open(rest[0]) as f:
            wrong += differences(mine, json.load(f), rest[0])
    print("\n".join(wrong[:40]) if wrong else
          f"{len(mine['comparisons'])} comparisons agree to 1e-9")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
