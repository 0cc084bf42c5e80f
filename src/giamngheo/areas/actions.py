"""Laying the units of a province into the database from its files, as often as wanted: what is right is not touched."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.areas import _sql
from giamngheo.areas.checks import check_folder
from giamngheo.areas.errors import FilesWrongError, NoSuchParentError, UnitStillUsedError
from giamngheo.areas.rows import Key, OutlineRow, Province, UnitRow
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind

#: Units are law: only the installation's owner writes them, never a page.
OWNER = "owner"


@dataclass(frozen=True)
class LoadReport:
    """What a load did to the units of a province."""

    province_code: str
    name: str
    units: int
    added: int
    changed: int
    removed: int

    def __str__(self) -> str:
        return _(
            "Tỉnh %(name)s: %(units)s đơn vị theo thời gian (thêm %(added)s, sửa %(changed)s, bỏ %(removed)s)."
        ) % dataclasses.asdict(self)


def load_province(folder: Path, *, by: User | None) -> LoadReport:
    """Make the units, successions, lists and outlines of a province what its folder says.

    A second load changes nothing. A line that changed is changed in place and audited; a line that vanished removes its
    unit only if nothing stands on it. Raises FilesWrongError, UnitStillUsedError.
    """
    province, problems = check_folder(folder)
    if wrong := [problem for problem in problems if not problem.warning]:
        raise FilesWrongError(wrong)
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        added, changed = _put_units(cursor, province.units, synthetic=False)
        removed = _forget(cursor, province)
        cursor.execute(_sql.LOADED, [_keys(province.units)])
        _put_rest(cursor, province)
        _nest(cursor)
        cursor.execute("DROP TABLE loaded")
        report = LoadReport(province.code, province.name, len(province.units), added, changed, removed)
        details = dataclasses.asdict(report)
        record(kind=Kind.LOAD, subject="areas", row=province.code, details=details, by=by, using=OWNER)
    return report


def add_villages(*, villages: Sequence[UnitRow], synthetic: bool, by: User | None) -> int:
    """Add or correct villages (rows of level 4, `parent` the code of the commune on their first day); how many.

    They follow their commune through its mergers by themselves. Raises NoSuchParentError.
    """
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        added, changed = _put_units(cursor, villages, synthetic=synthetic)
        _nest(cursor)
        details = {"villages": len(villages), "synthetic": synthetic}
        record(kind=Kind.LOAD, subject="areas", details=details, by=by, using=OWNER)
    return added + changed


def _put_units(cursor: CursorWrapper, units: Iterable[UnitRow], *, synthetic: bool) -> tuple[int, int]:
    rows = [
        {**_plain(unit), "parent_code": unit.parent, "urban": unit.urban, "synthetic": synthetic}
        for unit in units
    ]
    cursor.execute(_sql.UNITS, [json.dumps(rows)])
    new = [is_new for (is_new,) in cursor.fetchall()]
    return sum(new), len(new) - sum(new)


def _plain(row: Any) -> dict[str, Any]:
    """The fields of a row as JSON: days and numbers as text, which the database reads back exactly."""
    return {
        name: value if value is None or isinstance(value, (bool, int, tuple, dict)) else str(value)
        for name, value in ((f.name, getattr(row, f.name)) for f in dataclasses.fields(row))
    }


def _keys(units: Iterable[UnitRow]) -> str:
    return json.dumps([{"code": unit.code, "valid_from": str(unit.valid_from)} for unit in units])


def _forget(cursor: CursorWrapper, province: Province) -> int:
    """Remove units of the province that its files no longer name; how many."""
    cursor.execute(_sql.GONE, {"province": province.code, "keys": _keys(province.units)})
    gone = cursor.fetchall()
    if not gone:
        return 0
    try:
        with transaction.atomic(using=OWNER):
            for statement in _sql.FORGET.strip().split(";\n"):
                cursor.execute(statement, {"ids": [unit for unit, _code in gone]})
    except IntegrityError as error:
        raise UnitStillUsedError(sorted({code for _unit, code in gone})) from error
    return len(gone)


def _put_rest(cursor: CursorWrapper, province: Province) -> None:
    """Successions, lists and outlines of the units in the temporary table `loaded`."""
    ours = "IN (SELECT id FROM loaded)"
    successions = [
        {**_plain(row), "before": row.before[0], "before_from": str(row.before[1]), "after": row.after[0]}
        for row in province.successions
    ]
    _settle(
        cursor,
        "areas_succession",
        'before_id, after_id, "on", kind, legal_basis',
        _sql.SUCCESSIONS,
        successions,
        key='before_id, after_id, "on"',
        within=f"before_id {ours}",
    )
    cursor.execute(_sql.LISTS, [json.dumps([_plain(row) | {"entries": None} for row in province.lists])])
    _settle(
        cursor,
        "areas_arealistentry",
        "area_list_id, unit_id, valid_from, valid_to, source, confidence, verified",
        _sql.ENTRIES,
        [{**_plain(entry), "slug": row.slug} for row in province.lists for entry in row.entries],
        key="area_list_id, unit_id, valid_from",
        within=f"unit_id {ours}",
    )
    _settle(
        cursor,
        "areas_outline",
        "unit_id, geometry, source, licence",
        _sql.OUTLINES,
        [
            {"code": code, "valid_from": str(first), **_plain(outline), "on": None}
            for (code, first), outline in _latest_outlines(province).items()
        ],
        key="unit_id",
        within=f"unit_id {ours}",
    )


def _latest_outlines(province: Province) -> dict[Key, OutlineRow]:
    """One outline a unit version; a later layer of province.yaml wins."""
    versions: dict[str, list[UnitRow]] = {}
    for unit in province.units:
        versions.setdefault(unit.code, []).append(unit)
    return {
        unit.key: outline
        for outline in province.outlines
        for unit in versions[outline.code]
        if unit.on(outline.on)
    }


def _nest(cursor: CursorWrapper) -> None:
    """Work out who stands above whom, on every day, from the units and successions."""
    cursor.execute(_sql.VILLAGES_URBAN)
    _settle(
        cursor,
        "areas_nesting",
        "child_id, parent_id, valid_from, valid_to",
        _sql.NESTINGS,
        key="child_id, valid_from",
    )
    cursor.execute(_sql.ORPHANS)
    if orphans := [code for (code,) in cursor.fetchall()]:
        raise NoSuchParentError(orphans)
    _settle(
        cursor,
        "areas_within",
        "unit_id, ancestor_id, unit_level, level, valid_from, valid_to",
        _sql.WITHINS,
        key="unit_id, ancestor_id, valid_from",
    )


def _settle(
    cursor: CursorWrapper,
    table: str,
    columns: str,
    wanted: str,
    rows: list[dict[str, Any]] | None = None,
    *,
    key: str,
    within: str = "true",
) -> None:
    first, *others = _sql.settle(table, columns, wanted, key=key, within=within)
    cursor.execute(first, None if rows is None else [json.dumps(rows)])
    for statement in others:
        cursor.execute(statement)
