"""Intervals of shares against published ones of simple random samples, and at the edges."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from giamngheo.measures.errors import ParameterError
from giamngheo.measures.intervals import INTERVALS, interval

#: Degrees of freedom at which the quantiles of t are those of the normal distribution.
MANY = 1e9


def ends(kind: str, p: float, se: float, *, df: float, n: int, level: float = 0.95) -> list[float]:
    low, high = interval(kind, np.array([p]), np.array([se]), df=np.array([df]), n=np.array([n]), level=level)
    return [float(low[0]), float(high[0])]


def drawn(kind: str, x: int, n: int) -> list[float]:
    """Of x among n drawn at random; Korn–Graubard with n - 1 degrees of freedom is then Clopper–Pearson."""
    p = x / n
    df = n - 1 if kind == "korn-graubard" else MANY
    return [round(e, 4) for e in ends(kind, p, (p * (1 - p) / n) ** 0.5, df=df, n=n)]


@pytest.mark.parametrize(
    ("x", "n", "wilson", "exact"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: score without, and Clopper–Pearson
        (81, 263, [0.2553, 0.3662], [0.2527, 0.3676]),
        (15, 148, [0.0624, 0.1605], [0.0578, 0.1617]),
        (0, 20, [0, 0.1611], [0, 0.1684]),
        (1, 29, [0.0061, 0.1718], [0.0009, 0.1776]),
    ],
)
def test_published_intervals_of_simple_random_samples(x: int, n: int, wilson: Any, exact: Any) -> None:
    assert (drawn("wilson", x, n), drawn("korn-graubard", x, n)) == (wilson, exact)


def test_normal_and_logit_by_hand() -> None:
    """p = 1/2, se = 1/10, t of 4 degrees of freedom 2.7764: ±0.27764; logit 0 ± 2.7764·0.1/0.25 = ±1.11058."""
    assert ends("normal", 0.5, 0.1, df=4, n=50) == pytest.approx([0.2223555, 0.7776445])
    assert ends("logit", 0.5, 0.1, df=4, n=50) == pytest.approx(
        [1 / (1 + np.exp(1.1105780)), 1 / (1 + np.exp(-1.1105780))]
    )


@pytest.mark.parametrize("kind", ["logit", "wilson", "korn-graubard"])
@pytest.mark.parametrize("p", [0, 1])
def test_an_extreme_share_has_room_on_its_one_side(kind: str, p: int) -> None:
    low, high = ends(kind, p, 0, df=30, n=100)
    far = high if p == 0 else 1 - low
    assert (low if p == 0 else 1 - high) == 0 and 0.03 < far < 0.05


def test_without_degrees_of_freedom_there_is_no_interval_and_alike_clusters_are_their_own() -> None:
    for kind in INTERVALS:
        assert np.isnan(ends(kind, 0.3, 0.1, df=0, n=10)).all()
        assert ends(kind, 0.3, 0, df=5, n=10) == [0.3, 0.3]


@given(
    st.sampled_from(["logit", "wilson", "korn-graubard"]),
    st.floats(0.001, 0.999),
    st.floats(1e-4, 0.2),
    st.integers(1, 200),
    st.integers(0, 5000),
)
def test_an_interval_of_a_share_holds_it_stays_in_range_mirrors_and_widens(
    kind: str, p: float, se: float, df: int, more: int
) -> None:
    n = df + 1 + more  # a design has no more degrees of freedom than rows less one
    low, high = ends(kind, p, se, df=df, n=n)
    assert 0 <= low <= p + 1e-12 and p - 1e-12 <= high <= 1
    assert ends(kind, 1 - p, se, df=df, n=n) == pytest.approx([1 - high, 1 - low], abs=1e-6)
    wider = ends(kind, p, se, df=df, n=n, level=0.99)
    assert wider[0] <= low + 1e-9 and wider[1] >= high - 1e-9


def test_korn_graubard_covers_a_rare_event_at_its_level() -> None:
    """Of all samples of 60 with one in fifty poor, weighed by how likely they are, at least 95% hold it."""
    x = np.arange(61)
    p = x / 60
    low, high = interval("korn-graubard", p, np.sqrt(p * (1 - p) / 60), df=np.full(61, 59), n=np.full(61, 60))
    assert stats.binom.pmf(x, 60, 0.02)[(low <= 0.02) & (high >= 0.02)].sum() >= 0.95


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ParameterError, match="wald"):
        ends("wald", 0.5, 0.1, df=4, n=50)
