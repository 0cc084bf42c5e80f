"""Mending what was written wrongly, with a reason; what stood there before stays to be read."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.areas.models import Unit
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind as AuditKind
from giamngheo.registry import errors
from giamngheo.registry.actions._book import (
    again,
    check_may_write,
    check_reason,
    check_village,
    lock,
    remember,
    retire,
    write_event,
)
from giamngheo.registry.facts import NewMember, check_member, tidy
from giamngheo.registry.models import (
    Household,
    LifeEvent,
    Membership,
    Person,
    PersonPast,
    Relation,
    Residence,
)
from giamngheo.registry.sealing import blind_index, masked, normalise, seal, unseal

Kind = LifeEvent.Kind
#: What `restore` can take back.
REVERSIBLE = {Kind.DIED, Kind.MOVED_OUT, Kind.MERGED, Kind.HEAD_CHANGED}
_UNSAID: Any = object()


@errors.sentences()
@transaction.atomic
def correct_person(
    *,
    person: Person,
    reason: str,
    full_name: str = _UNSAID,
    sex: str = _UNSAID,
    birth_date: dt.date | None = _UNSAID,
    birth_year: int | None = _UNSAID,
    ethnic: str = _UNSAID,
    id_number: str = _UNSAID,
    by: User,
) -> LifeEvent:
    """What is given was true all along; what stood before goes to the person's past. What is left out stays.

    An empty `id_number` takes the number away. Raises ReasonNeededError, NothingChangedError, IdNumberInUseError and
    the errors of `facts.check_member`.
    """
    on = today()
    check_may_write(by, on)
    check_reason(reason)
    told = {
        "full_name": full_name,
        "sex": sex,
        "birth_date": birth_date,
        "birth_year": birth_year,
        "ethnic": ethnic,
    }
    told = _said(told)
    now = {name: getattr(person, name) for name in ("full_name", "sex", "birth_date", "birth_year", "ethnic")}
    check_member(NewMember(**{**now, **told}, relation=person.relation or Relation.OTHER), on=on)
    changed = {name: value for name, value in told.items() if value != now[name]}
    number = _changed_number(person, id_number)
    if not changed and number is None:
        raise errors.NothingChangedError
    event = write_event(
        Kind.CORRECTED,
        on=on,
        household=person.household,
        person=person,
        reason=reason,
        by=by,
        before=_shown(
            {name: now[name] for name in changed}, person.id_sealed if number is not None else None
        ),
        after=_shown(changed, seal(number) if number else None),
    )
    remember(person, event)
    for name, value in changed.items():
        setattr(person, name, value)
    if number is not None:
        person.id_sealed = seal(number) if number else None
        person.id_index = blind_index(number) if number else None
    person.save(update_fields=[*changed, "known_from", "id_sealed", "id_index"])
    return event


def _said(told: dict[str, Any]) -> dict[str, Any]:
    """What was told, the name tidied and the year filled in from the date."""
    said = {name: value for name, value in told.items() if value is not _UNSAID}
    if "full_name" in said:
        said["full_name"] = tidy(said["full_name"])
    if said.get("birth_date"):
        said.setdefault("birth_year", said["birth_date"].year)
    return said


def _changed_number(person: Person, told: str) -> str | None:
    """The new id number, '' for none, or None where it stays as it is."""
    if told is _UNSAID:
        return None
    number = normalise(told) if told.strip() else ""
    now = unseal(person.id_sealed) if person.id_sealed else ""
    return None if number == now else number


def _shown(values: dict[str, Any], sealed: bytes | memoryview | None) -> dict[str, Any]:
    """Values as an event keeps them: dates in ISO, the id number masked."""
    shown = {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items()}
    return {**shown, "id_number": masked(sealed)} if sealed else shown


@errors.sentences()
@transaction.atomic
def correct_residence(
    *,
    household: Household,
    reason: str,
    village: Unit | None = None,
    local_code: str | None = None,
    since: dt.date | None = None,
    address: str | None = None,
    by: User,
) -> LifeEvent:
    """The present residence was written wrongly: another village of the writer's area, code, address or first day."""
    check_may_write(by, today())
    check_reason(reason)
    household = lock(household)
    row = household.residences.get(retired_at__isnull=True, period__upper_inf=True)
    place = village or row.village
    check_village(place, since or row.period.lower)
    now = {
        "village": row.village.name,
        "local_code": row.local_code,
        "since": row.period.lower.isoformat(),
        "address": household.address,
    }
    then = {
        "village": place.name,
        "local_code": row.local_code if local_code is None else local_code.strip(),
        "since": (since or row.period.lower).isoformat(),
        "address": household.address if address is None else address.strip(),
    }
    changed = [name for name in now if now[name] != then[name]]
    if not changed and place.pk == row.village_id:
        raise errors.NothingChangedError
    event = write_event(
        Kind.CORRECTED,
        on=today(),
        household=household,
        reason=reason,
        by=by,
        before={name: now[name] for name in changed},
        after={name: then[name] for name in changed},
    )
    retire([row], event=event)
    period = DateRange(since or row.period.lower, None)
    again(row, event=event, village_id=place.pk, local_code=then["local_code"], period=period)
    if place.pk != row.village_id:
        _rewrite_village(household, place, event)
    household.village, household.local_code, household.address = place, then["local_code"], then["address"]
    household.save(update_fields=["village", "local_code", "address"])
    return event


def _rewrite_village(household: Household, village: Unit, event: LifeEvent) -> None:
    rows = list(household.memberships.filter(retired_at__isnull=True, period__upper_inf=True))
    retire(rows, event=event)
    for row in rows:
        again(row, event=event, village_id=village.pk)
    household.members.update(village=village)


@errors.sentences()
@transaction.atomic
def correct_relation(*, person: Person, relation: str, reason: str, by: User) -> LifeEvent:
    """The relation to the head was written wrongly. Who is head is changed by `change_head`, not here."""
    check_may_write(by, today())
    check_reason(reason)
    if relation not in Relation.values:
        raise errors.UnknownRelationError(relation=relation)
    if person.relation == relation:
        raise errors.NothingChangedError
    if relation == Relation.HEAD:
        raise errors.TwoHeadsError
    if person.relation == Relation.HEAD:
        raise errors.NewHeadNeededError(name=person.full_name)
    row = person.memberships.get(retired_at__isnull=True, period__upper_inf=True)
    event = write_event(
        Kind.CORRECTED,
        on=today(),
        household=person.household,
        person=person,
        reason=reason,
        by=by,
        before={"relation": person.relation},
        after={"relation": relation},
    )
    retire([row], event=event)
    again(row, event=event, relation=relation)
    person.relation = relation
    person.save(update_fields=["relation"])
    return event


@errors.sentences()
@transaction.atomic
def restore(*, event: LifeEvent, reason: str, by: User) -> LifeEvent:
    """Take back a death, a move out, a merger or a change of head that never was; both stay to be read.

    Raises NotReversibleError, and LaterEventError where something else was since built on it.
    """
    check_may_write(by, today())
    check_reason(reason)
    if event.kind not in REVERSIBLE or (event.kind == Kind.MERGED and "from" not in (event.after or {})):
        raise errors.NotReversibleError
    made: list[Membership | Residence] = [
        *Membership.objects.filter(event=event),
        *Residence.objects.filter(event=event),
    ]
    taken = LifeEvent.objects.filter(kind=Kind.RESTORED, before__event=event.pk).exists()
    if taken or any(row.retired_at for row in made) or _ended_otherwise(event):
        raise errors.LaterEventError
    undoing = write_event(
        Kind.RESTORED,
        on=today(),
        household=event.household,
        other=event.other,
        person=event.person,
        reason=reason,
        by=by,
        before={"event": event.pk, "kind": event.kind, "on": event.on.isoformat()},
    )
    for model in (Membership, Residence):
        retire([row for row in made if isinstance(row, model)], event=undoing)
    memberships = [
        again(row, event=undoing, period=row.period) for row in Membership.objects.filter(retired_by=event)
    ]
    for row in Residence.objects.filter(retired_by=event):
        again(row, event=undoing)
        Household.objects.filter(pk=row.household_id).update(ended_on=None)
    if event.kind == Kind.DIED and event.person:
        person = Person.objects.get(pk=event.person.pk)
        remember(person, undoing)
        person.died_on = None
        person.save(update_fields=["died_on", "known_from"])
    _follow(memberships)
    return undoing


def _ended_otherwise(event: LifeEvent) -> bool:
    """The household to go back to has ended, and not by this event."""
    ended = event.household is not None and event.household.ended_on is not None
    return ended and not Residence.objects.filter(retired_by=event, household=event.household).exists()


def _follow(memberships: Collection[Membership]) -> None:
    """Bring the persons' own rows in line with these memberships; heads last, for a household never has two."""
    for row in sorted(memberships, key=lambda m: m.relation == Relation.HEAD):
        Person.objects.filter(pk=row.person_id).update(
            household=row.household_id, relation=row.relation, village=row.village_id
        )


@transaction.atomic
def read_id_number(*, person: Person | PersonPast, by: User) -> str:
    """The whole id number, shown once to one person, and the record that it was; '' where none is known."""
    if person.id_sealed is None:
        return ""
    record(kind=AuditKind.READ, subject="registry_person.id_number", row=person.pk, by=by)
    return unseal(person.id_sealed)
