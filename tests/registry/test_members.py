"""Members are born, die, come and go; a mistaken death is taken back; corrections keep what stood before."""

import datetime as dt

import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.audit.models import Event
from giamngheo.registry import errors
from giamngheo.registry.actions import (
    change_head,
    correct_person,
    correct_relation,
    correct_residence,
    member_moved_in,
    member_moved_out,
    read_id_number,
    record_birth,
    record_death,
    register_household,
    restore,
)
from giamngheo.registry.facts import NewMember
from giamngheo.registry.models import Household, Membership, Person
from giamngheo.registry.sealing import blind_index, unseal
from tests.conftest import Cast
from tests.registry.conftest import DAY, MakeHousehold, names, villages_of

D = dt.date
FAMILY = ("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", "Giàng A Chứ 2005 child")


@pytest.fixture
def household(make_household: MakeHousehold) -> Household:
    return make_household(*FAMILY)


@pytest.fixture
def people(household: Household) -> list[Person]:
    """Páo the head, Sua his wife, Chứ their son."""
    return list(household.members.order_by("pk"))


def test_a_child_is_born_into_the_household(officer: User, household: Household) -> None:
    child = NewMember(
        full_name="Giàng Thị Mỷ", relation="child", birth_date=D(2021, 9, 2), sex="F", ethnic="08"
    )
    born = record_birth(household=household, child=child, by=officer)
    assert names(household)[-1] == "Giàng Thị Mỷ child"
    assert born.memberships.get().period.lower == D(2021, 9, 2)
    assert household.events.get(kind="born").person == born


@pytest.mark.parametrize(
    ("child", "refusal"),
    [
        (NewMember(full_name="Giàng Thị Mỷ"), errors.BirthDateNeededError),
        (NewMember(full_name="Giàng Thị Mỷ", birth_date=D(2021, 10, 16)), errors.FutureDayError),
        (NewMember(full_name="Giàng Thị Mỷ", birth_date=D(1021, 9, 2)), errors.LongAgoError),
        (
            NewMember(full_name="Giàng Thị Mỷ", birth_date=D(2021, 9, 2), relation="head"),
            errors.TwoHeadsError,
        ),
    ],
)
def test_births_that_cannot_be(
    officer: User, household: Household, child: NewMember, refusal: type[errors.RegistryError]
) -> None:
    with pytest.raises(refusal):
        record_birth(household=household, child=child, by=officer)


def test_a_death_ends_the_membership_and_is_taken_back_whole(
    officer: User, household: Household, people: list[Person]
) -> None:
    _, sua, _ = people
    event = record_death(person=sua, on=D(2021, 3, 1), reason="giấy báo tử số 7", by=officer)
    sua.refresh_from_db()
    assert (sua.died_on, sua.household, sua.relation) == (D(2021, 3, 1), None, "")
    assert names(household) == ["Giàng A Páo head", "Giàng A Chứ child"]

    restore(event=event, reason="báo tử nhầm người", by=officer)
    sua.refresh_from_db()
    assert (sua.died_on, sua.household, sua.relation) == (None, household, "spouse")
    assert sua.memberships.get(retired_at__isnull=True).period.upper is None
    assert [past.died_on for past in sua.past.order_by("pk")] == [None, D(2021, 3, 1)]
    with pytest.raises(errors.LaterEventError):
        restore(event=event, reason="lần nữa", by=officer)


def test_when_the_head_dies_another_becomes_head(
    officer: User, household: Household, people: list[Person]
) -> None:
    pao, sua, chu = people
    with pytest.raises(errors.NewHeadNeededError):
        record_death(person=pao, on=DAY, by=officer)
    pao.refresh_from_db()
    assert pao.died_on is None
    event = record_death(person=pao, on=DAY, new_head=sua, relations={chu.pk: "child"}, by=officer)
    assert names(household) == ["Vàng Thị Sua head", "Giàng A Chứ child"]
    restore(event=event, reason="nhầm", by=officer)
    assert names(household) == ["Giàng A Páo head", "Vàng Thị Sua spouse", "Giàng A Chứ child"]


def test_when_the_last_member_dies_the_household_ends(officer: User, make_household: MakeHousehold) -> None:
    alone = make_household("Lò Thị Pánh 1940")
    event = record_death(person=alone.members.get(), on=D(2020, 1, 1), by=officer)
    alone.refresh_from_db()
    assert alone.ended_on == D(2020, 1, 1)
    restore(event=event, reason="nhầm", by=officer)
    alone.refresh_from_db()
    assert alone.ended_on is None
    assert names(alone) == ["Lò Thị Pánh head"]


def test_deaths_that_cannot_be(officer: User, people: list[Person]) -> None:
    sua = people[1]
    with pytest.raises(errors.DeathBeforeBirthError):
        record_death(person=sua, on=D(1977, 1, 1), by=officer)
    with pytest.raises(errors.TooEarlyError):
        record_death(person=sua, on=D(2015, 1, 1), by=officer)
    record_death(person=sua, on=DAY, by=officer)
    with pytest.raises(errors.AlreadyDeadError, match="15/10/2021"):
        record_death(person=sua, on=DAY, by=officer)


def test_a_member_leaves_the_province_and_comes_back_elsewhere(
    officer: User, people: list[Person], make_household: MakeHousehold
) -> None:
    chu, other = people[2], make_household("Giàng A Sà 1945")
    with pytest.raises(errors.ElsewhereError):
        member_moved_in(household=other, member=chu, on=DAY, by=officer)
    member_moved_out(person=chu, on=D(2020, 1, 1), reason="đi làm ở Bắc Ninh", by=officer)
    chu.refresh_from_db()
    assert chu.household is None
    member_moved_in(household=other, member=chu, on=D(2021, 2, 1), relation="grandchild", by=officer)
    assert names(other) == ["Giàng A Chứ grandchild", "Giàng A Sà head"]
    periods = (
        chu.memberships.filter(retired_at__isnull=True).order_by("period").values_list("period", flat=True)
    )
    assert [(p.lower, p.upper) for p in periods] == [(D(2016, 1, 10), D(2020, 1, 1)), (D(2021, 2, 1), None)]


def test_a_member_is_handed_over_to_a_household_of_another_commune(
    cast: Cast, officer: User, people: list[Person]
) -> None:
    chu = people[2]
    with acting_as(cast.other_officer):
        village = villages_of(cast.other_officer)[0]
        aunt = NewMember(full_name="Phùng Go Xó", relation="head", birth_year=1970)
        target = register_household(village=village, members=[aunt], on=D(2016, 1, 1), by=cast.other_officer)
    correct_person(person=chu, ethnic="03", reason="ghi nhầm dân tộc", by=officer)
    member_moved_out(person=chu, on=D(2021, 1, 1), to=target.number.lower(), relation="other", by=officer)
    assert not Person.objects.filter(pk=chu.pk).exists()
    with acting_as(cast.other_officer):
        come = Person.objects.get(pk=chu.pk)
        assert (come.household, come.relation) == (target, "other")
        assert come.past.get().ethnic == "08"  # what was corrected before comes along
        assert target.events.get(kind="moved_in").before["household"] != target.number


def test_a_hand_over_to_no_household_is_refused(officer: User, people: list[Person]) -> None:
    with pytest.raises(errors.HouseholdUnknownError):
        member_moved_out(person=people[2], on=DAY, to="H99999990", by=officer)


def test_a_newcomer_is_written_down_with_the_same_checks(officer: User, household: Household) -> None:
    newcomer = NewMember(full_name="Lý Thị Mo", relation="other", birth_year=1999)
    member_moved_in(household=household, member=newcomer, on=D(2021, 5, 1), by=officer)
    assert names(household)[-1] == "Lý Thị Mo other"
    with pytest.raises(errors.TooOldError):
        member_moved_in(
            household=household, member=NewMember(full_name="Lò", birth_year=1890), on=DAY, by=officer
        )
    with pytest.raises(errors.TooEarlyError):
        member_moved_in(household=household, member=newcomer, on=D(2016, 1, 9), by=officer)


def test_the_head_changes_and_changes_back(officer: User, household: Household, people: list[Person]) -> None:
    _, sua, chu = people
    event = change_head(household=household, head=sua, relations={chu.pk: "child"}, on=DAY, by=officer)
    assert names(household) == ["Giàng A Páo other", "Vàng Thị Sua head", "Giàng A Chứ child"]
    with pytest.raises(errors.NothingChangedError):
        change_head(household=household, head=Person.objects.get(pk=sua.pk), on=DAY, by=officer)
    restore(event=event, reason="nhầm", by=officer)
    assert names(household) == ["Giàng A Páo head", "Vàng Thị Sua spouse", "Giàng A Chứ child"]


def test_a_correction_keeps_the_old_values_and_asks_why(officer: User, people: list[Person]) -> None:
    sua = people[1]
    with pytest.raises(errors.ReasonNeededError):
        correct_person(person=sua, full_name="Vàng Thị Súa", reason=" ", by=officer)
    with pytest.raises(errors.NothingChangedError):
        correct_person(person=sua, full_name="Vàng Thị  Sua", reason="x", by=officer)
    event = correct_person(
        person=sua, full_name="Vàng Thị Súa", birth_date=D(1979, 1, 2), reason="theo căn cước", by=officer
    )
    sua.refresh_from_db()
    assert (sua.full_name, sua.birth_year) == ("Vàng Thị Súa", 1979)
    assert (sua.past.get().full_name, sua.past.get().birth_year) == ("Vàng Thị Sua", 1978)
    assert event.before == {"full_name": "Vàng Thị Sua", "birth_date": None, "birth_year": 1978}


def test_an_id_number_is_corrected_without_ever_standing_in_clear(
    officer: User, people: list[Person]
) -> None:
    pao = people[0]
    correct_person(person=pao, id_number="012345678901", reason="bổ sung", by=officer)
    event = correct_person(person=pao, id_number="012345678902", reason="đọc nhầm số cuối", by=officer)
    pao.refresh_from_db()
    assert bytes(pao.id_index) == blind_index("012345678902")
    assert event.before == {"id_number": "•••••••••901"}
    assert [unseal(p.id_sealed) if p.id_sealed else "" for p in pao.past.order_by("pk")] == [
        "",
        "012345678901",
    ]


def test_reading_an_id_number_leaves_a_record(cast: Cast, officer: User, people: list[Person]) -> None:
    pao = people[0]
    assert read_id_number(person=pao, by=officer) == ""
    correct_person(person=pao, id_number="012345678901", reason="bổ sung", by=officer)
    assert read_id_number(person=pao, by=officer) == "012345678901"
    with acting_as(cast.auditor):
        read = Event.objects.get(kind="read", row=str(pao.pk))
        assert (read.subject, read.actor) == ("registry_person.id_number", officer.pk)


def test_a_wrong_residence_is_corrected_not_moved(
    officer: User,
    household: Household,
    villages: list,  # type: ignore[type-arg]
) -> None:
    correct_residence(
        household=household,
        village=villages[1],
        local_code="99",
        since=D(2015, 1, 1),
        reason="ghi nhầm bản",
        by=officer,
    )
    household.refresh_from_db()
    assert (household.village, household.local_code, household.moved) == (villages[1], "99", False)
    held = household.residences.get(retired_at__isnull=True)
    assert (held.village, held.period.lower) == (villages[1], D(2015, 1, 1))
    assert {m.village for m in household.memberships.filter(retired_at__isnull=True)} == {villages[1]}
    with pytest.raises(errors.NothingChangedError):
        correct_residence(household=household, local_code="99", reason="x", by=officer)


def test_a_wrong_relation_is_corrected(officer: User, people: list[Person]) -> None:
    pao, sua, chu = people
    correct_relation(person=chu, relation="grandchild", reason="là cháu nội", by=officer)
    held = Membership.objects.get(person=chu, retired_at__isnull=True)
    assert (held.relation, held.period.lower) == ("grandchild", D(2016, 1, 10))
    with pytest.raises(errors.TwoHeadsError):
        correct_relation(person=sua, relation="head", reason="x", by=officer)
    with pytest.raises(errors.NewHeadNeededError):
        correct_relation(person=pao, relation="other", reason="x", by=officer)


def test_moves_and_births_are_not_taken_back(officer: User, household: Household) -> None:
    with pytest.raises(errors.NotReversibleError):
        restore(event=household.events.get(kind="registered"), reason="x", by=officer)
