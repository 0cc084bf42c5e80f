"""From a workbook to typed rows and a list of problems; the register is not asked here."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from giamngheo.base.sheets import Cell, Workbook, open_workbook
from giamngheo.base.text import fold
from giamngheo.registry.errors import IdNumberError
from giamngheo.registry.sealing import blind_index
from giamngheo.rules.facts import Fact, Problem
from giamngheo.support.imports.columns import NEEDED, columns, recognise

#: Past so many problems nobody reads on; the rest are counted.
MOST_PROBLEMS = 5_000


@dataclass(frozen=True)
class Found:
    """One problem of a workbook, as it will be stored."""

    sheet: str
    row: int | None
    column: str
    value: str
    code: str
    params: dict[str, str]
    warning: bool = False


@dataclass
class Told:
    """One row as the agency tells it. `number` is the blind index of an id number, as hexadecimal digits."""

    row: int
    values: dict[str, Any]
    number: str = ""

    @property
    def name(self) -> str:
        return str(self.values.get("full_name") or self.values.get("head_name") or "")

    @property
    def identity(self) -> str:
        """How the agency names this person, as a hash: the id number if there is one, else name, birth and place."""
        said = [self.number] if self.number else [fold(self.name), *map(str, map(self.values.get, _NAMED))]
        return hashlib.sha256("|".join(said).encode()).hexdigest()


_NAMED = (
    "birth_date",
    "birth_year",
    "sex",
    "commune_code",
    "commune",
    "village_code",
    "village",
    "household_number",
)


@dataclass
class ReadBook:
    """What reading a workbook gave."""

    sheet: str = ""
    rows: list[Told] = field(default_factory=list)
    problems: list[Found] = field(default_factory=list)
    more_problems: int = 0

    def add(
        self,
        row: int | None,
        code: str,
        params: dict[str, Any] | None = None,
        *,
        column: str = "",
        value: object = "",
        warning: bool = False,
    ) -> None:
        """Keep one problem; past the most that are of use, only count it."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.more_problems += 1
            return
        said = {key: str(word) for key, word in (params or {}).items()}
        label = columns()[column].label() if column in columns() else column
        self.problems.append(Found(self.sheet[:60], row, label[:80], str(value)[:200], code, said, warning))

    @property
    def wrong(self) -> bool:
        return any(not problem.warning for problem in self.problems)


def read(path: Path, *, has_policy: bool) -> ReadBook:
    """The rows of the first sheet with headings. `has_policy`: the policy was named for the whole file.

    Raises SheetError where the file is no workbook that can be read at all.
    """
    book = ReadBook()
    with open_workbook(path) as opened:
        for sheet in opened.sheet_names:
            book.sheet = sheet
            for row in _rows(opened, sheet, book, has_policy):
                book.rows.append(row)
            if book.rows or book.problems:
                break
    if not book.rows and not book.problems:
        book.add(None, "no_rows")
    return book


def _rows(opened: Workbook, sheet: str, book: ReadBook, has_policy: bool) -> Iterator[Told]:
    facts: list[Fact | None] = []
    for row in opened.rows(sheet):
        if facts:
            told = _told(row.cells, facts, row.number, book)
            if told.values:
                yield told
        elif row.number > 20:
            return
        elif sum(isinstance(cell, str) for cell in row.cells) >= 3:
            found, unknown = recognise(row.cells)
            if sum(fact is not None for fact in found) < 3:
                continue
            facts = found
            if not _has_columns(facts, unknown, row.number, book, has_policy):
                return


def _has_columns(
    facts: list[Fact | None], unknown: list[str], number: int, book: ReadBook, has_policy: bool
) -> bool:
    """Whether the headings are enough; what is missing, there twice, or not known is told."""
    for header in unknown:
        book.add(number, "unknown_column", {"name": header}, column=header, warning=True)
    keys = [fact.key for fact in facts if fact]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        book.add(number, "double_column", {"name": columns()[key].label()}, column=key)
    for group in NEEDED:
        if not set(group) & set(keys):
            names = " / ".join(columns()[key].label() for key in group)
            book.add(number, "missing_column", {"name": names}, column=group[0])
    if not has_policy and "policy" not in keys:
        book.add(number, "no_policy", column="policy")
    return not book.wrong


def _told(cells: list[Cell], facts: list[Fact | None], number: int, book: ReadBook) -> Told:
    told = Told(number, {})
    for cell, fact in zip(cells, facts, strict=False):
        if fact is None or cell is None:
            continue
        if fact.key == "birth_date" and len(str(cell)) == 4 and str(cell).isdigit():
            fact = columns()["birth_year"]
        value = fact.parse(cell)
        if isinstance(value, Problem):
            book.add(number, value.code, dict(value.params), column=fact.key, value=cell)
        elif fact.key == "id_number" and value is not None:
            _sealed(told, str(value), book)
        elif value is not None:
            told.values[fact.key] = value
    if isinstance(birth := told.values.get("birth_date"), dt.date):
        told.values.setdefault("birth_year", birth.year)
    return told


def _sealed(told: Told, number: str, book: ReadBook) -> None:
    """Of an id number only its blind index goes on; spreadsheets drop the leading nought, which is put back."""
    digits = number.strip().removesuffix(".0")
    try:
        told.number = blind_index(digits.zfill(12) if len(digits) == 11 else digits).hex()
    except IdNumberError:
        book.add(told.row, "bad_id_number", column="id_number", value="•••")
