"""What may be asked of rounds, visits and verdicts.

Row-level security decides which rows there are; `seen_by` names the person who asks, and must be the acting person.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import children_on, descendants_on
from giamngheo.registry.models import Household, Person, Relation
from giamngheo.rules import reasons as words
from giamngheo.rules.standards import Standard, standards
from giamngheo.rules.verdict import COLUMNS
from giamngheo.surveys.figures import NOT_INTERVIEWED
from giamngheo.surveys.models import Round, Verdict, Visit

# --- Rounds ---------------------------------------------------------------------------------------------------------


def rounds(*, seen_by: User) -> QuerySet[Round]:
    """All rounds, the latest first."""
    return Round.objects.order_by("-year", "kind", "-pk")


def annual_round(year: int, *, seen_by: User) -> Round | None:
    """The annual round of a year, or None."""
    return Round.objects.filter(year=year, kind=Round.Kind.ANNUAL).first()


def open_rounds(*, seen_by: User) -> list[Round]:
    """Rounds in which visits may be recorded, the annual one first."""
    return list(Round.objects.filter(closed_at__isnull=True).order_by("-year", "kind", "-pk"))


# --- One household --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """A verdict with everything its words rest on: the visit, the round, the members' names."""

    verdict: Verdict
    visit: Visit
    round: Round
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def in_force(self) -> bool:
        """Whether this is the standard by which the round was decided, and not one beside it."""
        return self.verdict.standard == self.round.standard

    @property
    def standard(self) -> Standard:
        return standards()[self.verdict.standard]

    @property
    def law_has_changed(self) -> bool:
        """Whether the files of the law now say something else than when the verdict was given."""
        return self.standard.content_hash != self.verdict.law_id

    @property
    def row(self) -> dict[str, Any]:
        """The verdict as the rules' words read it (rules.verdict.COLUMNS)."""
        own = {name: getattr(self.verdict, name) for name in COLUMNS if name not in _NOT_STORED}
        return {**own, "basis": self.verdict.basis or None, "deprived_given": self._total_on_form}

    @property
    def _total_on_form(self) -> int | None:
        answers, each = self.visit.answers, self.standard.points.per_indicator
        if "deprived_count" in answers:
            return int(answers["deprived_count"])
        return int(answers["b2_points"]) // each.value if "b2_points" in answers and each else None

    def reasons(self, language: str = "vi", *, members: bool = True) -> list[str]:
        """Why the household is of this class, in full sentences; with `members`, which of them lack what.

        Telling the members apart asks the rules once more, some milliseconds a household.
        """
        day = self.visit.visited_on or self.round.reference_date
        people = [{**m, "name": self.names.get(m.get("person", 0), "")} for m in self.visit.members]
        return words.reasons(
            self.row,
            self.standard,
            language,
            household={**self.visit.answers, "on": day},
            members=people if members else None,
        )

    def what_would_change(self, language: str = "vi") -> list[str]:
        """What would put the household into another class, in full sentences."""
        return words.what_would_change(self.row, self.standard, language)


_NOT_STORED = {"household", "deprived_given"}


@dataclass(frozen=True)
class YearOf:
    """What one round knows of a household: the visit in force and its verdicts, the standard in force first."""

    round: Round
    visit: Visit
    judged: list[Judged]


def visits_of(household: Household, *, seen_by: User) -> list[YearOf]:
    """Rounds in which the household was visited, the latest first. Three queries."""
    visits = (
        Visit.objects.filter(household=household, retired_at__isnull=True)
        .select_related("round", "recorded_by", "village")
        .order_by("-round__year", "-visited_on", "-pk")
    )
    given = verdicts_of(household, seen_by=seen_by)
    return [YearOf(v.round, v, [j for j in given if j.visit.pk == v.pk]) for v in visits]


def verdicts_of(household: Household, *, seen_by: User) -> list[Judged]:
    """Verdicts in force on the household, the latest round first, its standard in force before others. Two queries."""
    rows = Verdict.objects.filter(household=household, retired_at__isnull=True)
    found = list(rows.select_related("visit", "round"))
    people = {member.get("person") for row in found for member in row.visit.members}
    names = dict(Person.objects.filter(pk__in=people - {None}).values_list("pk", "full_name"))
    judged = [Judged(row, row.visit, row.round, names) for row in found]
    return sorted(judged, key=lambda j: (-j.round.year, -j.round.pk, not j.in_force, j.verdict.standard))


def visit_history(round: Round, household: Household, *, seen_by: User) -> list[Visit]:
    """Every row ever recorded of a household in a round, retired ones too, the latest first."""
    rows = Visit.objects.filter(round=round, household=household).select_related("recorded_by")
    return list(rows.order_by("-recorded_at", "-pk"))


def visit_in_force(round: Round, household: Household, *, seen_by: User) -> Visit | None:
    return Visit.objects.filter(round=round, household=household, retired_at__isnull=True).first()


# --- Lists of a round -----------------------------------------------------------------------------------------------


def head_of(column: str) -> Subquery:
    """The name of the head of the household in `column`, as a column of a list."""
    heads = Person.objects.filter(household=OuterRef(column), relation=Relation.HEAD)
    return Subquery(heads.values("full_name")[:1])


def villages_within(unit: Unit, day: dt.date) -> QuerySet[Unit, Any]:
    """The villages of `unit` on `day`, for use as a subquery."""
    return descendants_on(unit, day, Level.VILLAGE).order_by().values("pk")


def verdicts_in(
    round: Round,
    *,
    unit: Unit | None = None,
    standard: str = "",
    classes: Iterable[str] = (),
    lacking: str = "",
    seen_by: User,
) -> QuerySet[Verdict]:
    """Verdicts of a round under one standard (the one in force unless named), each with `head`, by village and code.

    `unit` narrows to a unit of the round's geography; `classes` to classes; `lacking` to an indicator by its code.
    """
    standard = standard or round.standard
    found = Verdict.objects.filter(round=round, standard=standard, retired_at__isnull=True)
    if unit is not None:
        found = found.filter(village__in=villages_within(unit, round.reference_date))
    if classes:
        found = found.filter(klass__in=list(classes))
    if lacking:
        codes = [indicator.code for indicator in standards()[standard].indicators]
        found = found.filter(pattern__regex=f"^.{{{codes.index(lacking)}}}1")
    return (
        found.select_related("household", "village").annotate(head=head_of("household")).order_by(*BY_PLACE)
    )


#: The order of every list of households: by village in Vietnamese order, then by the village's own code.
BY_PLACE = ("village__name_key", "household__local_code", "household_id")


def borderline(round: Round, *, unit: Unit | None = None, seen_by: User) -> QuerySet[Verdict]:
    """Households one indicator or a twentieth of a line away from another class, under the standard in force."""
    return verdicts_in(round, unit=unit, seen_by=seen_by).filter(borderline=True)


def disagreements(round: Round, *, unit: Unit | None = None, seen_by: User) -> QuerySet[Verdict]:
    """Households where an indicator ticked on the form and the one computed from the answers differ."""
    return verdicts_in(round, unit=unit, seen_by=seen_by).filter(disagree__contains="1")


def not_met(round: Round, *, unit: Unit | None = None, seen_by: User) -> QuerySet[Visit]:
    """Visits that found nobody or were refused, the earliest day to go back first; each with `head`."""
    found = Visit.objects.filter(round=round, retired_at__isnull=True, outcome__in=NOT_INTERVIEWED)
    if unit is not None:
        found = found.filter(village__in=villages_within(unit, round.reference_date))
    found = found.select_related("household", "village").annotate(head=head_of("household"))
    return found.order_by("next_visit_on", *BY_PLACE)


def not_visited(round: Round, *, unit: Unit | None = None, seen_by: User) -> QuerySet[Household]:
    """Households in the register that no visit of this round has reached, each with `head`."""
    visits = Visit.objects.filter(round=round, household=OuterRef("pk"), retired_at__isnull=True)
    found = Household.objects.filter(
        ~Exists(visits), Q(ended_on__isnull=True) | Q(ended_on__gt=round.reference_date)
    )
    if unit is not None:
        found = found.filter(village__in=villages_within(unit, round.reference_date))
    found = found.select_related("village").annotate(head=head_of("pk"))
    return found.order_by("village__name_key", "local_code", "pk")


@dataclass(frozen=True)
class Waiting:
    """How many households of a round still wait for somebody."""

    not_visited: int
    to_return: int
    overdue: int
    undetermined: int
    borderline: int
    disagreements: int


def waiting(round: Round, *, unit: Unit | None = None, today: dt.date, seen_by: User) -> Waiting:
    """What waits in a round within `unit` (the person's own units on the working day if None). One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM surveys_waiting(%s, %s, %s)", [round.pk, [unit.pk] if unit else None, today]
        )
        return Waiting(*cursor.fetchone())


# --- Progress -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProgressRow:
    """How far a round has come in one unit. `households` is None where the register is not known that far back."""

    unit: Unit
    households: int
    outcomes: Mapping[str, int]

    @property
    def met(self) -> int:
        return self.outcomes.get(Visit.Outcome.MET, 0)

    @property
    def moved(self) -> int:
        return self.outcomes.get(Visit.Outcome.MOVED, 0)

    @property
    def to_return(self) -> int:
        return sum(self.outcomes.get(outcome, 0) for outcome in NOT_INTERVIEWED)

    @property
    def waiting(self) -> int:
        """Households that no visit has reached."""
        return max(0, self.households - sum(self.outcomes.values()))

    @property
    def share(self) -> float | None:
        """Households settled (met or moved away) among those of the register, 0 to 1."""
        return min(1.0, (self.met + self.moved) / self.households) if self.households else None


def progress(round: Round, unit: Unit, *, seen_by: User) -> tuple[ProgressRow, list[ProgressRow]]:
    """Progress of `unit` whole, and of the units directly below it on the day of the round. Two queries."""
    below = list(children_on(unit, round.reference_date))
    counted = _visited(round, [unit.pk, *(u.pk for u in below)])
    rows = [ProgressRow(u, *counted.get(u.pk, (0, {}))) for u in (unit, *below)]
    return rows[0], rows[1:]


def _visited(round: Round, units: list[int]) -> dict[int, tuple[int, dict[str, int]]]:
    """By unit, the households of the register on the round's day and the visits by outcome."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id, outcome, households FROM surveys_progress(%s, %s)", [round.pk, units])
        found: dict[int, tuple[int, dict[str, int]]] = {}
        for unit, outcome, n in cursor.fetchall():
            households, outcomes = found.get(unit, (0, {}))
            found[unit] = (n, outcomes) if outcome == "" else (households, {**outcomes, outcome: n})
    return found
