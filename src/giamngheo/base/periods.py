"""Periods of whole days, both ends included."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, order=True)
class Period:
    """From the first day to the last, both in it."""

    first: dt.date
    last: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def overlaps(periods: Iterable[Period]) -> list[tuple[Period, Period]]:
    """Pairs of periods that share a day, neighbours in time."""
    return [(one, two) for one, two in pairwise(sorted(periods)) if two.first <= one.last]
