"""Reported figures of an area added up from the units below it, by each indicator's aggregation rule.

    sum       the values are added
    weighted  numerators and denominators are added and divided; without them nothing is made
    none      never added up

Only confirmed figures count, and only where every unit directly below has one (or is itself added up): a part is no whole.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from giamngheo.areas.models import Level, Within
from giamngheo.areas.queries import valid
from giamngheo.resolution.indicators import Indicator
from giamngheo.resolution.models import ReportedFigure

Parts = Mapping[int, Collection[int]]


@dataclass(frozen=True)
class Amount:
    """A figure that can be added up."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal


def parts_on(on: dt.date) -> Parts:
    """The units directly below each province and district on a day, down to communes. One query."""
    rows = Within.objects.filter(valid(on), unit_level__in=(Level.DISTRICT, Level.COMMUNE))
    found: dict[int, set[int]] = defaultdict(set)
    for above, unit, level, own in rows.values_list("ancestor_id", "unit_id", "level", "unit_level"):
        if own - level == 1:
            found[above].add(unit)
    return found


def rolled(
    wanted: Mapping[str, Indicator], figures: Collection[ReportedFigure], parts: Parts
) -> Iterator[tuple[str, int, str, Amount]]:
    """Indicator, unit, period and amount of every unit without a confirmed figure of its own whose parts all have one."""
    by_series: dict[tuple[str, str], dict[int, Amount]] = defaultdict(dict)
    for row in figures:
        if row.confirmed and row.indicator in wanted:
            by_series[row.indicator, row.period][row.unit_id] = Amount(
                row.numerator, row.denominator, row.value
            )
    for (slug, period), own in by_series.items():
        known = dict(own)
        # A district stands within a province, so that it must be added up first: parts before wholes.
        for unit in sorted(parts, key=lambda pk: any(part in parts for part in parts[pk])):
            below = [known.get(part) for part in parts[unit]]
            told = [one for one in below if one]
            if unit in known or len(told) < len(below):
                continue
            if added := _added(wanted[slug], told):
                known[unit] = added
                yield slug, unit, period, added


def _added(indicator: Indicator, told: Collection[Amount]) -> Amount | None:
    if indicator.aggregation == "sum":
        return Amount(None, None, sum((one.value for one in told), Decimal(0)))
    pairs = [
        (one.numerator, one.denominator)
        for one in told
        if one.numerator is not None and one.denominator is not None
    ]
    if indicator.aggregation == "none" or len(pairs) < len(told):
        return None
    top, bottom = sum((n for n, _d in pairs), Decimal(0)), sum((d for _n, d in pairs), Decimal(0))
    return Amount(top, bottom, Decimal(str(indicator.scale)) * top / bottom) if bottom else None
