"""The workbook of an import with its faulty cells coloured and told in words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from giamngheo.base import marked
from giamngheo.base.sheets import Cell, open_workbook
from giamngheo.base.text import fold
from giamngheo.rules.facts import HOUSEHOLD, MEMBER
from giamngheo.surveys.imports.columns import CODES_SHEET, HOUSEHOLD_SHEET, MEMBER_SHEET, recognise
from giamngheo.surveys.imports.messages import tell
from giamngheo.surveys.imports.template import Lists, lists_of, offer
from giamngheo.surveys.models import ImportProblem

_SHEETS = {fold(HOUSEHOLD_SHEET): HOUSEHOLD, fold(MEMBER_SHEET): MEMBER}


def write_marked(source: Path, target: Path, problems: Iterable[ImportProblem], language: str = "vi") -> None:
    """Write `source` again with marks, and with its drop-downs where it is our template; other looks are not kept."""
    marks = (
        marked.Mark(p.sheet, p.row or 0, p.column, tell(p.code, p.params, language), p.warning)
        for p in problems
    )
    lists = _lists(source)

    def dress(page: Any, sheet: str, row: int, headings: list[Cell]) -> None:
        if lists and (over := _SHEETS.get(fold(sheet))):
            offer(page, row, recognise(headings, over), lists)

    marked.write_marked(source, target, marks, dress)


def _lists(source: Path) -> Lists:
    """What the sheet of codes of our template offers; nothing where the workbook has no such sheet."""
    with open_workbook(source) as book:
        sheet = book.find(CODES_SHEET)
        rows = list(book.rows(sheet)) if sheet else []
    if not sheet or not rows or rows[0].number != 1:
        return {}
    last = {place: row.number for row in rows for place, cell in enumerate(row.cells) if cell is not None}
    return lists_of(sheet, [(str(h or ""), last.get(place, 1) - 1) for place, h in enumerate(rows[0].cells)])
