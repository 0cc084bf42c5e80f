"""Lists of a round and what is known of one household, by who asks."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.surveys import queries
from giamngheo.surveys.models import Round, Visit
from tests.conftest import Cast
from tests.surveys.conftest import Judge, MakeHousehold
from tests.surveys.test_figures import commune_of

D = dt.date
TODAY = D(2021, 10, 15)


def test_lists_of_a_round(
    round: Round,
    officer: User,
    villages: list[Unit],
    judge: Judge,
    unmet: Callable[..., Visit],
    make_household: MakeHousehold,
) -> None:
    near = judge("near_poor", "1100000000", borderline=True)
    odd = judge(
        "none",
        "0000000000",
        disagree="0100000000",
        household=make_household("Lò Thị Ín 1960", village=villages[1]),
    )
    late = unmet("not_met", next_visit_on=D(2021, 10, 14))
    soon = unmet("refused", next_visit_on=D(2021, 10, 20))
    unmet("moved")
    waits = make_household("Tẩn Mí Sơn 1980")
    assert list(queries.borderline(round, seen_by=officer)) == [near]
    assert list(queries.disagreements(round, seen_by=officer)) == [odd]
    assert list(queries.not_met(round, seen_by=officer)) == [late, soon]
    assert waits in queries.not_visited(round, seen_by=officer)
    assert late.household not in queries.not_visited(round, seen_by=officer)
    assert list(queries.disagreements(round, unit=villages[0], seen_by=officer)) == []
    assert queries.disagreements(round, unit=villages[1], seen_by=officer)[0].head == "Lò Thị Ín"
    found = queries.waiting(round, today=TODAY, seen_by=officer)
    assert (found.to_return, found.overdue, found.borderline, found.disagreements) == (2, 1, 1, 1)
    assert found.not_visited == queries.not_visited(round, seen_by=officer).count()
    inside = queries.waiting(round, unit=villages[1], today=TODAY, seen_by=officer)
    assert (inside.to_return, inside.disagreements) == (0, 1)


def test_households_by_class_and_by_what_they_lack(round: Round, officer: User, judge: Judge) -> None:
    poor = judge("poor_income", "1010000000")
    judge("none", "0010000000")
    assert list(queries.verdicts_in(round, classes=["poor_income", "near_poor"], seen_by=officer)) == [poor]
    lacking = queries.verdicts_in(round, lacking="health_access", seen_by=officer)
    assert list(lacking) == [poor]
    assert queries.verdicts_in(round, lacking="adult_education", seen_by=officer).count() == 2


def test_progress_counts_the_register_and_the_visits(
    round: Round,
    officer: User,
    villages: list[Unit],
    judge: Judge,
    unmet: Callable[..., Visit],
    make_household: MakeHousehold,
) -> None:
    before, _ = queries.progress(round, commune_of(villages[0]), seen_by=officer)
    judge("none", "0000000000")
    unmet("not_met", next_visit_on=D(2021, 10, 20))
    unmet("moved")
    make_household(village=villages[1])
    whole, below = queries.progress(round, commune_of(villages[0]), seen_by=officer)
    assert whole.households == before.households + 4
    assert (whole.met, whole.to_return, whole.moved, whole.waiting) == (1, 1, 1, before.households + 1)
    assert sum(row.households for row in below) == whole.households
    assert whole.share == pytest.approx(2 / whole.households)


def test_progress_is_a_figure_that_a_leader_sees_and_another_commune_does_not(
    cast: Cast, round: Round, villages: list[Unit], judge: Judge
) -> None:
    judge("none", "0000000000")
    commune = commune_of(villages[0])
    with acting_as(cast.leader):
        assert queries.progress(round, commune, seen_by=cast.leader)[0].met == 1
        assert not queries.not_visited(round, seen_by=cast.leader).exists()
    with acting_as(cast.other_officer):
        assert queries.progress(round, commune, seen_by=cast.other_officer)[0].households == 0
        assert queries.waiting(round, unit=commune, today=TODAY, seen_by=cast.other_officer).not_visited == 0


def test_verdicts_of_a_household_in_force_first_and_by_standard(
    round: Round, officer: User, judge: Judge, cast: Cast
) -> None:
    first = judge("poor_income", "1110000000")
    beside = judge("poor", "111000000000", visit=first.visit, standard="2022-2026")
    found = queries.verdicts_of(first.household, seen_by=officer)
    assert [(j.verdict.pk, j.in_force) for j in found] == [(first.pk, True), (beside.pk, False)]
    assert not found[0].law_has_changed
    (year,) = queries.visits_of(first.household, seen_by=officer)
    assert [j.verdict.pk for j in year.judged] == [first.pk, beside.pk]
    with acting_as(cast.other_officer):
        assert queries.verdicts_of(first.household, seen_by=cast.other_officer) == []


def test_queries_do_not_grow(round: Round, officer: User, judge: Judge) -> None:
    asked = []
    for more in (1, 2):
        last = [judge("near_poor", "1100000000", borderline=True) for _ in range(more)][-1]
        with CaptureQueriesContext(connection) as captured:
            [
                (row.household.number, row.village.name, row.head)
                for row in queries.borderline(round, seen_by=officer)
            ]
            queries.visits_of(last.household, seen_by=officer)
            queries.waiting(round, today=TODAY, seen_by=officer)
        asked.append(len(captured))
    assert asked == [4, 4]
