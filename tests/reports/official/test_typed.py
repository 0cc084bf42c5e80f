"""A form is filled in by hand in Excel, read back, and checked like any other."""

from pathlib import Path

import pytest
import xlsxwriter

from giamngheo.base.sheets import SheetError
from giamngheo.reports.official.errors import TypedFigureError, TypedFormError, UnknownUnitError
from giamngheo.reports.official.report import Report, Value
from giamngheo.reports.official.typed import blank, read_typed, with_figures
from giamngheo.reports.official.xlsx import write_xlsx
from tests.reports.official.samples import BASIS, COMMUNE, DISTRICT, ISSUE, TOWN, UNITS
from tests.reports.official.test_controls import SIX
from tests.reports.official.test_files import FILING

FORM = blank("poor-flow", UNITS, DISTRICT, BASIS, ISSUE)


def filled(path: Path, form: Report, figures: dict[tuple[int, str, str], dict[str, Value]]) -> None:
    """The workbook as it comes back: the same form with figures written in."""
    write_xlsx(path, [with_figures(form, figures)], FILING, keyed=True)


def test_an_empty_form_comes_back_empty_and_without_findings(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "mau.xlsx", [FORM], FILING, keyed=True)
    assert read_typed(tmp_path / "mau.xlsx", FORM) == FORM
    assert read_typed(tmp_path / "mau.xlsx", FORM).checks == ()


def test_typed_figures_are_read_and_checked(tmp_path: Path) -> None:
    columns = SIX[1][2]
    row = {str(n): value for n, value in enumerate(columns, 1)}
    filled(tmp_path / "mau.xlsx", FORM, {(DISTRICT, "", "households"): row})
    found = read_typed(tmp_path / "mau.xlsx", FORM)
    assert found.by_place[DISTRICT, "", "households"].values == columns
    assert [(f.control, f.shown, f.expected) for f in found.checks if f.control == "identity"] == [
        ("identity", 923, 934)
    ]
    assert found.blocked


def test_communes_typed_in_are_added_up(tmp_path: Path) -> None:
    row: dict[str, Value] = {**dict.fromkeys("12345678", 0), "1": 10, "9": 10}
    places = {(unit, "", "households"): row for unit in (COMMUNE, TOWN)}
    filled(tmp_path / "mau.xlsx", FORM, {**places, (DISTRICT, "", "households"): {**row, "1": 20, "9": 20}})
    assert not read_typed(tmp_path / "mau.xlsx", FORM).checks
    filled(tmp_path / "mau.xlsx", FORM, {**places, (DISTRICT, "", "households"): {**row, "1": 21, "9": 21}})
    found = read_typed(tmp_path / "mau.xlsx", FORM).checks
    assert [(f.control, f.column, f.shown, f.expected) for f in found] == [
        ("sum", "1", 21, 20),
        ("sum", "9", 21, 20),
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("nhiều", "cột 1: “nhiều” không phải là số"),
        (3.5, "“3,5” không phải là số"),
    ],
)
def test_what_is_no_number_is_named_by_its_place(tmp_path: Path, typed: Value, message: str) -> None:
    filled(tmp_path / "mau.xlsx", FORM, {(COMMUNE, "", "households"): {"1": typed}})
    with pytest.raises(TypedFigureError, match=message):
        read_typed(tmp_path / "mau.xlsx", FORM)


def test_numbers_written_as_text_are_numbers(tmp_path: Path) -> None:
    filled(tmp_path / "mau.xlsx", FORM, {(COMMUNE, "", "households"): {"1": "1.234", "2": "-"}})
    values = read_typed(tmp_path / "mau.xlsx", FORM).by_place[COMMUNE, "", "households"].values
    assert values[:2] == (1234, None)


def test_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    write_xlsx(path, [blank("near-poor-flow", UNITS, DISTRICT, BASIS, ISSUE)], FILING, keyed=True)
    with pytest.raises(TypedFormError, match="diễn biến hộ nghèo"):
        read_typed(path, FORM)
    write_xlsx(path, [blank("poor-flow", UNITS, COMMUNE, BASIS, ISSUE)], FILING, keyed=True)
    with pytest.raises(TypedFormError):
        read_typed(path, FORM)
    xlsxwriter.Workbook(str(path)).close()
    with pytest.raises(TypedFormError):
        read_typed(path, FORM)
    path.write_bytes(b"no workbook")
    with pytest.raises(SheetError):
        read_typed(path, FORM)


def test_a_form_of_no_unit_is_refused() -> None:
    with pytest.raises(UnknownUnitError):
        blank("poor-flow", UNITS, 4242, BASIS, ISSUE)
