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
#: The group of everyone of a year beside its parts; no unit and no group goes by that name.
EVERYONE = "*"


@dataclass(frozen=True)
class Place:
    """Whose incomes, and how they are divided: the households of rounds (year, number) in a unit as it lay on a day."""

    snapshot: Snapshot
    rounds: tuple[tuple[int, int], ...]
    standard: str
    unit: int
    day: dt.date
    by: str

    def households(self) -> dict[int, pa.Table]:
        """Who was met in each round, by year."""
        villages = villages_of(self.snapshot, self.unit, self.day)
        return {year: met_in(self.snapshot, number, self.standard, villages) for year, number in self.rounds}


def asked(
    place: Place, measure: str, *, persons: bool, seen_by: User
) -> tuple[Sequence[tuple[int, str, float | None, int]], int]:
    """(year, group, estimate, households) of everyone ('') and of each group; how many are left out, income unknown.

    Raises IncomesNotSeenError where some of the households are not the person's to see.
    """
    if not all(access.sees_all(met, seen_by=seen_by) for met in place.households().values()):
        raise IncomesNotSeenError
    found, dropped = _measured(place, measure in POVERTY, persons)
    if found is None:
        return [], dropped
    lines = [one for one in results.only(found, measure=measure) if one["subgroup"] != results.ALL]
    told = [
        (int(one["year"]), "" if one["group"] == EVERYONE else one["group"], one["estimate"], one["n"])
        for one in lines
    ]
    # of each year everyone first
    return sorted(told, key=lambda line: (line[0], line[1] != "", line[1])), dropped


@lru_cache(maxsize=64)
def _measured(place: Place, of_poverty: bool, persons: bool) -> tuple[pa.Table | None, int]:
    """Every measure of poverty, or every other, of all years as one table; and how many incomes are not known.

    Everyone of a year is a group beside its parts (their rows stand twice), so that one question to the engine tells all years.
    Kept, for whoever compares measures asks the same again; who may see it is asked each time.
    """
    parts, dropped = [], 0
    for year, met in place.households().items():
        rows = grouped(place.snapshot, met, place.by, place.day)
        known = rows.filter(pc.is_valid(rows["income"]))
        dropped += rows.num_rows - known.num_rows
        plain = pa.table(
            {
                "income": known["income"],
                "persons": known["persons"],
                "line": _lines(known["area_type"], place.standard),
                "year": pa.repeat(pa.scalar(year, pa.int64()), known.num_rows),
                "group": pa.repeat(EVERYONE, known.num_rows),
            }
        )
        parts.append(plain)
        if place.by:
            own = known["group"].cast(pa.string())
            parts.append(plain.set_column(plain.column_names.index("group"), "group", own))
    table = pa.concat_tables(parts)
    if table.num_rows == 0:
        return None, dropped
    asked_of, by, weight = ibis.memtable(table), ("year", "group"), "persons" if persons else None
    if of_poverty:
        return poverty(asked_of, "income", "line", by=by, weight=weight), dropped
    kept = inequality(asked_of, "income", by=by, weight=weight, aversion=(), quantiles=(("90%", "10%"),))
    return kept, dropped


def _lines(area_types: pa.ChunkedArray, standard: str) -> pa.ChunkedArray:
    """The income poverty line of each household."""
    lines = standards()[standard].lines
    kinds = pa.array(list(lines), pa.string())
    values = pa.array([line.lower.value for line in lines.values()], pa.int64())
    return values.take(pc.index_in(area_types.cast(pa.string()), value_set=kinds))
