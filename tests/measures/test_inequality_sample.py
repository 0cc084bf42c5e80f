"""Sampling errors of the indices of inequality: by hand, and as slopes in the weights of rows."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.design import Design
from giamngheo.measures.errors import LoneClusterError, ParameterError
from giamngheo.measures.inequality import inequality
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
    assert line(made, "p90/p10")["se"] is None and line(made, "gini:between")["se"] is None


def _between(
    name: str, rows: Rows, groups: Sequence[str]
) -> Callable[[Sequence[float], Sequence[float]], float]:
    """Theil's part between groups, told anew from weights of the rows."""

    def part(x: Sequence[float], w: Sequence[float]) -> float:
        alike = []
        for g in groups:
            own = [(a, b) for a, b, of in zip(x, w, groups, strict=True) if of == g]
            alike.append(mean([a for a, _ in own], [b for _, b in own]))
        return (theil_t if name == "theil_t" else theil_l)(alike, w)

    return part


@pytest.mark.parametrize("psu", ["c", None])
@pytest.mark.parametrize("name", ["theil_t", "theil_l"])
def test_parts_of_theil_have_the_errors_of_slopes(name: str, psu: str | None) -> None:
    rows: Rows = [
        (3, 1.0, "p"),
        (5, 2.0, "p"),
        (9, 1.0, "q"),
        (4, 1.0, "q"),
        (20, 1.5, "r"),
        (2, 1.0, "r"),
        (7, 1.0, "s"),
    ]
    groups = ["a", "b", "a", "b", "a", "b", "b"]
    table = pa.table(
        {"x": [r[0] for r in rows], "w": [r[1] for r in rows], "c": [r[2] for r in rows], "g": groups}
    )
    made = inequality(read(table), "x", by=["g"], design=Design(weight="w", psu=psu))
    between, whole = _between(name, rows, groups), INDICES[name]
    lone = rows if psu else [(x, w, str(place)) for place, (x, w, _c) in enumerate(rows)]
    x, w = [float(r[0]) for r in rows], [r[1] for r in rows]
    for part, index in (("between", between), ("within", lambda x, w: whole(x, w) - between(x, w))):
        found = line(made, f"{name}:{part}")
        assert found["estimate"] == pytest.approx(index(x, w))
        assert found["se"] == pytest.approx(error(index, lone), abs=1e-6)
        assert found["ci_low"] < found["estimate"] < found["ci_high"]


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


@pytest.mark.parametrize(
    ("design", "kind"),
    [(Design(psu="c", method="bootstrap"), ParameterError), (Design(psu="c", strata="c"), LoneClusterError)],
)
def test_designs_that_give_none_are_refused(design: Design, kind: Any) -> None:
    with pytest.raises(kind):
        inequality(read(pa.table({"x": [1, 2, 3, 4], "c": [1, 1, 2, 2]})), "x", design=design)
