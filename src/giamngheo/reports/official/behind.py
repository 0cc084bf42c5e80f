"""The households behind a cell: the same quantity that was summed up, asked of each household of the place."""

from dataclasses import dataclass, replace

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.measures.movement import movement
from giamngheo.reports.official.errors import AddressError
from giamngheo.reports.official.forms import ALL_GROUPS, form_of
from giamngheo.reports.official.forms._form import OF_PERSONS
from giamngheo.reports.official.gather import typed, unbound
from giamngheo.reports.official.report import (
    AREA_WORDS,
    MEASURE_WORDS,
    PERSONS,
    WHOLE,
    Basis,
    Column,
    Report,
    Row,
    Units,
)


@dataclass(frozen=True)
class Cell:
    """A cell of a report by what it shows, whatever the report it stands in."""

    report: str
    column: str
    unit: int
    area: str = ""
    measure: str = ""

    @classmethod
    def at(cls, report: Report, row: Row, column: Column) -> "Cell":
        return cls(report.slug, column.key, row.unit, row.area, row.measure)

    @property
    def address(self) -> str:
        """As part of a link: 'poor-flow/3/512/rural/persons', the whole and single rows as '-'."""
        return "/".join((self.report, self.column, str(self.unit), self.area or "-", self.measure or "-"))

    @classmethod
    def parse(cls, address: str) -> "Cell":
        """The cell of an address. Raises AddressError."""
        parts = address.split("/")
        if len(parts) == 5 and parts[2].isascii() and parts[2].isdigit():
            report, column, unit, *rest = parts
            area, measure = ("" if part == "-" else part for part in rest)
            if area in AREA_WORDS and measure in MEASURE_WORDS:
                return cls(report, column, int(unit), area, measure)
        raise AddressError(address=address)


def households_behind(cell: Cell, snapshot: ir.Table, units: Units, basis: Basis) -> ir.Table:
    """The rows of the snapshot that make up the cell, with their movement and `counted`, what each adds to it.

    Of a rate these are the households of its numerator. Raises AddressError for a cell no report has, UnknownFormError.
    """
    form = form_of(cell.report, basis.generation)
    full = replace(basis, groups=ALL_GROUPS)
    column = next((column for column in form.columns(full) if column.key == cell.column), None)
    if column is None or cell.unit not in units.by_id or cell.measure not in form.measures:
        raise AddressError(address=cell.address)
    quantity = column.of[0] if column.of else column.quantity
    moved = movement(snapshot, year=basis.year, look_back=basis.look_back)
    here = moved.village.isin(units.villages(cell.unit))
    if cell.area != WHOLE:
        here = here & (moved.area_type == cell.area)
    placed = moved.filter(here)
    counted = form.quantities(placed, full)[quantity + (OF_PERSONS if cell.measure == PERSONS else "")]
    return placed.mutate(counted=counted).filter(ibis._.counted != 0)


def find_households(cell: Cell, snapshot: pa.Table, units: Units, basis: Basis) -> pa.Table:
    """The same over an Arrow table, by village and household."""
    found = households_behind(cell, unbound(), units, basis).order_by("village", "household")
    with duckdb.connect(":memory:") as database:
        database.register("snapshot", typed(snapshot))
        return database.sql(str(ibis.to_sql(found, dialect="duckdb"))).to_arrow_table()
