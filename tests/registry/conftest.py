"""Places and households for the stories of this room, made through the same actions that pages use."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit, Within
from giamngheo.registry.actions import register_household
from giamngheo.registry.facts import NewMember
from giamngheo.registry.models import Household
from tests.conftest import Cast

DAY = dt.date(2021, 10, 15)

MakeHousehold = Callable[..., Household]


def villages_of(user: User) -> list[Unit]:
    """The villages in the area of `user` on the working day, by code."""
    unit = user.grants.get().unit
    inside = Within.objects.filter(ancestor=unit, unit_level=4, valid_from__lte=DAY).exclude(valid_to__lt=DAY)
    return [row.unit for row in inside.select_related("unit").order_by("unit__code")]


@pytest.fixture
def officer(cast: Cast) -> Iterator[User]:
    """The commune officer, acting until the test ends."""
    with acting_as(cast.officer):
        yield cast.officer


@pytest.fixture
def villages(officer: User) -> list[Unit]:
    return villages_of(officer)


@pytest.fixture
def elsewhere(cast: Cast) -> Unit:
    """A village of the other commune."""
    with acting_as(cast.other_officer):
        return villages_of(cast.other_officer)[0]


@pytest.fixture
def make_household(officer: User, villages: list[Unit]) -> MakeHousehold:
    """`make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", "Giàng A Chứ 2005 child")`."""
    serial = count(1)

    def make(*people: str, village: Unit | None = None, on: dt.date = dt.date(2016, 1, 10)) -> Household:
        return register_household(
            village=village or villages[0],
            local_code=f"T{next(serial):02d}",
            on=on,
            members=[member(line, first=i == 0) for i, line in enumerate(people)],
            by=officer,
        )

    return make


def member(line: str, *, first: bool = False) -> NewMember:
    """'Name year relation' as a member; the first of a household is its head."""
    words = line.split()
    relation = "head" if first else words.pop()
    year = int(words.pop())
    return NewMember(full_name=" ".join(words), birth_year=year, relation=relation, ethnic="08", sex="M")


def names(household: Household) -> list[str]:
    """Members as 'name relation', in the order they were written down."""
    return [f"{p.full_name} {p.relation}" for p in household.members.order_by("pk")]
