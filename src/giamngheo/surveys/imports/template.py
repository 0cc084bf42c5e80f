"""The workbook an office fills in: the round's questions as columns, drop-downs, the villages' codes; pre-filled if wanted."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit, Within
from giamngheo.areas.queries import descendants_on, valid
from giamngheo.base.sheets import column_letters
from giamngheo.base.text import fold
from giamngheo.registry.models import Household, Person
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, ethnic_groups, facts
from giamngheo.surveys.imports.columns import CODES_SHEET, GUIDE_SHEET, Sheet, sheets_of
from giamngheo.surveys.models import Round

#: Rows that get drop-downs; a commune has fewer, and a longer sheet takes text all the same.
ROWS = 20_000
_DAYS = {"on", "next_visit_on", "birth_date"}
_LONGEST_LIST = 255  # characters Excel takes in a drop-down
#: The range of the sheet of codes that the drop-down of a fact offers, by the fact's key.
Lists = Mapping[str, str]


def write_template(path: Path, round: Round, unit: Unit, *, filled: bool, seen_by: User) -> None:
    """Write the template of a round for the villages of `unit`, with its households and members if `filled`."""
    villages = list(descendants_on(unit, round.reference_date, Level.VILLAGE))
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        styles = _styles(book)
        _guide(book, round, unit, styles)
        codes = _codes(round, villages)
        lists = lists_of(CODES_SHEET, [(heading, len(words)) for heading, words in codes.items()])
        for sheet in sheets_of(round):
            _sheet(book, sheet, _rows(sheet, villages, seen_by) if filled else (), lists, styles)
        _codes_sheet(book, codes, styles)


def _styles(book: Any) -> dict[str, Any]:
    return {
        "needed": book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "bg_color": "#17325c",
                "font_color": "#ffffff",
                "valign": "top",
                "border": 1,
            }
        ),
        "head": book.add_format(
            {"bold": True, "text_wrap": True, "bg_color": "#cfdcec", "valign": "top", "border": 1}
        ),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "text": book.add_format({"num_format": "@"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _guide(book: Any, round: Round, unit: Unit, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    sheet.set_column(0, 0, 110)
    lines = [
        _("%(round)s – %(unit)s") % {"round": round.name, "unit": f"{unit.kind} {unit.name}"},
        _(
            "1. Trang “Hộ”: mỗi hộ một hàng. Trang “Thành viên”: mỗi người một hàng, nối với hộ bằng mã thôn và mã hộ (hoặc số hộ toàn tỉnh)."
        ),
        _(
            "2. Cột nền đậm phải ghi. Ô để trống nghĩa là chưa biết, không phải là “không”; điều đã ghi trong đợt thì giữ nguyên."
        ),
        _("3. Hộ đã có trong sổ: giữ nguyên “Số hộ toàn tỉnh”. Hộ mới: để trống cột ấy."),
        _("4. Không gặp được hộ: ghi “chưa gặp” hoặc “từ chối” và ngày quay lại."),
        _("5. Ngày ghi dạng ngày/tháng/năm. Thu nhập ghi bằng đồng, không ghi bằng nghìn đồng."),
        _(
            "6. Tải tệp lên trang Nhập dữ liệu; lỗi nếu có sẽ được đánh dấu ngay trong tệp để sửa rồi tải lại."
        ),
    ]
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, line, styles["plain"] if place else styles["title"])


def _sheet(book: Any, sheet: Sheet, rows: Any, lists: Lists, styles: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 3)
    for place, fact in enumerate(sheet.columns):
        style = styles["day"] if fact.key in _DAYS else styles["text"] if fact.identity else None
        page.set_column(place, place, 24 if fact.key.endswith("name") else 15, style)
    offer(page, 1, sheet.columns, lists)
    page.set_row(0, 62)
    for place, fact in enumerate(sheet.columns):
        needed = fact.key in sheet.needed
        page.write_string(
            0, place, fact.label() + ("*" if needed else ""), styles["needed" if needed else "head"]
        )
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _cell(page, number, place, cell, styles)


def _cell(page: Any, number: int, place: int, cell: object, styles: dict[str, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, dt.date):
        page.write_datetime(number, place, dt.datetime(cell.year, cell.month, cell.day), styles["day"])  # noqa: DTZ001
    elif isinstance(cell, int):
        page.write_number(number, place, cell)
    else:
        page.write_string(number, place, str(cell), styles["text"])


def offer(page: Any, row: int, columns: Sequence[Fact | None], lists: Lists) -> None:
    """Give the cells from `row` (from 0) on, in the columns of these facts, their drop-downs."""
    for place, fact in enumerate(columns):
        source = lists.get(fact.key) or _in_cell(fact) if fact else None
        if source:
            page.data_validation(
                row, place, row + ROWS, place, {"validate": "list", "source": source, "error_type": "warning"}
            )


def lists_of(sheet: str, columns: Sequence[tuple[str, int]]) -> Lists:
    """The ranges of a sheet of codes that drop-downs offer, from its headings in order, each with how many rows it has."""
    listed = {fold(fact.label()): key for (_over, key), fact in facts().items() if _is_listed(fact)}
    return {
        listed[fold(heading)]: f"='{sheet}'!${column_letters(place)}$2:${column_letters(place)}${length + 1}"
        for place, (heading, length) in enumerate(columns)
        if length and fold(heading) in listed
    }


def _words(fact: Fact) -> list[str]:
    """Every answer a drop-down may offer, in Vietnamese."""
    if fact.type == "ethnic":
        return [group.vi for group in ethnic_groups().values()]
    if fact.type == "bool":
        return ["Có", "Không"]
    return [option.vi for option in fact.options] if fact.type == "choice" else []


def _in_cell(fact: Fact) -> list[str]:
    """The words of a drop-down kept in the cell; none where Excel, which parts them at commas, can't hold them."""
    words = _words(fact)
    fits = len(",".join(words)) <= _LONGEST_LIST and not any("," in word for word in words)
    return words if fits else []


def _is_listed(fact: Fact) -> bool:
    """Whether the drop-down of this fact stands in the sheet of codes."""
    return fact.key == "village_code" or (bool(_words(fact)) and not _in_cell(fact))


def _codes(round: Round, villages: Sequence[Unit]) -> dict[str, list[str]]:
    """The columns of the sheet of codes: the villages, and the words of drop-downs too long for a cell."""
    communes = _communes(villages, round.reference_date)
    known = facts()
    codes = {
        known[HOUSEHOLD, "village_code"].label(): [village.code for village in villages],
        known[HOUSEHOLD, "village"].label(): [village.name for village in villages],
        known[HOUSEHOLD, "commune"].label(): [communes.get(village.pk, "") for village in villages],
    }
    asked = [fact for sheet in sheets_of(round) for fact in sheet.columns]
    return codes | {fact.label(): _words(fact) for fact in asked if _is_listed(fact) and _words(fact)}


def _codes_sheet(book: Any, codes: Mapping[str, list[str]], styles: dict[str, Any]) -> None:
    page = book.add_worksheet(CODES_SHEET)
    page.set_column(0, len(codes) - 1, 22)
    for place, heading in enumerate(codes):
        page.write_string(0, place, heading, styles["head"])
    for number, words in enumerate(zip_longest(*codes.values(), fillvalue=""), start=1):
        for place, word in enumerate(words):
            if word:
                page.write_string(number, place, word, styles["text"])


def _communes(villages: Sequence[Unit], on: dt.date) -> dict[int, str]:
    """The commune of each village on the day."""
    rows = Within.objects.filter(valid(on), unit__in=villages, level=Level.COMMUNE).select_related("ancestor")
    return {row.unit_id: row.ancestor.name for row in rows}


def _rows(sheet: Sheet, villages: Sequence[Unit], seen_by: User) -> Iterator[list[object]]:
    """The households, or their members, that the register holds in these villages, as rows of the sheet."""
    people = Person.objects.filter(household__village__in=villages, household__ended_on__isnull=True)
    people = people.select_related("household__village").order_by(
        "household__village__name_key", "household__local_code", "household_id", "birth_year"
    )
    if sheet.over == "household":
        people = people.filter(relation="head")
    for person in people.iterator(2000):
        known = _known(person, person.household)
        yield [known.get(fact.key) for fact in sheet.columns]


def _known(person: Person, household: Household | None) -> dict[str, object]:
    assert household is not None
    return {
        "household_number": household.number,
        "household_code": household.local_code or household.number,
        "village_code": household.village.code,
        "village": household.village.name,
        "head_name": person.full_name,
        "full_name": person.full_name,
        "sex": facts()[MEMBER, "sex"].show(person.sex or None),
        "birth_date": person.birth_date,
        "birth_year": person.birth_year,
        "ethnic": ethnic_groups()[person.ethnic].vi if person.ethnic in ethnic_groups() else None,
        "relation": facts()[MEMBER, "relation"].show(person.relation or None),
    }
