"""Every worked case of the policies comes out as written, and the reference says what the files say."""

import datetime as dt
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from giamngheo.cli.law import command
from giamngheo.rules.clocks import LAST_DAY
from giamngheo.rules.describe_policies import policies_reference
from giamngheo.rules.policies import KINDS, policies
from giamngheo.rules.policy_cases import PolicyCase, case_files, policy_cases, wrong_in_policy_case
from giamngheo.rules.policy_facts import policy_facts
from giamngheo.rules.poor_types import DECIDED

ALL = [(path, case) for path in case_files() for case in policy_cases(path)]
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(
    "case", [case for _, case in ALL], ids=[f"{p.parent.name}: {c.name}" for p, c in ALL]
)
def test_case(case: PolicyCase) -> None:
    assert not wrong_in_policy_case(case)


def test_nothing_not_read_is_verified_and_every_right_has_its_act() -> None:
    for policy in policies().values():
        assert policy.basis.act
        assert not any(c.verified and "MEM" in c.source for c in policy.citations)


def test_every_fact_that_policies_declare_is_asked_by_one() -> None:
    asked = set(re.findall(r"'(\w+)'", str([*policies().values()]))) | {DECIDED.key}
    assert set(policy_facts()) <= asked


def test_every_kind_of_relation_is_used_by_some_policy() -> None:
    assert {relation.kind for policy in policies().values() for relation in policy.relations} == set(KINDS)


def test_the_reference_is_generated() -> None:
    assert (DOCS / "reference" / "policies.md").read_text("utf-8") == policies_reference()


def test_show_names_the_policies_of_a_day() -> None:
    shown = CliRunner().invoke(command, ["show", "2018-09-01"]).output
    assert "NĐ 06/2018" in shown
    assert "chưa đối chiếu" in shown
    assert "NĐ 105/2020" not in shown


@pytest.mark.parametrize("slug", list(policies()))
def test_a_policy_stands_from_its_first_day_to_its_last(slug: str) -> None:
    policy, day = policies()[slug], dt.timedelta(days=1)
    assert any(case.expect for path, case in ALL if path.parent.name == slug)
    assert policy.holds_on(policy.period.first)
    assert not policy.holds_on(policy.period.first - day)
    if policy.period.last < LAST_DAY:
        assert policy.holds_on(policy.period.last)
        assert not policy.holds_on(policy.period.last + day)


@pytest.mark.parametrize(
    ("slug", "every", "days"),
    [
        ("electricity", "quarter", None),
        ("study-costs-2015", "school_year", None),
        ("emergency-rice", "episode", 2),
        ("health-insurance", "year", None),
        ("birth-grant", "episode", 30),
    ],
)
def test_what_the_law_says_of_when_help_comes(slug: str, every: str, days: int | None) -> None:
    """The tenth of the questions: by these windows a delivery is late."""
    delivery = policies()[slug].delivery
    assert delivery is not None and (delivery.every, delivery.days) == (every, days)


#: The rows of the support policies as our reading of the law numbers them; those of a programme's own rules are no rights.
ROWS = [
    "H1",
    "H2",
    "H4",
    "H5",
    "E1",
    "E2",
    "E3",
    "E4",
    "E5",
    "E6",
    "E7",
    "E8",
    "E9",
    "E10",
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "L6",
    "L7",
    "L8",
    "L9",
    "L10",
    "C1",
    "C1a",
    "C2",
    "C3",
    "C4",
    "C5",
    "C6",
    "C7",
    "C8",
    "C9",
    "W1",
    "W2",
    "W3",
    "W4",
    "W5",
    "W6",
    "W7",
    "W8",
    "S1",
    "S2",
    "S3",
    "S4",
]
#: Known of other provinces alone: what near-poor households get on top of H2 is each province's own resolution.
OTHERS = {"H3"}


def test_no_row_of_the_support_policies_is_missing() -> None:
    numbers = [one for policy in policies().values() for one in policy.id.split("-")]
    there = {re.sub(r"(?<=\d)[b-z]$", "", one) for one in numbers} | {
        "L5" for one in numbers if one.startswith("L5")
    }
    assert set(ROWS) <= there
    assert not OTHERS & there
