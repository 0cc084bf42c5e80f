"""Rights on small tables anyone can check by hand: who, how much, since and until when, and what is not known."""

import datetime as dt
from typing import Any

import ibis
import pyarrow as pa
import pytest

from giamngheo.rules.condition_columns import answer
from giamngheo.rules.conditions import Status
from giamngheo.rules.engine import arrow
from giamngheo.rules.entitle import entitle
from giamngheo.rules.errors import NeededColumnError
from giamngheo.rules.explain import carried_on, explain

ON = dt.date(2018, 9, 1)
HOME = {
    "household": 1,
    "status": "poor",
    "poor_type": "income",
    "status_since": dt.date(2017, 12, 20),
    "left_poor_on": None,
    "left_near_poor_on": None,
    "commune": "03460",
    "district": "107",
}
CHILD = {
    "household": 1,
    "person": 7,
    "relation": "child",
    "birth_date": dt.date(2014, 3, 1),
    "ethnic": "08",
    "attends_school": True,
    "school_level": "preschool",
}


def rights(
    home: dict[str, Any], *members: dict[str, Any], on: dt.date = ON, unknown: bool = False
) -> dict[Any, Any]:
    """The rows by policy and person."""
    found = entitle(arrow([{**HOME, **home}]), arrow(list(members)), on=on, unknown=unknown)
    return {(row["policy"], row["benefit"], row["person"]): row for row in found.to_pylist()}


def test_a_right_says_how_much_since_when_until_when_and_why() -> None:
    row = rights({}, CHILD)["preschool-lunch-2018", "lunch", 7]
    assert row["amount"] == 139_000
    assert (row["per"], row["times"]) == ("month", 9)
    assert (row["since"], row["until"], row["ends_because"]) == (
        dt.date(2018, 2, 20),
        dt.date(2020, 2, 29),
        "birthday",
    )
    assert row["state"] == "yes"
    assert row["article"] == "NĐ 06/2018/NĐ-CP"


def test_without_the_kind_of_poverty_only_the_poor_are_undetermined() -> None:
    """A table that has no column `poor_type`: who is near-poor or on no list needs none; of the poor it is not known."""
    homes = pa.table({"status": ["poor", "near_poor", "none", None]})
    for columns in (
        homes,
        homes.append_column("poor_type", pa.nulls(4)),
        homes.append_column("poor_type", pa.nulls(4, pa.string())),
    ):
        table = ibis.memtable(columns)
        for kind in ("income", "deprivation"):
            found = answer(Status(("poor", "near_poor"), kind), table, {})
            assert table.select(found=found).to_pyarrow()["found"].to_pylist() == [None, True, False, None]


@pytest.mark.parametrize(
    ("on", "there"),
    [(dt.date(2018, 2, 19), False), (dt.date(2018, 2, 20), True), (dt.date(2020, 2, 29), True), (dt.date(2020, 3, 1), False)],
)  # fmt: skip
def test_first_and_last_day(on: dt.date, there: bool) -> None:
    assert (("preschool-lunch-2018", "lunch", 7) in rights({}, CHILD, on=on)) is there


def test_a_household_right_goes_with_poverty_and_is_told_so() -> None:
    row = rights({}, CHILD)["electricity", "power", None]
    assert (row["amount"], row["tier"], row["on_escape"], row["until"]) == (51_000, "poor", True, None)
    assert row["since"] == dt.date(2017, 12, 20)
    assert ("electricity", "power", None) not in rights({"status": "none"}, CHILD)


def test_what_is_not_known_is_never_no() -> None:
    unknown = rights({"status": None, "poor_type": None}, CHILD, unknown=True)
    lunch = unknown["preschool-lunch-2018", "lunch", 7]
    assert (lunch["state"], lunch["amount"]) == ("unknown", None)
    assert "status:poor+near_poor" in lunch["facts"].split()
    assert ("preschool-lunch-2018", "lunch", 7) not in rights({"status": None}, CHILD)


def test_a_higher_tier_that_is_not_known_is_said() -> None:
    row = rights(
        {"status": "near_poor", "district": None, "commune": None},
        {**CHILD, "birth_date": dt.date(1980, 1, 1)},
    )
    card = row["health-insurance", "premium", 7]
    assert (card["tier"], card["amount"], card["at_least"]) == ("near_poor", 43_785, True)


def test_a_table_without_households_is_refused() -> None:
    with pytest.raises(NeededColumnError, match="household"):
        entitle(pa.table({"status": ["poor"]}), arrow([CHILD]), on=ON)


def test_one_household_is_explained_as_the_columns_tell_it() -> None:
    home = {key: value for key, value in HOME.items() if key != "household"}
    answers = explain(home, [CHILD], on=ON)
    told = {(a.policy.slug, a.benefit, a.person): a.state for a in answers if a.state != "no"}
    rows = entitle(arrow([HOME]), arrow([CHILD]), on=ON, unknown=True).to_pylist()
    assert told == {(row["policy"], row["benefit"], row["person"]): row["state"] for row in rows}


def test_the_one_condition_that_fails_is_named_in_both_languages() -> None:
    home = {**HOME, "status": "near_poor", "borrows_for_business": True}
    answer = next(a for a in explain(home, [CHILD], on=ON) if a.policy.slug == "loan-poor")
    assert answer.single is not None
    assert answer.single.words("vi") == "hộ nghèo"
    assert "chưa đạt: hộ nghèo" in answer.sentence("vi")
    assert "not met: poor" in answer.sentence("en")


def test_a_right_is_told_with_its_level_its_grounds_and_what_takes_it_away() -> None:
    answer = next(a for a in explain(HOME, [CHILD], on=ON) if a.policy.slug == "electricity")
    for language, words in (
        (
            "vi",
            ("(hộ nghèo): được hưởng", "vì hộ nghèo", "thôi hưởng khi hộ không còn trong danh sách"),
        ),
        ("en", (": entitled", "because of poor", "it goes when the household")),
    ):
        assert [word for word in words if word not in answer.sentence(language)] == []


@pytest.mark.parametrize(
    ("policy", "person", "on", "words"),
    [
        # the poor keep their card under another article from 2022; the poor household's costs of study under the next decree
        ("health-insurance", 1, dt.date(2021, 10, 14), "đến 31/12/2021 rồi hưởng tiếp theo NĐ 07/2021"),
        ("study-costs-2015", 1, dt.date(2021, 10, 14), "đến 14/10/2021 rồi hưởng tiếp theo NĐ 81/2021"),
        # the receivers of television were given until 2020 and by nobody after
        ("tv-receiver", None, dt.date(2020, 6, 1), "đến 31/12/2020 (hết hiệu lực văn bản)"),
    ],
)
def test_a_right_that_goes_on_under_the_next_act_does_not_end(
    policy: str, person: int | None, on: dt.date, words: str
) -> None:
    home = {**HOME, "analogue_tv_only": True}
    people = [{**CHILD, "person": 1, "birth_date": dt.date(2010, 3, 1)}]
    answers = carried_on(explain(home, people, on=on), home, people)
    told = [a.sentence() for a in answers if a.policy.slug == policy and a.person == person]
    assert any(words in sentence for sentence in told), told
