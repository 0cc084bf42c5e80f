"""Reported figures by workbook: a template with the units and indicators; read whole, every problem by row and column."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import children_on, label
from giamngheo.base.marked import PROBLEM_HEADER, Mark
from giamngheo.base.sheets import BadCell, Cell, SheetError, Workbook, open_workbook
from giamngheo.base.text import fold, parse_number
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.dues import reported_indicators
from giamngheo.resolution.models import ReportedFigure
from giamngheo.resolution.queries import responsible
from giamngheo.resolution.reported import Checked, Given, check

SHEET = "Số liệu"
#: Rows beyond this are refused: a province has some 3.000.
MOST = 10_000
#: The columns by the field each fills; those without a field are for the reader.
COLUMNS: dict[str, str] = {
    "indicator": "Mã chỉ số",
    "": "Chỉ số",
    "unit": "Mã đơn vị",
    "name": "Đơn vị",
    "period": "Kỳ",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "value": "Giá trị",
    "measured": "Đơn vị tính",
    "body": "Mã cơ quan",
    "note": "Ghi chú",
}
NEEDED = ("indicator", "unit", "period", "body")
NUMBERS = ("numerator", "denominator", "value")


def write_template(path: Path, resolution: Resolution, unit: Unit, year: int, *, seen_by: User) -> None:
    """The indicators that bodies report, for the unit and those directly below it; figures in force are filled in."""
    units = [unit, *(children_on(unit, dt.date(year, 12, 31)) if unit.level < Level.COMMUNE else ())]
    rows = ReportedFigure.objects.filter(unit__in=units, period=str(year), retired_at=None)
    known = {(row.indicator, row.unit_id): row for row in rows}
    who, language = responsible(resolution), get_language() or "vi"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(SHEET)
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#cfdcec", "border": 1})
        text = book.add_format({"num_format": "@"})
        page.freeze_panes(1, 2)
        for place, (key, words) in enumerate(COLUMNS.items()):
            page.set_column(
                place, place, {"": 50, "name": 26, "note": 40}.get(key, 14), text if key in NEEDED else None
            )
            page.write_string(0, place, words + ("*" if key in NEEDED else ""), head)
        number = 0
        for one in reported_indicators(resolution):
            for each in units:
                number += 1
                held = known.get((one.slug, each.pk))
                answering = who[one.slug][0].body
                values: dict[str, Any] = {
                    "indicator": one.slug,
                    "": one.name(language),
                    "unit": each.code,
                    "name": label(each),
                    "period": str(year),
                    "measured": one.unit_words(language),
                    "body": held.body if held else answering.id,
                    "note": held.note if held else "",
                    **({name: getattr(held, name) for name in NUMBERS} if held else {}),
                }
                for place, key in enumerate(COLUMNS):
                    value = values.get(key)
                    if isinstance(value, Decimal):
                        page.write_number(number, place, float(value))
                    elif value:
                        page.write_string(number, place, str(value), text if key in NEEDED else None)


@dataclass
class ReadBook:
    """A workbook that was read: rows with figures, each as checked, and every problem by row and column.

    `is_table`: whether the file could be read at all.
    """

    rows: list[Checked] = field(default_factory=list)
    problems: list[Mark] = field(default_factory=list)
    is_table: bool = True

    @property
    def new(self) -> int:
        return sum(not row.same for row in self.rows)


def read(path: Path, resolution: Resolution, *, today: dt.date, seen_by: User) -> ReadBook:
    """Read a workbook and check every row that holds a number. What is no table is one problem of no row."""
    found = ReadBook()
    try:
        with open_workbook(path) as book:
            sheet = book.find(SHEET) or book.sheet_names[0]
            given = _rows(book, sheet, found)
    except SheetError as error:
        found.problems.append(Mark("", 0, "", error.sentence(get_language() or "vi")))
        found.is_table = False
        return found
    _twice(given, sheet, found)
    checked = check([row for _number, row in given], resolution, today=today, seen_by=seen_by)
    found.rows = checked
    for (number, _row), one in zip(given, checked, strict=True):
        found.problems += [
            Mark(sheet, number, COLUMNS.get(fault.field, fault.field), fault.sentence) for fault in one.faults
        ]
    if not given and not found.problems:
        found.problems.append(Mark(sheet, 0, "", _("Tệp không có số nào; hãy điền vào mẫu rồi tải lên lại.")))
    found.problems.sort(key=lambda mark: mark.row)
    return found


def _rows(book: Workbook, sheet: str, found: ReadBook) -> list[tuple[int, Given]]:
    """The rows under the headings that hold a number; a row of the template left blank is passed over."""
    places: dict[str, int] | None = None
    given: list[tuple[int, Given]] = []
    for row in book.rows(sheet):
        if places is None:
            places = _headings(row.cells)
            missing = [COLUMNS[key] for key in (*NEEDED, "value") if key not in places]
            if missing:
                found.problems.append(Mark(sheet, row.number, "", _("Thiếu cột: %(columns)s. Hãy dùng tệp mẫu của trang này.") % {"columns": ", ".join(missing)}))  # fmt: skip
                return []
            continue
        if row.number > MOST:
            found.problems.append(Mark(sheet, row.number, "", _("Tệp quá dài; mỗi tệp nhiều nhất %(n)s hàng.") % {"n": MOST}))  # fmt: skip
            return []
        cells = {key: row.cells[place] for key, place in places.items() if place < len(row.cells)}
        if any(_filled(cells.get(key)) for key in NUMBERS):
            given.append((row.number, _given(cells, sheet, row.number, found)))
    return given


def _headings(cells: Sequence[Cell]) -> dict[str, int]:
    names = {fold(words): key for key, words in COLUMNS.items()}
    told = [fold(str(cell or "").replace("*", "")).strip() for cell in cells]
    return {names[name]: place for place, name in enumerate(told) if name in names and name != fold(PROBLEM_HEADER)}  # fmt: skip


def _filled(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _given(cells: dict[str, Cell], sheet: str, number: int, found: ReadBook) -> Given:
    row = Given(
        indicator=_text(cells.get("indicator")),
        unit=_code(cells.get("unit")),
        period=_text(cells.get("period")),
        body=_text(cells.get("body")),
        note=_text(cells.get("note")),
    )
    numbers: dict[str, Any] = {}
    for key in NUMBERS:
        cell = cells.get(key)
        if not _filled(cell):
            continue
        value = _number(cell)
        if value is None:
            words = {"text": cell.text if isinstance(cell, BadCell) else str(cell)}
            found.problems.append(Mark(sheet, number, COLUMNS[key], _("“%(text)s” không phải là số; ghi ví dụ 1.234,5.") % words))  # fmt: skip
        else:
            numbers[key] = value
    return replace(row, **numbers)


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, str):
        return parse_number(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        # What a spreadsheet computed has a long tail of digits; four decimals are what is kept.
        return Decimal(str(cell)).quantize(Decimal("0.0001")) if abs(cell) < 1e18 else None
    return None


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None or isinstance(cell, BadCell) else str(cell).strip()


def _code(cell: Cell) -> str:
    """A unit's code; a spreadsheet that took it for a number has lost the nought in front of a commune's."""
    text = _text(cell)
    return text.zfill(5) if len(text) == 4 and text.isdigit() else text


def _twice(given: list[tuple[int, Given]], sheet: str, found: ReadBook) -> None:
    first: dict[tuple[str, str, str], int] = {}
    for number, row in given:
        if row.key in first:
            found.problems.append(Mark(sheet, number, COLUMNS["indicator"], _("Hàng này trùng với hàng %(row)s: cùng chỉ số, đơn vị và kỳ.") % {"row": first[row.key]}))  # fmt: skip
        first.setdefault(row.key, number)
