"""Sampling errors of the indices of inequality: by hand, and as slopes in the weights of rows."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.design import Design
from giamngheo.measures.errors import LoneClusterError
from giamngheo.measures.inequality import inequality, lorenz
from giamngheo.measures.tables import read
from tests.environment import examples
from tests.measures.conftest import On
from tests.measures.lines import line, value

Rows = Sequence[tuple[int, float, str]]


def gini(x: Sequence[float], w: Sequence[float]) -> float:
    pairs = sum(a * b * abs(c - d) for c, a in zip(x, w, strict=True) for d, b in zip(x, w, strict=True))
    return pairs / (2 * sum(w) * sum(a * c for c, a in zip(x, w, strict=True)))


def mean(x: Sequence[float], w: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(x, w, strict=True)) / sum(w)


def theil_t(x: Sequence[float], w: Sequence[float]) -> float:
    m = mean(x, w)
    return mean([v / m * math.log(v / m) for v in x], w)


def theil_l(x: Sequence[float], w: Sequence[float]) -> float:
    m = mean(x, w)
    return mean([math.log(m / v) for v in x], w)


def atkinson(e: float) -> Callable[[Sequence[float], Sequence[float]], float]:
    if e == 1:
        return lambda x, w: 1 - math.exp(mean([math.log(v) for v in x], w)) / mean(x, w)
    return lambda x, w: 1 - mean([v ** (1 - e) for v in x], w) ** (1 / (1 - e)) / mean(x, w)


INDICES = {"mean": mean, "gini": gini, "theil_t": theil_t, "theil_l": theil_l, "atkinson:0.5": atkinson(0.5), "atkinson:1": atkinson(1), "atkinson:2": atkinson(2)}  # fmt: skip


def within_between(
    name: str,
) -> Callable[[Sequence[str]], Callable[[Sequence[float], Sequence[float]], float]]:
    """A part of an index by the groups of the rows, from the formulas."""
    kind, part = name.split(":")

    def of_groups(groups: Sequence[str]) -> Callable[[Sequence[float], Sequence[float]], float]:
        def value(x: Sequence[float], w: Sequence[float]) -> float:
            places = [[i for i, own in enumerate(groups) if own == g] for g in sorted(set(groups))]
            means = list(x)
            within = 0.0
            for own in places:
                mine, weights = [x[i] for i in own], [w[i] for i in own]
                heads, purse = sum(weights) / sum(w), mean(mine, weights) * sum(weights) / mean(x, w) / sum(w)
                share = {"theil_t": purse, "theil_l": heads, "gini": heads * purse}[kind]
                within += share * INDICES[kind](mine, weights)
                for i in own:
                    means[i] = mean(mine, weights)
            between = INDICES[kind](means, w)
            return {"within": within, "between": between, "overlap": INDICES[kind](x, w) - within - between}[
                part
            ]

        return value

    return of_groups


PARTS = {name: within_between(name) for name in ("theil_t:within", "theil_t:between", "theil_l:within", "theil_l:between", "gini:within", "gini:between", "gini:overlap")}  # fmt: skip


def error(index: Callable[[Sequence[float], Sequence[float]], float], rows: Rows) -> float:
    """By clusters, each row's influence being the slope of the index in its weight."""
    x, w = [float(r[0]) for r in rows], [r[1] for r in rows]
    totals = dict.fromkeys((r[2] for r in rows), 0.0)
    for place, row in enumerate(rows):
        ends = [index(x, [v + step * (i == place) for i, v in enumerate(w)]) for step in (1e-5, -1e-5)]
        totals[row[2]] += w[place] * (ends[0] - ends[1]) / 2e-5
    middle, many = sum(totals.values()) / len(totals), len(totals)
    return math.sqrt(many / (many - 1) * sum((t - middle) ** 2 for t in totals.values()))


@examples(5)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 3), st.sampled_from("abcd")), min_size=5, max_size=12
    )
)
def test_errors_are_those_of_slopes(drawn: Any) -> None:
    rows = [(x, float(w), c) for x, w, c in [*drawn, (5, 1, "a"), (9, 1, "b")]]
    table = read(pa.table({"x": [r[0] for r in rows], "w": [r[1] for r in rows], "c": [r[2] for r in rows]}))
    made = inequality(table, "x", design=Design(weight="w", psu="c"))
    for name, index in INDICES.items():
        found = line(made, name)
        assert found["estimate"] == pytest.approx(
            index([float(r[0]) for r in rows], [r[1] for r in rows]), abs=1e-9
        )
        assert found["se"] == pytest.approx(error(index, rows), abs=1e-5), name
        assert found["ci_low"] <= found["estimate"] <= found["ci_high"]


def test_rows_as_clusters_persons_and_groups(on: On) -> None:
    rows = {
        "x": [1, 2, 3, 4, 2, 2],
        "n": [1, 2, 1, 2, 1, 1],
        "g": ["a", "a", "a", "b", "b", "b"],
        "w": [2.0, 1, 1, 1, 3, 1],
    }
    made = inequality(on(rows), "x", by=["g"], weight="n", design=Design(weight="w"))
    plain = [
        (x, n * w, str(i)) for i, (x, n, w) in enumerate(zip(rows["x"], rows["n"], rows["w"], strict=True))
    ]  # type: ignore[operator]
    for name, index in INDICES.items():
        assert line(made, name)["se"] == pytest.approx(error(index, plain), abs=1e-6), name
    assert line(made, "theil_t", "a")["se"] > 0 and "6 rows" in line(made, "theil_t", "a")["design"]
    for name, index in PARTS.items():
        assert line(made, name)["se"] == pytest.approx(error(index(rows["g"]), plain), abs=1e-6), name


def test_the_mean_of_two_clusters_by_hand() -> None:
    """Totals 3 of 2 and 7 of 2: mean 5/2, u = ∓1/2, variance 2/1 · 2/4 = 1."""
    found = line(
        inequality(read(pa.table({"x": [1, 2, 3, 4], "c": [1, 1, 2, 2]})), "x", design=Design(psu="c")),
        "mean",
    )
    assert (found["estimate"], found["se"]) == (2.5, pytest.approx(1))


def test_what_is_not_defined_has_no_error() -> None:
    made = inequality(
        read(pa.table({"x": [0, 2, 3, 0], "g": ["a", "a", "a", "b"]})), "x", by=["g"], design=Design()
    )
    assert [line(made, name)["se"] for name in ("theil_l", "atkinson:1", "atkinson:2")] == [None, None, None]
    assert (
        line(made, "theil_t")["se"] > 0
        and value(made, "gini", "b") is None
        and line(made, "gini", "b")["se"] is None
    )


@pytest.mark.parametrize("method", ["linearised", "bootstrap"])
def test_a_lone_cluster_is_refused_by_both_methods(method: Any) -> None:
    with pytest.raises(LoneClusterError):
        inequality(
            read(pa.table({"x": [1, 2, 3, 4], "c": [1, 1, 2, 2]})),
            "x",
            design=Design(psu="c", strata="c", method=method),
        )


def test_points_of_the_lorenz_curve_are_slopes_too() -> None:
    """Amounts 1, 2, 3, 4 in clusters {1, 4}, {2}, {3}: the poorest half have 3/10 of all."""
    x, c = [1, 2, 3, 4], ["a", "b", "c", "a"]

    def half(amounts: Sequence[float], w: Sequence[float]) -> float:
        room, held = sum(w) / 2, 0.0
        for amount, many in sorted(zip(amounts, w, strict=True)):
            held += amount * min(many, room)
            room -= min(many, room)
        return held / sum(a * b for a, b in zip(amounts, w, strict=True))

    weights = [1.0, 1.4, 1.2, 1]  # the half ends within the third, so that the slope is one
    made = lorenz(
        read(pa.table({"x": x, "c": c, "w": weights})),
        "x",
        at=["50%", "100%"],
        design=Design(weight="w", psu="c"),
    )
    found = line(made, "lorenz", k=0.5)
    rows = [(a, b, d) for a, b, d in zip(x, weights, c, strict=True)]
    assert found["estimate"] == pytest.approx(half(x, weights))
    assert found["se"] == pytest.approx(error(half, rows), abs=1e-6)
    assert found["ci_low"] == 0 and line(made, "lorenz", k=1)["se"] == 0
    assert line(lorenz(read(pa.table({"x": x})), "x", at=["50%"]), "lorenz")["se"] is None


def test_amounts_all_alike_have_no_error_of_their_quantiles() -> None:
    made = inequality(read(pa.table({"x": [5, 5, 5, 5], "c": [1, 1, 2, 2]})), "x", design=Design(psu="c"))
    assert (line(made, "p90/p10")["estimate"], line(made, "p90/p10")["se"]) == (1, None)
