"""What a review refuses, and that nothing is half done when it does."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.utils import timezone

from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household
from giamngheo.reviews import errors
from giamngheo.reviews.actions import decisions, lists, meetings, postings
from giamngheo.reviews.actions.meetings import Said
from giamngheo.reviews.models import Case, Decision, Meeting, Posting, Step, VillageReview, Vote
from giamngheo.rules.workdays import add_workdays
from tests.reviews.conftest import POOR, Commune, set_day, today

Begin = Callable[..., Commune]


@pytest.fixture
def family(commune_2021: Commune) -> Household:
    """One household on list 2c, its village's lists finished."""
    household = commune_2021.household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse")
    with acting_as(commune_2021.cast.officer):
        lists.add_household(of=commune_2021.of, household=household, by=commune_2021.cast.officer)
        lists.finish_lists(of=commune_2021.dossier, by=commune_2021.cast.officer)
    return household


@pytest.fixture
def surveyed(commune_2021: Commune, family: Household) -> Commune:
    commune_2021.visit(family, POOR)
    return commune_2021


@pytest.fixture
def ready(surveyed: Commune) -> Commune:
    """Its one village is done and the district agrees."""
    surveyed.meet()
    surveyed.take_down(surveyed.post())
    surveyed.agree()
    return surveyed


def test_no_meeting_before_every_household_is_surveyed(commune_2021: Commune, family: Household) -> None:
    with pytest.raises(errors.NotSurveyedError, match="Giàng A Páo"):
        commune_2021.meet()
    assert not Meeting.objects.using("owner").filter(of_id=commune_2021.of.pk).exists()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(31, 0), errors.VotesAbovePresentError),  # 30 were there who may vote
        (Said(20, 11), errors.VotesAbovePresentError),
        (Said(-1, 0), errors.VotesAbovePresentError),
        (Said(10, 0, voters=31), errors.VotesAbovePresentError),
    ],
)
def test_votes_above_those_present_are_refused(surveyed: Commune, said: Said, error: type[Exception]) -> None:
    with pytest.raises(error):
        surveyed.meet(said)
    assert not Vote.objects.using("owner").filter(case__of_id=surveyed.of.pk).exists()
    assert surveyed.dossier.state == VillageReview.State.MEETING  # convened, not held


def test_minutes_name_who_led_and_that_households_came(surveyed: Commune) -> None:
    with pytest.raises(errors.WhoWasThereError):
        surveyed.meet(attendance={"party_cell": (2, "")})


def test_an_official_does_not_vote_on_their_kin(surveyed: Commune, family: Household) -> None:
    with acting_as(surveyed.cast.officer):
        meetings.declare_interest(
            of=surveyed.of,
            household=family,
            official="Lý A Dờ",
            capacity="Trưởng bản",
            kinship="kin",
            user=surveyed.cast.head,
            by=surveyed.cast.officer,
        )
    with pytest.raises(errors.NotVotedApartError, match="Lý A Dờ"):
        surveyed.meet(Said(30, 0))
    with acting_as(surveyed.cast.head):
        meeting = Meeting.objects.get(of=surveyed.of)
        attendance = {"party_cell": (2, ""), "union": (3, ""), "household": (25, "")}
        case = surveyed.case(family)
        meetings.record_meeting(
            meeting=meeting,
            chair="Lý A Dờ",
            secretary="Vàng Thị Mỷ",
            attendance=attendance,
            said={case.pk: Said(28, 1, voters=29)},
            by=surveyed.cast.head,
        )
        assert Vote.objects.get(case=case).apart


def test_a_posting_can_not_be_cut_short(surveyed: Commune) -> None:
    surveyed.meet()
    posting = surveyed.post()
    set_day(posting.ends_on)
    with acting_as(surveyed.cast.officer), pytest.raises(errors.PostingCutShortError):
        postings.take_down(posting=posting, on=today(), by=surveyed.cast.officer)
    assert Posting.objects.using("owner").get(pk=posting.pk).taken_down_on is None


def test_an_objection_after_the_window_is_refused_and_names_show_no_more(surveyed: Commune) -> None:
    surveyed.meet()
    posting = surveyed.post()
    set_day(add_workdays(posting.ends_on, 1))
    with acting_as(None), pytest.raises(errors.ObjectionTooLateError):
        postings.object_publicly(token=posting.token, about="Giàng A Páo", text="Không nghèo")
    with acting_as(surveyed.cast.officer), pytest.raises(errors.ObjectionTooLateError):
        postings.object_to(
            posting=posting,
            about="Giàng A Páo",
            text="Không nghèo",
            received_on=today(),
            by=surveyed.cast.officer,
        )


def test_two_decisions_do_not_bear_one_number(ready: Commune) -> None:
    other = (
        Decision.objects.using("owner").exclude(of_id=ready.of.pk).filter(commune_id=ready.unit.pk).first()
    )
    first = ready.decide("12/QĐ-UBND")
    assert other is None or other.number != first.number
    with pytest.raises(errors.AlreadyDecidedError):
        ready.decide("13/QĐ-UBND")
    assert Decision.objects.using("owner").filter(of_id=ready.of.pk).count() == 1


def test_a_decision_is_not_dated_before_the_posting_ended(ready: Commune) -> None:
    posting = Posting.objects.using("owner").get(of_id=ready.of.pk)
    with pytest.raises(errors.DecidedTooEarlyError):
        ready.decide(on=posting.ends_on)
    assert ready.fresh_state() == "answered"


def test_a_chairman_on_the_list_does_not_sign(ready: Commune, family: Household) -> None:
    with acting_as(ready.cast.officer):
        meetings.declare_interest(
            of=ready.fresh(),
            household=family,
            official=ready.cast.chairman.full_name,
            capacity="Chủ tịch UBND xã",
            kinship="own",
            user=ready.cast.chairman,
            by=ready.cast.officer,
        )
    with pytest.raises(errors.SignerInterestedError, match=ready.cast.chairman.full_name):
        ready.decide()


def test_each_step_is_its_own_role_s(ready: Commune) -> None:
    with acting_as(ready.cast.officer), pytest.raises(errors.NotYourStepError, match="Chủ tịch"):
        decisions.decide(
            of=ready.fresh(),
            number="1/QĐ",
            decided_on=today(),
            signer_title="Chủ tịch",
            by=ready.cast.officer,
        )


def test_another_commune_s_officer_does_not_see_it(ready: Commune) -> None:
    with acting_as(ready.cast.other_officer):
        assert not Case.objects.filter(of_id=ready.of.pk).exists()
        assert not VillageReview.objects.filter(of_id=ready.of.pk).exists()
        assert not Step.objects.filter(of_id=ready.of.pk).exists()


def test_two_chairmen_deciding_at_once_give_one_decision(ready: Commune) -> None:
    said: list[str] = []

    def decide(number: str) -> None:
        try:
            with acting_as(ready.cast.chairman):
                decisions.decide(
                    of=ready.of,
                    number=number,
                    decided_on=today(),
                    signer_title="Chủ tịch",
                    by=ready.cast.chairman,
                )
            said.append("made")
        except errors.ReviewError as error:
            said.append(type(error).__name__)
        finally:
            connections.close_all()

    both = [threading.Thread(target=decide, args=(number,)) for number in ("1/QĐ-UBND", "2/QĐ-UBND")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(said) == ["AlreadyDecidedError", "made"]


def test_a_meeting_is_not_minuted_before_its_day(surveyed: Commune) -> None:
    with acting_as(surveyed.cast.head):
        at = timezone.make_aware(dt.datetime.combine(today() + dt.timedelta(days=3), dt.time(19)))
        meeting = meetings.convene(
            of=surveyed.dossier, meets_at=at, place="Nhà văn hoá", notice_on=today(), by=surveyed.cast.head
        )
        with pytest.raises(errors.MeetingNotYetError):
            meetings.record_meeting(
                meeting=meeting,
                chair="A",
                secretary="B",
                attendance={"household": (5, "")},
                said={},
                by=surveyed.cast.head,
            )


def test_a_decision_can_not_be_changed_by_anybody(ready: Commune) -> None:
    decision = ready.decide()
    for sql in (
        "UPDATE reviews_decision SET number = '99' WHERE id = %s",
        "UPDATE reviews_decisionline SET after = 'none' WHERE decision_id = %s",
        "DELETE FROM reviews_decisionline WHERE decision_id = %s",
    ):
        for alias in ("default", "owner"):
            with (
                pytest.raises(Exception, match=r"permission denied|never changed"),
                connections[alias].cursor() as cursor,
            ):
                cursor.execute(sql, [decision.pk])
    connection.close()
