"""Search forgives case, diacritics and one typing error, and finds nothing outside the searcher's area."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.audit.models import Event
from giamngheo.registry.actions import correct_person
from giamngheo.registry.models import Household
from giamngheo.registry.search import search
from tests.conftest import Cast
from tests.registry.conftest import MakeHousehold


@pytest.fixture
def household(make_household: MakeHousehold) -> Household:
    return make_household("Phừ Đạt Khừm 1975", "Vàng Thị Xớ 1978 spouse", "Phừ Thị Mỷ 2005 child")


def found(text: str, user: User) -> list[tuple[str, str]]:
    return [(hit.person.full_name if hit.person else "", hit.how) for hit in search(text, seen_by=user).hits]


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("Phừ Đạt Khừm", "name"),
        ("phu dat khum", "name"),
        ("PHU DAT KHUM", "name"),
        ("  phừ   đạt khừm ", "name"),
        ("khum phu", "name"),
        ("phu dat khu", "unfinished"),
        ("phu dat khun", "typo"),  # another letter
        ("phu dat khumm", "typo"),  # one too many
        ("phu daat khum", "typo"),
        ("phu dat kuhm", "typo"),  # two exchanged
        ("phu da khum", "typo"),  # one missing
    ],
)
def test_a_name_is_found_as_people_type_it(officer: User, household: Household, typed: str, how: str) -> None:
    assert ("Phừ Đạt Khừm", how) in found(typed, officer)


@pytest.mark.parametrize("typed", ["phu dot khun", "phu dat sung", "khummm phu", "x", ""])
def test_two_errors_and_other_names_are_not(officer: User, household: Household, typed: str) -> None:
    assert "Phừ Đạt Khừm" not in [name for name, _ in found(typed, officer)]


def test_the_very_name_comes_first_and_heads_before_members(
    officer: User, make_household: MakeHousehold
) -> None:
    make_household("Phừ Đạt Khừm Sò 1990", "Phừ Đạt Khừm 1995 child")
    make_household("Phừ Đạt Khừm 1975")
    hits = search("phu dat khum", seen_by=officer).hits
    assert [(h.person.full_name, h.person.relation) for h in hits if h.person] == [
        ("Phừ Đạt Khừm", "head"),
        ("Phừ Đạt Khừm", "child"),
        ("Phừ Đạt Khừm Sò", "head"),
    ]
    assert hits[1].head == "Phừ Đạt Khừm Sò"


def test_a_place_after_the_name_narrows(
    officer: User, villages: list[Unit], make_household: MakeHousehold
) -> None:
    here = make_household("Phừ Đạt Khừm 1975", village=villages[0])
    make_household("Phừ Đạt Khừm 1980", village=villages[1])
    for place in (villages[0].name, f"bản {villages[0].name}"):
        hits = search(f"phu dat khum {place}", seen_by=officer).hits
        assert [hit.household for hit in hits] == [here], place
    assert len(search("phu dat khum", seen_by=officer).hits) == 2


def test_by_number_by_code_and_by_village(officer: User, villages: list[Unit], household: Household) -> None:
    assert [h.household for h in search(household.number.lower(), seen_by=officer).hits] == [household]
    assert household in [h.household for h in search(household.local_code, seen_by=officer).hits]
    assert villages[0] in [village for village, _ in search(villages[0].name, seen_by=officer).villages]


def test_by_id_number_with_a_record_that_does_not_hold_it(
    cast: Cast, officer: User, household: Household
) -> None:
    head = household.members.get(relation="head")
    correct_person(person=head, id_number="012345678901", reason="bổ sung", by=officer)
    assert found("012 345 678 901", officer) == [("Phừ Đạt Khừm", "id_number")]
    with acting_as(cast.auditor):
        read = Event.objects.filter(kind="read", subject="registry_person.id_number").latest("id")
        assert read.details == {"searched": True, "found": 1}


@pytest.mark.parametrize("role", ["other_officer", "leader", "admin"])
def test_nobody_finds_what_they_may_not_see(
    cast: Cast, officer: User, household: Household, role: str
) -> None:
    user = getattr(cast, role)
    head = household.members.get(relation="head")
    correct_person(person=head, id_number="012345678901", reason="bổ sung", by=officer)
    with acting_as(user):
        for text in (
            "phu dat khum",
            household.number,
            household.local_code,
            "012345678901",
            household.village.name,
        ):
            result = search(text, seen_by=user)
            assert household not in [h.household for h in result.hits], text
            assert household.village not in [village for village, _ in result.villages], text


def test_search_asks_a_constant_number_of_queries(officer: User, make_household: MakeHousehold) -> None:
    counts = []
    for wanted in (1, 3):
        for _ in range(wanted):
            make_household("Phừ Đạt Khừm 1975", "Vàng Thị Xớ 1978 spouse")
        with CaptureQueriesContext(connection) as queries:
            search("phu dat khum", seen_by=officer)
        counts.append(len(queries))
    assert counts == [7, 7]


def test_wild_characters_are_letters_like_others(officer: User, household: Household) -> None:
    for text in ("%%", "__", "'; --", "\\", "a" * 500, "🙂 phu", "- -"):
        assert household not in [h.household for h in search(text, seen_by=officer).hits]
