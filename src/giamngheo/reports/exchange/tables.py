"""Series as CSV and XLSX: one row a figure, with its unit, source, confidence and standard."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from giamngheo.areas.models import Unit
from giamngheo.areas.queries import label
from giamngheo.base.text import format_date
from giamngheo.pictures.looks import language
from giamngheo.reports.exchange.status import STATUS, status_of
from giamngheo.resolution.actuals import ORIGINS
from giamngheo.resolution.clauses import CONFIDENCE
from giamngheo.resolution.indicators import UNITS
from giamngheo.resolution.series import SeriesRow, Side
from giamngheo.surveys.files import Cell, Column, Sheet, csv_text, open_tables


def sheet() -> Sheet:
    """The columns, their headings in the reader's language; the keys are those of the documentation."""
    columns = [
        Column("indicator", _("Mã chỉ số"), width=22), Column("indicator_name", _("Chỉ số"), width=40),
        Column("unit", _("Mã đơn vị")), Column("unit_name", _("Đơn vị"), width=22),
        Column("period", _("Kỳ")), Column("value", _("Giá trị"), "number"), Column("unit_of_measure", _("Đơn vị tính"), width=20),
        Column("numerator", _("Tử số"), "number"), Column("denominator", _("Mẫu số"), "number"),
        Column("standard", _("Chuẩn")), Column("origin", _("Từ đâu"), width=20), Column("source", _("Nguồn"), width=40),
        Column("confidence", _("Mức tin"), width=22), Column("status", _("Tình trạng"), width=22), Column("leads", _("Là số dẫn"), "bool"),
        Column("comparable", _("So được với chỉ tiêu"), "bool"), Column("note", _("Ghi chú"), width=50),
    ]  # fmt: skip
    return Sheet(_("Chuỗi số"), "chuoi-so", columns)


def line(row: SeriesRow) -> list[Cell]:
    """One figure in the order of the columns."""
    spoken, actual = language(), row.actual
    return [
        row.indicator.slug, row.indicator.name(spoken), row.unit.code, row.unit.name, actual.span.text,
        _exact(actual.value, row.indicator.places), UNITS[row.indicator.unit][0](spoken),
        _exact(actual.numerator), _exact(actual.denominator), actual.standard, ORIGINS[actual.origin](spoken),
        actual.source(spoken), CONFIDENCE[actual.confidence](spoken), STATUS[status_of(actual)](spoken), row.leads,
        actual.comparable, actual.note(spoken) if actual.note else "",
    ]  # fmt: skip


def _exact(value: float | None, places: int = 2) -> int | float | None:
    """A whole number without decimals, another rounded as the indicator is shown."""
    if value is None:
        return None
    rounded = round(value, max(places, 2))
    return int(rounded) if rounded == int(rounded) else rounded


def csv(rows: Sequence[SeriesRow]) -> str:
    return csv_text(sheet(), [line(row) for row in rows])


Table = tuple[Sheet, list[list[Cell]]]


def xlsx(path: Path, rows: Sequence[SeriesRow], notes: Sequence[str], *first: Table) -> None:
    """The series as a workbook; `first`: tables that stand before them."""
    tables: list[Table] = [*first, (sheet(), [line(row) for row in rows])]
    with open_tables(path, "xlsx", [table for table, _lines in tables], notes) as file:
        for table, lines in tables:
            for each in lines:
                file.write(table, each)


def compared(sides: Sequence[Side], units: Sequence[Unit]) -> Table:
    """One row an indicator; of each unit the figure and its period."""
    spoken = language()
    columns = [
        Column("indicator", _("Chỉ số"), width=40),
        Column("unit_of_measure", _("Đơn vị tính"), width=20),
    ]
    for unit in units:
        columns += [
            Column(f"{unit.code}_value", label(unit), "number", 20),
            Column(f"{unit.code}_period", _("Kỳ: %(unit)s") % {"unit": label(unit)}, width=16),
        ]
    lines: list[list[Cell]] = []
    for side in sides:
        cells: list[Cell] = [side.indicator.name(spoken), UNITS[side.indicator.unit][0](spoken)]
        for figure in side.figures:
            cells += [_exact(figure.value, side.indicator.places), figure.span.text] if figure else [None, ""]
        lines.append(cells)
    return Sheet(_("So sánh"), "so-sanh", columns), lines


def notes(day: dt.date, synthetic: bool) -> list[str]:
    """What a reader of the file must know."""
    said = [
        _("Địa giới ngày %(day)s. Một dòng một số; hai nguồn trái nhau thì có hai dòng, không lấy trung bình.") % {"day": format_date(day)},
        _("Mức tin: đã đọc ở nguồn, ghi theo trí nhớ, chưa chắc, mâu thuẫn. “Là số dẫn”: số mà chỉ tiêu được so với."),
        _("Số tính từ sổ hộ là của kho số liệu đang dùng; không so, không nối số của hai chuẩn."),
    ]  # fmt: skip
    return [*said, _("Dữ liệu mô phỏng, không phải hộ thật.")] if synthetic else said
