"""Results are one tidy table, refuse what is no number, and go out whole."""

import csv
import math
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from giamngheo.measures import results
from giamngheo.measures.errors import NotANumberError, UnknownColumnError

ROWS = [
    results.row("H", 0.5, n=4, k=0.4),
    results.row("H", 1, n=2, k=0.4, groups={"district": "Mường Tè"}),
    results.row("A", None, n=2, k=0.4, groups={"district": "=1+1"}),
]


def test_the_columns_are_those_agreed() -> None:
    made = results.table(ROWS)
    assert tuple(made.column_names) == results.COLUMNS
    assert made["subgroup"].to_pylist() == ["all", "Mường Tè", "=1+1"]
    assert set(made["design"].to_pylist()) == {"census"} and made["se"].null_count == 3


def test_several_grouping_columns_stand_under_their_names() -> None:
    made = results.table([results.row("H", 0.5, n=4, groups={"sex": "F", "year": 2020})], by=("sex", "year"))
    assert made.to_pylist()[0]["subgroup"] == "F · 2020"
    assert made.to_pylist()[0]["sex"] == "F" and made.to_pylist()[0]["year"] == "2020"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(NotANumberError, match="H"):
        results.table([results.row("H", value, n=1)])
    with pytest.raises(NotANumberError, match="H"):
        results.table([results.row("H", 0.5, n=1, k=value)])


def test_lines_are_found_by_their_values() -> None:
    assert results.only(results.table(ROWS), measure="H", subgroup="all")[0]["estimate"] == 0.5
    with pytest.raises(UnknownColumnError, match="commune"):
        results.only(results.table(ROWS), commune="x")


def test_csv_xlsx_and_latex_carry_every_line(tmp_path: Path) -> None:
    made = results.table(ROWS)
    results.write_csv(made, tmp_path / "r.csv")
    lines = list(csv.reader((tmp_path / "r.csv").open(encoding="utf-8-sig")))
    assert len(lines) == 4 and lines[2][1] == "Mường Tè" and lines[3][1] == "'=1+1" and lines[3][3] == ""
    results.write_xlsx(made, tmp_path / "r.xlsx")
    sheet = CalamineWorkbook.from_path(str(tmp_path / "r.xlsx")).get_sheet_by_index(0).to_python()
    assert sheet[0] == list(results.COLUMNS) and sheet[3][1] == "=1+1" and sheet[1][3] == 0.5
    text = results.latex(made, caption="50% & hơn")
    assert text.count(r"\\") == 4 and r"ci\_low" in text and r"50\% \& hơn" in text and "--" in text
