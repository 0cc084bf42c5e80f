"""Reports as a workbook laid out for print and filing: one sheet a report, heads on every page, room for signatures."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from giamngheo.reports.official.layout import (
    NOTHING,
    Filing,
    Line,
    depth,
    form_words,
    heads,
    lines,
    numbering,
    paper_size,
    stub,
    subtitle,
)  # fmt: skip
from giamngheo.reports.official.report import Column, Report, Value
from giamngheo.reports.papers.paper import Signature

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_PAPER = {"a4": 9, "a3": 8}
#: The language tag makes office programs that heed it write 1.234,5 whatever the computer is set to.
_FORMATS = {
    "count": "[$-42A]#,##0",
    "rate": "[$-42A]#,##0.00",
    "order": "0",
    "year": "0",
    "mark": "@",
    "text": "@",
}
#: What the letterhead needs side by side.
NARROWEST = 105
SYNTHETIC = "DỮ LIỆU MÔ PHỎNG – KHÔNG PHẢI HỘ THẬT"


def write_xlsx(
    target: Path | BinaryIO,
    reports: Sequence[Report],
    filing: Filing,
    language: str = "vi",
    *,
    keyed: bool = False,
) -> None:
    """Write the reports to a path or an open file. `keyed` adds a hidden column by which typed figures are read back."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    made = max(report.on for report in reports)
    book.set_properties(
        {"title": reports[0].title(language), "created": dt.datetime.combine(made, dt.time())}
    )
    looks = _Looks(book)
    names: set[str] = set()
    for report in reports:
        _Sheet(book, report, filing, language, looks, _name(report, names)).write(keyed=keyed)
    book.close()


def _name(report: Report, taken: set[str]) -> str:
    """'Mẫu 4c', 'Mẫu 4c (2)', or a plain count where the form has no number we know."""
    base = f"Mẫu {report.number}" if report.number else "Báo cáo"
    name, again = base, 1
    while name in taken:
        again += 1
        name = f"{base} ({again})"
    taken.add(name)
    return name


def _widths(report: Report, stubs: Sequence[tuple[str, int]]) -> list[float]:
    """Of all columns, in characters; a narrow form is stretched until the letterhead has room above it."""
    first, figures = sum(width for _, width in stubs), sum(column.width for column in report.columns)
    more = max(1.0, (NARROWEST - first) / figures)
    return [
        *(float(width) for _, width in stubs),
        *(round(column.width * more, 1) for column in report.columns),
    ]


def _middle(widths: Sequence[float]) -> int:
    """The last column of the left half."""
    half = next(n for n in range(len(widths)) if sum(widths[: n + 1]) >= sum(widths) / 2)
    return min(half, len(widths) - 2)


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book, self.made = book, dict[tuple[tuple[str, Any], ...], Any]()

    def __call__(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({**_FONT, **look})
        return self.made[key]


class _Sheet:
    """One report on one sheet."""

    def __init__(
        self, book: Any, report: Report, filing: Filing, language: str, looks: _Looks, name: str
    ) -> None:
        self.report, self.filing, self.language, self.look = report, filing, language, looks
        self.page = book.add_worksheet(name)
        self.stub = stub(report, language)
        self.width = len(self.stub) + len(report.columns)
        self.widths = _widths(report, self.stub)
        self.middle = _middle(self.widths)

    def write(self, *, keyed: bool) -> None:
        top = self._above()
        first = top + depth(self.report) + 1
        self._head(top)
        next_row = first
        for line in lines(self.report, self.language):
            self._line(next_row, line)
            if keyed and line.row:
                self.page.write_string(next_row, self.width, "/".join(map(str, line.row.place)))
            next_row += 1
        if keyed:
            self.page.write_string(top, self.width, f"{self.report.slug}/{self.report.unit.code}")
            self.page.set_column(self.width, self.width, None, None, {"hidden": True})
        end = self._below(next_row)
        self._print(top, first, end)

    def _across(self, row: int, first: int, last: int, text: str, **look: Any) -> None:
        style = self.look(align="center", **look)
        if last > first:
            self.page.merge_range(row, first, row, last, text, style)
        else:
            self.page.write_string(row, first, text, style)

    def _above(self) -> int:
        """Letterhead, the number of the form, title and what it is of; the row after them."""
        letter, middle, last = self.filing.letterhead, self.middle, self.width - 1
        right = middle + 1
        self._across(0, 0, middle, letter.superior.upper())
        self._across(1, 0, middle, letter.issuer.upper(), bold=True)
        self._across(0, right, last, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)
        self._across(1, right, last, "Độc lập - Tự do - Hạnh phúc", bold=True, underline=1)
        day = letter.date
        dated = (
            f"ngày {day.day:02} tháng {day.month:02} năm {day.year}" if day else "ngày …… tháng …… năm ………"
        )
        self._across(2, 0, middle, f"Số: {letter.number}" if letter.number else "")
        self._across(2, right, last, f"{letter.place}, {dated}", italic=True)
        title = self.report.title(self.language)
        self._across(3, 0, last, form_words(self.report, self.language), italic=True)
        self._across(4, 0, last, title.upper(), bold=True, font_size=14, text_wrap=True)
        self._across(5, 0, last, f"({subtitle(self.report, self.language)})", italic=True)
        self.page.set_row(4, 24 if 1.5 * len(title) < sum(self.widths) else 42)
        if self.report.synthetic:
            self._across(6, 0, last, SYNTHETIC, bold=True)
        return 8

    def _head(self, top: int) -> None:
        style = self.look(bold=True, border=1, align="center", text_wrap=True, bg_color="#F0F0F0")
        for head in heads(self.report, self.language):
            row, column = top + head.at[0], head.at[1]
            if head.rows > 1 or head.columns > 1:
                self.page.merge_range(
                    row, column, row + head.rows - 1, column + head.columns - 1, head.words, style
                )
            else:
                self.page.write_string(row, column, head.words, style)
        tallest = max(-(-len(c.head(self.language)) // c.width) for c in self.report.columns)
        self.page.set_row(top + depth(self.report) - 1, 15 * min(max(tallest, 2), 8))
        small = self.look(italic=True, border=1, align="center", font_size=9, text_wrap=True)
        for place, text in enumerate(numbering(self.report)):
            self.page.write_string(top + depth(self.report), place, text, small)
        if any(len(text) > 12 for text in numbering(self.report)):
            self.page.set_row(top + depth(self.report), 26)
        for place, width in enumerate(self.widths):
            self.page.set_column(place, place, width)

    def _line(self, row: int, line: Line) -> None:
        if line.look == "village":
            style = self.look(bold=True, border=1, bg_color="#F8F8F8")
            self.page.merge_range(row, 0, row, self.width - 1, line.stub[0], style)
            return
        bold = {"bold": line.look == "total", "italic": line.look == "part", "border": 1}
        for place, text in enumerate(line.stub):
            align = "center" if place == 0 else "left"
            self.page.write_string(row, place, text, self.look(align=align, text_wrap=True, **bold))
        cells = zip(self.report.columns, line.values, strict=True)
        for place, (column, value) in enumerate(cells, len(line.stub)):
            self._cell(row, place, column, value, bold)

    def _cell(self, row: int, place: int, column: Column, value: Value, bold: dict[str, Any]) -> None:
        align = {"text": "left", "mark": "center", "year": "center", "order": "center"}.get(
            column.kind, "right"
        )
        style = self.look(align=align, num_format=_FORMATS[column.kind], **bold)
        if isinstance(value, int | float):
            self.page.write_number(row, place, value, style)
        elif isinstance(value, str):
            self.page.write_string(row, place, value, style)
        elif column.kind == "rate" and self.report.source == "computed":
            self.page.write_string(row, place, NOTHING, style)
        else:
            self.page.write_blank(row, place, None, style)

    def _below(self, row: int) -> int:
        """Notes and signatures; the last row."""
        last, middle = self.width - 1, self.middle
        row += 1
        for note in self.report.all_notes(self.language):
            style = self.look(italic=True, font_size=9, text_wrap=True, valign="top")
            self.page.merge_range(row, 0, row, last, f"– {note}", style)
            self.page.set_row(row, 13 * (1 + len(note) // int(sum(self.widths))))
            row += 1
        row += 1
        places = ((self.filing.prepared_by, 0, middle), (self.filing.signed_by, middle + 1, last))
        for signature, first, end in places:
            self._signature(row, first, end, signature)
        return row + 6

    def _signature(self, row: int, first: int, last: int, signature: Signature) -> None:
        self._across(row, first, last, signature.on_behalf.upper(), bold=True)
        self._across(row + 1, first, last, signature.title.upper(), bold=True)
        self._across(row + 2, first, last, "(Ký, ghi rõ họ tên)", italic=True)
        self._across(row + 6, first, last, signature.name, bold=True)

    def _print(self, top: int, first: int, end: int) -> None:
        self.page.set_landscape()
        self.page.set_paper(_PAPER[paper_size(self.report)])
        self.page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(top, first - 1)
        self.page.freeze_panes(first, min(2, len(self.stub)))
        self.page.print_area(0, 0, end, self.width - 1)
        self.page.set_footer(
            f"&L&8{self.report.title(self.language).replace('&', '&&')[:150]}&R&8Trang &P/&N"
        )
        if self.report.synthetic:
            self.page.set_header(f"&C&B&10{SYNTHETIC}")
