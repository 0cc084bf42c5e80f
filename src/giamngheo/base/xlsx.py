"""The rows of an .xlsx workbook one by one, so that a long sheet needs no more memory than a short one.

A sheet is XML in a zip. It is looked at in pieces of whole rows by one regular expression, several times faster than
event by event; a part that is not what ECMA-376 says of worksheets gives BrokenWorkbookError.
"""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

#: How much of a sheet is looked at at once, and more than any row takes (16,384 cells of up to 32,767 characters are
#: allowed, no table of ours comes near).
CHUNK, LONGEST_ROW = 1 << 19, 1 << 25
#: So many different numbers and dates are remembered at a time; most repeat.
REMEMBERED = 20_000


#: Stands for a formula that its own cell does not hold but shares with another.
SHARED = "…"


class BrokenWorkbookError(Exception):
    """The file is cut off or not a workbook inside."""


@dataclass(frozen=True)
class BadCell:
    """A cell that shows no value of its own: `kind` 'error' (#DIV/0!, #REF! …) or 'formula' (never computed).

    `text` is the error, or the formula with its '=' ('=…' where the cell shares that of another).
    """

    kind: str
    text: str


Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | BadCell | None


class Book:
    """An .xlsx file held open. Raises BrokenWorkbookError, or KeyError where it holds no workbook."""

    def __init__(self, path: Path) -> None:
        self._packed = zipfile.ZipFile(path)
        book = self._tree("xl/workbook.xml")
        links = self._tree("xl/_rels/workbook.xml.rels")
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        self._parts: dict[str, str] = {}
        self._epoch = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zone
        for element in book.iter():
            if element.tag.endswith("}sheet"):
                link = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
                self._parts[element.get("name", "")] = _inside(targets.get(link, ""))
            if element.tag.endswith("}workbookPr") and element.get("date1904") in ("1", "true"):
                self._epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
        self._kinds = self._styles()
        self._strings: list[str | None] | None = None

    @property
    def sheet_names(self) -> list[str]:
        return list(self._parts)

    def close(self) -> None:
        self._packed.close()

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Row numbers from 1 with the cells from column A to the last that is there; rows without cells are left out."""
        part = self._parts[sheet]
        if part not in self._packed.namelist():
            return
        try:
            if self._strings is None:
                self._strings = self._shared()
            with self._packed.open(part) as xml:
                yield from _rows(xml, self._convert())
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, IndexError, OverflowError) as error:
            raise BrokenWorkbookError from error

    def _tree(self, part: str) -> ElementTree.Element:
        try:
            return ElementTree.fromstring(self._packed.read(part))  # noqa: S314 - no entities are resolved
        except (ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise BrokenWorkbookError from error

    def _shared(self) -> list[str | None]:
        """The texts of the book, which cells name by number."""
        part = next((p for p in self._packed.namelist() if p.lower() == "xl/sharedstrings.xml"), None)
        if part is None:
            return []
        found: list[str | None] = []
        with self._packed.open(part) as xml:
            prefix, stream = _begun(xml)
            for piece in _pieces(stream, b"</" + prefix + b"si>"):
                found += [_text(item) for item in _ITEM.findall(piece)]
        return found

    def _styles(self) -> list[str]:
        """What a number means under each style: 'number', 'day' (date or time) or 'span' (hours past a day)."""
        if "xl/styles.xml" not in self._packed.namelist():
            return []
        tree = self._tree("xl/styles.xml")
        custom = {
            int(e.get("numFmtId", 0)): e.get("formatCode", "")
            for e in tree.iter()
            if e.tag.endswith("}numFmt")
        }
        formats = next((e for e in tree.iter() if e.tag.endswith("}cellXfs")), None)
        return [
            _meaning(int(style.get("numFmtId", 0)), custom) for style in (() if formats is None else formats)
        ]

    def _convert(self) -> "_Convert":
        return _Convert(self._strings or [], self._kinds, self._epoch)


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DAY_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)


def _meaning(number: int, custom: dict[int, str]) -> str:
    """What a number format says of a number (ECMA-376 part 1, 18.8.30)."""
    if number in custom:
        code = _QUOTED.sub("", custom[number].split(";")[0])
        if _SPAN.search(code):
            return "span"
        return "day" if _DAY_LETTERS.search(code.replace("General", "")) else "number"
    if number == 46:
        return "span"
    return "day" if 14 <= number <= 22 or number in (45, 47) else "number"


_ITEM = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_PHONETIC = re.compile(rb"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)
_WORDS = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</(?:\w+:)?t>")


def _text(xml: bytes) -> str | None:
    """The words of a text, its formats and reading hints aside; None where it is blank."""
    if b"rPh" in xml:
        xml = _PHONETIC.sub(b"", xml)
    found = _WORDS.findall(xml)
    words = (found[0] if len(found) == 1 else b"".join(found)).decode()
    return _plain(words)


def _plain(words: str) -> str | None:
    if "&" in words:
        words = unescape(words)
    return words.strip() or None


def _pieces(xml: "_Again", end: bytes) -> Iterator[bytes]:
    """A part in pieces of about CHUNK bytes, each cut after an `end`."""
    rest = b""
    while chunk := xml.read(CHUNK):
        rest += chunk
        cut = rest.rfind(end)
        if cut >= 0:
            yield rest[: cut + len(end)]
            rest = rest[cut + len(end) :]
        elif len(rest) > LONGEST_ROW:
            raise BrokenWorkbookError
    if rest:
        yield rest


#: A cell: the letters of its column, its other attributes, its bare value or all that is inside of it.
_CELL = rb'<{p}c(?=[ />])(?: r="([A-Z]+)\d+")?([^>]*?)(?:><{p}v>([^<]*)</{p}v></{p}c>|/>|>(.*?)</{p}c>)'
_ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d+)"')
_ROOT = re.compile(rb"<(\w+:)?(?:worksheet|sst)\b")


def _rows(xml: IO[bytes], convert: "_Convert") -> Iterator[tuple[int, list[Cell]]]:
    prefix, stream = _begun(xml)
    end, begin = b"</" + prefix + b"row>", b"<" + prefix + b"row"
    find = re.compile(_CELL.replace(b"{p}", prefix), re.DOTALL).findall
    number = 0
    for piece in _pieces(stream, end):
        for part in piece.split(end):
            begins = max(part.rfind(begin + b" "), part.rfind(begin + b">"))
            if begins >= 0:
                told = _ROW_NUMBER.match(part, begins)
                number = int(told.group(1)) if told else number + 1
                if cells := convert.row(find(part, begins)):
                    yield number, cells


def _begun(xml: IO[bytes]) -> "tuple[bytes, _Again]":
    """The prefix that the part's names bear ("x:" or nothing), and the part as a stream from its beginning."""
    head = xml.read(4096)
    root = _ROOT.search(head)
    return (root and root.group(1)) or b"", _Again(head, xml)


class _Again:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head or self._rest.read(size)


_TYPE = re.compile(rb'\bt="(\w+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b(?:\s[^>]*)?(?:/>|>([^<]*)</)")
_KINDS = {b"s": "shared", b"b": "flag", b"e": "error", b"str": "words", b"inlineStr": "inline", b"d": "iso"}
_MS_OF_DAY = 86_400_000


class _Columns(dict[bytes, int]):
    """The place of a column by its letters: A is 0."""

    def __missing__(self, letters: bytes) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + letter - 64
        self[letters] = number - 1
        return number - 1


_COLUMNS = _Columns()


class _Convert:
    """Cells as values. What repeats is made once: numbers, days, the meaning of a cell's attributes."""

    def __init__(self, strings: list[str | None], styles: list[str], epoch: dt.datetime) -> None:
        self.strings, self.styles, self.epoch = strings, styles, epoch
        self.kinds: dict[bytes, str] = {}
        self.known: dict[str, dict[bytes, Cell]] = {"number": {}, "day": {}}
        self.make: dict[str, Callable[[bytes], Cell]] = {
            "shared": lambda value: strings[int(value)],
            "number": lambda value: self._remembered("number", value, _number),
            "day": lambda value: self._remembered("day", value, self._day),
            "span": lambda value: dt.timedelta(milliseconds=round(float(value) * _MS_OF_DAY)),
            "flag": lambda value: value in (b"1", b"true"),
            "words": lambda value: _plain(value.decode()),
            "inline": lambda value: _plain(value.decode()),
            "iso": lambda value: _iso(value.decode()),
            "error": lambda value: BadCell("error", unescape(value.decode())),
        }

    def row(self, cells: list[tuple[bytes, bytes, bytes, bytes]]) -> list[Cell]:
        """The cells of one row, each in its place."""
        row: list[Cell] = []
        append, strings, kinds = row.append, self.strings, self.kinds
        numbers = self.known["number"]
        for letters, attributes, value, inside in cells:
            kind = kinds.get(attributes) or self._kind(attributes)
            cell: Cell
            if value:
                if kind == "shared":
                    cell = strings[int(value)]
                elif kind == "number" and value in numbers:
                    cell = numbers[value]
                else:
                    cell = self.make[kind](value)
            else:
                cell = self._unusual(kind, inside) if inside or kind == "error" else None
            place = _COLUMNS[letters] if letters else len(row)
            if place == len(row):
                append(cell)
            elif place > len(row):
                row.extend([None] * (place - len(row)))
                append(cell)
            else:
                row[place] = cell
        return row

    def _kind(self, attributes: bytes) -> str:
        told = _TYPE.search(attributes)
        kind = _KINDS.get(told.group(1), "number") if told else "number"
        if kind == "number" and (styled := _STYLE.search(attributes)):
            style = int(styled.group(1))
            kind = self.styles[style] if style < len(self.styles) else "number"
        self.kinds[attributes] = kind
        return kind

    def _unusual(self, kind: str, inside: bytes) -> Cell:
        """A cell with a formula or with its text in place."""
        value = _VALUE.search(inside)
        if kind == "inline":
            return _text(inside)
        if value and value.group(1):
            return self.make[kind](value.group(1))
        if kind == "error":
            return BadCell("error", "#N/A")
        if kind != "words" and (formula := _FORMULA.search(inside)):
            return BadCell("formula", f"={unescape((formula[1] or b'').decode()) or SHARED}")
        return None

    def _remembered(self, kind: str, value: bytes, make: Callable[[bytes], Cell]) -> Cell:
        known = self.known[kind]
        if value not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[value] = make(value)
        return known[value]

    def _day(self, value: bytes) -> Cell:
        """A serial number of days as date, time or both. The sheet counts a 29 February 1900 that never was."""
        serial = float(value)
        if serial < 60 and self.epoch.year == 1899:
            serial += 1
        try:
            moment = self.epoch + dt.timedelta(milliseconds=round(serial * _MS_OF_DAY))
        except OverflowError:
            return _number(value)
        if 0 <= float(value) < 1:
            return moment.time()
        return moment.date() if serial.is_integer() else moment


def _number(value: bytes) -> Cell:
    number = float(value)
    return int(number) if number.is_integer() else number


def _iso(value: str) -> Cell:
    moment = dt.datetime.fromisoformat(value)
    return moment.date() if len(value) == 10 else moment
