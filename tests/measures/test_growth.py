"""Two rounds of amounts: by hand, against rescaled populations in fractions, and by their properties."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.errors import (
    EmptyGroupError,
    GroupColumnError,
    MeasuresError,
    ParameterError,
    UnknownColumnError,
)
from giamngheo.measures.growth import growth_and_redistribution, growth_incidence
from tests.environment import examples
from tests.measures.conftest import On
from tests.measures.lines import value

#: The two rounds of the module's docstring.
TWO = {
    "x": [5, 10, 15, 8, 10, 24],
    "year": [2019] * 3 + [2020] * 3,
    "g": ["a", "a", "b", "a", "a", "b"],
}
ROUNDS: dict[str, Any] = {"between": "year", "first": 2019, "second": 2020}


@pytest.mark.parametrize(
    ("method", "growth", "redistribution", "residual"),
    [("base", -1 / 3, 0, 1 / 3), ("shapley", -1 / 6, 1 / 6, None)],
)
def test_headcount_explained_by_hand(
    on: On, method: Any, growth: float, redistribution: float, residual: float | None
) -> None:
    made = growth_and_redistribution(on(TWO), "x", 10, method=method, **ROUNDS)
    assert value(made, "change:FGT0") == 0
    assert value(made, "growth:FGT0") == pytest.approx(growth)
    assert value(made, "redistribution:FGT0") == pytest.approx(redistribution)
    if residual is not None:
        assert value(made, "residual:FGT0") == pytest.approx(residual)


def test_growth_incidence_by_hand(on: On) -> None:
    made = growth_incidence(on(TWO), "x", at=["1/3", "2/3", 1], by=["g"], **ROUNDS)
    assert [value(made, "growth", k=k) for k in (1 / 3, 2 / 3, 1)] == pytest.approx([3 / 5, 0, 9 / 15])
    halves = growth_incidence(on(TWO), "x", at=np.array([0.5, 1]), **ROUNDS)
    assert halves.equals(growth_incidence(on(TWO), "x", at=["1/2", 1], **ROUNDS))
    assert value(made, "growth_of_mean") == pytest.approx(0.4)
    assert value(made, "growth_of_mean", "b") == pytest.approx(0.6)
    nothing = on(TWO | {"x": [0, 10, 15, 8, 10, 24]})
    assert value(growth_incidence(nothing, "x", at="1/3", **ROUNDS), "growth") is None


def test_a_household_that_lands_on_the_line_is_not_lost_to_rounding(on: On) -> None:
    """Amounts grow by 10/9 on average, so that 27 becomes exactly 30, the line, and is not below it."""
    rows = {"x": [27, 27, 27, 9, 30, 30, 30, 10], "year": [1] * 4 + [2] * 4}
    made = growth_and_redistribution(on(rows), "x", 30, between="year", first=1, second=2, inclusive=False)
    assert value(made, "growth:FGT0") == -3 / 4 and value(made, "residual:FGT0") == 0


ROWS = st.lists(
    st.tuples(st.integers(1, 20), st.integers(1, 3), st.integers(1, 2)), min_size=2, max_size=15
).filter(lambda rows: {row[2] for row in rows} == {1, 2})


def naive(rows: Sequence[Any], z: int, inclusive: bool) -> dict[tuple[int, int], list[Fraction]]:
    """FGT0 to FGT2 of each round's amounts with either round's mean, by rescaling every amount."""
    mean = {
        r: Fraction(sum(x * w for x, w, y in rows if y == r), sum(w for _, w, y in rows if y == r))
        for r in (1, 2)
    }
    found = {}
    for own in (1, 2):
        for of in (1, 2):
            people = [x * mean[of] / mean[own] for x, w, y in rows if y == own for _ in range(w)]
            gaps = [max(z - x, Fraction(0)) / z for x in people]
            poor = sum(x < z or (inclusive and x == z) for x in people)
            n = len(people)
            found[of, own] = [Fraction(poor, n), sum(gaps) / n, sum(g * g for g in gaps) / n]
    return found


@examples(10)
@given(ROWS, st.integers(1, 20), st.booleans(), st.sampled_from(["base", "shapley"]))
def test_any_two_rounds_as_their_rescaled_populations(
    rows: Any, z: int, inclusive: bool, method: Any
) -> None:
    x, w, y = zip(*rows, strict=True)
    table = ibis.memtable(pa.table({"x": pa.array(x), "w": pa.array(w), "y": pa.array(y)}))
    made = growth_and_redistribution(
        table, "x", z, between="y", first=1, second=2, weight="w", inclusive=inclusive, method=method
    )
    p = naive(rows, z, inclusive)
    for power, name in enumerate(("FGT0", "FGT1", "FGT2")):
        start, end, grown, shrunk = (p[key][power] for key in ((1, 1), (2, 2), (2, 1), (1, 2)))
        change, growth, redistribution = (
            value(made, f"{part}:{name}") for part in ("change", "growth", "redistribution")
        )
        assert change == pytest.approx(float(end - start), abs=1e-13)
        if method == "base":
            assert growth == pytest.approx(float(grown - start), abs=1e-13)
            assert redistribution == pytest.approx(float(shrunk - start), abs=1e-13)
        else:
            assert growth + redistribution == pytest.approx(change, abs=1e-13)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"first": 2018}, EmptyGroupError),
        ({"second": 2019}, ParameterError),
        ({"between": "năm"}, UnknownColumnError),
        ({"line": 0}, ParameterError),
        ({"method": "half"}, ParameterError),
        ({"by": ["year"]}, GroupColumnError),
    ],
)
def test_what_is_refused(on: On, change: Any, error: type[MeasuresError]) -> None:
    with pytest.raises(error):
        growth_and_redistribution(on(TWO), "x", **({"line": 10} | ROUNDS | change))


def test_a_round_in_which_a_group_has_nothing_is_refused_and_a_group_of_one_round_left_out(on: On) -> None:
    with pytest.raises(EmptyGroupError, match="b"):
        growth_and_redistribution(on(TWO | {"x": [5, 10, 0, 8, 10, 24]}), "x", 10, by=["g"], **ROUNDS)
    left = growth_and_redistribution(
        on(TWO | {"g": ["a", "a", "b", "a", "a", "c"]}), "x", 10, by=["g"], **ROUNDS
    )
    assert set(left["subgroup"].to_pylist()) == {"all", "a"}
