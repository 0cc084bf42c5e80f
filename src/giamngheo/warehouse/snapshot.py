"""Building a snapshot beside the others and swapping it in; finding and opening the one in force.

    <warehouse>/current                                 the name of the snapshot in force
    <warehouse>/<name>/manifest.json                    schema version, moment, rounds, laws, files with their hashes
    <warehouse>/<name>/dictionary.csv                   every column in words
    <warehouse>/<name>/<table>/year=…/province=…/*.parquet
    <warehouse>/<name>/cubes/<round>-<standard>.parquet the profile cube of a round under a standard (cubes.py)

The register is read in one transaction that sees one moment (REPEATABLE READ) and by the owner's role, as a backup is:
who sees what is decided when a snapshot is read (access.py). A snapshot is never changed; the last KEPT stay.
"""
# ruff: noqa: S608  (only names of ours are laid into the queries)

import csv
import datetime as dt
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import ibis
import ibis.expr.types as ir
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.queries import installation
from giamngheo.rules.standards import standards
from giamngheo.warehouse import tables as source
from giamngheo.warehouse.errors import DamagedSnapshotError, NoSnapshotError, OtherSchemaError
from giamngheo.warehouse.tables import SCHEMA_VERSION, Table, tables

OWNER = "owner"
KEPT = 5
MEMORY = "800MB"
Told = Callable[[str, int], None]


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
        return opened(database or ibis.duckdb.connect(), self.path, tables()[name])

    def verify(self) -> list[str]:
        """The files that are not what they were when the snapshot was made; none if all is well."""
        files: dict[str, dict[str, Any]] = self.manifest["files"]
        return [name for name, said in files.items() if _sha256(self.path / name) != said["sha256"]]


def opened(database: ibis.BaseBackend, folder: Path, table: Table) -> ir.Table:
    """The Parquet files of one table below `folder`; an empty table of the right columns where there is none."""
    files = sorted(str(path) for path in (folder / table.name).rglob("*.parquet"))
    partitions = (
        ", hive_types={'year': SMALLINT, 'province': VARCHAR}" if files and "year=" in files[0] else ""
    )
    sql = f"SELECT * FROM read_parquet({files!r}{partitions})"
    if not files:
        sql = f"SELECT {', '.join(f'NULL::{c.type} AS {c.name}' for c in table.columns)} WHERE false"
    name = f"{table.name}_{uuid.uuid4().hex}"
    database.raw_sql(f"CREATE TEMP VIEW {name} AS {sql}")
    return database.table(name)


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
    return _snapshot(folder() / name)


@lru_cache(maxsize=KEPT)
def _snapshot(path: Path) -> Snapshot:
    return Snapshot(path)


def snapshots() -> list[Snapshot]:
    """All that are kept, the latest first."""
    names = sorted((p.name for p in folder().iterdir() if (p / "manifest.json").is_file()), reverse=True)
    return [_snapshot(folder() / name) for name in names]


def build(*, told: Told = lambda stage, percent: None, kept: int = KEPT) -> Snapshot:
    """Make a snapshot of the register as it stands and swap it in; nothing is left of one that fails."""
    place = folder() / f".building-{uuid.uuid4().hex}"
    place.mkdir(mode=0o700)
    try:
        manifest = _write(place, told)
        _file(place / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        final = folder() / manifest["name"]
        place.rename(final)
        _file(folder() / "current", final.name)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    for old in snapshots()[kept:]:
        shutil.rmtree(old.path)
    return _snapshot(final)


def _file(path: Path, text: str) -> None:
    """Written whole or not at all, and on the disk before it counts."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _write(place: Path, told: Told) -> dict[str, Any]:
    from giamngheo.warehouse.cubes import write_cubes

    with transaction.atomic(using=OWNER, durable=not connections[OWNER].in_atomic_block):
        with connections[OWNER].cursor() as cursor:
            if connections[OWNER].connection.info.transaction_status.name == "IDLE":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = timezone.now()
        here = installation()
        database = duckdb.connect()
        database.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{place}/spill'")
        rounds = _plain_tables(database, place)
        for number, round_ in enumerate(rounds):
            told(round_["name"], 90 * number // max(len(rounds), 1))
            round_["standards"] = _round(database, place, round_, here.province_code)
    told(_("Khối hồ sơ"), 90)
    write_cubes(database, place, rounds)
    with (place / "dictionary.csv").open("w", encoding="utf-8-sig", newline="") as file:
        words = csv.DictWriter(file, list(source.dictionary()[0]))
        words.writeheader()
        words.writerows(source.dictionary())
    files = {str(p.relative_to(place)): _said(database, p) for p in sorted(place.rglob("*")) if p.is_file()}
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    return {
        "name": f"{moment:%Y%m%dT%H%M%S%f}-{digest[:8]}",
        "schema_version": SCHEMA_VERSION,
        "made_at": moment.isoformat(),
        "province": here.province_code,
        "synthetic": here.synthetic,
        "rounds": [r for r in rounds[::-1] if r["standards"]],
        "laws": {slug: standard.content_hash for slug, standard in standards().items()},
        "files": files,
    }


def _said(database: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    said: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": _sha256(path)}
    if path.suffix == ".parquet":
        counted = database.execute(
            "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(path)]
        ).fetchone()
        said["rows"] = int(counted[0]) if counted else 0
    return said


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _plain_tables(database: duckdb.DuckDBPyConnection, place: Path) -> list[dict[str, Any]]:
    """The tables that are no round's own; the rounds by year."""
    for name, sql in (("units", source.UNITS), ("within", source.WITHIN), ("rounds", source.ROUNDS)):
        with _fetched(place, name, sql) as rows:
            _parquet(database, place / name / "part.parquet", f"SELECT {_cast(name)} FROM {rows} ORDER BY 1")
    with _fetched(place, "recognitions", source.RECOGNITIONS) as rows:
        _parquet(
            database,
            place / "recognitions" / "part.parquet",
            f"SELECT {_cast('recognitions')} FROM {rows} ORDER BY village, household, since",
        )
    found = database.execute(
        f"SELECT round, year, kind, name, standard, reference_date::VARCHAR AS reference_date, closed"
        f" FROM '{place}/rounds/part.parquet' ORDER BY year, round"
    )
    names = [d[0] for d in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class _fetched:  # noqa: N801  (reads as a word: with _fetched(...) as rows)
    """The rows of a query of the register as a file that DuckDB reads, gone again afterwards."""

    def __init__(self, place: Path, name: str, sql: str) -> None:
        self.file, self.sql = place / f"{name}.csv", sql

    def __enter__(self) -> str:
        with (
            connections[OWNER].cursor() as cursor,
            self.file.open("wb") as file,
            cursor.copy(f"COPY ({self.sql}) TO STDOUT (FORMAT csv, HEADER)") as rows,
        ):
            for block in rows:
                file.write(block)
        return f"read_csv('{self.file}', header=true, all_varchar=true, quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false)"

    def __exit__(self, *error: object) -> Literal[False]:
        self.file.unlink(missing_ok=True)
        return False


def _cast(table: str, keep: Callable[[str], bool] = lambda name: True) -> str:
    return ", ".join(f"{c.name}::{c.type} AS {c.name}" for c in tables()[table].columns if keep(c.name))


def _parquet(database: duckdb.DuckDBPyConnection, path: Path, sql: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    database.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _round(
    database: duckdb.DuckDBPyConnection, place: Path, round_: dict[str, Any], province: str
) -> list[str]:
    """The visits of one round as three tables; the standards they were judged by."""
    part = f"year={round_['year']}/province={province}/round-{round_['round']}.parquet"
    with (
        _fetched(place, "visits", source.VISITS.format(round=int(round_["round"]))) as visits,
        _fetched(place, "judged", source.VERDICTS.format(round=int(round_["round"]))) as judged,
    ):
        database.execute(f"CREATE OR REPLACE TEMP TABLE judged AS SELECT * FROM {judged}")
        slugs = [r[0] for r in database.execute("SELECT DISTINCT standard FROM judged ORDER BY 1").fetchall()]
        if not database.execute(f"SELECT count(*) FROM {visits}").fetchall()[0][0]:
            return []
        _parquet(database, place / "verdicts" / part, _verdicts_sql(visits, slugs))
        _parquet(database, place / "households" / part, _answers_sql(visits))
        _parquet(database, place / "members" / part, _members_sql(visits))
        database.execute("DROP TABLE judged")
    return slugs


def _verdicts_sql(visits: str, slugs: list[str]) -> str:
    """Visits with their verdicts; the pattern of each standard taken apart into a column an indicator."""
    lacks = []
    for column in tables()["verdicts"].columns:
        code = column.name.removeprefix("lacks_")
        if code == column.name:
            continue
        arms = [
            f"WHEN standard = '{slug}' THEN CASE substr(pattern, {place}, 1) WHEN '1' THEN true WHEN '0' THEN false END"
            for slug in slugs
            for place, indicator in enumerate(standards()[slug].indicators, start=1)
            if indicator.code == code
        ]
        lacks.append(
            f"CASE {' '.join(arms)} END AS {column.name}" if arms else f"NULL::BOOLEAN AS {column.name}"
        )
    own = _cast("verdicts", lambda name: not name.startswith("lacks_"))
    return f"SELECT {own}, {', '.join(lacks)} FROM {visits} LEFT JOIN judged USING (id) ORDER BY village, household, standard"


def _answers_sql(visits: str) -> str:
    return (
        "SELECT round::INTEGER AS round, year::SMALLINT AS year, household, village::BIGINT AS village, a.* FROM ("
        f"SELECT *, json_transform(answers, '{_shape('households')}') AS a FROM {visits}) ORDER BY village, household"
    )


def _members_sql(visits: str) -> str:
    return (
        "SELECT round::INTEGER AS round, year::SMALLINT AS year, household, village::BIGINT AS village, m.* FROM ("
        f"SELECT * REPLACE (json_transform(m, '{_shape('members')}') AS m) FROM ("
        f"SELECT round, year, household, village, unnest(members::JSON[]) AS m FROM {visits}))"
        " ORDER BY village, household, m.person"
    )


def _shape(table: str) -> str:
    """What DuckDB takes out of the JSON of a visit, in the order of the table's columns after the village."""
    columns = tables()[table].columns[4:]
    return json.dumps(
        {c.name: [c.type.removesuffix("[]")] if c.type.endswith("[]") else c.type for c in columns}
    )
