"""The search page answers whole or in part, and says what to try when nothing is found."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from tests.conftest import Cast
from tests.registry.conftest import MakeHousehold, make_household, officer, villages

SignIn = Callable[[User], Client]


def test_results_link_to_the_household(cast: Cast, signed_in: SignIn, make_household: MakeHousehold) -> None:
    household = make_household("Phừ Đạt Khừm 1975")
    answer = signed_in(cast.officer).get("/tim-kiem/", {"q": "phu dat khum"})
    assert f'href="/ho/{household.number}/"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_htmx_gets_the_results_alone(cast: Cast, signed_in: SignIn, make_household: MakeHousehold) -> None:
    make_household("Phừ Đạt Khừm 1975")
    part = (
        signed_in(cast.officer)
        .get("/tim-kiem/", {"q": "phu dat khum"}, HTTP_HX_REQUEST="true")
        .content.decode()
    )
    assert "Phừ Đạt Khừm" in part
    assert "<html" not in part


def test_nothing_found_says_what_to_try(cast: Cast, signed_in: SignIn, db: None) -> None:
    page = signed_in(cast.officer).get("/tim-kiem/", {"q": "zzzz qqqq"}).content.decode()
    assert "Không tìm thấy" in page
    assert "Thử viết không dấu" in page


@pytest.mark.parametrize("role", ["leader", "admin"])
def test_those_who_see_no_households_have_no_search(cast: Cast, signed_in: SignIn, role: str) -> None:
    assert signed_in(getattr(cast, role)).get("/tim-kiem/", {"q": "giang"}).status_code == 404


def test_queries_do_not_grow_with_results(
    cast: Cast, signed_in: SignIn, make_household: MakeHousehold
) -> None:
    client, counts = signed_in(cast.officer), []
    for more in (1, 3):
        for _ in range(more):
            make_household("Phừ Đạt Khừm 1975", "Phừ Đạt Khừm 1995 child")
        client.get("/tim-kiem/", {"q": "phu dat khum"})
        with CaptureQueriesContext(connection) as queries:
            client.get("/tim-kiem/", {"q": "phu dat khum"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
