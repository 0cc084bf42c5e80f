"""Working days of Vietnamese state offices: weekends, public holidays, days off in lieu, and days swapped by decision.

The calendar is that of the `holidays` library, years 2015 to 2030, with the swaps of law/workdays.yaml that it does not
have yet; what nobody knows yet (the days a later year swaps) is added there or comes with the library. A clock that runs
n working days from a day counts the first working day after it as the first.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import holidays

from giamngheo.base.law import law_dir
from giamngheo.base.yaml import load_yaml
from giamngheo.rules.errors import NoCalendarError
from giamngheo.rules.standards import Citation, _Reading

FIRST, LAST = 2015, 2030


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=range(FIRST - 1, LAST + 2))


def is_workday(day: dt.date) -> bool:
    """Whether state offices work on the day. Raises NoCalendarError outside 2015-2030."""
    if not FIRST <= day.year <= LAST:
        raise NoCalendarError(year=day.year, first=FIRST, last=LAST)
    swapped = _swapped().get(day)
    return bool(_calendar().is_working_day(day)) if swapped is None else swapped


@dataclass(frozen=True)
class Swap:
    """A weekday off for a day of a weekend worked."""

    off: dt.date
    worked: dt.date
    citation: Citation


@cache
def swaps() -> tuple[Swap, ...]:
    """The swaps of law/workdays.yaml, that the library does not have."""
    path = law_dir() / "workdays.yaml"
    if not path.is_file():
        return ()
    file = load_yaml(path)
    reading = _Reading(file)
    return tuple(Swap(swap["off"], swap["worked"], reading.cited(swap)) for swap in file["swaps"])


def worked_weekend_days() -> tuple[dt.date, ...]:
    """The days of weekends that were or will be worked, as far as known: 2015 to the last year announced."""
    known = set(_calendar().weekend_workdays) | {swap.worked for swap in swaps()}
    return tuple(sorted(day for day in known if FIRST <= day.year <= LAST))


@cache
def _swapped() -> dict[dt.date, bool]:
    """Days of law/workdays.yaml: True where worked, False where off."""
    return {s.worked: True for s in swaps()} | {s.off: False for s in swaps()}


def add_workdays(start: dt.date, n: int) -> dt.date:
    """The n-th working day after `start`, which itself never counts; n of 0 gives `start`.

    Three working days from a Friday end on Wednesday, whether the Friday was worked or not.
    """
    if n < 0:
        raise ValueError("working days are counted forward")
    day = start
    for _ in range(n):
        day += dt.timedelta(days=1)
        while not is_workday(day):
            day += dt.timedelta(days=1)
    return day


def workdays_between(first: dt.date, last: dt.date) -> int:
    """How many working days lie from `first` to `last`, both included; 0 where `last` is before `first`."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return sum(is_workday(day) for day in days)


def nth_workday(first: dt.date, n: int) -> dt.date:
    """The last of n working days counted from `first`, which counts where it is worked: a list that hangs n days."""
    day = first if is_workday(first) else add_workdays(first, 1)
    return add_workdays(day, n - 1)


def holiday_name(day: dt.date) -> str:
    """What the day is off for, in Vietnamese; '' where it is no public holiday."""
    found = holidays.country_holidays("VN", years=day.year, language="vi").get(day)
    return str(found or "")
