"""The way in: each role its own area, a fixed number of queries, nothing of another's."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giamngheo.surveys.models import Round
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("province", "Lai Châu"),
        ("leader", "Lai Châu"),
        ("auditor", "Lai Châu"),
        ("district", "Sìn Hồ"),
        ("officer", "Tủa Sín Chải"),
        ("other_officer", "Pa"),
    ],
)
def test_a_person_starts_in_the_unit_they_answer_for(cast: Cast, signed_in, role: str, unit: str) -> None:  # type: ignore[no-untyped-def]
    page = signed_in(getattr(cast, role)).get("/").content.decode()
    assert unit in page
    assert "Dữ liệu mô phỏng" in page
    assert re.search(r"\d+,\d+%", page), "no rate on the page"


def test_the_administrator_goes_to_the_accounts(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(cast.admin).get("/").headers["Location"] == "/tai-khoan-noi-bo/"


def test_a_person_without_account_is_asked_to_sign_in(client) -> None:  # type: ignore[no-untyped-def]
    assert client.get("/dia-ban/12/").headers["Location"].startswith("/tai-khoan/login/")


def test_going_down_ends_where_the_area_ends(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    assert client.get("/dia-ban/03541/").status_code == 200
    for code in ("03442", "107", "12", "99999"):
        assert client.get(f"/dia-ban/{code}/").status_code == 404, code


def test_from_a_village_to_its_households_alone(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    address = re.search(r'"(/ho/\?[^"]+)"', client.get("/").content.decode())
    assert address
    page = client.get(address[1]).content.decode()
    chosen = re.search(r"Những hộ nào ở ([^?]+)\?", page)
    assert chosen and not chosen[1].startswith("Xã")


def test_an_open_round_is_shown_when_asked_for_and_says_it_is_open(cast: Cast, signed_in, acting) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.province)
    assert "năm 2020: bao nhiêu hộ nghèo" in client.get("/").content.decode()
    with acting(cast.province):
        assert Round.objects.filter(year=2020, kind="annual").update(closed_at=None) == 1
    assert "năm 2019: bao nhiêu hộ nghèo" in client.get("/").content.decode()
    page = client.get("/?nam=2020").content.decode()
    assert "năm 2020: bao nhiêu hộ nghèo" in page
    assert "Đợt rà soát năm 2020 chưa đóng" in page


def test_the_leader_sees_figures_and_no_way_to_households(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    page = signed_in(cast.leader).get("/dia-ban/03541/").content.decode()
    assert "Hộ đã xét" in page
    assert "/ho/" not in page


def test_the_number_of_queries_does_not_grow_with_the_area(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    counts = {}
    client = signed_in(cast.province)
    for code in ("12", "108", "03541"):
        client.get(f"/dia-ban/{code}/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/dia-ban/{code}/")
        counts[code] = len(queries)
    assert max(counts.values()) - min(counts.values()) <= 1, counts  # a village has no outlines to ask for
    assert max(counts.values()) <= 40, counts


@pytest.mark.parametrize("geography", ["2016-01-01", "2020-02-01", "2025-07-01"])
def test_the_same_households_on_every_geography(cast: Cast, signed_in, geography: str) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.leader)
    page = client.get(f"/dia-ban/12/?nam=2019&ngay={geography}").content.decode()
    own = client.get("/dia-ban/12/?nam=2019").content.decode()
    total = re.compile(r'<tr class="total">.*?<td class="n"[^>]*>([\d.]+)</td>', re.DOTALL)
    assert total.search(page).group(1) == total.search(own).group(1)  # type: ignore[union-attr]


def test_the_page_speaks_english_when_asked(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.leader)
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert 'lang="en"' in page
    assert "Synthetic data" in page
