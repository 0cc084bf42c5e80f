"""How unlike places are: worked tables a person can check by hand, and what holds of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.measures.change_of_rate import Counted
from giamngheo.measures.spread import Spread, Width, spread
from tests.environment import examples


def of(*pairs: tuple[int, int]) -> Spread | None:
    return spread({str(place): Counted(part, whole) for place, (part, whole) in enumerate(pairs)})


def test_two_places_by_hand() -> None:
    found = of((30, 100), (30, 300))  # 30% and 10%; together 15%; squares: (100 · 0.15² + 300 · 0.05²) / 400
    assert found is not None
    assert (found.places, found.highest, found.lowest) == (2, ("0", 0.3), ("1", 0.1))
    assert found.whole == pytest.approx(0.15)
    assert (found.range, found.times) == (pytest.approx(0.2), pytest.approx(3))
    assert found.deviation == pytest.approx(0.0075**0.5)
    assert found.relative == pytest.approx(0.0075**0.5 / 0.15)


@pytest.mark.parametrize("places", [(), ((3, 10),), ((3, 10), (0, 0))])
def test_one_place_is_no_spread(places: tuple[tuple[int, int], ...]) -> None:
    assert of(*places) is None


def test_nobody_poor_anywhere_has_no_ratio() -> None:
    found = of((0, 10), (0, 20))
    assert found is not None
    assert (found.deviation, found.relative, found.times) == (0, None, None)


@pytest.mark.parametrize(
    ("then", "now", "points", "relative"),
    [
        (
            ((60, 100), (30, 100)),
            ((40, 100), (15, 100)),
            "narrower",
            "wider",
        ),  # the trap: nearer in points only
        (((60, 100), (30, 100)), ((50, 100), (20, 100)), "still", "wider"),
        (((60, 100), (30, 100)), ((20, 100), (10, 100)), "narrower", "still"),
        (((40, 100), (30, 100)), ((40, 100), (10, 100)), "wider", "wider"),
        (((40, 100), (30, 100)), ((0, 100), (0, 100)), "narrower", None),
    ],
)
def test_points_and_the_relative_spread_may_disagree(
    then: tuple[tuple[int, int], ...],
    now: tuple[tuple[int, int], ...],
    points: Width,
    relative: Width | None,
) -> None:
    before, after = of(*then), of(*now)
    assert before and after
    assert (before.width(after), before.relative_width(after)) == (points, relative)


COUNTS = st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(places=st.lists(COUNTS, min_size=2, max_size=8))
@examples(20)
def test_the_spread_of_any_places_lies_within_their_range(places: list[tuple[int, int]]) -> None:
    found = of(*places)
    assert found is not None
    assert found.deviation <= found.range + 1e-9
    assert found.lowest[1] - 1e-9 <= found.whole <= found.highest[1] + 1e-9
    merged = of(*places, *places)  # the same places twice over are as unlike
    assert merged is not None
    assert merged.deviation == pytest.approx(found.deviation)
