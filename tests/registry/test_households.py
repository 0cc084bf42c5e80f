"""Households are entered, move, split and merge; their numbers and their pasts stay."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.registry import errors
from giamngheo.registry.actions import (
    member_moved_out,
    merge_households,
    move_household,
    register_household,
    restore,
    split_household,
)
from giamngheo.registry.facts import NewMember
from giamngheo.registry.models import Household, LifeEvent, Membership, Person, Relation, Residence
from tests.conftest import Cast
from tests.registry.conftest import DAY, MakeHousehold, names

D = dt.date
PAO = NewMember(
    full_name="Giàng  A Páo ", relation="head", birth_year=1975, ethnic="08", id_number="012 345 678 901"
)
SUA = NewMember(full_name="Vàng Thị Sua", relation="spouse", birth_date=D(1978, 3, 4), sex="F")


def test_a_registered_household_has_number_residence_members_and_event(
    officer: User, villages: list[Unit]
) -> None:
    household = register_household(
        village=villages[0],
        local_code=" 07 ",
        members=[PAO, SUA],
        on=D(2016, 1, 10),
        reason="lập sổ",
        by=officer,
    )
    assert household.number.startswith("H")
    assert len(household.number) == 9
    assert household.local_code == "07"
    assert names(household) == ["Giàng A Páo head", "Vàng Thị Sua spouse"]
    residence = household.residences.get()
    assert (residence.village, residence.period.lower, residence.period.upper) == (
        villages[0],
        D(2016, 1, 10),
        None,
    )
    event = household.events.get()
    assert (event.kind, event.reason, event.recorded_by) == ("registered", "lập sổ", officer)
    pao = household.members.get(relation="head")
    assert b"012345678901" not in bytes(pao.id_sealed)
    assert household.members.get(relation="spouse").birth_year == 1978


@pytest.mark.parametrize(
    ("members", "on", "refusal"),
    [
        ([], DAY, errors.NoMembersError),
        ([SUA], DAY, errors.NoHeadError),
        ([PAO, NewMember(full_name="Lý A Dờ", relation="head")], DAY, errors.TwoHeadsError),
        ([NewMember(full_name=" ", relation="head")], DAY, errors.NameNeededError),
        (
            [NewMember(full_name="Lý A Dờ", relation="head", birth_year=1900)],
            D(2021, 1, 1),
            errors.TooOldError,
        ),
        (
            [NewMember(full_name="Lý A Dờ", relation="head", birth_date=D(1900, 1, 1))],
            D(2021, 1, 1),
            errors.TooOldError,
        ),
        (
            [NewMember(full_name="Lý A Dờ", relation="head", birth_year=2022)],
            D(2021, 1, 1),
            errors.BornLaterError,
        ),
        (
            [NewMember(full_name="Lý A Dờ", relation="head", birth_date=D(2021, 1, 2))],
            D(2021, 1, 1),
            errors.BornLaterError,
        ),
        (
            [NewMember(full_name="Lý A Dờ", relation="head", birth_date=D(1980, 1, 2), birth_year=1981)],
            DAY,
            errors.BirthDisagreesError,
        ),
        ([NewMember(full_name="Lý A Dờ", relation="head", ethnic="77")], DAY, errors.UnknownEthnicGroupError),
        ([NewMember(full_name="Lý A Dờ", relation="cousin")], DAY, errors.UnknownRelationError),
        ([NewMember(full_name="Lý A Dờ", relation="head", id_number="123")], DAY, errors.IdNumberError),
        ([PAO], D(2021, 10, 16), errors.FutureDayError),
        ([PAO], D(1950, 1, 1), errors.NoSuchUnitThenError),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    officer: User,
    villages: list[Unit],
    members: list[NewMember],
    on: dt.date,
    refusal: type[errors.RegistryError],
) -> None:
    before = Household.objects.count()
    with pytest.raises(refusal) as caught:
        register_household(village=villages[0], members=members, on=on, by=officer)
    assert str(caught.value).endswith(".")
    assert "%(" not in str(caught.value)
    assert Household.objects.count() == before


@pytest.mark.parametrize("born", [{"birth_year": 1901}, {"birth_date": D(1900, 1, 2)}])
def test_exactly_120_years_old_is_possible(born: dict[str, Any], officer: User, villages: list[Unit]) -> None:
    old = NewMember(full_name="Lò Thị Pánh", relation="head", **born)
    assert register_household(village=villages[0], members=[old], on=D(2021, 1, 1), by=officer)


def test_a_household_belongs_to_a_village_not_a_commune(officer: User) -> None:
    with pytest.raises(errors.NotAVillageError):
        register_household(village=officer.grants.get().unit, members=[PAO], on=DAY, by=officer)


def test_nobody_registers_outside_their_area(officer: User, elsewhere: Unit) -> None:
    with pytest.raises(errors.OutsideAreaError):
        register_household(village=elsewhere, members=[PAO], on=DAY, by=officer)


@pytest.mark.parametrize("role", ["leader", "auditor", "admin"])
def test_some_roles_never_write(cast: Cast, villages: list[Unit], role: str) -> None:
    user = getattr(cast, role)
    with acting_as(user), pytest.raises(errors.NotWriterError):
        register_household(village=villages[0], members=[PAO], on=DAY, by=user)


def test_an_id_number_is_held_by_one_person(officer: User, villages: list[Unit]) -> None:
    register_household(village=villages[0], members=[PAO], on=DAY, by=officer)
    again = NewMember(full_name="Người Khác", relation="head", id_number="012345678901")
    with pytest.raises(errors.IdNumberInUseError):
        register_household(village=villages[1], members=[again], on=DAY, by=officer)


def test_a_move_within_the_commune_keeps_number_and_past(
    officer: User, villages: list[Unit], make_household: MakeHousehold
) -> None:
    household = make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse")
    number = household.number
    move_household(household=household, village=villages[1], on=D(2018, 5, 1), local_code="33", by=officer)
    household.refresh_from_db()
    assert (household.number, household.village, household.local_code, household.moved) == (
        number,
        villages[1],
        "33",
        True,
    )
    lived = household.residences.filter(retired_at__isnull=True).order_by("period")
    assert [(r.village, r.period.lower, r.period.upper) for r in lived] == [
        (villages[0], D(2016, 1, 10), D(2018, 5, 1)),
        (villages[1], D(2018, 5, 1), None),
    ]
    assert household.residences.filter(retired_at__isnull=False).count() == 1
    assert household.memberships.filter(retired_at__isnull=True).count() == 4
    assert [e.kind for e in household.events.order_by("pk")] == ["registered", "moved_out", "moved_in"]


def test_a_move_to_another_commune_hands_the_household_over(
    cast: Cast, officer: User, elsewhere: Unit, make_household: MakeHousehold
) -> None:
    household = make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse")
    move_household(household=household, village=elsewhere, on=D(2019, 2, 1), reason="theo con", by=officer)
    assert not Household.objects.filter(pk=household.pk).exists()
    assert not Person.objects.filter(household=household).exists()
    assert Residence.objects.filter(household=household.pk).exists()  # what was known here stays known
    with acting_as(cast.other_officer):
        come = Household.objects.get(number=household.number)
        assert names(come) == ["Giàng A Páo head", "Vàng Thị Sua spouse"]
        assert come.residences.filter(retired_at__isnull=True).count() == 2
        assert {e.kind for e in come.events.all()} == {"registered", "moved_out", "moved_in"}
        assert come.events.get(kind="moved_in").recorded_by == officer


def test_nobody_takes_a_household_out_of_an_area_not_theirs(
    cast: Cast, villages: list[Unit], elsewhere: Unit, make_household: MakeHousehold
) -> None:
    household = make_household("Giàng A Páo 1975")
    with acting_as(cast.other_officer), pytest.raises(errors.OutsideAreaError):
        move_household(household=household, village=elsewhere, on=DAY, by=cast.other_officer)


@pytest.mark.parametrize(
    ("target", "on", "refusal"),
    [
        (0, DAY, errors.SamePlaceError),
        (1, D(2015, 12, 31), errors.TooEarlyError),
        (1, D(1950, 1, 1), errors.NoSuchUnitThenError),
    ],
)
def test_impossible_moves(
    officer: User,
    villages: list[Unit],
    make_household: MakeHousehold,
    target: int,
    on: dt.date,
    refusal: type[errors.RegistryError],
) -> None:
    with pytest.raises(refusal):
        move_household(
            household=make_household("Giàng A Páo 1975"), village=villages[target], on=on, by=officer
        )


def test_a_split_gives_the_leavers_a_household_and_keeps_the_old_one(
    officer: User, make_household: MakeHousehold
) -> None:
    old = make_household(
        "Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", "Giàng A Chứ 1998 child", "Lý Thị Mo 1999 other"
    )
    chu, mo = old.members.get(full_name="Giàng A Chứ"), old.members.get(full_name="Lý Thị Mo")
    new = split_household(
        household=old, leaving=[chu, mo], head=chu, relations={mo.pk: "spouse"}, on=D(2020, 3, 1), by=officer
    )
    assert names(old) == ["Giàng A Páo head", "Vàng Thị Sua spouse"]
    assert names(new) == ["Giàng A Chứ head", "Lý Thị Mo spouse"]
    assert new.number != old.number
    assert {
        (e.household, e.other) for e in LifeEvent.objects.filter(kind="split", household__in=[old, new])
    } == {
        (old, new),
        (new, old),
    }
    was = Membership.objects.get(person=chu, retired_at__isnull=True, period__contains=D(2019, 1, 1))
    assert (was.household, was.relation) == (old, "child")


def test_a_split_that_takes_the_head_needs_a_new_one(officer: User, make_household: MakeHousehold) -> None:
    old = make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", "Giàng A Chứ 1998 child")
    pao, sua, chu = old.members.order_by("pk")
    with pytest.raises(errors.NewHeadNeededError, match="Giàng A Páo"):
        split_household(household=old, leaving=[pao], head=pao, on=DAY, by=officer)
    split_household(
        household=old, leaving=[pao], head=pao, new_head=sua, relations={chu.pk: "child"}, on=DAY, by=officer
    )
    assert names(old) == ["Vàng Thị Sua head", "Giàng A Chứ child"]


def test_a_split_leaves_someone_behind(officer: User, make_household: MakeHousehold) -> None:
    old = make_household("Giàng A Páo 1975")
    pao = old.members.get()
    with pytest.raises(errors.WholeHouseholdError):
        split_household(household=old, leaving=[pao], head=pao, on=DAY, by=officer)


def test_a_merger_ends_one_household_and_can_be_taken_back(
    officer: User, make_household: MakeHousehold
) -> None:
    into = make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse")
    other = make_household("Giàng A Sà 1945", "Lò Thị Dở 1948 spouse")
    sa = other.members.get(relation="head")
    event = merge_households(
        into=into, other=other, relations={sa.pk: "parent"}, on=D(2020, 6, 1), by=officer
    )
    other.refresh_from_db()
    assert other.ended_on == D(2020, 6, 1)
    assert names(into) == ["Giàng A Páo head", "Vàng Thị Sua spouse", "Giàng A Sà parent", "Lò Thị Dở spouse"]

    restore(event=event, reason="nhập nhầm hộ", by=officer)
    other.refresh_from_db()
    assert other.ended_on is None
    assert names(other) == ["Giàng A Sà head", "Lò Thị Dở spouse"]
    assert names(into) == ["Giàng A Páo head", "Vàng Thị Sua spouse"]
    assert other.residences.get(retired_at__isnull=True).period.upper is None


def test_a_merger_built_upon_is_not_taken_back(officer: User, make_household: MakeHousehold) -> None:
    into, other = (
        make_household("Giàng A Páo 1975"),
        make_household("Giàng A Sà 1945", "Lò Thị Dở 1948 spouse"),
    )
    event = merge_households(into=into, other=other, on=D(2020, 6, 1), by=officer)
    member_moved_out(person=into.members.get(full_name="Lò Thị Dở"), on=D(2021, 1, 1), by=officer)
    with pytest.raises(errors.LaterEventError):
        restore(event=event, reason="nhầm", by=officer)


def test_an_ended_household_takes_no_more_events(officer: User, make_household: MakeHousehold) -> None:
    into, other = make_household("Giàng A Páo 1975"), make_household("Giàng A Sà 1945")
    merge_households(into=into, other=other, on=D(2020, 6, 1), by=officer)
    with pytest.raises(errors.HouseholdEndedError, match=other.number):
        merge_households(into=into, other=other, on=DAY, by=officer)
    with pytest.raises(errors.SameHouseholdError):
        merge_households(into=into, other=into, on=DAY, by=officer)


def test_beneath_the_actions_the_database_refuses_two_heads_and_two_homes(
    officer: User, make_household: MakeHousehold
) -> None:
    household = make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse")
    sua = household.members.get(relation="spouse")
    with pytest.raises(errors.TwoHeadsError), errors.sentences(), transaction.atomic():
        Person.objects.filter(pk=sua.pk).update(relation=Relation.HEAD)


def test_beneath_the_actions_the_database_refuses_two_homes_at_a_time(
    officer: User, make_household: MakeHousehold
) -> None:
    household, other = make_household("Giàng A Páo 1975"), make_household("Giàng A Sà 1945")
    row = household.memberships.get()
    row.pk, row.household = None, other
    with pytest.raises(errors.ElsewhereError), errors.sentences(), transaction.atomic():
        row.save(force_insert=True)
