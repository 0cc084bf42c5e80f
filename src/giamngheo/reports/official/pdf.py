"""Reports as one PDF to be printed, signed and filed, in the same layout as the workbook."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from giamngheo.reports import typeset
from giamngheo.reports.official.errors import TooLongForPdfError
from giamngheo.reports.official.layout import (
    Filing,
    depth,
    form_words,
    heads,
    is_list,
    lines,
    numbering,
    paper_size,
    shown,
    stub,
    subtitle,
)  # fmt: skip
from giamngheo.reports.official.report import Report
from giamngheo.reports.official.xlsx import SYNTHETIC

#: The most lines of a report; beyond, memory grows past a gigabyte. A commune's list is shorter.
LONGEST = 5_000
TEMPLATE = Path(__file__).with_name("report.typ")
_ALIGN = {"text": "left", "mark": "center", "year": "center", "order": "center"}


def pdf(reports: Sequence[Report], filing: Filing, language: str = "vi") -> bytes:
    """All the reports in one PDF/A-2a, each beginning on a page of its own. Raises TooLongForPdfError."""
    made = max(report.on for report in reports)
    return typeset.pdf(TEMPLATE, _content(reports, filing, language), made_on=made)


def pictures(
    reports: Sequence[Report], filing: Filing, language: str = "vi", *, dots_per_inch: float = 80
) -> list[bytes]:
    """The same pages as PNG."""
    return typeset.png(TEMPLATE, _content(reports, filing, language), dots_per_inch=dots_per_inch)


def _content(reports: Sequence[Report], filing: Filing, language: str) -> dict[str, Any]:
    letter, made = filing.letterhead, max(report.on for report in reports)
    day = letter.date
    dated = f"ngày {day.day:02} tháng {day.month:02} năm {day.year}" if day else "ngày …… tháng …… năm ………"
    return {
        "title": f"{reports[0].title(language)} – {reports[0].unit.label}",
        "issuer": letter.issuer,
        "day": [made.year, made.month, made.day],
        "language": language,
        "dated": f"{letter.place}, {dated}",
        "letterhead": letter,
        "prepared_by": filing.prepared_by,
        "signed_by": filing.signed_by,
        "synthetic": any(report.synthetic for report in reports),
        "synthetic_words": SYNTHETIC,
        "reports": [_laid_out(report, language) for report in reports],
    }


def _laid_out(report: Report, language: str) -> dict[str, Any]:
    if len(report.rows) > LONGEST:
        raise TooLongForPdfError(
            title=report.title(language), unit=report.unit.label, count=len(report.rows), most=LONGEST
        )
    stubs = stub(report, language)
    wide = len(report.columns) > 18 or is_list(report)
    return {
        "title": report.title(language),
        "unit": report.unit.label,
        "form": form_words(report, language),
        "subtitle": subtitle(report, language),
        "paper": paper_size(report),
        "size": 7.5 if wide else 9,
        "stubs": len(stubs),
        "depth": depth(report),
        "widths": [width for _, width in stubs] + [column.width for column in report.columns],
        "aligns": [
            *("center", "left", "left")[: len(stubs)],
            *(_ALIGN.get(column.kind, "end") for column in report.columns),
        ],
        "heads": [
            {"words": h.words, "y": h.at[0], "x": h.at[1], "rows": h.rows, "columns": h.columns}
            for h in heads(report, language)
        ],
        "numbering": numbering(report),
        "lines": _lines(report, language),
        "notes": report.all_notes(language),
    }


def _lines(report: Report, language: str) -> list[dict[str, Any]]:
    """`span`: how many lines the place's first cells cover, so that households and persons stay on one page; 0: covered."""
    found: list[dict[str, Any]] = []
    for line in lines(report, language):
        values = zip(report.columns, line.values, strict=True) if line.row else ()
        cells = [*line.stub, *(shown(value, column, language) for column, value in values)]
        goes_on = bool(found) and len(line.stub) > 2 and not line.stub[1]
        found.append({"look": line.look, "cells": cells, "span": 0 if goes_on else 1})
        if goes_on:
            found[-2]["span"] += 1
    return found
