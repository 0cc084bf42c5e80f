"""Working days: Tết and Hùng Kings' day of every year against the sky, clocks over holidays, properties of counting."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giamngheo.rules.errors import NoCalendarError
from giamngheo.rules.workdays import add_workdays, holiday_name, is_workday, nth_workday, workdays_between

D = dt.date
DAYS = st.dates(D(2015, 1, 1), D(2030, 10, 1))

#: First day of Tết and Hùng Kings' day (10th of the third month) as the Vietnamese almanac gives them. In 2030 the
#: Chinese new year is a day later: the new moon falls before midnight in Hà Nội and after it in Beijing.
ALMANAC = {
    2015: ("19/02", "28/04"), 2016: ("08/02", "16/04"), 2017: ("28/01", "06/04"), 2018: ("16/02", "25/04"),
    2019: ("05/02", "14/04"), 2020: ("25/01", "02/04"), 2021: ("12/02", "21/04"), 2022: ("01/02", "10/04"),
    2023: ("22/01", "29/04"), 2024: ("10/02", "18/04"), 2025: ("29/01", "07/04"), 2026: ("17/02", "26/04"),
    2027: ("06/02", "16/04"), 2028: ("26/01", "04/04"), 2029: ("13/02", "23/04"), 2030: ("02/02", "12/04"),
}  # fmt: skip


def new_moon(number: int) -> dt.datetime:
    """The new moon of that number since January 2000 in Hà Nội's time, to some minutes (Meeus, chapter 49)."""
    t = number / 1236.85
    day = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t
    sun, moon, node = (
        math.radians(a % 360)
        for a in (
            2.5534 + 29.1053567 * number,
            201.5643 + 385.81693528 * number + 0.0107582 * t * t,
            160.7108 + 390.67050284 * number - 0.0016118 * t * t,
        )
    )
    e = 1 - 0.002516 * t
    day += -0.40720 * math.sin(moon) + 0.17241 * e * math.sin(sun) + 0.01608 * math.sin(2 * moon)
    day += 0.01039 * math.sin(2 * node) + 0.00739 * e * math.sin(moon - sun)
    day += -0.00514 * e * math.sin(moon + sun) + 0.00208 * e * e * math.sin(2 * sun)
    day += -0.00111 * math.sin(moon - 2 * node) - 0.00057 * math.sin(moon + 2 * node)
    clock = dt.timedelta(days=day - 2451544.5, seconds=-70)  # dynamical to civil time
    return dt.datetime(2000, 1, 1) + clock + dt.timedelta(hours=7)  # noqa: DTZ001


MOONS = {new_moon(n).date() for n in range(180, 390)}


@pytest.mark.parametrize("year", ALMANAC)
def test_tet_and_hung_kings_day_are_where_the_moon_puts_them(year: int) -> None:
    tet, kings = (dt.datetime.strptime(f"{day}/{year}", "%d/%m/%Y").date() for day in ALMANAC[year])  # noqa: DTZ007
    # Tết is the second new moon after the one on or before the winter solstice.
    solstice = D(year - 1, 12, 22)
    before = max(moon for moon in MOONS if moon <= solstice)
    assert sorted(moon for moon in MOONS if moon > before)[1] == tet
    assert kings - dt.timedelta(days=9) in MOONS
    assert holiday_name(tet).startswith("Tết Nguyên") and "Hùng Vương" in holiday_name(kings)
    for day in (
        tet - dt.timedelta(days=1),
        tet,
        tet + dt.timedelta(days=1),
        tet + dt.timedelta(days=2),
        kings,
    ):
        assert not is_workday(day)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (D(2021, 10, 15), 3, D(2021, 10, 20)),  # a Friday: Monday, Tuesday, Wednesday
        (D(2021, 10, 16), 3, D(2021, 10, 20)),  # from a Saturday no sooner
        (D(2021, 10, 15), 0, D(2021, 10, 15)),
        (D(2021, 2, 9), 3, D(2021, 2, 19)),  # over Tết
        (D(2021, 4, 29), 1, D(2021, 5, 4)),  # 30/4, 1/5 a Saturday given back on Monday
        (D(2021, 9, 1), 1, D(2021, 9, 6)),  # National Day, two days since 2021
        (D(2020, 9, 1), 1, D(2020, 9, 3)),  # and one before
        (D(2020, 12, 31), 1, D(2021, 1, 4)),
    ],
)
def test_a_clock_runs_past_weekends_and_holidays(start: dt.date, n: int, due: dt.date) -> None:
    assert add_workdays(start, n) == due


@pytest.mark.parametrize(
    ("first", "n", "last"),
    [
        (D(2021, 10, 13), 3, D(2021, 10, 15)),  # hung on Wednesday it hangs through Friday
        (D(2021, 10, 16), 3, D(2021, 10, 20)),  # hung on a Saturday its first working day is Monday
        (D(2020, 12, 8), 7, D(2020, 12, 16)),
    ],
)
def test_a_list_hangs_so_many_working_days_the_first_counted(first: dt.date, n: int, last: dt.date) -> None:
    assert nth_workday(first, n) == last
    assert workdays_between(first, last) == n


@pytest.mark.parametrize(
    ("off", "worked"),
    [
        (D(2018, 12, 31), D(2019, 1, 5)),
        (D(2024, 4, 29), D(2024, 5, 4)),
        (D(2025, 5, 2), D(2025, 4, 26)),
        (D(2026, 8, 31), D(2026, 8, 22)),
        (D(2026, 1, 2), D(2026, 1, 10)),  # of law/workdays.yaml
    ],
)
def test_a_swapped_saturday_is_worked_and_its_weekday_off(off: dt.date, worked: dt.date) -> None:
    assert not is_workday(off) and off.weekday() < 5
    assert is_workday(worked) and worked.weekday() == 5


@pytest.mark.parametrize("day", [D(2014, 12, 31), D(2031, 1, 1)])
def test_outside_the_calendar_is_refused(day: dt.date) -> None:
    with pytest.raises(NoCalendarError, match="2015"):
        is_workday(day)


@given(DAYS, st.integers(1, 30))
def test_a_due_day_is_worked_and_so_many_working_days_off(start: dt.date, n: int) -> None:
    due = add_workdays(start, n)
    assert due > start and is_workday(due)
    assert workdays_between(start + dt.timedelta(days=1), due) == n


@given(DAYS, st.integers(0, 10), st.integers(0, 10))
def test_counting_on_is_counting_at_once_and_never_backward(start: dt.date, a: int, b: int) -> None:
    assert add_workdays(add_workdays(start, a), b) == add_workdays(start, a + b)
    assert add_workdays(start, a) <= add_workdays(start + dt.timedelta(days=1), a)
