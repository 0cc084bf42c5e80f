"""A changed law is the law but for the numbers changed; what can't be is named."""

import dataclasses
import datetime as dt
import json

import ibis
import pyarrow as pa
import pytest

from giamngheo.rules.area_lists import area_lists
from giamngheo.rules.clocks import clocks
from giamngheo.rules.costs import yearly
from giamngheo.rules.engine import assess_one
from giamngheo.rules.entitle import entitle
from giamngheo.rules.entitlements import ROW_TYPES
from giamngheo.rules.law_of_day import law_of_day
from giamngheo.rules.policies import policies
from giamngheo.rules.relations import had
from giamngheo.rules.standards import standards
from giamngheo.rules.whatif import (
    NEW,
    Change,
    NewPolicy,
    changed_clocks,
    changed_lists,
    changed_policies,
    changed_standard,
    exclusions,
    kinds,
    line_values,
    problems_of,
)

LAW = standards()["2016-2020"]
ON = dt.date(2019, 11, 1)
GRANT = NewPolicy("Trợ giúp mùa đông", "household", ("poor",), "", 500_000, "year", 1)
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
        (Change(lists={"zz": {"03541": True}}), "zz"),
        (Change(lists={"border-communes": {"03550": True}}), "border-communes: 03550"),  # on it already
        (Change(lists={"border-communes": {"03541": False}}), "border-communes: 03541"),  # not on it
        (Change(freed=frozenset({"electricity/choose_one/loan-poor"})), "electricity/choose_one/loan-poor"),
        (Change(excluded=frozenset({("electricity", "zz")})), "electricity, zz"),
        (Change(excluded=frozenset({("electricity", "electricity")})), "electricity, electricity"),
        (Change(new=dataclasses.replace(GRANT, per="decade")), "decade"),
        (Change(new=dataclasses.replace(GRANT, amount=0)), "0 × 1"),
        (Change(new=dataclasses.replace(GRANT, area="zz")), "zz"),
        (Change(new=dataclasses.replace(GRANT, among=("rich",))), "rich"),
    ],
)
def test_what_cannot_be_is_named(change: Change, named: str) -> None:
    assert any(
        named in str(problem) for problem in problems_of(change, LAW, policies(), clocks(), area_lists(), ON)
    )


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
        {"income.rural.lower": 1}, 2, frozenset({"water"}), {"base_salary": 2.5}, {"electricity": 50},
        {"border-communes": {"03541": True}}, frozenset({"a/choose_one/b"}), frozenset({("a", "b")}), GRANT,
    )  # fmt: skip
    assert Change.from_plain(json.loads(json.dumps(change.as_plain()))) == change


def test_units_are_put_on_a_list_and_taken_off() -> None:
    changed = changed_lists(area_lists(), Change(lists={"border-communes": {"03541": True, "03550": False}}))
    before, after = (
        {c for e in lists["border-communes"].on(ON) for c in e.codes} for lists in (area_lists(), changed)
    )
    assert after - before == {"03541"} and before - after == {"03550"}
    assert {slug for slug in changed if changed[slug] != area_lists()[slug]} == {"border-communes"}


# Electricity is worth 661,000 đồng a year here, the new grant 500,000.
HOME = {"household": 1, "status": "poor", "poor_type": "income"}


@pytest.mark.parametrize(
    ("change", "had_now"),
    [
        (Change(), {"electricity"}),
        (Change(new=GRANT), {"electricity", NEW}),
        (Change(new=dataclasses.replace(GRANT, among=("near_poor",))), {"electricity"}),
        (Change(new=GRANT, excluded=frozenset({(NEW, "electricity")})), {"electricity"}),
        (Change(new=GRANT, excluded=frozenset({("electricity", NEW)})), {NEW}),
        (Change(percents={"electricity": 0}), set()),
    ],
)  # fmt: skip
def test_who_has_what_under_exclusions_and_a_new_policy(change: Change, had_now: set[str]) -> None:
    of = changed_policies({"electricity": policies()["electricity"]}, change)
    if not of:
        assert had_now == set()
        return
    homes, nobody = (
        pa.Table.from_pylist([HOME]),
        pa.table({name: pa.array([], pa.int64()) for name in ("household", "person")}),
    )
    law = law_of_day(ON, of=of)
    rights = had(entitle(homes, nobody, on=ON, law=law), of=of)
    assert set(rights["policy"].to_pylist()) == had_now
    [sums] = yearly(homes, nobody, [(law, of)], on=ON)
    assert {tuple(row.values()) for row in sums.to_pylist()} == {
        (1, row["policy"], row["per"] if row["per"] == "loan" else "year", 1, row["amount"] * row["times"])
        for row in rights.to_pylist()
    }


def test_one_law_read_twice_over_the_same_households_keeps_its_sums_apart() -> None:
    """The conditions are answered once; amounts, exclusions and a policy that goes are each side's own."""
    of = {"electricity": policies()["electricity"]}
    tried = [changed_policies(of, c) for c in (Change(), Change(percents={"electricity": 200}), Change(percents={"electricity": 0}))]  # fmt: skip
    sides = [(law_of_day(ON, of=each), each) for each in tried]
    nobody = pa.table({name: pa.array([], pa.int64()) for name in ("household", "person")})
    before, twice, none = yearly(pa.Table.from_pylist([HOME]), nobody, sides, on=ON)
    [held], [raised] = before.to_pylist(), twice.to_pylist()
    assert held["policy"] == "electricity" and held["amount"] > 0 and none.num_rows == 0
    assert raised == held | {"amount": 2 * held["amount"]}


def test_of_a_choice_the_one_worth_most_is_had_until_the_law_lets_both() -> None:
    asked = {slug: policies()[slug] for slug in ("loan-poor", "loan-near-poor")}
    assert "loan-poor/not_together/loan-near-poor" in exclusions(asked)
    rows = [
        {"policy": slug, "household": 1, "state": "yes", "amount": amount, "times": None, "per": "loan"}
        for slug, amount in (("loan-poor", 50), ("loan-near-poor", 40))
    ]
    rights = pa.Table.from_pylist(rows, schema=ibis.schema(ROW_TYPES).to_pyarrow())
    assert had(rights, of=asked)["policy"].to_pylist() == ["loan-poor"]
    freed = changed_policies(asked, Change(freed=frozenset(exclusions(asked))))
    assert sorted(had(rights, of=freed)["policy"].to_pylist()) == ["loan-near-poor", "loan-poor"]


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
