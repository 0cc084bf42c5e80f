"""Finding and opening the snapshot in force; how a snapshot lies on disk.

    <warehouse>/current                                 the name of the snapshot in force
    <warehouse>/<name>/manifest.json                    schema version, moment, rounds, laws, files with their hashes
    <warehouse>/<name>/dictionary.csv                   every column in words
    <warehouse>/<name>/<table>/year=…/province=…/*.parquet
    <warehouse>/<name>/cubes/<round>-<standard>.parquet the profile cube of a round under a standard (cubes.py)
    <warehouse>/<name>/cubes/public-…                   the same for those who may not see households (disclosure.py)
    <warehouse>/<name>/lasting/…, reach/…               what became of the households of the rounds (outcomes.py)

A snapshot is never changed (build.py makes it); a reader keeps the one it opened while another is swapped in.
"""
# ruff: noqa: S608  (only names of ours are laid into the queries)

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from giamngheo.warehouse.errors import DamagedSnapshotError, NoSnapshotError, OtherSchemaError
from giamngheo.warehouse.tables import SCHEMA_VERSION, tables

KEPT = 5


@dataclass(frozen=True)
class Snapshot:
    """One snapshot on disk. Opening it costs nothing until a table is asked for."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Raises DamagedSnapshotError, OtherSchemaError."""
        try:
            found: dict[str, Any] = json.loads((self.path / "manifest.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedSnapshotError(name=self.name, file="manifest.json") from error
        if found["schema_version"] != SCHEMA_VERSION:
            raise OtherSchemaError(name=self.name, found=found["schema_version"], known=SCHEMA_VERSION)
        return found

    @property
    def made_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.manifest["made_at"])

    @property
    def rounds(self) -> list[dict[str, Any]]:
        """The rounds in it, the latest first, each with the standards it was judged by."""
        listed: list[dict[str, Any]] = self.manifest["rounds"]
        return listed

    def table(self, name: str, database: ibis.BaseBackend | None = None) -> ir.Table:
        """A table of everybody's rows as an Ibis expression; a person's own rows come from access.py."""
        files = [str(self.file(one)) for one in self.manifest["files"] if one.startswith(f"{name}/")]
        return opened(name, files, database or ibis.duckdb.connect())

    def columns(
        self, name: str, names: Sequence[str], where: pc.Expression, *, ending: str = ".parquet"
    ) -> pa.Table:
        """Some columns of everybody's rows of a table, read without an engine: a tenth of the time, for a file or two.

        ending: of the names of the files to read. Raises DamagedSnapshotError.
        """
        files = [f for f in self.manifest["files"] if f.startswith(f"{name}/") and f.endswith(ending)]
        if not files:
            return self.table(name).select(*names).limit(0).to_pyarrow()
        try:
            parts = [
                pq.read_table(self.file(one), columns=list(names), filters=where, partitioning=None)
                for one in files
            ]
        except pa.ArrowException as error:
            raise DamagedSnapshotError(name=self.name, file=files[0]) from error
        return pa.concat_tables(parts)

    def file(self, name: str) -> Path:
        """A file of it, of the length it had when it was made. Raises DamagedSnapshotError."""
        path, said = self.path / name, self.manifest["files"].get(name)
        if said is None or not path.is_file() or path.stat().st_size != said["bytes"]:
            raise DamagedSnapshotError(name=self.name, file=name)
        return path

    def asked(self, *, public: bool) -> list[dict[str, Any]]:
        """The annual rounds that may be asked about, the latest first; in public figures only closed ones."""
        return [r for r in self.rounds if r["kind"] == "annual" and (r["closed"] or not public)]

    def verify(self) -> list[str]:
        """The files that are not what they were when the snapshot was made; none if all is well."""
        files: dict[str, dict[str, Any]] = self.manifest["files"]
        return [name for name, said in files.items() if sha256_of(self.path / name) != said["sha256"]]


def opened(name: str, files: list[str], database: ibis.BaseBackend) -> ir.Table:
    """A table of a snapshot out of its files, empty where it has none."""
    table = tables()[name]
    types = "hive_types={'year': SMALLINT, 'province': VARCHAR}"
    sql = f"SELECT * FROM read_parquet({files!r}{', ' + types if table.of_households else ''})"
    if not files:
        sql = f"SELECT {', '.join(f'NULL::{c.type} AS {c.name}' for c in table.columns)} WHERE false"
    view = f"{name}_{uuid.uuid4().hex}"
    database.raw_sql(f"CREATE TEMP VIEW {view} AS {sql}")
    return database.table(view)


def folder() -> Path:
    """Where the snapshots lie; readable by us alone."""
    place: Path = settings.WAREHOUSE
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def current() -> Snapshot:
    """The snapshot in force. Raises NoSnapshotError where none was made yet."""
    try:
        name = (folder() / "current").read_text("ascii").strip()
    except OSError as error:
        raise NoSnapshotError from error
    return snapshot_at(folder() / name)


@lru_cache(maxsize=KEPT)
def snapshot_at(path: Path) -> Snapshot:
    """The snapshot in a folder; what it says of itself is read once."""
    return Snapshot(path)


def snapshots() -> list[Snapshot]:
    """All that are kept, the latest first."""
    names = sorted((p.name for p in folder().iterdir() if (p / "manifest.json").is_file()), reverse=True)
    return [snapshot_at(folder() / name) for name in names]


def sha256_of(path: Path) -> str:
    """The hash of a file; '' if it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
