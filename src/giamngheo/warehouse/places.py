"""Where villages lie on a day, by the snapshot's own table of units; a snapshot never changes, so each answer is kept."""

import datetime as dt
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.areas.models import Level
from giamngheo.warehouse.snapshot import Snapshot

#: The group of rows whose own is not known.
UNKNOWN = "unknown"
LEVELS = {"district": Level.DISTRICT, "commune": Level.COMMUNE, "village": Level.VILLAGE}


def grouped(snapshot: Snapshot, rows: pa.Table, by: str, day: dt.date) -> pa.Table:
    """Rows with `village` and the columns that divide them, with a column `group`; those in no unit of a level go."""
    if by in LEVELS:
        above = above_of(snapshot, day, LEVELS[by])
        group: Any = above["group"].take(
            pc.index_in(rows["village"], value_set=above["unit"].combine_chunks())
        )
    elif by:
        group = named(rows[by])
    else:
        group = pa.repeat("", rows.num_rows)
    placed = rows.append_column("group", group)
    return placed.filter(pc.is_valid(placed["group"])) if placed["group"].null_count else placed


def named(groups: pa.ChunkedArray) -> pa.ChunkedArray:
    """The groups of rows, those not known by a name of their own: without one they would be read as everyone."""
    words = groups.cast(pa.string())
    return pc.if_else(pc.equal(pc.fill_null(words, ""), ""), UNKNOWN, words)


@lru_cache(maxsize=256)
def villages_of(snapshot: Snapshot, unit: int, day: dt.date) -> list[int]:
    """The villages within a unit on a day, by the snapshot's own table of units."""
    found: list[int] = _within(snapshot, day).filter(pc.field("ancestor") == unit)["unit"].to_pylist()
    return [*found, unit]


@lru_cache(maxsize=32)
def above_of(snapshot: Snapshot, day: dt.date, level: Level) -> pa.Table:
    """The unit of a level (`group`, its id as text) in which each `unit` lies on a day."""
    rows = _within(snapshot, day).filter(pc.field("level") == int(level))
    return pa.table({"unit": rows["unit"], "group": rows["ancestor"].cast(pa.string())})


@lru_cache(maxsize=8)
def _within(snapshot: Snapshot, day: dt.date) -> pa.Table:
    began, ended = pc.field("valid_from") <= day, pc.field("valid_to") < day
    there = began & ~pc.if_else(ended.is_valid(), ended, False)
    return snapshot.columns("within", ("unit", "ancestor", "level"), there)
