"""A workbook read by a process of its own gives the same rows, in whatever order its sheets are asked for."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from giamngheo.base import ahead
from giamngheo.base.sheets import BadCell, SheetError, open_workbook


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sheets of more than a block, with every kind of cell."""
    monkeypatch.setattr(ahead, "LARGE", 0)
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("Hộ", "Thành viên"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["Mã hộ", "Họ tên", "Thu nhập"])
            for n in range(1, 2 * ahead.BLOCK + 7):
                page.write_row(n, 0, [f"{name} {n}", "Giàng A Páo", n * 1000])
            page.write_formula(1, 3, "=1/0", value="#DIV/0!")
            page.write_boolean(2, 3, True)
    return path


def test_the_rows_are_those_of_the_workbook(path: Path) -> None:
    with open_workbook(path) as here, ahead.open_ahead(path) as there:
        assert there.sheet_names == here.sheet_names
        for sheet in reversed(here.sheet_names):
            assert list(there.rows(sheet)) == list(here.rows(sheet))
        assert next(there.rows("Hộ")).cells == ["Mã hộ", "Họ tên", "Thu nhập"]
        assert isinstance(list(there.rows("Hộ"))[1].cells[3], BadCell)


@pytest.mark.parametrize("taken", [1, ahead.KEPT - 1, ahead.KEPT, ahead.BLOCK + 1])
def test_a_sheet_may_be_looked_at_before_it_is_read(path: Path, taken: int) -> None:
    with open_workbook(path) as here, ahead.open_ahead(path) as there:
        for sheet in here.sheet_names:
            looked = there.rows(sheet)
            first = [next(looked) for _ in range(taken)]
            rows = list(here.rows(sheet))
            assert first == rows[:taken]
            assert list(there.rows(sheet)) == rows


def test_a_damaged_file_is_said(path: Path, tmp_path: Path) -> None:
    """Of a large file the damage shows only while it is read."""
    with zipfile.ZipFile(path) as packed:
        entry = packed.getinfo("xl/worksheets/sheet2.xml")
    content = bytearray(path.read_bytes())
    middle = entry.header_offset + entry.compress_size // 2
    content[middle : middle + 100] = bytes(100)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(content)
    with ahead.open_ahead(broken) as book:
        assert len(list(book.rows("Hộ"))) == 2 * ahead.BLOCK + 7
        with pytest.raises(SheetError, match="bị hỏng hoặc bị cắt cụt"):
            list(book.rows("Thành viên"))


def test_a_reader_that_is_killed_leaves_no_half_of_a_sheet(path: Path) -> None:
    with ahead.open_ahead(path) as book:
        rows = book.rows("Hộ")
        next(rows)
        assert isinstance(book, ahead._Ahead)
        assert book._reader
        book._reader.kill()
        with pytest.raises(ChildProcessError):
            list(rows)
            list(book.rows("Thành viên"))


def test_a_small_file_needs_no_reader(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "LARGE", 1 << 30)
    with ahead.open_ahead(path) as book:
        assert not isinstance(book, ahead._Ahead)
