"""A changed law is the law but for the numbers changed; what can't be is named."""

import dataclasses
import datetime as dt

import pyarrow as pa
import pytest

from giamngheo.rules.clocks import clocks
from giamngheo.rules.engine import assess_one
from giamngheo.rules.policies import policies
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import (
    Change,
    changed_clocks,
    changed_policies,
    changed_standard,
    kinds,
    line_values,
    problems_of,
)

LAW = standards()["2016-2020"]
ON = dt.date(2019, 11, 1)
LACKS = {f"tick_{i.code}": n < 3 for n, i in enumerate(LAW.indicators)}


@pytest.mark.parametrize(
    ("change", "facts", "before", "after"),
    [
        # the income line of the countryside at 800.000: at the line poor, one đồng over it not by income
        ({"lines": {"income.rural.lower": 800_000}}, {"income_per_head": 800_000}, "poor_deprivation", "poor_income"),
        ({"lines": {"income.rural.lower": 800_000}}, {"income_per_head": 800_001}, "poor_deprivation", "poor_deprivation"),
        ({"lines": {"income.urban.lower": 800_000}}, {"income_per_head": 700_001}, "poor_deprivation", "poor_deprivation"),
        # of the points of form B1
        ({"lines": {"points.rural.lower": 130}}, {"b1_points": 130}, "poor_deprivation", "poor_income"),
        # four deprivations asked, or one indicator no longer counted
        ({"deprived_at_least": 4}, {"income_per_head": 900_000}, "poor_deprivation", "near_poor"),
        ({"without": frozenset({LAW.indicators[0].code})}, {"income_per_head": 900_000}, "poor_deprivation", "near_poor"),
        ({"without": frozenset({LAW.indicators[9].code})}, {"income_per_head": 900_000}, "poor_deprivation", "poor_deprivation"),
    ],
)  # fmt: skip
def test_a_changed_number_moves_those_it_concerns(
    change: dict[str, object], facts: dict[str, object], before: str, after: str
) -> None:
    household = {"area_type": "rural", **LACKS, **facts}
    other = changed_standard(LAW, Change(**change))  # type: ignore[arg-type]
    assert [assess_one(household, [], law, on=ON)["klass"] for law in (LAW, other)] == [before, after]
    assert other.content_hash != LAW.content_hash


def test_nothing_changed_is_the_law_itself() -> None:
    assert changed_standard(LAW, Change()) is LAW
    assert changed_policies(policies(), Change()) == dict(policies())
    assert changed_clocks(clocks(), Change()) == dict(clocks())


@pytest.mark.parametrize("slug", list(standards()))
def test_every_line_can_be_changed_and_no_other_moves_with_it(slug: str) -> None:
    law = standards()[slug]
    for name, value in line_values(law).items():
        changed = line_values(changed_standard(law, Change(lines={name: value + 1})))
        assert changed == {**line_values(law), name: value + 1}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (Change(lines={"income.rural.lowest": 1}), "income.rural.lowest"),
        (Change(lines={"income.rural.lower": -1}), "-1"),
        (Change(lines={"income.rural.lower": 7_000_000_000}), "7000000000"),
        (Change(lines={"income.rural.lower": 1_200_000}), "1200000 > 1000000"),
        (Change(deprived_at_least=11), "11"),
        (Change(without=frozenset({"zz"})), "zz"),
        (Change(clocks={"zz": 1}), "zz"),
        (Change(percents={"zz": 1}), "zz"),
        (Change(percents={"electricity": -1}), "electricity"),
    ],
)
def test_what_cannot_be_is_named(change: Change, named: str) -> None:
    assert any(named in str(problem) for problem in problems_of(change, LAW, policies(), clocks()))


def test_amounts_are_scaled_and_a_policy_at_nought_is_gone() -> None:
    changed = changed_policies(policies(), Change(percents={"electricity": 150, "preschool-lunch-2018": 0}))
    law = policies()["electricity"].benefits[0].tiers[0].amount
    assert changed["electricity"].benefits[0].tiers[0].amount == dataclasses.replace(
        law, percent=law.percent * 1.5
    )
    assert "preschool-lunch-2018" in policies() and "preschool-lunch-2018" not in changed
    assert {p.slug for p in policies().values()} - set(changed) == {"preschool-lunch-2018"}


def test_a_change_is_kept_as_plain_values() -> None:
    change = Change(
        {"income.rural.lower": 1}, 2, frozenset({"water"}), {"base_salary": 2.5}, {"electricity": 50}
    )
    assert Change.from_plain(change.as_plain()) == change


def test_classes_are_of_three_kinds_or_not_known() -> None:
    given = ["poor", "poor_income", "poor_deprivation", "near_poor", "average", "none", "undetermined"]
    assert kinds(pa.array(given)).to_pylist() == [
        "poor",
        "poor",
        "poor",
        "near_poor",
        "none",
        "none",
        "undetermined",
    ]
