"""Where a target stands, as tables a person can check by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.resolution.clauses import Asks
from giamngheo.resolution.standing import Mark, Path, State, stand, worst

FALL = Asks("fall", 3, most=4, direction="down")
OVER_90 = Asks("level", 90, strict=True)
JOBS = Asks("each_year", 7000, strict=True)


def at(*pairs: tuple[float, float]) -> list[Mark]:
    return [Mark(when, value) for when, value in pairs]


@pytest.mark.parametrize(
    ("asks", "base", "marks", "now", "state", "ahead"),
    [
        # The poor rate: 40.40 at the end of 2015, at least 3 points a year.
        (FALL, 40.40, at((2020, 16.33)), 2020, State.MET, 9.07),
        (FALL, 40.40, at((2016, 34.81)), 2016, State.ON_PATH, 2.59),
        (FALL, 40.40, at((2016, 37.40)), 2016, State.ON_PATH, 0),
        (FALL, 40.40, at((2016, 37.41)), 2016, State.BEHIND, -0.01),
        (FALL, 40.40, at((2017, 37.40)), 2017, State.BEHIND, -3),
        (FALL, 40.40, at((2017, 37.41)), 2017, State.FAR_BEHIND, -3.01),
        (FALL, 40.40, at((2020, 25.40)), 2020, State.MET, 0),
        (FALL, 40.40, at((2020, 25.41)), 2020, State.BEHIND, -0.01),
        (FALL, 40.40, at((2019, 20.12)), 2019, State.MET, 8.28),  # below the level of the end already
        (FALL, None, at((2019, 20.12)), 2019, State.NO_DATA, None),
        (FALL, 40.40, at((2015, 40.40)), 2020, State.NO_DATA, None),
        (FALL, 40.40, at((2021, 10.0)), 2025, State.NO_DATA, None),  # after the last year
        # Where less than the whole fall was there at the start, the path ends at nought.
        (FALL, 3.33, at((2020, 0.67)), 2020, State.BEHIND, -0.67),
        (FALL, 3.33, at((2020, 0)), 2020, State.MET, 0),
        # Districts off the list: 1 or more.
        (Asks("level", 1, most=2), None, at((2017 + 3 / 12, 2)), 2020, State.MET, None),
        (Asks("level", 1, most=2), None, at((2017 + 3 / 12, 0)), 2020, State.NOT_YET, None),
        # Villages with roads: over 90%; no base is known.
        (OVER_90, None, at((2017 + 11 / 12, 88.1)), 2020, State.NOT_YET, None),
        (OVER_90, None, at((2020, 90)), 2020, State.NOT_YET, 0),
        (OVER_90, None, at((2020, 90.1)), 2020, State.MET, 0.1),
        # From 80 to over 90 in five years: 2 a year.
        (OVER_90, 80, at((2017, 84)), 2017, State.ON_PATH, 0),
        (OVER_90, 80, at((2017, 82)), 2017, State.BEHIND, -2),
        (OVER_90, 80, at((2017, 81.9)), 2017, State.FAR_BEHIND, -2.1),
        (OVER_90, 80, at((2020, 90)), 2020, State.BEHIND, 0),  # not over
        # What was met at the start is to be kept.
        (Asks("level", 95, strict=True), 97, at((2016, 93.6)), 2016, State.BEHIND, -1.4),
        # Fewer is better.
        (Asks("level", 20, strict=True, direction="down"), 25, at((2018, 22)), 2018, State.ON_PATH, 0),
        (Asks("level", 1.9, direction="down"), 1.66, at((2016, 1.66)), 2016, State.MET, 0.24),
        # Income of the poor 1.5 times the base: 10% of the base a year.
        (Asks("times_base", 1.5), 600, at((2020, 900)), 2020, State.MET, 0),
        (Asks("times_base", 1.5), 600, at((2017, 700)), 2017, State.BEHIND, -20),
        (Asks("times_base", 1.5), None, at((2017, 700)), 2017, State.NO_DATA, None),
        # Work for more than 7,000 every year.
        (JOBS, None, [Mark(2017 + 11 / 12, 21000, 35 / 12)], 2018, State.ON_PATH, 583.33),
        (JOBS, None, at((2016, 7001), (2017, 7000)), 2017, State.BEHIND, 1),
        (JOBS, None, at((2016, 3000), (2017, 3500)), 2017, State.FAR_BEHIND, -7500),
        (JOBS, None, at(*((y, 7500) for y in range(2016, 2021))), 2020, State.MET, 2500),
        (JOBS, None, at(*((y, 7500) for y in range(2016, 2019))), 2020, State.NOT_YET, 1500),
        # On average of the years.
        (Asks("average", 0.5), None, at((2016, 0.2), (2017, 0.9)), 2017, State.ON_PATH, 0.1),
        (Asks("average", 0.5), None, at((2016, 0.2), (2017, 0.7)), 2017, State.BEHIND, -0.1),
        # A state that is kept.
        (Asks("state", 1), None, at((2016, 1)), 2016, State.ON_PATH, 0),
        (Asks("state", 1), None, at((2016, 1), (2017, 0)), 2017, State.BEHIND, -1),
        # Nothing found, or only what is of another definition.
        (OVER_90, None, [], 2020, State.NO_DATA, None),
        (OVER_90, None, [Mark(2020, 99, comparable=False)], 2020, State.NOT_COMPARABLE, None),
    ],
)  # fmt: skip
def test_standing(asks: Asks, base: float | None, marks: list[Mark], now: float, state: State, ahead: float | None) -> None:  # fmt: skip
    found = stand(asks, marks, base=base, start=2015, end=2020, now=now)
    assert found.state == state
    assert found.ahead == (None if ahead is None else pytest.approx(ahead, abs=0.005))


def test_the_poor_rate_fell_by_4_81_points_a_year() -> None:
    found = stand(FALL, at((2020, 16.33)), base=40.40, start=2015, end=2020, now=2020)
    assert found.pace == pytest.approx(4.814)
    assert found.needed is None


@pytest.mark.parametrize(
    ("asks", "base", "mark", "needed"),
    [
        (FALL, 40.40, Mark(2017, 39.40), (39.40 - 25.40) / 3),
        (OVER_90, 80, Mark(2018, 80), 5),
        (OVER_90, None, Mark(2018, 88), 1),
        (FALL, 40.40, Mark(2020, 39.40), None),  # no time is left
    ],
)
def test_the_pace_needed_from_now_on(
    asks: Asks, base: float | None, mark: Mark, needed: float | None
) -> None:
    found = stand(asks, [mark], base=base, start=2015, end=2020, now=mark.at)
    assert found.needed == (None if needed is None else pytest.approx(needed))


def test_a_figure_of_two_years_ago_is_stale() -> None:
    assert stand(OVER_90, at((2018, 95)), base=None, start=2015, end=2020, now=2020).stale
    assert not stand(OVER_90, at((2019.75, 95)), base=None, start=2015, end=2020, now=2020).stale


def test_the_path_is_a_range_where_the_target_is_one() -> None:
    path = Path(FALL, 40.40, 2015, 2020)
    assert [path.required(y) for y in (2015, 2020)] == pytest.approx([40.40, 25.40])
    assert path.best(2020) == pytest.approx(20.40)


def test_a_clause_stands_as_its_worst_target() -> None:
    assert worst([State.MET, State.FAR_BEHIND, State.NO_DATA]) == State.FAR_BEHIND
    assert worst([]) is None


@given(base=st.floats(5, 95), value=st.floats(0, 100), when=st.floats(2015.1, 2020), asked=st.floats(0.1, 10))
def test_a_better_figure_never_stands_worse(base: float, value: float, when: float, asked: float) -> None:
    asks = Asks("fall", asked, direction="down")
    order = [State.MET, State.ON_PATH, State.BEHIND, State.FAR_BEHIND]
    worse, better = (
        order.index(stand(asks, [Mark(when, v)], base=base, start=2015, end=2020, now=2020).state)
        for v in (value, value - 1)
    )
    assert better <= worse
