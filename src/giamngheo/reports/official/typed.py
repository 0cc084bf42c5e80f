"""Figures that come from paper: a form to fill in, read back as a report, and checked by the same control totals."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from giamngheo.base.sheets import Cell, Workbook, open_workbook
from giamngheo.base.text import format_number, parse_number
from giamngheo.reports.official.build import TOTAL, Issue, checked
from giamngheo.reports.official.errors import TypedFigureError, TypedFormError, UnknownUnitError
from giamngheo.reports.official.forms import form_of
from giamngheo.reports.official.layout import stub
from giamngheo.reports.official.report import WHOLE, Basis, Column, Report, Row, Units, Value


def blank(slug: str, units: Units, unit: int, basis: Basis, issue: Issue) -> Report:
    """A form of a unit with nothing in it: its units and the total. Ethnic groups get the columns of `basis.groups`.

    Given to `write_xlsx(…, keyed=True)` it is the workbook to fill in. Raises UnknownFormError, UnknownUnitError.
    """
    form = form_of(slug, basis.generation)
    if unit not in units.by_id:
        raise UnknownUnitError(unit=unit)
    place, columns = units.by_id[unit], form.columns(basis)
    nothing: tuple[Value, ...] = (None,) * len(columns)
    places = [(below.id, below.code, below.label) for below in units.children(unit)]
    rows = tuple(
        Row(*where, WHOLE, measure, nothing)
        for where in (*places, (unit, place.code, TOTAL.vi))
        for measure in form.measures
    )
    return Report(
        slug=slug, generation=basis.generation, number=form.number[basis.generation], title=form.titled(basis),
        unit=place, year=basis.year, on=issue.on, geography=issue.geography, standard=basis.standard.slug,
        columns=columns, rows=rows, source="typed", synthetic=issue.synthetic, notes=form.noted(basis),
        unverified=form.unverified.get(basis.generation),
    )  # fmt: skip


def with_figures(form: Report, figures: Mapping[tuple[int, str, str], Mapping[str, Value]]) -> Report:
    """The form filled in, by place (unit, area, measure) and key of column, and checked."""
    rows = tuple(
        row._replace(values=tuple(figures.get(row.place, {}).get(column.key) for column in form.columns))
        for row in form.rows
    )
    return checked([replace(form, rows=rows)])[0]


def read_typed(path: Path, form: Report) -> Report:
    """The form as filled in, with what its control totals find.

    Raises SheetError for a file that is no workbook, TypedFormError for one that is not this form of this unit,
    TypedFigureError for a cell that is no number.
    """
    before = len(stub(form))
    last = before + len(form.columns)
    mine, found = f"{form.slug}/{form.unit.code}", False
    figures: dict[tuple[int, str, str], dict[str, Value]] = {}
    places = {"/".join(map(str, row.place)): row.place for row in form.rows}
    with open_workbook(path) as book:
        for number, cells in _rows(book):
            key = cells[last] if len(cells) > last else None
            found = found or key == mine
            if found and isinstance(key, str) and key in places:
                typed = zip(form.columns, cells[before:last], strict=True)
                figures[places[key]] = {column.key: _figure(cell, column, number) for column, cell in typed}
    if not found or len(figures) != len(places):
        raise TypedFormError(title=form.title.vi, unit=form.unit.label)
    return with_figures(form, figures)


def _rows(book: Workbook) -> list[tuple[int, list[Cell]]]:
    return [(row.number, row.cells) for row in book.rows(book.sheet_names[0])]


def _figure(cell: Cell, column: Column, row: int) -> Value:
    """A whole number; a rate may have decimals. Blank, and a dash, is nothing."""
    if cell is None or (isinstance(cell, str) and cell.strip() in ("", "-", "–")):
        return None
    number = parse_number(cell) if isinstance(cell, str) else cell
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise TypedFigureError(row=row, column=column.number, value=cell)
    if column.kind == "rate":
        return float(number)
    if number != int(number):
        raise TypedFigureError(row=row, column=column.number, value=format_number(number))
    return int(number)
