"""Tables worked out from a snapshot at the first question and kept beside it: a snapshot never changes."""

import os
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from giamngheo.warehouse.snapshot import Snapshot


def kept(held: Snapshot, what: str, made: Callable[[], pa.Table]) -> pa.Table:
    """The table, read from its file, or made and written there whole; those of snapshots that are gone go with them.

    what: names the table and how it is made, so that another way of making it gets another file; without a hyphen.
    """
    file = held.path.parent / "sums" / f"{held.name}-{what}.parquet"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = file.with_name(f"{file.name}.{os.getpid()}.part")
        pq.write_table(made(), beside, compression="zstd")
        beside.replace(file)
        there = {manifest.parent.name for manifest in held.path.parent.glob("*/manifest.json")}
        for old in file.parent.glob("*.parquet"):
            if old.name.rsplit("-", 1)[0] not in there:
                old.unlink(missing_ok=True)
    with pq.ParquetFile(file) as opened:  # read_table would load pandas first
        return opened.read()
