"""What may be asked of a resolution: where its targets stand for a unit, how units rank, who answers."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from giamngheo.access.models import User
from giamngheo.access.queries import installation
from giamngheo.areas.models import Level, Unit, Within
from giamngheo.areas.queries import children_on, descendants_on, listed_on, units_on, valid
from giamngheo.resolution.actuals import Actual, actuals, counts_of, from_count, leading
from giamngheo.resolution.clauses import Answer, Asks, Body, Resolution, Target, resolutions
from giamngheo.resolution.errors import UnknownResolutionError
from giamngheo.resolution.indicators import Indicator, indicators
from giamngheo.resolution.models import BodyAssignment, PeriodClosing, ReportedFigure
from giamngheo.resolution.register import Count, pooled
from giamngheo.resolution.standing import Standing, stand


@dataclass(frozen=True)
class TargetStanding:
    """A target of a unit: its standing, the line it is held to, and every other figure beside it."""

    target: Target
    indicator: Indicator
    unit: Unit
    standing: Standing
    line: Sequence[Actual]
    beside: Sequence[Actual]

    @property
    def base(self) -> float | None:
        return self.standing.path.base

    @property
    def last(self) -> Actual | None:
        """The figure the standing rests on."""
        mark = self.standing.last
        return next((a for a in self.line if mark and a.mark == mark), None)


def resolution_on(day: dt.date) -> Resolution:
    """The province's resolution in whose period the day falls, else its latest before. Raises UnknownResolutionError."""
    own = [r for r in resolutions().values() if r.province == installation().province_code]
    begun = [r for r in own if r.first <= day.year] or own
    if not begun:
        raise UnknownResolutionError(slug="")
    return next((r for r in begun if r.last >= day.year), begun[-1])


def resolution_named(slug: str) -> Resolution:
    """Raises UnknownResolutionError."""
    if slug not in resolutions():
        raise UnknownResolutionError(slug=slug)
    return resolutions()[slug]


def geography_of(resolution: Resolution, day: dt.date) -> dt.date:
    """The day whose units a resolution is followed on: its last, or the working day while it runs."""
    return min(day, dt.date(resolution.last, 12, 31))


def board(
    resolution: Resolution, unit: Unit, *, on: dt.date, year: int | None = None, seen_by: User
) -> Mapping[str, TargetStanding]:
    """Where every target stands for a unit at the end of `year` (default: the last), by target id.

    A target of a list of units is left out where the unit is neither on the list, nor within one, nor holds one.
    A constant number of queries.
    """
    return standings(resolution, resolution.targets, [unit], on=on, year=year, seen_by=seen_by).get(
        unit.pk, {}
    )


def ranked(
    resolution: Resolution,
    target: Target,
    unit: Unit,
    *,
    level: Level | None = None,
    on: dt.date,
    year: int | None = None,
    asks: Asks | None = None,
    seen_by: User,
) -> list[TargetStanding]:
    """The units below (of `level`, or directly) for one target: the farthest behind its path first, those without figures last."""
    below = list(descendants_on(unit, on, level) if level else children_on(unit, on))
    held = replace(target, asks=asks) if asks else target
    found = standings(resolution, [held], below, on=on, year=year, seen_by=seen_by)
    rows = [each[target.id] for each in found.values() if target.id in each]
    return sorted(rows, key=lambda r: (r.standing.ahead is None, r.standing.ahead or 0.0, r.unit.name_key))


def standings(
    resolution: Resolution,
    targets: Collection[Target],
    units: Sequence[Unit],
    *,
    on: dt.date,
    year: int | None = None,
    base: float | None = None,
    seen_by: User,
) -> Mapping[int, Mapping[str, TargetStanding]]:
    """Standings by unit and target, at the end of `year`; `base` supposes another baseline (a what-if)."""
    wanted = {t.indicator: indicators()[t.indicator] for t in targets}
    figures = actuals(resolution, wanted.values(), units, on=on, seen_by=seen_by)
    lists = {t.id: _listed(t, on) for t in targets if t.area_list}
    within = _within(units, on, lists)
    found: dict[int, dict[str, TargetStanding]] = {}
    for unit in units:
        for target in targets:
            told = figures.get((target.indicator, unit.pk), [])
            if target.id in lists:
                if unit.pk not in within[target.id] and unit.level != Level.PROVINCE:
                    continue
                if unit.level == Level.PROVINCE:
                    told = _together(wanted[target.indicator], lists[target.id], on, seen_by)
            held = _held(resolution, target, unit, told, year, base)
            found.setdefault(unit.pk, {})[target.id] = held
    return found


def _held(
    resolution: Resolution,
    target: Target,
    unit: Unit,
    told: Sequence[Actual],
    year: int | None,
    base: float | None,
) -> TargetStanding:
    line = leading(told)
    start, end = float(resolution.base_year), float(resolution.last)
    known = next((a.value for a in line if a.span.at == start and a.comparable), None)
    marks = [a.mark for a in line]
    # Where nothing of the line may be held to the target, what was found elsewhere still shows that there is something.
    marks = marks or [replace(a.mark, comparable=False) for a in told]
    standing = stand(
        target.asks,
        marks,
        base=known if base is None else base,
        start=start,
        end=end,
        now=float(year or resolution.last),
    )
    beside = [a for a in told if a not in line]
    return TargetStanding(target, indicators()[target.indicator], unit, standing, line, beside)


def supposed(told: TargetStanding, *, by: float) -> Standing:
    """Where a target would stand were the figure it rests on `by` (in the indicator's unit) higher."""
    last, path = told.standing.last, told.standing.path
    marks = [replace(a.mark, value=a.mark.value + by) if a.mark == last else a.mark for a in told.line]
    now = last.at if last else path.end
    return stand(path.asks, marks, base=path.base, start=path.start, end=path.end, now=now)


def _listed(target: Target, on: dt.date) -> dict[int, Unit]:
    """The units of the target's list, as they are on the day of the geography."""
    listed = listed_on(target.area_list, target.listed_on or on)
    return {unit.pk: unit for unit in units_on([unit.code for unit in listed], on).values()}


def _within(
    units: Sequence[Unit], on: dt.date, lists: Mapping[str, Mapping[int, Unit]]
) -> Mapping[str, set[int]]:
    """Of each list, which of the units are on it or lie within one of its units. One query."""
    if not lists:
        return {}
    listed = {pk for each in lists.values() for pk in each}
    rows = Within.objects.filter(valid(on), unit__in=[u.pk for u in units], ancestor__in=listed)
    pairs = list(rows.values_list("unit_id", "ancestor_id"))
    return {target: {unit for unit, above in pairs if above in each} for target, each in lists.items()}


def _together(indicator: Indicator, units: Mapping[int, Unit], on: dt.date, seen_by: User) -> list[Actual]:
    """The register's figures of the units of a list as of one."""
    counts = pooled(counts_of([indicator], list(units), on=on, seen_by=seen_by), list(units))
    return sorted(
        (from_count(indicator, cell, count) for cell, count in counts.items()), key=lambda a: a.span.at
    )


def series(
    resolution: Resolution, slug: str, units: Sequence[Unit], *, on: dt.date, seen_by: User
) -> Mapping[int, Sequence[Actual]]:
    """Every figure of one indicator for units, by unit; `actuals.leading` gives the line of one."""
    found = actuals(resolution, [indicators()[slug]], units, on=on, seen_by=seen_by)
    return {pk: each for (_slug, pk), each in found.items()}


def all_series(
    resolution: Resolution, wanted: Collection[Indicator], unit: Unit, *, on: dt.date, seen_by: User
) -> Mapping[str, Sequence[Actual]]:
    """Every figure of several indicators of one unit, by indicator; as many queries as for one."""
    found = actuals(resolution, wanted, [unit], on=on, seen_by=seen_by)
    return {slug: each for (slug, _pk), each in found.items()}


def by_group(slug: str, unit: Unit, *, on: dt.date, seen_by: User) -> Mapping[str, Mapping[int, Count]]:
    """The register's counts of one indicator by ethnic group of the head and year, of one unit."""
    counts = counts_of([indicators()[slug]], [unit.pk], on=on, groups=True, seen_by=seen_by)
    found: dict[str, dict[int, Count]] = {}
    for cell, count in counts.items():
        found.setdefault(cell.ethnic, {})[cell.year] = count
    return found


@dataclass(frozen=True)
class Responsible:
    """Who answers for an indicator. `how`: stated in the text, inferred by us, or decided by the province."""

    body: Body
    how: str


def responsible(resolution: Resolution) -> Mapping[str, Sequence[Responsible]]:
    """Who answers for each indicator that a target names. One query."""
    decided = dict(BodyAssignment.objects.filter(retired_at=None).values_list("indicator", "body"))
    found: dict[str, Sequence[Responsible]] = {}
    for target in resolution.targets:
        body = resolution.bodies.get(decided.get(target.indicator, ""))
        found[target.indicator] = (
            [Responsible(body, "decided")] if body else [_as_read(a) for a in target.answers]
        )
    return found


def _as_read(answer: Answer) -> Responsible:
    return Responsible(answer.body, "stated" if answer.stated else "inferred")


def figures_in_force(*, waiting: bool = False, seen_by: User) -> QuerySet[ReportedFigure]:
    """Reported figures of the acting person's units, the latest first; with `waiting` those a second person must confirm."""
    rows = ReportedFigure.objects.filter(retired_at=None).select_related("unit", "entered_by", "confirmed_by")
    return (rows.filter(confirmed_at=None) if waiting else rows).order_by("-entered_at")


def confirmed_between(unit: Unit, first: dt.date, last: dt.date, *, seen_by: User) -> list[ReportedFigure]:
    """Figures in force of a unit and of the units below it down to the communes that a second person confirmed between two days."""
    below = Within.objects.filter(valid(last), ancestor=unit, unit_level__lte=Level.COMMUNE).values("unit")
    rows = ReportedFigure.objects.filter(
        Q(unit=unit) | Q(unit__in=below), retired_at=None, confirmed_at__date__range=(first, last)
    )
    return list(rows.select_related("unit").order_by("indicator", "period", "unit"))


def every_figure(*, seen_by: User) -> QuerySet[ReportedFigure]:
    """Reported figures of the acting person's units, the replaced ones too."""
    return ReportedFigure.objects.select_related("unit")


def history_of(slug: str, unit: Unit, *, seen_by: User) -> list[ReportedFigure]:
    """Every row ever reported of an indicator and unit, the latest first, the replaced ones too."""
    rows = ReportedFigure.objects.filter(indicator=slug, unit=unit).select_related(
        "entered_by", "confirmed_by"
    )
    return list(rows.order_by("-period", "-entered_at"))


def closed_periods(*, seen_by: User) -> Mapping[str, PeriodClosing]:
    rows = PeriodClosing.objects.filter(opened_at=None).select_related("closed_by")
    return {row.period: row for row in rows}
