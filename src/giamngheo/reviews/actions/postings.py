"""Putting a village's list up for everybody to read, and answering what people say against it."""

import datetime as dt
import secrets

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.registry.models import Household, Person, Relation
from giamngheo.reviews import errors
from giamngheo.reviews.actions._book import (
    check_day,
    check_open,
    hold_village,
    procedure_of,
    step_village,
)
from giamngheo.reviews.models import (
    Case,
    Interest,
    Meeting,
    Objection,
    Posting,
    PostingLine,
    VillageReview,
)
from giamngheo.reviews.wording import posted_reason
from giamngheo.rules.procedures import clock, procedure_named
from giamngheo.surveys.models import Klass, Verdict, Visit


@transaction.atomic
def post(
    *, of: VillageReview, starts_on: dt.date, places: str, read_out_on: dt.date | None = None, by: User
) -> Posting:
    """Put the agreed list up (or up again after a re-check) for the working days of the law; its lines are frozen."""
    held = hold_village(of)
    check_day(starts_on)
    if not places.strip():
        raise errors.PlaceNeededError
    number = 1 + Posting.objects.filter(of=held.of, village=held.village).count()
    again = held.state == VillageReview.State.REPOSTING
    ends_on = clock(procedure_of(held.of), "reposting" if again else "posting", starts_on).due_on
    _check_after_meeting(held, starts_on)
    step_village(held, "repost" if again else "post", on=starts_on, due_on=ends_on, by=by)
    posting = Posting.objects.create(
        of=held.of,
        village=held.village,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        places=places.strip(),
        read_out_on=read_out_on,
        token=secrets.token_urlsafe(12),
        posted_at=timezone.now(),
        posted_by=by,
    )
    PostingLine.objects.bulk_create(_lines(posting))
    return posting


def _check_after_meeting(of: VillageReview, starts_on: dt.date) -> None:
    met = (
        Meeting.objects.filter(of=of.of, village=of.village, state=Meeting.State.HELD)
        .order_by("-number")
        .first()
    )
    if met is not None and starts_on < timezone.localtime(met.meets_at).date():
        raise errors.PostingBeforeMeetingError(starts=starts_on, held=timezone.localtime(met.meets_at).date())


def _lines(posting: Posting) -> list[PostingLine]:
    """Head, class and one line of reason for each household agreed on; what hung before is compared."""
    head = Person.objects.filter(household=OuterRef("household"), relation=Relation.HEAD).values("full_name")[
        :1
    ]
    cases = (
        Case.objects.filter(of=posting.of, village=posting.village, state=Case.State.AGREED)
        .select_related("verdict")
        .annotate(head=Subquery(head))
    )
    before = {
        line.case_id: line.klass
        for line in PostingLine.objects.filter(
            posting__of=posting.of, posting__village=posting.village
        ).order_by("posting__number")
    }
    return [
        PostingLine(
            posting=posting,
            case=case,
            village_id=posting.village_id,
            head_name=case.head or _("(chưa rõ chủ hộ)"),
            klass=_verdict(case).klass,
            before=case.before,
            reason=posted_reason(_verdict(case)),
            changed=case.pk in before and before[case.pk] != _verdict(case).klass,
        )
        for case in cases
    ]


def _verdict(case: Case) -> Verdict:
    assert case.verdict is not None  # the database holds it: agreed_on_a_verdict
    return case.verdict


@transaction.atomic
def take_down(*, posting: Posting, on: dt.date, by: User) -> None:
    """The days of the posting are over. With objections open the village goes to re-check, else it is ready.

    Raises PostingCutShortError before the last day has passed.
    """
    held = hold_village(VillageReview.objects.get(of=posting.of, village=posting.village))
    check_day(on)
    procedure = procedure_of(held.of)
    if on <= posting.ends_on:
        raise errors.PostingCutShortError(ends=posting.ends_on, on=on, rule=procedure.posting.citation.words)
    waiting = Objection.objects.filter(posting=posting).exclude(state=Objection.State.ANSWERED)
    if waiting.exists():
        last = max(waiting.values_list("due_on", flat=True))
        step_village(held, "recheck", on=on, due_on=last, by=by)
    elif procedure.reposting is not None and _changed_since(posting):
        step_village(held, "finish_recheck", on=on, by=by)
    else:
        step_village(held, "end_posting", on=on, by=by)
    Posting.objects.filter(pk=posting.pk).update(taken_down_on=on)
    posting.refresh_from_db()


def _changed_since(posting: Posting) -> bool:
    """Whether a re-check found another class than the one that hung: then the list is put up again."""
    hung = dict(PostingLine.objects.filter(posting=posting).values_list("case_id", "klass"))
    now = Case.objects.filter(pk__in=hung).values_list("pk", "verdict__klass")
    return any(hung[pk] != klass for pk, klass in now)


@transaction.atomic
def object_to(
    *,
    posting: Posting,
    about: str,
    text: str,
    household: Household | None = None,
    objector: str = "",
    contact: str = "",
    channel: str = Objection.Channel.PAPER,
    received_on: dt.date,
    by: User,
) -> Objection:
    """An objection handed in on paper or told at the office, entered by the officer. Anybody may object."""
    check_open(posting.of)
    check_day(received_on)
    if not about.strip() or not text.strip():
        raise errors.ObjectionEmptyError
    if received_on < posting.starts_on:
        raise errors.ObjectionTooEarlyError(starts=posting.starts_on)
    if received_on > posting.ends_on:
        raise errors.ObjectionTooLateError(ends=posting.ends_on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_number('PA')")
        number = cursor.fetchone()[0]
    return Objection.objects.create(
        number=number,
        of=posting.of,
        village_id=posting.village_id,
        posting=posting,
        household=household,
        about=about.strip(),
        text=text.strip(),
        objector=objector.strip(),
        contact=contact.strip(),
        channel=channel,
        received_on=received_on,
        due_on=answer_due(posting.of.procedure, received_on),
        entered_at=timezone.now(),
        entered_by=by,
    )


def answer_due(procedure: str, received_on: dt.date) -> dt.date:
    """The last day to answer an objection received on a day."""
    return clock(procedure_named(procedure), "recheck", received_on).due_on


def object_publicly(*, token: str, about: str, text: str, objector: str = "", contact: str = "") -> str:
    """An objection from the public page of a posting, by somebody without an account; its receipt number.

    Raises ObjectionEmptyError, ObjectionTooLateError where the list no longer hangs (or never did).
    """
    if not about.strip() or not text.strip():
        raise errors.ObjectionEmptyError
    with connection.cursor() as cursor:
        cursor.execute("SELECT procedure, ends_on FROM reviews_public_posting(%s)", [token])
        found = cursor.fetchone()
        if found is None:
            raise errors.OutsideAreaError
        procedure, ends_on = found
        due = answer_due(procedure, today())
        cursor.execute(
            "SELECT reviews_public_objection(%s, %s, %s, %s, %s, %s)",
            [token, about, text, objector, contact, due],
        )
        number: str | None = cursor.fetchone()[0]
    if number is None:
        raise errors.ObjectionTooLateError(ends=ends_on)
    return number


@transaction.atomic
def assign_recheck(
    *, objection: Objection, household: Household | None = None, rechecker: User, by: User
) -> None:
    """Give an objection to somebody else than the one who surveyed the household, and than its kin."""
    held = _held(objection)
    household = household or held.household
    if household is None:
        raise errors.NoHouseholdError
    if not rechecker.writes_households:
        raise errors.NotYourStepError(step=_("phúc tra"), who=_("cán bộ, rà soát viên"), rule="")
    first = _first_visit(held, household)
    if first is not None and first.recorded_by_id == rechecker.pk:
        raise errors.SameReviewerError(name=rechecker.full_name)
    if Interest.objects.filter(of=held.of, household=household, user=rechecker).exists():
        raise errors.RecheckerInterestedError(name=rechecker.full_name)
    held.household, held.rechecker, held.state = household, rechecker, Objection.State.RECHECKING
    held.save(update_fields=["household", "rechecker", "state"])


def _held(objection: Objection) -> Objection:
    held = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("of__round")
        .filter(pk=objection.pk)
        .first()
    )
    if held is None:
        raise errors.OutsideAreaError
    check_open(held.of)
    return held


def _first_visit(objection: Objection, household: Household) -> Visit | None:
    """The visit on which the posted class of the household rests."""
    line = (
        PostingLine.objects.filter(posting=objection.posting, case__household=household)
        .select_related("case__verdict__visit")
        .first()
    )
    return line.case.verdict.visit if line and line.case.verdict else None


@transaction.atomic
def answer_objection(
    *, objection: Objection, finding: str, answer: str, answered_on: dt.date, by: User
) -> None:
    """Answer with reasons after the re-check: the re-checker's own visit since the objection says kept or changed.

    A changed class is what is posted again and decided on. Where the household was not posted at all and the re-check
    finds it poor or near-poor, it is on list 2c from now on and goes through a meeting.
    """
    held = _held(objection)
    check_day(answered_on)
    if not answer.strip():
        raise errors.AnswerMissingError
    if held.rechecker is None or held.household is None:
        raise errors.NoRecheckerError
    case = Case.objects.filter(round=held.of.round, household=held.household).first()
    visit = _recheck_visit(held)
    verdict = visit.verdicts.get(standard=held.of.round.standard, retired_at__isnull=True)
    before = case.verdict.klass if case and case.verdict else Klass.NONE
    if (verdict.klass != before) != (finding == Objection.Finding.CHANGED):
        raise errors.FindingUnlikeVisitError(
            found=verdict.get_klass_display(), finding=Objection.Finding(finding).label
        )
    if case is not None and case.state == Case.State.AGREED:
        Case.objects.filter(pk=case.pk).update(verdict=verdict)
    held.recheck_visit, held.finding, held.answer = visit, finding, answer.strip()
    held.answered_on, held.answered_by, held.state = answered_on, by, Objection.State.ANSWERED
    held.save()
    _move_on(held, on=answered_on, by=by)


def _recheck_visit(objection: Objection) -> Visit:
    visit = (
        Visit.objects.filter(
            round=objection.of.round,
            household=objection.household,
            recorded_by=objection.rechecker,
            retired_at__isnull=True,
            outcome=Visit.Outcome.MET,
            visited_on__gte=objection.received_on,
        )
        .order_by("-pk")
        .first()
    )
    if visit is None:
        raise errors.NothingRecheckedError(name=objection.rechecker.full_name if objection.rechecker else "")
    return visit


def _move_on(objection: Objection, *, on: dt.date, by: User) -> None:
    """When the last objection of a village in re-check is answered: up again if a class changed, else ready."""
    village = hold_village(VillageReview.objects.get(of=objection.of, village=objection.village))
    waiting = Objection.objects.filter(posting=objection.posting).exclude(state=Objection.State.ANSWERED)
    if village.state != VillageReview.State.RECHECKING or waiting.exists():
        return
    procedure = procedure_of(village.of)
    again = procedure.reposting is not None and _changed_since(objection.posting)
    step_village(village, "finish_recheck" if again else "keep_as_posted", on=on, by=by)
