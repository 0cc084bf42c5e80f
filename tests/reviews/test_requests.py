"""The regular review: a household asks, is answered in time by a decision, or refused with reasons."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household
from giamngheo.reviews import errors
from giamngheo.reviews.actions import lists, requests
from giamngheo.reviews.between import Requests, outcomes_between, requests_between
from giamngheo.reviews.models import Case, CommuneReview, Decision, DecisionLine, Recognition, Request
from giamngheo.rules.procedures import clock, procedure_on
from giamngheo.surveys.actions import open_round
from giamngheo.surveys.models import Round
from tests.conftest import Cast
from tests.reviews.conftest import NEAR_POOR, POOR, WELL, Commune, set_day, today

D = dt.date
SignIn = Callable[[User], Client]


@pytest.fixture
def regular(commune_2021: Commune) -> Commune:
    """The commune in a regular round of spring 2021; the annual one is not there any more."""
    Round.objects.using("owner").filter(year=2021).update(closed_at=dt.datetime(2021, 1, 2, tzinfo=dt.UTC))
    set_day(D(2021, 10, 18))
    with acting_as(commune_2021.cast.province):
        commune_2021.round = open_round(
            year=2021,
            kind="regular",
            opens=D(2021, 1, 1),
            closes=D(2021, 12, 30),
            reference_date=D(2021, 10, 15),
            by=commune_2021.cast.province,
        )
    return commune_2021


def asks(regular: Commune, household: Household, kind: str = "join", by: User | None = None) -> Request:
    by = by or regular.cast.officer
    with acting_as(by):
        return requests.receive(
            round=regular.round,
            household=household,
            kind=kind,
            channel="in_person",
            text="Nhà cháy tháng 9",
            received_on=today(),
            by=by,
        )


def decided(regular: Commune, *asked: Request, number: str = "30/QĐ-UBND") -> Decision:
    chairman = regular.cast.chairman
    with acting_as(chairman):
        of = lists.open_review(round=regular.round, commune=regular.unit, by=chairman)
        return requests.decide_requests(
            of=of,
            requests=list(asked),
            number=number,
            decided_on=today(),
            signer_title="Chủ tịch",
            by=chairman,
        )


def fresh(request: Request) -> Request:
    return Request.objects.using("owner").get(pk=request.pk)


def test_a_household_that_lost_its_house_is_recognised_by_decision(regular: Commune) -> None:
    household = regular.household("Giàng A Páo 1975")
    asked = asks(regular, household)
    assert asked.number.startswith("DN-2021-")
    assert asked.due_on == clock(procedure_on(today()), "regular", today()).due_on
    regular.visit(household, POOR)
    decision = decided(regular, asked)
    found = fresh(asked)
    assert (found.state, found.answer) == ("accepted", "Theo quyết định số 30/QĐ-UBND")
    recognition = Recognition.objects.using("owner").get(household=household.pk)
    assert (recognition.listed, recognition.period.lower) == ("poor", decision.decided_on)
    case = Case.objects.using("owner").get(household=household.pk, round=regular.round.pk)
    assert (case.ground, case.list, case.request_id) == ("request", "2c", asked.pk)


def test_one_decision_answers_several_and_says_why_not(regular: Commune) -> None:
    poor, well = regular.household("Giàng A Páo 1975"), regular.household("Sùng A Mua 1980")
    both = [asks(regular, household) for household in (poor, well)]
    regular.visit(poor, NEAR_POOR)
    regular.visit(well, WELL)
    decision = decided(regular, *both)
    lines = DecisionLine.objects.using("owner").filter(decision_id=decision.pk)
    assert {line.outcome for line in lines} == {"recognised_near_poor", "not_recognised"}
    states = [(fresh(r).state, "không thuộc" in fresh(r).answer) for r in both]
    assert states == [("accepted", False), ("refused", True)]
    by, month = regular.cast.officer, (D(2021, 10, 1), D(2021, 10, 31))
    with acting_as(by):
        counted = outcomes_between(regular.unit, *month, kind=Round.Kind.REGULAR, seen_by=by)
        assert counted == {"recognised_near_poor": 1, "not_recognised": 1}
        assert requests_between(regular.unit, *month, seen_by=by) == Requests(2, 2, 0)
        assert not outcomes_between(regular.unit, *month, kind=Round.Kind.ANNUAL, seen_by=by)
        assert requests_between(regular.unit, D(2021, 9, 1), D(2021, 9, 30), seen_by=by) == Requests(0, 0, 0)


def test_who_is_listed_asks_to_be_recognised_as_escaped(regular: Commune) -> None:
    household = regular.household("Giàng A Páo 1975")
    first = asks(regular, household)
    regular.visit(household, POOR)
    decision = decided(regular, first)
    set_day(today() + dt.timedelta(days=30))
    with acting_as(regular.cast.officer):
        escape = requests.receive(
            round=regular.round, household=household, kind="escape", channel="post", received_on=today(), by=regular.cast.officer
        )  # fmt: skip
    regular.visit(household, WELL)
    with acting_as(regular.cast.chairman):
        requests.decide_requests(
            of=CommuneReview.objects.get(pk=decision.of_id), requests=[escape], number="31/QĐ-UBND", decided_on=today(), signer_title="Chủ tịch", by=regular.cast.chairman
        )  # fmt: skip
    assert fresh(escape).state == "accepted"
    assert Recognition.objects.using("owner").get(household=household.pk).period.upper == today()


def test_a_refusal_gives_its_reasons_once(regular: Commune) -> None:
    asked = asks(regular, regular.household("Giàng A Páo 1975"))
    officer = regular.cast.officer
    with acting_as(officer), pytest.raises(errors.RefusalWithoutReasonsError, match="QĐ 24/2021"):
        requests.refuse(request=asked, answer="  ", on=today(), by=officer)
    with acting_as(officer):
        requests.refuse(request=asked, answer="Thu nhập trên chuẩn.", on=today(), by=officer)
    assert (fresh(asked).state, fresh(asked).answered_on) == ("refused", today())
    with acting_as(officer), pytest.raises(errors.RequestAnsweredError):
        requests.refuse(request=asked, answer="Lần nữa.", on=today(), by=officer)


def test_what_makes_no_sense_is_refused(regular: Commune) -> None:
    household, officer = regular.household("Giàng A Páo 1975"), regular.cast.officer
    with pytest.raises(errors.NothingToEscapeError):
        asks(regular, household, "escape")
    asked = asks(regular, household)
    with pytest.raises(errors.OpenRequestError, match=asked.number):
        asks(regular, household)
    with pytest.raises(errors.NotSurveyedError, match=asked.number):
        decided(regular, asked)
    regular.visit(household, POOR)
    decided(regular, asked)
    with pytest.raises(errors.AlreadyPoorError):
        asks(regular, household)
    with acting_as(officer), pytest.raises(errors.FutureDayError):
        requests.receive(
            round=regular.round, household=household, kind="escape", channel="post", received_on=today() + dt.timedelta(days=1), by=officer
        )  # fmt: skip


@pytest.mark.parametrize("role", ["auditor", "leader", "chairman"])
def test_who_does_not_write_households_takes_nothing_in(regular: Commune, role: str) -> None:
    household = regular.household("Giàng A Páo 1975")
    with pytest.raises((errors.NotYourStepError, errors.OutsideAreaError)):
        asks(regular, household, by=getattr(regular.cast, role))


def test_the_pages_from_the_request_to_the_answer(regular: Commune, cast: Cast, signed_in: SignIn) -> None:
    household = regular.household("Giàng A Páo 1975")
    day = f"{today():%d/%m/%Y}"
    officer = signed_in(cast.officer)
    said = {
        "what": "receive",
        "number": household.number,
        "kind": "join",
        "channel": "post",
        "text": "Ốm nặng",
        "received_on": day,
    }
    page = officer.post("/de-nghi/", {**said, "number": "H99999999"}).content.decode()
    assert "Không thấy hộ mang số này" in page and "Ốm nặng" in page  # what was typed stays
    assert officer.post("/de-nghi/", said).status_code == 302
    asked = Request.objects.using("owner").get(household=household.pk)
    page = officer.get(f"/de-nghi/{asked.number}/").content.decode()
    assert "phải trả lời hết ngày" in page and "Ghi phiếu B" in page
    assert officer.get(f"/giay/de-nghi/{asked.number}/tiep-nhan.pdf").content.startswith(b"%PDF")
    assert (
        asked.number in officer.get("/").content.decode()
        or "giấy đề nghị chưa trả lời" in officer.get("/").content.decode()
    )
    regular.visit(household, POOR)
    chairman = signed_in(cast.chairman)
    assert "Quyết định các giấy đã chọn" in chairman.get("/de-nghi/").content.decode()
    made = chairman.post(
        "/de-nghi/",
        {
            "what": "decide",
            "request": asked.pk,
            "number": "30/QĐ-UBND",
            "decided_on": day,
            "signer_title": "Chủ tịch",
        },
    )
    assert made.status_code == 302 and fresh(asked).state == "accepted"
    assert chairman.get(f"/giay/de-nghi/{asked.number}/tra-loi.pdf").content.startswith(b"%PDF")
    other = signed_in(cast.other_officer)
    assert other.get(f"/de-nghi/{asked.number}/").status_code == 404
    assert asked.number not in other.get("/de-nghi/").content.decode()
