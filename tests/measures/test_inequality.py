"""Inequality by hand, against a naive count over all pairs, and by its properties."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.errors import MeasuresError, MissingValueError, ParameterError, ValueRangeError
from giamngheo.measures.inequality import inequality, lorenz
from tests.environment import examples
from tests.measures.conftest import On
from tests.measures.lines import line, side_by_side, transferred, value

INDICES = ("gini", "theil_t", "theil_l", "atkinson:0.5", "atkinson:1", "atkinson:2")


BY_HAND: list[tuple[list[int], str, float | None]] = [
    ([1, 2, 3, 4], "mean", 2.5),
    ([1, 2, 3, 4], "gini", 0.25),  # pairs: (1·3 + 2·2 + 3·1)·2 / (2·4·10)
    ([1, 3], "theil_t", (0.5 * math.log(0.5) + 1.5 * math.log(1.5)) / 2),
    ([1, 3], "theil_l", (math.log(2) + math.log(2 / 3)) / 2),
    ([1, 4], "atkinson:0.5", 1 - 1.5**2 / 2.5),  # √1 = 1, √4 = 2: 1.5² = 2.25 of 2.5
    ([1, 4], "atkinson:1", 1 - 2 / 2.5),  # the geometric mean of 1 and 4
    ([1, 4], "atkinson:2", 1 - 1.6 / 2.5),  # the harmonic mean of 1 and 4
    ([5, 5, 5], "gini", 0),
    ([5, 5, 5], "theil_t", 0),
    ([0, 0, 0, 8], "gini", 0.75),  # one has all: 1 - 1/n
    ([0, 0, 0, 8], "theil_t", math.log(4)),
    ([0, 8], "theil_l", None),
    ([0, 8], "atkinson:1", 1),
    ([0, 0], "gini", None),
    ([0, 0], "theil_t", None),
    ([*range(1, 11)], "p90/p10", 9),
    ([0, 0, 7], "p90/p10", None),
]


@pytest.fixture(scope="module")
def by_hand(on: On) -> pa.Table:
    """Every list of amounts a group of one table."""
    lists = {str(rows): rows for rows, _measure, _expected in BY_HAND}
    cells = [(x, name) for name, rows in lists.items() for x in rows]
    return inequality(on({"x": [x for x, _ in cells], "of": [name for _, name in cells]}), "x", by=["of"])


@pytest.mark.parametrize(("rows", "measure", "expected"), BY_HAND)
def test_by_hand(by_hand: pa.Table, rows: list[int], measure: str, expected: float | None) -> None:
    assert value(by_hand, measure, str(rows)) == (
        None if expected is None else pytest.approx(expected, abs=1e-15)
    )


def test_whole_numbers_give_gini_exactly(on: On) -> None:
    """Σ x·(below + up to) passes 64 bits here; in floats its last digits are lost."""
    rows = {"x": [300_000_000_001, 300_000_000_000], "w": [1_000_000, 1_000_000]}
    assert value(inequality(on(rows), "x", weight="w"), "gini") == 1 / (2 * 600_000_000_001)


def test_decomposition_by_hand(on: On) -> None:
    made = inequality(on({"x": [1, 2, 3, 4], "g": ["a", "a", "b", "b"]}), "x", by=["g"])
    # Within: ¼·… of Gini 1/6 of (1, 2) with 2/4 of the people and 3/10 of the total, 1/14 of (3, 4) with 2/4 and 7/10
    assert value(made, "gini:within") == pytest.approx(0.15 / 6 + 0.35 / 14)
    assert value(made, "gini:between") == pytest.approx(0.2)  # 1.5, 1.5, 3.5, 3.5: 4·2·2 / (2·4·10)
    assert value(made, "gini:overlap") == pytest.approx(0)
    assert value(made, "theil_t:between") == pytest.approx(0.3 * math.log(0.6) + 0.7 * math.log(1.4))
    assert value(made, "theil_l:between") == pytest.approx(-0.5 * math.log(0.6) - 0.5 * math.log(1.4))
    assert line(made, "gini", "b")["n"] == 2 and value(made, "mean", "b") == 3.5


def test_lorenz_by_hand(on: On) -> None:
    made = lorenz(on({"x": [4, 1, 3, 2], "g": list("aabb")}), "x", at=["25%", "1/2", "60%", 1], by=["g"])
    assert [value(made, "lorenz", k=k) for k in (0.25, 0.5, 0.6, 1)] == pytest.approx([0.1, 0.3, 0.42, 1])
    assert value(made, "lorenz", "a", k=0.5) == pytest.approx(0.2)
    assert value(lorenz(on({"x": [0, 0]}), "x", at="50%"), "lorenz") is None


ROWS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 4), st.sampled_from("abc")), min_size=1, max_size=15
)


def table_of(rows: Sequence[Any], kind: Any = None) -> Any:
    x, w, g = zip(*rows, strict=True)
    return ibis.memtable(pa.table({"x": pa.array(x, kind), "w": pa.array(w, kind), "g": pa.array(g)}))


def naive_gini(rows: Sequence[Any]) -> Fraction | None:
    people, whole = sum(w for _, w, _ in rows), sum(x * w for x, w, _ in rows)
    if not whole:
        return None
    apart = sum(w * v * abs(x - y) for x, w, _ in rows for y, v, _ in rows)
    return Fraction(apart, 2 * people * whole)


def naive_quantile(rows: Sequence[Any], p: Fraction) -> int:
    people = sorted(x for x, w, _ in rows for _ in range(w))
    return next(x for i, x in enumerate(people, start=1) if Fraction(i, len(people)) >= p)


@examples(10)
@given(ROWS, st.sampled_from([pa.int64(), pa.float64()]))
def test_any_table_as_a_naive_count(rows: Any, kind: Any) -> None:
    made = inequality(table_of(rows, kind), "x", by=["g"], weight="w", quantiles=[("70%", "20%")])
    expected = naive_gini(rows)
    if expected is None:
        assert [value(made, m) for m in INDICES] == [None] * len(INDICES)
        return
    gini = value(made, "gini")
    assert gini == (float(expected) if kind == pa.int64() else pytest.approx(float(expected), abs=1e-12))
    assert 0 <= gini < 1
    assert 0 <= value(made, "theil_t") <= math.log(sum(row[1] for row in rows)) + 1e-12
    low, high = naive_quantile(rows, Fraction(2, 10)), naive_quantile(rows, Fraction(7, 10))
    assert value(made, "p70/p20") == (pytest.approx(high / low) if low else None)
    for name in ("gini", "theil_t", "theil_l"):
        if value(made, name) is not None:
            parts = value(made, f"{name}:within") + value(made, f"{name}:between")
            rest = value(made, "gini:overlap") if name == "gini" else 0
            assert parts + rest == pytest.approx(value(made, name), abs=1e-12)
    assert value(made, "atkinson:0.5") <= value(made, "atkinson:1") + 1e-12
    curve = lorenz(table_of(rows, kind), "x", at=["30%", "80%", 1], weight="w")
    shares = [value(curve, "lorenz", k=k) for k in (0.3, 0.8, 1)]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    assert shares[0] <= 0.3 + 1e-12 and shares[1] <= 0.8 + 1e-12


@examples(10)
@given(ROWS, st.data())
def test_the_axioms(rows: Any, data: Any) -> None:
    """Symmetry, replication, scale invariance, and Pigou–Dalton."""
    people = [(x + 1, 1) for x, _, _ in rows]
    moved = transferred(people, data.draw(st.integers(0, len(people) - 1)))
    populations = {
        "as is": people,
        "turned": people[::-1],
        "thrice": people * 3,
        "in sevenths": [(7 * x, w) for x, w in people],
        "moved": moved or people,
    }
    made = inequality(side_by_side(populations), "x", by=["of"])
    for measure in INDICES:
        own = value(made, measure, "as is")
        for other in ("turned", "thrice", "in sevenths"):
            assert value(made, measure, other) == pytest.approx(own, abs=1e-12)
        if moved:
            assert value(made, measure, "moved") < own


def test_numbers_of_numpy_are_numbers() -> None:
    table = ibis.memtable(pa.table({"x": [1, 2, 3, 4]}))
    assert lorenz(table, "x", at=np.array([0.25, 0.5])).equals(lorenz(table, "x", at=["1/4", "1/2"]))
    of_numpy = inequality(
        table, "x", aversion=np.array([1, 2]), quantiles=[(np.float64(0.9), np.float64(0.1))]
    )
    assert of_numpy.equals(inequality(table, "x", aversion=[1, 2], quantiles=[("90%", "10%")]))


@pytest.mark.parametrize(
    ("rows", "arguments", "error"),
    [
        ({"x": [1, -1]}, {}, ValueRangeError),
        ({"x": [1, None]}, {}, MissingValueError),
        ({"x": [1, 2]}, {"aversion": [0]}, ParameterError),
        ({"x": [1, 2]}, {"aversion": [math.nan]}, ParameterError),
        ({"x": [1, 2]}, {"quantiles": [("0%", "10%")]}, ParameterError),
        ({"x": [1, 2]}, {"quantiles": [("110%", "10%")]}, ParameterError),
    ],
)
def test_what_is_refused(on: On, rows: Any, arguments: Any, error: type[MeasuresError]) -> None:
    with pytest.raises(error):
        inequality(on(rows), "x", **arguments)
