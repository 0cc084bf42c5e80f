"""What may be done to rounds and visits: a round opened, closed, opened again, judged anew; a visit recorded."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import Role, User
from giamngheo.access.queries import today
from giamngheo.areas.models import Level
from giamngheo.areas.queries import ancestors_on
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.registry.models import Household
from giamngheo.registry.queries import HouseholdOn, MemberOn, as_of
from giamngheo.rules.errors import NoStandardError, UnknownStandardError
from giamngheo.rules.facts import Problem, Value
from giamngheo.rules.standards import standard_named, standard_on
from giamngheo.surveys import errors, recording
from giamngheo.surveys.forms import Question, form_named, form_on
from giamngheo.surveys.models import Round, Visit
from giamngheo.surveys.queries import visit_in_force

#: Outcomes after which somebody must go again.
GOES_AGAIN = (Visit.Outcome.NOT_MET, Visit.Outcome.REFUSED)


def _check_provincial(by: User) -> None:
    if by.role != Role.PROVINCIAL_OFFICER or not by.is_active:
        raise errors.NotProvincialOfficerError


@transaction.atomic
def open_round(
    *,
    year: int,
    kind: str = Round.Kind.ANNUAL,
    opens: dt.date,
    closes: dt.date,
    reference_date: dt.date,
    name: str = "",
    by: User,
) -> Round:
    """Open a round, judged by the standard and asked with the form in use on `reference_date`."""
    _check_provincial(by)
    if closes < opens:
        raise errors.RoundDatesError(opens=opens, closes=closes)
    if reference_date.year != year:
        raise errors.ReferenceDateError(year=year)
    try:
        standard = standard_on(reference_date)
    except NoStandardError as error:
        raise errors.NoLawThenError(on=reference_date) from error
    usual = (
        _("Rà soát thường xuyên %(year)s") if kind == Round.Kind.REGULAR else _("Rà soát định kỳ %(year)s")
    )
    try:
        with transaction.atomic():
            return Round.objects.create(
                year=year,
                kind=kind,
                name=name.strip() or usual % {"year": year},
                opens=opens,
                closes=closes,
                reference_date=reference_date,
                standard=standard.slug,
                form=form_on(reference_date).name,
            )
    except IntegrityError as error:
        raise errors.RoundExistsError(year=year) from error


@transaction.atomic
def close_round(*, round: Round, by: User) -> None:
    """No visit is recorded in a closed round; households not met stay "not met" in it."""
    _check_provincial(by)
    if not Round.objects.filter(pk=round.pk, closed_at__isnull=True).update(closed_at=timezone.now()):
        raise errors.RoundClosedError(round=round.name)
    round.refresh_from_db()


@transaction.atomic
def reopen_round(*, round: Round, reason: str, by: User) -> None:
    """Let visits be recorded again in a closed round; the reason goes into the record."""
    _check_provincial(by)
    if not reason.strip():
        raise errors.ReopenReasonError
    if not Round.objects.filter(pk=round.pk, closed_at__isnull=False).update(closed_at=None):
        raise errors.RoundOpenError(round=round.name)
    record(
        kind=Kind.UPDATE, subject="surveys_round", row=round.pk, details={"reopened": reason.strip()}, by=by
    )
    round.refresh_from_db()


@transaction.atomic
def reassess_round(*, round: Round, standard: str = "", by: User) -> int:
    """Judge every visit of a round again under one standard (or all of the round's), and count anew; how many verdicts.

    For a law that was mended, or a standard proposed. The verdicts before are retired, not lost, and each keeps the
    text of the law it was given by.
    """
    _check_provincial(by)
    try:
        chosen = [standard_named(standard)] if standard else recording.standards_for(round)
    except UnknownStandardError as error:
        raise errors.UnknownStandardError(standard=standard) from error
    given = recording.judge(round, standards=chosen)
    recording.tally(round)
    details = {
        "reassessed": [s.slug for s in chosen],
        "law": [s.content_hash for s in chosen],
        "verdicts": given,
    }
    record(kind=Kind.UPDATE, subject="surveys_round", row=round.pk, details=details, by=by)
    return given


@transaction.atomic
def record_visit(
    *,
    round: Round,
    household: Household,
    outcome: str,
    visited_on: dt.date | None,
    answers: Mapping[str, Value] | None = None,
    members: Mapping[int, Mapping[str, Value]] | None = None,
    next_visit_on: dt.date | None = None,
    note: str = "",
    reason: str = "",
    by: User,
) -> Visit:
    """What a visit to a household found: the answers by fact, the members' by person; its verdicts follow at once.

    A household not met, or that refused, needs a day to go back. A second row for the same household retires the
    first and needs a reason, unless the first met nobody. Where and with whom the household lived on the day of the
    visit comes from the register. A fact left out is not known.
    """
    if not by.writes_households:
        raise errors.NotWriterError
    if not round.is_open:
        raise errors.RoundClosedError(round=round.name)
    visited_on = _check_days(round, outcome, visited_on, next_visit_on)
    state = as_of(household, visited_on, seen_by=by)
    if state is None:
        raise errors.NotLivingHereError(on=visited_on, number=household.number)
    before = visit_in_force(round, household, seen_by=by)
    if before is not None and not reason.strip():
        if before.outcome == Visit.Outcome.MET:
            raise errors.ReasonNeededError
        reason = _("Đến lại hộ")
    met = outcome == Visit.Outcome.MET
    visit = Visit(
        round=round,
        household=household,
        village=state.village,
        area_type=_area_type(state),
        ethnic=next((m.ethnic for m in state.members if m.relation == "head"), ""),
        persons=len(state.members),
        outcome=outcome,
        visited_on=visited_on,
        next_visit_on=next_visit_on if outcome in GOES_AGAIN else None,
        note=note.strip(),
        answers=_answers(round, answers or {}) if met else {},
        members=_members(round, state, members or {}) if met else [],
        source=Visit.Source.FORM,
        reason=reason.strip() if before else "",
        recorded_by=by,
    )
    return recording.write(visit, by=by)


def _check_days(
    round: Round, outcome: str, visited_on: dt.date | None, next_visit_on: dt.date | None
) -> dt.date:
    if visited_on is None:
        raise errors.VisitDayNeededError
    until = min(today(), round.closes)
    if not round.opens <= visited_on <= until:
        raise errors.VisitDayError(visited=visited_on, opens=round.opens, until=until)
    if outcome in GOES_AGAIN and next_visit_on is None:
        raise errors.PlanNeededError
    if outcome in GOES_AGAIN and next_visit_on is not None and next_visit_on <= visited_on:
        raise errors.PlanDateError(next=next_visit_on, visited=visited_on)
    return visited_on


def _area_type(state: HouseholdOn) -> str:
    """Rural or urban by the commune in which the village lay on the day (law.md 3.3: xã is rural)."""
    commune = next(
        (u for u in ancestors_on(state.village, state.on) if u.level == Level.COMMUNE), state.village
    )
    return commune.area_type


def _answers(round: Round, answers: Mapping[str, Value]) -> dict[str, Any]:
    return _checked(form_named(round.form).household, answers)


def _members(
    round: Round, state: HouseholdOn, members: Mapping[int, Mapping[str, Value]]
) -> list[dict[str, Any]]:
    """Every member of the day, with what the register knew and what the visit found."""
    if set(members) - {m.person.pk for m in state.members}:
        raise errors.NotAMemberError(on=state.on)
    asked = form_named(round.form).asked_of_members
    return [{**_of_register(m), **_checked(asked, members.get(m.person.pk, {}))} for m in state.members]


def _of_register(member: MemberOn) -> dict[str, Any]:
    known: dict[str, Any] = {
        "person": member.person.pk,
        "sex": member.sex,
        "birth_date": member.birth_date.isoformat() if member.birth_date else None,
        "birth_year": member.birth_year,
        "ethnic": member.ethnic,
        "relation": member.relation,
    }
    return {key: value for key, value in known.items() if value not in (None, "")}


def _checked(questions: Mapping[str, Question], answers: Mapping[str, Value]) -> dict[str, Any]:
    """The answers as they are stored, those not known left out. Raises UnknownQuestionError, WrongAnswerError."""
    found: dict[str, Any] = {}
    for key, answer in answers.items():
        if key not in questions:
            raise errors.UnknownQuestionError(key=key)
        value = questions[key].fact.parse(";".join(answer) if isinstance(answer, tuple | list) else answer)
        if isinstance(value, Problem):
            raise errors.WrongAnswerError(question=questions[key].fact.label(), problem=value.sentence())
        if isinstance(value, tuple):
            value = list(value)  # type: ignore[assignment]
        if value is not None and value != []:
            found[key] = value.isoformat() if isinstance(value, dt.date) else value
    return found
