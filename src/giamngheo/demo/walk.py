"""A filled workbook of the round under way, some rows of it wrong on purpose: what a commune brings in to try the import."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.registry.models import Person
from giamngheo.surveys.imports.columns import HOUSEHOLD_SHEET, MEMBER_SHEET, Sheet, sheets_of
from giamngheo.surveys.models import Round, Visit

Row = dict[str, Any]
#: Slips, each in one cell of one row: column and what stands there instead.
OF_HOUSEHOLDS: tuple[tuple[str, object], ...] = (
    ("income_per_head", "khoảng bảy trăm nghìn"),
    ("income_per_head", -5000),
    ("b1_points", "một trăm mười"),
    ("b2_points", 25),
    ("b2_points", 350),
    ("tick_water", "có lẽ"),
    ("tick_toilet", "hỏi lại"),
    ("tick_telecom", "?"),
    ("house_grade", "nhà sàn"),
    ("water_source", "nước lạ"),
    ("on", "31/02/2021"),
    ("on", "tháng mười"),
)
OF_MEMBERS: tuple[tuple[str, object], ...] = (
    ("birth_date", dt.date(2023, 5, 1)),
    ("birth_date", "30/02/1980"),
    ("ethnic", "Sao Hoả"),
    ("sex", "ông"),
    ("relation", "hàng xóm"),
    ("full_name", None),
    ("birth_year", 1850),
    ("health_insurance", "mất thẻ"),
)


@dataclass(frozen=True)
class Slip:
    """A wrong cell: its sheet, its row as the sheet numbers it (the headings are row 1), its column, what stands there."""

    sheet: str
    row: int
    column: str
    value: object


def export_template_rows(
    path: Path, round: Round, commune: Unit, *, households: int = 900, wrong: int = 20, seen_by: User
) -> list[Slip]:
    """Write households of a commune, with their members, as the sheets of the round's template; the slips planted.

    Answers are those of the review before, asked again. At most one slip a row, at most 20 in all.
    """
    villages = list(descendants_on(commune, round.reference_date, Level.VILLAGE))
    before = Visit.objects.filter(
        round__year=round.year - 1, village__in=villages, outcome=Visit.Outcome.MET, retired_at__isnull=True
    )
    visits = list(before.select_related("household__village").order_by("household__id")[:households])
    named = Person.objects.filter(household__in=[v.household_id for v in visits]).in_bulk()
    of_households, of_members = sheets_of(round)
    rows = [_household(visit, named, round) for visit in visits]
    members = [_member(visit, told, named) for visit in visits for told in visit.members]
    slips = _slips(rows, OF_HOUSEHOLDS, HOUSEHOLD_SHEET, min(wrong, 20) * 3 // 5)
    slips += _slips(members, OF_MEMBERS, MEMBER_SHEET, min(wrong, 20) - len(slips))
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        _write(book, of_households, rows, day)
        _write(book, of_members, members, day)
    return slips


def _household(visit: Visit, named: dict[int, Person], round: Round) -> Row:
    """The row of a household, visited in the first weeks of the round."""
    household = visit.household
    head = next((m["person"] for m in visit.members if m.get("relation") == "head"), None)
    return {
        **visit.answers,
        "household_number": household.number,
        "household_code": household.local_code,
        "village_code": household.village.code,
        "village": household.village.name,
        "head_name": named[head].full_name if head in named else None,
        "on": round.opens + dt.timedelta(days=5 + household.pk % 20),
        "outcome": "met",
    }


def _member(visit: Visit, told: Row, named: dict[int, Person]) -> Row:
    household = visit.household
    return {
        **told,
        "birth_date": dt.date.fromisoformat(told["birth_date"]) if told.get("birth_date") else None,
        "household_number": household.number,
        "household_code": household.local_code,
        "village_code": household.village.code,
        "full_name": named[told["person"]].full_name,
    }


def _slips(rows: list[Row], kinds: Sequence[tuple[str, object]], sheet: str, count: int) -> list[Slip]:
    """Put slips into rows evenly apart, in place."""
    step = len(rows) // max(count, 1)
    slips = []
    for number in range(min(count, len(rows))):
        key, value = kinds[number % len(kinds)]
        place = number * step + step // 2
        rows[place] = {**rows[place], key: value}
        if key == "birth_year":
            rows[place]["birth_date"] = None
        slips.append(Slip(sheet, place + 2, key, value))
    return slips


def _write(book: Any, sheet: Sheet, rows: list[Row], day: Any) -> None:
    page = book.add_worksheet(sheet.name)
    for place, fact in enumerate(sheet.columns):
        page.write_string(0, place, fact.label() + ("*" if fact.key in sheet.needed else ""))
    for number, row in enumerate(rows, start=1):
        for place, fact in enumerate(sheet.columns):
            value = row.get(fact.key)
            if value is None or value == "":
                continue
            if isinstance(value, dt.date):
                page.write_datetime(number, place, dt.datetime.combine(value, dt.time()), day)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                page.write_number(number, place, value)
            else:
                page.write_string(number, place, _words(fact, value))


def _words(fact: Any, value: object) -> str:
    """A code in the words of the form; a slip stays as it is."""
    known = isinstance(value, bool | list) or fact.type == "ethnic" or fact.type in ("choice", "codes")
    return str(fact.show(value)) if known else str(value)
