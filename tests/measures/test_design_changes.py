"""Differences of two rounds and of two groups: by hand, against a count row by row, and what is refused."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given

from giamngheo.measures.design import Design, difference
from giamngheo.measures.errors import (
    EmptyGroupError,
    ParameterError,
    UnknownColumnError,
)
from tests.environment import examples
from tests.measures import oracle
from tests.measures.conftest import On
from tests.measures.drawn import PLAIN, SAMPLED, TWO, laid, line

# Rounds. Clusters a and b of one stratum, two rows each: 1 and 2 of two with x in the first year.


def rounds(second: Sequence[tuple[str, int]]) -> dict[str, list[Any]]:
    first = [("a", 1), ("b", 2)]
    lines = [(2020, p, x) for p, x in first] + [(2021, p, x) for p, x in second]
    return {
        "year": [n[0] for n in lines],
        "p": [n[1] for n in lines],
        "x": [n[2] for n in lines],
        "one": [2] * 4,
    }


@pytest.mark.parametrize(
    ("second", "change", "variance", "said"),
    [
        # the same clusters crossing over: u2 - u1 = 1/4 and -1/4
        ([("a", 2), ("b", 1)], 0, 1 / 4, "2 in both"),
        # the same clusters unchanged: nothing of the change is uncertain
        ([("a", 1), ("b", 2)], 0, 0, "2 in both"),
        # other clusters: 1/16 + 1/16
        ([("c", 2), ("d", 1)], 0, 1 / 8, "0 in both"),
        # one shared cluster says nothing of covariance
        ([("a", 2), ("d", 1)], 0, 1 / 8, "1 in both"),
        ([("a", 0), ("b", 1)], -1 / 2, 0, "2 in both"),
    ],
)
def test_changes_between_rounds_by_hand(
    on: On, second: Any, change: float, variance: float, said: str
) -> None:
    table = on(rounds(second))
    made = difference(
        table,
        {"share": (table.x, table.one)},
        between="year",
        first=2020,
        second=2021,
        design=Design(psu="p"),
    )
    found = line(made)
    assert found["estimate"] == pytest.approx(change) and found["n"] == 4
    assert found["se"] ** 2 == pytest.approx(variance, abs=1e-15) and found["design"].endswith(said)


def test_the_difference_of_two_groups_counts_the_clusters_they_share(on: On) -> None:
    """q less r in TWO: both 1/2 of four; u_q = 1/4 in a2, -1/4 in b1; u_r = (1-1)/4 = 0 in a1 and b2."""
    table = on(TWO)
    made = difference(
        table, {"share": (table.x, table.one)}, between="h", first="r", second="q", of="groups",
        design=Design(strata="s", psu="p"),
    )  # fmt: skip
    found = line(made)
    assert found["estimate"] == 0 and found["se"] ** 2 == pytest.approx(1 / 8)


def test_a_group_that_one_round_lacks_has_no_change(on: On) -> None:
    table = on(rounds([("a", 2), ("b", 1)]) | {"g": ["k", "k", "k", "l"]})
    made = difference(
        table, {"share": (table.x, table.one)}, between="year", first=2020, second=2021, by=["g"],
        design=Design(psu="p"),
    )  # fmt: skip
    assert line(made, "k")["estimate"] is not None
    assert (line(made, "l")["estimate"], line(made, "l")["se"]) == (None, None)


@examples(12)
@given(SAMPLED, SAMPLED)
def test_changes_of_any_two_rounds_as_counted_row_by_row(on_duckdb: On, first: Any, second: Any) -> None:
    changes_as_counted(on_duckdb, first, second)


@examples(2)
@given(SAMPLED, SAMPLED)
def test_a_few_changes_on_spark_too(on_spark: On, first: Any, second: Any) -> None:
    changes_as_counted(on_spark, first, second)


def changes_as_counted(on: On, first: Any, second: Any) -> None:
    """Where both rounds have the same clusters, the variance of the change is that of the clusters' differences."""
    every = [(s, c, "g", 1, 0, 2) for s in "ABC" for c in "12"]
    rows = [(1, *r) for r in [*first, *every]] + [(2, *r) for r in [*second, *every]]
    kept = [r for r in rows if r[2] != "3"]
    columns = laid([r[1:] for r in kept]) | {"year": [r[0] for r in kept]}
    table = on(columns)
    made = difference(
        table, {"share": (table.x, table.one)}, between="year", first=1, second=2,
        design=Design(weight="w", strata="s", psu="p"),
    )  # fmt: skip
    u = [
        oracle.influences([oracle.Row(s, s + c, w, x, one) for y, s, c, _, w, x, one in kept if y == year])
        for year in (1, 2)
    ]
    expected = 0.0
    for stratum, clusters in u[0].items():
        apart = [u[1][stratum][c] - v for c, v in clusters.items()]
        mean = sum(apart) / 2
        expected += 2 * sum((a - mean) ** 2 for a in apart)
    assert line(made)["se"] == pytest.approx(math.sqrt(expected), abs=1e-7)


def test_a_round_without_rows_is_refused(on: On) -> None:
    table = on(PLAIN | {"year": [1, 1, 1, 1]})
    parts = {"share": (table.x, table.one)}
    for of in ("rounds", "groups"):
        with pytest.raises(EmptyGroupError, match="Nhóm 2"):
            difference(table, parts, between="year", first=1, second=2, of=of, design=Design(psu="p"))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="bootstrap"):
        difference(
            table, parts, between="year", first=1, second=1, design=Design(psu="p", method="bootstrap")
        )
    with pytest.raises(UnknownColumnError):
        difference(table, parts, between="no", first=1, second=2)
    with pytest.raises(EmptyGroupError, match="Nhóm x"):
        difference(table, parts, between="year", first="x", second=1)
