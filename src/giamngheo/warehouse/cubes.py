"""The profile cubes of each round under each standard, stored with a snapshot: any cut-off, weights and group from them.

Cells are by village, commune, district (as on the round's reference date), area type, ethnic group of the head and
class; `weight` is the persons in the cell's households and `households` their number, so that both can be counted.
Households without an interview are in no cell; those of unknown class are, under 'undetermined'. A closed round has a
second cube of the same shape for whoever may not see households (disclosure.py). Villages are the sampling units of the
surveys of the field: the cells of a village are its totals, so that a register needs no other store of them.
"""

from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from giamngheo.measures.cube import Cells, cube
from giamngheo.measures.specification import Column
from giamngheo.rules.standards import standards
from giamngheo.warehouse.disclosure import members, pooled

BY = ("village", "commune", "district", "area_type", "ethnic", "klass")


def columns(standard: str) -> list[Column]:
    """The indicators of a standard as columns of the table `verdicts`, in the standard's order."""
    return [Column(f"lacks_{indicator.code}") for indicator in standards()[standard].indicators]


Pools = dict[tuple[int, str], pa.Table]


def write_cubes(
    database: duckdb.DuckDBPyConnection, place: Path, rounds: list[dict[str, Any]], key: str
) -> Pools:
    """The cubes of each round and standard, beside the tables they are counted from; `key` decides the lots of pools.

    Given back: the pools of each closed round and standard (`disclosure.members`).
    """
    (place / "cubes").mkdir()
    pools: Pools = {}
    backend = ibis.duckdb.from_connection(database)
    for round_ in rounds:
        files = sorted(str(p) for p in (place / "verdicts").rglob(f"round-{round_['round']}.parquet"))
        for standard in round_["standards"]:
            rows = backend.read_parquet(files).filter(ibis._.standard == standard)
            known = rows.mutate(
                commune=rows.commune.fill_null(0),
                district=rows.district.fill_null(0),
                ethnic=rows.ethnic.fill_null(""),
            )
            _store(known, standard, file_of(place, round_["round"], standard))
            if round_["closed"]:
                names = [column.name for column in columns(standard)]
                held = known.select("household", *BY, "persons", *names).order_by("household").to_pyarrow()
                public = pooled(held, names, f"{key}/{round_['year']}/{round_['kind']}")
                _store(
                    ibis.memtable(public), standard, file_of(place, round_["round"], standard, public=True)
                )
                pools[round_["round"], standard] = members(public)
    return pools


def _store(rows: ir.Table, standard: str, path: Path) -> None:
    made = cube(rows, columns(standard), by=BY, weight="persons")
    made.order_by("village", "ethnic", "klass", "pattern").to_parquet(str(path), compression="zstd")


def file_of(place: Path, round_: int, standard: str, *, public: bool = False) -> Path:
    """Where the cube of a round under a standard lies in a snapshot."""
    return place / "cubes" / f"{'public-' if public else ''}{round_}-{standard}.parquet"


def read(path: Path) -> pa.Table:
    """The cells of a stored cube; grouping columns as dictionaries, since each value stands in many cells."""
    return pq.read_table(path, read_dictionary=["area_type", "ethnic", "klass"])


def counted(cells: pa.Table, *, persons: bool) -> Cells:
    """The cells counting persons, or households."""
    if persons:
        return Cells(cells)
    plain = cells.drop_columns([n for n in ("weight_low", "weight_unknown") if n in cells.column_names])
    return Cells(plain.set_column(plain.column_names.index("weight"), "weight", plain["households"]))
