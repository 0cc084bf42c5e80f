"""Reading a workbook: every fault is told with its row and column, all of them at once."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from giamngheo.base.sheets import SheetError, open_workbook
from giamngheo.surveys.imports.messages import MESSAGES, tell
from giamngheo.surveys.imports.read import read
from giamngheo.surveys.imports.staged import Staged
from tests.surveys.imports.conftest import HEAD, HOUSEHOLD, WIFE, Cells, a_round, write_book

D = dt.date


def staged(tmp_path: Path, path: Path) -> Staged:
    return read(path, a_round(), tmp_path, until=D(2021, 10, 15), progress=lambda sheet, row: None)


def found(
    tmp_path: Path, households: Sequence[Cells], members: Sequence[Cells]
) -> list[tuple[str, int | None, str, bool]]:
    got = staged(tmp_path, write_book(tmp_path / "a.xlsx", households, members, a_round()))
    for problem in got.problems:
        assert tell(problem.code, problem.params, "vi") != tell(problem.code, problem.params, "en")
    return [(p.sheet, p.row, p.code, p.warning) for p in got.problems]


def test_a_faultless_workbook_has_no_problems(tmp_path: Path) -> None:
    assert found(tmp_path, [HOUSEHOLD], [HEAD, WIFE]) == []


#: the household's changed cells, the second member's changed cells, what is told: sheet, row, code, only a warning.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, int, str, bool]]] = {
    "text in a number": ({"income_per_head": "bảy trăm"}, {}, ("Hộ", 2, "not_number", False)),
    "below nothing": ({"income_per_head": -1}, {}, ("Hộ", 2, "too_small", False)),
    "income in thousands": ({"income_per_head": 850}, {}, ("Hộ", 2, "income_small", True)),
    "an error cell": ({"income_per_head": "=1/0"}, {}, ("Hộ", 2, "error_cell", False)),
    "B2 not a multiple of 10": ({"b2_points": 15}, {}, ("Hộ", 2, "not_multiple", False)),
    "B2 against the ticks": ({"b2_points": 30}, {}, ("Hộ", 2, "b2_disagrees", True)),
    "a tick that is no answer": ({"tick_water": "chưa rõ"}, {}, ("Hộ", 2, "not_yes_no", False)),
    "not a date": ({"on": "32/10/2021"}, {}, ("Hộ", 2, "not_date", False)),
    "visited after today": ({"on": D(2021, 10, 16)}, {}, ("Hộ", 2, "visit_day", False)),
    "visited before the round": ({"on": D(2021, 8, 31)}, {}, ("Hộ", 2, "visit_day", False)),
    "not met, no plan": ({"outcome": "chưa gặp"}, {}, ("Hộ", 2, "plan_needed", False)),
    "no code": ({"household_code": None}, {}, ("Hộ", 2, "needed", False)),
    "a column we do not know": ({"+Ghi chú của xã": "a"}, {}, ("Hộ", 1, "unknown_column", True)),
    "a code too long": ({"household_code": "X" * 31}, {}, ("Hộ", 2, "too_long", False)),
    "a name too long": ({}, {"full_name": "Giàng " * 30}, ("Thành viên", 3, "too_long", False)),
    "a number of forty-one digits": ({"income_per_head": "9" * 41}, {}, ("Hộ", 2, "not_number", False)),
    "older than 120": ({}, {"birth_year": 1900}, ("Thành viên", 3, "too_old", False)),
    "born after today": ({"on": None}, {"birth_date": D(2021, 10, 16), "birth_year": 2021}, ("Thành viên", 3, "born_later", False)),
    "born after the visit": ({}, {"birth_date": D(2021, 10, 2), "birth_year": 2021}, ("Thành viên", 3, "born_later", False)),
    "born the year after the visit": ({}, {"birth_year": 2022}, ("Thành viên", 3, "born_later", False)),
    "121 years old on the day": ({}, {"birth_date": D(1900, 10, 1), "birth_year": None}, ("Thành viên", 3, "too_old", False)),
    "date and year of birth": ({}, {"birth_date": D(1979, 1, 1)}, ("Thành viên", 3, "birth_disagrees", False)),
    "unknown ethnic group": ({}, {"ethnic": "Người Sao Hoả"}, ("Thành viên", 3, "not_ethnic", False)),
    "unknown relation": ({}, {"relation": "hàng xóm"}, ("Thành viên", 3, "not_option", False)),
    "id number too short": ({}, {"id_number": "12345"}, ("Thành viên", 3, "bad_id_number", False)),
    "no name": ({}, {"full_name": None}, ("Thành viên", 3, "needed", False)),
    "of no household": ({}, {"household_code": "9999"}, ("Thành viên", 3, "member_without_household", False)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_with_its_row(name: str, tmp_path: Path) -> None:
    household, member, told = CASES[name]
    assert told in found(tmp_path, [{**HOUSEHOLD, **household}], [HEAD, {**WIFE, **member}])


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1901, None),  # 120 years old
        (2021, None),  # born this year
        (None, D(1900, 10, 2)),  # 120 until the morrow
        (None, D(1900, 12, 31)),
        (None, D(2021, 10, 1)),  # on the day of the visit
    ],
)
def test_ages_at_the_edge_are_taken(year: int | None, day: dt.date | None, tmp_path: Path) -> None:
    assert found(tmp_path, [HOUSEHOLD], [HEAD, {**WIFE, "birth_year": year, "birth_date": day}]) == []


def test_where_no_day_of_visit_is_said_a_birth_is_held_against_the_last_possible(tmp_path: Path) -> None:
    child = {**WIFE, "relation": "con", "birth_year": None, "birth_date": D(2021, 10, 15)}
    assert found(tmp_path, [{**HOUSEHOLD, "on": None}], [HEAD, child]) == []


def test_one_id_number_twice(tmp_path: Path) -> None:
    people = [{**HEAD, "id_number": "012345678901"}, {**WIFE, "id_number": "012345678901"}]
    assert ("Thành viên", 3, "id_twice", False) in found(tmp_path, [HOUSEHOLD], people)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    wrong = {**HOUSEHOLD, "income_per_head": "x", "b2_points": None, "tick_water": "?"}
    codes = [code for _s, _r, code, _w in found(tmp_path, [wrong], [HEAD, {**WIFE, "ethnic": "?"}])]
    assert sorted(codes) == ["not_ethnic", "not_number", "not_yes_no"]


def test_headings_are_known_whatever_their_case_and_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("MA HO,mã  thôn*,HO TEN CHU HO\n0001,00001V01,Giàng A Páo\n", encoding="utf-8")
    got = staged(tmp_path, path)
    assert (got.households, got.problems) == (1, [])


def test_a_sheet_without_its_columns_is_told_so(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("Hộ").write_row(0, 0, ["Mã hộ", "Họ tên chủ hộ", "Ghi chú", "Khác"])
        book.add_worksheet("Thành viên")
    codes = {(p.code, p.column) for p in staged(tmp_path, tmp_path / "a.xlsx").problems if not p.warning}
    assert ("missing_column", "Mã thôn") in codes


def test_a_missing_column_of_households_is_told_once_not_for_each_member(tmp_path: Path) -> None:
    book = write_book(
        tmp_path / "whole.xlsx", [HOUSEHOLD], [HEAD, {**WIFE, "ethnic": "Người Sao Hoả"}], a_round()
    )
    with open_workbook(book) as tables, xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as out:
        for name in tables.sheet_names:
            page = out.add_worksheet(name)
            for row in tables.rows(name):
                for place, cell in enumerate(row.cells):
                    if cell is not None:
                        wrong = name == "Hộ" and cell in ("Mã thôn", "Số hộ toàn tỉnh")
                        page.write(row.number - 1, place, f"Bỏ {cell}" if wrong else str(cell))
    told = [(p.sheet, p.code) for p in staged(tmp_path, tmp_path / "a.xlsx").problems if not p.warning]
    assert told == [("Hộ", "missing_column"), ("Thành viên", "not_ethnic")]


def test_a_workbook_without_its_sheet_is_told_so(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("Sheet1")
        book.add_worksheet("Sheet2")
    assert [p.code for p in staged(tmp_path, tmp_path / "a.xlsx").problems] == ["missing_sheet"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"%PDF-1.7 not a table \x00\x01\xff", "broken"),
        ("a.pdf", b"%PDF-1.7 not a table \x00\x01\xff", "kind"),
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_a_file_that_is_no_workbook(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError) as refused:
        staged(tmp_path, tmp_path / name)
    assert refused.value.code == code


def test_a_file_cut_off(tmp_path: Path) -> None:
    whole = write_book(tmp_path / "a.xlsx", [HOUSEHOLD], [HEAD, WIFE], a_round()).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SheetError) as refused:
        staged(tmp_path, tmp_path / "cut.xlsx")
    assert refused.value.code == "broken"


def test_the_official_list_is_recognised(tmp_path: Path) -> None:
    headings = [
        "STT",
        "Chủ hộ",
        "Thành viên",
        "Quan hệ",
        "Ngày sinh",
        "Giới tính",
        "CCCD",
        "Tỉnh",
        "Huyện",
        "Mã huyện",
    ]
    headings += ["Xã", "Mã xã", "Thôn", "Dân tộc", "Phân loại hộ", "B1", "B2", "Số nhân khẩu"]
    place = ["Lai Châu", "", "", "", "", "Bản Thử 1", "Mông"]
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        page = book.add_worksheet("Hộ thoát nghèo")
        page.write(0, 0, "DANH SÁCH")
        page.write_row(3, 0, headings)
        page.write_row(
            4,
            0,
            [
                1,
                "Giàng A Páo",
                "Giàng A Páo",
                "Chủ hộ",
                "01/02/1975",
                "Nam",
                "",
                *place,
                "Hộ nghèo",
                110,
                30,
                2,
            ],
        )
        page.write_row(
            5,
            0,
            [2, "Giàng A Páo", "Vàng Thị Sua", "Vợ", "03/04/1978", "Nữ", "", *place, "Hộ nghèo", 110, 30, 2],
        )
    got = staged(tmp_path, tmp_path / "a.xlsx")
    assert (got.layout, got.households, got.members) == ("official", 1, 2)
    assert [p.code for p in got.problems if not p.warning] == []


def test_every_message_says_the_same_in_both_languages() -> None:
    for code, (vi, en) in MESSAGES.items():
        assert set(re.findall(r"{(\w+)}", vi)) >= set(re.findall(r"{(\w+)}", en)), code


def test_households_and_members_come_as_two_csv_files_in_a_zip(tmp_path: Path) -> None:
    """What a workbook says, and what is wrong in it, a zip of two CSV files says alike."""
    book = write_book(
        tmp_path / "a.xlsx", [HOUSEHOLD], [HEAD, {**WIFE, "ethnic": "Người Sao Hoả"}], a_round()
    )
    packed = tmp_path / "a.zip"
    with open_workbook(book) as tables, zipfile.ZipFile(packed, "w") as out:
        for sheet, name in (("Hộ", "ho.csv"), ("Thành viên", "thanh-vien.csv")):
            text = io.StringIO()
            for row in tables.rows(sheet):
                csv.writer(text, delimiter=";").writerow(
                    [f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else cell for cell in row.cells]
                )
            out.writestr(name, text.getvalue())
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    one, two = staged(tmp_path / "one", book), staged(tmp_path / "two", packed)
    assert (two.households, two.members) == (one.households, one.members) == (1, 2)
    assert [(p.row, p.column, p.code) for p in two.problems] == [
        (p.row, p.column, p.code) for p in one.problems
    ]
    kept = [(s.folder / "households.csv").read_text().replace("Hộ", "ho") for s in (one, two)]
    assert kept[0] == kept[1]
