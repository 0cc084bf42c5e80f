"""What bodies owe: which reported indicators of a unit and year have a figure, which wait for a second person, which are late."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from giamngheo.access.models import Role, User
from giamngheo.areas.models import Level, Unit
from giamngheo.resolution.actuals import Actual
from giamngheo.resolution.clauses import Resolution, Target
from giamngheo.resolution.indicators import Indicator, indicators
from giamngheo.resolution.models import PeriodClosing, ReportedFigure
from giamngheo.resolution.periods import parse_period, year_period
from giamngheo.resolution.queries import Responsible, all_series, geography_of, resolution_on, responsible

REPORTERS = (Role.COMMUNE_OFFICER, Role.DISTRICT_OFFICER, Role.PROVINCIAL_OFFICER)


@dataclass(frozen=True)
class Due:
    """One indicator of a unit and year: who answers, the figure reported, else what the units below add up to.

    The resolution gives its targets to the province: only the province's figures are late.
    """

    indicator: Indicator
    targets: Sequence[Target]
    by: Sequence[Responsible]
    year: int
    due_on: dt.date
    figure: ReportedFigure | None
    rolled: Actual | None
    late: bool


def reported_indicators(resolution: Resolution) -> list[Indicator]:
    """The indicators of its targets that a body reports, in the order of the text."""
    slugs = dict.fromkeys(target.indicator for target in resolution.targets)
    return [indicators()[slug] for slug in slugs if not indicators()[slug].computed]


def closing_of(period: str, closed: Mapping[str, PeriodClosing]) -> PeriodClosing | None:
    """What closes a period: its own closing, or that of the period it lies in."""
    span = parse_period(period)
    for one, closing in closed.items():
        held = parse_period(one)
        if held.first <= span.first and span.last <= held.last:
            return closing
    return None


def dues(resolution: Resolution, unit: Unit, *, year: int, today: dt.date, seen_by: User) -> list[Due]:
    """Every reported indicator of a unit and year, in the order of the text. A constant number of queries."""
    wanted, who = reported_indicators(resolution), responsible(resolution)
    rows = ReportedFigure.objects.filter(unit=unit, period=str(year), retired_at=None)
    figures = {row.indicator: row for row in rows.select_related("entered_by", "confirmed_by", "unit")}
    day = min(geography_of(resolution, today), dt.date(year, 12, 31))
    every = all_series(resolution, wanted, unit, on=day, seen_by=seen_by)
    due_on = resolution.due_on(year)
    span = year_period(year)
    found = []
    for one in wanted:
        told = every.get(one.slug, ())
        rolled = next((a for a in told if a.origin == "rolled" and a.span == span), None)
        figure = figures.get(one.slug)
        late = unit.level == Level.PROVINCE and figure is None and rolled is None and due_on < today
        targets = [target for target in resolution.targets if target.indicator == one.slug]
        found.append(Due(one, targets, who[one.slug], year, due_on, figure, rolled, late))
    return found


def overdue(resolution: Resolution, province: Unit, *, today: dt.date, seen_by: User) -> list[Due]:
    """What the province owes of the last year whose day has passed; nothing for those who see only a part of it."""
    if seen_by.role not in (Role.PROVINCIAL_OFFICER, Role.LEADER, Role.AUDITOR):
        return []
    year = last_due(resolution, today)
    if year is None:
        return []
    return [one for one in dues(resolution, province, year=year, today=today, seen_by=seen_by) if one.late]


def last_due(resolution: Resolution, today: dt.date) -> int | None:
    """The last year whose figures should be there."""
    years = [y for y in range(resolution.first, resolution.last + 1) if resolution.due_on(y) < today]
    return years[-1] if years else None


@dataclass(frozen=True)
class Chased:
    """What of a resolution's figures waits for a person: a second look at others' figures, and what is late, of which year."""

    resolution: Resolution
    year: int
    to_confirm: int
    late: int


def chased(unit: Unit, *, today: dt.date, seen_by: User) -> Chased | None:
    """For the start page of a person who reports for `unit`; None for others, and where nothing waits."""
    if seen_by.role not in REPORTERS:
        return None
    resolution = resolution_on(today)
    waiting = ReportedFigure.objects.filter(
        ~Q(entered_by=seen_by), retired_at=None, confirmed_at=None
    ).count()
    late = overdue(resolution, unit, today=today, seen_by=seen_by) if unit.level == Level.PROVINCE else []
    year = last_due(resolution, today) or resolution.first
    return Chased(resolution, year, waiting, len(late)) if waiting or late else None
