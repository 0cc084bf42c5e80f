"""Building a snapshot beside the others and swapping it in.

The register is read in one transaction that sees one moment (REPEATABLE READ) and by the owner's role, as a backup is:
who sees what is decided when a snapshot is read (access.py). One process builds at a time; what one that was killed left
lying is swept by the next. A snapshot is read-only once it is whole; the last KEPT stay.
"""
# ruff: noqa: S608  (only names of ours are laid into the queries)

import contextlib
import csv
import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import duckdb
import ibis
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.queries import installation
from giamngheo.rules.standards import standards
from giamngheo.warehouse import cubes, outcomes
from giamngheo.warehouse.errors import AlreadyBuildingError
from giamngheo.warehouse.snapshot import KEPT, Snapshot, folder, opened, sha256_of, snapshot_at, snapshots
from giamngheo.warehouse.tables import SCHEMA_VERSION, VERDICTS, VISITS, dictionary, tables

OWNER = "owner"
MEMORY = "800MB"
_UNFINISHED = ".building-"
Told = Callable[[str, int], None]


def build(*, told: Told = lambda stage, percent: None, kept: int = KEPT) -> Snapshot:
    """Make a snapshot of the register as it stands and swap it in; nothing is left of one that fails.

    Raises AlreadyBuildingError while another process builds.
    """
    with _alone():
        place = folder() / f"{_UNFINISHED}{uuid.uuid4().hex}"
        place.mkdir(mode=0o700)
        try:
            manifest = _write(place, told)
            _file(place / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
            for file in place.rglob("*.*"):
                if file.is_file():
                    file.chmod(0o400)
            final = folder() / manifest["name"]
            place.rename(final)
            _file(folder() / "current", final.name)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        for old in snapshots()[kept:]:
            shutil.rmtree(old.path)
        return snapshot_at(final)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Nobody else builds meanwhile; the lock goes with the process, and so what lies unfinished is nobody's."""
    with (folder() / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyBuildingError from error
        for left in folder().glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left)
        yield


def _file(path: Path, text: str) -> None:
    """Written whole or not at all, and on the disk before it counts."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _write(place: Path, told: Told) -> dict[str, Any]:
    with transaction.atomic(using=OWNER, durable=not connections[OWNER].in_atomic_block):
        with connections[OWNER].cursor() as cursor:
            if connections[OWNER].connection.info.transaction_status.name == "IDLE":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = timezone.now()
        here = installation()
        database = duckdb.connect()
        database.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{place}/spill'")
        rounds = _plain_tables(database, place, here.province_code)
        for number, round_ in enumerate(rounds):
            told(round_["name"], 90 * number // max(len(rounds), 1))
            round_["standards"] = _round(database, place, round_, here.province_code)
    told(_("Khối hồ sơ"), 90)
    pools = cubes.write_cubes(database, place, rounds, settings.DISCLOSURE_KEY)
    told(_("Diễn biến sau các đợt"), 95)
    backend = ibis.duckdb.from_connection(database)
    written = {n: sorted(map(str, (place / n).rglob("*.parquet"))) for n in ("verdicts", "deliveries")}
    held = {name: opened(name, files, backend) for name, files in written.items()}
    outcomes.write(held["verdicts"], held["deliveries"], place, rounds, pools)
    with (place / "dictionary.csv").open("w", encoding="utf-8-sig", newline="") as file:
        words = csv.DictWriter(file, list(dictionary()[0]))
        words.writeheader()
        words.writerows(dictionary())
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
    said: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    if path.suffix == ".parquet":
        counted = database.execute(
            "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(path)]
        ).fetchone()
        said["rows"] = int(counted[0]) if counted else 0
    return said


def _plain_tables(database: duckdb.DuckDBPyConnection, place: Path, province: str) -> list[dict[str, Any]]:
    """The tables with a query of their own, those of households by year and province; the rounds by year."""
    for table in tables().values():
        if not table.sql:
            continue
        with _fetched(place, table.name, table.sql) as rows:
            sql = f"SELECT {_cast(table.name)} FROM {rows} ORDER BY {table.order}"
            if table.of_households:
                _by_year(database, place / table.name, sql, province)
            else:
                _parquet(database, place / table.name / "part.parquet", sql)
    found = database.execute(
        f"SELECT round, year, kind, name, standard, reference_date::VARCHAR AS reference_date, closed"
        f" FROM '{place}/rounds/part.parquet' ORDER BY year, round"
    )
    names = [d[0] for d in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _by_year(database: duckdb.DuckDBPyConnection, place: Path, sql: str, province: str) -> None:
    database.execute(f"CREATE OR REPLACE TEMP TABLE taken AS {sql}")
    for (year,) in database.execute("SELECT DISTINCT year FROM taken ORDER BY 1").fetchall():
        part = place / f"year={year}/province={province}/part.parquet"
        _parquet(database, part, f"SELECT * FROM taken WHERE year = {year}")
    database.execute("DROP TABLE taken")


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
        _fetched(place, "visits", VISITS.format(round=int(round_["round"]))) as visits,
        _fetched(place, "judged", VERDICTS.format(round=int(round_["round"]))) as judged,
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
