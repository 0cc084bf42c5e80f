"""Who lived where on a day, as known on another day; and where a household comes from."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.registry.actions import (
    correct_person,
    merge_households,
    move_household,
    record_death,
    restore,
    split_household,
)
from giamngheo.registry.models import Household, Membership, Person, PersonPast, Residence
from giamngheo.registry.queries import HouseholdOn, age, as_of, household_by_number, lineage, members_of
from tests.conftest import Cast
from tests.registry.conftest import MakeHousehold

D = dt.date
FAMILY = ("Giàng A Páo 1975", "Giàng A Chứ 2005 child", "Vàng Thị Sua 1978 spouse")


def written_at(moment: dt.datetime, *models: type) -> None:
    """Pretend that what was recorded last (nothing is later) was recorded at `moment`."""
    for model in models:
        newest = model.objects.order_by("-recorded_at").first().recorded_at
        model.objects.filter(retired_at=newest).update(retired_at=moment)
        model.objects.filter(recorded_at=newest).update(recorded_at=moment)


def read(state: HouseholdOn | None) -> list[str]:
    return [f"{m.full_name} {m.relation}" for m in state.members] if state else []


def test_members_are_read_head_first_then_by_relation_and_age(
    officer: User, make_household: MakeHousehold
) -> None:
    household = make_household(*FAMILY)
    assert [p.full_name for p in members_of(household, seen_by=officer)] == [
        "Giàng A Páo",
        "Vàng Thị Sua",
        "Giàng A Chứ",
    ]


def test_a_household_is_found_by_its_number_however_typed(
    officer: User, make_household: MakeHousehold
) -> None:
    household = make_household(*FAMILY)
    assert household_by_number(f" {household.number.lower()} ", seen_by=officer) == household
    assert household_by_number("H00000000", seen_by=officer) is None


def test_as_of_a_day(officer: User, villages: list[Unit], make_household: MakeHousehold) -> None:
    household = make_household(*FAMILY)
    move_household(household=household, village=villages[1], on=D(2018, 5, 1), by=officer)
    record_death(person=household.members.get(relation="spouse"), on=D(2020, 2, 2), by=officer)
    assert as_of(household, D(2016, 1, 9), seen_by=officer) is None
    before, after = (
        as_of(household, D(2018, 4, 30), seen_by=officer),
        as_of(household, D(2020, 2, 2), seen_by=officer),
    )
    assert before and after
    assert (before.village, len(before.members)) == (villages[0], 3)
    assert (after.village, read(after)) == (villages[1], ["Giàng A Páo head", "Giàng A Chứ child"])
    assert len(read(as_of(household, D(2020, 2, 1), seen_by=officer))) == 3


def test_as_known_on_a_day(officer: User, make_household: MakeHousehold) -> None:
    """The death of 2 February 2020 was told a year later and taken back the day after; each day knows its own."""
    household = make_household(*FAMILY)
    long_ago, told, undone = (dt.datetime(2021, 3, d, tzinfo=dt.UTC) for d in (1, 10, 11))
    for model in (Residence, Membership):
        model.objects.filter(household=household).update(recorded_at=long_ago)
    Person.objects.filter(household=household).update(known_from=long_ago)
    event = record_death(person=household.members.get(relation="spouse"), on=D(2020, 2, 2), by=officer)
    written_at(told, Membership)
    restore(event=event, reason="báo nhầm", by=officer)
    written_at(undone, Membership)

    def known(moment: dt.datetime) -> int:
        return len(read(as_of(household, D(2020, 6, 1), known_on=moment, seen_by=officer)))

    assert known(told - dt.timedelta(seconds=1)) == 3
    assert known(told) == 2
    assert known(undone) == 3


def test_a_corrected_name_is_read_as_it_was_known(officer: User, make_household: MakeHousehold) -> None:
    household = make_household("Giàng A Páo 1975")
    long_ago, mended = (dt.datetime(2021, 3, d, tzinfo=dt.UTC) for d in (1, 10))
    for model in (Residence, Membership):
        model.objects.filter(household=household).update(recorded_at=long_ago)
    person = household.members.get()
    Person.objects.filter(pk=person.pk).update(known_from=long_ago)
    correct_person(person=person, full_name="Giàng A Pao", reason="căn cước", by=officer)
    PersonPast.objects.update(known_until=mended)
    assert read(as_of(household, D(2020, 1, 1), known_on=long_ago, seen_by=officer)) == ["Giàng A Páo head"]
    assert read(as_of(household, D(2020, 1, 1), seen_by=officer)) == ["Giàng A Pao head"]


def test_lineage_tells_both_sides_and_forgets_what_was_taken_back(
    officer: User, make_household: MakeHousehold
) -> None:
    old, other = make_household(*FAMILY), make_household("Lò Văn Ín 1950")
    son = old.members.get(relation="child")
    new = split_household(household=old, leaving=[son], head=son, on=D(2020, 1, 1), by=officer)
    merger = merge_households(into=old, other=other, on=D(2021, 1, 1), by=officer)

    def told(household: Household) -> list[tuple[str, str]]:
        return [(kin.how, kin.number) for kin in lineage(household, seen_by=officer)]

    assert told(old) == [("split_off", new.number), ("merged_from", other.number)]
    assert told(new) == [("split_from", old.number)]
    assert told(other) == [("merged_into", old.number)]
    restore(event=merger, reason="nhầm", by=officer)
    assert told(old) == [("split_off", new.number)]
    assert told(other) == []


def test_as_of_asks_the_same_number_of_queries_for_any_size(
    officer: User, make_household: MakeHousehold
) -> None:
    small, large = make_household("Giàng A Páo 1975"), make_household(*FAMILY)
    counts = []
    for household in (small, large):
        with CaptureQueriesContext(connection) as queries:
            as_of(household, D(2020, 1, 1), seen_by=officer)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_age_counts_completed_years(cast: Cast) -> None:
    assert age(D(1986, 10, 16), None, D(2021, 10, 15)) == 34
    assert age(D(1986, 10, 15), None, D(2021, 10, 15)) == 35
    assert age(None, 1986, D(2021, 10, 15)) == 35
    assert age(None, None, D(2021, 10, 15)) is None


@pytest.mark.parametrize(
    ("name", "goes_by"),
    [
        ("Giàng A Páo", "Páo Giàng A"),
        ("Páo", "Páo"),
        ("", ""),
        ("Giàng  Páo", "Páo Giàng "),  # two spaces: one parts the given name
        ("Giàng A ", "Giàng A "),  # an unfinished name stays as it is
    ],
)
def test_lists_go_by_the_given_name(db: None, name: str, goes_by: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT vn_namekey(%s) = vn_sortkey(%s)", [name, goes_by])
        assert cursor.fetchone() == (True,)
