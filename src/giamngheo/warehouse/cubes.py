"""The profile cube of each round under each standard, stored with a snapshot: any cut-off, weights and group from it.

Cells are by village, commune, district (as on the round's reference date), area type, ethnic group of the head and
class; `weight` is the persons in the cell's households and `households` their number, so that both can be counted.
Households without an interview are in no cell; those of unknown class are, under 'undetermined'.
"""

from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from giamngheo.measures.cube import Cells, cube
from giamngheo.measures.specification import Column
from giamngheo.rules.standards import standards

BY = ("village", "commune", "district", "area_type", "ethnic", "klass")


def columns(standard: str) -> list[Column]:
    """The indicators of a standard as columns of the table `verdicts`, in the standard's order."""
    return [Column(f"lacks_{indicator.code}") for indicator in standards()[standard].indicators]


def write_cubes(database: duckdb.DuckDBPyConnection, place: Path, rounds: list[dict[str, Any]]) -> None:
    """One file a round and standard, beside the tables it was counted from."""
    (place / "cubes").mkdir()
    backend = ibis.duckdb.from_connection(database)
    for round_ in rounds:
        for standard in round_["standards"]:
            files = sorted(str(p) for p in (place / "verdicts").rglob(f"round-{round_['round']}.parquet"))
            rows = backend.read_parquet(files).filter(ibis._.standard == standard)
            known = rows.mutate(
                district=rows.district.fill_null(0), ethnic=rows.ethnic.fill_null(""), persons=rows.persons
            )
            made = cube(known, columns(standard), by=BY, weight="persons")
            made.order_by("village", "ethnic", "klass", "pattern").to_parquet(
                str(file_of(place, round_["round"], standard)), compression="zstd"
            )


def file_of(place: Path, round_: int, standard: str) -> Path:
    """Where the cube of a round under a standard lies in a snapshot."""
    return place / "cubes" / f"{round_}-{standard}.parquet"


def read(path: Path) -> pa.Table:
    """The cells of a stored cube; grouping columns as dictionaries, since each value stands in many cells."""
    return pq.read_table(path, read_dictionary=["area_type", "ethnic", "klass"])


def counted(cells: pa.Table, *, persons: bool) -> Cells:
    """The cells counting persons, or households."""
    if persons:
        return Cells(cells)
    plain = cells.drop_columns([n for n in ("weight_low", "weight_unknown") if n in cells.column_names])
    return Cells(plain.set_column(plain.column_names.index("weight"), "weight", plain["households"]))
