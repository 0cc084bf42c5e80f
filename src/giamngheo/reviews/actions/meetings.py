"""The village meeting: convened with notice, held with those who came, and what it said of each household."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.registry.models import Household, Person, Relation
from giamngheo.reviews import errors
from giamngheo.reviews.actions._book import check_day, hold_commune, hold_village, procedure_of, step_village
from giamngheo.reviews.models import (
    Attendance,
    Capacity,
    Case,
    CommuneReview,
    Interest,
    Meeting,
    VillageReview,
    Vote,
)
from giamngheo.rules.procedures import Procedure
from giamngheo.surveys.models import Klass, Verdict


@dataclass(frozen=True)
class Said:
    """What a meeting said of one household. `voters` where fewer could vote than were present (voted apart)."""

    agree: int
    disagree: int
    remarks: str = ""
    voters: int | None = None


def to_discuss(of: VillageReview) -> QuerySet[Any]:
    """The households a meeting has to speak of, each with its verdict in force (`judged`, `klass`), its head (`head`)
    and the verdict an earlier meeting did not agree on (`voted`)."""
    given = Verdict.objects.filter(
        round=OuterRef("round"),
        household=OuterRef("household"),
        standard=of.of.round.standard,
        retired_at__isnull=True,
    )
    head = Person.objects.filter(household=OuterRef("household"), relation=Relation.HEAD).values("full_name")[
        :1
    ]
    last_vote = Vote.objects.filter(case=OuterRef("pk")).order_by("-pk")
    return (
        Case.objects.filter(of=of.of, village=of.village, state__in=[Case.State.LISTED, Case.State.RETURNED])
        .annotate(
            judged=Subquery(given.values("pk")[:1]),
            klass=Subquery(given.values("klass")[:1]),
            head=Subquery(head),
            voted=Subquery(last_vote.values("verdict")[:1]),
        )
        .order_by("list", "head", "pk")
    )


@transaction.atomic
def convene(
    *,
    of: VillageReview,
    meets_at: dt.datetime,
    place: str,
    notice_on: dt.date,
    invited: int | None = None,
    by: User,
) -> Meeting:
    """Call the village together. Raises NotSurveyedError while a household on the lists has no verdict that stands."""
    held = hold_village(of)
    check_day(notice_on)
    if timezone.localtime(meets_at).date() < notice_on:
        raise errors.MeetingBeforeNoticeError(meets=timezone.localtime(meets_at).date(), notice=notice_on)
    if not place.strip():
        raise errors.WhoWasThereError(what=_("nơi họp"))
    _check_surveyed(held)
    step_village(held, "convene", on=notice_on, by=by)
    number = 1 + Meeting.objects.filter(of=held.of, village=held.village).count()
    return Meeting.objects.create(
        of=held.of,
        village=held.village,
        number=number,
        notice_on=notice_on,
        meets_at=meets_at,
        place=place.strip(),
        invited=invited,
        entered_at=timezone.now(),
        entered_by=by,
    )


def _check_surveyed(of: VillageReview) -> None:
    waiting = [c for c in to_discuss(of) if c.klass in (None, Klass.UNDETERMINED) or c.judged == c.voted]
    if waiting:
        rule = procedure_of(of.of).meeting.citation.words
        raise errors.NotSurveyedError(count=len(waiting), example=waiting[0].head, rule=rule)


@transaction.atomic
def call_off(*, meeting: Meeting, why: str, by: User) -> None:
    """The meeting did not take place, or too few came; the village is called together again."""
    if not why.strip():
        raise errors.ReasonNeededError
    held = hold_village(VillageReview.objects.get(of=meeting.of, village=meeting.village))
    step_village(held, "call_off", on=today(), note=why.strip(), by=by)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CALLED_OFF, called_off_why=why.strip())
    meeting.refresh_from_db()


@transaction.atomic
def declare_interest(
    *,
    of: CommuneReview,
    household: Household,
    official: str,
    capacity: str,
    kinship: str,
    user: User | None = None,
    by: User,
) -> Interest:
    """Somebody who takes part says that a household is their own or their kin's: it is voted apart, without them."""
    held = hold_commune(of)
    if not official.strip() or not capacity.strip():
        raise errors.WhoWasThereError(what=_("họ tên và chức vụ người khai"))
    interest, _made = Interest.objects.get_or_create(
        of=held,
        household=household,
        official=official.strip(),
        defaults={
            "village_id": household.village_id,
            "user": user,
            "capacity": capacity.strip(),
            "kinship": kinship,
            "declared_on": today(),
            "declared_at": timezone.now(),
            "declared_by": by,
        },
    )
    return interest


@transaction.atomic
def record_meeting(
    *,
    meeting: Meeting,
    chair: str,
    secretary: str,
    attendance: Mapping[str, tuple[int, str]],
    said: Mapping[int, Said],
    front: str = "",
    dissent: str = "",
    conclusion: str = "",
    by: User,
) -> bool:
    """The minutes: who was there by capacity (count, names), what was said of each case; whether all were agreed.

    A household below the share of the law goes back to survey and a new meeting. Raises MeetingNotYetError,
    WhoWasThereError, NoQuorumError, VoteMissingError, VotesAbovePresentError, NotVotedApartError, StrangerVoteError.
    """
    village = hold_village(VillageReview.objects.get(of=meeting.of, village=meeting.village))
    if timezone.localtime(meeting.meets_at).date() > today():
        raise errors.MeetingNotYetError(meets=timezone.localtime(meeting.meets_at).date())
    procedure = procedure_of(village.of)
    present = _present(procedure, chair, secretary, attendance)
    _check_surveyed(village)
    cases = {case.pk: case for case in to_discuss(village)}
    votes = _votes(procedure, village, cases, said, present)
    all_agreed = all(vote.passed for vote in votes)
    step_village(
        village,
        "hold_meeting" if all_agreed else "return_to_survey",
        on=timezone.localtime(meeting.meets_at).date(),
        by=by,
    )
    _write(meeting, present, chair, secretary, front, dissent, conclusion, attendance, by)
    for vote in votes:
        vote.meeting = meeting
    Vote.objects.bulk_create(votes)
    agreed = [vote.case_id for vote in votes if vote.passed]
    judged = {vote.case_id: vote.verdict_id for vote in votes}
    Case.objects.filter(pk__in=agreed).update(
        state=Case.State.AGREED,
        verdict_id=Subquery(Vote.objects.filter(meeting=meeting, case=OuterRef("pk")).values("verdict")[:1]),
    )
    Case.objects.filter(pk__in=set(judged) - set(agreed)).update(state=Case.State.RETURNED)
    return all_agreed


def _present(
    procedure: Procedure, chair: str, secretary: str, attendance: Mapping[str, tuple[int, str]]
) -> int:
    """How many were there who may vote: all but the Fatherland Front, which supervises."""
    for what, said in ((_("người chủ trì"), chair), (_("thư ký"), secretary)):
        if not said.strip():
            raise errors.WhoWasThereError(what=what)
    counts = {capacity: count for capacity, (count, _names) in attendance.items()}
    if any(count < 0 for count in counts.values()):
        raise errors.WhoWasThereError(what=_("số người dự không âm"))
    if not counts.get(Capacity.HOUSEHOLD):
        raise errors.WhoWasThereError(what=_("số đại diện hộ gia đình dự họp"))
    present = sum(count for capacity, count in counts.items() if capacity != Capacity.FRONT)
    quorum = procedure.meeting.quorum
    if quorum is not None and present < quorum.value:
        raise errors.NoQuorumError(present=present, needed=quorum.value, rule=quorum.citation.words)
    return present


def _votes(
    procedure: Procedure,
    village: VillageReview,
    cases: Mapping[int, Any],
    said: Mapping[int, Said],
    present: int,
) -> list[Vote]:
    if set(said) - set(cases):
        raise errors.StrangerVoteError
    missing = [case for pk, case in cases.items() if pk not in said]
    if missing:
        raise errors.VoteMissingError(count=len(missing), example=missing[0].head)
    interests: dict[int, list[str]] = {}
    declared = Interest.objects.filter(of=village.of, village=village.village)
    for household, official in declared.values_list("household_id", "official"):
        interests.setdefault(household, []).append(official)
    return [
        _vote(procedure, village, case, said[pk], present, interests.get(case.household_id, []))
        for pk, case in cases.items()
    ]


def _vote(
    procedure: Procedure, village: VillageReview, case: Any, said: Said, present: int, interested: list[str]
) -> Vote:
    most = present - len(interested)
    voters = most if said.voters is None else said.voters
    if interested and (said.voters is None or said.voters > most):
        raise errors.NotVotedApartError(head=case.head, official=", ".join(interested), voters=most)
    if voters > present or min(said.agree, said.disagree) < 0 or said.agree + said.disagree > voters:
        raise errors.VotesAbovePresentError(
            head=case.head, agree=said.agree, disagree=said.disagree, voters=min(voters, present)
        )
    return Vote(
        case_id=case.pk,
        village=village.village,
        verdict_id=case.judged,
        klass=case.klass,
        agree=said.agree,
        disagree=said.disagree,
        voters=voters,
        apart=bool(interested),
        passed=procedure.meeting.passes(said.agree, voters),
        remarks=said.remarks.strip(),
    )


def _write(
    meeting: Meeting,
    present: int,
    chair: str,
    secretary: str,
    front: str,
    dissent: str,
    conclusion: str,
    attendance: Mapping[str, tuple[int, str]],
    by: User,
) -> None:
    meeting.state = Meeting.State.HELD
    meeting.present, meeting.chair, meeting.secretary = present, chair.strip(), secretary.strip()
    meeting.front, meeting.dissent, meeting.conclusion = front.strip(), dissent.strip(), conclusion.strip()
    meeting.entered_at, meeting.entered_by = timezone.now(), by
    meeting.save()
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            village_id=meeting.village_id,
            capacity=capacity,
            count=count,
            names=names.strip(),
        )
        for capacity, (count, names) in attendance.items()
    )
