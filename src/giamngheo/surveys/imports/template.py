"""The workbook an office fills in: the round's questions as columns, drop-downs, the villages' codes; pre-filled if wanted."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit, Within
from giamngheo.areas.queries import descendants_on, valid
from giamngheo.registry.models import Household, Person
from giamngheo.rules.facts import MEMBER, Fact, ethnic_groups, facts
from giamngheo.surveys.imports.columns import CODES_SHEET, GUIDE_SHEET, Sheet, sheets_of
from giamngheo.surveys.models import Round

#: Rows that get drop-downs; a commune has fewer, and a longer sheet takes text all the same.
ROWS = 20_000
_DAYS = {"on", "next_visit_on", "birth_date"}
_LONGEST_LIST = 255  # characters Excel takes in a drop-down


def write_template(path: Path, round: Round, unit: Unit, *, filled: bool, seen_by: User) -> None:
    """Write the template of a round for the villages of `unit`, with its households and members if `filled`."""
    villages = list(descendants_on(unit, round.reference_date, Level.VILLAGE))
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        styles = _styles(book)
        _guide(book, round, unit, styles)
        for sheet in sheets_of(round):
            _sheet(book, sheet, _rows(sheet, villages, seen_by) if filled else (), len(villages), styles)
        _codes(book, villages, round.reference_date, styles)


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
        _("2. Cột nền đậm phải ghi. Ô để trống nghĩa là chưa biết, không phải là “không”."),
        _("3. Hộ đã có trong sổ: giữ nguyên “Số hộ toàn tỉnh”. Hộ mới: để trống cột ấy."),
        _("4. Không gặp được hộ: ghi “chưa gặp” hoặc “từ chối” và ngày quay lại."),
        _("5. Ngày ghi dạng ngày/tháng/năm. Thu nhập ghi bằng đồng, không ghi bằng nghìn đồng."),
        _(
            "6. Tải tệp lên trang Nhập dữ liệu; lỗi nếu có sẽ được đánh dấu ngay trong tệp để sửa rồi tải lại."
        ),
    ]
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, line, styles["plain"] if place else styles["title"])


def _sheet(book: Any, sheet: Sheet, rows: Any, villages: int, styles: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 3)
    for place, fact in enumerate(sheet.columns):
        style = styles["day"] if fact.key in _DAYS else styles["text"] if fact.identity else None
        page.set_column(place, place, 24 if fact.key.endswith("name") else 15, style)
        if source := _allowed(fact, villages):
            page.data_validation(
                1, place, ROWS, place, {"validate": "list", "source": source, "error_type": "warning"}
            )
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


def _allowed(fact: Fact, villages: int) -> list[str] | str:
    """What the drop-down of a column offers: a list in the cell, or a range of the sheet of codes."""
    if fact.key == "village_code":
        return f"='{CODES_SHEET}'!$A$2:$A${villages + 1}"
    if fact.type == "ethnic":
        return f"='{CODES_SHEET}'!$E$2:$E${len(ethnic_groups()) + 1}"
    words = (
        ["Có", "Không"]
        if fact.type == "bool"
        else [option.vi for option in fact.options]
        if fact.type == "choice"
        else []
    )
    # Excel parts the list at commas, so words that hold one are left to be typed.
    fits = words and len(",".join(words)) <= _LONGEST_LIST and not any("," in word for word in words)
    return words if fits else ""


def _codes(book: Any, villages: Sequence[Unit], on: dt.date, styles: dict[str, Any]) -> None:
    page = book.add_worksheet(CODES_SHEET)
    page.set_column(0, 4, 22)
    communes = _communes(villages, on)
    heads = (_("Mã thôn"), _("Thôn"), _("Xã"), "", _("Dân tộc"))
    groups = [group.vi for group in ethnic_groups().values()]
    for place, head in enumerate(heads):
        page.write_string(0, place, head, styles["head"])
    for number in range(max(len(villages), len(groups))):
        if number < len(villages):
            village = villages[number]
            for place, word in enumerate((village.code, village.name, communes.get(village.pk, ""))):
                page.write_string(number + 1, place, word, styles["text"])
        if number < len(groups):
            page.write_string(number + 1, 4, groups[number])


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
