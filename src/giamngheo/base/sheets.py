"""Rows of a workbook or CSV file, whoever wrote it; what can't be read is refused by name, with the way out.

with open_workbook(path) as book:      # .xlsx, .csv or .csv files in a .zip, told apart by content, not by name
    book.sheet_names                   # a CSV file has one sheet, named ''
    sheet = book.find("Hộ", "Ho")      # folded comparison; None if there is none
    for row in book.rows(sheet):       # streamed; row.number counts from 1, as the user sees it
        row.cells                      # str | int | float | bool | date | datetime | time | None | BadCell
"""

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple, Self

from giamngheo.base.text import fold
from giamngheo.base.xlsx import BadCell, Book, BrokenWorkbookError, Cell

__all__ = ["BadCell", "Cell", "Row", "SheetError", "Workbook", "column_letters", "open_workbook"]

#: What a workbook may grow to when unpacked; beyond it the file is refused, not read.
LARGEST = 2_000_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("Không thấy tệp {name}.", "There is no file {name}."),
    "empty": ("Tệp {name} trống.", "The file {name} is empty."),
    "encrypted": (
        "Tệp {name} có đặt mật khẩu. Mở bằng Excel, bỏ mật khẩu (Tệp › Thông tin › Bảo vệ) rồi lưu lại.",
        "The file {name} is protected by a password. Open it in Excel, take the password off, and save it again.",
    ),
    "locked": (
        "Tệp nén {name} có đặt mật khẩu. Hãy nén lại không mật khẩu, hoặc gửi từng bảng .csv.",
        "The zip file {name} is protected by a password. Pack it again without one, or send the .csv tables.",
    ),
    "old": (
        "Tệp {name} là kiểu Excel cũ (.xls). Mở bằng Excel và lưu thành .xlsx.",
        "The file {name} is of the old Excel kind (.xls). Open it in Excel and save it as .xlsx.",
    ),
    "broken": (
        "Tệp {name} bị hỏng hoặc bị cắt cụt. Hãy lấy lại tệp gốc, hoặc mở bằng Excel và lưu lại.",
        "The file {name} is broken or cut off. Fetch the original again, or open it in Excel and save it.",
    ),
    "kind": (
        "Tệp {name} không phải bảng tính .xlsx hay .csv.",
        "The file {name} is neither an .xlsx workbook nor a .csv file.",
    ),
    "encoding": (
        "Tệp {name} không phải CSV kiểu UTF-8. Trong Excel chọn “CSV UTF-8” khi lưu.",
        "The file {name} is not CSV in UTF-8. Choose “CSV UTF-8” when saving in Excel.",
    ),
    "large": (
        "Tệp {name} quá lớn (trên 2 GB khi mở ra). Hãy chia thành nhiều tệp.",
        "The file {name} is too large (over 2 GB unpacked). Split it into several files.",
    ),
}


class SheetError(Exception):
    """A file that can't be read as a table; `code` is a key of MESSAGES."""

    def __init__(self, code: str, path: Path) -> None:
        self.code, self.params = code, {"name": path.name}
        super().__init__(self.sentence())

    def sentence(self, language: str = "vi") -> str:
        return MESSAGES[self.code][language == "en"].format(**self.params)


class Row(NamedTuple):
    """A row as the user sees it: its number from 1, and its cells from column A."""

    number: int
    cells: list[Cell]


class Workbook:
    """An open file of tables; use through open_workbook()."""

    sheet_names: list[str]

    def find(self, *names: str) -> str | None:
        """The first sheet whose name is one of these, case and accents aside."""
        wanted = {fold(name) for name in names}
        return next((sheet for sheet in self.sheet_names if fold(sheet) in wanted), None)

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet that hold anything."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_workbook(path: Path) -> Workbook:
    """The tables of a file. Raises SheetError with a sentence when it is not one we can read."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise SheetError("missing", path) from error
    if not size:
        raise SheetError("empty", path)
    if head.startswith(OLE):
        raise SheetError("encrypted" if _holds(path, ENCRYPTED) else "old", path)
    if head.startswith(b"PK"):
        return _CsvZip(path) if _holds_csv(path) else _Excel(path)
    if size > LARGEST:
        raise SheetError("large", path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise SheetError("broken", path)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError("kind", path)
    return _Csv(path)


def _holds_csv(path: Path) -> bool:
    """Whether a zip holds tables as CSV and is no workbook."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, OSError, EOFError):
        return False
    return "xl/workbook.xml" not in names and any(_is_csv(name) for name in names)


def _is_csv(name: str) -> bool:
    """Whether an entry of a zip is a table; macOS lays beside each file another of its own, "__MACOSX/._ho.csv"."""
    return name.lower().endswith(".csv") and not Path(name).name.startswith("._")


def _holds(path: Path, words: bytes) -> bool:
    """Whether the bytes stand in the file; directory entries of an OLE file may stand anywhere."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if words in tail + chunk:
                return True
            tail = chunk[-len(words) :]
    return False


class _Excel(Workbook):
    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as packed:
                if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                    raise SheetError("large", path)
                if "xl/workbook.xml" not in packed.namelist():
                    raise SheetError("kind", path)
            self.book = Book(path)
        except (zipfile.BadZipFile, BrokenWorkbookError, KeyError, OSError, EOFError) as error:
            raise SheetError("broken", path) from error
        self.sheet_names = self.book.sheet_names

    def rows(self, sheet: str) -> Iterator[Row]:
        try:
            for number, cells in self.book.rows(sheet):
                if any(cell is not None for cell in cells):
                    yield Row(number, cells)
        except (BrokenWorkbookError, KeyError) as error:
            raise SheetError("broken", self.path) from error

    def close(self) -> None:
        self.book.close()


def column_letters(place: int) -> str:
    """The name of a column as the user sees it: 0 is A, 27 is AB."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _CsvZip(Workbook):
    """Several CSV files in a zip, as we export them: each a sheet named after its file, "thanh-vien.csv" as "thanh vien"."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder = TemporaryDirectory()
        self._files: dict[str, _Csv] = {}
        try:
            with zipfile.ZipFile(path) as packed:
                entries = [e for e in packed.infolist() if _is_csv(e.filename)]
                if sum(entry.file_size for entry in entries) > LARGEST:
                    raise SheetError("large", path)
                for entry in entries:
                    file = Path(packed.extract(entry, self._folder.name))
                    self._files[file.stem.replace("-", " ")] = _Csv(file)
        except SheetError:
            self.close()
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
            # a RuntimeError is a password, or, as NotImplementedError, a way to pack that nobody uses
            self.close()
            locked = type(error) is RuntimeError
            raise SheetError("locked" if locked else "broken", path) from error
        self.sheet_names = list(self._files)

    def rows(self, sheet: str) -> Iterator[Row]:
        return self._files[sheet].rows("")

    def close(self) -> None:
        self._folder.cleanup()


class _Csv(Workbook):
    """A CSV file, comma, semicolon or tab, UTF-8 (with or without mark) or UTF-16 with its mark."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sheet_names = [""]
        with path.open("rb") as file:
            head = file.read(2)
        self.encoding = "utf-16" if head in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            with path.open(encoding=self.encoding, newline="") as text:
                line = text.readline(1 << 16)
        except (UnicodeDecodeError, UnicodeError) as error:
            raise SheetError("encoding", path) from error
        self.delimiter = max(";,\t", key=line.count)

    def rows(self, sheet: str) -> Iterator[Row]:
        try:
            with self.path.open(encoding=self.encoding, newline="") as text:
                reader = csv.reader(self._without_nul(text), delimiter=self.delimiter)
                for number, cells in enumerate(reader, start=1):
                    row: list[Cell] = [cell.strip() or None for cell in cells]
                    if any(row):
                        yield Row(number, row)
        except UnicodeError as error:
            raise SheetError("encoding", self.path) from error
        except csv.Error as error:
            raise SheetError("kind", self.path) from error

    def _without_nul(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines; a NUL, which no text holds, is the mark of a file that was damaged or is none."""
        for line in lines:
            if "\0" in line:
                raise SheetError("broken", self.path)
            yield line
