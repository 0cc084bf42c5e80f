"""Reading the folder of a province (law/areas/<province>): units, successions, lists, outlines, every problem collected.

Nothing here touches a database. What a folder holds is described in docs/how-to/another-province.vi.md.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from giamngheo.areas.outlines import OutlineError, geometries, read_topology
from giamngheo.areas.rows import EntryRow, ListRow, OutlineRow, Problem, Province, SuccessionRow, UnitRow
from giamngheo.base.yaml import Block, LawFileError, load_yaml

CONFIDENCES = {"high", "medium", "low"}
LEVELS = {"1": 1, "2": 2, "3": 3, "4": 4}
SUCCESSIONS = {"whole", "unchanged", "part"}
UNIT_COLUMNS = "code,level,kind,name,parent,valid_from,valid_to,area_km2,border,alt_names,act_from,act_to,source,confidence"
SUCCESSION_COLUMNS = "before,before_from,after,on,kind,act,source,confidence"
Row = TypeVar("Row")


def read_province(folder: Path) -> tuple[Province, list[Problem]]:
    """What the folder says, and every problem of reading it; `checks.check` looks at what it means."""
    problems: list[Problem] = []
    try:
        about = load_yaml(folder / "province.yaml")
        reader = _Reader(folder, about, problems)
        province = Province(_need(about, "code", str), _need(about, "name", str), reader.begins)
        names = {key: _need(about, key, str) for key in ("units", "successions", "lists")}
    except LawFileError as error:
        return Province("", "", dt.date.min), [_problem(error, folder)]
    province.units = list(reader.rows(names["units"], UNIT_COLUMNS, reader.unit))
    province.successions = list(reader.rows(names["successions"], SUCCESSION_COLUMNS, reader.succession))
    lists = sorted((folder / names["lists"]).glob("*.yaml"))
    province.lists = [row for path in lists for row in reader.area_list(path)]
    province.outlines = list(reader.outlines())
    return province, problems


def _problem(error: LawFileError, folder: Path) -> Problem:
    path = Path(error.file)
    return Problem(
        str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name,
        error.line,
        error.sentence,
    )


_NAMES = {
    str: "chữ",
    bool: "true hoặc false",
    dt.date: "ngày",
    list: "danh sách",
    Block: "các cặp khoá: giá trị",
}


def _need(block: Block, key: str, kind: type[Row]) -> Row:
    """The value of a key that must be there and of this kind. Raises LawFileError at its line."""
    value = block.get(key)
    if not isinstance(value, kind):
        raise block.error(f"khoá {key}: phải có và là {_NAMES[kind]}", key)
    return value


class _BadCellError(Exception):
    """A cell that cannot be read; becomes a Problem with its line."""


class _Reader:
    """Turns lines into rows, keeping the acts and sources of province.yaml at hand."""

    def __init__(self, folder: Path, about: Block, problems: list[Problem]) -> None:
        self.folder, self.about, self.problems = folder, about, problems
        self.begins = _need(about, "begins", dt.date)
        self.acts, self.sources = _need(about, "acts", Block), _need(about, "sources", Block)

    def rows(self, name: str, columns: str, read: Callable[[dict[str, str], int], Row]) -> Iterator[Row]:
        """The rows of a CSV whose lines beginning with # are comments; bad lines are told and left out."""
        expected: list[str] | None = None
        for number, cells in self._lines(name):
            if expected is None:
                expected = columns.split(",")
                if cells != expected:
                    self._tell(name, number, f"tên cột phải là: {columns}")
                    return
            elif len(cells) != len(expected):
                self._tell(name, number, f"có {len(cells)} ô, phải có {len(expected)}")
            else:
                try:
                    yield read(dict(zip(expected, cells, strict=True)), number)
                except _BadCellError as error:
                    self._tell(name, number, str(error))

    def _lines(self, name: str) -> Iterator[tuple[int, list[str]]]:
        try:
            text = (self.folder / name).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self._tell(name, 0, "không đọc được tệp, hoặc tệp không phải UTF-8")
            return
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                yield number, [cell.strip() for cell in next(csv.reader([line]))]

    def _tell(self, name: str, line: int, sentence: str) -> None:
        self.problems.append(Problem(name, line, sentence))

    def unit(self, cells: dict[str, str], line: int) -> UnitRow:
        for column in ("code", "kind", "name"):
            if not cells[column]:
                raise _BadCellError(f"ô {column} để trống")
        return UnitRow(
            code=cells["code"],
            level=_one_of(cells["level"], LEVELS, "level"),
            kind=cells["kind"],
            name=cells["name"],
            parent=cells["parent"],
            valid_from=_day(cells["valid_from"], "valid_from") or self.begins,
            valid_to=_day(cells["valid_to"], "valid_to"),
            opened_known=bool(cells["valid_from"]),
            area_km2=_decimal(cells["area_km2"], "area_km2"),
            border=bool(_one_of(cells["border"], {"yes": 1, "no": 0, "": 0}, "border")),
            alt_names=tuple(name.strip() for name in cells["alt_names"].split("|") if name.strip()),
            legal_basis_from=self._act(cells["act_from"]),
            legal_basis_to=self._act(cells["act_to"]),
            source=self._source(cells["source"]),
            confidence=_confidence(cells["confidence"]),
            line=line,
        )

    def succession(self, cells: dict[str, str], line: int) -> SuccessionRow:
        on = _day(cells["on"], "on")
        if on is None:
            raise _BadCellError("ô on để trống")
        self._source(cells["source"])
        _confidence(cells["confidence"])
        return SuccessionRow(
            before=(cells["before"], _day(cells["before_from"], "before_from") or self.begins),
            after=(cells["after"], on),
            on=on,
            kind=_one_of(cells["kind"], {kind: kind for kind in SUCCESSIONS}, "kind"),
            legal_basis=self._act(cells["act"]),
            line=line,
        )

    def _act(self, key: str) -> str:
        if key and key not in self.acts:
            raise _BadCellError(f"văn bản “{key}” chưa có trong mục acts của province.yaml")
        return f"{key}: {self.acts[key]}" if key else ""

    def _source(self, key: str) -> str:
        if key not in self.sources:
            raise _BadCellError(f"nguồn “{key}” chưa có trong mục sources của province.yaml")
        return str(self.sources[key])

    def area_list(self, path: Path) -> Iterator[ListRow]:
        """The list of one file; nothing, and a problem told, where it cannot be read."""
        try:
            block = load_yaml(path)
            name, note = _need(block, "name", Block), block.get("note") or Block()
            yield ListRow(
                slug=_need(block, "slug", str),
                name_vi=_need(name, "vi", str),
                name_en=_need(name, "en", str),
                legal_basis=_need(block, "legal_basis", str),
                note_vi=note.get("vi", ""),
                note_en=note.get("en", ""),
                source=_need(block, "source", str),
                confidence=_sure(block, block),
                verified=_need(block, "verified", bool),
                complete=_need(block, "complete", bool),
                entries=tuple(
                    entry for group in _need(block, "entries", list) for entry in _entries(block, group)
                ),
                file=str(path.relative_to(self.folder)),
            )
        except LawFileError as error:
            self.problems.append(_problem(error, self.folder))

    def outlines(self) -> Iterator[OutlineRow]:
        """The shapes of every layer province.yaml names."""
        for layer in self.about.get("outlines") or []:
            try:
                origin = _need(_need(self.about, "origins", Block), _need(layer, "origin", str), Block)
                words = _need(origin, "source", str), _need(origin, "licence", str)
                day = _need(layer, "on", dt.date)
                file, name = _need(layer, "file", str), _need(layer, "layer", str)
                shapes = geometries(read_topology(self.folder / file), name)
            except LawFileError as error:
                self.problems.append(_problem(error, self.folder))
                continue
            except OutlineError as error:
                self._tell("province.yaml", layer.line, str(error))
                continue
            for code, geometry in shapes.items():
                yield OutlineRow(code, day, geometry, *words)


def _entries(block: Block, group: Block) -> Iterator[EntryRow]:
    """One entry a code; what a group does not say of source and confidence, its list does."""
    for code in _need(group, "codes", list):
        yield EntryRow(
            code=str(code),
            valid_from=_need(group, "from", dt.date),
            valid_to=_need(group, "to", dt.date) if "to" in group else None,
            source=group.get("source", block["source"]),
            confidence=_sure(group, block),
            verified=group.get("verified", block["verified"]),
            line=group.line,
        )


def _sure(group: Block, block: Block) -> str:
    """The confidence a group states, else that of its list."""
    level = group.get("confidence", block.get("confidence"))
    if level not in CONFIDENCES:
        raise group.error(f"khoá confidence: “{level}” phải là một trong: high, low, medium", "confidence")
    return str(level)


def _day(text: str, column: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _BadCellError(f"ô {column}: “{text}” không phải ngày dạng 2020-02-01") from error


def _decimal(text: str, column: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise _BadCellError(f"ô {column}: “{text}” không phải số dạng 49.2") from error


def _one_of(text: str, choices: dict[str, Any], column: str) -> Any:
    if text not in choices:
        known = ", ".join(sorted(choice for choice in choices if choice))
        raise _BadCellError(f"ô {column}: “{text}” phải là một trong: {known}")
    return choices[text]


def _confidence(text: str) -> str:
    return str(_one_of(text, {level: level for level in CONFIDENCES}, "confidence"))
