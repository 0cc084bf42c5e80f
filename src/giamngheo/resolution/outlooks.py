"""How likely a unit is to meet a target at its end, from its own and its neighbours' past movement (measures/outlook.py)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, children_on
from giamngheo.measures.outlook import NoOutlook, Outlook, Point, outlook
from giamngheo.resolution.actuals import Actual, leading
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.queries import TargetStanding, series


@dataclass(frozen=True)
class Chance:
    """The outlook of a target: the probability of meeting it (0 to 1), the level it asks for at the end (a share), the forecast."""

    meets: float
    asked: float
    of: Outlook


def chance(
    resolution: Resolution, held: TargetStanding, *, year: int, on: dt.date, seen_by: User
) -> Chance | NoOutlook | None:
    """The chance as seen at the end of `year`; NoOutlook says why there is none. None for what is no share with a level at the end."""
    final, unit = held.standing.path.final, held.unit
    if held.indicator.unit != "percent" or final is None or held.target.asks.kind not in LEVELS:
        return None
    points = _points(unit.pk, held.line, year)
    seen = _outlook(tuple(points), str(unit.pk), resolution.last)
    if isinstance(seen, NoOutlook):  # nor would its neighbours help: it is its own past that says too little
        return seen
    if held.indicator.source == "register" and unit.level > Level.PROVINCE:
        near = [one for one in _neighbours(unit, on) if one.pk != unit.pk]
        found = series(resolution, held.indicator.slug, near, on=on, seen_by=seen_by)
        points += [point for pk, told in found.items() for point in _points(pk, leading(told), year)]
        seen = _outlook(tuple(points), str(unit.pk), resolution.last)
        assert isinstance(seen, Outlook)
    share = final / 100
    down = held.target.asks.kind == "fall" or held.target.asks.direction == "down"
    return Chance(seen.chance_at_most(share) if down else seen.chance_at_least(share), share, seen)


#: Targets that ask for a level at the end; yearly ones have no one moment to be met at.
LEVELS = ("fall", "level", "times_base")


@lru_cache(maxsize=500)
def _outlook(points: tuple[Point, ...], unit: str, end: int) -> Outlook | NoOutlook:
    """Estimated once: a page that is opened again asks the same."""
    return outlook(points, unit=unit, end=end)


def _neighbours(unit: Unit, on: dt.date) -> Sequence[Unit]:
    """The units of the same unit above, itself among them."""
    above = ancestors_on(unit, on)
    return list(children_on(above[-2], on)) if len(above) > 1 else [unit]


def _points(unit: int, line: Sequence[Actual], year: int) -> list[Point]:
    """Shares at the end of years, up to the one asked about."""
    return [
        Point(str(unit), a.span.last.year, a.value / 100, int(a.denominator) if a.denominator else None)
        for a in line
        if a.comparable and a.span.kind == "year" and a.span.last.year <= year and 0 <= a.value <= 100
    ]
