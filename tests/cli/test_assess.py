"""`giamngheo assess` judges a workbook as the engine does, and says of a bad one what to mend."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from giamngheo.base.sheets import OLE, open_workbook
from giamngheo.cli.assess import command
from tests.surveys.imports.conftest import HEAD as HEAD_OF_IT
from tests.surveys.imports.conftest import HOUSEHOLD, WIFE, a_round, write_book

HEAD = [
    "Mã hộ",
    "Họ tên chủ hộ",
    "Xã",
    "Thôn",
    "Khu vực",
    "Thu nhập bình quân",
    "Nguồn nước sinh hoạt",
    "Loại nhà",
]
ROWS: list[list[Any]] = [
    ["01", "Giàng A Páo", "Mù Sang", "Bản 1", "nông thôn", 650000, "nước máy", "kiên cố"],
    ["02", "Lò Văn Ẽn", "Mù Sang", "Bản 1", "nông thôn", "850.000", "khác", "đơn sơ"],
    ["03", "Vàng Thị Mẩy", "Mù Sang", "Bản 2", "thành thị", 2500000, "nước máy", "kiên cố"],
]
MEMBERS = [
    ["Mã hộ", "Họ và tên", "Năm sinh", "Bảo hiểm y tế", "Có bảo hiểm y tế"],
    ["02", "Lò Thị A", 1990, None, "không"],
]


def workbook(path: Path, rows: list[list[Any]] = ROWS, members: list[list[Any]] | None = None) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Hộ")
        sheet.write_row(0, 0, ["DANH SÁCH HỘ"])
        for line, row in enumerate([HEAD, *rows], 2):
            sheet.write_row(line, 0, row)
        if members:
            other = book.add_worksheet("Thành viên")
            for line, row in enumerate(members):
                other.write_row(line, 0, row)
    return path


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(command, [str(path), "--out", str(path.parent / "result.xlsx"), *options])


def read(path: Path, sheet: str) -> list[dict[str, Any]]:
    with open_workbook(path.parent / "result.xlsx") as book:
        rows = [row.cells for row in book.rows(sheet)]
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def test_each_household_and_totals_by_unit(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", members=MEMBERS)
    done = run(path, "--on", "01/11/2019")
    assert done.exit_code == 0, done.output
    rows = read(path, "Hộ 2016-2020")
    assert [row["Mã hộ"] for row in rows] == ["01", "02", "03"]
    assert rows[0]["Kết quả"] == "Hộ nghèo về thu nhập"
    assert rows[1]["Kết quả"] == "Hộ nghèo thiếu hụt dịch vụ xã hội cơ bản"
    assert rows[1]["Số thiếu hụt"] == 3
    assert "chuẩn nghèo về thu nhập (700.000" in rows[1]["Lý do"]
    assert rows[2]["Kết quả"] == "Không thuộc diện"
    totals = {(row["Cấp"], row["Đơn vị"]): row for row in read(path, "Tổng 2016-2020")}
    assert totals["Toàn bộ", None]["Số hộ"] == 3
    assert totals["Thôn", "Mù Sang – Bản 1"]["Tỷ lệ hộ nghèo"] == 1
    assert totals["Thôn", "Mù Sang – Bản 2"]["Tỷ lệ hộ nghèo"] == 0


def test_several_standards_side_by_side_and_english(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    done = run(path, "--standard", "2016-2020", "--standard", "2022-2026", "--language", "en")
    assert done.exit_code == 0, done.output
    assert read(path, "Households 2016-2020")[0]["Class"] == "Income-poor"
    assert read(path, "Households 2022-2026")[0]["Class"] == "Undetermined"


def test_csv_and_parquet_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [";".join(map(str, row)) for row in [HEAD, *ROWS]]
    path.write_text("\n".join(lines), "utf-8-sig")
    assert run(path, "--on", "2019-11-01").exit_code == 0
    from_csv = [row["Kết quả"] for row in read(path, "Hộ 2016-2020")]
    table = pa.table(
        {
            "area_type": ["rural", "rural", "urban"],
            "income_per_head": [650000, 850000, 2500000],
            "water_source": ["tap", "other", "tap"],
            "house_grade": ["solid", "simple", "solid"],
            "on": [dt.date(2019, 11, 1)] * 3,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    done = run(tmp_path / "a.parquet")
    assert done.exit_code == 0, done.output
    assert [row["Kết quả"] for row in read(path, "Hộ 2016-2020")] == from_csv


def test_our_own_template_says_no_area_type_and_takes_one_for_all(tmp_path: Path) -> None:
    poor = {**HOUSEHOLD, "income_per_head": 800_000, "b2_points": None, "tick_water": None}
    path = write_book(tmp_path / "a.xlsx", [poor], [HEAD_OF_IT, WIFE], a_round())
    done = run(path, "--on", "2019-11-01")
    assert done.exit_code == 2 and "--area-type rural" in done.output
    for area_type, klass in (("rural", "Chưa xác định được"), ("urban", "Hộ nghèo về thu nhập")):
        done = run(path, "--on", "2019-11-01", "--area-type", area_type)
        assert done.exit_code == 0, done.output
        assert read(path, "Hộ 2016-2020")[0]["Kết quả"] == klass


def test_every_bad_cell_is_named_and_nothing_written(tmp_path: Path) -> None:
    rows = [
        ["01", "A", "X", "T", "miền núi", "bảy trăm", "nước máy", "kiên cố"],
        ["01", "B", "X", "T", "NT", -5, "trà", ""],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, [*MEMBERS, ["09", "C", 1990, None, "có"]])
    done = run(path, "--on", "2019-11-01")
    assert done.exit_code == 2
    for words in (
        "Hộ, dòng 4, cột E (Khu vực): “miền núi” không có trong danh sách",
        "dòng 4, cột F (Thu nhập bình quân): “bảy trăm” không phải là số",
        "dòng 5, cột F (Thu nhập bình quân): -5 nhỏ hơn",
        "dòng 5, cột G (Nguồn nước sinh hoạt): “trà”",
        "Hộ “01” đã có ở dòng 4",
        "Thành viên, dòng 3: Thành viên của hộ “09”",
    ):
        assert words in done.output, (words, done.output)
    assert not (tmp_path / "result.xlsx").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"PK\x03\x04", "bị hỏng"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        ("a.pdf", b"%PDF-1.4\0\0", "không phải bảng tính"),
        ("a.csv", b"a;b\n1;2\n", "tiêu đề"),
        ("a.csv", "Mã hộ;Thu nhập bình quân\n1;2\n".encode(), "thiếu cột “Khu vực”"),
        ("a.parquet", b"PAR1", "không phải Parquet"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = run(tmp_path / name, "--on", "2019-11-01")
    assert done.exit_code == 2
    assert words in done.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--on", "hôm nay"], "không phải là ngày"),
        (["--on", "2014-01-01"], "không có chuẩn nghèo nào"),
        (["--standard", "1999"], "Không có chuẩn “1999”"),
        ([], "Cần --on"),
    ],
)
def test_the_day_or_the_standard_is_needed(tmp_path: Path, options: list[str], words: str) -> None:
    done = run(workbook(tmp_path / "a.xlsx"), *options)
    assert done.exit_code == 2
    assert words in done.output


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_what_the_product_exports_gives_the_same_classes(kind: str, db: None, tmp_path: Path) -> None:
    """A round of the synthetic province taken away by the provincial officer, judged again without the database."""
    from collections import Counter

    from giamngheo.access.models import User
    from giamngheo.access.scope import acting_as
    from giamngheo.surveys.exports import write_households
    from giamngheo.surveys.models import Round, Verdict

    officer = User.objects.get(username="xa")
    with acting_as(officer):
        round, unit = Round.objects.get(year=2018), officer.grants.get().unit
        path = tmp_path / f"export.{'xlsx' if kind == 'xlsx' else 'zip'}"
        write_households(path, kind, round, unit, seen_by=officer)
        given = Counter(
            Verdict.objects.filter(
                round=round, standard=round.standard, retired_at__isnull=True, visit__outcome="met"
            ).values_list("klass", flat=True)
        )
        not_met = round.visits.filter(retired_at__isnull=True).exclude(outcome="met").count()
    result = run(path, "--standard", "2016-2020", "--language", "vi")
    assert result.exit_code == 0, result.output
    from giamngheo.rules.reasons import class_name

    expected = Counter({class_name(klass): n for klass, n in given.items()})
    expected[class_name("undetermined")] += not_met  # nobody was met: no class, as in the export
    said = result.output.splitlines()[0].split(": ", 1)[1]
    assert Counter({k: n for k, n in expected.items() if n}) == Counter(
        {name: int(n) for name, n in (part.rsplit(" ", 1) for part in said.split("; "))}
    )
