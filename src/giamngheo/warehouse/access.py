"""What of a snapshot a person may see: rows of the households of their area, cells of the units whose figures they may see.

PostgreSQL holds who may see what; it is asked here, and a snapshot is cut to the answer before anything is counted.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from giamngheo.access.models import User
from giamngheo.access.queries import units_seen
from giamngheo.warehouse import cubes
from giamngheo.warehouse.errors import DamagedSnapshotError
from giamngheo.warehouse.snapshot import Snapshot
from giamngheo.warehouse.tables import tables


def rows(snapshot: Snapshot, name: str, *, seen_by: User) -> ir.Table:
    """The rows of a table the acting person may see: of households, those of their villages and those that moved there."""
    database = ibis.duckdb.connect()
    table = snapshot.table(name, database)
    if not tables()[name].of_households:
        return table
    villages = pa.table({"village": _villages_seen()})
    arrived = pa.table({"household": _arrived()})
    of_area = table.village.isin(database.create_table("_villages", villages, temp=True).village)
    came = table.household.isin(database.create_table("_arrived", arrived, temp=True).household)
    return table.filter(of_area | came)


def sees_all(households: pa.Table, *, seen_by: User) -> bool:
    """Whether the acting person may see every one of these households: columns `household`, `village`."""
    rest = households.filter(pc.invert(pc.is_in(households["village"], value_set=_villages_seen())))
    return not rest.num_rows or bool(pc.all(pc.is_in(rest["household"], value_set=_arrived())).as_py())


def _villages_seen() -> pa.Array:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_villages()")
        return pa.array(cursor.fetchone()[0], pa.int64())


def _arrived() -> pa.Array:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM registry_household WHERE id = ANY (access_arrivals())")
        return pa.array([number for (number,) in cursor.fetchall()], pa.string())


@dataclass(frozen=True)
class Seen:
    """What of a stored cube a person may see: its file, and the units whose cells."""

    cube: Path
    units: frozenset[int]


def seen(round_: int, standard: str, *, public: bool = False, seen_by: User) -> Seen:
    """What the acting person may see of a round's cube under a standard; to be asked anew with each question.

    public: of the pools that may be given to anyone; whoever sees no households gets no others.
    """
    pooled = public or not seen_by.sees_households
    return Seen(cubes.file_of(Path(), round_, standard, public=pooled), units_seen())


def cells(snapshot: Snapshot, seen: Seen) -> pa.Table:
    """The cells a person may see, of the villages whose figures they may see."""
    held = _read(snapshot, seen.cube)
    there = _villages(held, seen.units)
    return held if there is None else held.filter(there)


@lru_cache(maxsize=16)
def _read(snapshot: Snapshot, name: Path) -> pa.Table:
    path = snapshot.file(str(name))
    try:
        return cubes.read(path)
    except pa.ArrowException as error:
        raise DamagedSnapshotError(name=snapshot.name, file=str(name)) from error


def _villages(held: pa.Table, units: frozenset[int]) -> pa.Array | None:
    """Which cells lie in the units; None if all do."""
    villages = held["village"].to_numpy()
    if units.issuperset(np.unique(villages).tolist()):
        return None
    return pc.is_in(held["village"], value_set=pa.array(sorted(units), pa.int64()))
