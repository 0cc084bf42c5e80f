"""Forms 14 and 15: the near-poor and the poor households of a place with their members, one line a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from giamngheo.measures.movement import movement
from giamngheo.reports.official.build import Issue
from giamngheo.reports.official.errors import SnapshotError, UnknownFormError, UnknownUnitError
from giamngheo.reports.official.forms._form import LISTS, NUMBER_UNREAD, so
from giamngheo.reports.official.gather import typed, unbound
from giamngheo.reports.official.report import NEW, OLD, Basis, Column, Report, Row, Units
from giamngheo.rules.facts import MEMBER, ethnic_groups, facts
from giamngheo.rules.standards import Words

SLUGS = {"near-poor-list": "near_poor", "poor-list": "poor"}
_NUMBERS = {"near-poor-list": {NEW: "14", OLD: ""}, "poor-list": {NEW: "15", OLD: ""}}
#: The members of the households, one row each; `order` is their order in the household.
MEMBERS: Mapping[str, pa.DataType] = {
    "household": pa.int64(), "order": pa.int16(), "name": pa.string(), "birth_year": pa.int16(), "sex": pa.string(),
    "ethnic": pa.string(), "relation": pa.string(),
}  # fmt: skip
MARK = "x"
_BORN = Words("Năm sinh", "Year of birth")
_STATE = Words("Diễn biến", "Movement")
_GROUP = Words("Nhóm hộ", "Groups")
_SUPPORT = Words("Chính sách hỗ trợ được hưởng", "Support received")
_SUPPORTS = {
    "health": Words("Y tế", "Health"), "education": Words("Giáo dục", "Education"),
    "production": Words("Sản xuất", "Production"), "credit": Words("Vay vốn tín dụng", "Credit"),
    "housing": Words("Nhà ở", "Housing"), "other_support": Words("Khác", "Other"),
}  # fmt: skip
_NOTES = (
    Words("Hộ cũ: đã trong danh sách này đầu kỳ; hộ tái: đã được công nhận thoát rồi trở lại; còn lại là hộ mới.", "Old: on this list at the start; again: recognised as escaped before; the rest are new."),
    Words("Cột chính sách hỗ trợ để trống: phần mềm chưa có dữ liệu về hỗ trợ đã nhận.", "The columns of support are blank: there are no data of support received yet."),
    Words("Có dữ liệu cá nhân: chỉ dùng cho việc được giao.", "Holds personal data: for the work it was given for only."),
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """The lines of both lists by list and village, households numbered when they are put into a report."""

    units: Units
    basis: Basis
    rows: Mapping[tuple[str, int], list[tuple[Any, ...]]]


def gather_lists(snapshot: pa.Table, members: pa.Table, units: Units, basis: Basis) -> Listed:
    """The members of all listed households of a round, by one query. Raises SnapshotError where columns are missing."""
    missing = [name for name in MEMBERS if name not in members.column_names]
    if missing:
        raise SnapshotError(columns=", ".join(missing))
    people = pa.table({name: members.column(name).cast(kind) for name, kind in MEMBERS.items()})
    moved = movement(unbound(), year=basis.year, look_back=basis.look_back)
    head = moved.filter(moved.after.isin(list(LISTS))).select(
        "household", "village", "after", "movement", "before", "no_labour", "merit", "female_head",
        minority=so(moved.ethnic.between("02", "54")) == 1,
    )  # fmt: skip
    person = ibis.table({name: ibis.dtype(kind) for name, kind in MEMBERS.items()}, name="members")
    both = head.left_join(person, "household").order_by("village", "household", "order")
    wanted = both.select(
        "after", "village", "household", "movement", "before", "minority", "no_labour", "merit", "female_head",
        "order", "name", "birth_year", "sex", person=both.ethnic, relation=both.relation,
    )  # fmt: skip
    rows: dict[tuple[str, int], list[tuple[Any, ...]]] = {}
    with duckdb.connect(":memory:") as database:
        database.register("snapshot", typed(snapshot))
        database.register("members", people)
        for listed, village, *row in database.execute(str(ibis.to_sql(wanted, dialect="duckdb"))).fetchall():
            rows.setdefault((listed, village), []).append(tuple(row))
    return Listed(units, basis, rows)


def list_report(slug: str, listed: Listed, unit: int, issue: Issue) -> Report:
    """The list of a unit, village after village. Raises UnknownFormError, UnknownUnitError."""
    if slug not in SLUGS:
        raise UnknownFormError(slug=slug, generation=listed.basis.generation, known=", ".join(SLUGS))
    if unit not in listed.units.by_id:
        raise UnknownUnitError(unit=unit)
    name, basis = SLUGS[slug], listed.basis
    found: list[Row] = []
    number = 0
    for village in listed.units.villages(unit):
        place = listed.units.by_id[village]
        before = None
        for household, *row in listed.rows.get((name, village), []):
            first = household != before
            number, before = number + first, household
            values = _values(name, row, number if first else None)
            item = f"{household}/{row[6] or 0}"
            found.append(Row(village, place.code, place.label, "", "", values, item))
    return Report(
        slug=slug, generation=basis.generation, number=_NUMBERS[slug][basis.generation], title=_title(name, basis),
        unit=listed.units.by_id[unit], year=basis.year, on=issue.on, geography=issue.geography,
        standard=basis.standard.slug, columns=_columns(name), rows=tuple(found), synthetic=issue.synthetic,
        notes=_NOTES, unverified=NUMBER_UNREAD,
    )  # fmt: skip


def _title(name: str, basis: Basis) -> Words:
    words = LISTS[name]
    return Words(
        f"Danh sách chi tiết {words.vi.lower()} năm {basis.year}", f"{words.en} in {basis.year}, in detail"
    )


def _columns(name: str) -> tuple[Column, ...]:
    kind = "nghèo" if name == "poor" else "cận nghèo"
    heads: list[tuple[str, str, Words, tuple[Words, ...], int]] = [
        ("household", "order", Words("Hộ số", "No."), (), 5),
        ("name", "text", Words("Họ và tên", "Name"), (), 24),
        ("born_man", "year", Words("Nam", "Male"), (_BORN,), 6),
        ("born_woman", "year", Words("Nữ", "Female"), (_BORN,), 6),
        ("ethnic", "text", Words("Dân tộc", "Ethnic group"), (), 9),
        ("relation", "text", Words("Quan hệ với chủ hộ", "Relation to the head"), (), 11),
        ("new", "mark", Words(f"{kind.capitalize()} mới", "New"), (_STATE,), 6),
        ("again", "mark", Words(f"Tái {kind}", "Again"), (_STATE,), 6),
        ("old", "mark", Words(f"{kind.capitalize()} cũ", "Old"), (_STATE,), 6),
        ("minority", "mark", Words("Dân tộc thiểu số", "Ethnic minority"), (_GROUP,), 7),
        ("no_labour", "mark", Words("Không có khả năng lao động", "Without capacity for work"), (_GROUP,), 8),
        ("merit", "mark", Words("Người có công", "Person of merit"), (_GROUP,), 7),
        ("female_head", "mark", Words("Chủ hộ nữ", "Woman head"), (_GROUP,), 6),
    ]
    heads += [(key, "mark", words, (_SUPPORT,), 6) for key, words in _SUPPORTS.items()]
    return tuple(
        Column(key, str(number), head, kind=kind, under=under, width=width)
        for number, (key, kind, head, under, width) in enumerate(heads, 1)
    )


def _values(name: str, row: list[Any], number: int | None) -> tuple[Any, ...]:
    """One line: what is of the household stands on its first line alone."""
    movement, before, minority, no_labour, merit, female_head, _, *person = row
    again, old = movement.endswith("fell_back"), before == name
    marks = (not again and not old, again, old, minority, no_labour, merit, female_head)
    full_name, born, sex, ethnic, relation = person
    return (
        number,
        full_name,
        born if sex == "M" else None,
        born if sex == "F" else None,
        ethnic_groups()[ethnic].vi if ethnic in ethnic_groups() else None,
        facts()[MEMBER, "relation"].show(relation) if relation else None,
        *(MARK if number and so else None for so in marks),
        *(None for _ in _SUPPORTS),
    )
