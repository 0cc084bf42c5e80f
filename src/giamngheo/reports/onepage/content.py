"""What stands on the page, gathered once; screen and PDF lay out the same dataclass.

Rates come from the tallies of the round, targets from the resolution on the geography of the round's day. A leader is
shown what a leader may see anywhere; nothing here is a household.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from giamngheo.access.models import User
from giamngheo.access.queries import sees_figures_of
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on
from giamngheo.resolution import queries
from giamngheo.resolution.clauses import Resolution
from giamngheo.resolution.queries import Responsible, TargetStanding
from giamngheo.resolution.standing import ORDER, State
from giamngheo.rules.standards import Standard, standards
from giamngheo.surveys import figures
from giamngheo.surveys.figures import Counts, GroupRow, IndicatorRow, Point, RatesByUnit
from giamngheo.surveys.models import Round

#: What fits on one page.
TARGETS, GROUPS, POINTS = 8, 7, 10
#: A rate of fewer households says nothing of a group; such groups are counted together.
LEAST = 10
SILENT = (State.NO_DATA, State.NOT_COMPARABLE)


@dataclass(frozen=True)
class Position:
    """The place of the unit among the units beside it, the lowest poor rate being first."""

    place: int
    of: int
    within: Unit


@dataclass(frozen=True)
class OnePage:
    """Everything on the page. `others` counts the groups too small to be named; `shown` are the targets that fit."""

    unit: Unit
    trail: Sequence[Unit]
    round: Round
    standard: Standard
    rates: RatesByUnit
    position: Position | None
    series: Sequence[Point]
    profile: Sequence[IndicatorRow]
    groups: Sequence[GroupRow]
    others: Counts | None
    resolution: Resolution
    year: int
    board: Mapping[str, TargetStanding]
    shown: Sequence[TargetStanding]
    responsible: Mapping[str, Sequence[Responsible]]

    @property
    def counts(self) -> Counts:
        return self.rates.whole.counts

    @property
    def change(self) -> float | None:
        """Of the poor rate since the round before, where that was held under the same standard."""
        now = (p for p in self.series if p.round == self.round and p.standard == self.standard.slug)
        return next((point.change for point in now), None)


def one_page(round: Round, unit: Unit, *, seen_by: User) -> OnePage:
    """The page of a unit in an annual round. A constant number of queries."""
    day = round.reference_date
    trail = ancestors_on(unit, day)
    resolution = queries.resolution_on(day)
    year = min(max(round.year, resolution.first), resolution.last)
    board = queries.board(resolution, unit, on=day, year=year, seen_by=seen_by)
    groups, others = _named(figures.by_ethnic_group(round, unit, seen_by=seen_by))
    return OnePage(
        unit=unit,
        trail=trail,
        round=round,
        standard=standards()[round.standard],
        rates=figures.rates_by_unit(round, unit, seen_by=seen_by),
        position=_position(round, trail, seen_by),
        series=figures.series(unit, seen_by=seen_by)[-POINTS:],
        profile=figures.deprivation_profile(round, unit, seen_by=seen_by),
        groups=groups,
        others=others,
        resolution=resolution,
        year=year,
        board=board,
        shown=_first(list(board.values())),
        responsible=queries.responsible(resolution),
    )


def _position(round: Round, trail: Sequence[Unit], seen_by: User) -> Position | None:
    """None for the province, and for a reader who may not see the figures of the units beside."""
    if len(trail) < 2 or trail[-1].level == Level.PROVINCE or not sees_figures_of(trail[-2].pk):
        return None
    rates = figures.rates_by_unit(round, trail[-2], seen_by=seen_by)
    known = {r.unit.pk: r.counts.poor_rate for r in rates.rows if r.counts.poor_rate is not None}
    own = known.get(trail[-1].pk)
    if own is None:
        return None
    return Position(1 + sum(rate < own for rate in known.values()), len(known), trail[-2])


def _named(rows: Sequence[GroupRow]) -> tuple[list[GroupRow], Counts | None]:
    """The largest groups, and all others together."""
    named = [row for row in rows if row.code and row.counts.known >= LEAST][:GROUPS]
    rest = [row.counts for row in rows if row not in named]
    if not rest:
        return named, None
    households: dict[str, int] = {}
    persons: dict[str, int] = {}
    for counts in rest:
        for total, part in ((households, counts.households), (persons, counts.persons)):
            for klass, number in part.items():
                total[klass] = total.get(klass, 0) + number
    return named, Counts(households, persons)


def _first(board: Sequence[TargetStanding]) -> list[TargetStanding]:
    """The targets shown, of those with figures: the register's first, the worst first."""
    told = [found for found in board if found.standing.state not in SILENT]
    ranked = sorted(told, key=lambda t: (t.indicator.source != "register", -ORDER.index(t.standing.state)))
    return ranked[:TARGETS]
