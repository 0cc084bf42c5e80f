"""Moves between rounds are those counted household by household, and only for who may see every household."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from giamngheo.access.models import User
from giamngheo.areas.queries import unit_on
from giamngheo.warehouse import dynamics
from giamngheo.warehouse.errors import MovesNotSeenError, NotAnsweredError
from giamngheo.warehouse.snapshot import Snapshot
from tests.conftest import Cast
from tests.warehouse.test_analysis import LAW, rows

pytestmark = pytest.mark.django_db
Acting = Callable[[User | None], AbstractContextManager[None]]
DAY = date(2020, 12, 15)


def question(first: int = 2019, last: int = 2020) -> dynamics.Question:
    return dynamics.Question(LAW, first, last, unit_on("12", DAY).pk, DAY)


def states(warehouse: Snapshot, year: int) -> dict[object, str]:
    said = {"poor_income": "poor", "poor_deprivation": "poor", "poor": "poor", "near_poor": "near_poor"}
    return {
        row["household"]: said.get(str(row["klass"]), "none")
        for row in rows(warehouse, year)
        if row["klass"] != "undetermined"
    }


def test_the_matrix_is_that_counted_one_by_one(warehouse: Snapshot, cast: Cast, acting: Acting) -> None:
    with acting(cast.province):
        answer = dynamics.ask(warehouse, question(), seen_by=cast.province)
    was, now = states(warehouse, 2019), states(warehouse, 2020)
    moves = Counter((was[home], now[home]) for home in was if home in now)
    for start in dynamics.STATES:
        for end in dynamics.STATES:
            assert answer.moved(start, end)[1] == moves[start, end], (start, end)
    assert answer.lost == sum(home not in now for home in was)


@pytest.mark.parametrize("person", ["leader", "officer"])
def test_nobody_follows_households_they_do_not_see(
    warehouse: Snapshot, cast: Cast, acting: Acting, person: str
) -> None:
    user = getattr(cast, person)
    with acting(user), pytest.raises(MovesNotSeenError):
        dynamics.ask(warehouse, question(), seen_by=user)


def test_a_round_that_is_not_there_is_said(warehouse: Snapshot, cast: Cast, acting: Acting) -> None:
    with acting(cast.province), pytest.raises(NotAnsweredError):
        dynamics.ask(warehouse, question(2001, 2020), seen_by=cast.province)
