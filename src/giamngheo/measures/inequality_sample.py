"""Sampling errors of the indices of inequality: each is a smooth function of totals, and its error that of its slope.

With the weighted totals N = Σ w, S = Σ w·x, L = Σ w·ln x, X = Σ w·x·ln x, M = Σ w·x^(1-e), an index is f(N, S, …), and its
linearised variance that of Σ f'_j · total_j over the clusters (`design`):

    mean          S/N
    theil_t       X/S - ln S + ln N
    theil_l       ln S - ln N - L/N
    atkinson:<e>  1 - B, ln B = (ln M - ln N)/(1 - e) + ln N - ln S;  e = 1: ln B = L/N + ln N - ln S

    parts of Theil between groups, of their N_g and S_g, and within, the index less the part between:
    theil_t       Σ_g S_g/S·(ln S_g - ln N_g) - ln S + ln N
    theil_l       Σ_g N_g/N·(ln N_g - ln S_g) + ln S - ln N

The Gini index hangs on ranks and has its error from `ranks`. Quantile ratios and the parts of Gini have none.

Sources: M. Biewen and S. P. Jenkins, “Variance estimation for generalized entropy and Atkinson inequality indices: the complex
survey data case”, Oxford Bulletin of Economics and Statistics 68 (2006), 371-383; Deville (1999) as in `ranks`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from giamngheo.measures import clusters, linearised, ranks, results
from giamngheo.measures.clusters import Numbers, Totals
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.errors import ParameterError
from giamngheo.measures.intervals import interval
from giamngheo.measures.linearised import Term

#: Standard error and interval of an index, by its name and subgroup.
Errors = dict[tuple[str, str], dict[str, float | None]]


def errors(
    rows: Amounts, often: Any, by: Sequence[str], design: Design, strengths: Sequence[float]
) -> tuple[Errors, str]:
    """Of every index that has one, for everyone and by group; and what the design says of itself.

    rows: amounts with all their weight in `_w`; often: that of the row alone. Null is left to the caller.
    """
    if design.method == "bootstrap":
        raise ParameterError(name="method", value="bootstrap", rule="inequality: linearised")
    sample = _sample(rows, often, by, design, strengths)
    found: Errors = {}
    for depth in (0, len(by)) if by else (0,):
        found |= _of(sample.merged(depth), design, strengths)
    if by:
        found |= _divided(sample.merged(len(by)), design, strengths)
    table = rows.table.mutate(_a=rows.table._x, _often=often)
    gini: pa.Table = ranks.concentration(table, "gini", by, design)
    for line in gini.to_pylist():
        found["gini", line["subgroup"]] = {name: line[name] for name in ("se", "ci_low", "ci_high")}
    return found, design.said(sample)


def _sample(
    rows: Amounts, often: Any, by: Sequence[str], design: Design, strengths: Sequence[float]
) -> Totals:
    t = rows.table
    x, times = t._x.cast("float64"), often.cast("float64")
    safe = ibis.ifelse(t._x > 0, x, 1.0)
    columns = {"n": times, "s": x * times, "log": safe.ln() * times, "xlog": x * safe.ln() * times}
    for place, e in enumerate(strengths):
        power = safe ** ibis.literal(1.0 - e, "float64")
        columns[f"power_{place}"] = ibis.ifelse(t._x > 0, power, 0.0) * times
    names = list(columns)
    pairs = [] if design.psu else [(a, b) for place, a in enumerate(names) for b in names[place:]]
    cells = clusters.scan(t, columns, pairs, by=by, counted=(), **design.keys)
    sample = clusters.totals(cells, names, pairs, by=by, **design.keys)
    if design.lone == "refuse":
        sample.refuse_lone()
    return sample


def _of(sample: Totals, design: Design, strengths: Sequence[float]) -> Errors:
    """The errors of the groups of a sample: all whose totals the indices are defined for."""
    totals = {name: sample.of(name) for name in sample.sums if isinstance(name, str)}
    whole = [
        place for place in range(len(sample.groups)) if totals["n"][place] > 0 and totals["s"][place] > 0
    ]
    slopes = [_slopes({name: float(v[place]) for name, v in totals.items()}, strengths) for place in whole]
    places = np.array(whole, dtype=int)
    present = sample.present[places]
    found: Errors = {}
    for measure in slopes[0] if slopes else ():
        terms = [
            Term(places, column, np.array([own[measure][column] for own in slopes]))
            for column in slopes[0][measure]
        ]
        se = np.sqrt(linearised.spread(sample, terms, present, design.lone))
        nought = np.zeros(len(se))
        low, high = interval("normal", nought, se, df=sample.freedom(present), n=nought, level=design.level)
        for place, *ends in zip(whole, se.tolist(), low.tolist(), high.tolist(), strict=True):
            told = [None if math.isnan(end) else end for end in ends]
            named = results.subgroup(sample.groups[place])
            found[measure, named] = dict(zip(("se", "ci_low", "ci_high"), told, strict=True))
    return found


def _divided(sample: Totals, design: Design, strengths: Sequence[float]) -> Errors:
    """The errors of Theil's parts within and between the groups of a sample; none where a group has nothing."""
    n, s = sample.of("n"), sample.of("s")
    if not ((n > 0) & (s > 0)).all():
        return {}
    people, purse, distance = n.sum(), s.sum(), np.log(s / n)
    shared, apart = (s * distance).sum(), (n * distance).sum()
    index = _slopes(
        {name: float(held.sum()) for name, held in sample.sums.items() if isinstance(name, str)}, strengths
    )
    parts = {
        "theil_t": (
            {"s": (distance + 1) / purse, "n": -s / n / purse},
            {"s": -shared / purse**2 - 1 / purse, "n": 1 / people},
        ),
        "theil_l": (
            {"n": (1 - distance) / people, "s": -n / s / people},
            {"n": apart / people**2 - 1 / people, "s": 1 / purse},
        ),
    }
    found: Errors = {}
    for name, (by_group, whole) in parts.items():
        rest = {
            column: index[name].get(column, 0.0) - whole.get(column, 0.0) for column in {*index[name], *whole}
        }
        found[f"{name}:between", results.subgroup(())] = _told(sample, by_group, whole, design)
        inside = {column: -factor for column, factor in by_group.items()}
        found[f"{name}:within", results.subgroup(())] = _told(sample, inside, rest, design)
    return found


def _told(
    sample: Totals, by_group: Mapping[str, Numbers], whole: Mapping[str, float], design: Design
) -> dict[str, float | None]:
    """Standard error and distances to the ends of the interval of one combination of totals of groups and of everyone."""
    terms = [
        Term(np.array([place]), column, np.array([factor]))
        for column, factors in by_group.items()
        for place, factor in enumerate(factors.tolist())
    ]
    terms += [Term(None, column, np.array([factor])) for column, factor in whole.items()]
    present: Numbers = sample.present.max(axis=0, keepdims=True)
    se = np.sqrt(linearised.spread(sample, terms, present, design.lone))
    nought = np.zeros(1)
    low, high = interval("normal", nought, se, df=sample.freedom(present), n=nought, level=design.level)
    ends = {"se": float(se[0]), "ci_low": float(low[0]), "ci_high": float(high[0])}
    return {name: None if math.isnan(end) else end for name, end in ends.items()}


def _slopes(totals: dict[str, float], strengths: Sequence[float]) -> dict[str, dict[str, float]]:
    """The derivatives of every index by each of its totals."""
    n, s, log, xlog = (totals[name] for name in ("n", "s", "log", "xlog"))
    made = {
        "mean": {"s": 1 / n, "n": -s / n**2},
        "theil_t": {"xlog": 1 / s, "s": -xlog / s**2 - 1 / s, "n": 1 / n},
        "theil_l": {"s": 1 / s, "n": log / n**2 - 1 / n, "log": -1 / n},
    }
    for place, e in enumerate(strengths):
        power, name = f"power_{place}", f"atkinson:{e:g}"
        if e == 1:
            equal = math.exp(log / n) * n / s
            own = {"log": 1 / n, "n": 1 / n - log / n**2, "s": -1 / s}
        else:
            m, root = totals[power], 1 / (1 - e)
            equal = (m / n) ** root * n / s
            own = {power: root / m, "n": (1 - root) / n, "s": -1 / s}
        made[name] = {column: -equal * slope for column, slope in own.items()}
    return made
