"""Sampling error by hand, as published, against a count row by row, and what is refused."""

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures import results
from giamngheo.measures.design import Design, difference, ratios
from giamngheo.measures.errors import (
    BadWeightError,
    ClusterInStrataError,
    ColumnTypeError,
    EmptyGroupError,
    LoneClusterError,
    MissingValueError,
    NotANumberError,
    ParameterError,
    StratumSizeError,
    UnknownColumnError,
)
from tests.environment import examples
from tests.measures import oracle
from tests.measures.conftest import On


def rows_of(text: str) -> dict[str, list[Any]]:
    """A table drawn in text: names in the first line, numbers where they are numbers, '-' where missing."""
    names, *lines = (line.split() for line in text.strip().splitlines())
    return {name: [_value(line[place]) for line in lines] for place, name in enumerate(names)}


def _value(word: str) -> Any:
    if word == "-":
        return None
    try:
        return int(word)
    except ValueError:
        return float(word) if word.replace(".", "", 1).isdigit() else word


def line(made: Any, subgroup: str = "all") -> dict[str, Any]:
    (only,) = results.only(made, subgroup=subgroup)
    return only


def shared(table: Any, design: Design | None = None, by: Sequence[str] = ()) -> Any:
    return ratios(table, {"share": (table.x, table.one)}, by=by, design=design)


# Two strata of two clusters of two rows; 4 of 8 rows have x. u = (x - n/2)/8: 0 and 1/8 in A, -1/8 and 0 in B.
TWO = rows_of(
    """
    x one s p  g  h has
    1 1   A a1 k  r 4
    0 1   A a1 k  r 4
    1 1   A a2 k  q 4
    1 1   A a2 k  q 4
    0 1   B b1 l  q 8
    0 1   B b1 l  q 8
    1 1   B b2 l  r 8
    0 1   B b2 l  r 8
    """
)


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


# Any sample against a count row by row.

SAMPLED = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from("123"),
        st.sampled_from("gh"),
        st.integers(0, 3),
        st.sampled_from([0, 1, 1, 2, None]),
        st.sampled_from([0, 2, 2, 3]),
    ),
    min_size=1,
    max_size=24,
)


def laid(rows: Sequence[Any]) -> dict[str, Any]:
    stratum, cluster, group, weight, x, one = (list(column) for column in zip(*rows, strict=True))
    return {
        "s": stratum, "p": [a + b for a, b in zip(stratum, cluster, strict=True)], "g": group,
        "w": [float(w) for w in weight], "x": pa.array(x, pa.float64()), "one": one,
        "has": [{"A": 3, "B": 5, "C": 9}[s] for s in stratum],
    }  # fmt: skip


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


# What is refused.

PLAIN = {"x": [1, 0, 1, 0], "one": [1, 1, 1, 1], "s": ["A", "A", "B", "B"], "p": ["a", "b", "c", "d"]}
DRAWN = {"strata": "s", "psu": "p"}


@pytest.mark.parametrize(
    ("changed", "keys", "by", "error", "named"),
    [
        ({"w": [1, 1, -1, 1]}, {"weight": "w"}, [], BadWeightError, "w .*âm"),
        ({"w": [1, None, 1, 1]}, {"weight": "w"}, [], BadWeightError, "w .*trống"),
        ({"w": [1.0, float("nan"), 1.0, 1.0]}, {"weight": "w"}, [], BadWeightError, "không phải là số"),
        ({"w": ["1", "1", "1", "1"]}, {"weight": "w"}, [], ColumnTypeError, "cột w"),
        ({}, {"weight": "no"}, [], UnknownColumnError, "no"),
        ({}, {"psu": "no"}, [], UnknownColumnError, "no"),
        ({}, {}, ["no"], UnknownColumnError, "no"),
        ({"p": ["a", "b", None, "d"]}, DRAWN, [], MissingValueError, "cột p có 1"),
        ({"s": ["A", "A", None, "B"]}, DRAWN, [], MissingValueError, "cột s có 1"),
        ({"g": ["k", "k", None, None]}, DRAWN, ["g"], MissingValueError, "cột g có 2"),
        ({"p": ["a", "b", "a", "d"]}, DRAWN, [], ClusterInStrataError, "cụm a .*cột s"),
        ({"p": ["a", "b", "c", "c"]}, DRAWN, [], LoneClusterError, "Tầng B"),
        ({"f": [1, 1, 9, 9]}, DRAWN | {"fpc": "f"}, [], StratumSizeError, "tầng A .*2 cụm"),
        ({"f": [5, 6, 9, 9]}, DRAWN | {"fpc": "f"}, [], StratumSizeError, "tầng A"),
        ({"f": [5, None, 9, 9]}, DRAWN | {"fpc": "f"}, [], MissingValueError, "cột f có 1"),
        ({"x": [1.0, float("inf"), 1.0, 0.0]}, DRAWN, [], NotANumberError, "share|above"),
        ({"x": [1.0, float("nan"), 1.0, 0.0]}, DRAWN, [], NotANumberError, "share|above"),
    ],
)
def test_bad_rows_are_refused_by_column_and_rule(
    on: On, changed: Any, keys: Any, by: Any, error: Any, named: str
) -> None:
    with pytest.raises(error, match=f"(?i){named}") as refused:
        shared(on(PLAIN | changed), Design(**keys), by)
    assert refused.value.sentence("en")


def test_an_empty_table_is_refused_with_and_without_a_design(on: On) -> None:
    table = on(PLAIN)
    for design in (None, Design(), Design(**DRAWN)):
        with pytest.raises(EmptyGroupError):
            shared(table.filter(table.x > 5), design)


@pytest.mark.parametrize(
    "keys",
    [
        {"lone": "guess"},
        {"interval": "wald"},
        {"method": "jackknife"},
        {"level": 95},
        {"replicates": 1, "psu": "p", "method": "bootstrap"},
        {"method": "bootstrap"},
        {"method": "bootstrap", "psu": "p", "lone": "centre"},
    ],
)
def test_a_design_that_can_not_be_is_refused(keys: Any) -> None:
    with pytest.raises(ParameterError):
        Design(**keys)


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
