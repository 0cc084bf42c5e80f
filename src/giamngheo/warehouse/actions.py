"""What may be done with the warehouse: a snapshot made anew, tables taken away with their dictionary, a research file."""

import csv
import io
import tempfile
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import Role, User
from giamngheo.access.scope import acting_as
from giamngheo.access.work import OPEN
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base.text import format_date
from giamngheo.surveys.export_actions import folder
from giamngheo.warehouse import access, build, research, snapshot, tables
from giamngheo.warehouse.errors import (
    AlreadyBuildingError,
    HouseholdsNotSeenError,
    NoSuchTableError,
    ProvincialOfficerError,
)
from giamngheo.warehouse.models import Making

FORMATS = ("parquet", "csv")


@transaction.atomic
def ask_for_snapshot(*, by: User) -> Making:
    """Have the register copied as it stands now. Raises ProvincialOfficerError, AlreadyBuildingError."""
    _check_provincial(by)
    if Making.objects.filter(kind=Making.Kind.SNAPSHOT, state__in=OPEN).exists():
        raise AlreadyBuildingError
    return _asked(Making.Kind.SNAPSHOT, {}, by)


@transaction.atomic
def ask_for_tables(*, names: Sequence[str], format: str, by: User) -> Making:
    """Have tables of the snapshot in force as files, of the households the person may see. Raises WarehouseError."""
    if not by.sees_households:
        raise HouseholdsNotSeenError
    unknown = [name for name in names if name not in tables.tables()]
    if unknown or not names or format not in FORMATS:
        raise NoSuchTableError(name=", ".join(unknown) or format or "?")
    return _asked(Making.Kind.TABLES, {"tables": list(names), "format": format}, by)


@transaction.atomic
def ask_for_research(*, year: int, k: int, by: User) -> Making:
    """Have an anonymised file of one year for research. Raises ProvincialOfficerError, WarehouseError."""
    _check_provincial(by)
    research.check(snapshot.current(), year, k)
    return _asked(Making.Kind.RESEARCH, {"year": year, "k": k}, by)


def _check_provincial(by: User) -> None:
    if by.role != Role.PROVINCIAL_OFFICER:
        raise ProvincialOfficerError


def _asked(kind: Making.Kind, asked: dict[str, Any], by: User) -> Making:
    from giamngheo.warehouse.jobs import make  # the job room imports this one

    name = "" if kind == Making.Kind.SNAPSHOT else snapshot.current().name
    making = Making.objects.create(kind=kind, asked=asked, snapshot=name, asked_by=by)
    record(
        kind=Kind.EXPORT, subject="warehouse_making", row=making.pk, details={"kind": kind, **asked}, by=by
    )
    make.defer(pk=making.pk, user=by.pk)
    return making


def run(pk: int, user: User) -> None:
    """What the job does of a making that was taken up."""
    with acting_as(user):
        making = Making.objects.get(pk=pk)
    if making.kind == Making.Kind.SNAPSHOT:
        made = build.build(told=lambda stage, percent: cache.set(_key(pk), (stage, percent), 3600))
        said = {"snapshot": made.name, "result": rows_of(made)}
    else:
        with acting_as(user):
            said = _file(making, by=user)
    with acting_as(user):
        Making.objects.filter(pk=pk).update(state=Making.State.DONE, finished_at=timezone.now(), **said)


def progress_of(making: Making) -> tuple[str, int]:
    """The stage of a job and its per cent."""
    found: tuple[str, int] = cache.get(_key(making.pk), ("", 0))
    return found


def path_of(making: Making) -> Path:
    """Where the file lies; it is taken away with the other exports after some days."""
    return folder() / making.stored_as


def is_kept(making: Making) -> bool:
    """Whether the file of a finished job still lies there."""
    return making.state == Making.State.DONE and bool(making.stored_as) and path_of(making).is_file()


def _key(pk: int) -> str:
    return f"making-{pk}"


def rows_of(made: snapshot.Snapshot) -> dict[str, int]:
    """Rows of each table of a snapshot."""
    rows: dict[str, int] = {}
    for name, said in made.manifest["files"].items():
        table = name.split("/")[0]
        if table in tables.tables():
            rows[table] = rows.get(table, 0) + said["rows"]
    return rows


def _file(making: Making, *, by: User) -> dict[str, Any]:
    name = f"{uuid.uuid4().hex}.zip"
    source = next(s for s in snapshot.snapshots() if s.name == making.snapshot)
    try:
        if making.kind == Making.Kind.TABLES:
            result = _tables(source, making.asked, folder() / name, by)
        else:
            result = research.write(source, making.asked["year"], making.asked["k"], folder() / name)
    except BaseException:
        (folder() / name).unlink(missing_ok=True)
        raise
    return {"stored_as": name, "result": result}


def _tables(source: snapshot.Snapshot, asked: dict[str, Any], path: Path, by: User) -> dict[str, int]:
    rows = {}
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in asked["tables"]:
            table = access.rows(source, name, seen_by=by)
            part = Path(place) / f"{name}.{asked['format']}"
            if asked["format"] == "parquet":
                table.to_parquet(str(part), compression="zstd")
            else:
                table.to_csv(str(part))
            rows[name] = int(table.count().to_pyarrow().as_py())
            bundle.write(part, part.name)
        kept = [row for row in tables.dictionary() if row["table"] in asked["tables"]]
        bundle.writestr("dictionary.csv", dictionary_csv(kept))
        bundle.writestr("README.txt", about(source))
    return rows


def dictionary_csv(rows: Sequence[dict[str, str]]) -> str:
    """A dictionary of columns as CSV that spreadsheets read in Vietnamese."""
    text = io.StringIO()
    text.write("\ufeff")
    words = csv.DictWriter(text, list(rows[0]))
    words.writeheader()
    words.writerows(rows)
    return text.getvalue()


def about(source: snapshot.Snapshot) -> str:
    """What a file taken from a snapshot says of itself."""
    said = source.manifest
    lines = [
        _("Kho số liệu %(name)s, lập ngày %(on)s, lược đồ %(schema)s.")
        % {"name": source.name, "on": format_date(source.made_at.date()), "schema": said["schema_version"]},
        _("Số liệu đúng như sổ vào lúc đó; ô trống là không biết, không phải là không."),
        _("Có dữ liệu từng hộ: chỉ dùng cho công việc được giao, không chuyển cho người khác."),
    ]
    if said["synthetic"]:
        lines.append(_("Dữ liệu mô phỏng, không phải hộ thật."))
    lines += [f"{slug}: {digest}" for slug, digest in said["laws"].items()]
    return "\n".join(lines) + "\n"
