"""A list of the entitled from drawing to decision: drawn by the commune from the register, checked above, decided, frozen."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from psycopg.types.range import Range

from giamngheo.access.models import Role, User
from giamngheo.access.queries import today
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.registry.models import Household, Person
from giamngheo.rules.policies import policies
from giamngheo.support import errors
from giamngheo.support.models import SupportLine, SupportList
from giamngheo.support.rights import asks_beyond_the_register, ranks_of, thing_of
from giamngheo.support.snapshot import rights_on
from giamngheo.support.tally import count_years

State = SupportList.State
#: Who takes which step, and from which state. Where there is no district any more, the province checks.
STEPS: dict[str, tuple[str, str, frozenset[Role]]] = {
    "check": (State.DRAWN, State.CHECKED, frozenset({Role.DISTRICT_OFFICER, Role.PROVINCIAL_OFFICER})),
    "send_back": (
        State.DRAWN,
        State.REFUSED,
        frozenset({Role.DISTRICT_OFFICER, Role.PROVINCIAL_OFFICER, Role.COMMUNE_CHAIRMAN}),
    ),
    "decide": (State.CHECKED, State.DECIDED, frozenset({Role.COMMUNE_CHAIRMAN, Role.PROVINCIAL_OFFICER})),
}


@transaction.atomic
def draw(*, policy: str, commune: Unit, year: int, by: User) -> SupportList:
    """Draw the list of a year from the register of the day. Who is entitled for certain stands on it; where the register alone
    can't tell, the list may begin empty, and the commune adds its lines with their grounds.

    Raises ListThereError, NobodyEntitledError, NotWriterError, YearToComeError.
    """
    if by.role not in (Role.COMMUNE_OFFICER, Role.DISTRICT_OFFICER, Role.PROVINCIAL_OFFICER):
        raise errors.NotWriterError
    if year > today().year:
        raise errors.YearToComeError(year=year)
    period = Range(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    same = SupportList.objects.filter(policy=policy, commune=commune, period=period)
    if same.exclude(state=State.REFUSED).exists():
        raise errors.ListThereError
    day = facts_day(year)
    villages = list(descendants_on(commune, day, Level.VILLAGE).values_list("pk", flat=True))
    rights = [
        row
        for row in rights_on(day, villages=villages).to_pylist()
        if row["policy"] == policy and row["stands"] in ("yes", "unsure")
    ]
    if not rights and not asks_beyond_the_register(policies()[policy]):
        raise errors.NobodyEntitledError(on=day)
    of = SupportList.objects.create(
        policy=policy,
        commune=commune,
        period=period,
        facts_on=day,
        law=policies()[policy].content_hash,
        drawn_at=timezone.now(),
        drawn_by=by,
    )
    SupportLine.objects.bulk_create((_line(of, row) for row in rights), batch_size=2000)
    return of


def facts_day(year: int) -> dt.date:
    """The day whose register a list is drawn from: today, or, for a year gone by, its last day."""
    return min(today(), dt.date(year, 12, 31))


def _line(of: SupportList, row: dict[str, Any]) -> SupportLine:
    return SupportLine(
        of=of,
        village_id=row["village"],
        household_id=row["household"],
        person_id=row["person"],
        benefit=row["benefit"],
        answer="yes",
        amount=row["year_amount"],
        item=thing_of(row),
        tier=row["tier"],
        facts={"on": row["facts"].split(), "article": row["article"]},
    )


@transaction.atomic
def add_line(
    *,
    of: SupportList,
    household: Household,
    person: Person | None,
    benefit: str,
    amount: int | None,
    reason: str,
    rank: str = "",
    by: User,
) -> SupportLine:
    """Put somebody on a list being drawn whom the register alone can't tell of; the reason is kept as the ground. `rank`: of a
    policy with ranks, which.

    Raises NotWriterError, WrongStepError, ReasonNeededError, UnknownRankError, LineThereError.
    """
    held = _hold(of)
    if not by.writes_households:
        raise errors.NotWriterError
    if held.state != State.DRAWN:
        raise errors.WrongStepError(state=held.get_state_display())
    if not reason.strip():
        raise errors.ReasonNeededError
    ranks = ranks_of(policies()[held.policy])
    if rank not in (ranks or {""}):
        raise errors.UnknownRankError
    if held.lines.filter(household=household, person=person, benefit=benefit).exists():
        raise errors.LineThereError
    return SupportLine.objects.create(
        of=held,
        village_id=household.village_id,
        household=household,
        person=person,
        benefit=benefit,
        answer="told",
        amount=amount,
        item="" if amount is not None else policies()[held.policy].name("vi")[:80],
        tier=rank,
        facts={"reason": reason.strip(), "by": by.full_name},
    )


@transaction.atomic
def check(*, of: SupportList, by: User) -> None:
    """Say that a list was checked. Raises NotYourStepError, WrongStepError, SameHandsError."""
    held = _step(of, "check", by)
    held.checked_at, held.checked_by = timezone.now(), by
    held.save(update_fields=["state", "checked_at", "checked_by"])


@transaction.atomic
def send_back(*, of: SupportList, note: str, by: User) -> None:
    """Refuse a list with the reason; the commune draws another."""
    if not note.strip():
        raise errors.ReasonNeededError
    held = _step(of, "send_back", by)
    held.note = note.strip()
    held.save(update_fields=["state", "note"])


@transaction.atomic
def decide(*, of: SupportList, decision: str, on: dt.date, by: User) -> None:
    """Approve a checked list by a numbered decision; from then on the database changes nothing of it.

    Raises DecisionNumberError, FutureDayError, NotYourStepError, WrongStepError, SameHandsError.
    """
    if not decision.strip():
        raise errors.DecisionNumberError
    if on > today():
        raise errors.FutureDayError(on=on)
    held = _step(of, "decide", by)
    held.decision, held.decided_on, held.decided_by = decision.strip()[:60], on, by
    held.save(update_fields=["state", "decision", "decided_on", "decided_by"])
    count_years([held.period.lower.year], set(held.lines.values_list("village_id", flat=True)))


def may(of: SupportList, by: User) -> list[str]:
    """The steps that this person may take on the list now."""
    return [
        step
        for step, (before, _after, who) in STEPS.items()
        if of.state == before and by.role in who and by.pk not in _hands(of, step)
    ]


def _hands(of: SupportList, step: str) -> set[int | None]:
    """Who took a step before this one and so may not take it: nobody checks or decides what they drew or checked."""
    return {"check": {of.drawn_by_id}, "decide": {of.drawn_by_id, of.checked_by_id}}.get(step, set())


def _step(of: SupportList, step: str, by: User) -> SupportList:
    before, after, who = STEPS[step]
    held = _hold(of)
    if by.role not in who:
        raise errors.NotYourStepError(who=_names(who))
    if held.state != before:
        raise errors.WrongStepError(state=held.get_state_display())
    if by.pk in _hands(held, step):
        raise errors.SameHandsError
    held.state = after
    return held


def _hold(of: SupportList) -> SupportList:
    held = SupportList.objects.select_for_update(of=("self",)).filter(pk=of.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    return held


def _names(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(str(role.label) for role in roles))
