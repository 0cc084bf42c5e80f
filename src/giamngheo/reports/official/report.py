"""What an official report is: frozen columns and rows with what they are of, by what they were made, and their checks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pyarrow as pa

from giamngheo.base.text import sort_key
from giamngheo.rules.standards import Standard, Words

#: Rows of a place: one for the households, one for their persons; '' where a form has one row a place.
ONE, HOUSEHOLDS, PERSONS = "", "households", "persons"
#: Parts of a place; '' is the whole of it.
WHOLE, URBAN, RURAL = "", "urban", "rural"
MEASURE_WORDS = {
    ONE: Words("", ""),
    HOUSEHOLDS: Words("Hộ", "Households"),
    PERSONS: Words("Nhân khẩu", "Persons"),
}
AREA_WORDS = {
    WHOLE: Words("", ""),
    URBAN: Words("Khu vực thành thị", "Urban area"),
    RURAL: Words("Khu vực nông thôn", "Rural area"),
}
#: The two generations of forms: of TT 17/2016 as amended by TT 14/2018, and of TT 07/2021.
OLD, NEW = "2016-2020", "2021+"
Value = int | float | str | None


@dataclass(frozen=True)
class Unit:
    """An administrative unit on the geography of the report; level 1 province, 2 district, 3 commune, 4 village."""

    id: int
    code: str
    name: str
    level: int
    parent: int | None = None
    kind: str = ""

    @property
    def label(self) -> str:
        """'Xã Bum Tở'; the name alone where the kind is not known."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.name}" if self.kind else self.name


class Units:
    """The units of one day, and what lies below which. With or without districts."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_id: dict[int, Unit] = {unit.id: unit for unit in units}
        self._below: dict[int | None, list[Unit]] = {}
        for unit in self.by_id.values():
            self._below.setdefault(unit.parent, []).append(unit)
        for below in self._below.values():
            below.sort(key=lambda unit: (unit.code, sort_key(unit.name)))

    @classmethod
    def of(cls, table: pa.Table) -> "Units":
        """From an Arrow table with the columns id, code, name, level, parent, and kind if known."""
        return cls(Unit(**{**row, "kind": row.get("kind") or ""}) for row in table.to_pylist())

    def children(self, unit: int) -> list[Unit]:
        """The units directly below, by code."""
        return self._below.get(unit, [])

    def upward(self, unit: int) -> list[int]:
        """The unit and all above it, lowest first."""
        found: list[int] = []
        at: int | None = unit
        while at is not None and at in self.by_id:
            found.append(at)
            at = self.by_id[at].parent
        return found

    def villages(self, unit: int) -> list[int]:
        """The lowest units within, itself if there is none below."""
        below = self.children(unit)
        return [village for one in below for village in self.villages(one.id)] if below else [unit]


@dataclass(frozen=True)
class Basis:
    """By what figures are made: the standard, the year reviewed, how long an escape is remembered (years; None: always).

    `generation` is of the forms; `groups` are the ethnic groups that get columns.
    """

    standard: Standard
    year: int
    look_back: int | None
    generation: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column as on paper. `under` are the merged heads above it, outermost first; `number` its number in the form.

    A count sums up the `quantity`; a rate is `of` one quantity in per cent of another. What the controls know of a
    count: it is no more than that of the column `within`; together with its like it makes up the column `part_of`.
    """

    key: str
    number: str
    head: Words
    kind: str = "count"  # count | rate, and in lists text | year | mark
    under: tuple[Words, ...] = ()
    quantity: str = ""
    of: tuple[str, str] | None = None
    within: str = ""
    part_of: str = ""
    formula: str = ""
    width: int = 9


class Row(NamedTuple):
    """A line: of a place, or of a part of it, counted in households or persons. In a list `item` tells the lines apart."""

    unit: int
    code: str
    name: str
    area: str
    measure: str
    values: tuple[Value, ...]
    item: str = ""

    @property
    def place(self) -> tuple[int, str, str]:
        return (self.unit, self.area, self.measure)

    def words(self, language: str = "vi") -> str:
        """'Bản Nà Hừ, khu vực nông thôn, nhân khẩu'."""
        parts = [AREA_WORDS[self.area](language), MEASURE_WORDS[self.measure](language)]
        return ", ".join([self.name, *(part[:1].lower() + part[1:] for part in parts if part)])


@dataclass(frozen=True)
class Finding:
    """A control total that does not hold. `column` is a number of the form; `blocking` keeps a report from being closed."""

    control: str
    blocking: bool
    report: str
    number: str
    place: str
    unit: int
    area: str
    measure: str
    column: str
    shown: Value
    expected: Value
    words: Words

    def sentence(self, language: str = "vi") -> str:
        return self.words(language)


@dataclass(frozen=True)
class Gap:
    """How many households are not rightly counted in a column, and why; a note of the report and a warning."""

    column: str
    count: int
    words: Words


@dataclass(frozen=True)
class Report:
    """A report of a unit as filed. `on` is the day whose state it shows, `geography` the day of its units.

    `source` is 'computed', or 'typed' for figures that came from paper; `unverified` says what of the form itself we
    have not read in the act.
    """

    slug: str
    generation: str
    number: str
    title: Words
    unit: Unit
    year: int
    on: dt.date
    geography: dt.date
    standard: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str = "computed"
    synthetic: bool = False
    notes: tuple[Words, ...] = ()
    unverified: Words | None = None
    gaps: tuple[Gap, ...] = ()
    checks: tuple[Finding, ...] = field(default=(), compare=False)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each column in `values`, by its key."""
        return {column.key: place for place, column in enumerate(self.columns)}

    @cached_property
    def by_place(self) -> Mapping[tuple[int, str, str], Row]:
        """Rows by unit, area and measure; of no use for a list."""
        return {row.place: row for row in self.rows}

    def value(self, key: str, unit: int, area: str = WHOLE, measure: str = ONE) -> Value:
        """One figure, None if the report has no such row or column, or nothing stands there."""
        row, place = self.by_place.get((unit, area, measure)), self.places.get(key)
        return row.values[place] if row and place is not None else None

    @property
    def blocked(self) -> bool:
        """Whether a control total keeps it from being closed."""
        return any(finding.blocking for finding in self.checks)

    def all_notes(self, language: str = "vi") -> list[str]:
        """What is printed beneath: how it was counted, what is not known, what of the form is not verified."""
        told = [words(language) for words in self.notes]
        told += [gap.words(language) for gap in self.gaps]
        return [*told, self.unverified(language)] if self.unverified else told
