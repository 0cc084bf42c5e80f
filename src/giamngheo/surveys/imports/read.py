"""From a workbook to two staged CSV files and a list of problems; nothing of the register is touched here.

Rows are read one by one and written out at once, so that a file of a hundred thousand households needs little memory.
Cells that repeat (names of villages, yes and no) are parsed once for each column.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from giamngheo.base.ahead import open_ahead
from giamngheo.base.marked import PROBLEM_HEADER
from giamngheo.base.sheets import Cell, Workbook
from giamngheo.base.text import fold
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, Value
from giamngheo.surveys.imports.columns import (
    HOUSEHOLD_SHEET,
    MEMBER_SHEET,
    OFFICIAL_OF_HOUSEHOLD,
    is_official,
    official_fact,
    recognise,
    sheets_of,
)
from giamngheo.surveys.imports.reading import Column, Progress, Reading, upper
from giamngheo.surveys.imports.staged import Staged
from giamngheo.surveys.models import Import, Round


def read(path: Path, round: Round, folder: Path, *, until: dt.date, progress: Progress) -> Staged:
    """Read a workbook into `folder`. Raises SheetError where the file is no workbook that can be read at all."""
    with open_ahead(path) as book:
        first = _headers(book, book.sheet_names[0]) if book.sheet_names else []
        if is_official(first):
            return _Official(book, round, folder, until, progress).read()
        return _Template(book, round, folder, until, progress).read()


def _headers(book: Workbook, sheet: str) -> list[Cell]:
    """The cells of the first row that looks like headings: at least three texts."""
    for row in book.rows(sheet):
        if sum(isinstance(cell, str) for cell in row.cells) >= 3:
            return row.cells
        if row.number > 20:
            break
    return []


class _Template(Reading):
    """Our own template: a sheet of households and one of members (which may be missing)."""

    layout = Import.Layout.TEMPLATE

    def read(self) -> Staged:
        households = self.book.find(HOUSEHOLD_SHEET) or (
            self.book.sheet_names[0] if len(self.book.sheet_names) == 1 else None
        )
        if households is None:
            self.staged.add("", None, "missing_sheet", {"name": HOUSEHOLD_SHEET})
            return self.staged
        places: dict[tuple[str, str], int] = {}
        numbers: dict[str, int] = {}
        said: dict[int, tuple[str, int, int]] = {}
        with (self.staged.folder / "households.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            for number, values in self._rows(households, HOUSEHOLD):
                if not values.get("household_number") and not (
                    values.get("village_code") and values.get("household_code")
                ):
                    missing = "Mã thôn" if not values.get("village_code") else "Mã hộ"
                    self.staged.add(households, number, "needed", {"name": missing}, column=missing)
                    continue
                n = self.household(writer, values, households, number)
                numbers[upper(values.get("household_number"))] = n
                places[str(values.get("village_code")), str(values.get("household_code"))] = n
                if isinstance(values.get("persons"), int):
                    said[n] = (households, number, values["persons"])  # type: ignore[assignment]
        if not self.staged.households and not self.staged.problems:
            self.staged.add(households, None, "no_rows")
        members = self.book.find(MEMBER_SHEET)
        with (self.staged.folder / "members.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            for number, values in self._rows(members, MEMBER) if members else ():
                place = (str(values.get("village_code")), str(values.get("household_code")))
                # Where the sheet of households could not be read, its faults are told, not one more for each member.
                hn = numbers.get(upper(values.get("household_number")) or "-") or places.get(place)
                if hn is None and self.staged.households:
                    self.staged.add(
                        members or "",
                        number,
                        "member_without_household",
                        column="Mã hộ",
                        value=values.get("household_code", ""),
                    )
                else:
                    self.member(writer, values, hn, members or "", number)
        self.check_sizes(said)
        return self.staged

    def _rows(self, sheet: str, over: str) -> Iterator[tuple[int, dict[str, Value]]]:
        wanted = sheets_of(self.round)[0 if over == HOUSEHOLD else 1]
        columns: list[Column] | None = None
        for row in self.book.rows(sheet):
            if columns is None:
                if sum(isinstance(cell, str) for cell in row.cells) < 3:
                    continue
                found = self._columns(row.cells, sheet, row.number, wanted.needed, over)
                if found is None:
                    return
                columns = self.columns(found)
                continue
            if row.number % 5000 == 0:
                self.progress(sheet, row.number)
            values = self.values(row.cells, columns, sheet, row.number)
            if values:
                yield row.number, values
        if columns is None:
            self.staged.add(sheet, None, "no_rows")

    def _columns(
        self, headers: list[Cell], sheet: str, number: int, needed: frozenset[str], over: str
    ) -> list[Fact | None] | None:
        columns = recognise(headers, over)
        seen: set[str] = set()
        for header, fact in zip(headers, columns, strict=True):
            if fact is None:
                if header and fold(str(header)) != fold(PROBLEM_HEADER):
                    self.staged.add(
                        sheet, number, "unknown_column", {"name": header}, column=str(header), warning=True
                    )
            elif fact.key in seen:
                self.staged.add(sheet, number, "double_column", {"name": header}, column=str(header))
            else:
                seen.add(fact.key)
        wanted = sheets_of(self.round)[0 if over == HOUSEHOLD else 1]
        missing = [fact for fact in wanted.columns if fact.key in needed and fact.key not in seen]
        if over == HOUSEHOLD and "household_number" in seen:
            missing = []
        for fact in missing:
            self.staged.add(sheet, number, "missing_column", {"name": fact.label()}, column=fact.label())
        return None if missing else columns


class _Official(Reading):
    """The official list after review: a row a member, the household's columns repeated; a sheet for each kind of list."""

    layout = Import.Layout.OFFICIAL

    def read(self) -> Staged:
        with (
            (self.staged.folder / "households.csv").open("w", newline="") as hfile,
            (self.staged.folder / "members.csv").open("w", newline="") as mfile,
        ):
            households, members = csv.writer(hfile), csv.writer(mfile)
            for sheet in self.book.sheet_names:
                self._sheet(sheet, households, members)
        if not self.staged.households and not self.staged.problems:
            self.staged.add("", None, "no_rows")
        return self.staged

    def _sheet(self, sheet: str, households: Any, members: Any) -> None:
        columns: list[Column] | None = None
        said: dict[int, tuple[str, int, int]] = {}
        here, hn = None, None
        for row in self.book.rows(sheet):
            if columns is None:
                if is_official(row.cells):
                    columns = self.columns([official_fact(cell) for cell in row.cells])
                elif row.number > 20:
                    return
                continue
            values = self.values(row.cells, columns, sheet, row.number)
            if not values.get("head_name") and not values.get("full_name"):
                continue
            own = {k: v for k, v in values.items() if k in OFFICIAL_OF_HOUSEHOLD}
            key = (
                own.get("village_code"),
                own.get("village"),
                own.get("household_code"),
                own.get("head_name"),
            )
            begins = values.get("relation") == "head" or (own.get("head_name") and key != here)
            if begins or hn is None:
                here, hn = key, self.household(households, own, sheet, row.number)
                if isinstance(own.get("persons"), int):
                    said[hn] = (sheet, row.number, own["persons"])  # type: ignore[assignment]
            of_member = {k: v for k, v in values.items() if k not in OFFICIAL_OF_HOUSEHOLD}
            self.member(members, {"full_name": own.get("head_name"), **of_member}, hn, sheet, row.number)
            if row.number % 5000 == 0:
                self.progress(sheet, row.number)
        self.check_sizes(said)
