"""Why a unit's poor rate changed: who escaped, fell back, newly arose, came, left; where; in which deprivations; for whom.

Households are counted by what became of them between two annual rounds under one standard, once a snapshot: one table of
counts by the village at either end, beside the sums of register.py. A unit on any day's geography adds up the villages
the acting person may see; a household that moved out of the unit is one that left it.

Only households whose class is known count. A snapshot holds no reasons of coming and leaving, so that one not met in one
of the rounds is among those that left or came. It fell back if an earlier round of the snapshot found it poor.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from giamngheo.access.models import User
from giamngheo.access.queries import units_seen
from giamngheo.areas.models import Unit
from giamngheo.measures.change_of_rate import (
    Change,
    Counted,
    Gap,
    Place,
    Shift,
    Split,
    change,
    gaps,
    places,
    shifts,
    within_between,
)
from giamngheo.measures.movement import movement
from giamngheo.resolution.actuals import counts_of
from giamngheo.resolution.indicators import indicators
from giamngheo.resolution.quantities import KNOWN, POOR
from giamngheo.resolution.register import Count
from giamngheo.warehouse.errors import WarehouseError
from giamngheo.warehouse.kept import kept
from giamngheo.warehouse.snapshot import Snapshot, current

#: Households of a group from which on its rate is shown.
LEAST = 10
LAST_YEAR = 9999


@dataclass(frozen=True)
class Why:
    """The change of one year in a unit, between and within the units below, and what moved since the base year."""

    year: int
    of: Change
    split: Split | None
    deprivations: Sequence[Shift]
    gaps: Sequence[Gap]


def why(
    unit: Unit,
    below: Sequence[Unit],
    *,
    year: int,
    base: int,
    standard: str,
    on: dt.date,
    groups: Mapping[str, Mapping[int, Count]],
    first: Sequence[str],
    seen_by: User,
) -> Why | None:
    """Why the rate changed from the year before; None where the two years do not stand in the snapshot under the standard.

    `groups` are the counts of the poor rate by ethnic group and year (queries.by_group), `first` those told of first.
    """
    try:
        rows = _rows(current(), unit, below, year, standard, on)
    except WarehouseError:
        return None
    if not rows:
        return None
    of = change(rows)
    if of.points is None or not of.parts:
        return None
    split = within_between(_by_place(rows)) if len(below) > 1 else None
    return Why(
        year, of, split, _deprivations(unit, base, year, on, seen_by), _gaps(groups, first, base, year)
    )


def _by_place(rows: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Both ends of every unit below: a household that moved between them is at its place at either end."""
    start = places(
        [{**row, "after": None} for row in rows if row["place_before"] is not None], "place_before"
    )
    end = places([{**row, "before": None} for row in rows if row["place_after"] is not None], "place_after")
    at_end = {place.name: place for place in end}
    none = Place("", 0, 0, 0, 0)
    names = dict.fromkeys([place.name for place in (*start, *end)])
    at_start = {place.name: place for place in start}
    return [
        Place(
            name,
            at_start.get(name, none).poor_start,
            at_start.get(name, none).start,
            at_end.get(name, none).poor_end,
            at_end.get(name, none).end,
        )
        for name in names
    ]


def _rows(
    held: Snapshot, unit: Unit, below: Sequence[Unit], year: int, standard: str, on: dt.date
) -> list[dict[str, Any]]:
    """Households of a unit by class at both ends, movement, and the unit below at both ends; None where they were not in it."""
    database = duckdb.connect()
    database.register("moves", moves(held))
    database.register("seen", pa.table({"unit": pa.array(sorted(units_seen()), pa.int64())}))
    database.register("below", pa.table({"unit": pa.array([u.pk for u in below], pa.int64())}))
    within = f"read_parquet('{held.path}/within/*.parquet')"  # a path of ours
    found = database.execute(
        f"""WITH dated AS (SELECT unit, ancestor FROM {within} WHERE $day >= valid_from AND ($day <= valid_to OR valid_to IS NULL)),
        parts AS (SELECT d.unit, d.ancestor AS part FROM dated d JOIN below b ON b.unit = d.ancestor),
        lies AS (SELECT d.unit, p.part FROM dated d JOIN seen s ON s.unit = d.unit LEFT JOIN parts p ON p.unit = d.unit
          WHERE d.ancestor = $unit)
        SELECT CASE WHEN f.unit IS NOT NULL THEN m.before END AS before, CASE WHEN t.unit IS NOT NULL THEN m.after END AS after,
          m.movement, f.part AS place_before, t.part AS place_after, sum(m.households)::BIGINT AS households
        FROM moves m LEFT JOIN lies f ON f.unit = m.village_before LEFT JOIN lies t ON t.unit = m.village_after
        WHERE m.year = $year AND m.standard = $standard AND (f.unit IS NOT NULL OR t.unit IS NOT NULL) GROUP BY ALL""",  # noqa: S608
        {"day": on, "unit": unit.pk, "year": year, "standard": standard},
    )
    names = [column[0] for column in found.description or ()]
    return [
        {**dict(zip(names, row, strict=True)), "came_why": None, "gone_why": None} for row in found.fetchall()
    ]


@lru_cache(maxsize=2)
def moves(held: Snapshot) -> pa.Table:
    """Households by year, standard, village, class at both ends and movement; made at the first question, then kept."""
    return kept(held, "moves1", lambda: _made(held))


_PAIRS = """
WITH judged AS (SELECT year, standard, household, village, persons,
  CASE WHEN klass IN {poor} THEN 'poor' WHEN klass = 'near_poor' THEN 'near_poor' ELSE 'none' END AS list FROM known),
past AS (SELECT *, max(year) FILTER (list = 'poor') OVER (PARTITION BY household, standard ORDER BY year
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS was_poor FROM judged),
rounds AS (SELECT DISTINCT year, standard FROM judged)
SELECT coalesce(b.year, a.year + 1)::SMALLINT AS year, coalesce(b.standard, a.standard) AS standard,
  a.village AS village_before, b.village AS village_after, a.list AS before, b.list AS after,
  a.persons AS persons_before, b.persons AS persons, NULL::VARCHAR AS came_why,
  CASE WHEN a.list <> 'poor' THEN a.was_poor + 1 END::INTEGER AS last_escaped_year, NULL::INTEGER AS last_near_escaped_year
FROM past a FULL JOIN past b ON b.household = a.household AND b.standard = a.standard AND b.year = a.year + 1
WHERE (coalesce(b.year, a.year + 1), coalesce(b.standard, a.standard)) IN (SELECT (year, standard) FROM rounds)
  AND (coalesce(b.year - 1, a.year), coalesce(b.standard, a.standard)) IN (SELECT (year, standard) FROM rounds)
"""


def _made(held: Snapshot) -> pa.Table:
    database = ibis.duckdb.connect()
    rounds = held.table("rounds", database).filter(ibis._.kind == "annual")
    verdicts = held.table("verdicts", database)
    known = verdicts.filter(verdicts.standard.notnull(), verdicts.klass.isin(KNOWN)).semi_join(
        rounds, "round"
    )
    database.create_view(
        "known", known.select("year", "standard", "household", "village", "persons", "klass")
    )
    database.raw_sql(f"CREATE TEMP VIEW pairs AS {_PAIRS.format(poor=POOR)}")
    pairs = database.table("pairs")
    # No year is asked of `movement` but to bound how long ago an escape may lie: here however long.
    moved = movement(pairs, year=LAST_YEAR, look_back=None)
    keys = ("year", "standard", "village_before", "village_after", "before", "after", "movement")
    return moved.group_by(*keys).aggregate(households=moved.count()).to_pyarrow()


def _deprivations(unit: Unit, base: int, year: int, on: dt.date, seen_by: User) -> list[Shift]:
    """Of poor households, the share lacking each thing at the base year and now: the largest fall first."""
    wanted = {slug: one for slug, one in indicators().items() if slug.startswith("lacking-")}
    counts = counts_of(wanted.values(), [unit.pk], on=on, seen_by=seen_by)
    at: dict[int, dict[str, Counted]] = {base: {}, year: {}}
    for cell, count in counts.items():
        if cell.year in at:
            at[cell.year][cell.indicator] = Counted(int(count.numerator), int(count.denominator))
    return shifts(at[base], at[year])


def _gaps(groups: Mapping[str, Mapping[int, Count]], first: Sequence[str], base: int, year: int) -> list[Gap]:
    """How far each group's poor rate is from everybody else's: those named first, then by how far."""
    at = {
        when: {
            code: Counted(int(years[when].numerator), int(years[when].denominator))
            for code, years in groups.items()
            if when in years
        }
        for when in (base, year)
    }
    enough = [code for code, count in at[year].items() if code and count.whole >= LEAST]
    found = gaps(at[base], at[year], enough)
    order = {name: place for place, name in enumerate(first)}
    return sorted(found, key=lambda gap: (order.get(gap.name, len(order)), -(gap.distance[1] or 0.0)))
