"""The same workbook with its faulty cells coloured and a column that says what is wrong; mended, it can come back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import xlsxwriter

from giamngheo.base.sheets import BadCell, Cell, open_workbook
from giamngheo.base.text import fold
from giamngheo.base.xlsx import SHARED

#: The heading of the column that says what is wrong; a column of that name in what comes back is passed over.
PROBLEM_HEADER = "Lỗi"


@dataclass(frozen=True)
class Mark:
    """What is wrong at a place: the sheet, the row as the user counts it, the heading of the column, the sentence."""

    sheet: str
    row: int
    column: str
    words: str
    warning: bool = False


Marks = dict[int, list[Mark]]
#: Called with the page written, the name of the sheet, its first row (from 0) below the headings, and these.
Dress = Callable[[Any, str, int, list[Cell]], None]


def write_marked(
    source: Path, target: Path, problems: Iterable[Mark], dress: Dress = lambda *_: None
) -> None:
    """Write `source` again with marks. Values stay as they were read, a formula never computed stays to be computed.

    Looks of the original do not; `dress` may give a sheet its own once its headings are known.
    """
    by_sheet: dict[str, Marks] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        by_sheet[problem.sheet][problem.row].append(problem)
    with (
        open_workbook(source) as book,
        xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False}) as out,
    ):
        styles = {
            "wrong": out.add_format({"bg_color": "#ffc7ce"}),
            "wrong_day": out.add_format({"bg_color": "#ffc7ce", "num_format": "dd/mm/yyyy"}),
            "look": out.add_format({"bg_color": "#ffeb9c"}),
            "look_day": out.add_format({"bg_color": "#ffeb9c", "num_format": "dd/mm/yyyy"}),
            "day": out.add_format({"num_format": "dd/mm/yyyy"}),
            "head": out.add_format({"bold": True, "text_wrap": True, "bg_color": "#cfdcec"}),
        }
        for name in book.sheet_names:
            page = out.add_worksheet(name or None)
            _sheet(page, book.rows(name), by_sheet.get(name, {}), styles, partial(dress, page, name))


def _sheet(
    page: Any,
    rows: Iterable[Any],
    marks: Marks,
    styles: dict[str, Any],
    dress: Callable[[int, list[Cell]], None],
) -> None:
    """Rows in their places; the problems of a row stand in the first column after its headings."""
    headings: list[str] = []
    for row in rows:
        cells: list[Cell] = list(row.cells)
        if not headings and sum(isinstance(cell, str) for cell in cells) >= 3:
            cells = [None if fold(str(c or "")) == fold(PROBLEM_HEADER) else c for c in cells]
            headings = [fold(str(cell or "").replace("*", " ")) for cell in cells]
            while headings and not headings[-1]:
                headings.pop()
            for place, cell in enumerate(cells[: len(headings)]):
                _write(page, row.number - 1, place, cell, styles["head"], styles["head"])
            page.write_string(row.number - 1, len(headings), PROBLEM_HEADER, styles["head"])
            page.set_column(0, len(headings), 16)
            page.set_column(len(headings), len(headings), 70)
            dress(row.number, cells[: len(headings)])
            continue
        _row(
            page,
            row.number,
            cells[: len(headings)] if headings else cells,
            headings,
            marks.get(row.number, []),
            styles,
        )


def _row(
    page: Any,
    number: int,
    cells: list[Cell],
    headings: list[str],
    problems: list[Mark],
    styles: dict[str, Any],
) -> None:
    places: dict[int, Mark] = {}
    for problem in sorted(problems, key=lambda p: p.warning):
        column = fold(problem.column)
        if column in headings:
            places.setdefault(headings.index(column), problem)
    for place in range(max(len(cells), *(p + 1 for p in places), 0) if places else len(cells)):
        found = places.get(place)
        look = "" if found is None else "look" if found.warning else "wrong"
        cell = cells[place] if place < len(cells) else None
        _write(page, number - 1, place, cell, styles.get(look), styles[f"{look}_day" if look else "day"])
        if found is not None:
            page.write_comment(number - 1, place, found.words)
    if problems:
        words = " ".join(p.words for p in problems)
        page.write_string(number - 1, len(headings), words)


def _write(page: Any, row: int, place: int, cell: Cell, style: Any, day: Any) -> None:
    if isinstance(cell, dt.datetime | dt.date):
        page.write_datetime(row, place, cell, day)
    elif isinstance(cell, bool):
        page.write_boolean(row, place, cell, style)
    elif isinstance(cell, int | float):
        page.write_number(row, place, cell, style)
    elif cell is None:
        page.write_blank(row, place, None, style)
    elif isinstance(cell, BadCell) and cell.kind == "formula" and cell.text != f"={SHARED}":
        page.write_formula(row, place, cell.text, style, "")  # no value: it is Excel that computes it
    else:
        page.write_string(row, place, cell.text if isinstance(cell, BadCell) else str(cell), style)
