"""From a workbook to two staged CSV files and a list of problems; nothing of the register is touched here.

Rows are read one by one and written out at once, so that a file of a hundred thousand households needs little memory.
Cells that repeat (names of villages, yes and no) are parsed once for each column.
"""

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from giamngheo.base.sheets import Cell, Workbook, open_workbook
from giamngheo.base.text import fold, format_date, format_number
from giamngheo.registry.errors import IdNumberError
from giamngheo.registry.sealing import blind_index, seal
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, Problem, Value, facts
from giamngheo.rules.standards import standard_named
from giamngheo.surveys.imports.columns import (
    HOUSEHOLD_SHEET,
    MEMBER_SHEET,
    OFFICIAL_OF_HOUSEHOLD,
    PROBLEM_HEADER,
    is_official,
    official_fact,
    recognise,
    sheets_of,
)
from giamngheo.surveys.models import Import, Round

#: Columns of the staged files, in the order plan.py copies them.
HOUSEHOLDS = (
    *(
        "n",
        "sheet",
        "row",
        "number",
        "code",
        "village_code",
        "village",
        "commune_code",
        "head_name",
        "visited_on",
    ),
    *("outcome", "next_visit_on", "stated_class", "said_persons", "answers"),
)
MEMBERS = (
    *(
        "n",
        "hn",
        "sheet",
        "row",
        "full_name",
        "folded",
        "id_index",
        "id_sealed",
        "sex",
        "birth_date",
        "birth_year",
    ),
    *("ethnic", "relation", "facts"),
)
OLDEST = 120  # years; a member older than this is a writing error
SMALL_INCOME = 20_000  # đồng per person per month; below it the sum was likely written in thousands
MOST_PROBLEMS = 5_000
_IDENTITY = {
    "household_number",
    "household_code",
    "village_code",
    "village",
    "commune_code",
    "commune",
    "head_name",
    "on",
}
_IDENTITY |= {
    "outcome",
    "next_visit_on",
    "stated_class",
    "district",
    "district_code",
    "area_type",
    "full_name",
    "id_number",
}
_REGISTER = ("sex", "birth_date", "birth_year", "ethnic", "relation")

#: So many different cells of a column are kept with their values.
REMEMBERED = 50_000

Progress = Callable[[str, int], None]
#: Place in the row, what it asks, and the cells parsed so far.
_Column = tuple[int, Fact, dict[Cell, Value | Problem]]
_json = json.JSONEncoder(ensure_ascii=False).encode


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
class Staged:
    """What reading a workbook gave: where the rows are staged, how many, and what is wrong with them."""

    layout: str
    folder: Path
    households: int = 0
    members: int = 0
    problems: list[Found] = field(default_factory=list)
    more_problems: int = 0

    def add(
        self,
        sheet: str,
        row: int | None,
        code: str,
        params: Mapping[str, object] | None = None,
        *,
        column: str = "",
        value: object = "",
        warning: bool = False,
    ) -> None:
        """Keep one problem; past the most that are of use, only count it."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.more_problems += 1
            return
        words = {key: str(word) for key, word in (params or {}).items()}
        self.problems.append(Found(sheet, row, column, str(value)[:200], code, words, warning))

    @property
    def wrong(self) -> bool:
        return any(not problem.warning for problem in self.problems)


def read(path: Path, round: Round, folder: Path, *, until: dt.date, progress: Progress) -> Staged:
    """Read a workbook into `folder`. Raises SheetError where the file is no workbook that can be read at all."""
    with open_workbook(path) as book:
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


class _Reading:
    """What both layouts share: parsing cells, writing staged rows, checking a member by itself."""

    layout: str

    def __init__(
        self, book: Workbook, round: Round, folder: Path, until: dt.date, progress: Progress
    ) -> None:
        self.book, self.round, self.until, self.progress = book, round, until, progress
        self.staged = Staged(self.layout, folder)
        self.parsed: dict[tuple[str, str], dict[Cell, Value | Problem]] = {}
        self.id_rows: dict[bytes, int] = {}
        self.members_of: dict[int, int] = {}

    def columns(self, facts: list[Fact | None]) -> list[_Column]:
        """The columns that are read, each with its place and the cells it has parsed so far."""
        return [
            (place, fact, self.parsed.setdefault((fact.over, fact.key), {}))
            for place, fact in enumerate(facts)
            if fact is not None
        ]

    def values(self, row: list[Cell], columns: list[_Column], sheet: str, number: int) -> dict[str, Value]:
        """The typed values of a row; what is no value is told and left out."""
        found: dict[str, Value] = {}
        width = len(row)
        for place, fact, kept in columns:
            if place >= width:
                break
            cell = row[place]
            if cell is None:
                continue
            # To a dictionary True is 1, to a question it is not.
            value = fact.parse(cell) if cell is True or cell is False else kept.get(cell, kept)
            if value is kept:
                value = fact.parse(cell)
                if len(kept) < REMEMBERED:
                    kept[cell] = value
            if isinstance(value, Problem):
                self.staged.add(sheet, number, value.code, value.params, column=fact.label(), value=cell)
            elif value is not None:
                found[fact.key] = value  # type: ignore[assignment]
        return found

    def household(self, writer: Any, values: dict[str, Value], sheet: str, number: int) -> int:
        """Write one household; its place in the file."""
        self.staged.households += 1
        n = self.staged.households
        answers = {k: _plain(v) for k, v in values.items() if k not in _IDENTITY and k != "persons"}
        on = values.get("on") or None
        outcome = values.get("outcome") or "met"
        self._check_visit(values, outcome, sheet, number)
        self._check_answers(values, sheet, number)
        writer.writerow(
            [
                *(n, sheet, number, _upper(values.get("household_number")), values.get("household_code")),
                *(values.get("village_code"), _folded(values.get("village")), values.get("commune_code")),
                *(values.get("head_name"), _plain(on), outcome, _plain(values.get("next_visit_on"))),
                *(
                    values.get("stated_class"),
                    values.get("persons"),
                    _json(answers if outcome == "met" else {}),
                ),
            ]
        )
        return n

    def _check_visit(self, values: dict[str, Value], outcome: Value, sheet: str, number: int) -> None:
        on, back = values.get("on"), values.get("next_visit_on")
        if isinstance(on, dt.date) and not self.round.opens <= on <= self.until:
            limits = {"opens": format_date(self.round.opens), "until": format_date(self.until)}
            self.staged.add(sheet, number, "visit_day", limits, column="Ngày rà soát", value=format_date(on))
        if outcome in {"not_met", "refused"}:
            if back is None:
                self.staged.add(sheet, number, "plan_needed", column="Ngày quay lại")
            elif isinstance(back, dt.date) and isinstance(on, dt.date) and back <= on:
                self.staged.add(sheet, number, "plan_before", column="Ngày quay lại", value=format_date(back))

    def _check_answers(self, values: dict[str, Value], sheet: str, number: int) -> None:
        income, b2 = values.get("income_per_head"), values.get("b2_points")
        if isinstance(income, int) and 0 < income < SMALL_INCOME:
            shown = {"value": format_number(income)}
            self.staged.add(
                sheet,
                number,
                "income_small",
                shown,
                column=_label("income_per_head"),
                value=income,
                warning=True,
            )
        ticks = [v for k, v in values.items() if k.startswith("tick_")]
        each = standard_named(self.round.standard).points.per_indicator
        if isinstance(b2, int) and ticks and each and b2 != each.value * sum(bool(t) for t in ticks):
            self.staged.add(
                sheet,
                number,
                "b2_disagrees",
                {"b2": b2, "n": sum(bool(t) for t in ticks)},
                column=_label("b2_points"),
                value=b2,
                warning=True,
            )

    def member(self, writer: Any, values: dict[str, Value], hn: int | None, sheet: str, number: int) -> None:
        """Write one member of household `hn`."""
        name = values.get("full_name")
        if not name:
            self.staged.add(sheet, number, "needed", {"name": "họ và tên"}, column="Họ và tên")
            return
        self.staged.members += 1
        if hn:
            self.members_of[hn] = self.members_of.get(hn, 0) + 1
        birth, year = self._birth(values, str(name), sheet, number)
        index, sealed = self._id_number(values.get("id_number"), sheet, number)
        told = {k: _plain(v) for k, v in values.items() if k not in _IDENTITY and k not in _REGISTER}
        writer.writerow(
            [
                *(
                    self.staged.members,
                    hn,
                    sheet,
                    number,
                    name,
                    fold(str(name)),
                    index,
                    sealed,
                    values.get("sex"),
                ),
                *(
                    _plain(birth),
                    year,
                    values.get("ethnic"),
                    values.get("relation"),
                    _json(told),
                ),
            ]
        )

    def _birth(self, values: dict[str, Value], name: str, sheet: str, number: int) -> tuple[Value, Value]:
        birth, year = values.get("birth_date"), values.get("birth_year")
        if isinstance(birth, dt.date):
            if year is not None and year != birth.year:
                self.staged.add(
                    sheet, number, "birth_disagrees", column="Ngày sinh", value=format_date(birth)
                )
            year = birth.year
        if isinstance(year, int):
            day = self.round.reference_date
            if (isinstance(birth, dt.date) and birth > self.until) or year > self.until.year:
                shown = format_date(birth) if isinstance(birth, dt.date) else str(year)
                self.staged.add(
                    sheet,
                    number,
                    "born_later",
                    {"name": name, "birth": shown, "on": format_date(self.until)},
                    column="Ngày sinh",
                    value=shown,
                )
            elif day.year - year > OLDEST:
                self.staged.add(
                    sheet,
                    number,
                    "too_old",
                    {"name": name, "age": day.year - year},
                    column="Ngày sinh",
                    value=year,
                )
        return birth, year

    def _id_number(self, said: Value, sheet: str, number: int) -> tuple[str, str]:
        """The index and the sealed number as PostgreSQL reads bytea; the number itself is never staged."""
        if not said:
            return "", ""
        digits = str(said)
        if digits.isdigit() and len(digits) in (8, 11):
            digits = f"0{digits}"  # a sheet took the number for a number and dropped its first nought
        try:
            index = blind_index(digits)
        except IdNumberError:
            self.staged.add(sheet, number, "bad_id_number", column="Số định danh/CCCD", value="…")
            return "", ""
        before = self.id_rows.setdefault(index, number)
        if before != number:
            self.staged.add(sheet, number, "id_twice", {"row": before}, column="Số định danh/CCCD", value="…")
        return f"\\x{index.hex()}", f"\\x{seal(digits).hex()}"

    def check_sizes(self, said: dict[int, tuple[str, int, int]]) -> None:
        """Warn where the number of persons stated is not the number of members given."""
        for n, (sheet, number, persons) in said.items():
            found = self.members_of.get(n, 0)
            if found and found != persons:
                self.staged.add(
                    sheet,
                    number,
                    "persons_disagree",
                    {"said": persons, "found": found},
                    column="Số nhân khẩu",
                    value=persons,
                    warning=True,
                )


class _Template(_Reading):
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
                numbers[_upper(values.get("household_number"))] = n
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
                hn = numbers.get(_upper(values.get("household_number")) or "-") or places.get(place)
                if hn is None:
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
        columns: list[_Column] | None = None
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


class _Official(_Reading):
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
        columns: list[_Column] | None = None
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


def _label(key: str) -> str:
    return facts()[HOUSEHOLD, key].label()


def _plain(value: Value) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _upper(value: Value) -> str:
    return str(value or "").upper().replace(" ", "").replace("-", "")


def _folded(value: Value) -> str:
    return fold(str(value)) if value else ""
