"""The two-sided engine on small tables that can be checked by hand: what it must find, and what it must leave alone."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from giamngheo.support.findings.engine import SCHEMAS, Books, find

YEAR, TODAY = 2020, dt.date(2021, 10, 15)
D = dt.date
TERMS = [
    {"policy": "card", "agency": "insurance", "article": "Điều 12", "every": "", "days": None, "houses": False, "cards": True},
    {"policy": "power", "agency": "commune", "article": "TT 190", "every": "quarter", "days": 30, "houses": False, "cards": False},
    {"policy": "lunch", "agency": "education", "article": "NĐ 06", "every": "year", "days": 0, "houses": False, "cards": False},
    {"policy": "small", "agency": "education", "article": "NĐ 57", "every": "year", "days": 0, "houses": False, "cards": False},
    {"policy": "house", "agency": "bank", "article": "QĐ 33", "every": "", "days": None, "houses": True, "cards": False},
    {"policy": "fund", "agency": "fund", "article": "", "every": "", "days": None, "houses": True, "cards": False},
    {"policy": "seeds", "agency": "agriculture", "article": "TT 18", "every": "", "days": None, "houses": False, "cards": False},
    {"policy": "loan", "agency": "bank", "article": "NĐ 78", "every": "", "days": None, "houses": False, "cards": False},
]  # fmt: skip
RELATIONS = [
    {"policy": "lunch", "other": "small", "kind": "carve_out", "whose": "person", "article": "NĐ 06 Điều 3", "unless": ""},
    {"policy": "house", "other": "fund", "kind": "never_before", "whose": "household", "article": "QĐ 33 Điều 2", "unless": "house_destroyed"},
    {"policy": "seeds", "other": "seeds", "kind": "once", "whose": "household", "article": "TT 18", "unless": ""},
    {"policy": "card", "other": "lunch", "kind": "together", "whose": "person", "article": "", "unless": ""},
]  # fmt: skip


def _table(name: str, rows: list[dict[str, Any]], **usual: Any) -> pa.Table:
    return pa.Table.from_pylist([{**usual, **row} for row in rows], schema=SCHEMAS[name])


def _given(*rows: dict[str, Any]) -> pa.Table:
    numbered = [{"delivery": n, **row} for n, row in enumerate(rows, start=1)]
    return _table(
        "given", numbered, benefit="", kind="money", household=1, village=9, commune=3, amount=100, item="",
        since=D(2020, 1, 1), until=D(2020, 12, 31), given_on=D(2020, 1, 5), agency="commune", source="", evidence="",
    )  # fmt: skip


def _kinds(**books: pa.Table) -> list[str]:
    found = find(
        Books(terms=_table("terms", TERMS), relations=_table("relations", RELATIONS), **books),
        year=YEAR,
        today=TODAY,
    )
    return sorted(found["kind"].to_pylist())


Q1, Q2 = {"since": D(2020, 1, 1), "until": D(2020, 3, 31)}, {"since": D(2020, 4, 1), "until": D(2020, 6, 30)}


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        # the same right from two sources, for the same days
        ([{"policy": "power"}, {"policy": "power", "source": "b"}], ["twice"]),
        # two cards of one person
        ([{"policy": "card", "kind": "service", "person": 5}, {"policy": "card", "kind": "service", "person": 5}], ["card_twice"]),
        # one person under two records, in two communes
        ([{"policy": "card", "kind": "service", "person": 5}, {"policy": "card", "kind": "service", "person": 6, "household": 2}], ["two_records"]),
        # the carve-out, whichever policy wrote it down and whichever came first
        ([{"policy": "lunch", "person": 5}, {"policy": "small", "person": 5}], ["excluded"]),
        ([{"policy": "small", "person": 5}, {"policy": "lunch", "person": 5}], ["excluded"]),
        # a house already built by another programme, years before
        ([{"policy": "fund", "since": D(2017, 1, 1), "until": D(2017, 1, 1)}, {"policy": "house"}], ["house_twice"]),
        # once in a life
        ([{"policy": "seeds", "kind": "goods", "item": "a", "since": D(2018, 1, 1), "until": D(2018, 1, 1)}, {"policy": "seeds", "kind": "goods", "item": "b"}], ["excluded"]),
        # lawful and silent
        ([{"policy": "power", **Q1}, {"policy": "power", **Q2}], []),
        ([{"policy": "card", "kind": "service", "person": 5}, {"policy": "card", "kind": "service", "person": 7}], []),
        ([{"policy": "card", "kind": "service", "person": 5}, {"policy": "lunch", "person": 5}], []),
        ([{"policy": "lunch", "person": 5}, {"policy": "small", "person": 7}], []),
        ([{"policy": "house"}, {"policy": "fund", "since": D(2021, 6, 1), "until": D(2021, 6, 1)}], []),
        ([{"policy": "fund", "household": 4, "since": D(2017, 1, 1), "until": D(2017, 1, 1)}, {"policy": "house", "household": 4}], []),
        ([{"policy": "loan", "kind": "loan"}, {"policy": "loan", "kind": "loan"}], []),
        # another year's business
        ([{"policy": "power", "since": D(2019, 1, 1), "until": D(2019, 3, 31)}, {"policy": "power", "since": D(2019, 1, 1), "until": D(2019, 3, 31)}], []),
    ],
)  # fmt: skip
def test_doubles(rows: list[dict[str, Any]], kinds: list[str]) -> None:
    people = _table("people", [{"person": 5, "root": 5}, {"person": 6, "root": 5}, {"person": 7, "root": 7}])
    burnt = _table("true_facts", [{"household": 4, "fact": "house_destroyed"}])
    assert _kinds(given=_given(*rows), people=people, true_facts=burnt) == kinds


@pytest.mark.parametrize(
    ("died", "left", "kinds"),
    [
        (D(2019, 12, 31), None, ["dead"]),
        (D(2020, 1, 1), None, []),
        (None, D(2019, 12, 31), ["departed"]),
        (D(2019, 5, 1), D(2019, 5, 1), ["dead"]),
        (None, None, []),
    ],
)
def test_the_dead_and_the_departed(died: dt.date | None, left: dt.date | None, kinds: list[str]) -> None:
    people = _table("people", [{"person": 5, "root": 5, "died_on": died, "left_on": left}])
    assert _kinds(given=_given({"policy": "card", "kind": "service", "person": 5}), people=people) == kinds


def _lines(*rows: dict[str, Any]) -> pa.Table:
    numbered = [{"line": n, **row} for n, row in enumerate(rows, start=1)]
    return _table(
        "lines", numbered, benefit="", household=1, village=9, commune=3, amount=100,
        since=D(2020, 1, 1), until=D(2020, 12, 31),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ([], ["not_delivered"]),
        ([{"policy": "power", "amount": 100}], []),
        ([{"policy": "power", "amount": 60}], ["less"]),
        ([{"policy": "power", "amount": 60, **Q1}, {"policy": "power", "amount": 40, **Q2}], []),
        # the window is thirty days after the quarter: the last day of it, and the day after
        ([{"policy": "power", **Q1, "given_on": D(2020, 4, 30)}], []),
        ([{"policy": "power", **Q1, "given_on": D(2020, 5, 1)}], ["late"]),
        # another benefit is another right
        ([{"policy": "power", "benefit": "other"}], ["not_delivered"]),
        ([{"policy": "power", "household": 2}], ["not_delivered"]),
    ],
)
def test_what_stands_on_a_list(rows: list[dict[str, Any]], kinds: list[str]) -> None:
    assert _kinds(given=_given(*rows), lines=_lines({"policy": "power"})) == kinds


def test_nothing_is_missed_before_its_time() -> None:
    lines = _lines({"policy": "power"})
    books = Books(terms=_table("terms", TERMS), lines=lines)
    assert find(books, year=YEAR, today=D(2021, 1, 30))["kind"].to_pylist() == []
    assert find(books, year=YEAR, today=D(2021, 1, 31))["kind"].to_pylist() == ["not_delivered"]


def _owed(*rows: dict[str, Any]) -> pa.Table:
    return _table(
        "owed", list(rows), benefit="", household=1, village=9, commune=3, amount=100, since=D(2019, 1, 1),
        ends_because="", article="Điều 1", facts="status:poor",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("owed", "homes", "kinds"),
    [
        ({"policy": "lunch", "person": 5}, {}, ["never_listed"]),
        # in a commune that has neither list nor delivery of it, nothing is said
        ({"policy": "lunch", "person": 5, "commune": 4}, {}, []),
        ({"policy": "lunch", "person": 5, "facts": "area:hard age:3-6"}, {"moved_on": D(2020, 5, 1)}, ["border"]),
        ({"policy": "lunch", "person": 5, "facts": "area:hard age:3-6"}, {"moved_on": D(2018, 5, 1)}, ["never_listed"]),
        ({"policy": "lunch", "person": 5, "facts": "area:hard"}, {"commune_code": "033"}, ["border"]),
        ({"policy": "power", "ends_because": "window", "facts": "left:poor:36m"}, {}, ["ended_early"]),
    ],
)  # fmt: skip
def test_what_never_stood_on_a_list(owed: dict[str, Any], homes: dict[str, Any], kinds: list[str]) -> None:
    elsewhere = {"household": 2, "person": 8}
    given = _given(
        {"policy": "lunch", **elsewhere},
        {"policy": "power", "household": 2},
        {"policy": "power", "since": D(2019, 1, 1), "until": D(2019, 3, 31), "given_on": D(2019, 3, 1)},
    )
    lists = _table("moved_lists", [{"list": "hard", "code": "033"}])
    homes_table = _table("homes", [{"household": 1, **homes}])
    assert _kinds(given=given, owed=_owed(owed), homes=homes_table, moved_lists=lists) == kinds


def test_the_same_finding_has_the_same_key_and_says_who_mends_it() -> None:
    rows = [
        {"policy": "power", "amount": 100},
        {"policy": "power", "amount": 70, "agency": "donor", "given_on": D(2020, 3, 1)},
    ]
    books = Books(given=_given(*rows), terms=_table("terms", TERMS))
    one, again = (find(books, year=YEAR, today=TODAY).to_pylist() for _ in range(2))
    assert one == again
    assert [(r["amount"], r["keeper"], r["article"], r["deliveries"]) for r in one] == [
        (70, "donor", "TT 190", [1, 2])
    ]
