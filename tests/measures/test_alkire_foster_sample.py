"""Sampling error of Alkire–Foster by hand, against a count household by household, and what is refused."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures import results
from giamngheo.measures.alkire_foster import measures
from giamngheo.measures.alkire_foster_sample import sampled_change
from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    EmptyGroupError,
    LoneClusterError,
    NotZeroOneError,
    ParameterError,
    UnknownColumnError,
)
from giamngheo.measures.specification import Column, Indicator, Spec
from tests.environment import examples
from tests.measures import oracle
from tests.measures.conftest import On


def line(made: pa.Table, measure: str, subgroup: str = "all") -> dict[str, Any]:
    (only,) = results.only(made, measure=measure, subgroup=subgroup)
    return only


# The four persons of test_alkire_foster (scores 0, 2, 4, 1 quarters; poor at 1/2: the second and third) in two clusters.
FOUR = {
    "income": [0, 0, 1, 0],
    "schooling": [0, 1, 1, 1],
    "nourished": [0, 0, 1, 0],
    "services": [0, 1, 1, 0],
    "village": ["p", "p", "q", "q"],
}
EQUAL = Spec.equal("four", ["income", "schooling", "nourished", "services"], k="1/2")


@pytest.mark.parametrize(
    ("measure", "subgroup", "estimate", "variance"),
    [
        ("H", "all", 1 / 2, 0),  # one of two in each
        ("M0", "all", 3 / 8, 1 / 64),  # c·poor: 1/2 and 1; u = (1/2 - 3/4)/4 = ∓1/16; 2/1 · 2/256
        ("A", "all", 3 / 4, 1 / 16),  # u = (1/2 - 3/4)/2 = ∓1/8
        ("uncensored:schooling", "all", 3 / 4, 1 / 16),  # 1 and 2 of two
        ("censored:income", "all", 1 / 4, 1 / 16),  # 0 and 1 of two: u = ∓1/8
        ("contribution:income", "all", 1 / 16, 1 / 256),  # a quarter of it
        ("share:schooling", "all", 1 / 3, 1 / 81),  # 1/4 of 1/2 and 1/4 of 1: u = (1/4 - 1/6)/(3/2) = ±1/18
        ("population_share", "p", 1 / 2, 1 / 4),  # u = (2 - 1)/4 = ±1/4
        ("share_of_M0", "p", 1 / 3, 16 / 81),  # (1/2 - 1/6)/(3/2) = 2/9 and -1/3/(3/2) = -2/9
    ],
)
def test_four_persons_in_two_clusters_by_hand(
    on: On, measure: str, subgroup: str, estimate: float, variance: float
) -> None:
    found = line(measures(on(FOUR), EQUAL, by=["village"], design=Design(psu="village")), measure, subgroup)
    assert found["estimate"] == pytest.approx(estimate)
    assert found["se"] ** 2 == pytest.approx(variance, abs=1e-15)
    assert found["design"] == "linearised, 2 clusters" and found["n"] == (4 if subgroup == "all" else 2)


def test_a_census_says_that_it_has_no_sampling_error(on: On) -> None:
    for made in results.only(measures(on(FOUR), EQUAL, by=["village"])):
        assert (made["se"], made["ci_low"], made["ci_high"], made["design"]) == (None, None, None, "census")


def test_amounts_have_errors_of_their_gaps(on: On) -> None:
    """One amount, line 10, rows drawn one by one: gaps 1/2, 0, 1, 0 with mean 3/8 and variance of it 11/64 / 3 / 4 …

    Σ(g - 3/8)² = 1/64 + 9/64 + 25/64 + 9/64 = 44/64, over n(n - 1) = 12.
    """
    made = measures(on({"x": [5, 10, 0, 20]}), Spec.equal("x", [Column("x", 10)], k=1), design=Design())
    assert line(made, "H")["estimate"] == 3 / 4  # up to the line
    assert line(made, "M1")["se"] ** 2 == pytest.approx(44 / 64 / 12)
    squares = [1 / 4, 0, 1, 0]
    assert line(made, "M2")["estimate"] == pytest.approx(5 / 16)
    assert line(made, "M2")["se"] ** 2 == pytest.approx(sum((g - 5 / 16) ** 2 for g in squares) / 12)


SIXTHS = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
SAMPLED = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("12"), st.sampled_from("gh"), st.integers(1, 3),
              *[st.sampled_from([True, False, None])] * 3),
    min_size=1, max_size=20,
)  # fmt: skip


def table_of(rows: Sequence[Any]) -> dict[str, Any]:
    s, c, g, w, *lacks = (list(column) for column in zip(*rows, strict=True))
    return {
        "s": s, "p": [a + b for a, b in zip(s, c, strict=True)], "g": g, "w": [float(v) for v in w],
        **{name: pa.array(column, pa.bool_()) for name, column in zip("abc", lacks, strict=True)},
    }  # fmt: skip


def naive(rows: Sequence[Any], spec: Spec, k: Fraction, measure: str, group: str) -> list[oracle.Row]:
    """Numerator and denominator of each household for a measure, with fractions."""
    made = []
    for s, c, g, w, *lacks in rows:
        pairs = list(zip(spec.indicators, lacks, strict=True))
        known = sum((i.weight for i, d in pairs if d is not None), Fraction(0))
        kept = known == 1 if spec.missing == "drop" else known > 0
        score = sum((i.weight for i, d in pairs if d), Fraction(0)) / known if known else Fraction(0)
        poor = kept and score >= k
        part = SIXTHS[1] / known if poor and lacks[1] else Fraction(0)
        below = {"A": int(poor), "share:b": score * poor, "uncensored:b": kept and lacks[1] is not None}
        above = {"H": int(poor), "A": score * poor, "M0": score * poor, "censored:b": int(poor and bool(lacks[1])),
                 "contribution:b": part, "share:b": part, "uncensored:b": kept and bool(lacks[1])}  # fmt: skip
        made.append(
            oracle.Row(
                s, s + c, w, float(above[measure]), float(below.get(measure, kept)), group in ("all", g)
            )
        )
    return made


ANY = given(
    SAMPLED,
    st.permutations(range(3)),
    st.sampled_from([Fraction(n, 6) for n in range(1, 7)]),
    st.sampled_from(["drop", "reweight"]),
)


@examples(12)
@ANY
def test_any_sample_as_counted_household_by_household(
    on_duckdb: On, rows: Any, order: Any, k: Any, rule: Any
) -> None:
    as_counted(on_duckdb, rows, order, k, rule)


@examples(2)
@ANY
def test_a_few_samples_on_spark_too(on_spark: On, rows: Any, order: Any, k: Any, rule: Any) -> None:
    as_counted(on_spark, rows, order, k, rule)


def as_counted(on: On, rows: Any, order: Any, k: Any, rule: Any) -> None:
    rows = [(*r[:4], *(r[4 + place] for place in order)) for r in rows]
    indicators = tuple(Indicator(n, Column(n), "d", w) for n, w in zip("abc", SIXTHS, strict=True))
    spec, table = Spec("any", indicators, (k,), rule), on(table_of(rows))
    design = Design(weight="w", strata="s", psu="p", lone="certainty")
    groups = sorted({r[2] for r in rows})
    everyone = {g: naive(rows, spec, k, "H", g) for g in ("all", *groups)}
    if any(oracle.ratio(mine) is None for mine in everyone.values()):
        with pytest.raises(EmptyGroupError):
            measures(table, spec, by=["g"], design=design)
        return
    made = measures(table, spec, by=["g"], design=design)
    for group in everyone:
        for measure in ("H", "A", "M0", "censored:b", "contribution:b", "share:b", "uncensored:b"):
            mine, found = naive(rows, spec, k, measure, group), line(made, measure, group)
            variance = oracle.variance(mine, "certainty")
            assert found["estimate"] == (
                None if variance is None else pytest.approx(oracle.ratio(mine), abs=1e-12)
            ), (measure, group)
            assert found["se"] == (
                None if variance is None else pytest.approx(math.sqrt(variance), abs=1e-7)
            ), (measure, group)
    census = measures(table, spec, by=["g"], weight="w")
    key = [("measure", "ascending"), ("subgroup", "ascending")]
    assert made.sort_by(key)["n"] == census.sort_by(key)["n"]
    assert made.sort_by(key)["estimate"].to_pylist() == pytest.approx(
        census.sort_by(key)["estimate"].to_pylist(), abs=1e-12
    )


def test_a_change_of_the_same_clusters_has_the_error_of_their_differences(on: On) -> None:
    """H by cluster p, q: 1/2 and 1/2, then 1 and 1/2; both u differ by (1 - 3/4)/2 = ±1/8 only in the second round."""
    second = FOUR | {"income": [1, 0, 1, 0], "services": [1, 1, 1, 0]}  # the first person is poor too
    rows = {name: [*FOUR[name], *second[name]] for name in FOUR} | {"year": [2021] * 4 + [2022] * 4}
    made = sampled_change(
        on(rows), EQUAL, EQUAL.k, between="year", first=2021, second=2022, design=Design(psu="village")
    )
    found = line(made, "H")
    assert (found["estimate"], found["n"]) == (1 / 4, 8)
    assert found["se"] ** 2 == pytest.approx(2 * 2 / 64) and found["design"].endswith("2 in both")


@pytest.mark.parametrize(
    ("changed", "by", "design", "error", "named"),
    [
        ({"income": [0, 0, 2, -1]}, [], Design(), NotZeroOneError, "cột income có 2"),
        ({}, [], Design(psu="no"), UnknownColumnError, "no"),
        ({"income": [None, None, 1, 0]}, ["village"], Design(), EmptyGroupError, "Nhóm p"),
        ({"income": [None, 0, None, None]}, ["village"], Design(), EmptyGroupError, "Nhóm q"),
        ({"s": [1, 1, 2, 2]}, [], Design(strata="s", psu="village"), LoneClusterError, "Tầng 1"),
    ],
)
def test_bad_samples_are_refused_by_column_and_rule(
    on: On, changed: Any, by: Any, design: Any, error: Any, named: str
) -> None:
    with pytest.raises(error, match=f"(?i){named}"):
        measures(on(FOUR | changed), EQUAL, by=by, design=design)


def test_a_weight_besides_a_design_is_refused(on: On) -> None:
    with pytest.raises(ParameterError, match="weight"):
        measures(on(FOUR | {"w": [1] * 4}), EQUAL, weight="w", design=Design())


def test_bad_values_are_refused_in_a_change_too(on: On) -> None:
    rows = {name: values * 2 for name, values in FOUR.items()} | {"year": [1] * 4 + [2] * 4}
    rows["income"] = [0, 0, 1, 0, 0, 0, 1, 7]
    with pytest.raises(NotZeroOneError, match="income"):
        sampled_change(on(rows), EQUAL, EQUAL.k, between="year", first=1, second=2, design=Design())
