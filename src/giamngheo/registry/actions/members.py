"""What happens to the members of a household: they are born, die, come and go, and another becomes head."""

import datetime as dt
from collections.abc import Mapping

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from giamngheo.access.models import User
from giamngheo.registry import errors
from giamngheo.registry.actions._book import (
    check_may_write,
    living,
    lock,
    place,
    remember,
    replace_head,
    write_event,
)
from giamngheo.registry.facts import NewMember, as_person, check_member
from giamngheo.registry.models import Household, LifeEvent, Membership, Person, Relation

Kind = LifeEvent.Kind


@errors.sentences()
@transaction.atomic
def record_birth(*, household: Household, child: NewMember, by: User, reason: str = "") -> Person:
    """A child is born into the household on its `birth_date`."""
    on = child.birth_date
    if on is None:
        raise errors.BirthDateNeededError
    check_may_write(by, on)
    return _add(household, child, kind=Kind.BORN, on=on, reason=reason, by=by)


@errors.sentences()
@transaction.atomic
def member_moved_in(
    *,
    household: Household,
    member: NewMember | Person,
    on: dt.date,
    relation: str = "",
    reason: str = "",
    by: User,
) -> Person:
    """A person comes to live in the household from `on`: one not yet in the register, or one who had left a household.

    Raises ElsewhereError for a person who is still a member of another household.
    """
    check_may_write(by, on)
    if isinstance(member, NewMember):
        return _add(household, member, kind=Kind.MOVED_IN, on=on, reason=reason, by=by)
    if member.died_on:
        raise errors.AlreadyDeadError(name=member.full_name, on=member.died_on)
    if member.household_id:
        raise errors.ElsewhereError
    household = lock(household)
    _check_not_head(relation)
    event = write_event(Kind.MOVED_IN, on=on, household=household, person=member, reason=reason, by=by)
    place(
        [member], household=household, relations={member.pk: relation or Relation.OTHER}, on=on, event=event
    )
    return member


def _check_not_head(relation: str) -> None:
    if relation == Relation.HEAD:
        raise errors.TwoHeadsError


def _add(household: Household, member: NewMember, *, kind: str, on: dt.date, reason: str, by: User) -> Person:
    check_member(member, on=on)
    _check_not_head(member.relation)
    household = lock(household)
    began = household.residences.filter(retired_at__isnull=True).order_by("period").first()
    if began and on < began.period.lower and kind == Kind.MOVED_IN:
        raise errors.TooEarlyError(on=on, since=began.period.lower)
    person = as_person(member, village_id=household.village_id, household=household)
    event = write_event(kind, on=on, household=household, reason=reason, by=by)
    person.known_from = event.recorded_at
    person.save()
    event.person = person
    event.save(update_fields=["person"])
    Membership.objects.create(
        person=person,
        household=household,
        village_id=household.village_id,
        relation=member.relation,
        period=DateRange(on, None),
        event=event,
        recorded_at=event.recorded_at,
    )
    return person


@errors.sentences()
@transaction.atomic
def record_death(
    *,
    person: Person,
    on: dt.date,
    new_head: Person | None = None,
    relations: Mapping[int, str] | None = None,
    reason: str = "",
    by: User,
) -> LifeEvent:
    """A member died on `on`. If they were the head, `new_head` must be one of those who stay, and `relations` may say
    by person id how the others stand to the new head; with nobody left the household ends.

    Reversible by `restore`. Raises AlreadyDeadError, DeathBeforeBirthError, NewHeadNeededError.
    """
    check_may_write(by, on)
    if person.died_on:
        raise errors.AlreadyDeadError(name=person.full_name, on=person.died_on)
    born = person.birth_date or (dt.date(person.birth_year, 1, 1) if person.birth_year else None)
    if born and on < born:
        raise errors.DeathBeforeBirthError(name=person.full_name, on=on)
    event = _leave(Kind.DIED, person, on=on, new_head=new_head, relations=relations, reason=reason, by=by)
    remember(person, event)
    person.died_on = on
    person.save(update_fields=["died_on", "known_from"])
    return event


@errors.sentences()
@transaction.atomic
def member_moved_out(
    *,
    person: Person,
    on: dt.date,
    to: str = "",
    relation: str = Relation.OTHER,
    new_head: Person | None = None,
    relations: Mapping[int, str] | None = None,
    reason: str = "",
    by: User,
) -> None:
    """A member leaves the household on `on`: out of the province's register, or into household number `to`.

    Into a household of another commune this is a hand-over, as in `move_household`. Raises HouseholdUnknownError.
    """
    check_may_write(by, on)
    if not to:
        _leave(Kind.MOVED_OUT, person, on=on, new_head=new_head, relations=relations, reason=reason, by=by)
        return
    _check_not_head(relation)
    if person.relation == Relation.HEAD:
        _pass_headship(person, new_head=new_head, relations=relations, on=on, by=by)
    since = person.memberships.filter(retired_at__isnull=True, period__upper_inf=True).first()
    if since and on < since.period.lower:
        raise errors.TooEarlyError(on=on, since=since.period.lower)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registry_hand_over_person(%s, %s, %s, %s, %s)",
            [person.pk, to.strip().upper(), relation, on, reason.strip()],
        )


def _pass_headship(
    person: Person, *, new_head: Person | None, relations: Mapping[int, str] | None, on: dt.date, by: User
) -> None:
    if new_head is None:
        raise errors.NewHeadNeededError(name=person.full_name)
    assert person.household is not None
    change_head(household=person.household, head=new_head, relations=relations, on=on, by=by)


def _leave(
    kind: str,
    person: Person,
    *,
    on: dt.date,
    new_head: Person | None,
    relations: Mapping[int, str] | None,
    reason: str,
    by: User,
) -> LifeEvent:
    if person.household is None:
        return write_event(kind, on=on, household=None, person=person, reason=reason, by=by)
    household = lock(person.household)
    staying = [member for member in living(household) if member.pk != person.pk]
    event = write_event(
        kind,
        on=on,
        household=household,
        person=person,
        reason=reason,
        by=by,
        before={"relation": person.relation},
    )
    place([person], household=None, relations={}, on=on, event=event)
    replace_head(
        household,
        leaving=person,
        new_head=new_head,
        relations=relations or {},
        on=on,
        event=event,
        staying=staying,
    )
    return event


@errors.sentences()
@transaction.atomic
def change_head(
    *,
    household: Household,
    head: Person,
    on: dt.date,
    relations: Mapping[int, str] | None = None,
    reason: str = "",
    by: User,
) -> LifeEvent:
    """Another member becomes head from `on`; `relations` may say by person id how the others stand to the new head.

    The old head becomes "other" unless told. Raises NotAMemberError, NothingChangedError.
    """
    check_may_write(by, on)
    household = lock(household)
    members = living(household)
    if head.pk not in {person.pk for person in members}:
        raise errors.NotAMemberError(name=head.full_name)
    old = next((person for person in members if person.relation == Relation.HEAD), None)
    if old and old.pk == head.pk:
        raise errors.NothingChangedError
    event = write_event(
        Kind.HEAD_CHANGED,
        on=on,
        household=household,
        person=head,
        reason=reason,
        by=by,
        before={"head": old.full_name if old else ""},
        after={"head": head.full_name},
    )
    changed = {**({old.pk: Relation.OTHER} if old else {}), **(relations or {}), head.pk: Relation.HEAD}
    place(
        [person for person in members if person.pk in changed],
        household=household,
        relations=changed,
        on=on,
        event=event,
    )
    return event
