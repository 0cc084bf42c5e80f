"""Every figure of indicators and units as flat rows: what a download holds, and what a comparison lays side by side."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.resolution.actuals import Actual, actuals, leading
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.indicators import Indicator


@dataclass(frozen=True)
class SeriesRow:
    """One figure. `leads`: it is on the line the unit is held to; the others stand beside it.

    `place` counts figures of the same indicator, unit, period, standard and origin, from 1: sources that contradict one
    another are both kept.
    """

    indicator: Indicator
    unit: Unit
    actual: Actual
    place: int
    leads: bool


def series_rows(
    resolution: Resolution,
    wanted: Sequence[Indicator],
    units: Collection[Unit],
    *,
    on: dt.date,
    seen_by: User,
) -> list[SeriesRow]:
    """All figures in the order of the indicators, the units as given, and time. A constant number of queries."""
    found = actuals(resolution, wanted, units, on=on, seen_by=seen_by)
    rows = []
    for indicator in wanted:
        for unit in units:
            told = found.get((indicator.slug, unit.pk), [])
            line, places = leading(told), Counter[tuple[str, str, str]]()
            for actual in told:
                key = (actual.span.text, actual.standard, actual.origin)
                places[key] += 1
                rows.append(SeriesRow(indicator, unit, actual, places[key], actual in line))
    return rows


@dataclass(frozen=True)
class Side:
    """One indicator over several units: the figure each is held to at the end of a year or last before it, or None."""

    indicator: Indicator
    figures: Sequence[Actual | None]


def side_by_side(rows: Sequence[SeriesRow], units: Sequence[Unit], year: int) -> list[Side]:
    """The indicators of which two units at least have a figure, in the order of the rows; of all if there is one unit."""
    last: dict[tuple[str, int], Actual] = {}
    for row in rows:
        if row.leads and row.actual.comparable and row.actual.span.last.year <= year:
            last[row.indicator.slug, row.unit.pk] = row.actual
    found = []
    for indicator in {row.indicator.slug: row.indicator for row in rows}.values():
        figures = [last.get((indicator.slug, unit.pk)) for unit in units]
        if sum(figure is not None for figure in figures) >= min(2, len(units)):
            found.append(Side(indicator, figures))
    return found
