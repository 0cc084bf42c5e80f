"""Sampling errors of growth between two rounds by replicate weights (`replicates`): curves and parts counted anew for each.

Rounds that have a cluster in common (the same stratum and id in both) are a panel, or rotate: their clusters are drawn together,
so that what a cluster has of both rounds moves together; a cluster that one of them has not counts as zero there. Rounds
without a common cluster are two samples, each drawn within strata of its own. Clusters of different samples need ids of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from giamngheo.measures import replicates, results
from giamngheo.measures.clusters import Group, Numbers
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.errors import ParameterError
from giamngheo.measures.influence import Errors
from giamngheo.measures.replicates import Cells, Values
from giamngheo.measures.tables import fetch, require

#: FGT0 to FGT2 of a round at its own line and at that of the other's mean, as `growth` names them, and `_w`.
Found = dict[str, float]


def errors(
    rows: Amounts,
    between: str,
    by: tuple[str, ...],
    design: Design | None,
    counted: Callable[[Cells], Values],
) -> tuple[Errors, str]:
    """The errors of `counted` by the groups of `by` (none: of everyone), and what the design says; nothing without a design.

    Raises ParameterError for a linearised design: a growth of quantiles hangs on two densities, a headcount at a line that moves
    with the mean on one more.
    """
    if design is None:
        return {}, ""
    if design.method != "bootstrap":
        raise ParameterError(name="method", value=design.method, rule="method = bootstrap (psu=…)")
    drawn, own = _of_rounds(rows, between, design)
    return replicates.errors(drawn, by, own, counted, parted=(between,))


def _of_rounds(rows: Amounts, between: str, design: Design) -> tuple[Amounts, Design]:
    """The rows with strata of their own for each round, if the rounds have no cluster in common."""
    t, held = rows.table, [name for name in (design.strata, design.psu) if name]
    require(t, held)
    clusters = fetch(t.group_by(*held).aggregate(_rounds=t[between].nunique()))
    if 2 in clusters["_rounds"].to_pylist() or any(clusters[name].null_count for name in held):
        return rows, design
    stratum = t[between].cast("string")
    if design.strata:
        stratum = stratum + " · " + t[design.strata].cast("string")
    return replace(rows, table=t.mutate(_stratum=stratum)), replace(design, strata="_stratum")


def named(measure: str, at: Fraction | None) -> str:
    """A point of a curve by its measure and percentile."""
    return measure if at is None else f"{measure}:{at}"


def _groups(cells: Cells, names: tuple[str, str]) -> list[Group]:
    """The groups that both rounds have."""
    first, second = ({g[1:] for g in cells.members if g[0] == name} for name in names)
    return sorted(first & second)


@dataclass(frozen=True)
class Curve:
    """The growth incidence curve between two rounds, at percentiles, and the growth of the mean."""

    names: tuple[str, str]
    at: tuple[Fraction, ...]

    def __call__(self, cells: Cells) -> Values:
        made: Values = {}
        for group in _groups(cells, self.names):
            was, now = (self._points(*cells.of((name, *group))) for name in self.names)
            for key, before in was.items():
                after = now[key]
                grown = after / before - 1 if before and after is not None else None
                made[key, results.subgroup(group)] = grown
        return made

    def _points(self, x: Numbers, w: Numbers) -> dict[str, float | None]:
        """None where the replicate left all of them out."""
        upto = np.cumsum(w)
        there = bool(upto[-1] > 0)
        made: dict[str, float | None] = {
            named("growth", p): replicates.quantile(x, upto, p) if there else None for p in self.at
        }
        return made | {"growth_of_mean": float(x @ w / upto[-1]) if there else None}


@dataclass(frozen=True)
class Parts:
    """What growth and redistribution add to a change of poverty; `explained` makes the parts of both rounds' FGT."""

    names: tuple[str, str]
    line: int
    inclusive: bool
    explained: Callable[[Found, Found], dict[str, float]]

    def __call__(self, cells: Cells) -> Values:
        made: Values = {}
        for group in _groups(cells, self.names):
            rounds = [cells.of((name, *group)) for name in self.names]
            means = [float(x @ w / w.sum()) if w.sum() else 0.0 for x, w in rounds]
            if all(means):
                found = [
                    self._fgt(x, w, self.line * own / other)
                    for (x, w), own, other in zip(rounds, means, reversed(means), strict=True)
                ]
                parts: dict[str, float | None] = {**self.explained(*found)}
            else:  # a replicate that left them out, or only those without anything in
                parts = dict.fromkeys(self.explained(_NOUGHT, _NOUGHT))
            made |= {(name, results.subgroup(group)): value for name, value in parts.items()}
        return made

    def _fgt(self, x: Numbers, w: Numbers, scaled: float) -> Found:
        found = {"_w": float(w.sum())}
        for name, z in (("own", float(self.line)), ("other", scaled)):
            poor = x <= z if self.inclusive else x < z
            gap = np.maximum((z - x) / z, 0)
            found |= {f"{name}_{power}": float(what @ w) for power, what in enumerate((poor, gap, gap**2))}
        return found


_NOUGHT: Found = {"_w": 1.0} | {f"{name}_{power}": 0.0 for name in ("own", "other") for power in range(3)}
