"""Workbooks read a piece at a time give what a reader that holds them whole gives, whoever wrote them."""

import datetime as dt
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from giamngheo.base import xlsx
from giamngheo.base.sheets import SheetError, open_workbook
from giamngheo.base.xlsx import BadCell, Cell

D, T = dt.date, dt.datetime
TEXTS = st.text(st.characters(exclude_categories=["C"], exclude_characters="\x7f"), max_size=12)
NUMBERS = st.integers(-(10**14), 10**14) | st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: round(x, 6))
DAYS = st.datetimes(T(1900, 3, 1), T(2100, 1, 1)).map(lambda t: t.replace(microsecond=0))
CELLS = st.none() | TEXTS | NUMBERS | st.booleans() | DAYS | DAYS.map(dt.datetime.date)
FORMATS = ("dd/mm/yyyy", "d-mmm-yy", "hh:mm", 'yyyy"năm"', "0.00", '"ngày" 0', "[Red]0", "#,##0", "General")


def written(
    path: Path, table: list[list[Any]], *, strings: bool = True, number_format: str = "dd/mm/yyyy hh:mm"
) -> Path:
    with xlsxwriter.Workbook(str(path), {"constant_memory": not strings}) as book:
        sheet, day = book.add_worksheet("Hộ"), book.add_format({"num_format": number_format})
        for r, row in enumerate(table):
            for c, cell in enumerate(row):
                if isinstance(cell, D):
                    sheet.write_datetime(r, c, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                else:
                    sheet.write(r, c, cell)
    return path


def ours(path: Path, sheet: str = "Hộ") -> dict[int, list[Cell]]:
    with open_workbook(path) as book:
        return {row.number: row.cells for row in book.rows(sheet)}


def theirs(path: Path) -> dict[int, list[Any]]:
    """The oracle, with the blanks at the end of rows and the rows without anything taken off."""
    found = {}
    for number, row in enumerate(
        python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Hộ").iter_rows(), 1
    ):
        cells = [_tidy(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            found[number] = cells
    return found


def _tidy(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _trimmed(rows: dict[int, list[Cell]]) -> dict[int, list[Cell]]:
    for row in rows.values():
        while row and row[-1] is None:
            row.pop()
    return rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.booleans())
def test_any_workbook_reads_as_the_oracle_reads_it(table: list[list[Any]], strings: bool) -> None:
    table = [
        ["x"],
        *(["x", *row] for row in table),
    ]  # the oracle begins at the first cell that holds anything
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "a.xlsx", table, strings=strings)
        assert _trimmed(ours(path)) == theirs(path)


@pytest.mark.parametrize("number_format", FORMATS)
def test_a_number_format_says_whether_a_number_is_a_day(tmp_path: Path, number_format: str) -> None:
    path = written(
        tmp_path / "a.xlsx", [[T(2021, 10, 15), T(2021, 10, 15, 8, 30)]], number_format=number_format
    )
    assert ours(path) == theirs(path)


def packed(
    path: Path, rows: str, *, prefix: str = "", more: dict[str, str] | None = None, book: str = ""
) -> Path:
    """A workbook by hand, as other programs write them."""
    p, name = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    main = f'xmlns{name}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<{p}workbook {main} xmlns:r="{relation}">{book}<{p}sheets><{p}sheet name="Hộ" sheetId="1" r:id="rId1"/></{p}sheets></{p}workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="/xl/worksheets/one.xml"/></Relationships>',
        "xl/worksheets/one.xml": f"<{p}worksheet {main}><{p}sheetData>{rows}</{p}sheetData></{p}worksheet>",
    } | (more or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part, text in parts.items():
            out.writestr(part, text)
    return path


STYLES = '<styleSheet xmlns="m"><numFmts><numFmt numFmtId="200" formatCode="[hh]:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/><xf numFmtId="21"/></cellXfs></styleSheet>'
STRINGS = '<sst xmlns="m"><si><t>Giàng A Páo</t></si><si><r><t>Lò </t></r><r><rPr><b/></rPr><t xml:space="preserve">Thị &amp; Mai</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si><si/></sst>'


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ('<row r="2"><c r="B2"><v>5</v></c></row>', {2: [None, 5]}),
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", {1: [1, 2], 2: [3]}),  # no addresses
        ('<row r="1"/><row r="3" spans="1:2"><c r="A3" t="b"><v>1</v></c></row>', {3: [True]}),
        ('<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>', {1: [1, None, 3]}),
        ('<row r="1"><c r="AB1" t="s"><v>1</v></c></row>', {1: [None] * 27 + ["Lò Thị & Mai"]}),
        ('<row r="1"><c r="A1" t="s"><v>2</v></c><c r="B1" t="s"><v>0</v></c></row>', {1: [None, "Giàng A Páo"]}),
        ('<row r="1"><c r="A1" s="1"><v>44484</v></c><c r="B1" s="1"><v>44484.5</v></c></row>', {1: [D(2021, 10, 15), T(2021, 10, 15, 12)]}),
        ('<row r="1"><c r="A1" s="2"><v>1.5</v></c><c r="B1" s="3"><v>0.25</v></c></row>', {1: [dt.timedelta(hours=36), dt.time(6)]}),
        ('<row r="1"><c r="A1" s="9" cm="1"><v>1e3</v></c></row>', {1: [1000]}),
        ('<row r="1"><c r="A1" t="d"><v>2021-10-15</v></c></row>', {1: [D(2021, 10, 15)]}),
        ('<row r="1"><c r="A1" t="str"><f>B1</f><v>x &lt; y</v></c></row>', {1: ["x < y"]}),
        ('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c></row>', {1: [2, BadCell("formula", "=1+1")]}),
        ('<row r="1"><c r="A1"><f ca="1">IF(B1&lt;2,"a","")</f><v></v></c></row>', {1: [BadCell("formula", '=IF(B1<2,"a","")')]}),
        ('<row r="1"><c r="A1"><f t="shared" si="0"/><v></v></c></row>', {1: [BadCell("formula", "=…")]}),
        ('<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1" t="e"/></row>', {1: [BadCell("error", "#DIV/0!"), BadCell("error", "#N/A")]}),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c></row>', {1: ["a"]}),
        ('<row r="1"><c r="A1" s="1"><v>99999999</v></c></row>', {1: [99_999_999]}),  # no day has this number
    ],
)  # fmt: skip
def test_what_other_programs_write(tmp_path: Path, rows: str, found: dict[int, list[Cell]]) -> None:
    more = {"xl/styles.xml": STYLES, "xl/sharedStrings.xml": STRINGS}
    assert ours(packed(tmp_path / "a.xlsx", rows, more=more)) == found


def test_names_may_bear_a_prefix_and_days_count_from_1904(tmp_path: Path) -> None:
    rows = '<x:row r="1"><x:c r="A1" s="1"><x:v>43022</x:v></x:c></x:row>'
    path = packed(
        tmp_path / "a.xlsx",
        rows,
        prefix="x",
        book='<x:workbookPr date1904="1"/>',
        more={"xl/styles.xml": STYLES},
    )
    assert ours(path) == {1: [D(2021, 10, 15)]}


def test_a_blank_first_column_stays_a_column(tmp_path: Path) -> None:
    assert ours(written(tmp_path / "a.xlsx", [[None, "Mã hộ"], [None, 1]])) == {
        1: [None, "Mã hộ"],
        2: [None, 1],
    }


def test_what_follows_the_rows_is_no_cell(tmp_path: Path) -> None:
    tail = '</sheetData><conditionalFormatting sqref="A1"><cfRule type="x"><formula>1</formula></cfRule></conditionalFormatting><rowBreaks count="1"><brk id="2"/></rowBreaks><sheetData>'
    rows = f'<cols><col min="1" max="2"/></cols><row r="1"><c r="A1"><v>1</v></c></row>{tail}'
    assert ours(packed(tmp_path / "a.xlsx", rows)) == {1: [1]}


@pytest.mark.parametrize("size", [64, 500, 5000])
def test_it_does_not_matter_where_a_sheet_is_cut(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.xlsx", [[f"Hộ {n}", n, None, True] for n in range(300)])
    whole = ours(path)
    monkeypatch.setattr(xlsx, "CHUNK", size)
    assert ours(path) == whole and len(whole) == 300


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',  # no such text
        '<row r="1"><c r="A1"><v>many</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>yesterday</v></c></row>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_broken(tmp_path: Path, rows: str) -> None:
    path = packed(tmp_path / "a.xlsx", rows, more={"xl/sharedStrings.xml": STRINGS})
    with pytest.raises(SheetError) as refused:
        ours(path)
    assert refused.value.code == "broken"


def test_a_row_without_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "CHUNK", 1000)
    monkeypatch.setattr(xlsx, "LONGEST_ROW", 5000)
    path = packed(tmp_path / "a.xlsx", '<row r="1">' + '<c r="A1"><v>1</v></c>' * 5000)
    with pytest.raises(SheetError):
        ours(path)
