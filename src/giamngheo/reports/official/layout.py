"""A report as it is laid out on paper: merged heads, the numbering line, lines by place; the same for print and for Excel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from giamngheo.base.text import format_date, format_number
from giamngheo.reports.official.build import TOTAL
from giamngheo.reports.official.report import (
    AREA_WORDS,
    MEASURE_WORDS,
    ONE,
    WHOLE,
    Column,
    Report,
    Row,
    Value,
)
from giamngheo.reports.papers.paper import Letterhead, Signature
from giamngheo.rules.standards import Words

_ORDER, _PLACE, _MEASURE = Words("STT", "No."), Words("Đơn vị", "Unit"), Words("Hộ / Nhân khẩu", "Counted")
_OF_PART = {"urban": Words("– thành thị", "– urban"), "rural": Words("– nông thôn", "– rural")}
#: How many characters the columns of an A4 page laid across may take before A3 is asked for.
A4_WIDTH = 165
NOTHING = "–"


@dataclass(frozen=True)
class Filing:
    """Who issues a report and who signs it, beside one another beneath the table."""

    letterhead: Letterhead
    prepared_by: Signature
    signed_by: Signature


@dataclass(frozen=True)
class Head:
    """A cell of the head, `rows` high and `columns` wide, from row and column `at`."""

    words: str
    at: tuple[int, int]
    rows: int
    columns: int


class Line(NamedTuple):
    """A line of the table: `look` is 'unit', 'part' (of a unit), 'total', or 'village', a heading in a list."""

    look: str
    stub: tuple[str, ...]
    values: tuple[Value, ...]
    row: Row | None


def stub(report: Report, language: str = "vi") -> list[tuple[str, int]]:
    """The columns before the figures with their widths; a list has none, its lines stand under their village."""
    if is_list(report):
        return []
    found = [(_ORDER(language), 5), (_PLACE(language), 26)]
    if any(row.measure != ONE for row in report.rows):
        found.append((_MEASURE(language), 11))
    return found


def is_list(report: Report) -> bool:
    """Whether it lists people rather than counting them."""
    return any(column.kind == "text" for column in report.columns)


def depth(report: Report) -> int:
    """How many rows the head has, the numbering line not counted."""
    return 1 + max(len(column.under) for column in report.columns)


def heads(report: Report, language: str = "vi") -> list[Head]:
    """The cells of the head, merged where neighbours stand under the same words."""
    first, height = stub(report, language), depth(report)
    found = [Head(words, (0, place), height, 1) for place, (words, _) in enumerate(first)]
    for place, column in enumerate(report.columns, len(first)):
        level = len(column.under)
        found.append(Head(column.head(language), (level, place), height - level, 1))
    for level in range(height - 1):
        found += _merged(report.columns, level, len(first), language)
    return sorted(found, key=lambda head: head.at)


def _merged(columns: Sequence[Column], level: int, first: int, language: str) -> Iterator[Head]:
    start = 0
    while start < len(columns):
        above, end = columns[start].under[: level + 1], start + 1
        if len(above) <= level:
            start = end
            continue
        while end < len(columns) and columns[end].under[: level + 1] == above:
            end += 1
        yield Head(above[level](language), (level, first + start), 1, end - start)
        start = end


def numbering(report: Report) -> list[str]:
    """The line beneath the head: letters for the places, the number or formula of each column."""
    return [*"ABC"[: len(stub(report))], *(column.formula or column.number for column in report.columns)]


def lines(report: Report, language: str = "vi") -> Iterator[Line]:
    """The lines in order; a place's name stands once, on its first."""
    if is_list(report):
        yield from _list_lines(report)
        return
    width, number, last = len(stub(report)), 0, None
    for row in report.rows:
        look = "total" if row.unit == report.unit.id else "unit" if row.area == WHOLE else "part"
        first = (row.unit, row.area) != last
        last = (row.unit, row.area)
        number += look == "unit" and first
        order = str(number) if look == "unit" and first else ""
        words = (order, _place(row, look, language) if first else "", MEASURE_WORDS[row.measure](language))
        yield Line(look, words[:width], row.values, row)


def _place(row: Row, look: str, language: str) -> str:
    if look == "part":
        return _OF_PART[row.area](language)
    if look == "total":
        return AREA_WORDS[row.area](language) if row.area else TOTAL(language)
    return row.name


def _list_lines(report: Report) -> Iterator[Line]:
    village = None
    for row in report.rows:
        if row.unit != village:
            village = row.unit
            yield Line("village", (row.name,), (), None)
        yield Line("unit", (), row.values, row)


def shown(value: Value, column: Column, language: str = "vi") -> str:
    """A figure as printed: 1.234; a rate with two decimals, '–' where there is nothing to divide by."""
    if value is None:
        return NOTHING if column.kind == "rate" else ""
    if isinstance(value, str):
        return value
    if column.kind == "rate":
        return format_number(value, 2, language)
    return str(value) if column.kind == "year" else format_number(value, language=language)


def paper_size(report: Report) -> str:
    """'a4' or 'a3', both laid across: the wide forms need the larger sheet to stay readable."""
    width = sum(width for _, width in stub(report)) + sum(column.width for column in report.columns)
    return "a4" if width <= A4_WIDTH else "a3"


def form_words(report: Report, language: str = "vi") -> str:
    """'Mẫu số 2', '' where the number of the form is not known."""
    if not report.number:
        return ""
    return f"Form {report.number}" if language == "en" else f"Mẫu số {report.number}"


def subtitle(report: Report, language: str = "vi") -> str:
    """Of what unit, as of which day, on the geography of which day."""
    on, geography = format_date(report.on), format_date(report.geography)
    if language == "en":
        return f"{report.unit.label}; as of {on}; units as of {geography}; standard {report.standard}"
    return f"{report.unit.label}; số liệu ngày {on}; địa bàn ngày {geography}; chuẩn nghèo {report.standard}"
