"""What may be asked of reviews: reviews and their steps, lists, meetings, postings, decisions.

Row-level security decides which rows there are; `seen_by` names the person who asks, and must be the acting person.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household, Person, Relation
from giamngheo.reviews.models import (
    Case,
    CommuneReview,
    Decision,
    DecisionLine,
    Interest,
    Meeting,
    Objection,
    Outcome,
    Posting,
    Recognition,
    Request,
    Step,
    VillageReview,
    Vote,
)
from giamngheo.surveys.models import Klass, Round, Verdict

_HEAD = Person.objects.filter(household=OuterRef("household"), relation=Relation.HEAD).values("full_name")[:1]


# --- where things stand ---------------------------------------------------------------------------------------------


def review_of(round: Round, commune: Unit, *, seen_by: User) -> CommuneReview | None:
    """The review of a commune in a round, or None where it was not begun or may not be seen."""
    return (
        CommuneReview.objects.select_related("round", "commune").filter(round=round, commune=commune).first()
    )


def village_review(of: CommuneReview, village: Unit, *, seen_by: User) -> VillageReview | None:
    return (
        VillageReview.objects.select_related("of__round", "of__commune", "village")
        .filter(of=of, village=village)
        .first()
    )


def villages_of(of: CommuneReview, *, seen_by: User) -> QuerySet[VillageReview]:
    """The villages of a commune's review with how many households are on their lists, in Vietnamese order."""
    counted = (
        Case.objects.filter(of=OuterRef("of"), village=OuterRef("village"))
        .exclude(state=Case.State.WITHDRAWN)
        .order_by()
        .values("village")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        of.villages.select_related("village")
        .annotate(cases=Subquery(counted))
        .order_by("village__name_key", "pk")
    )


def steps_of(of: CommuneReview, *, village: Unit | None = None, seen_by: User) -> QuerySet[Step]:
    """Steps taken, the latest first."""
    rows = of.steps.select_related("by", "village").order_by("-pk")
    return rows.filter(village=village) if village else rows


# --- lists ----------------------------------------------------------------------------------------------------------


def cases_of(
    of: CommuneReview, *, village: Unit | None = None, list_name: str = "", seen_by: User
) -> QuerySet[Any]:
    """The households on the lists, each with its head, its verdict in force and the last vote on it."""
    given = Verdict.objects.filter(
        round=OuterRef("round"),
        household=OuterRef("household"),
        standard=of.round.standard,
        retired_at__isnull=True,
    )
    vote = Vote.objects.filter(case=OuterRef("pk")).order_by("-pk")
    rows = (
        Case.objects.filter(of=of)
        .select_related("household", "village", "request", "added_by")
        .annotate(
            head=Subquery(_HEAD),
            klass=Subquery(given.values("klass")[:1]),
            judged=Subquery(given.values("pk")[:1]),
            agree=Subquery(vote.values("agree")[:1]),
            disagree=Subquery(vote.values("disagree")[:1]),
            voters=Subquery(vote.values("voters")[:1]),
            remarks=Subquery(vote.values("remarks")[:1]),
        )
        .order_by("list", "head", "pk")
    )
    if village:
        rows = rows.filter(village=village)
    return rows.filter(list=list_name) if list_name else rows


def interests_of(of: CommuneReview, *, village: Unit | None = None, seen_by: User) -> QuerySet[Interest]:
    rows = of.interests.select_related("household").annotate(head=Subquery(_HEAD)).order_by("official", "pk")
    return rows.filter(village=village) if village else rows


@dataclass(frozen=True)
class Namesake:
    """A household on the lists with a member who bears the name of somebody who takes part in the review."""

    household: Household
    official: str
    role: str


def namesakes(of: CommuneReview, *, village: Unit | None = None, seen_by: User) -> list[Namesake]:
    """Households on the lists whose members bear the name of an official of the area, not declared so far.

    A name alone proves nothing: it is a question to be asked before the meeting. One query.
    """
    where = "AND c.village_id = %(village)s" if village else ""
    query = f"""
        SELECT DISTINCT c.household_id, u.full_name, u.role
        FROM reviews_case c JOIN registry_person p ON p.household_id = c.household_id
        JOIN access_user u ON vn_fold(u.full_name) = p.folded AND u.is_active AND u.role IN ('village_head', 'commune_officer', 'commune_chairman')
        WHERE c.of_id = %(of)s {where} AND NOT EXISTS (
          SELECT 1 FROM reviews_interest i WHERE i.of_id = c.of_id AND i.household_id = c.household_id AND i.official = u.full_name)
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, {"of": of.pk, "village": village.pk if village else None})
        found = cursor.fetchall()
    households = Household.objects.in_bulk([pk for pk, _name, _role in found])
    return [Namesake(households[pk], name, role) for pk, name, role in found if pk in households]


# --- meetings, postings, objections ---------------------------------------------------------------------------------


def meetings_of(of: CommuneReview, village: Unit, *, seen_by: User) -> QuerySet[Meeting]:
    return of.meetings.filter(village=village).prefetch_related("attendances").order_by("-number")


def votes_of(meeting: Meeting, *, seen_by: User) -> QuerySet[Vote]:
    head = Person.objects.filter(household=OuterRef("case__household"), relation=Relation.HEAD).values(
        "full_name"
    )
    return (
        meeting.votes.select_related("case__household")
        .annotate(head=Subquery(head[:1]))
        .order_by("case__list", "head", "pk")
    )


def postings_of(of: CommuneReview, village: Unit, *, seen_by: User) -> QuerySet[Posting]:
    return of.postings.filter(village=village).prefetch_related("lines").order_by("-number")


def objections_of(of: CommuneReview, *, village: Unit | None = None, seen_by: User) -> QuerySet[Objection]:
    """Objections, those that wait first, by the day they are due."""
    rows = of.objections.select_related("village", "household", "rechecker", "posting").order_by(
        "answered_on", "due_on", "pk"
    )
    return rows.filter(village=village) if village else rows


@dataclass(frozen=True)
class PublicPosting:
    """What anybody may read of a posting. `lines` is None when it does not hang: too early, or its days are over."""

    village: str
    commune: str
    commune_kind: str
    number: int
    starts_on: dt.date
    ends_on: dt.date
    places: str
    round: str
    procedure: str
    hangs: bool
    lines: list[dict[str, Any]] | None


def public_posting(token: str) -> PublicPosting | None:
    """The posting behind an address, for a reader without an account. None for an unknown address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT village, commune, commune_kind, number, starts_on, ends_on, places, round, procedure, hangs, lines"
            " FROM reviews_public_posting(%s)",
            [token],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    *header, lines = row
    return PublicPosting(*header, lines=json.loads(lines) if lines else None)  # type: ignore[misc]


# --- decisions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """The lists a decision would have today."""

    recognised_poor: int
    recognised_near_poor: int
    escaped_poor: int
    escaped_near_poor: int
    not_recognised: int

    @property
    def total(self) -> int:
        return (
            self.recognised_poor
            + self.recognised_near_poor
            + self.escaped_poor
            + self.escaped_near_poor
            + self.not_recognised
        )


_IS_POOR = Q(verdict__klass__in=[Klass.POOR_INCOME, Klass.POOR_DEPRIVATION, Klass.POOR])
_WAS_POOR = Q(before__in=[Klass.POOR_INCOME, Klass.POOR_DEPRIVATION, Klass.POOR])


def draft(of: CommuneReview, *, seen_by: User) -> Draft:
    """How many households each list of the decision would hold. One query."""
    near = Q(verdict__klass=Klass.NEAR_POOR)
    out = ~_IS_POOR & ~near
    counts = Case.objects.filter(of=of, state=Case.State.AGREED).aggregate(
        recognised_poor=Count("pk", filter=_IS_POOR),
        recognised_near_poor=Count("pk", filter=near),
        escaped_poor=Count("pk", filter=out & _WAS_POOR),
        escaped_near_poor=Count("pk", filter=out & Q(before=Klass.NEAR_POOR)),
        not_recognised=Count("pk", filter=out & ~_WAS_POOR & ~Q(before=Klass.NEAR_POOR)),
    )
    return Draft(**counts)


def decisions_of(of: CommuneReview, *, seen_by: User) -> QuerySet[Decision]:
    return of.decisions.select_related("supersedes", "commune", "made_by").order_by("sequence")


def lines_of(decision: Decision, *, outcome: str = "", seen_by: User) -> QuerySet[DecisionLine]:
    rows = decision.lines.select_related("household", "village", "certificate").order_by(
        "outcome", "village__name_key", "head_name", "pk"
    )
    return rows.filter(outcome=outcome) if outcome else rows


def outcomes_of(decision: Decision, *, seen_by: User) -> list[tuple[Outcome, int, int]]:
    """How many households, and how many persons, each list of a decision holds, as far as the person may see them."""
    counted = decision.lines.order_by().values_list("outcome").annotate(n=Count("pk"), persons=Sum("persons"))
    found = {outcome: (n, persons) for outcome, n, persons in counted}
    return [(outcome, *found[outcome]) for outcome in Outcome if outcome in found]


def changed_since(decision: Decision, *, seen_by: User) -> QuerySet[DecisionLine]:
    """Lines of a decision whose household is judged otherwise by now: what a correction would be about."""
    now = Verdict.objects.filter(
        round=OuterRef("decision__of__round"),
        household=OuterRef("household"),
        standard=decision.standard,
        retired_at__isnull=True,
    )
    return (
        decision.lines.select_related("household", "village")
        .annotate(now=Subquery(now.values("klass")[:1]))
        .exclude(now=F("after"))
        .exclude(now__isnull=True)
        .exclude(now=Klass.UNDETERMINED)
        .order_by("village__name_key", "head_name", "pk")
    )


@dataclass(frozen=True)
class Broken:
    """Something that does not hold in the chain of decisions: a `line`, a `header` or the `chain` itself."""

    decision: int
    household: int | None
    fault: str


def broken(using: str = "default") -> list[Broken]:
    """Everything in the decisions that no longer is what it was when they were made. Empty: all holds."""
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT decision, household, fault FROM reviews_broken()")
        return [Broken(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Standing:
    """Whether a certificate stands on the working day; says nothing about the household."""

    number: str
    standing: str  # "valid", "revoked", "superseded", "unknown"
    since: dt.date | None


def certificate_standing(number: str) -> Standing:
    """What anybody may know of a certificate's number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT issued_on, revoked_on, in_force FROM reviews_certificate_standing(%s)", [number]
        )
        row = cursor.fetchone()
    if row is None:
        return Standing(number, "unknown", None)
    issued_on, revoked_on, in_force = row
    if revoked_on is not None:
        return Standing(number, "revoked", revoked_on)
    return Standing(number, "valid" if in_force else "superseded", issued_on if in_force else None)


# --- households -----------------------------------------------------------------------------------------------------


def recognitions_of(household: Household, *, seen_by: User) -> QuerySet[Recognition]:
    """Since when and until when the household was recognised, the latest first."""
    return household.recognitions.select_related("line__decision", "ended_by__decision").order_by("-period")


def history_of(household: Household, *, seen_by: User) -> QuerySet[Case]:
    """The reviews the household went through, the latest first."""
    return (
        household.cases.select_related("round", "verdict", "of__commune")
        .prefetch_related("votes__meeting", "lines__decision")
        .order_by("-round__year", "-pk")
    )


def requests_in(round: Round, *, villages: Sequence[int] | None = None, seen_by: User) -> QuerySet[Request]:
    """Requests of a regular round, those that wait first, by the day they are due."""
    rows = (
        Request.objects.filter(round=round)
        .select_related("household", "village", "entered_by")
        .annotate(head=Subquery(_HEAD))
        .order_by("answered_on", "due_on", "pk")
    )
    return rows if villages is None else rows.filter(village__in=villages)
