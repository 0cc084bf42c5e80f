"""Sampling errors of the indices of inequality: each is a smooth function of totals, and its error that of its slope.

With the weighted totals N = Σ w, S = Σ w·x, L = Σ w·ln x, X = Σ w·x·ln x, M = Σ w·x^(1-e), an index is f(N, S, …), and its
linearised variance that of Σ f'_j · total_j over the clusters (`design`):

    mean          S/N
    theil_t       X/S - ln S + ln N
    theil_l       ln S - ln N - L/N
    atkinson:<e>  1 - B, ln B = (ln M - ln N)/(1 - e) + ln N - ln S;  e = 1: ln B = L/N + ln N - ln S

The Gini index hangs on ranks (`ranks`), quantile ratios on a density (`quantile_sample`), and parts within and between
groups on both the row's group and everyone (`inequality_parts`): these have their errors from the influence of each row.

Sources: M. Biewen and S. P. Jenkins, “Variance estimation for generalized entropy and Atkinson inequality indices: the complex
survey data case”, Oxford Bulletin of Economics and Statistics 68 (2006), 371-383; Deville (1999) as in `ranks`.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis
import numpy as np

from giamngheo.measures import (
    clusters,
    inequality_parts,
    influence,
    linearised,
    quantile_sample,
    ranks,
    results,
)
from giamngheo.measures.clusters import Totals
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.indices import Wanted
from giamngheo.measures.influence import Error, Errors
from giamngheo.measures.intervals import interval
from giamngheo.measures.linearised import Term


def errors(
    rows: Amounts, often: Any, by: Sequence[str], design: Design, wanted: Wanted
) -> tuple[Errors, str]:
    """Of every index, for everyone and by group; and what the design says of itself.

    rows: amounts with all their weight in `_w`; often: that of the row alone. Null is left to the caller.
    """
    sample = _sample(rows, often, by, design, wanted.strengths)
    table = rows.table.mutate(_a=rows.table._x, _often=often)
    found: Errors = {}
    for depth in (0, len(by)) if by else (0,):
        grouped = tuple(by[:depth])
        found |= _of(sample.merged(depth), design, wanted.strengths)
        gini = ranks.with_influence(table, grouped)
        found |= influence.errors(gini, {"gini": gini._u}, grouped, design)[0]
        if wanted.pairs:
            quotients, own = quantile_sample.quotients(replace(rows, table=table), grouped, wanted.pairs)
            found |= influence.errors(quotients, own, grouped, design)[0]
    if by:
        split, of = inequality_parts.parts(table, by)
        found |= influence.errors(split, of, (), design)[0]
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
        _, half = interval("normal", nought, se, df=sample.freedom(present), n=nought, level=design.level)
        for place, *told in zip(whole, se.tolist(), half.tolist(), strict=True):
            named = results.subgroup(sample.groups[place])
            found[measure, named] = Error(*(None if math.isnan(end) else end for end in told))
    return found


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
