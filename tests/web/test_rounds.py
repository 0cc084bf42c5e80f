"""The pages of rounds: what is open, how far it has come, who waits, and who may open or close."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.surveys.models import Round, Visit
from tests.conftest import Cast
from tests.surveys.conftest import (
    Judge,
    MakeHousehold,
    judge,
    make_household,
    officer,
    round,
    tally,
    unmet,
    villages,
)
from tests.surveys.test_figures import commune_of

__all__ = ["judge", "make_household", "officer", "round", "unmet", "villages"]  # fixtures of the surveys room

SignedIn = Callable[[User], Client]


def address(round: Round) -> str:
    return reverse("regular-round", args=[round.pk])


def test_the_list_says_which_round_is_open(round: Round, officer: User, signed_in: SignedIn) -> None:
    page = signed_in(officer).get(reverse("rounds")).content.decode()
    assert "Rà soát thử" in page and "Đang mở" in page
    assert 'id="new-round"' not in page


def test_the_province_opens_a_round(cast: Cast, signed_in: SignedIn) -> None:
    typed = {"year": "2021", "kind": "regular", "opens": "01/09/2021", "closes": "14/12/2021"}
    client = signed_in(cast.province)
    page = client.post(reverse("rounds"), typed).content.decode()
    assert "Hãy ghi ngày" in page and 'value="01/09/2021"' in page
    answer = client.post(reverse("rounds"), {**typed, "reference_date": "15/10/2021", "name": "Đợt tháng 10"})
    with acting_as(cast.province):
        made = Round.objects.get(name="Đợt tháng 10")
    assert (answer.status_code, answer["Location"]) == (302, address(made))
    refused = client.post(reverse("rounds"), {**typed, "reference_date": "15/10/2020"}).content.decode()
    assert "phải nằm trong năm 2021" in refused


@pytest.mark.parametrize("role", ["head", "officer", "leader", "auditor"])
def test_nobody_else_opens_or_closes(cast: Cast, round: Round, role: str, signed_in: SignedIn) -> None:
    client = signed_in(getattr(cast, role))
    assert client.post(reverse("rounds"), {"year": "2021"}).status_code == 404
    assert client.post(reverse("round-close", args=[round.pk])).status_code == 404


def test_closing_and_opening_again(cast: Cast, round: Round, signed_in: SignedIn) -> None:
    client, where = signed_in(cast.province), reverse("round-close", args=[round.pk])
    assert "Đã đóng" in client.post(where, follow=True).content.decode()
    assert "Hãy ghi lý do" in client.post(where, follow=True).content.decode()
    assert "Đã mở lại" in client.post(where, {"reason": "sót một bản"}, follow=True).content.decode()


def test_a_round_shows_what_waits(
    round: Round,
    officer: User,
    judge: Judge,
    unmet: Callable[..., Visit],
    make_household: MakeHousehold,
    signed_in: SignedIn,
) -> None:
    unmet("not_met", next_visit_on=dt.date(2021, 10, 14))
    near = judge("near_poor", "1100000000", borderline=True, household=make_household("Tẩn Mí Sơn 1980"))
    tally(round)
    client = signed_in(officer)
    page = client.get(address(round), {"xem": "den-lai"}).content.decode()
    assert "14/10/2021" in page and 'class="waits"' in page
    assert (
        reverse("visit", args=[round.pk, Visit.objects.get(outcome="not_met", round=round).household.number])
        in page
    )
    page = client.get(address(round), {"xem": "sat-nguong"}).content.decode()
    assert "Tẩn Mí Sơn" in page and near.household.number in page
    part = client.get(address(round), {"xem": "sat-nguong"}, headers={"HX-Request": "true"}).content.decode()
    assert "Tẩn Mí Sơn" in part and "<html" not in part


def test_a_leader_sees_how_far_but_no_household(
    cast: Cast,
    round: Round,
    judge: Judge,
    villages: list[Unit],
    make_household: MakeHousehold,
    signed_in: SignedIn,
) -> None:
    judge("poor_income", "1110000000", household=make_household("Tẩn Mí Sơn 1980"))
    tally(round)
    page = signed_in(cast.leader).get(address(round)).content.decode()
    assert "Việc còn chờ" not in page and "Tẩn Mí Sơn" not in page
    assert "Kết quả đến nay" in page


def test_a_unit_outside_the_area_is_not_there(
    cast: Cast, round: Round, villages: list[Unit], signed_in: SignedIn
) -> None:
    client = signed_in(cast.other_officer)
    assert client.get(address(round)).status_code == 200
    assert client.get(address(round), {"dia-ban": commune_of(villages[0]).code}).status_code == 404
    assert client.get(address(round), {"dia-ban": "99999"}).status_code == 404


def test_the_administrator_has_no_rounds(cast: Cast, round: Round, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    assert client.get(reverse("rounds")).status_code == 404
    assert client.get(address(round)).status_code == 404


@pytest.mark.parametrize("asked", ["chua-den", "den-lai", "chua-ro", "sat-nguong", "lech"])
def test_a_list_costs_the_same_for_one_row_and_for_three(
    round: Round,
    officer: User,
    judge: Judge,
    unmet: Callable[..., Visit],
    make_household: MakeHousehold,
    signed_in: SignedIn,
    asked: str,
) -> None:
    client = signed_in(officer)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_household()
            unmet("not_met", next_visit_on=dt.date(2021, 10, 20))
            judge("undetermined")
            judge("near_poor", "1100000000", borderline=True, disagree="1000000000")
        client.get(address(round), {"xem": asked})
        with CaptureQueriesContext(connection) as queries:
            client.get(address(round), {"xem": asked})
        counts.append(len(queries))
    assert counts[0] == counts[1]
