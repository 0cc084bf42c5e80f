"""A workbook, CSV or exported zip of households becomes typed tables, every bad cell named; for `giamngheo assess`.

Sheet "Hộ" (or the first): one household a row, columns by the labels or keys of law/facts.yaml. Sheet "Thành viên" (may
be left out): one member a row, tied to the household by its code. Rows above the headings are passed over.
"""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from giamngheo.base.sheets import LARGEST, Row, SheetError, Workbook, column_letters, open_workbook
from giamngheo.rules.engine import ARROW_TYPES
from giamngheo.rules.facts import HOUSEHOLD, MEMBER, Fact, Problem, facts, find_fact

#: How far down the headings may stand; official lists have titles above them.
HEADINGS_WITHIN = 15
KEYS = ("household_number", "household_code")

MESSAGES = {
    "no_headings": (
        "Trang “{sheet}” không có dòng tiêu đề nhận ra được; cần các cột như Mã hộ, Khu vực, Thu nhập bình quân.",
        "The sheet “{sheet}” has no headings we know; it needs columns such as Mã hộ, Khu vực, Thu nhập bình quân.",
    ),
    "no_area_type": (
        "Trang “{sheet}” thiếu cột “Khu vực”; thêm cột ấy, hoặc ghi --area-type rural (nông thôn) hay urban (thành thị) cho mọi hộ trong tệp.",
        "The sheet “{sheet}” lacks the column “Area type”; add it, or say --area-type rural or urban for all households of the file.",
    ),
    "twice": (
        "Hộ “{value}” đã có ở dòng {row}; mỗi hộ một dòng.",
        "Household “{value}” stands in row {row} already; one row each.",
    ),
    "no_key": ("Dòng không có mã hộ.", "The row has no household code."),
    "no_household": (
        "Thành viên của hộ “{value}”, nhưng trang Hộ không có hộ này.",
        "A member of household “{value}”, which the sheet of households lacks.",
    ),
    "not_parquet": (
        "Tệp {name} không phải Parquet hoặc bị hỏng.",
        "The file {name} is not Parquet, or is broken.",
    ),
}


@dataclass(frozen=True)
class Place:
    """A problem and where it stands; `row` and `column` as the user sees them."""

    sheet: str
    row: int | None
    column: str
    vi: str
    en: str

    def sentence(self, language: str = "vi") -> str:
        where = {"vi": ("dòng", "cột"), "en": ("row", "column")}["en" if language == "en" else "vi"]
        parts = [
            self.sheet,
            f"{where[0]} {self.row}" if self.row else "",
            f"{where[1]} {self.column}" if self.column else "",
        ]
        return ", ".join(part for part in parts if part) + ": " + (self.en if language == "en" else self.vi)


@dataclass
class Tables:
    """What was read: `households` with `household` numbered from 0 in order; `members` tied to it; all problems."""

    households: pa.Table | None = None
    households_sheet: str = ""
    members: pa.Table | None = None
    problems: list[Place] = field(default_factory=list)

    def add(
        self, code: str, sheet: str, place: int | None = None, column: str = "", **params: object
    ) -> None:
        vi, en = MESSAGES[code]
        self.problems.append(
            Place(sheet, place, column, vi.format(sheet=sheet, **params), en.format(sheet=sheet, **params))
        )


def read_tables(path: Path, *, on: dt.date | None = None, area_type: str | None = None) -> Tables:
    """The households and members of a file. Raises SheetError where the file is no table at all.

    `on` stands for the day of review, `area_type` ('rural' or 'urban') for the area type, where the file has no such column.
    """
    found = Tables()
    if path.suffix.lower() == ".parquet":
        _from_parquet(path, found)
    elif path.suffix.lower() == ".zip":
        _from_zip(path, found)
    else:
        with open_workbook(path) as book:
            _from_workbook(book, found)
    if found.households is None:
        return found
    for key, value in (("on", on), ("area_type", area_type)):
        if value is not None and key not in found.households.column_names:
            kind = ARROW_TYPES[facts()[HOUSEHOLD, key].type]
            same = pa.array([value] * found.households.num_rows, kind)
            found.households = found.households.append_column(key, same)
    if "area_type" not in found.households.column_names:
        found.add("no_area_type", found.households_sheet)
    return found


def _from_workbook(book: Workbook, found: Tables) -> None:
    sheet = book.find("Hộ", "Danh sách hộ", "households") or book.sheet_names[0]
    people = book.find("Thành viên", "Danh sách thành viên", "members")
    _from_rows(
        (sheet or "CSV", book.rows(sheet)), (people, book.rows(people)) if people is not None else None, found
    )


def _from_rows(
    homes: tuple[str, Iterator[Row]], people: tuple[str, Iterator[Row]] | None, found: Tables
) -> None:
    """The households, and the members that belong to them, from rows with their headings."""
    name, rows = homes
    households = _Sheet(rows, name, HOUSEHOLD, found)
    if not households.facts:
        return
    found.households, found.households_sheet = households.table(), name
    if people is not None:
        name, rows = people
        members = _Sheet(rows, name, MEMBER, found, households.places)
        if members.facts:
            found.members = members.table()


def _from_zip(path: Path, found: Tables) -> None:
    """What the product exports as CSV or Parquet: one table of households (ho), one of members (thanh-vien)."""
    with TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as packed:
                parts = {Path(e.filename).name.lower(): e for e in packed.infolist() if not e.is_dir()}
                if sum(entry.file_size for entry in parts.values()) > LARGEST:
                    raise SheetError("large", path)
                files = {name: Path(packed.extract(entry, folder)) for name, entry in parts.items()}
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise SheetError("missing" if not path.exists() else "broken", path) from error
        except FileNotFoundError as error:
            raise SheetError("missing", path) from error
        homes, people = _named(files, "ho"), _named(files, "thanh-vien")
        if homes is None:
            raise SheetError("kind", path)
        _from_rows(
            (homes.name, _rows_of(homes)),
            (people.name, _rows_of(people)) if people is not None else None,
            found,
        )


def _named(files: dict[str, Path], slug: str) -> Path | None:
    return next((files[f"{slug}{kind}"] for kind in (".csv", ".parquet") if f"{slug}{kind}" in files), None)


def _rows_of(path: Path) -> Iterator[Row]:
    """The rows of one table of a zip, its headings first."""
    if path.suffix == ".csv":
        with open_workbook(path) as book:
            yield from book.rows("")
        return
    file = pq.ParquetFile(path)
    yield Row(1, list(file.schema_arrow.names))
    number = 1
    for batch in file.iter_batches(10_000):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield Row(number, [";".join(v) if isinstance(v, list) else v for v in values])


class _Sheet:
    """One sheet read whole: columns of typed values, problems put aside."""

    def __init__(
        self,
        rows: Iterator[Row],
        name: str,
        over: str,
        found: Tables,
        homes: dict[str, tuple[int, int]] | None = None,
    ) -> None:
        self.name, self.over, self.found, self.homes = name, over, found, homes
        self.places: dict[str, tuple[int, int]] = {}
        self.facts: dict[int, Fact] = {}
        self.labels: dict[int, str] = {}
        self.numbers: list[int] = []
        self.seen: dict[tuple[int, Any], Any] = {}
        self._headings(rows)
        if not self.facts:
            found.add("no_headings", name)
            return
        self.columns: dict[str, list[Any]] = {fact.key: [] for fact in self.facts.values()}
        for row in rows:
            self._row(row)

    def _headings(self, rows: Iterator[Row]) -> None:
        for row in rows:
            facts: dict[int, Fact] = {}
            for place, cell in enumerate(row.cells):
                fact = find_fact(cell, self.over) if isinstance(cell, str) else None
                if fact and fact not in facts.values():
                    facts[place] = fact
            if len(facts) >= 2:
                self.facts = facts
                self.labels = {p: f"{column_letters(p)} ({row.cells[p]})" for p in facts}
                return
            if row.number >= HEADINGS_WITHIN:
                return

    def _row(self, row: Row) -> None:
        values = {fact.key: self._value(fact, place, row) for place, fact in self.facts.items()}
        if all(value is None for value in values.values()):
            return
        key = next((str(values[k]) for k in KEYS if values.get(k) is not None), None)
        village = str(values.get("village_code") or "")
        if self.homes is not None:
            home = self.homes.get(f"{key}|{village}") or self.homes.get(f"{key}|")
            if home is None:
                self.found.add("no_household" if key else "no_key", self.name, row.number, value=key)
                return
            self.numbers.append(home[0])
        else:
            name = f"{key or f'row {row.number}'}|{village}"
            if name in self.places:
                self.found.add("twice", self.name, row.number, value=key, row=self.places[name][1])
            self.places.setdefault(name, (len(self.numbers), row.number))
            self.places.setdefault(f"{key}|", (len(self.numbers), row.number))
            self.numbers.append(len(self.numbers))
        for column, value in values.items():
            self.columns[column].append(value)

    def _value(self, fact: Fact, place: int, row: Row) -> Any:
        cell = row.cells[place] if place < len(row.cells) else None
        if cell is None:
            return None
        try:
            known = self.seen.get((place, cell))
            if known is None:
                known = self.seen[place, cell] = fact.parse(cell)
        except TypeError:
            known = fact.parse(cell)
        if isinstance(known, Problem):
            told = Place(
                self.name, row.number, self.labels[place], known.sentence("vi"), known.sentence("en")
            )
            self.found.problems.append(told)
            return None
        return known

    def table(self) -> pa.Table:
        """The columns as Arrow, with `household`, the number of the household from 0."""
        types = {fact.key: ARROW_TYPES[fact.type] for fact in self.facts.values()}
        columns = {key: pa.array(values, types[key]) for key, values in self.columns.items()}
        return pa.table({"household": pa.array(self.numbers, pa.int64()), **columns})


def _from_parquet(path: Path, found: Tables) -> None:
    """Households only; columns by fact key, of their types."""
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        if not path.exists():
            raise SheetError("missing", path) from error
        found.add("not_parquet", path.name, name=path.name)
        return
    columns: dict[str, Any] = {"household": pa.array(range(table.num_rows), pa.int64())}
    for name in table.column_names:
        fact = find_fact(name, HOUSEHOLD)
        if fact is None:
            continue
        try:
            columns[fact.key] = table.column(name).cast(ARROW_TYPES[fact.type])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            found.problems.append(Place(path.name, None, name, str(error), str(error)))
    found.households, found.households_sheet = pa.table(columns), path.name
