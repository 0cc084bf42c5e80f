"""Measures of income per head over the households whose income is known, read by whoever may see every one of them.

Most households are judged by points and nobody asks what they earn: those are left out and counted, so that a reader
knows how little or how much a figure rests on. The line is the income poverty line of the standard, rural or urban,
"up to" included; money is in đồng per person per month. Formulas and papers: measures/money.py, measures/inequality.py.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.access.models import User
from giamngheo.measures import results
from giamngheo.measures.inequality import inequality
from giamngheo.measures.money import poverty
from giamngheo.rules.standards import standards
from giamngheo.warehouse import access
from giamngheo.warehouse.errors import IncomesNotSeenError
from giamngheo.warehouse.met import met_in
from giamngheo.warehouse.places import grouped, villages_of
from giamngheo.warehouse.snapshot import Snapshot

POVERTY = ("FGT0", "FGT1", "FGT2", "gap_of_poor")


@dataclass(frozen=True)
class Place:
    """Whose incomes, and how they are divided: the households of a round in a unit as it lay on a day."""

    snapshot: Snapshot
    round: int
    year: int
    standard: str
    unit: int
    day: dt.date
    by: str


Lines = Sequence[tuple[str, float | None, int]]


def asked(place: Place, measure: str, *, persons: bool, seen_by: User) -> tuple[Lines, int]:
    """(group, estimate, households) of everyone ('') and of each group; how many are left out, income unknown.

    Raises IncomesNotSeenError where some of the households are not the person's to see.
    """
    if not access.sees_all(_households(place), seen_by=seen_by):
        raise IncomesNotSeenError
    found, dropped = _measured(place, measure in POVERTY, persons)
    lines = [] if found is None else results.only(found, measure=measure)
    return [
        ("" if one["subgroup"] == results.ALL else one["subgroup"], one["estimate"], one["n"])
        for one in lines
    ], dropped


def _households(place: Place) -> pa.Table:
    villages = villages_of(place.snapshot, place.unit, place.day)
    return met_in(place.snapshot, place.round, place.standard, villages)


@lru_cache(maxsize=256)
def _measured(place: Place, of_poverty: bool, persons: bool) -> tuple[pa.Table | None, int]:
    """Every measure of poverty, or every other, as one table; and how many incomes are not known.

    Kept, for whoever compares measures asks the same again; who may see it is asked each time.
    """
    rows = grouped(place.snapshot, _households(place), place.by, place.day)
    known = rows.filter(pc.is_valid(rows["income"]))
    dropped = rows.num_rows - known.num_rows
    if known.num_rows == 0:
        return None, dropped
    table = ibis.memtable(known.append_column("line", _lines(known["area_type"], place.standard)))
    by, weight = ("group",) if place.by else (), "persons" if persons else None
    if of_poverty:
        return poverty(table, "income", "line", by=by, weight=weight), dropped
    kept = inequality(table, "income", by=by, weight=weight, aversion=(), quantiles=(("90%", "10%"),))
    return kept, dropped


def _lines(area_types: pa.ChunkedArray, standard: str) -> pa.ChunkedArray:
    """The income poverty line of each household."""
    lines = standards()[standard].lines
    kinds = pa.array(list(lines), pa.string())
    values = pa.array([line.lower.value for line in lines.values()], pa.int64())
    return values.take(pc.index_in(area_types.cast(pa.string()), value_set=kinds))
