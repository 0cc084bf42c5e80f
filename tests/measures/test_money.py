"""Money poverty by hand, against a naive count with fractions, and by its properties."""

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

from giamngheo.measures import results
from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    BadWeightError,
    ColumnTypeError,
    EmptyGroupError,
    GroupColumnError,
    GroupNameError,
    MissingValueError,
    ParameterError,
    TooLargeError,
    UnknownColumnError,
    ValueRangeError,
)
from giamngheo.measures.money import poverty
from tests.environment import examples
from tests.measures.conftest import On
from tests.measures.lines import line, side_by_side, transferred, value

#: The four households of the module's docstring; persons p.
FOUR = {"x": [4, 6, 10, 20], "side": ["a", "a", "b", "b"], "p": [1, 2, 3, 4], "z": [10, 10, 5, 5]}


@pytest.fixture(scope="module")
def of_four(on: On) -> dict[bool, pa.Table]:
    """The measures of the four at a line of 10, with those below it and with those up to it."""
    return {inclusive: poverty(on(FOUR), "x", 10, inclusive=inclusive) for inclusive in (False, True)}


@pytest.mark.parametrize(
    ("measure", "below", "up_to"),
    [
        ("FGT0", 1 / 2, 3 / 4),
        ("FGT1", 1 / 4, 1 / 4),
        ("FGT2", 0.13, 0.13),
        ("gap_total", 10, 10),
        ("gap_mean", 2.5, 2.5),
        ("gap_of_poor", 5, 10 / 3),
        ("watts", (math.log(10 / 4) + math.log(10 / 6)) / 4, (math.log(10 / 4) + math.log(10 / 6)) / 4),
        ("SST", 6.2 / 16, 6.2 / 16),  # (7·0.6 + 5·0.4) / 4²
    ],
)
def test_four_households_by_hand(
    of_four: dict[bool, pa.Table], measure: str, below: float, up_to: float
) -> None:
    for inclusive, expected in ((False, below), (True, up_to)):
        assert value(of_four[inclusive], measure) == pytest.approx(expected)


def test_groups_weights_and_lines_by_area_by_hand(on: On) -> None:
    made = poverty(on(FOUR), "x", 10, by=["side"], weight="p")
    # persons 1, 2, 3 are poor of 10; gaps 1·6 + 2·4 = 14 of 10·10
    assert [value(made, m) for m in ("FGT0", "FGT1", "gap_total")] == pytest.approx([0.6, 0.14, 14])
    assert [value(made, "FGT0", g) for g in "ab"] == pytest.approx([1, 3 / 7])
    assert [value(made, "population_share", g) for g in "ab"] == pytest.approx([0.3, 0.7])
    assert [value(made, "share_of_FGT0", g) for g in "ab"] == pytest.approx([0.5, 0.5])
    assert [value(made, "share_of_FGT1", g) for g in "ab"] == pytest.approx([1, 0])
    assert line(made, "FGT0", "a")["n"] == 2
    # side b's line is 5: nobody is poor there, so there is no average shortfall of the poor
    apart = poverty(on(FOUR), "x", "z", by=["side"])
    assert (value(apart, "FGT0"), value(apart, "FGT1"), value(apart, "FGT0", "b")) == (0.5, 0.25, 0)
    assert value(apart, "gap_of_poor", "b") is None and value(apart, "SST") == pytest.approx(6.2 / 16)


def test_nothing_at_all_has_no_logarithm(on: On) -> None:
    made = poverty(on({"x": [0, 5, 20], "g": ["a", "b", "b"]}), "x", 10, by=["g"])
    assert [value(made, "watts", g) for g in ("all", "a")] == [None, None]
    assert value(made, "watts", "b") == pytest.approx(math.log(2) / 2)
    assert value(made, "FGT2", "a") == 1


def test_a_single_dong_at_the_line_counts(on: On) -> None:
    """In 32-bit floats 700000001 and 700000000 are one number."""
    rows = on({"x": [700_000_001, 700_000_000, 699_999_999]})
    assert value(poverty(rows, "x", 700_000_000), "FGT0") == 2 / 3
    assert value(poverty(rows, "x", 700_000_000, inclusive=False), "FGT0") == 1 / 3
    assert value(poverty(rows, "x", 700_000_000), "gap_total") == 1


def test_a_sample_has_its_sampling_error(on: On) -> None:
    rows = {"x": [4, 6, 10, 20], "psu": [1, 1, 2, 2], "w": [2.0, 2.0, 1.0, 1.0], "p": [1, 1, 2, 2]}
    made = poverty(on(rows), "x", 10, weight="p", inclusive=False, design=Design(weight="w", psu="psu"))
    # weights times persons are 2 everywhere. Clusters: x = 4, 0 and y = 4, 4, so R = 1/2, u = ±2/8, and the variance
    # is 2/1·(1/16 + 1/16) = 1/4
    found = line(made, "FGT0")
    assert (found["estimate"], found["se"]) == pytest.approx((0.5, 0.5))
    assert found["ci_low"] < 0.5 < found["ci_high"] and "2 clusters" in found["design"]
    # a total: gaps of 20 and 0 by cluster, so that the variance is 2/1·(10² + 10²)
    total = line(made, "gap_total")
    assert (total["estimate"], total["se"], total["n"]) == (20, pytest.approx(20), 4)


ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 4), st.sampled_from("ab")), min_size=1, max_size=20
)


def table_of(rows: Sequence[Any]) -> Any:
    x, w, g = zip(*rows, strict=True)
    return ibis.memtable(pa.table({"x": pa.array(x), "w": pa.array(w), "g": pa.array(g)}))


def naive(rows: Sequence[Any], z: int, inclusive: bool) -> dict[str, Fraction]:
    """Each household written out as often as it counts; SST from ranks, poorest first."""
    people = sorted(x for x, w, _ in rows for _ in range(w))
    n = len(people)
    gaps = [Fraction(max(z - x, 0), z) for x in people]
    poor = [x < z or (inclusive and x == z) for x in people]
    return {
        "FGT0": Fraction(sum(poor), n),
        "FGT1": sum(gaps, Fraction(0)) / n,
        "FGT2": sum((g * g for g in gaps), Fraction(0)) / n,
        "gap_total": sum(gaps, Fraction(0)) * z,
        "SST": sum((g * (2 * n - 2 * i + 1) for i, g in enumerate(gaps, start=1)), Fraction(0)) / n**2,
    }


@examples(10)
@given(ROWS, st.integers(1, 30), st.booleans())
def test_any_table_as_a_naive_count_with_fractions(rows: Any, z: int, inclusive: bool) -> None:
    made = poverty(table_of(rows), "x", z, by=["g"], weight="w", inclusive=inclusive)
    for measure, expected in naive(rows, z, inclusive).items():
        assert value(made, measure) == pytest.approx(float(expected), abs=1e-13), measure
    groups = sorted({row[2] for row in rows})
    for measure in ("FGT0", "FGT1", "FGT2"):
        parts = [value(made, "population_share", g) * value(made, measure, g) for g in groups]
        assert sum(parts) == pytest.approx(value(made, measure), abs=1e-13)


@examples(10)
@given(ROWS, st.integers(1, 30), st.data())
def test_the_axioms(rows: Any, z: int, data: Any) -> None:
    """Symmetry, replication, monotonicity and transfer (Foster, Greer and Thorbecke 1984; Shorrocks 1995 for SST)."""
    people = [(x, 1) for x, _, _ in rows]
    who = data.draw(st.integers(0, len(people) - 1))
    richer = [(x + (place == who), w) for place, (x, w) in enumerate(people)]
    moved = transferred(people, who)
    made = poverty(
        side_by_side({
            "as is": people, "turned": people[::-1], "thrice": people * 3, "richer": richer, "moved": moved or people,
        }),
        "x", z, by=["of"],
    )  # fmt: skip
    for measure in ("FGT0", "FGT1", "FGT2", "SST"):
        own = value(made, measure, "as is")
        assert [value(made, measure, other) for other in ("turned", "thrice")] == pytest.approx([own, own])
        assert value(made, measure, "richer") <= own + 1e-13
    for measure in ("FGT2", "SST"):
        assert value(made, measure, "moved") <= value(made, measure, "as is") + 1e-13


GOOD = {"x": [1, 2], "g": ["a", "b"], "w": [1, 1], "z": [1, 2]}


@pytest.mark.parametrize(
    ("change", "arguments", "error", "named"),
    [
        ({"x": [1, -2]}, {}, ValueRangeError, "cột x có 1"),
        ({"x": [1, None]}, {}, MissingValueError, "cột x có 1"),
        ({"x": [1.0, float("nan")]}, {}, MissingValueError, "cột x có 1"),
        ({"x": [1.0, float("inf")]}, {}, MissingValueError, "cột x có 1"),
        ({"x": ["1", "2"]}, {}, ColumnTypeError, "cột x"),
        ({"x": pa.array([1.0, 2.0], pa.float32())}, {}, ColumnTypeError, "float32"),
        ({}, {"by": ["huyện"]}, UnknownColumnError, "huyện"),
        ({}, {"line": "mốc"}, UnknownColumnError, "mốc"),
        ({}, {"line": 0}, ParameterError, "line = 0"),
        ({}, {"line": -5}, ParameterError, "line = -5"),
        ({}, {"line": 1.5}, ParameterError, "line = 1.5"),
        ({"z": [1, 0]}, {"line": "z"}, ValueRangeError, "cột z có 1"),
        ({"z": [1, None]}, {"line": "z"}, MissingValueError, "cột z"),
        ({"w": [1, -1]}, {"weight": "w"}, BadWeightError, "âm"),
        ({"w": [1, None]}, {"weight": "w"}, BadWeightError, "trống"),
        ({"w": [1.0, float("nan")]}, {"weight": "w"}, BadWeightError, "không phải là số"),
        ({"w": [1, 0]}, {"weight": "w", "by": ["g"]}, EmptyGroupError, "Nhóm b"),
        ({"w": [0, 0]}, {"weight": "w"}, EmptyGroupError, "all .*quyền số w"),
        ({"w": [0, 0]}, {"design": Design(weight="w")}, EmptyGroupError, "all .*quyền số w"),
        (
            {"w": [1, -1], "v": [1, 1]},
            {"weight": "v", "design": Design(weight="w")},
            BadWeightError,
            "v × w .*âm",
        ),
        ({}, {"design": Design(strata="no")}, UnknownColumnError, "no; các cột hiện có: x, g, w, z\\."),
        ({"g": ["", "b"]}, {"by": ["g"]}, GroupNameError, "cột nhóm g .*trống"),
        ({"g": [" ", "b"]}, {"by": ["g"]}, GroupNameError, "cột nhóm g .*trống"),
        ({"g": ["all", "b"]}, {"by": ["g"]}, GroupNameError, "cột nhóm g .*“all”"),
        (
            {"g": ["a · b", "a"], "h": ["c", "b · c"]},
            {"by": ["g", "h"]},
            GroupNameError,
            "cột nhóm g .*“ · ”",
        ),
        ({"g": [1.0, float("nan")]}, {"by": ["g"]}, MissingValueError, "cột g có 1"),
        ({}, {"by": ["g", "g"]}, GroupColumnError, "cột g .*hai lần"),
        ({"_weight": [1, 2]}, {"by": ["_weight"]}, GroupColumnError, "cột _weight"),
        *(({name: [1, 2]}, {"by": ["g", name]}, GroupColumnError, f"cột {name}") for name in results.COLUMNS),
        ({"g": ["a", None]}, {"by": ["g"]}, MissingValueError, "cột g"),
        ({"x": [2**50, 1], "w": [2**20, 1]}, {"weight": "w"}, TooLargeError, "x"),
    ],
)
def test_bad_rows_are_refused_by_column_and_rule(
    on: On, change: Any, arguments: Any, error: Any, named: str
) -> None:
    with pytest.raises(error, match=f"(?i){named}"):
        poverty(on(GOOD | change), "x", **({"line": 2} | arguments))


def test_the_sst_index_of_everyone_is_the_same_whatever_the_groups() -> None:
    """1, 9, 2, 30 below 10: gaps 0.9, 0.8, 0.1, 0: (7·0.9 + 5·0.8 + 3·0.1)/16 = 0.6625."""
    rows = {"x": [1, 9, 2, 30], "g": ["a", "a", "b", "b"]}
    for by in ([], ["g"]):
        assert value(poverty(ibis.memtable(pa.table(rows)), "x", 10, by=by), "SST") == pytest.approx(0.6625)


def test_a_line_of_numpy_is_a_line(on: On) -> None:
    assert poverty(on(GOOD), "x", np.int64(2)).equals(poverty(on(GOOD), "x", 2))


def test_no_rows_are_refused(on: On) -> None:
    with pytest.raises(EmptyGroupError):
        poverty(on({"x": pa.array([], pa.int64())}), "x", 2)
