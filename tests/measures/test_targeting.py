"""Targeting by hand, by a published economy of ten, and ranks against a count of pairs and a derivative by the weights."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    BadWeightError,
    ColumnTypeError,
    EmptyGroupError,
    GroupNameError,
    MissingValueError,
    NotZeroOneError,
    ParameterError,
    UnknownColumnError,
    ValueRangeError,
)
from giamngheo.measures.inequality import inequality
from giamngheo.measures.tables import read
from giamngheo.measures.targeting import concentration, roc, targeting
from tests.environment import examples
from tests.measures.conftest import On
from tests.measures.lines import line, value

#: The four households of the module's docstring, two of each place; persons n.
FOUR = {"x": [1, 2, 3, 4], "p": [1, 1, 0, 0], "r": [1, 0, 1, 0], "a": [30, 0, 10, 0], "n": [1, 2, 3, 4], "g": ["k", "l", "k", "l"]}  # fmt: skip


#: Measure, subgroup, of households, of persons.
BY_HAND = [
    ("coverage", "all", 1 / 2, 4 / 10),
    ("coverage_of_poor", "all", 1 / 2, 1 / 3),
    ("coverage_of_others", "all", 1 / 2, 3 / 7),
    ("exclusion_error", "all", 1 / 2, 2 / 3),
    ("inclusion_error", "all", 1 / 2, 3 / 4),
    ("misplaced", "all", 1 / 2, 5 / 10),
    ("leakage", "all", 1 / 4, 30 / 60),
    ("benefit_mean", "all", 20, 60 / 4),
    ("benefit_of_poor", "all", 30, 30),
    ("coverage", "k", 1, 1),
    ("exclusion_error", "l", 1, 1),
    ("inclusion_error", "l", None, None),
    ("population_share", "k", 1 / 2, 4 / 10),
    ("share_of_poor", "k", 1 / 2, 1 / 3),
    ("share_of_recipients", "k", 1, 1),
    ("share_of_money", "l", 0, 0),
]


def test_four_households_by_hand() -> None:
    by_hand(read(pa.table(FOUR)), None, 2)


def test_their_persons_by_hand(on: On) -> None:
    by_hand(on(FOUR), "n", 3)


def by_hand(table: Any, weight: str | None, column: int) -> None:
    made = targeting(table, "p", received="r", amount="a", by=["g"], weight=weight)
    for row in BY_HAND:
        found, expected = value(made, row[0], row[1]), row[column]
        assert found is None if expected is None else found == pytest.approx(expected), row


@pytest.mark.parametrize(
    ("scenario", "served", "of_the_line", "of_the_fifth"),
    [(1, [1, 2], (0.5, 0), (0, 0)), (2, [2, 3], (0.5, 0), (0.5, 0.5)), (3, [3, 4], (0.5, 0), (1, 1))],
)
def test_the_published_economy_of_ten(
    scenario: int, served: list[int], of_the_line: tuple[float, float], of_the_fifth: tuple[float, float]
) -> None:
    """Exclusion and inclusion error of three programmes against two lines: World Bank (2022), table 7.3."""
    persons = range(1, 11)
    rows = read(pa.table({
        "line": [int(i <= 4) for i in persons], "fifth": [int(i <= 2) for i in persons], "r": [int(i in served) for i in persons],
    }))  # fmt: skip
    for poor, expected in (("line", of_the_line), ("fifth", of_the_fifth)):
        made = targeting(rows, poor, received="r")
        assert (value(made, "exclusion_error"), value(made, "inclusion_error")) == expected


def test_sixty_over_forty() -> None:
    """Coady, Grosh and Hoddinott: 60% of the benefits to the poorest 40% is an index of 1.5."""
    made = concentration(
        read(pa.table({"x": [1, 2, 3, 4, 5], "a": [40, 20, 20, 10, 10]})), "x", "a", at=["40%", "1/2", 1]
    )
    assert value(made, "concentration", k=0.4) == pytest.approx(0.6) and value(
        made, "cgh", k=0.4
    ) == pytest.approx(1.5)
    assert value(made, "concentration", k=0.5) == pytest.approx(0.7), "half of the household astride"
    assert value(made, "cgh", k=1) == 1
    # Σ a·(2 below + 1) = 40·1 + 20·3 + 20·5 + 10·7 + 10·9 = 360, over 5·100, less 1
    assert value(made, "concentration_index") == pytest.approx(-0.28)


def test_the_same_income_shares_a_rank_and_nothing_is_null() -> None:
    made = concentration(
        read(pa.table({"x": [1, 1, 2, 2], "a": [4, 0, 0, 0], "g": ["a", "a", "b", "b"]})),
        "x",
        "a",
        at="25%",
        by=["g"],
    )
    assert value(made, "concentration") == 0.5, "the two poorest share what one of them got"
    assert [value(made, m, "b") for m in ("concentration_index", "cgh")] == [None, None]


def test_of_itself_concentration_is_gini() -> None:
    rows = read(pa.table({"x": [3, 1, 4, 1, 5, 9], "n": [2, 7, 1, 8, 2, 8], "g": list("aabbab")}))
    made, other = (
        concentration(rows, "x", "x", by=["g"], weight="n"),
        inequality(rows, "x", by=["g"], weight="n"),
    )
    for group in ("all", "a", "b"):
        assert value(made, "concentration_index", group) == pytest.approx(
            value(other, "gini", group), abs=1e-15
        )


def test_a_curve_by_hand(on: On) -> None:
    """Poor at 10 and 20, others at 20 and 30: of four pairs three are in order and one is a tie."""
    rows = on({"s": [10, 20, 20, 30], "p": [True, True, False, False], "up": [-10, -20, -20, -30]})
    made = roc(rows, "p", "s")
    assert value(made, "auc") == 3.5 / 4
    assert [value(made, "true_positive", k=k) for k in (10, 20, 30)] == [0.5, 1, 1]
    assert [value(made, "false_positive", k=k) for k in (10, 20, 30)] == [0, 0.5, 1]
    turned = roc(rows, "p", "up", low_is_poor=False, at=[-20])
    assert value(turned, "auc") == 3.5 / 4 and value(turned, "false_positive", k=-20) == 0.5
    assert value(roc(on({"s": [1, 2], "p": [1, 1]}), "p", "s"), "auc") is None, "nobody to be told from"


def test_many_scores_are_cut_at_twentieths() -> None:
    rows = read(pa.table({"s": [float(n) for n in range(100)], "p": [int(n < 50) for n in range(100)]}))
    made = roc(rows, "p", "s")
    assert (
        len([x for x in made["measure"].to_pylist() if x == "true_positive"]) == 19
        and value(made, "auc") == 1
    )


SAMPLE = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 1), st.integers(0, 5), st.integers(1, 4), st.sampled_from("12345")),
    min_size=6, max_size=14,
)  # fmt: skip


def index(rows: Sequence[Any], weights: Sequence[float]) -> float:
    """Concentration from shares of ranks, row by row."""
    whole, money = sum(weights), sum(w * r[2] for w, r in zip(weights, rows, strict=True))
    total = 0.0
    for (x, _, a, *_), w in zip(rows, weights, strict=True):
        rank = sum(
            v * (1 if r[0] < x else 0.5 if r[0] == x else 0) for v, r in zip(weights, rows, strict=True)
        )
        total += 2 * w * a * rank
    return total / (whole * money) - 1


def pairs(rows: Sequence[Any], weights: Sequence[float]) -> float:
    """The area from every pair of a poor one and one who is not."""
    total = whole = 0.0
    for (x, p, *_), w in zip(rows, weights, strict=True):
        for (y, q, *_), v in zip(rows, weights, strict=True):
            if p and not q:
                total, whole = total + w * v * (1 if x < y else 0.5 if x == y else 0), whole + w * v
    return total / whole


def error(of: Callable[[Sequence[Any], Sequence[float]], float], rows: Sequence[Any]) -> float:
    """The standard error by clusters, each row's influence being the slope of the measure in its weight."""
    weights, totals = [float(r[3]) for r in rows], dict.fromkeys((r[4] for r in rows), 0.0)
    for place, row in enumerate(rows):
        ends = [of(rows, [w + step * (i == place) for i, w in enumerate(weights)]) for step in (1e-4, -1e-4)]
        totals[row[4]] += weights[place] * (ends[0] - ends[1]) / 2e-4
    mean, many = sum(totals.values()) / len(totals), len(totals)
    return math.sqrt(many / (many - 1) * sum((t - mean) ** 2 for t in totals.values()))


@examples(6)
@given(SAMPLE)
def test_ranks_as_pairs_and_errors_as_slopes(rows: Any) -> None:
    if len({r[4] for r in rows}) < 2:
        return
    x, p, a, w, c = (list(column) for column in zip(*rows, strict=True))
    table, design = read(pa.table({"x": x, "p": p, "a": a, "w": w, "c": c})), Design(weight="w", psu="c")
    if sum(a):
        found = line(concentration(table, "x", "a", design=design), "concentration_index")
        assert found["estimate"] == pytest.approx(index(rows, w), abs=1e-12)
        assert found["se"] == pytest.approx(error(index, rows), abs=1e-6)
    if 0 < sum(p) < len(p):
        found = line(roc(table, "p", "x", at=[2], design=design), "auc")
        assert found["estimate"] == pytest.approx(pairs(rows, w), abs=1e-14)
        assert found["se"] == pytest.approx(error(pairs, rows), abs=1e-6)
        assert 0 <= found["ci_low"] <= found["ci_high"] <= 1


def test_a_sample_has_its_errors_on_every_engine(on: On) -> None:
    """Coverage of persons in two clusters: totals 1 of 3 and 3 of 7, R = 4/10, u = -0.02 and 0.02: 2/1 · 2 · 0.02²."""
    rows = on(FOUR | {"c": ["a", "a", "b", "b"]})
    found = line(targeting(rows, "p", amount="a", weight="n", design=Design(psu="c")), "coverage")
    assert (found["estimate"], found["se"]) == pytest.approx((0.4, 0.04)) and "2 clusters" in found["design"]
    drawn = Design(psu="c", weight="n")
    plain = [(1, 1, 30, 1, "a"), (2, 1, 0, 2, "a"), (3, 0, 10, 3, "b"), (4, 0, 0, 4, "b")]
    found = line(concentration(rows, "x", "a", design=drawn), "concentration_index")
    assert found["se"] == pytest.approx(error(index, plain), abs=1e-6)
    assert line(roc(rows, "p", "x", at=[1], design=drawn), "auc")["se"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "arguments", "kind", "named"),
    [
        ({"p": [2, 1, 0, 0]}, {}, NotZeroOneError, "cột p có 1"),
        ({"p": [None, 1, 0, 0]}, {}, MissingValueError, "cột p có 1"),
        ({"p": ["a", "b", "c", "d"]}, {}, ColumnTypeError, "cột p"),
        ({"r": [1, None, 1, 0]}, {}, MissingValueError, "cột r"),
        ({"r": [0, 0, 1, 0]}, {}, ValueRangeError, "cột a có 1 dòng trái quy tắc"),
        ({"a": [-1, 0, 0, 0]}, {}, ValueRangeError, "cột a"),
        ({"n": [-1, 1, 1, 1]}, {"weight": "n"}, BadWeightError, "âm"),
        ({}, {"by": ["h"]}, UnknownColumnError, "cột h"),
        ({"n": [0, 0, 0, 0]}, {"weight": "n"}, EmptyGroupError, "all .*quyền số n"),
        (
            {"n": [0, 0, 1, 1], "h": ["u", "u", "v", "v"]},
            {"weight": "n", "by": ["h"]},
            EmptyGroupError,
            "Nhóm u",
        ),
        ({"h": ["", "", "v", "v"]}, {"by": ["h"]}, GroupNameError, "cột nhóm h"),
        ({}, {"received": None, "amount": None}, ParameterError, "received"),
    ],
)
def test_bad_rows_are_refused_by_column_and_rule(change: Any, arguments: Any, kind: Any, named: str) -> None:
    with pytest.raises(kind, match=f"(?i){named}"):
        targeting(read(pa.table(FOUR | change)), "p", **({"received": "r", "amount": "a"} | arguments))


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda t: roc(t, "p", "none"), UnknownColumnError),
        (lambda t: roc(t, "p", "g"), ColumnTypeError),
        (lambda t: roc(t, "p", "gap"), MissingValueError),
        (lambda t: roc(t, "a", "x"), NotZeroOneError),
        (lambda t: roc(t, "p", "x", at=[float("nan")]), ParameterError),
        (lambda t: roc(t, "p", "x", at=["a"]), ParameterError),
        (lambda t: roc(t, "p", "x", at=[1], weight="none_at_all"), EmptyGroupError),
        (lambda t: concentration(t, "x", "a", at=0), ParameterError),
        (lambda t: concentration(t, "gap", "a"), MissingValueError),
        (lambda t: concentration(t, "x", "g"), ColumnTypeError),
    ],
)
def test_bad_scores_and_benefits_are_refused(call: Any, kind: Any) -> None:
    with pytest.raises(kind):
        call(read(pa.table(FOUR | {"gap": [1.0, None, float("nan"), 2.0], "none_at_all": [0, 0, 0, 0]})))
