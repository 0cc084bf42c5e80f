"""Sampling error of a share by hand, as published, against a count row by row, and by replicates."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.design import Design, ratios
from giamngheo.measures.errors import (
    LoneClusterError,
)
from tests.environment import examples
from tests.measures import oracle
from tests.measures.conftest import On
from tests.measures.drawn import SAMPLED, TWO, laid, line, rows_of, shared


@pytest.mark.parametrize(
    ("keys", "by", "subgroup", "estimate", "variance"),
    [
        # each stratum: 2/1 · 2·(1/16)² = 1/64
        ({"strata": "s", "psu": "p"}, [], "all", 1 / 2, 1 / 32),
        # (1 - 2/4)/64 + (1 - 2/8)/64
        ({"strata": "s", "psu": "p", "fpc": "has"}, [], "all", 1 / 2, 1.25 / 64),
        # one stratum of four clusters: 4/3 · (0 + 1/64 + 1/64 + 0)
        ({"psu": "p"}, [], "all", 1 / 2, 1 / 24),
        # rows drawn one by one: p(1 - p)/(n - 1) = 1/4 / 7
        ({}, [], "all", 1 / 2, 1 / 28),
        # by stratum: 4/3 · (3/4 · 1/4 · 4)/8² = 1/64 in A and as much in B
        ({"strata": "s"}, [], "all", 1 / 2, 1 / 32),
        # the group k is stratum A: 3 of 4, u = ∓1/8
        ({"strata": "s", "psu": "p"}, ["g"], "k", 3 / 4, 1 / 16),
        # the group q is a2 and b1; a1 and b2 count as zero: u = 1/4 and -1/4, 2/1 · 2·(1/8)² in each stratum
        ({"strata": "s", "psu": "p"}, ["h"], "q", 1 / 2, 1 / 8),
    ],
)
def test_two_strata_by_hand(
    on: On, keys: Any, by: Any, subgroup: str, estimate: float, variance: float
) -> None:
    found = line(shared(on(TWO), Design(**keys), by), subgroup)
    assert found["estimate"] == pytest.approx(estimate, abs=1e-15)
    assert found["se"] ** 2 == pytest.approx(variance, abs=1e-15)


def test_a_published_cluster_sample(on: On) -> None:
    """Marks in 5 of 100 suites of four students (S. L. Lohr, Sampling: Design and Analysis, 2nd ed., example 5.2).

    Published: mean 2.826, standard error 0.164. Suite totals 12.16, 11.36, 8.96, 12.96, 11.08 have variance 2.256, and
    the standard error is √((1 - 5/100)·2.256/(5·4²)).
    """
    marks = [
        [3.08, 2.60, 3.44, 3.04],
        [2.36, 3.04, 3.28, 2.68],
        [2.00, 2.56, 2.52, 1.88],
        [3.00, 2.88, 3.44, 3.64],
        [2.68, 1.92, 3.28, 3.20],
    ]
    flat = [(mark, suite) for suite, four in enumerate(marks) for mark in four]
    table = on({"x": [m for m, _ in flat], "p": [s for _, s in flat], "one": [1] * 20, "has": [100] * 20})
    found = line(shared(table, Design(psu="p", fpc="has")))
    assert (round(found["estimate"], 3), round(found["se"], 3)) == (2.826, 0.164)
    half = 2.7764451 * found["se"]  # t of 4 degrees of freedom; an average has the normal interval
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((2.826 - half, 2.826 + half))


# A: u = -1/9 and 2/9; C has one cluster, u = -1/9. A alone gives 2/1 · 2·(1/6)² = 1/9.
LONE = rows_of(
    """
    x one s p  has
    0 2   A a1 4
    2 2   A a2 4
    0 2   C c1 1
    """
)


@pytest.mark.parametrize(
    ("lone", "fpc", "variance"),
    [
        ("certainty", None, 1 / 9),
        ("centre", None, 1 / 9 + 1 / 81),
        ("average", None, 2 / 9),
        # C has one cluster in all: nothing of it is uncertain, whatever the rule; A: 1 - 2/4
        *((lone, "has", 1 / 18) for lone in ("refuse", "certainty", "centre", "average")),
    ],
)
def test_a_stratum_with_one_cluster_by_each_rule(on: On, lone: Any, fpc: str | None, variance: float) -> None:
    found = line(shared(on(LONE), Design(strata="s", psu="p", fpc=fpc, lone=lone)))
    assert found["estimate"] == pytest.approx(1 / 3) and found["se"] ** 2 == pytest.approx(variance)


@pytest.mark.parametrize(("lone", "variance"), [("certainty", 4), ("centre", 4 + 4 / 9), ("average", 8)])
def test_a_total_is_centred_on_the_mean_of_all_clusters(on_duckdb: On, lone: Any, variance: float) -> None:
    """Totals by cluster 0, 2 and 0, their mean 2/3: A gives 2/1 · (1 + 1), C alone (0 - 2/3)²."""
    table = on_duckdb(LONE)
    found = line(ratios(table, {"l": (table.x, None)}, design=Design(strata="s", psu="p", lone=lone)))
    assert found["estimate"] == 2 and found["se"] ** 2 == pytest.approx(variance)


def test_a_lone_cluster_is_refused_unless_a_rule_is_chosen_and_is_said(on: On) -> None:
    with pytest.raises(LoneClusterError, match="Tầng C") as refused:
        shared(on(LONE), Design(strata="s", psu="p"))
    assert "merge strata" in refused.value.sentence("en")
    said = line(shared(on(LONE), Design(strata="s", psu="p", lone="centre")))["design"]
    assert said == "linearised, 3 clusters in 2 strata, 1 lone: centre"


def test_a_census_has_no_sampling_error_and_says_so(on: On) -> None:
    found = line(shared(on(TWO)))
    assert found["estimate"] == 1 / 2 and found["design"] == "census"
    assert (found["se"], found["ci_low"], found["ci_high"]) == (None, None, None)


def test_what_is_not_defined_is_null_and_never_nan(on: On) -> None:
    table = on(TWO | {"w": [1, 1, 1, 1, 0, 0, 0, 0]})
    found = line(shared(table, Design(weight="w", strata="s", psu="p"), ["g"]), "l")
    assert found["n"] == 4 and (found["estimate"], found["se"], found["ci_low"]) == (None, None, None)


@pytest.mark.parametrize("interval", ["logit", "wilson", "korn-graubard"])
def test_nobody_among_the_sampled_leaves_room_above_zero(on: On, interval: Any) -> None:
    table = on({"x": [0] * 40, "one": [1] * 40, "p": [n // 4 for n in range(40)]})
    found = line(shared(table, Design(psu="p", interval=interval)))
    assert (found["estimate"], found["se"], found["ci_low"]) == (0, 0, 0)
    assert 0.05 < found["ci_high"] < 0.2


# Any sample against a count row by row.

ANY = given(SAMPLED, st.sampled_from(["certainty", "centre", "average"]), st.booleans(), st.booleans())


@examples(20)
@ANY
def test_any_sample_as_counted_row_by_row(
    on_duckdb: On, rows: Any, lone: Any, finite: bool, clustered: bool
) -> None:
    as_counted(on_duckdb, rows, lone, finite, clustered)


@examples(3)
@ANY
def test_a_few_samples_on_spark_too(
    on_spark: On, rows: Any, lone: Any, finite: bool, clustered: bool
) -> None:
    as_counted(on_spark, rows, lone, finite, clustered)


def as_counted(on: On, rows: Any, lone: Any, finite: bool, clustered: bool) -> None:
    if finite and not clustered:
        finite = False  # three rows at most may then be in A
    table = on(laid(rows))
    design = Design(
        weight="w", strata="s", psu="p" if clustered else None, fpc="has" if finite else None, lone=lone
    )
    made = shared(table, design, ["g"])
    for group in ("all", *sorted({r[2] for r in rows})):
        mine = [
            oracle.Row(s, s + c if clustered else str(place), w, x, one, mine=group in ("all", g))
            for place, (s, c, g, w, x, one) in enumerate(rows)
        ]
        has = {"A": 3, "B": 5, "C": 9} if finite else None
        variance, found = oracle.variance(mine, lone, has), line(made, group)
        assert found["estimate"] == (
            None if oracle.ratio(mine) is None else pytest.approx(oracle.ratio(mine), abs=1e-12)
        )
        if variance is None:
            assert found["se"] is None
        else:
            assert found["se"] == pytest.approx(math.sqrt(variance), abs=1e-7)
        assert (found["ci_low"] is None) == (found["se"] is None or oracle.freedom(mine) == 0)
        if found["ci_low"] is not None:
            assert (
                found["ci_low"] <= found["estimate"] + 1e-12 and found["estimate"] - 1e-12 <= found["ci_high"]
            )


# The bootstrap.


def test_the_bootstrap_of_a_mean_of_equal_clusters_meets_the_linearised_error(on: On) -> None:
    """For a mean over clusters of one size both estimate the same variance; 4000 replicates are within 5%."""
    table = on({
        "x": [3, 5, 9, 1, 4, 8, 2, 7], "one": [2] * 8, "s": list("AAAABBBB"), "p": list(range(8)), "has": [8] * 8,
    })  # fmt: skip
    for fpc in (None, "has"):
        plain = line(shared(table, Design(strata="s", psu="p", fpc=fpc)))
        drawn = line(shared(table, Design(strata="s", psu="p", fpc=fpc, method="bootstrap", replicates=4000)))
        assert drawn["se"] == pytest.approx(plain["se"], rel=0.05)
        assert drawn["estimate"] == plain["estimate"] and drawn["design"].startswith("bootstrap of 4000")


def test_the_same_seed_draws_the_same_and_another_does_not(on: On) -> None:
    table = on(TWO)
    se = [
        line(shared(table, Design(strata="s", psu="p", method="bootstrap", replicates=50, seed=seed)))["se"]
        for seed in (1, 1, 2)
    ]
    assert se[0] == se[1] != se[2]
