"""Every way through a year by hand, and the sums of the official flow tables on any village."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.movement import FLOWS, KINDS, flow, movement
from giamngheo.measures.tables import fetch
from tests.environment import examples
from tests.measures.conftest import On

SCHEMA = pa.schema(
    {
        "household": pa.int64(),
        "commune": pa.int64(),
        "before": pa.string(),
        "after": pa.string(),
        "came_why": pa.string(),
        "last_escaped_year": pa.int16(),
        "last_near_escaped_year": pa.int16(),
        "persons_before": pa.int16(),
        "persons": pa.int16(),
    }
)
YEAR = 2020


def run(sql: str, rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    with duckdb.connect() as database:
        database.register(
            "snapshot", pa.Table.from_pylist([{"household": n, **row} for n, row in enumerate(rows)], SCHEMA)
        )
        found: list[dict[str, Any]] = database.sql(sql).to_arrow_table().to_pylist()
    return found


SNAPSHOT = ibis.table(
    {name: ibis.dtype(type_) for name, type_ in zip(SCHEMA.names, SCHEMA.types, strict=True)}, name="snapshot"
)


@cache
def movements(look_back: int | None) -> str:
    return str(ibis.to_sql(movement(SNAPSHOT, year=YEAR, look_back=look_back), dialect="duckdb"))


def moved(row: Mapping[str, Any], *, look_back: int | None = 3) -> dict[str, Any]:
    return run(movements(look_back), [row])[0]


CASES = [
    ("poor", "poor", {}, "stayed_poor"),
    ("poor", "near_poor", {}, "poor_to_near_poor"),
    ("poor", "none", {}, "poor_escaped"),
    ("poor", None, {}, "poor_left"),
    ("near_poor", "poor", {}, "near_poor_to_poor"),
    ("near_poor", "near_poor", {}, "stayed_near_poor"),
    ("near_poor", "none", {}, "near_poor_escaped"),
    ("near_poor", None, {}, "near_poor_left"),
    ("none", "poor", {}, "poor_new"),
    ("none", "poor", {"last_escaped_year": 2017}, "poor_fell_back"),
    ("none", "poor", {"last_escaped_year": 2016}, "poor_new"),
    ("none", "poor", {"last_escaped_year": 2021}, "poor_new"),
    ("none", "poor", {"last_near_escaped_year": 2019}, "poor_new"),
    ("none", "near_poor", {}, "near_poor_new"),
    ("none", "near_poor", {"last_near_escaped_year": 2019}, "near_poor_fell_back"),
    ("none", "near_poor", {"last_escaped_year": 2019}, "near_poor_new"),
    ("none", "none", {"last_escaped_year": 2019}, "none"),
    ("none", None, {}, "none"),
    (None, "poor", {"came_why": "moved_in"}, "poor_arrived"),
    (None, "poor", {"came_why": "split", "last_escaped_year": 2019}, "poor_arrived"),
    (None, "near_poor", {"came_why": "merged"}, "near_poor_arrived"),
    (None, "none", {"came_why": "moved_in"}, "none"),
    (None, "poor", {}, "poor_new"),
    (None, "near_poor", {"last_near_escaped_year": 2018}, "near_poor_fell_back"),
    (None, None, {}, "none"),
    # one that took in another household was here all along
    ("poor", "poor", {"came_why": "merged"}, "stayed_poor"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "more", "kind"), CASES)
def test_the_way_of_a_household(
    before: str | None, after: str | None, more: dict[str, Any], kind: str
) -> None:
    assert moved({"before": before, "after": after, "persons": 4, **more})["movement"] == kind


def test_every_way_comes_out_alike_on_every_engine(on: On) -> None:
    """All the cases above as one table."""
    known = {"commune": 1, "persons_before": 4, "persons": 4}
    rows = [
        known | {"household": n, "before": b, "after": a, **more} for n, (b, a, more, _) in enumerate(CASES)
    ]
    whole = {name: [row.get(name) for row in rows] for name in SCHEMA.names}
    found = fetch(movement(on(whole), year=YEAR, look_back=3)).sort_by("household")
    assert found["movement"].to_pylist() == [kind for *_, kind in CASES]


def test_without_look_back_an_escape_however_long_ago_is_remembered() -> None:
    row = {"before": "none", "after": "poor", "last_escaped_year": 2006, "persons": 4}
    assert moved(row, look_back=None)["movement"] == "poor_fell_back"
    assert moved(row, look_back=5)["movement"] == "poor_new"


@pytest.mark.parametrize(
    ("before", "after", "persons_before", "persons", "kept", "lost", "gained"),
    [
        ("poor", "poor", 5, 7, 5, 0, 2),
        ("poor", "poor", 5, 3, 3, 2, 0),
        ("poor", "near_poor", 5, 7, 5, 0, 2),
        ("near_poor", "poor", 5, 3, 3, 2, 0),
        ("poor", "none", 5, 7, 5, 0, 0),
        ("poor", None, 5, 0, 5, 0, 0),
        ("none", "poor", 5, 7, 7, 0, 0),
        ("poor", "poor", None, 6, 6, 0, 0),
        ("none", "none", 5, 7, 0, 0, 0),
    ],
)
def test_with_how_many_persons(
    before: str, after: str, persons_before: int, persons: int, kept: int, lost: int, gained: int
) -> None:
    found = moved({"before": before, "after": after, "persons_before": persons_before, "persons": persons})
    assert (found["kept"], found["lost"], found["gained"]) == (kept, lost, gained)


@cache
def flows(by: str | None = None) -> str:
    """Columns as poor_2_households, near_poor_9_persons; by commune, or of all."""
    table = movement(SNAPSHOT, year=YEAR, look_back=3)
    sums = {
        f"{listed}_{number}_{what}": value.sum().cast("int64").fill_null(0)
        for listed in FLOWS
        for number, pair in enumerate(flow(table, listed), 1)
        for what, value in zip(("households", "persons"), pair, strict=True)
    }
    made = table.group_by(by).aggregate(**sums) if by else table.aggregate(**sums)
    return str(ibis.to_sql(made, dialect="duckdb"))


year_of_escape = st.one_of(st.none(), st.integers(2010, 2022))
household = st.fixed_dictionaries(
    {
        "commune": st.integers(1, 3),
        "before": st.sampled_from(["poor", "near_poor", "none", None]),
        "after": st.sampled_from(["poor", "near_poor", "none", None]),
        "came_why": st.sampled_from(["moved_in", "split", "merged", None]),
        "last_escaped_year": year_of_escape,
        "last_near_escaped_year": year_of_escape,
        "persons_before": st.one_of(st.none(), st.integers(1, 15)),
        "persons": st.one_of(st.none(), st.integers(0, 15)),
    }
)
any_households = st.lists(household, max_size=60)


@given(any_households)
@examples(20)
def test_the_sums_of_the_flow_tables_hold(rows: list[Mapping[str, Any]]) -> None:
    (found,) = run(flows(), rows)
    for what in ("households", "persons"):
        for listed in FLOWS:
            c = {n: found[f"{listed}_{n}_{what}"] for n in range(1, 10)}
            assert c[9] == c[1] - c[2] - c[3] - c[4] + c[5] + c[6] + c[7] + c[8]
        assert found[f"poor_2_{what}"] == found[f"near_poor_5_{what}"]
        assert found[f"poor_5_{what}"] == found[f"near_poor_3_{what}"]


@given(any_households)
@examples(10)
def test_communes_add_up_to_the_whole(rows: list[Mapping[str, Any]]) -> None:
    (whole,) = run(flows(), rows)
    parts = run(flows("commune"), rows)
    assert whole == {key: sum(part[key] for part in parts) for key in whole}


@given(any_households)
@examples(10)
def test_every_household_has_one_kind_and_no_negative_persons(rows: list[Mapping[str, Any]]) -> None:
    found = run(movements(None), rows)
    assert len(found) == len(rows)
    for row in found:
        assert row["movement"] in KINDS
        assert min(row["kept"], row["lost"], row["gained"]) >= 0
