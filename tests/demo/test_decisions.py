"""The review history of the small province: held as the law sets it, decided as the rules judged, chained and whole."""

import datetime as dt
from typing import Any

import pytest
from django.db import connections

from giamngheo.demo.reviews import YEARS
from giamngheo.demo.timetable import Listed, timetable
from giamngheo.reviews.models import Case, Decision, DecisionLine, Meeting, Objection, Posting, Recognition
from giamngheo.reviews.queries import Broken, broken
from giamngheo.rules.procedures import clock, procedure_named, procedure_on
from giamngheo.rules.workdays import add_workdays
from giamngheo.surveys.models import Round, Verdict, Visit

D = dt.date
POOR = ("poor_income", "poor_deprivation")

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def ask(query: str) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@pytest.mark.parametrize("year", YEARS)
def test_whoever_the_rules_found_poor_was_recognised(year: int) -> None:
    """And whoever was poor and could not be met stays on the list, with the reason."""
    found = Verdict.objects.using("owner").filter(round__year=year, klass__in=POOR)
    on = D(year, 12, 31)
    recognised = Recognition.objects.using("owner").filter(listed="poor", period__contains=on)
    unseen = Case.objects.using("owner").filter(round__year=year, state="withdrawn", before__in=POOR)
    assert set(recognised.values_list("household", flat=True)) == {
        *found.values_list("household", flat=True),
        *unseen.values_list("household", flat=True),
    }
    assert all(case.withdrawn_why for case in unseen)


def test_who_falls_back_was_on_the_list_before() -> None:
    back = DecisionLine.objects.using("owner").filter(came_back=True, outcome="recognised_poor")
    assert back.count() > 5
    for line in back.select_related("decision"):
        earlier = Recognition.objects.using("owner").filter(
            household=line.household_id, listed="poor", period__endswith__lte=line.decision.decided_on
        )
        assert earlier.exists()


def test_every_step_came_in_its_time() -> None:
    visited = dict(ask("SELECT (round_id, village_id)::text, max(visited_on) FROM surveys_visit GROUP BY 1"))
    meetings = Meeting.objects.using("owner").select_related("of__round")
    assert meetings.count() == len(YEARS) * 12
    for meeting in meetings:
        last = visited[f"({meeting.of.round_id},{meeting.village_id})"]
        assert meeting.notice_on < last < meeting.meets_at.date() <= last + dt.timedelta(days=1)
    for posting in Posting.objects.using("owner").select_related("of"):
        procedure = procedure_named(posting.of.procedure)
        assert posting.ends_on == clock(procedure, "posting", posting.starts_on).due_on
        assert posting.taken_down_on == add_workdays(posting.ends_on, 1)
    late = ask(
        "SELECT d.id FROM reviews_decision d JOIN reviews_opinion o ON o.of_id = d.of_id"
        " JOIN reviews_villagereview v ON v.of_id = d.of_id"
        " WHERE NOT (v.since <= o.sent_on AND o.sent_on <= o.answered_on AND o.answered_on < d.decided_on)"
    )
    assert late == []


def test_objections_are_answered_with_reasons_and_a_few_too_late() -> None:
    said = Objection.objects.using("owner").select_related("posting")
    assert said.count() > 50
    assert all(o.answer and o.posting.starts_on <= o.received_on <= o.posting.ends_on for o in said)
    assert 0 < sum(o.answered_on > o.due_on for o in said) < 20  # type: ignore[operator]


def test_the_chain_holds_and_one_changed_byte_breaks_it() -> None:
    assert Decision.objects.using("owner").count() == len(YEARS) * 4
    assert broken("owner") == []
    line = DecisionLine.objects.using("owner").filter(outcome="recognised_poor")[100]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_verdict SET pattern = overlay(pattern placing '?' from 3 for 1) WHERE id = %s",
            [line.verdict_id],
        )
    assert broken("owner") == [Broken(line.decision_id, line.household_id, "line")]


def test_a_year_is_decided_before_it_is_over() -> None:
    """So that the lists of a year's end are those of its review."""
    for year in YEARS:
        days = (
            Decision.objects.using("owner").filter(of__round__year=year).values_list("decided_on", flat=True)
        )
        assert D(year, 11, 1) < min(days) and max(days) <= D(year, 12, 31)


@pytest.mark.parametrize("year", [2016, 2021])
def test_the_same_year_is_made_up_the_same(year: int) -> None:
    round = Round(year=year, reference_date=D(year, 12, 15))
    places = [(1, village, D(year, 11, village)) for village in range(1, 9)]
    listed = [Listed(1, village, village * 10, "Giàng A Páo") for village in (1, 4)]
    procedure = procedure_on(round.reference_date)
    first, second = (timetable(round, procedure, places, listed) for _ in range(2))
    assert all(a.equals(b) for a, b in zip(first, second, strict=True))
    assert first[1].num_rows == 1 and first[2].num_rows == 2


def test_nobody_was_surveyed_after_their_village_met() -> None:
    assert Visit.objects.using("owner").filter(round__year__in=YEARS).exists()
    assert ask(
        "SELECT count(*) FROM surveys_visit s JOIN reviews_meeting m ON m.village_id = s.village_id"
        " JOIN reviews_communereview o ON o.id = m.of_id AND o.round_id = s.round_id"
        " WHERE s.visited_on >= (m.meets_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    ) == [(0,)]
