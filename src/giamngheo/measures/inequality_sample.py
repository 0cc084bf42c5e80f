"""Sampling errors of the indices of inequality: each is a smooth function of totals, and its error that of its slope.

With the weighted totals N = Σ w, S = Σ w·x, L = Σ w·ln x, X = Σ w·x·ln x, M = Σ w·x^(1-e), and of each row's place among the
amounts of its group (`ranks`) the totals of x·R, R its middle rank, and of the amounts above it, an index is f(N, S, …), and its
linearised variance that of Σ f'_j · total_j over the clusters (`design`):

    mean          S/N
    theil_t       X/S - ln S + ln N
    theil_l       ln S - ln N - L/N
    atkinson:<e>  1 - B, ln B = (ln M - ln N)/(1 - e) + ln N - ln S;  e = 1: ln B = L/N + ln N - ln S
    gini          as concentration in `ranks`
    p90/p10 …     hang on a density (`quantile_sample`)
    parts         within and between groups: on both the row's group and everyone (`inequality_parts`)

One scan brings all these totals by group and cluster; slopes are numbers a group. Where rows are clusters the scan brings the
totals of their products too.

Sources: M. Biewen and S. P. Jenkins, “Variance estimation for generalized entropy and Atkinson inequality indices: the complex
survey data case”, Oxford Bulletin of Economics and Statistics 68 (2006), 371-383; Deville (1999) as in `ranks`.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from giamngheo.measures import clusters, inequality_parts, linearised, quantile_sample, ranks, results
from giamngheo.measures.clusters import Numbers, Totals
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.indices import Wanted, quotient_name
from giamngheo.measures.influence import Error, Errors
from giamngheo.measures.intervals import interval
from giamngheo.measures.linearised import Ratio, Slopes

#: Of the row among everyone, and among its group.
ALL, OWN = "_all", "_own"


def errors(
    rows: Amounts, often: Any, by: Sequence[str], design: Design, wanted: Wanted
) -> tuple[Errors, str]:
    """Of every index, for everyone and by group; and what the design says of itself.

    rows: amounts with all their weight in `_w`; often: that of the row alone. Null is left to the caller.
    """
    levels = {ALL: (), OWN: tuple(by)} if by else {ALL: ()}
    sample = _sample(rows, often, by, design, wanted, levels)
    ends = {tag: quantile_sample.ends(rows, grouped, wanted.points) for tag, grouped in levels.items()}
    own = {name: sample.of(name) for name in sample.sums if isinstance(name, str)}
    whole = {name: np.full(len(of), of.sum()) for name, of in own.items()}
    with np.errstate(all="ignore"):  # what is not defined is NaN, and has no error
        everyone = _slopes(whole, [ends[ALL][()]] * len(sample.groups), wanted, ALL)
        if by:
            mine = _slopes(own, [ends[OWN][group] for group in sample.groups], wanted, OWN)
            everyone |= inequality_parts.slopes(own, whole, everyone, mine)
        told = linearised.combinations(sample, everyone, of_everyone=True).merged(0)
        found = _errors(told, everyone, design)
        if by:
            found |= _errors(linearised.combinations(sample, mine, of_everyone=False), mine, design)
    return found, design.said(sample)


def _sample(
    rows: Amounts,
    often: Any,
    by: Sequence[str],
    design: Design,
    wanted: Wanted,
    levels: Mapping[str, Sequence[str]],
) -> Totals:
    t = rows.table.mutate(_a=rows.table._x, _often=often)
    for tag, grouped in levels.items():
        t = ranks.with_places(t, grouped, wanted.points, tag, exact=rows.exact)
    columns = _columns(t, wanted, list(levels))
    names = list(columns)
    pairs = [] if design.psu else [(a, b) for place, a in enumerate(names) for b in names[place:]]
    cells = clusters.scan(t, columns, pairs, by=by, counted=(), **design.keys)
    sample = clusters.totals(cells, names, pairs, by=by, **design.keys)
    if design.lone == "refuse":
        sample.refuse_lone()
    return sample


def _columns(t: ir.Table, wanted: Wanted, tags: Sequence[str]) -> dict[str, Any]:
    x, times = t._x.cast("float64"), t._often.cast("float64")
    safe = ibis.ifelse(t._x > 0, x, 1.0)
    columns = {"n": times, "s": x * times, "log": safe.ln() * times, "xlog": x * safe.ln() * times}
    for place, e in enumerate(wanted.strengths):
        power = safe ** ibis.literal(1.0 - e, "float64")
        columns[f"power_{place}"] = ibis.ifelse(t._x > 0, power, 0.0) * times
    for tag in tags:
        columns |= {f"rank{tag}": x * t[f"_rank{tag}"] * times, f"above{tag}": t[f"_above{tag}"] * times}
        for place in range(len(wanted.points)):
            columns[f"under_{place}{tag}"] = t[f"_under_{place}{tag}"].cast("float64") * times
    return columns


def _errors(sample: Totals, slopes: Mapping[str, Slopes], design: Design) -> Errors:
    """The errors of the groups of a sample whose totals are combinations; NaN is none."""
    found: Errors = {}
    for measure in slopes:
        variance = linearised.variance(sample, sample, Ratio(measure, measure, None, "n"), design.lone)
        se, nought = np.sqrt(variance), np.zeros(len(variance))
        _, half = interval(
            "normal", nought, se, df=sample.freedom(sample.present), n=nought, level=design.level
        )
        for group, *told in zip(sample.groups, se.tolist(), half.tolist(), strict=True):
            error = Error(*(None if math.isnan(end) else end for end in told))
            found[measure, results.subgroup(group)] = error
    return found


def _slopes(
    totals: Mapping[str, Numbers], ends: Sequence[quantile_sample.Ends], wanted: Wanted, tag: str
) -> dict[str, Slopes]:
    """The derivatives of every index by each of its totals, by group."""
    n, s, log, xlog = (totals[name] for name in ("n", "s", "log", "xlog"))
    made: dict[str, Slopes] = {
        "mean": {"s": 1 / n, "n": -s / n**2},
        "theil_t": {"xlog": 1 / s, "s": -xlog / s**2 - 1 / s, "n": 1 / n},
        "theil_l": {"s": 1 / s, "n": log / n**2 - 1 / n, "log": -1 / n},
        "gini": ranks.slopes(n, s, totals[f"rank{tag}"], tag),
    }
    for place, e in enumerate(wanted.strengths):
        power, name = f"power_{place}", f"atkinson:{e:g}"
        if e == 1:
            equal = np.exp(log / n) * n / s
            own = {"log": 1 / n, "n": 1 / n - log / n**2, "s": -1 / s}
        else:
            m, root = totals[power], 1 / (1 - e)
            equal = (m / n) ** root * n / s
            own = {power: root / m, "n": (1 - root) / n, "s": -1 / s}
        made[name] = {column: -equal * slope for column, slope in own.items()}
    return made | _of_quotients(n, ends, wanted.points, wanted.pairs, tag)


def _of_quotients(
    n: Numbers,
    ends: Sequence[quantile_sample.Ends],
    points: Sequence[Fraction],
    pairs: Sequence[Sequence[Fraction]],
    tag: str,
) -> dict[str, Slopes]:
    q, f = (np.array([getattr(end, name) for end in ends], float).T for name in ("at", "density"))
    alone: list[Slopes] = [
        {"n": float(p) / (f[place] * n), f"under_{place}{tag}": -1 / (f[place] * n)}
        for place, p in enumerate(points)
    ]
    made = {}
    for pair in pairs:
        high, low = map(points.index, pair)
        ratio = q[high] / q[low]
        made[quotient_name(pair)] = linearised.together(
            (1 / q[low], alone[high]), (-ratio / q[low], alone[low])
        )
    return made
