"""Whether areas, or ethnic groups, draw nearer to one another or farther apart in an indicator, year by year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from giamngheo.measures.change_of_rate import Counted
from giamngheo.measures.spread import Spread, Width, spread
from giamngheo.resolution.change import LEAST
from giamngheo.resolution.queries import TargetStanding
from giamngheo.resolution.register import Count


@dataclass(frozen=True)
class Spreads:
    """The spread of each year that has one, in the order of time."""

    by_year: Mapping[int, Spread]

    @property
    def ends(self) -> tuple[int, int] | None:
        """The first and the last year; None of a single year, which has no direction."""
        years = list(self.by_year)
        return (years[0], years[-1]) if len(years) > 1 else None

    @property
    def width(self) -> Width | None:
        """Narrower or wider in points from the first year to the last."""
        return self.by_year[self.ends[0]].width(self.by_year[self.ends[1]]) if self.ends else None

    @property
    def relative_width(self) -> Width | None:
        """The same as a part of the whole's share."""
        return self.by_year[self.ends[0]].relative_width(self.by_year[self.ends[1]]) if self.ends else None


def of_units(ranked: Sequence[TargetStanding], first: int, last: int) -> Spreads:
    """Of the units of a ranking by code, from the lines they are held to; only yearly figures with numerator and denominator."""
    years: dict[int, dict[str, Counted]] = {}
    for row in ranked:
        for actual in row.line:
            if actual.span.kind != "year" or not actual.comparable or not actual.denominator:
                continue
            count = Counted(int(actual.numerator or 0), int(actual.denominator))
            years.setdefault(actual.span.last.year, {})[row.unit.code] = count
    return _spreads(years, first, last)


def of_groups(groups: Mapping[str, Mapping[int, Count]], first: int, last: int) -> Spreads:
    """Of ethnic groups by code, from the register's counts by group and year (queries.by_group)."""
    years: dict[int, dict[str, Counted]] = {}
    for code, counts in groups.items():
        for year, count in counts.items():
            if code:  # of those whose group is not written down nothing is told
                years.setdefault(year, {})[code] = Counted(int(count.numerator), int(count.denominator))
    return _spreads(years, first, last)


def _spreads(years: Mapping[int, Mapping[str, Counted]], first: int, last: int) -> Spreads:
    found = {}
    for year in sorted(year for year in years if first <= year <= last):
        enough = {name: count for name, count in years[year].items() if count.whole >= LEAST}
        made = spread(enough)
        if made:
            found[year] = made
    return Spreads(found)
