"""Whatever the households, no control total is broken, and every cell is the sum of the households behind it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.reports.official.behind import Cell, find_households
from giamngheo.reports.official.build import all_reports, reports_of
from giamngheo.reports.official.controls import check
from giamngheo.reports.official.errors import AddressError
from giamngheo.reports.official.gather import gather
from giamngheo.reports.official.report import Basis, Report
from tests.environment import examples
from tests.reports.official.samples import (
    BASIS,
    COMMUNE,
    ISSUE,
    OLD_BASIS,
    PROVINCE,
    UNITS,
    VILLAGES,
    household,
    snapshot,
)

years = st.one_of(st.none(), st.integers(2012, 2024))
truth = st.sampled_from([True, False, None])
listed = st.sampled_from(["poor", "near_poor", "none", None])


@st.composite
def households(draw: st.DrawFn) -> dict[str, Any]:
    after = draw(listed)
    lacks = {"poor": "111", "near_poor": "1?0", "none": "0?0", None: "000"}[after]
    children = draw(st.integers(0, 4))
    return household(
        village=draw(st.sampled_from(VILLAGES)),
        area_type=draw(st.sampled_from(["rural", "urban"])),
        ethnic=draw(st.sampled_from(["01", "03", "08", "55", "56", None])),
        persons=draw(st.integers(1, 9)),
        persons_before=draw(st.one_of(st.none(), st.integers(1, 9))),
        before=draw(listed),
        after=after,
        after_class=draw(st.sampled_from(["average", "none", "undetermined"])) if after == "none" else after,
        came_why=draw(st.sampled_from(["moved_in", None])),
        gone_why=draw(st.sampled_from(["died", None])),
        last_escaped_year=draw(years),
        last_near_escaped_year=draw(years),
        pattern=lacks + draw(st.text("0?", min_size=7, max_size=7)),
        no_labour=draw(truth),
        merit=draw(truth),
        female_head=draw(truth),
        causes=draw(st.one_of(st.none(), st.lists(st.sampled_from(["no_land", "illness"]), unique=True))),
        children=children,
        children_health_deprived=draw(st.one_of(st.none(), st.integers(0, children))),
        children_education_deprived=draw(st.one_of(st.none(), st.integers(0, children))),
    )


any_households = st.lists(households(), max_size=30)


@pytest.mark.parametrize("basis", [BASIS, OLD_BASIS], ids=["2021+", "2016-2020"])
@given(rows=any_households)
@examples(12)
def test_no_control_total_is_broken(basis: Basis, rows: list[dict[str, Any]]) -> None:
    counted = gather(snapshot(rows), UNITS, basis)
    reports = [report for _, of_unit in all_reports(counted, ISSUE) for report in of_unit]
    broken = [finding for finding in check(reports) if finding.control != "gap"]
    assert [finding.sentence() for finding in broken] == []


def cells(report: Report) -> list[tuple[Cell, Any]]:
    return [
        (Cell.at(report, row, column), value)
        for row in report.rows
        for column, value in zip(report.columns, row.values, strict=True)
        if column.kind == "count"
    ]


@given(rows=st.lists(households(), min_size=5, max_size=30), data=st.data())
@examples(8)
def test_a_cell_is_the_sum_of_the_households_behind_it(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    table = snapshot(rows)
    reports = reports_of(gather(table, UNITS, BASIS), data.draw(st.sampled_from([PROVINCE, COMMUNE])), ISSUE)
    filled = [(cell, value) for report in reports for cell, value in cells(report) if value]
    if not filled:
        return
    cell, value = data.draw(st.sampled_from(filled))
    cell = Cell.parse(cell.address)
    found = find_households(cell, table, UNITS, BASIS).to_pylist()
    assert sum(row["counted"] for row in found) == value


def test_the_households_behind_some_cells() -> None:
    table = snapshot(
        [
            household(before="poor", after="poor", persons_before=6, persons=4),
            household(before="poor", after="none"),
            household(before="none", after="poor", village=1002, ethnic="08"),
            household(before="none", after="poor", village=1003, ethnic="08"),
        ]
    )

    def behind(address: str) -> list[int]:
        found = find_households(Cell.parse(address), table, UNITS, BASIS)
        return found["household"].to_pylist()

    assert behind("poor-flow/3/101/-/households") == [2]
    assert behind("poor-flow/4/101/-/persons") == [1]
    assert behind("poor-flow/7/11/-/households") == [3, 4]
    assert behind("poor-flow/7/11/urban/households") == [4]
    assert behind("ethnic-groups/poor.ethnic.08/1/rural/persons") == [3]
    assert behind("result/4/101/-/-") == [1, 3]


@pytest.mark.parametrize(
    "address",
    [
        "", "poor-flow", "poor-flow/3/x/-/households", "poor-flow/3/101/-/chickens", "poor-flow/3/101/moon/households",
        "poor-flow/3/101/-/households/more", "poor-flow/99/101/-/households", "poor-flow/3/4242/-/households",
        "result/3/101/-/households", "poor-flow/3/²/-/households",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        find_households(Cell.parse(address), snapshot([household()]), UNITS, BASIS)
