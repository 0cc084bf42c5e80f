"""Sampling errors by replicate weights: whatever is measured is counted anew, from the amounts, for each replicate.

Replicates are those of `bootstrap` (Rao and Wu, by clusters within strata); the standard error of a measure is the standard
deviation of its replicates, those left out where it is not defined. Nothing is linearised and no density is chosen.

Rows, added up by amount, group and cluster, are fetched and held: 40 bytes each, whatever the number of replicates.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from giamngheo.measures import bootstrap, results
from giamngheo.measures.clusters import Group, Numbers, Totals
from giamngheo.measures.design import Design, sampled
from giamngheo.measures.distribution import Amounts
from giamngheo.measures.influence import Error, Errors
from giamngheo.measures.intervals import interval
from giamngheo.measures.tables import fetch

#: Of each measure and subgroup its value; None where it is not defined.
Values = dict[tuple[str, str], float | None]


@dataclass(frozen=True)
class Cells:
    """A sample in the order of its amounts: amount, weight and cluster of each cell, and the places of each group's."""

    x: Numbers
    w: Numbers
    unit: Numbers
    members: Mapping[Group, Numbers]

    def of(self, group: Group) -> tuple[Numbers, Numbers]:
        """The amounts and weights of a group."""
        own = self.members[group]
        return self.x[own], self.w[own]


def errors(
    rows: Amounts,
    by: Sequence[str],
    design: Design,
    counted: Callable[[Cells], Values],
    *,
    parted: Sequence[str] = (),
) -> tuple[Errors, str]:
    """The error of all that `counted` finds in a sample, and what the design says of itself.

    by: the columns of its subgroups; parted: columns before them by which cells are told apart too (rounds). Normal intervals
    with the clusters less strata where a subgroup has rows.
    """
    sample = sampled(rows.table, {"n": ibis.literal(1)}, [], by=by, design=design)
    cells = _cells(rows, [*parted, *by], design, sample)
    replicates = [
        counted(replace(cells, w=cells.w * column[cells.unit]))
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


def quantile(x: Numbers, upto: Numbers, at: Fraction) -> float:
    """As `distribution.quantile`, of ascending amounts and the weights up to them."""
    # sums of float weights may fall short of the whole by rounding alone
    reached = np.searchsorted(upto, upto[-1] * float(at) * (1 - 1e-12))
    return float(x[min(reached, len(x) - 1)])


def _cells(rows: Amounts, by: Sequence[str], design: Design, sample: Totals) -> Cells:
    """The cells of a sample, fetched and put in order."""
    held = [name for name in (design.strata, design.psu) if name]
    keys = list(dict.fromkeys([*by, "_x", *held]))
    found = fetch(rows.table.group_by(*keys).aggregate(_w=rows.table._w.cast("float64").sum()))
    x = found["_x"].cast(pa.float64()).to_numpy()
    order = np.argsort(x, kind="stable")
    places = {unit: place for place, unit in enumerate(sample.units)}
    unit = np.array([places[name] for name in _named(found, held)])
    groups, members = _named(found, by), defaultdict(list)
    for place, row in enumerate(order.tolist()):
        members[groups[row]].append(place)
    return Cells(
        x[order], found["_w"].to_numpy()[order], unit[order], {g: np.array(own) for g, own in members.items()}
    )


def _named(cells: pa.Table, columns: Sequence[str]) -> list[Group]:
    """Of each cell the values of the columns, as groups and clusters are named."""
    if not columns:
        return [()] * cells.num_rows
    return list(zip(*([str(v) for v in cells[name].to_pylist()] for name in columns), strict=True))


def _error(values: Sequence[float | None], freedom: Any, level: float) -> Error:
    known = np.array([v for v in values if v is not None])
    if len(known) < 2:
        return Error(None, None)
    nought, se = np.zeros(1), known.std(ddof=1)
    half = interval("normal", nought, np.array([se]), df=np.array([freedom]), n=nought, level=level)[1][0]
    return Error(float(se), None if math.isnan(half) else float(half))
