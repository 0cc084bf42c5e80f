"""Whom each policy reached in a year: the poor covered and left out, what went to others, who got the money.

Poor is who was judged so in the annual round of the year before, whose list was in force. Only communes whose book has a delivery
of the policy that year are counted: elsewhere nobody knows who received. The figures are `measures.targeting`'s, of cells laid
down with the snapshot (`warehouse.outcomes`): household by household, and of pools for whoever sees no households.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.escape.errors import NoRoundBeforeError
from giamngheo.measures.targeting import targeting
from giamngheo.warehouse.disclosure import count_may_be_off, may_be_off
from giamngheo.warehouse.outcomes import away, reached, years_reached
from giamngheo.warehouse.panel import POOR_STATE
from giamngheo.warehouse.places import named
from giamngheo.warehouse.snapshot import Snapshot

#: What the money is divided by -> the column of the cells.
DIVISIONS = {"class": "state", "ethnic": "ethnic"}


@dataclass(frozen=True)
class Reached:
    """One policy, or one group of its households: counts of households, money in đồng, and the measures (shares) by name.

    off, money_off: how far the coverage of the poor, and the money as a share of it, may lie from those counted household by
    household (`disclosure`); None where households were counted, or there is none to tell it of.
    """

    key: str
    households: int
    poor: int
    served: int
    poor_served: int
    money: int
    measures: dict[str, float | None] = field(default_factory=dict)
    off: float | None = None
    money_off: float | None = None


@dataclass(frozen=True)
class Reach:
    """The policies of a year, the most money first; the groups of one of them; deliveries to households the round did not meet."""

    year: int
    rows: tuple[Reached, ...]
    policy: str
    groups: tuple[Reached, ...]
    unmatched: int


@lru_cache(maxsize=32)
def reach(
    snapshot: Snapshot, villages: frozenset[int], year: int, policy: str, by: str, *, pooled: bool
) -> Reach:
    """The answer for the households of these villages; `policy`: whose groups ('' for the one with most money).

    Raises NoRoundBeforeError, DamagedSnapshotError.
    """
    if year not in years_reached(snapshot):
        raise NoRoundBeforeError(year=year)
    inside = pa.array(sorted(villages), pa.int64())
    cells = reached(snapshot, year, public=pooled)
    cells = cells.filter(pc.is_in(cells["village"], value_set=inside))
    rows = [one for one in of_cells(cells, "policy", pooled=pooled) if one.served]
    chosen = policy if policy in {one.key for one in rows} else next((one.key for one in rows), "")
    mine = cells.filter(pc.equal(cells["policy"], chosen))
    groups = of_cells(mine, DIVISIONS[by], pooled=pooled) if chosen else []
    unmatched = 0
    if not pooled:
        there = away(snapshot, year)
        counted = there.filter(pc.is_in(there["village"], value_set=inside))["deliveries"]
        unmatched = pc.sum(counted).as_py() or 0
    return Reach(year, tuple(rows), chosen, tuple(groups), unmatched)


def of_cells(cells: pa.Table, by: str, *, pooled: bool) -> list[Reached]:
    """Each value of a column of the cells (`warehouse.outcomes`) told, the most money first."""
    if not cells.num_rows:
        return []
    poor = pc.equal(cells["state"], POOR_STATE).cast(pa.int64())
    told = cells.set_column(cells.column_names.index(by), by, named(cells[by])).append_column("poor", poor)
    small = told.group_by([by, "poor", "received"])
    small = small.aggregate([("many", "sum"), ("squares", "sum"), ("amount", "sum")])
    small = small.rename_columns([by, "poor", "received", "many", "squares", "amount"])
    mean = np.asarray(small["amount"], dtype=float) / np.asarray(small["many"], dtype=float)
    asked = ibis.memtable(small.append_column("mean", pa.array(mean)))
    measures: dict[str, dict[str, float | None]] = {}
    for line in targeting(
        asked, "poor", received="received", amount="mean", weight="many", by=(by,)
    ).to_pylist():
        measures.setdefault(line["subgroup"], {})[line["measure"]] = line["estimate"]
    held: dict[str, list[dict[str, Any]]] = {}
    for row in small.to_pylist():
        held.setdefault(row[by], []).append(row)
    made = [_told(key, own, measures[key], pooled=pooled) for key, own in held.items()]
    return sorted(made, key=lambda one: (-one.money, -one.served, one.key))


def _told(
    key: str, cells: list[dict[str, Any]], measures: dict[str, float | None], *, pooled: bool
) -> Reached:
    def count(name: str = "many", **where: int) -> int:
        return sum(cell[name] for cell in cells if all(cell[k] == v for k, v in where.items()))

    poor, served, covered = count(poor=1), count(received=1), measures["coverage_of_poor"]
    told = Reached(key, count(), poor, served, count(poor=1, received=1), count("amount"), measures)
    if not pooled:
        return told
    return replace(
        told,
        off=may_be_off(covered, poor, count("squares", poor=1)) if covered is not None else None,
        money_off=count_may_be_off(served, count("squares", received=1)) if served else None,
    )
