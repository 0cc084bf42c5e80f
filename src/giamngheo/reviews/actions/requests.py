"""The regular review during the year: a household asks, the commune appraises, the chairman decides or says why not."""

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import Role, User
from giamngheo.registry.models import Household
from giamngheo.reviews import errors
from giamngheo.reviews.actions._book import check_day, hold_commune, procedure_of
from giamngheo.reviews.actions.decisions import _decide
from giamngheo.reviews.models import Case, CommuneReview, Decision, Recognition, Request
from giamngheo.rules.errors import NoProcedureError
from giamngheo.rules.procedures import clock, procedure_on
from giamngheo.surveys.models import Klass, Round


@transaction.atomic
def receive(
    *,
    round: Round,
    household: Household,
    kind: str,
    channel: str,
    text: str = "",
    received_on: dt.date,
    by: User,
) -> Request:
    """Take in a request (form 1a or 1b, later 01 or 04) and give it a receipt number and a last day for the answer.

    Raises OpenRequestError, NothingToEscapeError (an escape asked for by a household not on the lists), AlreadyPoorError.
    """
    if not round.is_open:
        raise errors.RoundClosedError(round=round.name)
    if not by.writes_households:
        raise errors.NotYourStepError(step=_("nhận giấy đề nghị"), who=_("cán bộ xã"), rule="")
    check_day(received_on)
    _check_sense(household, kind)
    try:
        procedure = procedure_on(received_on)
    except NoProcedureError as error:
        raise errors.NoProcedureThenError(on=received_on) from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_number('DN')")
        number = cursor.fetchone()[0]
    return Request.objects.create(
        number=number,
        round=round,
        kind=kind,
        channel=channel,
        household=household,
        village_id=household.village_id,
        text=text.strip(),
        received_on=received_on,
        due_on=clock(procedure, "regular", received_on).due_on,
        entered_at=timezone.now(),
        entered_by=by,
    )


def _check_sense(household: Household, kind: str) -> None:
    waiting = Request.objects.filter(
        household=household, state__in=[Request.State.RECEIVED, Request.State.APPRAISING]
    ).first()
    if waiting is not None:
        raise errors.OpenRequestError(number=household.number, request=waiting.number)
    now = Recognition.objects.filter(household=household, period__upper_inf=True).first()
    if kind == Request.Kind.ESCAPE and now is None:
        raise errors.NothingToEscapeError(number=household.number)
    if kind == Request.Kind.JOIN and now is not None and now.listed == "poor":
        raise errors.AlreadyPoorError(number=household.number)


@transaction.atomic
def refuse(*, request: Request, answer: str, on: dt.date, by: User) -> None:
    """Say no, in writing, with reasons (TT 17/2016 article 5 as amended; QĐ 24/2021)."""
    held = _held(request)
    check_day(on)
    if by.role not in {Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIRMAN}:
        raise errors.NotYourStepError(
            step=_("từ chối"), who=f"{Role.COMMUNE_OFFICER.label}, {Role.COMMUNE_CHAIRMAN.label}", rule=""
        )
    if not answer.strip():
        raise errors.RefusalWithoutReasonsError(rule=procedure_on(held.received_on).regular.citation.words)
    held.state, held.answer, held.answered_on = Request.State.REFUSED, answer.strip(), on
    held.save(update_fields=["state", "answer", "answered_on"])
    request.refresh_from_db()


def _held(request: Request) -> Request:
    held = Request.objects.select_for_update().filter(pk=request.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    if held.state not in (Request.State.RECEIVED, Request.State.APPRAISING):
        raise errors.RequestAnsweredError(request=held.number)
    return held


@transaction.atomic
def decide_requests(
    *,
    of: CommuneReview,
    requests: Collection[Request],
    number: str,
    decided_on: dt.date,
    signer_title: str,
    signer: str = "",
    by: User,
) -> Decision:
    """The chairman decides on requests of a regular round from the verdicts of their visits (form B), in one decision.

    Raises NotSurveyedError where a household has no verdict in this round, or an undetermined one.
    """
    held = hold_commune(of)
    check_day(decided_on)
    if by.role != Role.COMMUNE_CHAIRMAN:
        raise errors.NotYourStepError(
            step=_("ra quyết định"), who=Role.COMMUNE_CHAIRMAN.label, rule=procedure_of(held).decision.words
        )
    cases = [_case(held, _held(request), by) for request in requests]
    decision = _decide(
        held,
        Decision.Kind.REGULAR,
        [c.pk for c in cases],
        number,
        decided_on,
        signer or by.full_name,
        signer_title,
        by,
    )
    _answer(decision, requests, decided_on)
    return decision


def _case(of: CommuneReview, request: Request, by: User) -> Case:
    verdict = request.household.verdicts.filter(
        round=of.round, standard=of.round.standard, retired_at__isnull=True
    ).first()
    if verdict is None or verdict.klass == Klass.UNDETERMINED:
        raise errors.NotSurveyedError(
            count=1, example=request.number, rule=procedure_of(of).regular.citation.words
        )
    now = Recognition.objects.filter(household=request.household, period__upper_inf=True).first()
    case, _made = Case.objects.get_or_create(
        round=of.round,
        household=request.household,
        defaults={
            "of": of,
            "village_id": request.village_id,
            "list": Case.List.MAY_BE_POOR if request.kind == Request.Kind.JOIN else Case.List.MAY_ESCAPE,
            "ground": Case.Ground.REQUEST,
            "request": request,
            "before": now.klass if now else Klass.NONE,
            "added_at": timezone.now(),
            "added_by": by,
        },
    )
    # A household may ask twice in a round; on which list it once came is part of what was decided then.
    Case.objects.filter(pk=case.pk).update(
        state=Case.State.AGREED, verdict=verdict, before=now.klass if now else Klass.NONE, request=request
    )
    return case


def _answer(decision: Decision, requests: Collection[Request], on: dt.date) -> None:
    found = {line.household_id: line for line in decision.lines.all()}
    for request in requests:
        wanted = (
            ("recognised_poor", "recognised_near_poor")
            if request.kind == Request.Kind.JOIN
            else ("escaped_poor", "escaped_near_poor", "recognised_near_poor")
        )
        line = found[request.household_id]
        granted = line.outcome in wanted
        said = _("Theo quyết định số %(number)s") % {"number": decision.number}
        Request.objects.filter(pk=request.pk).update(
            state=Request.State.ACCEPTED if granted else Request.State.REFUSED,
            answer=said
            if granted
            else f"{said}. {line.why or _('Kết quả rà soát: %(klass)s') % {'klass': line.get_after_display()}}",
            answered_on=on,
        )
