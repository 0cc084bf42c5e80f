"""A report is kept as issued, read back the same, and compared with a later one."""

from dataclasses import replace

import pytest

from giamngheo.reports.official.build import reports_of
from giamngheo.reports.official.frozen import canonical, compare, fingerprint, thaw
from tests.reports.official.samples import BASIS, COMMUNE, DISTRICT, ISSUE, figures, household, reports
from tests.reports.official.test_files import the_list

EARLIER = [household(before="poor", after="poor"), household(before="none", after="near_poor", ethnic="08")]
LATER = [
    household(before="poor", after="near_poor"),
    household(before="none", after="near_poor", ethnic="08"),
]


@pytest.mark.parametrize("slug", list(reports([household()])))
def test_a_frozen_report_reads_back_the_same(slug: str) -> None:
    report = reports(EARLIER, DISTRICT)[slug]
    text = canonical(report)
    assert thaw(text) == report
    assert canonical(thaw(text)) == text
    assert thaw(text).checks == report.checks


def test_a_frozen_list_reads_back_the_same() -> None:
    assert thaw(canonical(the_list())) == the_list()


def test_findings_are_frozen_too() -> None:
    report = reports([household(after="poor", pattern="0" * 12)])["poor-deprivations"]
    assert report.blocked and thaw(canonical(report)).checks == report.checks


def test_the_same_figures_have_the_same_fingerprint_and_others_another() -> None:
    one, two = (reports_of(figures(EARLIER), COMMUNE, ISSUE) for _ in range(2))
    assert [fingerprint(report) for report in one] == [fingerprint(report) for report in two]
    assert len({fingerprint(report) for report in one}) == len(one)
    row = one[0].rows[0]
    other = replace(one[0], rows=(row._replace(values=(*row.values[:-1], 0.01)), *one[0].rows[1:]))
    assert fingerprint(other) != fingerprint(one[0])


def test_one_text_for_one_content() -> None:
    text = canonical(reports(EARLIER)["result"])
    assert (
        text.startswith('{"checks":[],"columns":[')
        and '"Hộ nghèo"' in text
        and ": " not in text.split('"title"')[0][:200]
    )


def test_another_shape_is_refused() -> None:
    text = canonical(reports(EARLIER)["result"]).replace('"shape":1', '"shape":2')
    with pytest.raises(ValueError, match="shape"):
        thaw(text)


def test_differences_are_told_cell_by_cell() -> None:
    earlier, later = reports(EARLIER)["result"], reports(LATER)["result"]
    total = [d for d in compare(earlier, later) if d.code == "03436"]
    assert [(d.column, d.earlier, d.later, d.change) for d in total] == [
        ("3", 1, 0, -1), ("4", 50.0, 0.0, -50.0), ("5", 1, 2, 1), ("6", 50.0, 100.0, 50.0),
        ("9", 4, 0, -4), ("10", 50.0, 0.0, -50.0), ("11", 4, 8, 4), ("12", 50.0, 100.0, 50.0),
    ]  # fmt: skip
    assert compare(earlier, reports(EARLIER)["result"]) == ()


def test_a_column_only_one_of_them_has_is_a_difference() -> None:
    earlier = reports([household(after="poor", ethnic="03")], basis=BASIS)["ethnic-groups"]
    later = reports([household(after="poor", ethnic="08")], basis=BASIS)["ethnic-groups"]
    found = {
        (d.head.vi, d.earlier, d.later, d.change)
        for d in compare(earlier, later)
        if d.measure == "households"
    }
    assert {("Mông", None, 1, None), ("Thái", 1, None, None)} <= found


def test_units_are_matched_by_code_whatever_their_number() -> None:
    earlier = reports(EARLIER)["result"]
    later = replace(earlier, rows=tuple(row._replace(unit=row.unit + 7) for row in earlier.rows))
    assert compare(earlier, later) == ()
