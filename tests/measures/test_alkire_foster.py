"""Alkire–Foster by hand, against a naive count with fractions, and by its properties."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures import results
from giamngheo.measures.alkire_foster import measures, measures_of
from giamngheo.measures.cube import Cells, cube
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import points
from giamngheo.measures.errors import (
    BadWeightError,
    ColumnTypeError,
    CutoffPrecisionError,
    EmptyGroupError,
    GroupColumnError,
    GroupNameError,
    MissingValueError,
    NotZeroOneError,
    ParameterError,
    SpecError,
    TooLargeError,
    UnknownColumnError,
    ValueRangeError,
)
from giamngheo.measures.exact import cutoff
from giamngheo.measures.specification import Column, Indicator, Spec
from giamngheo.measures.tables import fetch, read
from tests.environment import examples
from tests.measures.conftest import On


def found(made: pa.Table, measure: str, k: float | None = None, subgroup: str = "all") -> Any:
    lines = [
        line for line in results.only(made, measure=measure, subgroup=subgroup)
        if k is None or line["k"] == pytest.approx(k)
    ]  # fmt: skip
    assert len(lines) == 1, (measure, k, lines)
    return lines[0]["estimate"]


# Four persons, four dimensions (Alkire and Foster 2011; Alkire et al. 2015, chapter 5): income below 13, schooling
# below 12, undernourished, without services. All the expectations below are computed by hand from these achievements.
#
#     person   income   schooling   nourished   services   lacks   score (quarters)
#     1        13.1     14          1           1          0       0
#     2        15.2      7          1           0          2       2
#     3        12.5     10          0           0          4       4
#     4        20       11          1           1          1       1
FOUR = {
    "income": [0, 0, 1, 0],
    "schooling": [0, 1, 1, 1],
    "nourished": [0, 0, 1, 0],
    "services": [0, 1, 1, 0],
    "side": ["a", "a", "b", "b"],
}
EQUAL = Spec.equal("four", ["income", "schooling", "nourished", "services"], k="1/2")


@pytest.mark.parametrize(
    ("k", "h", "a", "m0"),
    [
        ("union", 3 / 4, 7 / 12, 7 / 16),
        ("1/4", 3 / 4, 7 / 12, 7 / 16),
        ("1/2", 1 / 2, 3 / 4, 3 / 8),  # persons 2 and 3: (1/2 + 1) / 2 = 3/4; 6 of 16 quarters
        ("3/4", 1 / 4, 1, 1 / 4),
        ("intersection", 1 / 4, 1, 1 / 4),
    ],
)
def test_four_persons_by_hand(on: On, k: str, h: float, a: float, m0: float) -> None:
    made = measures(on(FOUR), EQUAL, k)
    assert (found(made, "H"), found(made, "A"), found(made, "M0")) == (h, a, m0)


def test_breakdown_of_four_persons_by_hand(on: On) -> None:
    made = measures(on(FOUR), EQUAL, by=["side"])
    assert [found(made, f"uncensored:{c.name}") for c in EQUAL.columns] == [1 / 4, 3 / 4, 1 / 4, 1 / 2]
    assert [found(made, f"censored:{c.name}") for c in EQUAL.columns] == [1 / 4, 1 / 2, 1 / 4, 1 / 2]
    assert [found(made, f"contribution:{c.name}") for c in EQUAL.columns] == [1 / 16, 1 / 8, 1 / 16, 1 / 8]
    assert [found(made, f"share:{c.name}") for c in EQUAL.columns] == pytest.approx(
        [1 / 6, 1 / 3, 1 / 6, 1 / 3]
    )
    assert (found(made, "M0", subgroup="a"), found(made, "M0", subgroup="b")) == (1 / 4, 1 / 2)
    assert found(made, "share_of_M0", subgroup="a") == pytest.approx(1 / 3)
    assert found(made, "population_share", subgroup="a") == 1 / 2


def test_nobody_poor_has_no_intensity_rather_than_a_silent_number(on: On) -> None:
    made = measures(on({"a": [False, False]}), Spec.equal("one", ["a"], k=1))
    assert found(made, "H") == 0 and found(made, "M0") == 0
    assert found(made, "A") is None and found(made, "share:a") is None


# Amounts: lines 10 and 20, equal weights. Household 1 lacks 5 of 10 and 5 of 20; 2 lacks 10 of 10; 3 stands at a line.
AMOUNTS = {"x": [5, 0, 10], "y": [15, 20, 30]}


@pytest.mark.parametrize(
    ("rule", "k", "h", "m0", "m1", "m2"),
    [
        ("below", "1/2", 2 / 3, 1 / 2, (1 / 2 + 1 / 4 + 1) / 6, (1 / 4 + 1 / 16 + 1) / 6),
        ("up to", "1/2", 1, 5 / 6, (1 / 2 + 1 / 4 + 1) / 6, (1 / 4 + 1 / 16 + 1) / 6),
        ("below", "1", 1 / 3, 1 / 3, (1 / 2 + 1 / 4) / 6, (1 / 4 + 1 / 16) / 6),
    ],
)
def test_amounts_by_hand(on: On, rule: Any, k: str, h: float, m0: float, m1: float, m2: float) -> None:
    spec = Spec.equal("amounts", [Column("x", 10, rule), Column("y", 20, rule)], k=k)
    made = measures(on(AMOUNTS), spec)
    assert [found(made, m) for m in ("H", "M0", "M1", "M2")] == pytest.approx([h, m0, m1, m2])


def test_a_household_at_the_cutoff_is_not_lost_to_rounding(on: On) -> None:
    """In binary floats 0.7 + 0.1 is below 0.8: a household that lacks exactly that is lost, here and in any engine."""
    shares = {"a": Fraction(7, 10), "b": Fraction(1, 10), "c": Fraction(2, 10)}
    rows = on({"a": [1, 0], "b": [1, 1], "c": [0, 0]})
    naive_score = sum(
        rows[name].cast("float64") * ibis.literal(float(share), "float64") for name, share in shares.items()
    )
    assert fetch(rows.aggregate(poor=(naive_score >= 0.8).sum()))["poor"].to_pylist() == [0]
    indicators = tuple(Indicator(name, Column(name), "d", share) for name, share in shares.items())
    assert found(measures(rows, Spec("at", indicators, (cutoff(0.8),))), "H") == 1 / 2


def test_missing_is_dropped_or_reweighted_and_counted(on: On) -> None:
    rows = {"a": [1, 1, None, None], "b": [1, 0, 1, None]}
    dropped = measures(on(rows), Spec.equal("m", ["a", "b"], k="60%"))
    assert (found(dropped, "dropped"), found(dropped, "H"), found(dropped, "M0")) == (2, 1 / 2, 1 / 2)
    again = measures(on(rows), Spec.equal("m", ["a", "b"], k="60%", missing="reweight"))
    assert (found(again, "dropped"), found(again, "H")) == (1, pytest.approx(2 / 3))
    assert found(again, "uncensored:a") == 1 and found(again, "uncensored:b") == pytest.approx(2 / 3)


@pytest.mark.parametrize("weights", [[1, 3, 2, 2], [1.0, 3.0, 2.0, 2.0]])
def test_weights_count_households_that_often(on: On, weights: list[float]) -> None:
    made = measures(on(FOUR | {"w": weights}), EQUAL, weight="w")
    assert found(made, "H") == 5 / 8 and found(made, "M0") == (3 * 2 + 2 * 4) / 32
    assert results.only(made, measure="H")[0]["n"] == 4


# Any table against a naive count.

PATTERNS = st.lists(
    st.tuples(st.sampled_from(["x", "y"]), st.integers(0, 3), *[st.sampled_from([True, False, None])] * 3),
    min_size=1,
    max_size=25,
)
SIXTHS = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]


def spec_of(weights: Sequence[Fraction], k: Fraction, missing: Any = "drop") -> Spec:
    indicators = zip("abc", weights, strict=True)
    return Spec("any", tuple(Indicator(n, Column(n), "d", w) for n, w in indicators), (k,), missing)


def table_of(rows: Sequence[Any]) -> Any:
    names = ["g", "w", "a", "b", "c"]
    kinds = [pa.string(), pa.int64(), pa.bool_(), pa.bool_(), pa.bool_()]
    columns = zip(*rows, strict=True)
    return ibis.memtable(pa.table([pa.array(c, t) for c, t in zip(columns, kinds, strict=True)], names))


def naive(rows: Sequence[Any], spec: Spec, k: Fraction) -> tuple[Fraction, Fraction, Fraction] | None:
    """N, Σ poor, Σ score · poor, with fractions, household by household."""
    people = poor = score = Fraction(0)
    for _, weight, *lacks in rows:
        known = sum(
            (i.weight for i, d in zip(spec.indicators, lacks, strict=True) if d is not None), Fraction(0)
        )
        if known == 0 or (spec.missing == "drop" and known < 1):
            continue
        own = sum((i.weight for i, d in zip(spec.indicators, lacks, strict=True) if d), Fraction(0)) / known
        people += weight
        if own >= k:
            poor, score = poor + weight, score + weight * own
    return (people, poor, score) if people else None


@examples(25)
@given(
    PATTERNS,
    st.permutations(SIXTHS),
    st.sampled_from([Fraction(n, 6) for n in range(1, 7)]),
    st.sampled_from(["drop", "reweight"]),
)
def test_any_table_as_a_naive_count_with_fractions(rows: Any, weights: Any, k: Fraction, rule: Any) -> None:
    spec = spec_of(weights, k, rule)
    expected = naive(rows, spec, k)
    if expected is None:
        with pytest.raises(EmptyGroupError):
            measures(table_of(rows), spec, weight="w")
        return
    people, poor, score = expected
    made = measures(table_of(rows), spec, weight="w")
    assert found(made, "H") == pytest.approx(float(poor / people), abs=1e-14)
    assert found(made, "M0") == pytest.approx(float(score / people), abs=1e-14)
    if poor:
        assert found(made, "M0") == pytest.approx(found(made, "H") * found(made, "A"))
        assert sum(found(made, f"contribution:{n}") for n in "abc") == pytest.approx(found(made, "M0"))
        assert sum(found(made, f"share:{n}") for n in "abc") == pytest.approx(1)


KNOWN = st.lists(
    st.tuples(st.sampled_from(["x", "y"]), st.integers(1, 3), *[st.booleans()] * 3), min_size=2, max_size=20
)


@examples(12)
@given(KNOWN, st.sampled_from([Fraction(n, 6) for n in range(1, 7)]))
def test_groups_add_up_and_order_and_copies_do_not_matter(rows: Any, k: Fraction) -> None:
    spec = spec_of(SIXTHS, k)
    made = measures(table_of(rows), spec, by=["g"], weight="w")
    groups = sorted({row[0] for row in rows})
    parts = [found(made, "population_share", subgroup=g) * found(made, "M0", subgroup=g) for g in groups]
    assert sum(parts) == pytest.approx(found(made, "M0"))
    assert sum(found(made, "population_share", subgroup=g) for g in groups) == pytest.approx(1)
    alone = measures(table_of(rows), spec, weight="w")
    for other in (rows[::-1], rows * 3):
        assert found(measures(table_of(other), spec, weight="w"), "M0") == pytest.approx(found(alone, "M0"))


@examples(12)
@given(KNOWN, st.sampled_from([Fraction(n, 6) for n in range(1, 7)]), st.integers(0, 19), st.integers(2, 4))
def test_one_deprivation_more_never_lowers_and_among_the_poor_raises(
    rows: Any, k: Fraction, who: int, what: int
) -> None:
    """Dimensional monotonicity."""
    spec, who = spec_of(SIXTHS, k), who % len(rows)
    worse = [list(row) for row in rows]
    worse[who][what] = True
    before, after = measures(table_of(rows), spec, weight="w"), measures(table_of(worse), spec, weight="w")
    own = sum(w for w, lacks in zip(SIXTHS, rows[who][2:], strict=True) if lacks)
    if own >= k and not rows[who][what]:
        assert found(after, "M0") > found(before, "M0")
    assert found(after, "M0") >= found(before, "M0")


def test_a_stored_cube_answers_other_cutoffs_weights_and_groups_as_the_table_does(
    on: On, tmp_path: Path
) -> None:
    rows = FOUR | {"year": [2019, 2020, 2019, 2020]}
    stored = tmp_path / "cube.parquet"
    cube(on(rows), EQUAL.columns, by=["side", "year"]).to_parquet(stored)
    other = Spec("other", tuple(
        Indicator(c.name, c, "d", w) for c, w in zip(EQUAL.columns[:2], (Fraction(1, 3), Fraction(2, 3)), strict=True)
    ), (Fraction(2, 3), Fraction(1)))  # fmt: skip
    cells = Cells(read(stored))
    for by in ([], ["side"], ["year", "side"]):
        key = [("measure", "ascending"), ("subgroup", "ascending"), ("k", "ascending")]
        assert measures_of(cells, other, by=by).sort_by(key) == measures(on(rows), other, by=by).sort_by(key)


# What is refused.

GOOD = Spec.equal("good", ["a", "b"], k="50%")


@pytest.mark.parametrize(
    ("rows", "by", "weight", "error", "named"),
    [
        ({"a": [1, 2], "b": [1, 0]}, [], None, NotZeroOneError, "cột a"),
        ({"a": [1, 0], "b": [-1, 0]}, [], None, NotZeroOneError, "cột b"),
        ({"a": ["1", "0"], "b": [1, 0]}, [], None, ColumnTypeError, "cột a"),
        ({"a": [0.5, 1.0], "b": [1, 0]}, [], None, ColumnTypeError, "cột a"),
        ({"a": [1, 0]}, [], None, UnknownColumnError, "cột b"),
        ({"a": [1, 0], "b": [1, 0]}, ["huyện"], None, UnknownColumnError, "huyện"),
        ({"a": [1, 0], "b": [1, 0], "g": ["x", None]}, ["g"], None, MissingValueError, "cột g"),
        ({"a": [1, 0], "b": [1, 0], "w": [1, -1]}, [], "w", BadWeightError, "âm"),
        ({"a": [1, 0], "b": [1, 0], "w": [1, None]}, [], "w", BadWeightError, "trống"),
        ({"a": [1, 0], "b": [1, 0], "w": [1.0, float("nan")]}, [], "w", BadWeightError, "không phải là số"),
        ({"a": [1, 0], "b": [1, 0], "w": ["1", "1"]}, [], "w", ColumnTypeError, "cột w"),
        ({"a": [1, 0], "b": [1, 0], "w": [2**62, 2**61]}, [], "w", TooLargeError, "Tổng của w"),
        ({"a": [1, 0], "b": [1, 0], "w": [2**62, 2**62]}, [], "w", TooLargeError, "Tổng của w"),
        ({"a": [1, 0], "b": [1, 0], "w": [0, 0]}, [], "w", EmptyGroupError, "all"),
        ({"a": [1, None], "b": [1, 0], "g": ["x", "y"]}, ["g"], None, EmptyGroupError, "Nhóm y"),
        ({"a": [1, 0], "b": [1, 0], "g": ["", "y"]}, ["g"], None, GroupNameError, "cột nhóm g .*trống"),
        ({"a": [1, 0], "b": [1, 0], "g": ["all", "y"]}, ["g"], None, GroupNameError, "cột nhóm g .*“all”"),
        ({"a": [1, 0], "b": [1, 0], "g": ["x", "y"]}, ["g", "g"], None, GroupColumnError, "cột g .*hai lần"),
        ({"a": [1, 0], "b": [1, 0], "pattern": [1, 2]}, ["pattern"], None, GroupColumnError, "cột pattern"),
        ({"a": [1, 0], "b": [1, 0], "weight": [1, 2]}, ["weight"], None, GroupColumnError, "cột weight"),
        ({"a": [1, 0], "b": [1, 0], "_weight": [1, 2]}, ["_weight"], None, GroupColumnError, "cột _weight"),
        ({"a": [1, 0], "b": [1, 0], "gap_0": [1, 2]}, ["gap_0"], None, GroupColumnError, "cột gap_0"),
        ({"a": [1, 0], "b": [1, 0], "g": [1.0, float("nan")]}, ["g"], None, MissingValueError, "cột g có 1"),
    ],
)
def test_bad_rows_are_refused_by_column_and_rule(
    on: On, rows: Any, by: Any, weight: Any, error: Any, named: str
) -> None:
    with pytest.raises(error, match=f"(?i){named}"):
        measures(on(rows), GOOD, by=by, weight=weight)


#: A third written out, as a program makes it, and fractions whose product with a score passes 64 bits.
TOO_LONG = [
    0.1 + 0.2, 1 / 3, "0.33333333333333333", "33.33333%", Decimal(1) / 3, Decimal("0.33333333333333333333333"),
    np.float64(1 / 3), np.float32(1 / 3), Fraction(1, 2**24), f"1/{2**24}",
]  # fmt: skip


@pytest.mark.parametrize("k", TOO_LONG)
@pytest.mark.parametrize("design", [None, Design()])
def test_a_cutoff_with_too_many_decimals_is_refused_at_every_door(k: Any, design: Design | None) -> None:
    with pytest.raises(CutoffPrecisionError, match=r"nhiều nhất là 6.*'1/3'"):
        measures(ibis.memtable(pa.table(FOUR)), EQUAL, k, design=design)
    with pytest.raises(CutoffPrecisionError):
        Spec.equal("four", ["income"], k=k)
    with pytest.raises(ParameterError, match="6 chữ số thập phân"):
        points(k, "at")
    with pytest.raises(SpecError, match="nhiều nhất là 6"):
        Spec.of({"k": str(k), "dimensions": {"h": {"indicators": {"a": None}}}})


def test_scores_are_held_to_a_long_cutoff_exactly() -> None:
    """Weights 0.51 and 0.49 of who lacks both, the first, neither: at 0.333333 two of three are poor, at 0.51 too."""
    rows = ibis.memtable(pa.table({"a": [1, 1, 0], "b": [1, 0, 0]}))
    shares = {
        "a": {"weight": 0.51, "indicators": {"a": None}},
        "b": {"weight": 0.49, "indicators": {"b": None}},
    }
    spec = Spec.of({"k": "1/3", "dimensions": shares})
    for k in ("1/3", "0.333333", Decimal("0.51"), np.float64(0.51)):
        assert found(measures(rows, spec, k), "H") == pytest.approx(2 / 3)


def test_cutoffs_of_numpy_are_numbers() -> None:
    rows = ibis.memtable(pa.table(FOUR))
    for k in (np.array([0.5, 1.0]), [np.float64(0.5), np.int64(1)], pa.array([0.5, 1.0]).to_numpy()):
        assert measures(rows, EQUAL, k).equals(measures(rows, EQUAL, ["1/2", 1]))
    with pytest.raises(ParameterError, match=r"k = .*ít nhất một"):
        measures(rows, EQUAL, [])


@pytest.mark.parametrize("design", [None, Design()])
@pytest.mark.parametrize(
    ("amounts", "error", "named"),
    [
        (
            pa.array([16_777_216.0, 1.0], pa.float32()),
            ColumnTypeError,
            "cột y có kiểu float32; cần .*float64",
        ),
        ([-1, 1], ValueRangeError, "cột y có 1 .*số từ 0 trở lên"),
        ([float("nan"), 1.0], ValueRangeError, "cột y có 1 .*số từ 0 trở lên"),
    ],
)
def test_bad_amounts_of_an_indicator_are_refused_by_column_and_rule(
    design: Any, amounts: Any, error: Any, named: str
) -> None:
    spec = Spec.equal("one", [Column("y", 16_777_216)], k=1)
    with pytest.raises(error, match=f"(?i){named}"):
        measures(ibis.memtable(pa.table({"y": amounts})), spec, design=design)


@examples(8)
@given(KNOWN, st.sampled_from(["drop", "reweight"]))
def test_cubes_too_wide_for_a_grid_are_summed_cell_by_cell_alike(rows: Any, rule: Any) -> None:
    spec = spec_of(SIXTHS, Fraction(1, 3), rule)
    expression = cube(table_of(rows), spec.columns, by=["g"], weight="w")
    by_grid = measures_of(expression, spec, by=["g"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("giamngheo.measures.cube._GRID", 0)
        by_cell = measures_of(expression, spec, by=["g"])
    assert by_cell.drop(["estimate"]) == by_grid.drop(["estimate"])
    assert by_cell["estimate"].to_pylist() == pytest.approx(by_grid["estimate"].to_pylist(), nan_ok=False)


def test_sums_beyond_the_integers_of_floats_stay_exact(on: On) -> None:
    """2^53 + 1 households of weight: a float would lose the last one."""
    heavy = {"a": [True, True], "g": ["x", "x"], "w": [2**53, 1]}
    cells = Cells(cube(on(heavy), ["a"], by=["g"], weight="w"))
    assert int(cells.weight.sum()) == 2**53 + 1
    assert int(cells.sums(["g"], "weight", (cells.pattern[:, None] & 1))[0, 0]) == 2**53 + 1
