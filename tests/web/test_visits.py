"""Entry of a visit: what the page asks, what it keeps, who may open it."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household
from giamngheo.surveys.models import Round, Verdict, Visit
from tests.conftest import Cast
from tests.surveys.conftest import MakeHousehold, judge, make_household, officer, round, villages

__all__ = ["judge", "make_household", "officer", "round", "villages"]  # fixtures of the surveys room

FAMILY = ("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", "Giàng A Chứ 2008 child")
SignedIn = Callable[[User], Client]


@pytest.fixture
def home(make_household: MakeHousehold) -> Household:
    return make_household(*FAMILY)


def address(round: Round, home: Household) -> str:
    return reverse("visit", args=[round.pk, home.number])


def test_the_page_asks_what_the_form_asks(
    round: Round, home: Household, officer: User, signed_in: SignedIn
) -> None:
    page = signed_in(officer).get(address(round, home)).content.decode()
    child = home.members.get(relation="child")
    assert 'name="h-income_per_head"' in page and 'name="h-tick_nutrition"' in page
    assert f'name="m{child.pk}-attends_school"' in page
    assert f'name="m{child.pk}-has_job"' not in page  # thirteen years old
    assert "Giàng A Chứ" in page and "13 tuổi" in page
    assert "data-keep" in page


def test_not_known_stands_until_somebody_answers(
    round: Round, home: Household, officer: User, signed_in: SignedIn
) -> None:
    page = signed_in(officer).get(address(round, home)).content.decode()
    chosen = [line for line in page.split("<label") if 'name="h-has_tv"' in line and "checked" in line]
    assert len(chosen) == 1 and "Chưa biết" in chosen[0]


def test_a_visit_is_recorded_and_its_verdict_shown(
    round: Round, home: Household, officer: User, signed_in: SignedIn
) -> None:
    child = home.members.get(relation="child")
    typed = {"outcome": "met", "visited_on": "05/10/2021", "h-income_per_head": "700.000", "h-has_tv": "no"}
    typed |= {
        f"m{child.pk}-attends_school": "no",
        "h-causes": ["no_land", "illness"],
        "h-housing_area_m2": "45,5",
    }
    answer = signed_in(officer).post(address(round, home), typed, follow=True)
    assert answer.status_code == 200
    visit = Visit.objects.get(household=home, retired_at=None)
    assert visit.answers == {
        "income_per_head": 700_000, "has_tv": False, "causes": ["no_land", "illness"], "housing_area_m2": 45.5
    }  # fmt: skip
    assert Verdict.objects.get(visit=visit, standard="2016-2020").klass == "poor_income"
    assert "Hộ nghèo" in answer.content.decode()


def test_what_was_typed_wrong_stays_beside_its_sentence(
    round: Round, home: Household, officer: User, signed_in: SignedIn
) -> None:
    typed = {"outcome": "met", "visited_on": "05/10/2021", "h-income_per_head": "chín trăm"}
    page = signed_in(officer).post(address(round, home), typed).content.decode()
    assert 'value="chín trăm"' in page
    assert "không phải là số" in page
    assert not Visit.objects.filter(household=home).exists()


def test_a_refusal_keeps_what_was_typed(
    round: Round, home: Household, officer: User, signed_in: SignedIn
) -> None:
    typed = {"outcome": "not_met", "visited_on": "05/10/2021", "note": "cả nhà đi nương"}
    page = signed_in(officer).post(address(round, home), typed).content.decode()
    assert "hẹn ngày quay lại" in page and "cả nhà đi nương" in page


def test_a_form_sent_after_the_session_ended_is_laid_out_again(
    round: Round, home: Household, cast: Cast, client: Client
) -> None:
    where = address(round, home)
    answer = client.post(where, {"outcome": "met", "h-income_per_head": "650000"})
    assert answer.status_code == 302
    kept = client.session["kept_form"]
    client.force_login(cast.officer)
    session = client.session  # signing in keeps what an anonymous session held
    session["kept_form"] = kept
    session.save()
    page = client.get(where).content.decode()
    assert 'id="kept-form"' in page and "650000" in page


def test_correcting_asks_why(round: Round, home: Household, officer: User, signed_in: SignedIn) -> None:
    client, where = signed_in(officer), address(round, home)
    typed = {"outcome": "met", "visited_on": "05/10/2021", "h-income_per_head": "700000"}
    client.post(where, typed)
    page = client.get(where).content.decode()
    assert 'name="reason"' in page and 'value="700.000"' in page
    refused = client.post(where, {**typed, "h-income_per_head": "2000000"}).content.decode()
    assert "hãy ghi lý do" in refused
    client.post(where, {**typed, "h-income_per_head": "2000000", "reason": "ghi nhầm"})
    assert Visit.objects.filter(household=home).count() == 2


@pytest.mark.parametrize(
    ("role", "status"),
    [("head", 200), ("officer", 200), ("district", 200), ("province", 200), ("other_officer", 404), ("leader", 404),
     ("auditor", 404), ("admin", 404)],
)  # fmt: skip
def test_who_may_enter(
    round: Round, home: Household, cast: Cast, signed_in: SignedIn, role: str, status: int
) -> None:
    assert signed_in(getattr(cast, role)).get(address(round, home)).status_code == status


def test_the_page_costs_the_same_for_one_member_and_for_seven(
    round: Round, officer: User, make_household: MakeHousehold, signed_in: SignedIn
) -> None:
    client = signed_in(officer)
    small = make_household("Giàng A Páo 1975")
    large = make_household("Lò Văn Ín 1950", *(f"Lò Thị {i} {2000 + i} child" for i in range(6)))
    counts = []
    for home in (small, small, large):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(round, home))
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_a_closed_round_is_only_shown(round: Round, home: Household, cast: Cast, signed_in: SignedIn) -> None:
    with acting_as(cast.province):
        Round.objects.filter(pk=round.pk).update(closed_at=dt.datetime(2021, 12, 31, tzinfo=dt.UTC))
    page = signed_in(cast.officer).get(address(round, home)).content.decode()
    assert "chỉ xem" in page and "Ghi phiếu</button>" not in page
