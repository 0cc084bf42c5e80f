"""What may be asked of the register: a household by its number, who lived in it on a day, where it came from.

Row-level security decides which rows there are; `seen_by` names the person who acts, and must be the acting person.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.registry.models import (
    Household,
    LifeEvent,
    Membership,
    Person,
    PersonPast,
    Relation,
    Residence,
)

#: The order in which the members of a household are read out.
RELATION_ORDER = {relation: i for i, relation in enumerate(Relation.values)}


@dataclass(frozen=True)
class MemberOn:
    """A member on one day as known on another: the facts as they were then held true."""

    person: Person
    full_name: str
    sex: str
    birth_date: dt.date | None
    birth_year: int | None
    ethnic: str
    relation: str
    since: dt.date | None

    def age_on(self, day: dt.date) -> int | None:
        """Completed years on `day`; by the year alone where the day of birth is not known."""
        return age(self.birth_date, self.birth_year, day)


@dataclass(frozen=True)
class HouseholdOn:
    """A household on one day as known at one moment."""

    household: Household
    on: dt.date
    known_on: dt.datetime
    village: Unit
    local_code: str
    members: list[MemberOn]


@dataclass(frozen=True)
class Kin:
    """Another household this one came from or went into. `household` is None where it may not be seen."""

    how: str  # "split_from", "split_off", "merged_from", "merged_into"
    number: str
    on: dt.date
    household: Household | None


def age(birth_date: dt.date | None, birth_year: int | None, day: dt.date) -> int | None:
    """Completed years on `day`, None where the birth is not known."""
    if birth_date:
        return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
    return day.year - birth_year if birth_year else None


def household_by_number(number: str, *, seen_by: User) -> Household | None:
    """The household of this province-wide number ('H00001234'), or None where there is none to be seen."""
    return Household.objects.filter(number=number.strip().upper()).select_related("village").first()


def people_of(household: Household, *, seen_by: User) -> QuerySet[Person]:
    """Those who live in the household as now known, in no order."""
    return Person.objects.filter(household=household)


def members_of(household: Household, *, seen_by: User) -> list[Person]:
    """Those who live in the household as now known: head, spouse, children …, elder first."""
    people = people_of(household, seen_by=seen_by).prefetch_related(
        "duplicates__household", "same_as__household"
    )
    return sorted(people, key=lambda p: (RELATION_ORDER.get(p.relation, 99), p.birth_year or 9999, p.pk))


def as_of(
    household: Household, on: dt.date, *, known_on: dt.datetime | None = None, seen_by: User
) -> HouseholdOn | None:
    """Where and with whom the household lived on `on`, by what the register held true at `known_on` (now if None).

    None where the register did not then know it as living anywhere on that day.
    """
    moment = known_on or timezone.now()
    known = Q(recorded_at__lte=moment) & (Q(retired_at__isnull=True) | Q(retired_at__gt=moment))
    residence = household.residences.filter(known, period__contains=on).select_related("village").first()
    if residence is None:
        return None
    rows = list(household.memberships.filter(known, period__contains=on).select_related("person"))
    past = _held_true({row.person_id for row in rows}, moment)
    members = [_member_on(row, past.get(row.person_id, row.person)) for row in rows]
    members.sort(key=lambda m: (RELATION_ORDER.get(m.relation, 99), m.birth_year or 9999, m.person.pk))
    return HouseholdOn(household, on, moment, residence.village, residence.local_code, members)


def _held_true(people: set[int], moment: dt.datetime) -> dict[int, PersonPast]:
    """By person, what was held true at `moment` where it is not what is held true now."""
    rows = PersonPast.objects.filter(person__in=people, known_from__lte=moment, known_until__gt=moment)
    return {row.person_id: row for row in rows}


def _member_on(row: Membership, facts: Person | PersonPast) -> MemberOn:
    return MemberOn(
        person=row.person,
        full_name=facts.full_name,
        sex=facts.sex,
        birth_date=facts.birth_date,
        birth_year=facts.birth_year,
        ethnic=facts.ethnic,
        relation=row.relation,
        since=row.period.lower,
    )


def events_of(household: Household, *, seen_by: User) -> QuerySet[LifeEvent]:
    """All that happened to the household and its members, latest first."""
    return (
        LifeEvent.objects.filter(household=household)
        .select_related("person", "other", "recorded_by")
        .order_by("-on", "-pk")
    )


def events_counted(
    unit: Unit, first: dt.date, last: dt.date, *, seen_by: User
) -> Mapping[LifeEvent.Kind, int]:
    """How many events of each kind happened between two days in the villages of a unit; those taken back are not told apart."""
    villages = descendants_on(unit, last, Level.VILLAGE).values("pk")
    rows = LifeEvent.objects.filter(village__in=villages, on__range=(first, last)).values_list("kind")
    return {LifeEvent.Kind(kind): n for kind, n in rows.annotate(n=Count("pk"))}


def lineage(household: Household, *, seen_by: User) -> list[Kin]:
    """Households this one was split from or merged with, earliest first."""
    events = LifeEvent.objects.filter(
        household=household, kind__in=[LifeEvent.Kind.SPLIT, LifeEvent.Kind.MERGED]
    ).select_related("other")
    taken_back = _mergers_taken_back(household)
    words = {
        ("split", "from"): "split_from",
        ("split", "new"): "split_off",
        ("merged", "from"): "merged_from",
        ("merged", "into"): "merged_into",
    }
    return [
        Kin(words[event.kind, key], number, event.on, event.other)
        for event in events.order_by("on", "pk")
        if (event.kind, event.other_id, event.on.isoformat()) not in taken_back
        for key, number in (event.after or {}).items()
    ]


def _mergers_taken_back(household: Household) -> set[tuple[str, int | None, str]]:
    """Kind, the other household and day of each merger with `household`, from either side, that was taken back."""
    restored = LifeEvent.objects.filter(
        Q(household=household) | Q(other=household), kind=LifeEvent.Kind.RESTORED, other__isnull=False
    )
    return {
        (
            (event.before or {}).get("kind", ""),
            event.other_id if event.household_id == household.pk else event.household_id,
            (event.before or {}).get("on", ""),
        )
        for event in restored
    }


def residences_of(household: Household, *, seen_by: User) -> QuerySet[Residence]:
    """Every place ever written down for the household, those since retired too, latest first."""
    return household.residences.select_related("village").order_by("-period", "-recorded_at", "-pk")


def pasts_of(people: list[Person], *, seen_by: User) -> QuerySet[PersonPast]:
    """What was held true of these people before it was corrected, latest first."""
    return (
        PersonPast.objects.filter(person__in=people)
        .select_related("event__recorded_by")
        .order_by("-known_until", "-pk")
    )


def memberships_of(people: list[Person], *, seen_by: User) -> QuerySet[Membership]:
    """Every household these people were ever written down in, as far as it may be seen, latest first."""
    return (
        Membership.objects.filter(person__in=people, retired_at__isnull=True)
        .select_related("household", "person")
        .order_by("person", "-period")
    )
