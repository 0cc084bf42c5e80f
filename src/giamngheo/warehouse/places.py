"""Where villages lie on a day, by the snapshot's own table of units; a snapshot never changes, so each answer is kept."""

import datetime as dt
from functools import lru_cache
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.areas.models import Level
from giamngheo.warehouse.snapshot import Snapshot

LEVELS = {"district": Level.DISTRICT, "commune": Level.COMMUNE, "village": Level.VILLAGE}


def grouped(snapshot: Snapshot, rows: pa.Table, by: str, day: dt.date) -> pa.Table:
    """Rows with `village` and the columns that divide them, with a column `group`; those in no unit of a level go."""
    if by in LEVELS:
        above = above_of(snapshot, day, LEVELS[by])
        group: Any = above["group"].take(
            pc.index_in(rows["village"], value_set=above["unit"].combine_chunks())
        )
    elif by:
        group = pc.fill_null(rows[by].cast(pa.string()), "")
    else:
        group = pa.repeat("", rows.num_rows)
    placed = rows.append_column("group", group)
    return placed.filter(pc.is_valid(placed["group"])) if by in LEVELS else placed


@lru_cache(maxsize=256)
def villages_of(snapshot: Snapshot, unit: int, day: dt.date) -> list[int]:
    """The villages within a unit on a day, by the snapshot's own table of units."""
    rows = _within(snapshot, day).filter(ibis._.ancestor == unit).select("unit").to_pyarrow()
    found: list[int] = rows["unit"].to_pylist()
    return [*found, unit]


@lru_cache(maxsize=32)
def above_of(snapshot: Snapshot, day: dt.date, level: Level) -> pa.Table:
    """The unit of a level (`group`, its id as text) in which each `unit` lies on a day."""
    rows = _within(snapshot, day).filter(ibis._.level == int(level))
    return rows.select("unit", group=rows.ancestor.cast("string")).to_pyarrow()


def _within(snapshot: Snapshot, day: dt.date) -> Any:
    table = snapshot.table("within")
    return table.filter(table.valid_from <= day, table.valid_to.isnull() | (table.valid_to >= day))
