"""What happens to whole households: they are entered, move, split and merge."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry import errors
from giamngheo.registry.actions._book import (
    check_may_write,
    check_village,
    close_household,
    living,
    lock,
    place,
    replace_head,
    settle,
    write_event,
)
from giamngheo.registry.facts import NewMember, as_person, check_member
from giamngheo.registry.models import Household, LifeEvent, Membership, Person, Relation

Kind = LifeEvent.Kind


@errors.sentences()
@transaction.atomic
def register_household(
    *,
    village: Unit,
    members: Sequence[NewMember],
    on: dt.date,
    local_code: str = "",
    address: str = "",
    reason: str = "",
    by: User,
) -> Household:
    """A household enters the register with its members; exactly one of them is the head.

    Raises NotWriterError, OutsideAreaError, FutureDayError, NotAVillageError, NoSuchUnitThenError, NoMembersError,
    NoHeadError, TwoHeadsError, IdNumberInUseError and the errors of `facts.check_member`.
    """
    check_may_write(by, on)
    check_village(village, on)
    _check_roster(members, on=on)
    household = Household.objects.create(
        village=village, local_code=local_code.strip(), address=address.strip()
    )
    event = write_event(Kind.REGISTERED, on=on, household=household, by=by, reason=reason)
    settle(household, since=on, event=event)
    people = Person.objects.bulk_create(
        as_person(member, village=village, household=household, known_from=event.recorded_at)
        for member in members
    )
    Membership.objects.bulk_create(
        Membership(
            person=person,
            household=household,
            village=village,
            relation=person.relation,
            period=DateRange(on, None),
            event=event,
            recorded_at=event.recorded_at,
        )
        for person in people
    )
    return household


def _check_roster(members: Sequence[NewMember], *, on: dt.date) -> None:
    if not members:
        raise errors.NoMembersError
    for member in members:
        check_member(member, on=on)
    heads = sum(member.relation == Relation.HEAD for member in members)
    if heads == 0:
        raise errors.NoHeadError
    if heads > 1:
        raise errors.TwoHeadsError


@errors.sentences()
@transaction.atomic
def move_household(
    *,
    household: Household,
    village: Unit,
    on: dt.date,
    local_code: str = "",
    address: str = "",
    reason: str = "",
    by: User,
) -> None:
    """The whole household goes to live in another village from `on`; its past goes along and stays where it was.

    To a village of another commune this is a hand-over: whoever may write the old place gives the household away and
    no longer sees it. Raises SamePlaceError, TooEarlyError and those of `register_household`.
    """
    check_may_write(by, on)
    check_village(village, on)
    household = lock(household)
    if household.village_id == village.pk:
        raise errors.SamePlaceError(unit=village.name)
    _check_not_before_present(household, on)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registry_move_household(%s, %s, %s, %s, %s, %s)",
            [household.pk, village.pk, local_code.strip(), address.strip(), on, reason.strip()],
        )


def _check_not_before_present(household: Household, on: dt.date) -> None:
    """`on` lies in the present residence and in every present membership."""
    open_rows = {"retired_at__isnull": True, "period__upper_inf": True}
    periods = [
        *household.residences.filter(**open_rows).values_list("period", flat=True),
        *household.memberships.filter(**open_rows).values_list("period", flat=True),
    ]
    since = max((period.lower for period in periods), default=on)
    if on < since:
        raise errors.TooEarlyError(on=on, since=since)


@errors.sentences()
@transaction.atomic
def split_household(
    *,
    household: Household,
    leaving: Collection[Person],
    head: Person,
    relations: Mapping[int, str] | None = None,
    new_head: Person | None = None,
    on: dt.date,
    local_code: str = "",
    address: str = "",
    reason: str = "",
    by: User,
) -> Household:
    """Some members found a household of their own in the same village; the old one keeps its number and its past.

    `relations` gives by person id the relation to the head of the household each is in afterwards; `new_head` is
    needed when the old head is among the leaving. Raises NotAMemberError, WholeHouseholdError, NewHeadNeededError.
    """
    check_may_write(by, on)
    old, going = lock(household), {person.pk for person in leaving}
    members = living(old)
    if not going or not going <= {person.pk for person in members} or head.pk not in going:
        raise errors.NotAMemberError(name=head.full_name)
    if len(going) == len(members):
        raise errors.WholeHouseholdError
    new = Household.objects.create(
        village_id=old.village_id, local_code=local_code.strip(), address=(address or old.address).strip()
    )
    event = write_event(
        Kind.SPLIT, on=on, household=new, other=old, by=by, reason=reason, after={"from": old.number}
    )
    write_event(Kind.SPLIT, on=on, household=old, other=new, by=by, reason=reason, after={"new": new.number})
    settle(new, since=on, event=event)
    given = dict(relations or {})
    leavers = [person for person in members if person.pk in going]
    old_head = next((person for person in leavers if person.relation == Relation.HEAD), None)
    inside = {person.pk: _not_head(given.get(person.pk, person.relation)) for person in leavers}
    place(leavers, household=new, relations={**inside, head.pk: Relation.HEAD}, on=on, event=event)
    staying = [person for person in members if person.pk not in going]
    replace_head(
        old,
        leaving=old_head or head,
        new_head=new_head,
        relations={k: v for k, v in given.items() if k not in going},
        on=on,
        event=event,
        staying=staying,
    )
    return new


def _not_head(relation: str) -> str:
    """The relation, unless it is that of a head, which someone else is now."""
    return Relation.OTHER if relation == Relation.HEAD else relation


@errors.sentences()
@transaction.atomic
def merge_households(
    *,
    into: Household,
    other: Household,
    on: dt.date,
    relations: Mapping[int, str] | None = None,
    reason: str = "",
    by: User,
) -> LifeEvent:
    """The members of `other` join `into`, and `other` ends; its past stays under its own number.

    Reversible by `restore` as long as nothing later happened to those members.
    """
    check_may_write(by, on)
    if into.pk == other.pk:
        raise errors.SameHouseholdError
    # Always in the same order, so that two merges of the same pair wait and do not deadlock.
    held = {h.pk: h for h in (lock(h) for h in sorted((into, other), key=lambda h: h.pk))}
    into, other = held[into.pk], held[other.pk]
    event = write_event(
        Kind.MERGED, on=on, household=into, other=other, by=by, reason=reason, after={"from": other.number}
    )
    write_event(
        Kind.MERGED, on=on, household=other, other=into, by=by, reason=reason, after={"into": into.number}
    )
    people, given = living(other), relations or {}
    place(
        people,
        household=into,
        relations={person.pk: _not_head(given.get(person.pk, person.relation)) for person in people},
        on=on,
        event=event,
    )
    close_household(other, on=on, event=event)
    return event
