"""Each form on a village small enough to count by hand."""

import datetime as dt

import pytest

from giamngheo.reports.official.build import all_reports, build
from giamngheo.reports.official.errors import HomelessError, SnapshotError, UnknownFormError, UnknownUnitError
from giamngheo.reports.official.forms import FORMS, forms_of
from giamngheo.reports.official.gather import gather
from giamngheo.reports.official.report import NEW, OLD
from giamngheo.rules.procedures import procedure_on, procedures
from tests.reports.official.samples import (
    BASIS,
    COMMUNE,
    DISTRICT,
    FAR_COMMUNE,
    ISSUE,
    OLD_BASIS,
    PROVINCE,
    TOWN,
    TWO_LEVELS,
    UNITS,
    figures,
    household,
    reports,
    row_of,
    snapshot,
)  # fmt: skip

YEAR_OF_EIGHT = [
    household(before="poor", after="poor", persons_before=5, persons=6),
    household(before="poor", after="near_poor"),
    household(before="poor", after="none"),
    household(before="poor", after=None, gone_why="died", persons_before=1, persons=None),
    household(before="near_poor", after="poor"),
    household(before="none", after="poor", last_escaped_year=2022),
    household(before="none", after="poor", village=1002),
    household(before=None, after="poor", came_why="moved_in", persons_before=None, persons=3, village=1002),
    household(before="near_poor", after="none"),
    household(after_class="average"),
]


def test_the_result_counts_classes_with_their_rates() -> None:
    found = reports(YEAR_OF_EIGHT)["result"]
    assert [column.number for column in found.columns] == [str(n) for n in range(1, 15)]
    assert [c.formula for c in found.columns if c.formula] == [
        "4=3/1*100", "6=5/1*100", "8=7/1*100", "10=9/2*100", "12=11/2*100", "14=13/2*100",
    ]  # fmt: skip
    assert row_of(found, COMMUNE) == {
        "1": 9, "2": 37, "3": 5, "4": 55.56, "5": 1, "6": 11.11, "7": 1, "8": 11.11,
        "9": 21, "10": 56.76, "11": 4, "12": 10.81, "13": 4, "14": 10.81,
    }  # fmt: skip
    assert row_of(found, 1002)["3"] == 2


def test_the_flow_of_the_poor() -> None:
    found = reports(YEAR_OF_EIGHT)["poor-flow"]
    homes = {"1": 4, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 5}
    assert row_of(found, COMMUNE, "households") == homes
    people = {"1": 14, "2": 4, "3": 4, "4": 1, "5": 4, "6": 4, "7": 4, "8": 3 + 1, "9": 21}
    assert row_of(found, COMMUNE, "persons") == people
    assert found.columns[8].formula == "9=1-2-3-4+5+6+7+8"
    assert "trong 3 năm trước" in found.notes[0].vi


def test_the_flow_of_the_near_poor() -> None:
    found = reports(YEAR_OF_EIGHT)["near-poor-flow"]
    homes = {"1": 2, "2": 1, "3": 1, "4": 0, "5": 1, "6": 0, "7": 0, "8": 0, "9": 1}
    assert row_of(found, COMMUNE, "households") == homes


def test_deprivations_in_numbers_and_per_cent() -> None:
    rows = [
        household(after="poor", pattern="111000000000"),
        household(after="poor", pattern="1111?0000000"),
        household(after="near_poor", pattern="000000000011"),
    ]
    found = reports(rows)
    assert row_of(found["poor-deprivations"], COMMUNE) == {
        "1": 2, "2": 7, "3": 2, "4": 2, "5": 2, "6": 1, **{str(n): 0 for n in range(7, 15)},
    }  # fmt: skip
    rates = row_of(found["poor-deprivation-rates"], COMMUNE)
    assert (rates["1"], rates["2"], rates["5"], rates["6"]) == (2, 100.0, 50.0, 0.0)
    assert row_of(found["near-poor-deprivations"], COMMUNE)["2"] == 2
    assert [gap.count for gap in found["poor-deprivations"].gaps] == [1]


def test_the_indicators_are_those_of_the_standard() -> None:
    found = reports([household(after="poor", pattern="1110000000")], basis=OLD_BASIS)["poor-deprivations"]
    assert len(found.columns) == 12
    assert (found.number, found.columns[2].head.vi) == ("4c", "Tiếp cận các dịch vụ y tế")


def test_target_groups_overlap_and_the_rest_is_other() -> None:
    rows = [
        household(after="poor", ethnic="08", no_labour=True),
        household(after="poor", ethnic="01", persons=2),
        household(after="poor", ethnic="01", merit=True),
        household(after="near_poor", ethnic="01", no_labour=None),
    ]
    found = reports(rows)["target-groups"]
    assert row_of(found, COMMUNE, "households") == {
        "1": 3, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 0, "8": 0, "9": 0, "10": 1,
    }  # fmt: skip
    assert row_of(found, COMMUNE, "persons")["5"] == 2
    assert [gap.count for gap in found.gaps] == [1]


def test_ethnic_groups_have_columns_where_there_are_any() -> None:
    rows = [
        household(after="poor", ethnic="03"),
        household(after="near_poor", ethnic="08"),
        household(after="none", ethnic="47"),
        household(after="poor", ethnic=None, village=1004),
    ]
    here, there = reports(rows)["ethnic-groups"], reports(rows, unit=FAR_COMMUNE)["ethnic-groups"]
    names = ["Tổng số", "Thái", "Mông"]
    assert [column.head.vi for column in here.columns] == names + names
    assert [column.head.vi for column in there.columns] == ["Tổng số", "Chưa rõ"] * 2
    assert row_of(there, FAR_COMMUNE, "households") == {"1": 1, "2": 1, "3": 0, "4": 0}


def test_a_household_may_have_several_causes() -> None:
    rows = [
        household(after="poor", causes=["no_land", "illness"]),
        household(after="poor", causes=None),
        household(after="near_poor", causes=["other"]),
    ]
    found = reports(rows)["causes"]
    wanted = {"1": 2, "2": 1, "8": 1, "10": 1, "18": 1}
    row = row_of(found, COMMUNE)
    assert {number: value for number, value in row.items() if value} == wanted
    assert [gap.count for gap in found.gaps] == [1]


def test_children_and_what_they_lack() -> None:
    rows = [
        household(after="poor", children=3, children_health_deprived=2, children_education_deprived=1),
        household(
            after="near_poor", children=2, children_health_deprived=None, children_education_deprived=0
        ),
    ]
    found = reports(rows)["children"]
    assert row_of(found, COMMUNE) == {"1": 3, "2": 2, "3": 1, "4": 2, "5": 0, "6": 0}
    assert [gap.count for gap in found.gaps] == [1]


def test_the_local_form_tells_kinh_from_minorities() -> None:
    rows = [
        household(after="poor", ethnic="01", female_head=True),
        household(after="poor", ethnic="08"),
        household(ethnic="08"),
        household(ethnic="01"),
    ]
    found = reports(rows)["poor-multidimensional"]
    row = row_of(found, COMMUNE)
    assert [row[str(n)] for n in range(1, 9)] == [4, 2, 2, 50.0, 1, 1, 50.0, 1]


def test_a_district_shows_its_communes_and_a_province_the_town_in_each_district() -> None:
    rows = [household(after="poor"), household(after="poor", village=1003), household(village=1004)]
    district = reports(rows, DISTRICT)["result"]
    assert [(row.name, row.area) for row in district.rows] == [
        ("Thị trấn Mường Tè", ""), ("Xã Bum Tở", ""), ("Tổng cộng", "urban"), ("Tổng cộng", "rural"), ("Tổng cộng", ""),
    ]  # fmt: skip
    province = reports(rows, PROVINCE)["result"]
    assert [(row.name, row.area, row.values[2]) for row in province.rows] == [
        ("Huyện Tam Đường", "", 0), ("Huyện Mường Tè", "", 2), ("Huyện Mường Tè", "urban", 1), ("Huyện Mường Tè", "rural", 1),
        ("Tổng cộng", "urban", 1), ("Tổng cộng", "rural", 1), ("Tổng cộng", "", 2),
    ]  # fmt: skip


def test_without_districts_the_province_shows_its_communes() -> None:
    rows = [household(after="poor"), household(after="poor", village=1003), household(village=1004)]
    found = reports(rows, PROVINCE, units=TWO_LEVELS)["result"]
    names = [row.name for row in found.rows if row.unit != PROVINCE]
    assert names == ["Xã Bản Bo", "Thị trấn Mường Tè", "Xã Bum Tở"]


def test_a_place_without_households_has_noughts_and_no_rates() -> None:
    found = reports([household()], unit=TOWN)["result"]
    row = row_of(found, TOWN)
    assert row["1"] == 0 and row["4"] is None
    assert not found.checks


def test_each_generation_has_its_forms() -> None:
    assert [form.number[NEW] for form in forms_of(NEW)] == [str(n) for n in range(1, 14)]
    assert [form.number[OLD] for form in forms_of(OLD)][1:7] == ["4a", "4b", "4c", "4c", "4d", "4d"]
    assert {form.slug for form in FORMS.values()} - {form.slug for form in forms_of(OLD)} == {
        "children", "poor-multidimensional", "near-poor-multidimensional",
    }  # fmt: skip
    for basis in (BASIS, OLD_BASIS):
        for report in reports([household()], basis=basis).values():
            assert report.unverified, f"{report.slug} of {basis.generation} claims to be read in the act"


def test_sets_are_made_of_every_unit_with_others_below() -> None:
    found = [unit.id for unit, _ in all_reports(figures(YEAR_OF_EIGHT), ISSUE)]
    assert found == [PROVINCE, 12, DISTRICT, FAR_COMMUNE, TOWN, COMMUNE]


def test_refusals_name_what_is_wrong() -> None:
    counted = figures(YEAR_OF_EIGHT)
    with pytest.raises(UnknownFormError, match="no-such"):
        build("no-such", counted, COMMUNE, ISSUE)
    with pytest.raises(UnknownUnitError, match="77"):
        build("result", counted, 77, ISSUE)
    with pytest.raises(UnknownFormError, match="children"):
        build("children", figures([household()], OLD_BASIS), COMMUNE, ISSUE)
    with pytest.raises(HomelessError, match=r"2 hộ .*4242"):
        figures([household(village=4242), household(village=4242)])
    with pytest.raises(SnapshotError, match="pattern"):
        gather(snapshot([household()]).drop_columns(["pattern"]), UNITS, BASIS)


# --- which forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "forms"),
    [("2015-12-15", OLD), ("2018-11-10", OLD), ("2021-08-31", OLD), ("2021-09-01", NEW), ("2026-11-26", NEW)],
)
def test_the_procedure_of_a_day_says_which_forms_report_it(day: str, forms: str) -> None:
    assert procedure_on(dt.date.fromisoformat(day)).report_forms == forms


def test_every_procedure_names_forms_there_are() -> None:
    assert {procedure.report_forms for procedure in procedures().values()} == {OLD, NEW}
