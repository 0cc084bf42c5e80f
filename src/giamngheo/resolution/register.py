"""What the register says of the indicators, from the snapshot in force: one table of sums by village, made once a snapshot.

The table lies beside the snapshots under the snapshot's name; it is what every page and report adds up, on the
geography of any day. Only the villages whose figures the acting person may see are added up (access_units).
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import duckdb
import pyarrow as pa

from giamngheo.access.models import User
from giamngheo.access.queries import units_seen
from giamngheo.resolution.indicators import Indicator, indicators
from giamngheo.resolution.quantities import sums
from giamngheo.warehouse.kept import kept
from giamngheo.warehouse.snapshot import Snapshot, current


class Cell(NamedTuple):
    """Which sum: of an indicator, a unit, a year, a standard, and an ethnic group ('' for all)."""

    indicator: str
    unit: int
    year: int
    standard: str
    ethnic: str


@dataclass(frozen=True)
class Count:
    """What an indicator's rate is made of."""

    numerator: float
    denominator: float


def from_register(wanted: Iterable[Indicator]) -> list[Indicator]:
    return [one for one in wanted if one.source == "register"]


def measured(
    wanted: Collection[Indicator],
    units: Collection[int],
    *,
    on: dt.date,
    groups: bool = False,
    seen_by: User,
) -> Mapping[Cell, Count]:
    """Numerators and denominators of register indicators for units as they lay on a day, every year at once.

    One query of PostgreSQL (who may see what), one of DuckDB. `groups` gives them by ethnic group of the head too.
    Raises NoSnapshotError where no snapshot was made yet.
    """
    return added_up(current(), from_register(wanted), units, on=on, seen=units_seen(), groups=groups)


def added_up(
    held: Snapshot,
    wanted: Collection[Indicator],
    units: Collection[int],
    *,
    on: dt.date,
    seen: Collection[int] | None = None,
    groups: bool = False,
) -> Mapping[Cell, Count]:
    """The same of any snapshot; `seen` None adds up every village (for jobs and measurements of the whole)."""
    if not wanted or not units:
        return {}
    names = sorted(
        {name for one in wanted for name in (one.measure["numerator"], one.measure["denominator"])}
    )
    within = None if seen is None else frozenset(seen)
    rows = _of_units(held, frozenset(units), on, within, groups=groups).select([*_KEYS, *names])
    found: dict[Cell, Count] = {}
    for unit, year, standard, group, *values in zip(
        *(column.to_pylist() for column in rows.columns), strict=True
    ):
        of = dict(zip(names, values, strict=True))
        for one in wanted:
            if one.standard and one.standard != standard:
                continue
            count = Count(float(of[one.measure["numerator"]]), float(of[one.measure["denominator"]]))
            if count.denominator:
                found[Cell(one.slug, unit, year, standard, group)] = count
    return found


_KEYS = ("ancestor", "year", "standard", "ethnic")


@lru_cache(maxsize=8)
def _of_units(
    held: Snapshot, units: frozenset[int], on: dt.date, seen: frozenset[int] | None, *, groups: bool
) -> pa.Table:
    """All sums of these units; kept, for whoever reads one target mostly reads the next of the same place."""
    table = village_sums(held)
    database = duckdb.connect()
    database.register("sums", table)
    database.register("asked", pa.table({"unit": pa.array(sorted(units), pa.int64())}))
    within = f"read_parquet('{held.path}/within/*.parquet')"  # a path of ours
    shown = ""
    if seen is not None:
        database.register("seen", pa.table({"unit": pa.array(sorted(seen), pa.int64())}))
        shown = "AND s.village IN (SELECT unit FROM seen)"
    ethnic = "s.ethnic" if groups else "''"
    totals = ", ".join(
        f'sum(s."{name}") AS "{name}"' for name in table.column_names if name not in (*_KEYS, "village")
    )
    return database.sql(
        f"""SELECT w.ancestor, s.year, s.standard, {ethnic} AS ethnic, {totals} FROM sums s
        JOIN {within} w ON w.unit = s.village AND $day >= w.valid_from AND ($day <= w.valid_to OR w.valid_to IS NULL)
        JOIN asked a ON a.unit = w.ancestor WHERE true {shown} GROUP BY ALL""",  # noqa: S608
        params={"day": on},
    ).to_arrow_table()


def pooled(counts: Mapping[Cell, Count], units: Collection[int]) -> Mapping[Cell, Count]:
    """The counts of several units as those of one, whose key is 0."""
    found: dict[Cell, list[Count]] = defaultdict(list)
    for cell, count in counts.items():
        if cell.unit in units:
            found[cell._replace(unit=0)].append(count)
    return {
        cell: Count(sum(c.numerator for c in each), sum(c.denominator for c in each))
        for cell, each in found.items()
    }


def village_sums(held: Snapshot) -> pa.Table:
    """The sums of a snapshot by year, standard, village and ethnic group; made at the first question, then kept."""
    names = sorted({n for one in from_register(indicators().values()) for n in one.measure.values()})
    digest = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:8]
    return _village_sums(held, digest, tuple(names))


@lru_cache(maxsize=2)
def _village_sums(held: Snapshot, digest: str, names: tuple[str, ...]) -> pa.Table:
    return kept(held, digest, lambda: sums(held, list(names)).to_pyarrow())
