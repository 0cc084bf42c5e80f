"""Parts of a change sum to the change; worked tables a person can check by hand."""

from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.change_of_rate import (
    PARTS,
    Counted,
    Place,
    cells,
    change,
    gaps,
    places,
    shifts,
    within_between,
)
from giamngheo.measures.movement import movement
from tests.environment import examples

COLUMNS = {
    "district": pa.string(),
    "before": pa.string(),
    "after": pa.string(),
    "came_why": pa.string(),
    "gone_why": pa.string(),
    "last_escaped_year": pa.int16(),
    "last_near_escaped_year": pa.int16(),
    "persons_before": pa.int16(),
    "persons": pa.int16(),
}
SCHEMA = pa.schema(COLUMNS)
SNAPSHOT = ibis.table(
    {name: ibis.dtype(kind) for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)}, name="snapshot"
)
CELLS = ibis.to_sql(
    cells(movement(SNAPSHOT, year=2020, look_back=3), by=("district",)).order_by("before", "after"),
    dialect="duckdb",
)


def counted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with duckdb.connect() as database:
        database.register("snapshot", pa.Table.from_pylist(rows, SCHEMA))
        found: list[dict[str, Any]] = database.sql(CELLS).to_arrow_table().to_pylist()
    return found


def homes(n: int, before: str | None, after: str | None, **more: Any) -> list[dict[str, Any]]:
    return [{"district": "A", "before": before, "after": after, **more}] * n


def test_a_year_by_hand() -> None:
    """100 households, 40 poor: 8 escape, 2 become near-poor, 1 falls back, 3 are new; 4 leave (3 poor), 5 come (1 poor)."""
    rows = [
        *homes(27, "poor", "poor"),
        *homes(8, "poor", "none"),
        *homes(2, "poor", "near_poor"),
        *homes(3, "poor", None, gone_why="died"),
        *homes(1, "none", None, gone_why="moved_out"),
        *homes(1, "none", "poor", last_escaped_year=2018),
        *homes(3, "none", "poor"),
        *homes(55, "none", "none"),
        *homes(1, None, "poor", came_why="split"),
        *homes(4, None, "none", came_why="moved_in"),
    ]
    made = change(counted(rows))
    assert (made.poor_start, made.start, made.poor_end, made.end) == (40, 100, 32, 101)
    # 96 were there at both ends, 37 of them poor at first and 31 at last.
    assert made.part("escaped").points == pytest.approx(-8 / 96)
    assert made.part("to_near_poor").points == pytest.approx(-2 / 96)
    assert made.part("from_near_poor").points == 0
    assert made.part("fell_back").points == pytest.approx(1 / 96)
    assert made.part("new").points == pytest.approx(3 / 96)
    assert made.part("came:split").points == pytest.approx((1 - 31 / 96) / 101)
    assert made.part("came:moved_in").points == pytest.approx((0 - 4 * 31 / 96) / 101)
    assert made.part("left:died").points == pytest.approx((3 * 37 / 96 - 3) / 100)
    assert made.part("left").households == 4
    assert made.points == pytest.approx(sum(part.points for part in made.parts))


home = st.fixed_dictionaries(
    {
        "district": st.sampled_from("ABC"),
        "before": st.sampled_from(["poor", "near_poor", "none", None]),
        "after": st.sampled_from(["poor", "near_poor", "none", None]),
        "came_why": st.sampled_from(["moved_in", "split", None]),
        "gone_why": st.sampled_from(["moved_out", "died", None]),
        "last_escaped_year": st.sampled_from([2012, 2018, None]),
    }
)


@examples(25)
@given(st.lists(home, min_size=1, max_size=30))
def test_the_parts_of_any_year_sum_to_its_change(rows: list[dict[str, Any]]) -> None:
    found = counted(rows)
    made = change(found)
    assert made.start == sum(row["before"] is not None for row in rows)
    assert made.poor_end == sum(row["after"] == "poor" for row in rows)
    if made.parts and made.points is not None:
        assert {part.name.split(":")[0] for part in made.parts} <= {*PARTS, "came", "left"}
        assert sum(part.points for part in made.parts) == pytest.approx(made.points, abs=1e-12)
        split = within_between(places(found, "district"))
        assert split.within + split.between == pytest.approx(made.points, abs=1e-12)


def test_within_and_between_by_hand() -> None:
    """Two districts fall by 10 points each while households go from the poorer to the richer."""
    found = [Place("poorer", 30, 50, 16, 40), Place("richer", 10, 50, 6, 60)]
    made = within_between(found)
    assert made.within == pytest.approx(0.45 * (0.4 - 0.6) + 0.55 * (0.1 - 0.2))
    assert made.between == pytest.approx(0.5 * (0.4 - 0.5) + 0.15 * (0.6 - 0.5))
    assert made.within + made.between == pytest.approx(22 / 100 - 40 / 100)
    assert set(made.by_place) == {"poorer", "richer"}


def test_a_place_new_at_the_end_changes_nothing_within() -> None:
    made = within_between([Place("old", 20, 100, 20, 100), Place("new", 0, 0, 50, 100)])
    assert made.within == 0
    assert made.between == pytest.approx(70 / 200 - 20 / 100)


def test_nobody_at_both_ends_has_no_parts() -> None:
    made = change(counted(homes(2, None, "poor", came_why="moved_in")))
    assert (made.parts, made.rate_start, made.points) == ((), None, None)


def test_deprivations_in_the_order_they_fell_the_unknown_last() -> None:
    before = {"water": Counted(30, 100), "toilet": Counted(50, 100), "housing": Counted(20, 100)}
    after = {"water": Counted(31, 100), "toilet": Counted(40, 100), "housing": Counted(0, 0)}
    made = shifts(before, after)
    assert [(shift.name, shift.direction) for shift in made] == [
        ("toilet", "fell"),
        ("water", "rose"),
        ("housing", None),
    ]
    assert shifts({"a": Counted(3000, 10000)}, {"a": Counted(3004, 10000)})[0].direction == "still"


GAPS = [
    # group before, rest before, group after, rest after: change in points, direction, times before and after
    ((60, 30, 40, 15), -0.05, "narrower", (2.0, 40 / 15)),
    ((60, 30, 55, 20), 0.05, "wider", (2.0, 2.75)),
    ((20, 30, 20, 35), 0.05, "wider", (2 / 3, 20 / 35)),
    ((20, 30, 30, 40), 0.0, "still", (2 / 3, 0.75)),
]


@pytest.mark.parametrize(("shares", "points", "direction", "times"), GAPS)
def test_gaps(shares: tuple[int, ...], points: float, direction: str, times: tuple[float, float]) -> None:
    own, rest, own_after, rest_after = (Counted(share, 100) for share in shares)
    [made] = gaps({"Mảng": own, "Kinh": rest}, {"Mảng": own_after, "Kinh": rest_after}, ["Mảng"])
    assert made.points == pytest.approx(points)
    assert made.direction == direction
    assert made.times == pytest.approx(times)


def test_a_gap_is_from_all_others_together_and_unknown_without_anybody() -> None:
    before = {"Cống": Counted(8, 10), "Kinh": Counted(0, 50), "Thái": Counted(10, 50)}
    [cong, si_la] = gaps(before, before, ["Cống", "Si La"])
    assert cong.distance[0] == pytest.approx(0.8 - 0.1)
    assert cong.times[1] == pytest.approx(8)
    assert (si_la.points, si_la.direction) == (None, None)
