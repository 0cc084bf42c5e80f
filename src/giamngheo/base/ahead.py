"""The rows of a large workbook, read by a process of their own while those before are worked on: two cores share a file.

with open_ahead(path) as book:    # as open_workbook; a small file is read here
"""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from giamngheo.base.sheets import Row, SheetError, Workbook, open_workbook

#: Below so many bytes a second process costs more than it saves.
LARGE = 500_000
#: Rows handed over at once, and kept of a sheet so that it may be looked at before it is read.
BLOCK, KEPT = 500, 50


def open_ahead(path: Path) -> Workbook:
    """The tables of a file. Raises SheetError as open_workbook does."""
    book = open_workbook(path)
    return book if path.stat().st_size < LARGE else _Ahead(path, book)


class _Ahead(Workbook):
    def __init__(self, path: Path, book: Workbook) -> None:
        self.path, self._book, self.sheet_names = path, book, book.sheet_names
        self._reader: subprocess.Popen[bytes] | None = None
        self._sheet = ""
        self._seen: list[Row] | None = None
        self._coming: Iterator[Row] = iter(())
        self._halfway = False

    def rows(self, sheet: str) -> Iterator[Row]:
        """As of any workbook; a sheet of which only the first rows were taken goes on from there."""
        if sheet != self._sheet or self._seen is None:
            self._sheet, self._seen, self._coming = sheet, [], self._asked(sheet)
        return self._again(self._seen)

    def _again(self, seen: list[Row]) -> Iterator[Row]:
        yield from list(seen)
        for row in self._coming:
            if self._seen is not None:
                seen.append(row)
                self._seen = seen if len(seen) < KEPT else None
            yield row

    def _asked(self, sheet: str) -> Iterator[Row]:
        if self._halfway:  # it is still telling of another sheet
            self._stop()
        if self._reader is None:
            command = [sys.executable, "-m", __name__, str(self.path)]
            self._reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        reader = self._reader
        assert reader.stdin and reader.stdout
        reader.stdin.write(json.dumps(sheet).encode() + b"\n")
        reader.stdin.flush()
        self._halfway = True
        while block := _next_of(reader):
            if isinstance(block, str):
                raise SheetError(block, self.path)
            yield from (Row(number, cells) for number, cells in block)
        self._halfway = False

    def close(self) -> None:
        self._stop()
        self._book.close()

    def _stop(self) -> None:
        if self._reader is not None:
            self._reader.kill()
            self._reader.communicate()
        self._reader, self._halfway = None, False


def _next_of(reader: "subprocess.Popen[bytes]") -> Any:
    """Rows, the code of what is wrong with the file, or None after the last."""
    assert reader.stdout
    try:
        return pickle.load(reader.stdout)  # noqa: S301 - a process of our own wrote it
    except EOFError as error:
        raise ChildProcessError(f"the reader of the workbook ended with {reader.wait()}") from error


def _read(path: Path) -> None:
    """The reader: a line of JSON names a sheet, its rows go out in blocks, then None."""
    with open_workbook(path) as book:
        for line in sys.stdin:
            try:
                block: list[tuple[int, Any]] = []
                for row in book.rows(json.loads(line)):
                    block.append((row.number, row.cells))
                    if len(block) == BLOCK:
                        _say(block)
                        block = []
                if block:
                    _say(block)
                _say(None)
            except SheetError as error:
                _say(error.code)


def _say(what: Any) -> None:
    pickle.dump(what, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _read(Path(sys.argv[1]))
