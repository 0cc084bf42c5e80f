"""Each control total fails where it should; six districts' own figures of 2023 are among the cases."""

from dataclasses import replace
from typing import Any

import pytest

from giamngheo.reports.official.controls import check
from giamngheo.reports.official.report import Finding, Gap, Report, Value
from giamngheo.reports.official.sentences import CONTROLS
from giamngheo.rules.standards import Words
from tests.reports.official.samples import BASIS, COMMUNE, DISTRICT, OLD_BASIS, household, reports

#: Filled tables of three districts of another province (Đắk Nông 2023): columns 1 to 9, of which 4 and 8 were left
#: blank, and what the columns give for the ninth.
SIX = [
    ("Cư Jút", "poor-flow", (294, 64, 45, None, 5, 0, 14, None, 204), 204),
    ("Đăk Glong", "poor-flow", (1369, 374, 128, None, 39, 0, 28, None, 923), 934),
    ("Đắk Mil", "poor-flow", (238, 47, 4, None, 6, 14, 12, None, 221), 219),
    ("Cư Jút", "near-poor-flow", (276, 45, 5, None, 63, 0, 18, None, 305), 307),
    ("Đăk Glong", "near-poor-flow", (1099, 661, 40, None, 360, 5, 29, None, 783), 792),
    ("Đắk Mil", "near-poor-flow", (468, 63, 6, None, 44, 4, 27, None, 472), 474),
]
#: Households of every kind, in all three communes, each figure of which is right.
RIGHT = [
    household(before="poor", after="poor"),
    household(before="poor", after="near_poor", village=1002),
    household(before="near_poor", after="poor", village=1003, ethnic="08"),
    household(before="none", after="near_poor", village=1004, children=2),
    household(village=1005, ethnic="01"),
]


def typed_total(slug: str, unit: int, **measures: tuple[Value, ...]) -> Report:
    """A report of which only the total was typed in."""
    empty = reports([household()], unit)[slug]
    rows = []
    for row in empty.rows:
        if row.unit == unit and row.area == "":
            rows.append(row._replace(values=measures.get(row.measure, (None,) * len(row.values))))
    return replace(empty, rows=tuple(rows), source="typed", checks=(), gaps=())


def found_in(*reports: Report) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in check(reports):
        found.setdefault(finding.control, []).append(finding)
    return found


def changed(
    report: Report, key: str, value: Value, unit: int = COMMUNE, measure: str = "", area: str = ""
) -> Report:
    """The report with another figure in one cell."""
    rows = []
    for row in report.rows:
        values = list(row.values)
        if row.place == (unit, area, measure):
            values[report.places[key]] = value
        rows.append(row._replace(values=tuple(values)))
    assert tuple(rows) != report.rows
    return replace(report, rows=tuple(rows))


@pytest.mark.parametrize(("district", "slug", "columns", "ninth"), SIX)
def test_the_identity_over_six_filled_tables(
    district: str, slug: str, columns: tuple[Value, ...], ninth: int
) -> None:
    found = found_in(typed_total(slug, DISTRICT, households=columns))
    assert [finding.column for finding in found["blank"]] == ["4", "8"]
    broken = found.get("identity", [])
    assert [(f.shown, f.expected) for f in broken] == ([] if columns[8] == ninth else [(columns[8], ninth)])
    assert all(finding.blocking for finding in broken)


@pytest.mark.parametrize(
    ("poor", "near", "pairs"),
    [
        (SIX[0], SIX[3], [(63, 64)]),
        (SIX[1], SIX[4], [(39, 40), (360, 374)]),
        (SIX[2], SIX[5], [(44, 47)]),
    ],
)
def test_crossings_in_the_filled_tables_are_warned_of(
    poor: Any, near: Any, pairs: list[tuple[int, int]]
) -> None:
    found = found_in(
        typed_total("poor-flow", DISTRICT, households=poor[2]),
        typed_total("near-poor-flow", DISTRICT, households=near[2]),
    )["crossing"]
    assert sorted((f.shown, f.expected) for f in found) == pairs
    assert not any(finding.blocking for finding in found)


def test_right_figures_of_all_units_have_no_findings() -> None:
    sets = [report for unit in (1, 11, 12, 101, 102, 103) for report in reports(RIGHT, unit).values()]
    assert [f.sentence() for f in check(sets) if f.control != "gap"] == []


WRONG: list[tuple[str, str, str, Value, str]] = [
    ("identity", "poor-flow", "7", 5, "households"),
    ("identity", "poor-flow", "8", 5, "persons"),
    ("blank", "poor-flow", "4", None, "households"),
    ("sum", "result", "3", 9, ""),
    ("same", "result", "3", 2, ""),
    ("same", "causes", "poor", 2, ""),
    ("same", "ethnic-groups", "near_poor", 8, "persons"),
    ("parts", "poor-deprivations", "2", 4, ""),
    ("parts", "ethnic-groups", "poor", 2, "households"),
    ("more", "target-groups", "poor.merit", 9, "households"),
    ("more", "children", "poor.children.health", 1, ""),
    ("negative", "children", "poor.children", -1, ""),
    ("over", "poor-deprivation-rates", "nutrition%", 101.5, ""),
    ("denominator", "result", "1", 0, ""),
    ("denominator", "result", "1", None, ""),
    ("rate", "result", "4", 33.3, ""),
    ("least", "poor-deprivations", "2", 2, ""),
    ("most", "near-poor-deprivations", "2", 3, ""),
    ("people", "poor-flow", "1", 0, "persons"),
    ("crossing", "near-poor-flow", "5", 2, "households"),
]


@pytest.mark.parametrize(("control", "slug", "key", "value", "measure"), WRONG)
def test_a_wrong_figure_is_found(control: str, slug: str, key: str, value: Value, measure: str) -> None:
    right = reports(RIGHT)
    assert control not in found_in(*right.values())
    wrong = {**right, slug: changed(right[slug], key, value, measure=measure)}
    found = found_in(*wrong.values())[control][0]
    assert found.sentence("vi") != found.sentence("en")
    assert found.report in wrong and found.unit == COMMUNE
    assert "{" not in found.sentence("vi") + found.sentence("en")


def test_the_parts_of_a_district_are_its_whole() -> None:
    right = reports(RIGHT, DISTRICT)["result"]
    found = found_in(changed(right, "1", 7, unit=DISTRICT, area="urban"))
    assert [(f.control, f.shown, f.expected) for f in found["areas"]] == [("areas", 3, 9)]


def test_a_commune_shows_what_its_district_shows_of_it() -> None:
    district, commune = reports(RIGHT, DISTRICT)["result"], reports(RIGHT)["result"]
    assert "above" not in found_in(district, commune)
    (found,) = found_in(district, changed(commune, "7", 1))["above"]
    assert (found.shown, found.expected, found.blocking) == (1, 0, True)


def test_three_deprivations_for_each_of_the_poor_are_asked_for_from_2022_on() -> None:
    poor = [household(after="poor", pattern="0" * 10)]
    assert "least" not in found_in(*reports(poor, basis=OLD_BASIS).values())
    poor = [household(after="poor", pattern="0" * 12)]
    assert "least" in found_in(*reports(poor, basis=BASIS).values())


def test_a_gap_is_a_warning() -> None:
    report = replace(reports([household()])["result"], gaps=(Gap("1", 3, Words("Ba hộ.", "Three.")),))
    (found,) = found_in(report)["gap"]
    assert (found.sentence("vi"), found.sentence("en"), found.blocking) == ("Ba hộ.", "Three.", False)


def test_every_control_has_a_case() -> None:
    shown = {case[0] for case in WRONG} | {"areas", "above", "gap"}
    assert {control.code for control in CONTROLS} == shown


def test_errors_come_before_warnings_and_block() -> None:
    right = reports(RIGHT)["result"]
    found = check([changed(changed(right, "4", 33.3), "3", 40)])
    assert [finding.blocking for finding in found] == sorted((f.blocking for f in found), reverse=True)
    assert not right.blocked
    assert replace(right, checks=tuple(found)).blocked
