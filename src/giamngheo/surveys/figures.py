"""Figures of rounds, from the tallies alone: rates by unit, series by year, deprivation, ethnic groups.

Every function asks a constant number of queries, whatever the number of households. A figure stands under one
standard; two standards are never added up or compared. Rates are over the households whose class is known: those
undetermined or not met are counted beside them, never among the "not poor". The database shows a person the tallies
of their own area only; `seen_by` must be the acting person.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, Sum

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import children_on, descendants_on, valid
from giamngheo.rules.facts import ethnic_name
from giamngheo.rules.standards import Indicator, standards
from giamngheo.surveys.models import POOR, Klass, Round, Tally, Visit

#: Classes that say something; the others say that nothing is known.
KNOWN = (*POOR, Klass.NEAR_POOR, Klass.AVERAGE, Klass.NONE)
NOT_INTERVIEWED = (Visit.Outcome.NOT_MET, Visit.Outcome.REFUSED)
OUTCOMES = (*NOT_INTERVIEWED, Visit.Outcome.MOVED)


@dataclass(frozen=True)
class Counts:
    """Households and persons of one place or group, by class under one standard and by outcome without verdict."""

    households: Mapping[str, int] = field(default_factory=dict)
    persons: Mapping[str, int] = field(default_factory=dict)

    def of(self, *classes: str) -> int:
        """Households of these classes or outcomes."""
        return sum(self.households.get(klass, 0) for klass in classes)

    def persons_of(self, *classes: str) -> int:
        return sum(self.persons.get(klass, 0) for klass in classes)

    @property
    def known(self) -> int:
        """Households whose class is known: the denominator of every rate."""
        return self.of(*KNOWN)

    @property
    def poor(self) -> int:
        return self.of(*POOR)

    @property
    def near_poor(self) -> int:
        return self.of(Klass.NEAR_POOR)

    @property
    def average(self) -> int:
        return self.of(Klass.AVERAGE)

    @property
    def undetermined(self) -> int:
        return self.of(Klass.UNDETERMINED)

    @property
    def not_interviewed(self) -> int:
        """Households not met, or that refused."""
        return self.of(*NOT_INTERVIEWED)

    @property
    def unknown(self) -> int:
        """Households that may be poor or not: undetermined, not met, refused."""
        return self.undetermined + self.not_interviewed

    @property
    def visited(self) -> int:
        """Households with any outcome of a visit."""
        return sum(self.households.values())

    @property
    def met(self) -> int:
        return self.known + self.undetermined

    @property
    def poor_rate(self) -> float | None:
        """Share of poor among households of known class, 0 to 1; None where no class is known."""
        return _share(self.poor, self.known)

    @property
    def near_poor_rate(self) -> float | None:
        return _share(self.near_poor, self.known)

    @property
    def poor_rate_range(self) -> tuple[float, float] | None:
        """The rate if none of the unknown households were poor, and if all were."""
        everybody = self.known + self.unknown
        return (self.poor / everybody, (self.poor + self.unknown) / everybody) if everybody else None

    @property
    def known_persons(self) -> int:
        return self.persons_of(*KNOWN)

    @property
    def poor_persons(self) -> int:
        return self.persons_of(*POOR)

    @property
    def near_poor_persons(self) -> int:
        return self.persons_of(Klass.NEAR_POOR)

    @property
    def poor_person_rate(self) -> float | None:
        """Share of persons who live in poor households."""
        return _share(self.poor_persons, self.known_persons)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    counts: Counts


@dataclass(frozen=True)
class RatesByUnit:
    """The units of one level within a unit, and the unit whole, on the geography of the day `on`.

    `not_placed` counts visited households of villages that were not there on that day, and so are in no row.
    """

    round: Round
    standard: str
    on: dt.date
    whole: UnitRow
    rows: Sequence[UnitRow]
    not_placed: int = 0

    @property
    def extremes(self) -> tuple[UnitRow, UnitRow] | None:
        """The units with the lowest and the highest poor rate."""
        rated = sorted((r for r in self.rows if r.counts.known), key=lambda r: r.counts.poor_rate or 0)
        return (rated[0], rated[-1]) if rated else None


def rates_by_unit(
    round: Round,
    unit: Unit,
    *,
    level: Level | None = None,
    standard: str = "",
    geography: dt.date | None = None,
    seen_by: User,
) -> RatesByUnit:
    """Poor and near-poor within `unit`, by the units of `level` (default: those directly below).

    `standard` is the one in force in the round unless another is named. `geography` is a day whose units the figures
    are shown on (default: the day of the round): villages outlive mergers of communes, so it is a sum of villages.
    """
    day, standard = geography or round.reference_date, standard or round.standard
    below = list(descendants_on(unit, day, level) if level else children_on(unit, day))
    wanted = [unit.pk, *(u.pk for u in below)]
    not_placed = 0
    if day == round.reference_date:
        counted = _by(_tallies(round, standard).filter(unit__in=wanted), "unit_id")
    else:
        villages = _tallies(round, standard).filter(level=Level.VILLAGE)
        placed = valid(day, "unit__above__") & Q(unit__above__ancestor__in=wanted)
        counted = _by(villages.filter(placed), "unit__above__ancestor_id")
        not_placed = villages.exclude(valid(day, "unit__")).aggregate(n=Sum("households"))["n"] or 0
    rows = [UnitRow(u, counted.get(u.pk, Counts())) for u in below]
    return RatesByUnit(round, standard, day, UnitRow(unit, counted.get(unit.pk, Counts())), rows, not_placed)


def _tallies(round: Round, standard: str) -> QuerySet[Tally]:
    """Rows of one standard, with the visits that gave no verdict: those are counted once, under the round's own."""
    wanted = Q(standard=standard) | Q(standard=round.standard, klass__in=OUTCOMES)
    return Tally.objects.filter(wanted, round=round)


def _by(rows: QuerySet[Tally], *keys: str) -> dict[Any, Counts]:
    """Counts by the value of one column (or the tuple of several)."""
    households: dict[Any, dict[str, int]] = defaultdict(dict)
    persons: dict[Any, dict[str, int]] = defaultdict(dict)
    summed = rows.values(*keys, "klass").annotate(h=Sum("households"), p=Sum("persons")).order_by()
    for row in summed:
        key = row[keys[0]] if len(keys) == 1 else tuple(row[k] for k in keys)
        households[key][row["klass"]] = row["h"]
        persons[key][row["klass"]] = row["p"]
    return {key: Counts(households[key], persons[key]) for key in households}


@dataclass(frozen=True)
class Point:
    """One annual round under one standard. `change` is the poor rate's, against the last round of the same standard."""

    round: Round
    standard: str
    counts: Counts
    change: float | None

    @property
    def year(self) -> int:
        return self.round.year

    @property
    def in_force(self) -> bool:
        return self.standard == self.round.standard


def series(unit: Unit, *, seen_by: User) -> list[Point]:
    """The annual rounds of `unit` by year, each under every standard it was judged by. Three queries.

    A line may join points of one `standard` only. A round held before the unit was there (a merged commune) is
    counted on the unit's territory as it was made, by its villages.
    """
    rounds = {r.pk: r for r in Round.objects.filter(kind=Round.Kind.ANNUAL)}
    counted: dict[tuple[int, str], Counts] = _by(Tally.objects.filter(unit=unit), "round_id", "standard")
    before = [r.pk for r in rounds.values() if r.reference_date < unit.valid_from]
    made_of = valid(unit.valid_from, "unit__above__") & Q(unit__above__ancestor=unit)
    villages = Tally.objects.filter(made_of, level=Level.VILLAGE, round__in=before)
    counted |= _by(villages, "round_id", "standard")
    return list(_points(rounds, {key: counts for key, counts in counted.items() if key[0] in rounds}))


def _points(rounds: Mapping[int, Round], counted: Mapping[tuple[int, str], Counts]) -> Iterator[Point]:
    last: dict[str, float] = {}
    for (pk, standard), counts in sorted(counted.items(), key=lambda i: (rounds[i[0][0]].year, i[0][1])):
        round = rounds[pk]
        if standard != round.standard:
            counts = _with_outcomes(counts, counted.get((pk, round.standard), Counts()))
        rate = counts.poor_rate
        change = rate - last[standard] if rate is not None and standard in last else None
        if rate is not None:
            last[standard] = rate
        yield Point(round, standard, counts, change)


def _with_outcomes(counts: Counts, own: Counts) -> Counts:
    """Counts of a second standard with the visits without verdict, which are tallied under the round's own alone."""
    households = {k: n for k, n in own.households.items() if k in OUTCOMES}
    persons = {k: n for k, n in own.persons.items() if k in OUTCOMES}
    return Counts({**counts.households, **households}, {**counts.persons, **persons})


@dataclass(frozen=True)
class Lacking:
    """Of `households` with a verdict, those that lack something, and those not answered."""

    households: int
    deprived: int
    unknown: int

    @property
    def share(self) -> float | None:
        """Among the households answered, 0 to 1."""
        return _share(self.deprived, self.households - self.unknown)


@dataclass(frozen=True)
class IndicatorRow:
    indicator: Indicator
    all: Lacking
    poor: Lacking
    near_poor: Lacking


def deprivation_profile(round: Round, unit: Unit, *, standard: str = "", seen_by: User) -> list[IndicatorRow]:
    """For each indicator in its order, who lacks it among all, poor and near-poor households of `unit`. One query."""
    standard = standard or round.standard
    rows = list(
        Tally.objects.filter(
            round=round, unit=unit, standard=standard, klass__in=[*KNOWN, Klass.UNDETERMINED]
        )
    )
    groups = (
        rows,
        [row for row in rows if row.klass in POOR],
        [row for row in rows if row.klass == Klass.NEAR_POOR],
    )
    return [
        IndicatorRow(indicator, *(_lacking(group, i) for group in groups))
        for i, indicator in enumerate(standards()[standard].indicators)
    ]


def _lacking(rows: Sequence[Tally], i: int) -> Lacking:
    return Lacking(
        households=sum(row.households for row in rows),
        deprived=sum(row.deprived[i] or 0 for row in rows),
        unknown=sum(row.unknown[i] or 0 for row in rows),
    )


@dataclass(frozen=True)
class GroupRow:
    """One ethnic group, by the head of the household; code '' where it was not recorded."""

    code: str
    counts: Counts

    def name(self, language: str = "vi") -> str:
        return ethnic_name(self.code, language)


def by_ethnic_group(round: Round, unit: Unit, *, standard: str = "", seen_by: User) -> list[GroupRow]:
    """Counts by ethnic group of the head, the largest group first. One query."""
    counted: dict[str, Counts] = _by(_tallies(round, standard or round.standard).filter(unit=unit), "ethnic")
    return sorted(
        (GroupRow(code, counts) for code, counts in counted.items()),
        key=lambda row: (-row.counts.visited, row.code),
    )


def side_by_side(round: Round, unit: Unit, *, seen_by: User) -> dict[str, Counts]:
    """Counts of one unit under every standard the round was judged by, the one in force first. One query."""
    counted: dict[str, Counts] = _by(Tally.objects.filter(round=round, unit=unit), "standard")
    own = counted.get(round.standard, Counts())
    others = {
        slug: _with_outcomes(counts, own)
        for slug, counts in sorted(counted.items())
        if slug != round.standard
    }
    return {round.standard: own, **others}


def tallied_rounds(unit: Unit, *, seen_by: User) -> list[Round]:
    """Rounds that have figures of `unit`, the latest first; the first serves a page that names none. One query."""
    tallied = Tally.objects.filter(unit=unit).values("round")
    return list(Round.objects.filter(pk__in=tallied).order_by("-year", "kind", "-pk"))
