"""The law page: every standard, by day, with what is not verified."""

import html

import pytest

from giamngheo.rules.policies import policies
from giamngheo.rules.standards import standards
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2016-01-05", "Chuẩn nghèo đa chiều 2016-2020"),
        ("2021-12-31", "Chuẩn nghèo đa chiều 2016-2020"),
        ("2022-01-01", "2022"),
        ("2026-12-31", "2022"),
        ("2027-01-01", "2027"),
    ],
)
def test_the_standard_of_a_day(cast: Cast, signed_in, day: str, name: str) -> None:  # type: ignore[no-untyped-def]
    page = signed_in(cast.leader).get(f"/phap-luat/?ngay={day}").content.decode()
    answer = page.split('class="answer"')[1].split("</p>")[0]
    assert name in answer


def test_a_day_before_all_standards_is_answered_in_a_sentence(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    page = signed_in(cast.leader).get("/phap-luat/?ngay=1999-01-01").content.decode()
    assert "1999" in page.split('class="answer"')[1].split("</p>")[0]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("slug", list(standards()))
def test_each_standard_shows_every_rule_with_its_ground(
    cast: Cast, signed_in, slug: str, language: str
) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.officer)
    client.cookies["django_language"] = language
    page = client.get(f"/phap-luat/{slug}/").content.decode()
    standard = standards()[slug]
    for indicator in standard.indicators:
        assert indicator.name(language) in page
    for entry in standard.in_force:
        assert entry.citation.act in page
    for citation in standard.citations.values():
        if not citation.verified:
            assert citation.act in page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_procedure_shows_its_rules_and_steps(cast: Cast, signed_in, language: str) -> None:  # type: ignore[no-untyped-def]
    from giamngheo.rules.procedures import procedures

    client = signed_in(cast.head)
    client.cookies["django_language"] = language
    overview = client.get("/phap-luat/?ngay=2019-11-01").content.decode()
    for slug, procedure in procedures().items():
        assert procedure.name(language) in overview
        page = client.get(f"/phap-luat/quy-trinh/{slug}/").content.decode()
        assert procedure.name(language) in page
        assert ("working days" if language == "en" else "ngày làm việc") in page
        assert all(citation.words in page for citation in procedure.unread)
        assert ("chairman of the commune" if language == "en" else "Chủ tịch UBND xã") in page
    assert client.get("/phap-luat/quy-trinh/tt-99/").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_policies_are_listed_by_day_and_each_has_its_page(cast: Cast, signed_in, language: str) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(cast.leader)
    client.cookies["django_language"] = language
    assert (
        "/phap-luat/chinh-sach/?ngay=2018-09-01" in client.get("/phap-luat/?ngay=2018-09-01").content.decode()
    )
    overview = client.get("/phap-luat/chinh-sach/?ngay=2018-09-01").content.decode()
    for slug, policy in policies().items():
        assert f"/phap-luat/chinh-sach/{slug}/" in overview
        page = client.get(f"/phap-luat/chinh-sach/{slug}/?ngay=2018-09-01").content.decode()
        assert html.escape(policy.name(language)) in page
        assert all(html.escape(words(language)) in page for words in policy.unknown)
    lunch = client.get("/phap-luat/chinh-sach/preschool-lunch-2018/?ngay=2018-09-01").content.decode()
    assert ("139,000" if language == "en" else "139.000") in lunch
    assert client.get("/phap-luat/chinh-sach/khong-co/").status_code == 404
