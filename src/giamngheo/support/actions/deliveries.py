"""Writing down what was given: one by one, a village's list at once; putting right by a new row; what became of it."""

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.range import Range

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.areas.models import Unit
from giamngheo.base.text import format_date, format_number
from giamngheo.registry.models import Household, Person
from giamngheo.rules.policies import policies
from giamngheo.support import errors
from giamngheo.support.checks import Fault, Given, faults, quantity_faults, standing_faults
from giamngheo.support.models import Delivery, Fate, LoanStanding, SupportLine, SupportList
from giamngheo.support.rights import agency_of, gives_things, kind_of
from giamngheo.support.tally import count_years

_DAY = dt.timedelta(days=1)


def mark_of(given: Given, household: int, person: int | None) -> str:
    """The hash by which the same delivery is known again, whoever tells it a second time."""
    said: tuple[object, ...] = (
        given.policy,
        given.benefit,
        household,
        person or "",
        given.since,
        given.until,
        given.given_on,
        given.agency,
    )
    said += (given.amount or "", given.item, given.quantity or "", given.evidence)
    return hashlib.md5("|".join(map(str, said)).encode(), usedforsecurity=False).hexdigest()


def as_row(
    given: Given, household: Household, person: Person | None, *, by: User | None, **more: object
) -> Delivery:
    """An unsaved row of what was given."""
    return Delivery(
        policy=given.policy,
        benefit=given.benefit,
        kind=given.kind,
        household=household,
        person=person,
        village_id=household.village_id,
        period=Range(given.since, given.until + _DAY),
        amount=given.amount,
        item=given.item.strip()[:80],
        quantity=given.quantity,
        measure=given.measure,
        given_on=given.given_on,
        agency=given.agency,
        source=given.source.strip()[:80],
        evidence=given.evidence.strip()[:120],
        recorded_at=timezone.now(),
        recorded_by=by,
        mark=mark_of(given, household.pk, person.pk if person else None),
        **more,
    )


@transaction.atomic
def deliver(*, given: Given, household: Household, person: Person | None = None, by: User) -> Delivery:
    """Write down one delivery. Raises NotSoError naming every fault, WrittenAlreadyError, OutsideAreaError."""
    _check_writer(by)
    known = Household.objects.filter(pk=household.pk).exists()
    if not known or (person and not Person.objects.filter(pk=person.pk).exists()):
        raise errors.OutsideAreaError
    _check(given, household, person)
    row = _write(as_row(given, household, person, by=by))
    count_years([row.given_on.year], [row.village_id])
    return row


@transaction.atomic
def correct(*, delivery: Delivery, given: Given, reason: str, by: User) -> Delivery:
    """Put a delivery right by another row in its place. Raises ReplacedAlreadyError, ReasonNeededError, NotSoError."""
    held = _hold(delivery, reason, by)
    _check(given, held.household, held.person)
    _retire(held)
    row = _write(as_row(given, held.household, held.person, by=by, replaces=held, reason=reason.strip()))
    # what was told of the loan or the thing goes on being told of it, whichever row says how it was given
    LoanStanding.objects.filter(delivery=held).update(delivery=row)
    Fate.objects.filter(delivery=held).update(delivery=row)
    count_years([held.given_on.year, row.given_on.year], {held.village_id, row.village_id})
    return row


@transaction.atomic
def take_back(*, delivery: Delivery, reason: str, by: User) -> Delivery:
    """Say that a delivery was never made. The row stays, with a void one in its place."""
    held = _hold(delivery, reason, by)
    _retire(held)
    held.pk, held.replaces_id, held.reason, held.void = None, delivery.pk, reason.strip(), True
    held.retired_at, held.recorded_at, held.recorded_by = None, timezone.now(), by
    held.intake, held.row = None, None
    held._state.adding = True
    row = _write(held)
    count_years([row.given_on.year], [row.village_id])
    return row


def _hold(delivery: Delivery, reason: str, by: User) -> Delivery:
    _check_writer(by)
    held = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    if held.retired_at or held.void:
        raise errors.ReplacedAlreadyError
    if not reason.strip():
        raise errors.ReasonNeededError
    return held


def _retire(held: Delivery) -> None:
    Delivery.objects.filter(pk=held.pk).update(retired_at=timezone.now())


def _check(given: Given, household: Household, person: Person | None) -> None:
    wrong = faults(
        replace(given, due=given.due or _due(given, household, person)),
        on=today(),
        name=person.full_name if person else "",
        died_on=person.died_on if person else None,
    )
    if wrong:
        raise errors.NotSoError(wrong)


def _due(given: Given, household: Household, person: Person | None) -> int | None:
    """What a decided list of these days says is due of it, in đồng; None where no list does."""
    if given.until < given.since:
        return None
    lines = SupportLine.objects.filter(
        of__state=SupportList.State.DECIDED,
        of__policy=given.policy,
        of__period__overlap=Range(given.since, given.until + _DAY),
        household=household,
        person=person,
        benefit=given.benefit,
    )
    return lines.values_list("amount", flat=True).first()


def _write(row: Delivery) -> Delivery:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "delivery_once" in str(error):
            raise errors.WrittenAlreadyError from error
        raise
    return row


def _check_writer(by: User) -> None:
    if not by.writes_households:
        raise errors.NotWriterError


#: With its interest no loan comes to owe so many times what was lent; a larger figure was mistyped.
MOST_OWED = 3

#: All lines of a list in one village become deliveries, but those of households said not to have received.
_CONFIRM = """
INSERT INTO support_delivery (policy, benefit, kind, household_id, person_id, village_id, period, amount, item, measure, given_on, agency,
  source, evidence, recorded_at, recorded_by_id, reason, void, mark)
SELECT s.policy, l.benefit, CASE WHEN l.benefit = ANY (%(loans)s) THEN 'loan' WHEN l.item = '' THEN 'money' ELSE %(kind)s END, l.household_id, l.person_id, l.village_id, s.period, l.amount, l.item,
  '', %(on)s, %(agency)s, %(source)s, %(evidence)s, now(), %(by)s, '', false,
  md5(concat_ws('|', 'list', s.id, l.id))
FROM support_supportline l JOIN support_supportlist s ON s.id = l.of_id
LEFT JOIN registry_person p ON p.id = l.person_id
WHERE s.id = %(list)s AND l.village_id = %(village)s AND l.answer IN ('yes', 'told') AND NOT l.household_id = ANY (%(but)s::bigint[])
  AND (p.died_on IS NULL OR p.died_on >= lower(s.period))
  AND NOT EXISTS (SELECT 1 FROM support_delivery d WHERE d.policy = s.policy AND d.benefit = l.benefit AND d.household_id = l.household_id
                  AND d.person_id IS NOT DISTINCT FROM l.person_id AND d.period && s.period AND d.retired_at IS NULL AND NOT d.void)
"""


@transaction.atomic
def confirm_village(
    *,
    of: SupportList,
    village: Unit,
    on: dt.date,
    but: Collection[str] = (),
    evidence: str = "",
    source: str = "",
    by: User,
) -> int:
    """Say that all of a decided list in one village received what was due on day `on`, but the households of these numbers.
    How many lines. `source` of the money, in words.

    Those who have died since, or have received already, are passed over. Raises WrongStepError; NotSoError where the day
    has not come or lies before the decision; NotOnListError naming every number of `but` that the list does not bear there.
    """
    _check_writer(by)
    if of.state != SupportList.State.DECIDED:
        raise errors.WrongStepError(state=of.get_state_display())
    policy = policies()[of.policy]
    told = Given(
        policy=of.policy,
        since=max(of.period.lower, policy.period.first),
        until=of.period.upper - _DAY,
        given_on=on,
        kind=Delivery.Kind.SERVICE,  # the amounts of the list were checked when it was decided
        item=policy.name("vi")[:80],
    )
    wrong = faults(told, on=today())
    if of.decided_on and on < of.decided_on:
        days = {"on": format_date(on), "decided": format_date(of.decided_on)}
        wrong.append(Fault("given_on", "before_decision", days))
    if wrong:
        raise errors.NotSoError(wrong)
    words: dict[str, Any] = {
        "list": of.pk,
        "village": village.pk,
        "on": on,
        "but": _listed(of, village, but),
        "loans": [b.code for b in policy.benefits if kind_of(b) == Delivery.Kind.LOAN],
        "kind": Delivery.Kind.GOODS if gives_things(policy) else Delivery.Kind.SERVICE,
        "agency": agency_of(policy),
        "source": source.strip()[:80],
        "evidence": evidence.strip()[:120] or of.decision,
        "by": by.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRM, words)
        written = int(cursor.rowcount)
    count_years([on.year], [village.pk])
    return written


def _listed(of: SupportList, village: Unit, numbers: Collection[str]) -> list[int]:
    """The households of these numbers, each of which stands on the list in this village."""
    lines = of.lines.filter(village=village, household__number__in=list(numbers))
    found: dict[str, int] = dict(lines.values_list("household__number", "household_id"))
    if unknown := sorted(set(numbers) - found.keys()):
        raise errors.NotOnListError(numbers=", ".join(unknown), village=village.name)
    return list(found.values())


@transaction.atomic
def tell_standing(
    *, loan: Delivery, on: dt.date, outstanding: int, overdue: int = 0, by: User
) -> LoanStanding:
    """What is owed on a loan on a day, in đồng; told again of the same day it is another row, and the last one counts.

    Raises NotALoanError, NotSoError.
    """
    _check_writer(by)
    if loan.kind != Delivery.Kind.LOAN:
        raise errors.NotALoanError
    wrong = []
    if on > today():
        wrong.append(Fault("on", "future", {"on": format_date(on)}))
    wrong += standing_faults(outstanding, overdue)
    if on < loan.given_on:
        days = {"on": format_date(on), "given_on": format_date(loan.given_on)}
        wrong.append(Fault("on", "before_loan", days))
    if loan.amount and outstanding > MOST_OWED * loan.amount:
        sums = {
            "outstanding": format_number(outstanding),
            "lent": format_number(loan.amount),
            "times": str(MOST_OWED),
        }
        wrong.append(Fault("outstanding", "above_lent", sums))
    if wrong:
        raise errors.NotSoError(wrong)
    return LoanStanding.objects.create(
        delivery=loan,
        village_id=loan.village_id,
        on=on,
        outstanding=outstanding,
        overdue=overdue,
        recorded_at=timezone.now(),
        recorded_by=by,
    )


@transaction.atomic
def tell_fate(
    *, thing: Delivery, on: dt.date, state: str, quantity: Decimal | None = None, note: str = "", by: User
) -> Fate:
    """What has become of a thing given. Raises NotAThingError, NotSoError."""
    _check_writer(by)
    if thing.kind == Delivery.Kind.SERVICE or state not in Fate.State.values:
        raise errors.NotAThingError
    if on > today() or on < thing.given_on:
        raise errors.NotSoError([Fault("on", "future", {"on": format_date(on)})])
    if wrong := quantity_faults(quantity):
        raise errors.NotSoError(wrong)
    return Fate.objects.create(
        delivery=thing,
        village_id=thing.village_id,
        on=on,
        state=state,
        quantity=quantity,
        note=note.strip()[:200],
        recorded_at=timezone.now(),
        recorded_by=by,
    )
