"""A proxy means test by hand, against its normal equations, out of sample, and what it refuses."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from giamngheo.measures import results
from giamngheo.measures.design import Design
from giamngheo.measures.errors import (
    CollinearColumnsError,
    ColumnTypeError,
    ConstantColumnError,
    EmptyGroupError,
    MeasuresError,
    MissingValueError,
    NoFitError,
    NotZeroOneError,
    ParameterError,
    UnknownColumnError,
    ValueRangeError,
)
from giamngheo.measures.proxy_means import Card, Proxy, proxy_means
from giamngheo.measures.tables import fetch, read
from tests.measures.conftest import On
from tests.measures.lines import line, value


def made_up(many: int, seed: int, noise: int = 0) -> pa.Table:
    """Households whose income a roof and a motorbike tell in part, in clusters of ten; `noise` columns tell nothing."""
    random = np.random.default_rng(seed)
    roof, bike = random.integers(0, 2, many), random.integers(0, 3, many)
    income = np.exp(14 + 0.5 * roof + 0.2 * bike + random.normal(0, 0.4, many)).astype(np.int64)
    columns = {f"z{n}": random.integers(0, 2, many) for n in range(noise)}
    return pa.table({
        "income": income, "roof": roof, "bike": bike, "w": random.integers(1, 4, many), "c": np.arange(many) // 10,
        "g": np.arange(many) % 2, **columns,
    })  # fmt: skip


def test_a_roof_by_hand() -> None:
    """ln 1000 = 6.908 and ln 2718 = 7.908: 691 points to begin with and 100 for a roof; up to 691 is poor."""
    rows = pa.table({"income": [1000, 1000, 2718, 2718] * 3, "roof": [0, 0, 1, 1] * 3})
    card, made = proxy_means(read(rows), Proxy(("roof",), income="income", line=1000))
    assert card == Card(691, {"roof": 100}, 691)
    assert [value(made, "points", s) for s in ("constant", "roof")] == [691, 100]
    assert value(made, "r2") == pytest.approx(1) and value(made, "cutoff") == 691
    for end in ("in", "out"):
        assert [value(made, f"{m}:{end}") for m in ("exclusion_error", "inclusion_error", "auc")] == [0, 0, 1]


def test_a_logit_by_hand() -> None:
    """Of ten with a roof two are poor, of ten without seven: ln 8/2 - ln 3/7 = 2.234 for a roof, ln 3/7 = -0.847 without."""
    rows = pa.table({"roof": [True] * 10 + [False] * 10, "poor": [1] * 2 + [0] * 8 + [1] * 7 + [0] * 3})
    card, made = proxy_means(read(rows), Proxy(("roof",), poor="poor", folds=2))
    assert card == Card(-85, {"roof": 223}, -85)
    assert value(made, "coefficient", "roof") == pytest.approx(math.log(8 / 2) - math.log(3 / 7))
    assert (
        value(made, "exclusion_error:in") == pytest.approx(2 / 9) and value(made, "inclusion_error:in") == 0.3
    )


def test_weighted_coefficients_are_those_of_the_normal_equations() -> None:
    rows = made_up(200, 1)
    _, made = proxy_means(read(rows), Proxy(("roof", "bike"), income="income", line=1_500_000), weight="w")
    x = np.column_stack([np.ones(200), rows["roof"].to_numpy(), rows["bike"].to_numpy()])
    w, y = rows["w"].to_numpy().astype(float), np.log(rows["income"].to_numpy())
    inverse = np.linalg.inv(x.T @ (x * w[:, None]))
    beta = inverse @ (x.T @ (w * y))
    scores = x * (w * (y - x @ beta))[:, None]
    robust = np.sqrt(np.diag(200 / 197 * inverse @ (scores.T @ scores) @ inverse))
    for place, name in enumerate(("constant", "roof", "bike")):
        found = line(made, "coefficient", name)
        assert (found["estimate"], found["se"]) == pytest.approx((beta[place], robust[place]))
        assert value(made, "points", name) == round(beta[place] * 100)


@pytest.mark.parametrize("target", ["20%", "50%", "1%"])
def test_a_target_is_never_passed(target: str) -> None:
    rows = read(made_up(200, 2))
    card, made = proxy_means(
        rows, Proxy(("roof", "bike"), income="income", line=1_500_000, target=target), weight="w"
    )
    chosen = value(made, "coverage:in")
    assert chosen <= float(target[:-1]) / 100
    scores = rows.select(s=card.score(rows), w=rows.w)
    above = fetch(scores.filter(scores.s > card.cutoff))
    following = min(above["s"].to_pylist())
    more = sum(
        w for s, w in zip(above["s"].to_pylist(), above["w"].to_pylist(), strict=True) if s == following
    )
    assert chosen + more / sum(made_up(200, 2)["w"].to_pylist()) > float(target[:-1]) / 100, (
        "the next score would pass it"
    )


def test_the_order_of_rows_is_of_no_account_and_groups_are_told() -> None:
    rows = made_up(120, 3)
    proxy, design = Proxy(("roof", "bike"), income="income", line=1_500_000), Design(weight="w", psu="c")
    turned = rows.take(np.random.default_rng(0).permutation(120))
    first, second = (proxy_means(read(t), proxy, by=["g"], design=design) for t in (rows, turned))
    assert first[0] == second[0]
    for one, other in zip(first[1].to_pylist(), second[1].to_pylist(), strict=True):
        assert one == pytest.approx(other, abs=1e-9)
    found = line(first[1], "exclusion_error:out", "1")
    assert (
        found["se"] > 0
        and "12 clusters" in found["design"]
        and "12 clusters" in line(first[1], "coefficient", "roof")["design"]
    )


def test_what_explains_nothing_looks_well_only_in_sample() -> None:
    rows = made_up(150, 4, noise=12)
    _, made = proxy_means(
        read(rows), Proxy(tuple(f"z{n}" for n in range(12)), income="income", line=1_500_000)
    )
    assert value(made, "auc:in") > 0.6 > value(made, "auc:out")
    wrong = {
        end: value(made, f"exclusion_error:{end}") + value(made, f"inclusion_error:{end}")
        for end in ("in", "out")
    }
    assert wrong["in"] < wrong["out"]


def test_a_card_scores_on_every_engine(on: On) -> None:
    table = on({"roof": [0, 1], "bike": [2, 1]})
    made = table.select(score=Card(-5, {"roof": 50, "bike": 20}, 0).score(table)).order_by("score")
    assert fetch(made)["score"].to_pylist() == [35, 65]


GOOD = {"income": [1, 2, 3, 4, 5, 6, 7, 8], "a": [0, 1, 0, 1, 1, 0, 1, 1], "b": [0, 0, 1, 1, 2, 2, 3, 3], "poor": [1, 1, 0, 1, 0, 0, 1, 0]}  # fmt: skip
MONEY: dict[str, Any] = {"columns": ("a", "b"), "income": "income", "line": 4}


@pytest.mark.parametrize(
    ("change", "proxy", "kind", "named"),
    [
        ({"a": [1] * 8}, MONEY, ConstantColumnError, "cột a chỉ"),
        ({"b": [1 - v for v in GOOD["a"]]}, MONEY, CollinearColumnsError, "a, b"),
        ({"a": [0.5] * 8}, MONEY, ColumnTypeError, "cột a"),
        ({"a": [None, *GOOD["a"][1:]]}, MONEY, MissingValueError, "cột a có 1"),
        ({"income": [0, *GOOD["income"][1:]]}, MONEY, ValueRangeError, "cột income có 1"),
        ({}, MONEY | {"line": 100}, NoFitError, "100%"),
        ({}, MONEY | {"columns": ("a", "none")}, UnknownColumnError, "none"),
        ({}, MONEY | {"folds": 9}, ParameterError, "folds"),
        ({"w": [0] * 8}, MONEY | {"weight": "w"}, EmptyGroupError, "quyền số w"),
        ({}, {"columns": ("a",), "poor": "b"}, NotZeroOneError, "cột b có 4"),
        ({"poor": [1 - v for v in GOOD["a"]]}, {"columns": ("a",), "poor": "poor", "folds": 2}, NoFitError, "separation"),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_by_column_and_rule(change: Any, proxy: Any, kind: Any, named: str) -> None:
    with pytest.raises(kind, match=f"(?i){named}"):
        weight = {"weight": proxy["weight"]} if "weight" in proxy else {}
        named_by = Proxy(**{key: of for key, of in proxy.items() if key != "weight"})
        proxy_means(read(pa.table(GOOD | change)), named_by, **weight)


@pytest.mark.parametrize(
    "proxy",
    [
        {"columns": ()},
        {"columns": ("a", "a"), "poor": "p"},
        {"columns": ("a",)},
        {"columns": ("a",), "income": "x"},
        {"columns": ("a",), "income": "x", "line": 1, "poor": "p"},
        {"columns": ("a",), "poor": "p", "folds": 1},
        {"columns": ("a",), "poor": "p", "scale": 0},
        {"columns": ("a",), "poor": "p", "target": 2},
    ],
)
def test_choices_that_are_none_are_refused(proxy: Any) -> None:
    with pytest.raises(ParameterError):
        Proxy(**proxy)


def test_every_column_of_a_dependence_is_named() -> None:
    rows = pa.table({"income": list(range(1, 13)), "a": [0, 1, 0] * 4, "b": [1, 0, 0] * 4, "c": [0, 0, 1] * 4, "d": [0, 1, 1, 0, 1, 0] * 2})  # fmt: skip
    with pytest.raises(MeasuresError) as refused:
        proxy_means(read(rows), Proxy(("a", "b", "c", "d"), income="income", line=5))
    assert refused.value.params == {"columns": "a, b, c"} and results.ALL not in refused.value.sentence("en")
