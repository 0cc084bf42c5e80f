"""Files of tables that are written row by row in little memory: XLSX, CSV in a zip, Parquet in a zip.

Text never becomes a formula: XLSX cells are written as strings, and in CSV a text that a spreadsheet would take for a
formula gets an apostrophe before it.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

Cell = str | int | float | bool | dt.date | Sequence[str] | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 10_000


@dataclass(frozen=True)
class Column:
    """A column: its key, its heading in words, its type as in law/facts.yaml, its width in characters."""

    key: str
    heading: str
    type: str = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `name` heads the sheet; `slug` names the file where each table is one."""

    name: str
    slug: str
    columns: Sequence[Column]


class TableFile:
    """A file being written; use through `open_tables` as a context manager."""

    def write(self, sheet: Sheet, row: Sequence[Cell]) -> None:
        """Add one row, its cells in the order of the sheet's columns."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_tables(path: Path, kind: str, sheets: Sequence[Sheet], notes: Sequence[str] = ()) -> TableFile:
    """A file of `kind` ('xlsx', 'csv', 'parquet') at `path`; the notes are its last sheet or a text file in the zip."""
    return {"xlsx": _Excel, "csv": _CsvZip, "parquet": _ParquetZip}[kind](path, sheets, notes)


class _Excel(TableFile):
    def __init__(self, path: Path, sheets: Sequence[Sheet], notes: Sequence[str]) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(str(path), options)
        head = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.formats = {
            "date": self.book.add_format({"num_format": "dd/mm/yyyy"}),
            "int": self.book.add_format({"num_format": "#,##0"}),
            "number": self.book.add_format({"num_format": "#,##0.0"}),
            "rate": self.book.add_format({"num_format": "0.00%"}),
        }
        self.pages: dict[str, Any] = {}
        self.next: dict[str, int] = {}
        for sheet in sheets:
            page = self.book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            for place, column in enumerate(sheet.columns):
                page.set_column(place, place, column.width)
                page.write_string(0, place, column.heading, head)
            self.pages[sheet.name], self.next[sheet.name] = page, 1
        if notes:
            page = self.book.add_worksheet("Ghi chú")
            page.set_column(0, 0, 110)
            for number, note in enumerate(notes):
                page.write_string(number, 0, note)

    def write(self, sheet: Sheet, row: Sequence[Cell]) -> None:
        page, number = self.pages[sheet.name], self.next[sheet.name]
        for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            if cell is None or cell == "":
                continue
            if isinstance(cell, dt.date):
                page.write_datetime(number, place, cell, self.formats["date"])
            elif isinstance(cell, int | float) and not isinstance(cell, bool):
                look = None if column.key.endswith("year") else self.formats.get(column.type)
                page.write_number(number, place, cell, look)
            else:
                page.write_string(number, place, _text(cell))
        self.next[sheet.name] = number + 1

    def close(self) -> None:
        self.book.close()


class _CsvZip(TableFile):
    """One CSV a table; a file of one table is still a zip, with its notes beside it."""

    def __init__(self, path: Path, sheets: Sequence[Sheet], notes: Sequence[str]) -> None:
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.parts = {sheet.name: path.with_suffix(f".{sheet.slug}.part") for sheet in sheets}
        self.sheets, self.notes = sheets, notes
        # The mark at the beginning tells Excel that the file is UTF-8.
        self.files = {
            name: part.open("w", encoding="utf-8-sig", newline="") for name, part in self.parts.items()
        }
        self.writers = {name: csv.writer(file) for name, file in self.files.items()}
        for sheet in sheets:
            self.writers[sheet.name].writerow([column.heading for column in sheet.columns])

    def write(self, sheet: Sheet, row: Sequence[Cell]) -> None:
        self.writers[sheet.name].writerow(
            [_csv_cell(cell, c.type) for cell, c in zip(row, sheet.columns, strict=True)]
        )

    def close(self) -> None:
        for sheet in self.sheets:
            self.files[sheet.name].close()
            self.zip.write(self.parts[sheet.name], f"{sheet.slug}.csv")
            self.parts[sheet.name].unlink()
        _close(self.zip, self.notes)


class _ParquetZip(TableFile):
    """One Parquet file a table: columns by key, values by code, as other programs want them."""

    def __init__(self, path: Path, sheets: Sequence[Sheet], notes: Sequence[str]) -> None:
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        self.parts = {sheet.name: path.with_suffix(f".{sheet.slug}.part") for sheet in sheets}
        self.sheets, self.notes = sheets, notes
        self.schemas = {sheet.name: _schema(sheet) for sheet in sheets}
        self.writers = {
            sheet.name: pq.ParquetWriter(self.parts[sheet.name], self.schemas[sheet.name]) for sheet in sheets
        }
        self.rows: dict[str, list[dict[str, Cell]]] = {sheet.name: [] for sheet in sheets}

    def write(self, sheet: Sheet, row: Sequence[Cell]) -> None:
        waiting = self.rows[sheet.name]
        keys = [column.key for column in sheet.columns]
        waiting.append(dict(zip(keys, [None if cell == "" else cell for cell in row], strict=True)))
        if len(waiting) >= _BATCH:
            self._flush(sheet)

    def _flush(self, sheet: Sheet) -> None:
        table = pa.Table.from_pylist(self.rows[sheet.name], schema=self.schemas[sheet.name])
        self.writers[sheet.name].write_table(table)
        self.rows[sheet.name] = []

    def close(self) -> None:
        for sheet in self.sheets:
            self._flush(sheet)
            self.writers[sheet.name].close()
            self.zip.write(self.parts[sheet.name], f"{sheet.slug}.parquet")
            self.parts[sheet.name].unlink()
        _close(self.zip, self.notes)


def _close(file: zipfile.ZipFile, notes: Sequence[str]) -> None:
    if notes:
        file.writestr("ghi-chu.txt", "\n".join(notes) + "\n")
    file.close()


_ARROW = {
    "int": pa.int64(),
    "number": pa.float64(),
    "rate": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}


def _schema(sheet: Sheet) -> pa.Schema:
    several = pa.list_(pa.string())
    return pa.schema(
        [(c.key, several if c.type == "codes" else _ARROW.get(c.type, pa.string())) for c in sheet.columns]
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "Có" if cell else "Không"
    return cell if isinstance(cell, str) else "; ".join(cell)  # type: ignore[arg-type]


def _csv_cell(cell: Cell, kind: str) -> str:
    """Numbers plain with two or four decimals (three would read as thousands), dates day first, text made harmless."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        return f"{cell:.4f}" if kind == "rate" else f"{cell:.2f}"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    text = _text(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_text(sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> str:
    """One small table as CSV text, with the mark of UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.heading for column in sheet.columns])
    for row in rows:
        writer.writerow([_csv_cell(cell, c.type) for cell, c in zip(row, sheet.columns, strict=True)])
    return "\ufeff" + out.getvalue()
