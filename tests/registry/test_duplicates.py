"""Likely duplicates are found within one's area, decided by a person with a reason, and taken back whole."""

import datetime as dt
from unittest import mock

import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.demo.census import small as small_census
from giamngheo.demo.province import SEED, generate
from giamngheo.registry import duplicates, errors
from giamngheo.registry.actions import register_household
from giamngheo.registry.duplicates import (
    SHOWN_FROM,
    ask_for_search,
    cancel_search,
    pairs,
    persons_seen,
    reopen_pair,
    resolve_pair,
    run_search,
)
from giamngheo.registry.facts import NewMember
from giamngheo.registry.linkage import likely_pairs
from giamngheo.registry.models import DuplicatePair, DuplicateSearch, Person
from tests.conftest import Cast
from tests.registry.conftest import DAY

D = dt.date


def someone(name: str, born: dt.date, **facts: str) -> NewMember:
    return NewMember(full_name=name, birth_date=born, relation="head", sex="M", ethnic="08", **facts)


@pytest.fixture
def twice(officer: User, villages: list[Unit]) -> list[Person]:
    """One man in two villages of the commune, his name written by ear the second time; and another man."""
    people = [
        (villages[0], someone("Phừ Đạt Khừm", D(1975, 3, 4))),
        (villages[1], someone("Phừ Đat Khừn", D(1975, 3, 4))),
        (villages[1], someone("Vừ Chá Đớ", D(1961, 9, 9))),
    ]
    households = [
        register_household(village=village, members=[person], on=D(2016, 1, 1), by=officer)
        for village, person in people
    ]
    return [household.members.get() for household in households]


def found_pairs(user: User) -> list[tuple[str, str]]:
    return [(pair.one.full_name, pair.two.full_name) for pair in pairs(state="open", seen_by=user)]


def search_now(user: User) -> DuplicateSearch:
    search = ask_for_search(by=user)
    assert search
    run_search(search_id=search.pk, by=user)
    search.refresh_from_db()
    return search


def test_a_man_written_down_twice_is_found(officer: User, twice: list[Person]) -> None:
    search = search_now(officer)
    assert ("Phừ Đạt Khừm", "Phừ Đat Khừn") in found_pairs(officer)
    assert (search.state, search.progress) == ("done", 100)
    assert search.added >= 1
    pair = DuplicatePair.objects.get(one=twice[0], two=twice[1])
    assert pair.grounds["name"] == "typo"
    assert pair.grounds["birth"] == "date"
    assert 0.3 <= pair.likeness <= 1


def test_searching_again_adds_nothing_and_keeps_decisions(officer: User, twice: list[Person]) -> None:
    search_now(officer)
    pair = DuplicatePair.objects.get(one=twice[0], two=twice[1])
    resolve_pair(pair=pair, state="different", reason="hai anh em họ", by=officer)
    assert search_now(officer).added == 0
    pair.refresh_from_db()
    assert pair.state == "different"


def test_nobody_finds_pairs_outside_their_area(cast: Cast, officer: User, twice: list[Person]) -> None:
    with acting_as(cast.other_officer):
        search_now(cast.other_officer)
        assert ("Phừ Đạt Khừm", "Phừ Đat Khừn") not in found_pairs(cast.other_officer)
    search_now(officer)
    with acting_as(cast.other_officer):
        assert ("Phừ Đạt Khừm", "Phừ Đat Khừn") not in found_pairs(cast.other_officer)


def test_across_communes_the_province_finds_them(
    cast: Cast, officer: User, elsewhere: Unit, twice: list[Person]
) -> None:
    with acting_as(cast.other_officer):
        there = register_household(
            village=elsewhere,
            members=[someone("Phừ Đạt Khừm", D(1975, 3, 4))],
            on=D(2017, 1, 1),
            by=cast.other_officer,
        )
    with acting_as(cast.province):
        search_now(cast.province)
        assert DuplicatePair.objects.filter(one=twice[0], two__household=there).exists()


def test_same_links_the_records_and_both_stay(officer: User, twice: list[Person]) -> None:
    search_now(officer)
    one, two, _ = twice
    pair = DuplicatePair.objects.get(one=one, two=two)
    with pytest.raises(errors.ReasonNeededError):
        resolve_pair(pair=pair, state="same", reason=" ", by=officer)
    resolve_pair(pair=pair, state="same", reason="đã hỏi hai trưởng bản", keep=two, by=officer)
    one.refresh_from_db()
    assert one.same_as == two
    assert one.household is not None
    assert two.household is not None
    assert [p.decided_by for p in pairs(state="same", seen_by=officer)] == [officer]
    with pytest.raises(errors.AlreadyDecidedError):
        resolve_pair(pair=pair, state="different", reason="x", by=officer)

    reopen_pair(pair=pair, by=officer)
    one.refresh_from_db()
    assert one.same_as is None
    assert ("Phừ Đạt Khừm", "Phừ Đat Khừn") in found_pairs(officer)
    with pytest.raises(errors.NotDecidedError):
        reopen_pair(pair=pair, by=officer)


@pytest.mark.parametrize("role", ["auditor", "leader"])
def test_some_look_and_do_not_decide(cast: Cast, officer: User, twice: list[Person], role: str) -> None:
    search_now(officer)
    pair = DuplicatePair.objects.get(one=twice[0], two=twice[1])
    user = getattr(cast, role)
    with acting_as(user), pytest.raises(errors.NotWriterError):
        resolve_pair(pair=pair, state="same", reason="x", by=user)
    with acting_as(user), pytest.raises(errors.NotWriterError):
        ask_for_search(by=user)


def test_a_cancelled_search_leaves_nothing(officer: User, twice: list[Person]) -> None:
    search = ask_for_search(by=officer)
    assert search
    assert ask_for_search(by=officer) is None
    before = DuplicatePair.objects.count()

    def stop_midway(persons: object, *, at_least: float, progress: duplicates.likely_pairs) -> list[object]:  # type: ignore[valid-type]
        cancel_search(search=search, by=officer)
        progress(50)  # type: ignore[operator]
        raise AssertionError("went on after it was cancelled")

    with (
        mock.patch.object(duplicates, "likely_pairs", stop_midway),
        pytest.raises(duplicates.SearchCancelled),
    ):
        run_search(search_id=search.pk, by=officer)
    search.refresh_from_db()
    assert search.state == "cancelled"
    assert DuplicatePair.objects.count() == before


def test_the_planted_pairs_of_the_synthetic_province_are_found(cast: Cast) -> None:
    """Of the persons entered twice on purpose most are found, and nearly all that is found was planted."""
    province = generate(small_census(), SEED)
    planted = {
        tuple(sorted((1 + int(a), 1 + int(b))))
        for a, b in zip(province.twice.one, province.twice.two, strict=True)
    }
    with acting_as(cast.province):
        found = {(pair.one, pair.two) for pair in likely_pairs(persons_seen(DAY), at_least=SHOWN_FROM)}
    right = len(found & planted)
    assert right / len(planted) >= 0.8, f"recall {right}/{len(planted)}"
    assert right / len(found) >= 0.8, f"precision {right}/{len(found)}"
