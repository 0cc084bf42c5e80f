"""A round of its own for each test, households made through the register's actions, and verdicts laid down by hand."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from django.db import connection
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.registry.actions import register_household
from giamngheo.registry.models import Household
from giamngheo.rules.standards import standards
from giamngheo.surveys.actions import open_round
from giamngheo.surveys.models import LawVersion, Round, Verdict, Visit
from tests.conftest import Cast
from tests.registry.conftest import member, villages_of

D = dt.date
MakeHousehold = Callable[..., Household]
Judge = Callable[..., Verdict]
BLANK = "?" * 10
SINCE = D(2016, 1, 10)


@pytest.fixture
def round(cast: Cast) -> Round:
    """A regular round of autumn 2021, open on the working day; the demo's own rounds stay out of the way."""
    with acting_as(cast.province):
        return open_round(
            year=2021,
            kind=Round.Kind.REGULAR,
            opens=D(2021, 9, 1),
            closes=D(2021, 12, 14),
            reference_date=D(2021, 10, 15),
            name="Rà soát thử",
            by=cast.province,
        )


@pytest.fixture
def officer(cast: Cast, round: Round) -> Iterator[User]:
    """The commune officer, acting until the test ends."""
    with acting_as(cast.officer):
        yield cast.officer


@pytest.fixture
def villages(officer: User) -> list[Unit]:
    return villages_of(officer)


@pytest.fixture
def make_household(officer: User, villages: list[Unit]) -> MakeHousehold:
    """`make_household("Giàng A Páo 1975", "Vàng Thị Sua 1978 spouse", village=villages[1])`."""
    serial = count(1)

    def make(*people: str, village: Unit | None = None, on: dt.date = SINCE) -> Household:
        return register_household(
            village=village or villages[0],
            local_code=f"S{next(serial):03d}",
            on=on,
            members=[member(line, first=i == 0) for i, line in enumerate(people or ("Giàng A Páo 1975",))],
            by=officer,
        )

    return make


@pytest.fixture
def judge(round: Round, make_household: MakeHousehold) -> Judge:
    """`judge("poor_income", "1110000000", persons=5)`: a household visited and judged so, without asking the rules."""

    def lay_down(
        klass: str,
        pattern: str = BLANK,
        *,
        household: Household | None = None,
        persons: int = 4,
        ethnic: str = "08",
        standard: str = "2016-2020",
        visit: Visit | None = None,
        **more: object,
    ) -> Verdict:
        home = household or (visit.household if visit else make_household())
        now = timezone.now()
        place = {"village": home.village, "area_type": "rural", "ethnic": ethnic, "persons": persons}
        if visit is None:
            visit = Visit.objects.create(
                round=round, household=home, outcome="met", visited_on=D(2021, 10, 1), source="form", recorded_at=now, **place
            )  # fmt: skip
        law, _ = LawVersion.objects.get_or_create(
            content_hash=standards()[standard].content_hash,
            defaults={"slug": standard, "content": {}, "first_used": now},
        )
        values = {
            "pattern": pattern,
            "pattern_given": pattern,
            "pattern_computed": pattern,
            "disagree": "0" * len(pattern),
        }
        values |= {"deprived": pattern.count("1"), "unknown": pattern.count("?"), **more}
        return Verdict.objects.create(
            visit=visit, round=round, household=home, standard=standard, law=law, klass=klass, recorded_at=now, **place, **values
        )  # fmt: skip

    return lay_down


@pytest.fixture
def unmet(round: Round, make_household: MakeHousehold) -> Callable[..., Visit]:
    """`unmet("not_met", next_visit_on=…)`: a visit that gave no verdict."""

    def lay_down(outcome: str, *, persons: int = 4, **more: object) -> Visit:
        home = make_household()
        return Visit.objects.create(
            round=round, household=home, village=home.village, area_type="rural", ethnic="08", persons=persons,
            outcome=outcome, visited_on=D(2021, 10, 1), source="form", recorded_at=timezone.now(), **more,
        )  # fmt: skip

    return lay_down


def tally(round: Round) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT surveys_tally_round(%s)", [round.pk])
