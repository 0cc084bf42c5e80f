"""From cells to staged rows: values parsed once, a household and a member checked by themselves."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from giamngheo.base.sheets import BadCell, Cell, Workbook
from giamngheo.base.text import fold, format_date, format_number
from giamngheo.registry.errors import IdNumberError
from giamngheo.registry.facts import OLDEST
from giamngheo.registry.models import Household, Person
from giamngheo.registry.queries import age
from giamngheo.registry.sealing import seal_and_index
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, Problem, Value, facts
from giamngheo.rules.standards import standard_named
from giamngheo.surveys.imports.staged import Staged
from giamngheo.surveys.models import Round

SMALL_INCOME = 20_000  # đồng per person per month; below it the sum was likely written in thousands
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
#: What a member's row says that the register keeps in columns of its own; the rest are facts of the visit.
_APART = _IDENTITY | {"sex", "birth_date", "birth_year", "ethnic", "relation"}

#: So many different cells of a column are kept with their values.
REMEMBERED = 50_000

_COLUMNS = {f.name: f.max_length for f in (*Household._meta.fields, *Person._meta.fields) if f.max_length}
#: The most characters of a text that the register keeps.
LONGEST = {
    "household_code": _COLUMNS["local_code"],
    "head_name": _COLUMNS["full_name"],
    "full_name": _COLUMNS["full_name"],
}

Progress = Callable[[str, int], None]
_json = json.JSONEncoder(ensure_ascii=False).encode


class Cells(dict[Cell, Value | Problem]):
    """The values of a fact's cells; each kind of cell is parsed once, so long as there is room to remember it."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact

    def __missing__(self, cell: Cell) -> Value | Problem:
        value = self.fact.parse(cell)
        if len(self) < REMEMBERED and not isinstance(value, Problem):
            self[cell] = value
        return value


#: What a column asks and the values of its cells; None for a column that is not read.
Column = tuple[str, Cells] | None


class Reading:
    """What both layouts share: parsing cells, writing staged rows, checking a member by itself."""

    layout: str

    def __init__(
        self, book: Workbook, round: Round, folder: Path, until: dt.date, progress: Progress
    ) -> None:
        self.book, self.round, self.until, self.progress = book, round, until, progress
        self.staged = Staged(self.layout, folder)
        self.parsed: dict[tuple[str, str], Cells] = {}
        self.id_rows: dict[bytes, int] = {}
        self.members_of: dict[int, int] = {}
        self.visited: dict[int, dt.date] = {}

    def columns(self, facts: list[Fact | None]) -> list[Column]:
        """The columns in their order, each with the cells it has parsed so far."""
        return [
            None if fact is None else (fact.key, self.parsed.setdefault((fact.over, fact.key), Cells(fact)))
            for fact in facts
        ]

    def values(self, row: list[Cell], columns: list[Column], sheet: str, number: int) -> dict[str, Value]:
        """The typed values of a row; what is no value is told and left out."""
        found: dict[str, Value] = {}
        for cell, column in zip(row, columns, strict=False):
            if cell is None or column is None:
                continue
            key, cells = column
            # To a dictionary True is 1, to a question it is not.
            value = cells.fact.parse(cell) if cell is True or cell is False else cells[cell]
            if value.__class__ is Problem:
                self._tell(value, cells.fact, cell, sheet, number)
            elif value is not None:
                found[key] = value  # type: ignore[assignment]
        return found

    def _tell(self, problem: Problem, fact: Fact, cell: Cell, sheet: str, number: int) -> None:
        self.staged.add(
            sheet,
            number,
            problem.code,
            problem.params,
            column=fact.label(),
            value=cell.text if isinstance(cell, BadCell) else cell,
        )

    def household(self, writer: Any, values: dict[str, Value], sheet: str, number: int) -> int:
        """Write one household; its place in the file."""
        self.staged.households += 1
        n = self.staged.households
        answers = {k: _plain(v) for k, v in values.items() if k not in _IDENTITY and k != "persons"}
        on = values.get("on") or None
        outcome = values.get("outcome") or "met"
        for key in ("household_code", "head_name"):
            self._check_length(key, values, sheet, number)
        self._check_visit(values, outcome, sheet, number)
        if isinstance(on, dt.date):
            self.visited[n] = on
        self._check_answers(values, sheet, number)
        writer.writerow(
            [
                *(n, sheet, number, upper(values.get("household_number")), values.get("household_code")),
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

    def _check_length(self, key: str, values: dict[str, Value], sheet: str, number: int) -> None:
        """No text is longer than the register keeps."""
        most, text = LONGEST[key], str(values.get(key) or "")
        if len(text) > most:
            label = _label(key, MEMBER if key == "full_name" else HOUSEHOLD)
            limits = {"name": label, "length": len(text), "most": most}
            self.staged.add(sheet, number, "too_long", limits, column=label, value=text[:40])

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
        self._check_length("full_name", values, sheet, number)
        self.staged.members += 1
        if hn:
            self.members_of[hn] = self.members_of.get(hn, 0) + 1
        day = self.visited.get(hn or 0, self.until)
        birth, year = self._birth(values, str(name), day, sheet, number)
        index, sealed = self._id_number(values.get("id_number"), sheet, number)
        told = {k: _plain(values[k]) for k in values.keys() - _APART}
        writer.writerow(
            [
                *(self.staged.members, hn, sheet, number, name, index, sealed, values.get("sex")),
                *(_plain(birth), year, values.get("ethnic"), values.get("relation")),
                _json(told) if told else "{}",
            ]
        )

    def _birth(
        self, values: dict[str, Value], name: str, day: dt.date, sheet: str, number: int
    ) -> tuple[Value, Value]:
        """Date and year of birth; they must agree with each other and with `day`, that of the visit."""
        birth, year = values.get("birth_date"), values.get("birth_year")
        if isinstance(birth, dt.date):
            if year is not None and year != birth.year:
                self.staged.add(
                    sheet, number, "birth_disagrees", column="Ngày sinh", value=format_date(birth)
                )
            year = birth.year
        if isinstance(year, int):
            known = birth if isinstance(birth, dt.date) else None
            if (known and known > day) or year > day.year:
                shown = format_date(known) if known else str(year)
                self.staged.add(
                    sheet,
                    number,
                    "born_later",
                    {"name": name, "birth": shown, "on": format_date(day)},
                    column="Ngày sinh",
                    value=shown,
                )
            elif (years := age(known, year, day) or 0) > OLDEST:
                self.staged.add(
                    sheet,
                    number,
                    "too_old",
                    {"name": name, "age": years},
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
            sealed, index = seal_and_index(digits)
        except IdNumberError:
            self.staged.add(sheet, number, "bad_id_number", column="Số định danh/CCCD", value="…")
            return "", ""
        before = self.id_rows.setdefault(index, number)
        if before != number:
            self.staged.add(sheet, number, "id_twice", {"row": before}, column="Số định danh/CCCD", value="…")
        return f"\\x{index.hex()}", f"\\x{sealed.hex()}"

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


def _label(key: str, over: str = HOUSEHOLD) -> str:
    return facts()[over, key].label()


def _plain(value: Value) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def upper(value: Value) -> str:
    """A household's number as it is compared: capitals, no spaces, no hyphens."""
    return str(value or "").upper().replace(" ", "").replace("-", "")


def _folded(value: Value) -> str:
    return fold(str(value)) if value else ""
