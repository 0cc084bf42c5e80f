"""What comes out: a workbook ready to print, the same as PDF, one long table, a list of people."""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from giamngheo.base.sheets import open_workbook
from giamngheo.reports.official.errors import SnapshotError, TooLongForPdfError, UnknownFormError
from giamngheo.reports.official.layout import Filing, heads, lines, numbering, paper_size, shown
from giamngheo.reports.official.lists import gather_lists, list_report
from giamngheo.reports.official.pdf import pdf, pictures
from giamngheo.reports.official.report import Report
from giamngheo.reports.official.tidy import csv_of
from giamngheo.reports.official.xlsx import SYNTHETIC, write_xlsx
from giamngheo.reports.papers.paper import Letterhead, Signature
from tests.reports.official.samples import (
    BASIS,
    COMMUNE,
    DISTRICT,
    ISSUE,
    UNITS,
    household,
    reports,
    snapshot,
)

FILING = Filing(
    Letterhead(
        issuer="Ủy ban nhân dân xã Bum Tở", place="Bum Tở", number="12/BC-UBND", date=dt.date(2023, 12, 14)
    ),
    Signature(title="Người lập biểu", name="Lò Văn Thử"),
    Signature(title="Chủ tịch", on_behalf="TM. Ủy ban nhân dân"),
)
ROWS = [
    household(before="poor", after="poor", persons=5),
    household(before="poor", after="none", village=1003),
    household(before="none", after="near_poor", ethnic="08", village=1002),
    *(household() for _ in range(1234)),
]
MEMBERS = pa.table(
    {
        "household": [1, 1, 3],
        "order": [1, 2, 1],
        "name": ["Vàng Thử A", "=Lò Thử B", "Giàng Thử C"],
        "birth_year": [1980, 1985, 1970],
        "sex": ["M", "F", "F"],
        "ethnic": ["03", "03", "08"],
        "relation": ["head", "spouse", "head"],
    }
)


def the_list(slug: str = "poor-list", unit: int = COMMUNE) -> Report:
    return list_report(slug, gather_lists(snapshot(ROWS), MEMBERS, UNITS, BASIS), unit, ISSUE)


def test_heads_are_merged_over_their_columns() -> None:
    found = [(h.words, h.at, h.rows, h.columns) for h in heads(reports(ROWS)["poor-flow"])]
    assert found[:5] == [
        ("STT", (0, 0), 2, 1), ("Đơn vị", (0, 1), 2, 1), ("Hộ / Nhân khẩu", (0, 2), 2, 1),
        ("Số hộ nghèo đầu kỳ", (0, 3), 2, 1), ("Diễn biến giảm", (0, 4), 1, 3),
    ]  # fmt: skip
    covered = [
        (at[0] + r, at[1] + c) for _, at, rows, columns in found for r in range(rows) for c in range(columns)
    ]
    assert len(covered) == len(set(covered)) == 2 * 12


@pytest.mark.parametrize("slug", list(reports([household()])))
def test_every_cell_of_a_head_is_covered_once(slug: str) -> None:
    report = reports(ROWS)[slug]
    found = heads(report)
    covered = sorted(
        (h.at[0] + row, h.at[1] + column)
        for h in found
        for row in range(h.rows)
        for column in range(h.columns)
    )
    depth, width = max(covered)[0] + 1, len(numbering(report))
    assert covered == [(row, column) for row in range(depth) for column in range(width)]


def test_lines_name_a_place_once_and_number_the_units() -> None:
    found = [(line.look, *line.stub) for line in lines(reports(ROWS, DISTRICT)["poor-flow"])]
    assert found == [
        ("unit", "1", "Thị trấn Mường Tè", "Hộ"), ("unit", "", "", "Nhân khẩu"),
        ("unit", "2", "Xã Bum Tở", "Hộ"), ("unit", "", "", "Nhân khẩu"),
        ("total", "", "Khu vực thành thị", "Hộ"), ("total", "", "", "Nhân khẩu"),
        ("total", "", "Khu vực nông thôn", "Hộ"), ("total", "", "", "Nhân khẩu"),
        ("total", "", "Tổng cộng", "Hộ"), ("total", "", "", "Nhân khẩu"),
    ]  # fmt: skip


def test_figures_are_written_as_in_vietnam() -> None:
    count, _, _, share = reports(ROWS)["result"].columns[:4]
    assert (shown(1234, count), shown(16.3, share), shown(None, share), shown(None, count)) == (
        "1.234", "16,30", "–", "",
    )  # fmt: skip
    assert shown(1234, count, "en") == "1,234"


def test_wide_forms_go_on_the_larger_sheet() -> None:
    found = reports(ROWS)
    assert (paper_size(found["result"]), paper_size(found["causes"])) == ("a4", "a3")


def test_the_workbook_is_laid_out_for_print(tmp_path: Path) -> None:
    path = tmp_path / "bao-cao.xlsx"
    found = list(reports(ROWS, DISTRICT).values())
    write_xlsx(path, [replace(report, synthetic=True) for report in found], FILING)
    with open_workbook(path) as book:
        assert book.sheet_names == [f"Mẫu {n}" for n in range(1, 14)]
        cells = [cell for row in book.rows("Mẫu 2") for cell in row.cells]
    assert "TỔNG HỢP DIỄN BIẾN HỘ NGHÈO NĂM 2023" in cells
    assert "9=1-2-3-4+5+6+7+8" in cells and "Lò Văn Thử" in cells and SYNTHETIC in cells
    with zipfile.ZipFile(path) as parts:
        sheet, styles = (parts.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet2", "styles"))
        names = parts.read("xl/workbook.xml").decode()
    assert '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' in sheet
    assert "Trang &amp;P/&amp;N" in sheet and "mergeCells" in sheet
    assert "'Mẫu 2'!$9:$11" in names, "the head is repeated on every page"
    assert "[$-42A]#,##0" in styles


def test_the_same_reports_are_the_same_bytes(tmp_path: Path) -> None:
    found = list(reports(ROWS).values())
    books = []
    for _ in range(2):
        out = io.BytesIO()
        write_xlsx(out, found, FILING)
        books.append(out.getvalue())
    assert books[0] == books[1]
    assert pdf(found[:2], FILING) == pdf(found[:2], FILING)


def test_figures_stay_numbers_in_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "bao-cao.xlsx"
    write_xlsx(path, [reports(ROWS)["result"]], FILING)
    with open_workbook(path) as book:
        total = next(row.cells for row in book.rows("Mẫu 1") if row.cells[1] == "Tổng cộng")
    assert total[2:6] == [1236, 4945, 1, 0.08]


def test_the_pdf_has_a_page_for_each_report() -> None:
    found = [report for report in reports(ROWS).values() if report.slug in ("result", "causes", "poor-flow")]
    made = pdf(found, FILING)
    assert made.startswith(b"%PDF") and len(pictures(found, FILING, dots_per_inch=20)) == 3
    assert pdf(found, FILING, "en") != made


def test_one_long_table_for_other_programs() -> None:
    found = reports(ROWS)
    rows = list(
        csv.DictReader(io.StringIO(csv_of([found["result"], found["poor-flow"]]).removeprefix("\ufeff")))
    )
    total = [row for row in rows if row["unit"] == "Tổng cộng" and row["report"] == "poor-flow"]
    assert {row["measure"] for row in total} == {"households", "persons"}
    (one,) = [row for row in total if row["column"] == "9" and row["measure"] == "persons"]
    assert (one["value"], one["form"], one["of_code"], one["on"]) == ("5", "2", "03436", "2023-12-14")


def test_a_list_has_a_line_a_person() -> None:
    report = the_list()
    assert [column.number for column in report.columns] == [str(n) for n in range(1, 20)]
    first, second = (dict(zip(report.places, row.values, strict=True)) for row in report.rows)
    assert {key: value for key, value in first.items() if value is not None} == {
        "household": 1, "name": "Vàng Thử A", "born_man": 1980, "ethnic": "Thái", "relation": "chủ hộ", "old": "x",
        "minority": "x",
    }  # fmt: skip
    assert (second["household"], second["born_woman"], second["old"]) == (None, 1985, None)
    assert [row.item for row in report.rows] == ["1/1", "1/2"]
    assert [line.look for line in lines(report)] == ["village", "unit", "unit"]


def test_the_lists_are_of_their_unit_and_class() -> None:
    near = the_list("near-poor-list")
    (row,) = near.rows
    assert (row.name, row.values[1], near.number) == ("Bản Pa Thoóng", "Giàng Thử C", "14")
    assert near.value("new", 1002) == "x"
    assert the_list(unit=1002).rows == ()


def test_a_name_never_becomes_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "danh-sach.xlsx"
    write_xlsx(path, [the_list()], FILING)
    with zipfile.ZipFile(path) as parts:
        assert "<f>" not in parts.read("xl/worksheets/sheet1.xml").decode()
    assert "'=Lò Thử B" in csv_of([the_list()])
    assert len(pictures([the_list()], FILING, dots_per_inch=20)) == 1


def test_lists_refuse_what_they_are_not() -> None:
    with pytest.raises(SnapshotError, match="relation"):
        gather_lists(snapshot(ROWS), MEMBERS.drop_columns(["relation"]), UNITS, BASIS)
    with pytest.raises(UnknownFormError, match="rich-list"):
        the_list("rich-list")


def test_a_list_too_long_for_a_pdf_is_refused() -> None:
    report = the_list()
    with pytest.raises(TooLongForPdfError, match=r"8000 dòng.*bảng tính"):
        pdf([replace(report, rows=report.rows * 4000)], FILING)
