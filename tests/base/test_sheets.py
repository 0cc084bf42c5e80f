"""Tables read whoever wrote them; what can't be read is refused by name."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from giamngheo.base.sheets import OLE, BadCell, SheetError, column_letters, open_workbook


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Hộ")
        sheet.write_row(0, 0, ["Mã hộ", "B1"])
        sheet.write_row(2, 0, [" 01 ", 1.5])
        sheet.write_datetime(3, 0, dt.date(2020, 1, 2), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 2, "=1+1", None, "")
        sheet.write_formula(3, 3, "=1+1", None, 2)
        book.add_worksheet("Thành viên")
    return path


def test_cells_are_typed_and_errors_are_not_blanks(tmp_path: Path) -> None:
    with open_workbook(workbook(tmp_path / "a.xlsx")) as book:
        assert book.find("thanh vien") == "Thành viên"
        assert book.find("Khác") is None
        rows = [(row.number, row.cells) for row in book.rows("Hộ")]
    assert rows[0] == (1, ["Mã hộ", "B1"])
    assert rows[1] == (3, ["01", 1.5])
    assert rows[2] == (
        4, [dt.date(2020, 1, 2), BadCell("error", "#DIV/0!"), BadCell("formula", "=1+1"), 2],
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_by_any_mark(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Mã hộ{mark}B1\n01{mark}115\n\n", encoding)
    with open_workbook(path) as book:
        assert [row.cells for row in book.rows("")] == [["Mã hộ", "B1"], ["01", "115"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"PK\x03\x04cut off", "broken"),
        ("a.xlsx", b"not a workbook", "broken"),
        ("a.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("a.xls", OLE + b"\0" * 600, "old"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "kind"),
        ("a.csv", "Mã hộ\n01".encode("cp1258", "replace") + b"\xff", "encoding"),
    ],
)
def test_refused_by_name(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SheetError) as refused, open_workbook(path) as book:
        list(book.rows(book.sheet_names[0]))
    assert refused.value.code == code
    assert refused.value.sentence("en") != refused.value.sentence("vi")


def test_two_csv_files_in_a_zip_are_two_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("ho.csv", "Mã hộ;B1\n01;115\n")
        packed.writestr("thanh-vien.csv", "\ufeffMã hộ,Họ và tên\n01,Giàng A Páo\n")
        packed.writestr("ghi-chu.txt", "note")
        packed.writestr("__MACOSX/._ho.csv", b"\0\5\x16\7\xff\xfe")  # macOS lays one beside each file
    with open_workbook(path) as book:
        assert book.sheet_names == ["ho", "thanh vien"]
        assert (book.find("Hộ"), book.find("Thành viên")) == ("ho", "thanh vien")
        assert [row.cells for row in book.rows("thanh vien")][1] == ["01", "Giàng A Páo"]
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../ho.csv", b"\xff\xfeM\x00\xd8")
    with pytest.raises(SheetError), open_workbook(path) as book:
        list(book.rows(book.sheet_names[0]))
    assert not (tmp_path.parent / "ho.csv").exists()  # nothing is laid outside of its folder


def test_a_zip_that_is_no_workbook_and_one_cut_off(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.txt", "a")
    with pytest.raises(SheetError) as refused:
        open_workbook(tmp_path / "a.zip")
    assert refused.value.code == "kind"
    whole = workbook(tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SheetError) as refused:
        open_workbook(tmp_path / "b.xlsx")
    assert refused.value.code == "broken"


def test_columns_have_letters() -> None:
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_bad_cells_are_found_wherever_a_sheet_is_cut(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Hộ")
        for row in range(30):
            sheet.write(row, 0, "x")
            sheet.write_formula(row, 1 + row % 3, "=1/0", None, "#DIV/0!")
    monkeypatch.setattr("giamngheo.base.xlsx.CHUNK", size)
    with open_workbook(path) as opened:
        places = [row.cells.index(BadCell("error", "#DIV/0!")) for row in opened.rows("Hộ")]
    assert places == [1 + row % 3 for row in range(30)]
