"""Sampling errors of the indices of inequality by replicate weights: every index counted anew for each replicate.

Replicates are those of `bootstrap` (Rao and Wu, by clusters within strata); the standard error of an index is the standard
deviation of its replicates, those left out where it is not defined. Nothing is linearised and no density is chosen, so
this is also the check of `inequality_sample`, `quantile_sample` and `inequality_parts`.

Rows, added up by amount, group and cluster, are fetched and held: 40 bytes each, whatever the number of replicates.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from giamngheo.measures import bootstrap, results
from giamngheo.measures.clusters import Numbers, Totals
from giamngheo.measures.design import Design, sampled
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.indices import Named, Wanted, decomposition, indices
from giamngheo.measures.influence import Error, Errors
from giamngheo.measures.intervals import interval
from giamngheo.measures.tables import fetch


def errors(
    rows: Amounts, often: Any, by: Sequence[str], design: Design, wanted: Wanted
) -> tuple[Errors, str]:
    """As `inequality_sample.errors`: of every index, for everyone and by group, and what the design says of itself."""
    sample = sampled(rows.table, {"n": often}, [], by=by, design=design)
    drawn = _drawn(rows, by, design, sample, wanted)
    replicates = [
        drawn.replicate(column)
        for made in bootstrap.multipliers(sample, design.replicates, design.seed)
        for column in made.T
    ]
    everyone = sample.merged(0)
    freedom = {results.ALL: everyone.freedom(everyone.present)[0]}
    if by:
        own = sample.freedom(sample.present)
        freedom |= {results.subgroup(g): own[place] for place, g in enumerate(sample.groups)}
    return {
        key: _error([one[key] for one in replicates], freedom[key[1]], design.level) for key in replicates[0]
    }, design.said(sample)


def _drawn(rows: Amounts, by: Sequence[str], design: Design, sample: Totals, wanted: Wanted) -> "_Drawn":
    """The cells of a sample, fetched and put in order."""
    held = [name for name in (design.strata, design.psu) if name]
    keys = list(dict.fromkeys([*by, "_x", *held]))
    cells = fetch(rows.table.group_by(*keys).aggregate(_w=rows.table._w.cast("float64").sum()))
    x = cells["_x"].cast(pa.float64()).to_numpy()
    order = np.argsort(x, kind="stable")
    places = {unit: place for place, unit in enumerate(sample.units)}
    unit = np.array([places[name] for name in _named(cells, held)])
    groups = _named(cells, by)
    members = {g: np.flatnonzero([groups[row] == g for row in order]) for g in sample.groups} if by else {}
    return _Drawn(x[order], cells["_w"].to_numpy()[order], unit[order], members, wanted)


def _named(cells: pa.Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Of each cell the values of the columns, as groups and clusters are named."""
    if not columns:
        return [()] * cells.num_rows
    return list(zip(*([str(v) for v in cells[name].to_pylist()] for name in columns), strict=True))


@dataclass(frozen=True)
class _Drawn:
    """Cells in the order of their amounts: amount, weight, cluster, and the places of each group's."""

    x: Numbers
    w: Numbers
    unit: Numbers
    members: Mapping[tuple[str, ...], Numbers]
    wanted: Wanted

    def replicate(self, multiplied: Numbers) -> dict[tuple[str, str], float | None]:
        """Every index with the weights of one replicate; a group that it left out has none."""
        w = self.w * multiplied[self.unit]
        whole = self._sums(self.x, w)
        everyone: Named = indices(whole, self.wanted)
        parts = {group: self._sums(self.x[own], w[own]) for group, own in self.members.items()}
        nobody = dict.fromkeys(everyone)
        named = {g: indices(sums, self.wanted) if sums["_w"] > 0 else nobody for g, sums in parts.items()}
        if parts:
            everyone = everyone | decomposition(everyone, whole, named, parts)
        made: dict[tuple[str, str], float | None] = {(n, results.ALL): v for n, v in everyone.items()}
        return made | {(n, results.subgroup(g)): v for g, own in named.items() for n, v in own.items()}

    def _sums(self, x: Numbers, w: Numbers) -> dict[str, Any]:
        """The sums of `indices`; ties need no rule, for cells of one amount add up to the same in any order."""
        upto, safe = np.cumsum(w), np.where(x > 0, x, 1.0)
        there, owned, log = x > 0, x * w, np.log(safe)
        sums: dict[str, Any] = {
            "_w": float(w.sum()),
            "_s": float(owned.sum()),
            "_rank": float(owned @ (2 * upto - w)),
            "_zeros": float(w[~there].sum()),
            "_log": float(w @ log),
            "_xlog": float(owned @ log),
        }
        for place, e in enumerate(self.wanted.strengths):
            sums[f"_power_{place}"] = float((w * there) @ safe ** (1.0 - e))
        for place, p in enumerate(self.wanted.points):
            # as `distribution.quantile`: sums of float weights may fall short of the whole by rounding alone
            reached = np.searchsorted(upto, sums["_w"] * float(p) * (1 - 1e-12))
            sums[f"_reached_{place}"] = float(x[min(reached, len(x) - 1)])
        return sums


def _error(values: Sequence[float | None], freedom: Any, level: float) -> Error:
    known = np.array([v for v in values if v is not None])
    if len(known) < 2:
        return Error(None, None)
    nought, se = np.zeros(1), known.std(ddof=1)
    half = interval("normal", nought, np.array([se]), df=np.array([freedom]), n=nought, level=level)[1][0]
    return Error(float(se), None if math.isnan(half) else float(half))
