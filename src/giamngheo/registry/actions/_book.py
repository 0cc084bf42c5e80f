"""How the register is written: who may, the event of each change, and period rows that are retired, never edited."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.areas.models import Level, Unit
from giamngheo.registry import errors
from giamngheo.registry.facts import OLDEST
from giamngheo.registry.models import (
    Household,
    LifeEvent,
    Membership,
    Person,
    PersonPast,
    Relation,
    Residence,
)


def check_may_write(by: User, on: dt.date) -> None:
    """The role may write at all, the day has come and lies within a life. The area is the database's to check."""
    if not by.writes_households:
        raise errors.NotWriterError
    if on > today():
        raise errors.FutureDayError(on=on)
    if today().year - on.year > OLDEST:
        raise errors.LongAgoError(on=on)


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise errors.ReasonNeededError


def check_village(village: Unit, on: dt.date) -> None:
    """`village` is a village, and existed on `on`."""
    if village.level != Level.VILLAGE:
        raise errors.NotAVillageError(unit=village.name)
    if village.valid_from > on or (village.valid_to and village.valid_to < on):
        raise errors.NoSuchUnitThenError(unit=village.name, code=village.code, on=on)


def lock(household: Household) -> Household:
    """The household as it stands now, held until the transaction ends, so that two writers take turns."""
    held = Household.objects.select_for_update().select_related(None).filter(pk=household.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    if held.ended_on:
        raise errors.HouseholdEndedError(number=held.number, on=held.ended_on)
    return held


def living(household: Household) -> list[Person]:
    """The members as now known, head first."""
    people = Person.objects.filter(household=household).order_by("pk")
    return sorted(people, key=lambda person: person.relation != Relation.HEAD)


def write_event(
    kind: str,
    *,
    on: dt.date,
    household: Household | None,
    by: User,
    person: Person | None = None,
    other: Household | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> LifeEvent:
    place = household or person
    assert place is not None
    return LifeEvent.objects.create(
        kind=kind,
        on=on,
        household=household,
        other=other,
        person=person,
        village_id=place.village_id,
        reason=reason.strip(),
        before=before,
        after=after,
        recorded_at=timezone.now(),
        recorded_by=by,
    )


def settle(household: Household, *, since: dt.date, event: LifeEvent) -> None:
    """Begin a residence where the household's row now says it is."""
    Residence.objects.create(
        household=household,
        village_id=household.village_id,
        local_code=household.local_code,
        period=DateRange(since, None),
        event=event,
        recorded_at=event.recorded_at,
    )


def place(
    people: Iterable[Person],
    *,
    household: Household | None,
    relations: Mapping[int, str],
    on: dt.date,
    event: LifeEvent,
) -> None:
    """From `on` these people live in `household` (None: in none), each in the relation given by their id.

    The open membership is retired and written again ended on `on`; the persons' own rows are brought up to date.
    """
    people = list(people)
    _end(list(_in_force(Membership).filter(person__in=people)), on=on, event=event)
    for person in people:
        person.relation = relations.get(person.pk, person.relation) if household else ""
        person.household = household
        if household:
            person.village_id = household.village_id
    # The one who ceases to be head first, for a household never has two.
    for person in sorted(people, key=lambda p: p.relation == Relation.HEAD):
        person.save(update_fields=["household", "relation", "village"])
    if household:
        Membership.objects.bulk_create(
            Membership(
                person=person,
                household=household,
                village_id=household.village_id,
                relation=person.relation,
                period=DateRange(on, None),
                event=event,
                recorded_at=event.recorded_at,
            )
            for person in people
        )


def close_household(household: Household, *, on: dt.date, event: LifeEvent) -> None:
    """Nobody is left: the household ends on `on`, and with it its residence."""
    _end(list(_in_force(Residence).filter(household=household)), on=on, event=event)
    household.ended_on = on
    household.save(update_fields=["ended_on"])


def replace_head(
    household: Household,
    *,
    leaving: Person,
    new_head: Person | None,
    relations: Mapping[int, str],
    on: dt.date,
    event: LifeEvent,
    staying: list[Person],
) -> None:
    """After `leaving` went: if they were the head, someone who stays becomes it; if nobody stays the household ends."""
    if not staying:
        close_household(household, on=on, event=event)
        return
    if any(person.relation == Relation.HEAD for person in staying):
        return
    if new_head is None:
        raise errors.NewHeadNeededError(name=leaving.full_name)
    if new_head.pk not in {person.pk for person in staying}:
        raise errors.NotAMemberError(name=new_head.full_name)
    changed = {**relations, new_head.pk: Relation.HEAD}
    place(
        [person for person in staying if person.pk in changed],
        household=household,
        relations=changed,
        on=on,
        event=event,
    )


def remember(person: Person, event: LifeEvent) -> None:
    """Keep what is now held true of the person, before `event` changes it."""
    now = Person.objects.get(pk=person.pk)
    PersonPast.objects.create(
        person=now,
        village_id=now.village_id,
        full_name=now.full_name,
        sex=now.sex,
        birth_date=now.birth_date,
        birth_year=now.birth_year,
        ethnic=now.ethnic,
        id_sealed=now.id_sealed,
        died_on=now.died_on,
        known_from=now.known_from,
        known_until=event.recorded_at,
        event=event,
    )
    person.known_from = event.recorded_at


def _in_force(model: Any) -> Any:
    """Rows held true, whose period has not ended."""
    return model.objects.filter(retired_at__isnull=True, period__upper_inf=True)


def _end(rows: list[Any], *, on: dt.date, event: LifeEvent) -> None:
    """Retire these open rows and write each again as ended on `on`; a row that began that very day leaves nothing."""
    for row in rows:
        if on < row.period.lower:
            raise errors.TooEarlyError(on=on, since=row.period.lower)
    retire(rows, event=event)
    for row in rows:
        if row.period.lower < on:
            again(row, period=DateRange(row.period.lower, on), event=event)


def retire(rows: list[Any], *, event: LifeEvent) -> None:
    """From now on these rows are what was once held true."""
    if rows:
        type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(
            retired_at=event.recorded_at, retired_by=event
        )


def again(row: Any, *, event: LifeEvent, **changes: Any) -> Any:
    """The same row once more with `changes`, as known by `event`."""
    copied = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    fresh = {
        "event_id": event.pk,
        "recorded_at": event.recorded_at,
        "retired_at": None,
        "retired_by_id": None,
    }
    return type(row).objects.create(**{**copied, **fresh, **changes})
