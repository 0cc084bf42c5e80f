"""The district's answer and the decision of the commune's chairman: frozen, chained, and what it ends and begins."""

# ruff: noqa: S608  (only constants of this file are laid into the queries)

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.reviews import errors
from giamngheo.reviews.actions._book import check_day, hold_commune, procedure_of, step_commune, step_village
from giamngheo.reviews.models import (
    Case,
    CommuneReview,
    Decision,
    Interest,
    Objection,
    Opinion,
    Posting,
    VillageReview,
)
from giamngheo.rules.procedures import Procedure, clock

_POOR = "('poor_income', 'poor_deprivation', 'poor')"

# The lines of a decision from the cases agreed on; `came_back`: recognised before and ended by an escape within the
# look-back of the procedure.
_LINES = f"""
INSERT INTO reviews_decisionline (decision_id, household_id, village_id, case_id, verdict_id, vote_id, outcome, before, after, came_back,
  head_name, persons, why, hash)
SELECT %(decision)s, c.household_id, c.village_id, c.id, v.id,
  (SELECT o.id FROM reviews_vote o WHERE o.case_id = c.id ORDER BY o.id DESC LIMIT 1),
  CASE WHEN v.klass IN {_POOR} THEN 'recognised_poor' WHEN v.klass = 'near_poor' THEN 'recognised_near_poor'
       WHEN c.before IN {_POOR} THEN 'escaped_poor' WHEN c.before = 'near_poor' THEN 'escaped_near_poor' ELSE 'not_recognised' END,
  c.before, v.klass,
  v.klass IN {_POOR} AND c.before NOT IN {_POOR} AND EXISTS (
      SELECT 1 FROM reviews_recognition g WHERE g.household_id = c.household_id AND g.listed = 'poor' AND upper(g.period) IS NOT NULL
        AND upper(g.period) > %(look_back)s)
   OR v.klass = 'near_poor' AND c.before = 'none' AND EXISTS (
      SELECT 1 FROM reviews_recognition g WHERE g.household_id = c.household_id AND upper(g.period) IS NOT NULL
        AND upper(g.period) > %(look_back)s),
  coalesce((SELECT p.full_name FROM registry_person p WHERE p.household_id = c.household_id AND p.relation = 'head'), ''),
  v.persons,
  CASE WHEN v.klass IN {_POOR} OR v.klass = 'near_poor' OR c.before <> 'none' THEN '' ELSE %(refused)s END, ''
FROM reviews_case c JOIN surveys_verdict v ON v.id = c.verdict_id
WHERE c.id = ANY (%(cases)s)
"""

# What stood before ends on the day of the decision where the class is another; what is the same goes on.
_END = """
UPDATE reviews_recognition g SET period = daterange(lower(g.period), %(on)s), ended_by_id = l.id
FROM reviews_decisionline l
WHERE l.decision_id = %(decision)s AND g.household_id = l.household_id AND upper_inf(g.period) AND g.klass <> l.after
"""
_BEGIN = f"""
INSERT INTO reviews_recognition (household_id, village_id, klass, listed, period, line_id)
SELECT l.household_id, l.village_id, l.after, CASE WHEN l.after IN {_POOR} THEN 'poor' ELSE 'near_poor' END, daterange(%(on)s, NULL), l.id
FROM reviews_decisionline l
WHERE l.decision_id = %(decision)s AND l.outcome IN ('recognised_poor', 'recognised_near_poor')
  AND NOT EXISTS (SELECT 1 FROM reviews_recognition g WHERE g.household_id = l.household_id AND upper_inf(g.period))
"""
# A certificate stands as long as its household is recognised in its class.
_REVOKE = """
UPDATE reviews_certificate c SET revoked_on = %(on)s, revoked_why = %(why)s
FROM reviews_decisionline l
WHERE l.decision_id = %(decision)s AND c.household_id = l.household_id AND c.klass <> l.after AND c.revoked_on IS NULL
"""


@transaction.atomic
def send_to_district(*, of: CommuneReview, on: dt.date, by: User) -> Opinion:
    """Send the lists of all villages up for an opinion. Raises VillagesNotReadyError, ObjectionsOpenError."""
    held = hold_commune(of)
    check_day(on)
    procedure = procedure_of(held)
    _check_villages(held)
    step_commune(held, "send_to_district", on=on, by=by)
    return Opinion.objects.create(
        of=held,
        number=1 + Opinion.objects.filter(of=held).count(),
        sent_on=on,
        sent_by=by,
        due_on=clock(procedure, "district_answer", on).due_on,
    )


def _check_villages(of: CommuneReview) -> None:
    waiting = (
        of.villages.exclude(state=VillageReview.State.READY)
        .select_related("village")
        .order_by("village__name_key")
    )
    if waiting:
        raise errors.VillagesNotReadyError(count=len(waiting), example=waiting[0].village.name)
    open_ones = Objection.objects.filter(of=of).exclude(state=Objection.State.ANSWERED)
    if open_ones:
        raise errors.ObjectionsOpenError(count=len(open_ones), example=open_ones[0].number)


@transaction.atomic
def answer_commune(
    *, opinion: Opinion, agrees: bool, text: str = "", paper_number: str = "", on: dt.date, by: User
) -> None:
    """The district's written answer. Where it does not agree, the commune looks again and sends once more."""
    of = hold_commune(opinion.of)
    check_day(on)
    if not agrees and not text.strip():
        raise errors.DisagreementWithoutReasonsError
    step_commune(of, "answer" if agrees else "send_back", on=on, note=text.strip(), by=by)
    Opinion.objects.filter(pk=opinion.pk).update(
        answered_on=on, agrees=agrees, text=text.strip(), paper_number=paper_number.strip(), answered_by=by
    )
    opinion.refresh_from_db()


@transaction.atomic
def look_again(*, of: VillageReview, cases: Collection[Case], why: str, by: User) -> None:
    """Take households of a village that was ready back to survey and a new meeting, as the district asked."""
    commune = hold_commune(of.of)
    if not why.strip():
        raise errors.ReasonNeededError
    village = (
        VillageReview.objects.select_for_update(of=("self",))
        .select_related("of__round", "village")
        .get(pk=of.pk)
    )
    step_village(village, "look_again", on=today(), note=why.strip(), by=by)
    Case.objects.filter(of=commune, pk__in=[c.pk for c in cases]).update(
        state=Case.State.RETURNED, verdict=None
    )


@transaction.atomic
def decide(
    *, of: CommuneReview, number: str, decided_on: dt.date, signer: str = "", signer_title: str, by: User
) -> Decision:
    """The chairman decides on every household agreed on in the review; the lists of the decision follow from it.

    Facts, verdicts, law, votes and answers are frozen by the database and the decision enters the commune's chain.
    Raises AlreadyDecidedError, NumberTakenError, NumberMissingError, DecidedTooEarlyError, SignerInterestedError,
    VillagesNotReadyError, ObjectionsOpenError, NothingToDecideError.
    """
    held = hold_commune(of)
    existing = Decision.objects.filter(of=held, kind=Decision.Kind.ANNUAL).first()
    if existing is not None:
        raise errors.AlreadyDecidedError(number=existing.number)
    check_day(decided_on)
    procedure = procedure_of(held)
    _check_villages(held)
    step_commune(held, "decide", on=decided_on, by=by)
    _check_order(held, procedure, decided_on)
    cases = list(Case.objects.filter(of=held, state=Case.State.AGREED).values_list("pk", flat=True))
    return _decide(
        held, Decision.Kind.ANNUAL, cases, number, decided_on, signer or by.full_name, signer_title, by
    )


def _check_order(of: CommuneReview, procedure: Procedure, decided_on: dt.date) -> None:
    """After the last list was taken down, and after the district answered."""
    hung = Posting.objects.filter(of=of).aggregate(last=Max("ends_on"))["last"]
    if hung is not None and decided_on <= hung:
        raise errors.DecidedTooEarlyError(
            on=decided_on, after=hung, why=_("ngày cuối niêm yết"), rule=procedure.posting.citation.words
        )
    answered = Opinion.objects.filter(of=of, agrees=True).aggregate(last=Max("answered_on"))["last"]
    if answered is not None and decided_on < answered:
        raise errors.DecidedTooEarlyError(
            on=decided_on, after=answered, why=_("ngày huyện trả lời"), rule=procedure.decision.words
        )


def _decide(
    of: CommuneReview,
    kind: str,
    cases: list[int],
    number: str,
    decided_on: dt.date,
    signer: str,
    signer_title: str,
    by: User,
    supersedes: Decision | None = None,
    reason: str = "",
) -> Decision:
    if not cases:
        raise errors.NothingToDecideError
    if not number.strip():
        raise errors.NumberMissingError
    _check_signer(of, cases, signer, by)
    decision = _header(of, kind, number, decided_on, signer, signer_title, by, supersedes, reason)
    procedure = procedure_of(of)
    years = procedure.fall_back_years.value if procedure.fall_back_years else None
    words: dict[str, Any] = {
        "decision": decision.pk,
        "cases": cases,
        "on": decided_on,
        "why": _("Theo quyết định %(number)s") % {"number": decision.number},
        "look_back": dt.date(decided_on.year - years, decided_on.month, 1) if years else dt.date.min,
        "refused": _("Kết quả rà soát: không thuộc hộ nghèo, hộ cận nghèo"),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES, words)
        cursor.execute("SELECT reviews_seal(%s)", [decision.pk])
        for statement in (_END, _BEGIN, _REVOKE):
            cursor.execute(statement, words)
    Case.objects.filter(pk__in=cases).update(state=Case.State.DECIDED)
    decision.refresh_from_db()
    return decision


def _check_signer(of: CommuneReview, cases: list[int], signer: str, by: User) -> None:
    """Nobody signs on their own household or their kin's."""
    theirs = Interest.objects.filter(of=of, household__cases__in=cases).select_related("household")
    mine = [i for i in theirs if i.user_id == by.pk or i.official.casefold() == signer.strip().casefold()]
    if mine:
        households = ", ".join(sorted({str(i.household.number) for i in mine}))
        raise errors.SignerInterestedError(signer=signer, households=households)


def _header(
    of: CommuneReview,
    kind: str,
    number: str,
    decided_on: dt.date,
    signer: str,
    signer_title: str,
    by: User,
    supersedes: Decision | None,
    reason: str,
) -> Decision:
    last = Decision.objects.filter(commune=of.commune).order_by("-sequence").first()
    taken = Decision.objects.filter(commune=of.commune, year=decided_on.year, number=number.strip()).first()
    if taken is not None:
        raise errors.NumberTakenError(number=number.strip(), year=decided_on.year, on=taken.decided_on)
    try:
        with transaction.atomic():
            return Decision.objects.create(
                of=of,
                commune=of.commune,
                kind=kind,
                number=number.strip(),
                year=decided_on.year,
                decided_on=decided_on,
                signer=signer.strip(),
                signer_title=signer_title.strip(),
                supersedes=supersedes,
                reason=reason,
                procedure=of.procedure,
                standard=of.round.standard,
                sequence=1 + (last.sequence if last else 0),
                previous=last.hash if last else "",
                hash="",
                made_at=timezone.now(),
                made_by=by,
            )
    except IntegrityError as error:  # another officer's decision came in between
        raise errors.AlreadyDecidedError(number=number.strip()) from error


@transaction.atomic
def correct(
    *,
    decision: Decision,
    cases: Collection[Case],
    number: str,
    decided_on: dt.date,
    signer: str = "",
    signer_title: str,
    reason: str,
    by: User,
) -> Decision:
    """A later decision on some households of an earlier one, from their verdicts as they stand now; nothing is edited.

    Raises NothingChangesError where a household's verdict is what was decided on, ReasonNeededError without a reason.
    """
    of = hold_commune(decision.of)
    check_day(decided_on)
    if not reason.strip():
        raise errors.ReasonNeededError
    step_commune(of, "correct", on=decided_on, note=reason.strip(), by=by)
    if decided_on < decision.decided_on:
        raise errors.DecidedTooEarlyError(
            on=decided_on,
            after=decision.decided_on,
            why=_("ngày của quyết định được sửa"),
            rule=procedure_of(of).decision.words,
        )
    chosen = list(
        Case.objects.filter(pk__in=[c.pk for c in cases], of=of).select_related("household", "verdict")
    )
    for case in chosen:
        _take_present_verdict(case, decision)
    return _decide(
        of,
        Decision.Kind.CORRECTION,
        [c.pk for c in chosen],
        number,
        decided_on,
        signer or by.full_name,
        signer_title,
        by,
        supersedes=decision,
        reason=reason.strip(),
    )


def _take_present_verdict(case: Case, decision: Decision) -> None:
    now: Any = case.household.verdicts.filter(
        round=case.round, standard=case.round.standard, retired_at__isnull=True
    ).first()
    if now is None or case.verdict is None or now.pk == case.verdict_id or now.klass == case.verdict.klass:
        raise errors.NothingChangesError(number=case.household.number)
    line = decision.lines.filter(household=case.household).first()
    case.verdict, case.before = now, line.after if line else case.before
    case.save(update_fields=["verdict", "before"])


@transaction.atomic
def report_up(*, of: CommuneReview, on: dt.date, by: User) -> None:
    """The commune reports its decision; the board shows it as done."""
    held = hold_commune(of)
    check_day(on)
    step_commune(held, "report", on=on, by=by)
