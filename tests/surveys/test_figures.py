"""Figures from the tallies, checked against a naive count over verdicts and against households a person can count."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giamngheo.access.models import User
from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import ancestors_on, children_on
from giamngheo.surveys import figures
from giamngheo.surveys.figures import Counts
from giamngheo.surveys.models import Round, Verdict, Visit
from tests.conftest import Cast
from tests.surveys.conftest import Judge, MakeHousehold, tally

DAY = dt.date(2021, 10, 15)


def commune_of(village: Unit) -> Unit:
    return next(u for u in ancestors_on(village, DAY) if u.level == Level.COMMUNE)


@pytest.fixture
def ten(
    judge: Judge,
    unmet: Callable[..., Visit],
    round: Round,
    villages: list[Unit],
    make_household: MakeHousehold,
) -> Unit:
    """Ten households of one commune: 2 + 1 poor, 2 near-poor, 1 average, 1 not, 1 undetermined, 1 not met, 1 moved."""
    judge("poor_income", "1110000000", persons=6)
    judge("poor_income", "1100000000", persons=5, ethnic="01")
    judge("poor_deprivation", "1011000000", persons=4)
    judge("near_poor", "1000000000", household=make_household(village=villages[1]))
    judge("near_poor", "?000000000", household=make_household(village=villages[1]))
    judge("average", "0000000000")
    judge("none", "0000000000")
    judge("undetermined", "??????????")
    unmet("not_met", next_visit_on=dt.date(2021, 10, 20))
    unmet("moved")
    tally(round)
    return commune_of(villages[0])


def test_rates_are_over_households_of_known_class(ten: Unit, round: Round, officer: User) -> None:
    found = figures.rates_by_unit(round, ten, seen_by=officer).whole.counts
    assert (found.poor, found.near_poor, found.known, found.undetermined, found.not_interviewed) == (
        3,
        2,
        7,
        1,
        1,
    )
    assert found.poor_rate == pytest.approx(3 / 7)
    assert found.near_poor_rate == pytest.approx(2 / 7)
    assert found.poor_rate_range == (pytest.approx(3 / 9), pytest.approx(5 / 9))
    assert (found.poor_persons, found.known_persons) == (15, 31)


def test_parts_add_up_to_the_whole(ten: Unit, round: Round, officer: User, villages: list[Unit]) -> None:
    found = figures.rates_by_unit(round, ten, seen_by=officer)
    assert [row.unit for row in found.rows] == list(children_on(ten, DAY))
    whole: Counter[str] = Counter()
    for row in found.rows:
        whole.update(row.counts.households)
    assert whole == Counter(found.whole.counts.households)
    near = {row.unit.pk: row.counts.near_poor for row in found.rows}
    assert near[villages[1].pk] == 2


def test_figures_are_those_of_a_naive_count(ten: Unit, round: Round, officer: User) -> None:
    shown = figures.rates_by_unit(round, ten, seen_by=officer).whole.counts
    naive = Counter(Verdict.objects.filter(round=round, retired_at=None).values_list("klass", flat=True))
    assert {k: n for k, n in shown.households.items() if k not in figures.OUTCOMES} == dict(naive)


def test_without_a_known_class_there_is_no_rate() -> None:
    assert Counts().poor_rate is None
    assert Counts().poor_rate_range is None
    assert Counts({"undetermined": 3}).poor_rate is None


def test_deprivation_counts_only_those_who_answered(ten: Unit, round: Round, officer: User) -> None:
    first, second, *_ = figures.deprivation_profile(round, ten, seen_by=officer)
    assert first.indicator.code == "health_access"
    assert (first.all.households, first.all.deprived, first.all.unknown) == (8, 4, 2)
    assert first.all.share == pytest.approx(4 / 6)
    assert (first.poor.households, first.poor.deprived) == (3, 3)
    assert (first.near_poor.deprived, first.near_poor.unknown, first.near_poor.share) == (1, 1, 1.0)
    assert second.poor.share == pytest.approx(2 / 3)


def test_ethnic_groups_largest_first(ten: Unit, round: Round, officer: User) -> None:
    rows = figures.by_ethnic_group(round, ten, seen_by=officer)
    assert [(row.code, row.counts.visited) for row in rows] == [("08", 9), ("01", 1)]
    assert rows[1].name() == "Kinh"


def test_two_standards_stand_side_by_side_and_are_never_added(
    judge: Judge, unmet: Callable[..., Visit], round: Round, officer: User, villages: list[Unit]
) -> None:
    first = judge("none", "0000000000")
    judge("poor", "111000000000", visit=first.visit, standard="2022-2026")
    unmet("not_met", next_visit_on=dt.date(2021, 10, 20))
    tally(round)
    unit = commune_of(villages[0])
    found = figures.side_by_side(round, unit, seen_by=officer)
    assert list(found) == ["2016-2020", "2022-2026"]
    assert [(c.known, c.poor, c.not_interviewed) for c in found.values()] == [(1, 0, 1), (1, 1, 1)]
    assert figures.rates_by_unit(round, unit, seen_by=officer).whole.counts.poor == 0
    assert figures.rates_by_unit(round, unit, standard="2022-2026", seen_by=officer).whole.counts.poor == 1


def test_a_figure_shown_on_the_units_of_another_day_keeps_its_total(
    ten: Unit, round: Round, officer: User
) -> None:
    """Villages outlive mergers, so the same villages under later communes give the same households."""
    now = figures.rates_by_unit(round, ten, seen_by=officer)
    later = figures.rates_by_unit(round, ten, geography=dt.date(2021, 10, 16), seen_by=officer)
    assert later.on == dt.date(2021, 10, 16)
    assert later.whole.counts == now.whole.counts
    assert later.not_placed == 0


def test_another_commune_sees_nothing_and_a_leader_sees_figures(ten: Unit, round: Round, cast: Cast) -> None:
    with acting_as(cast.other_officer):
        assert figures.rates_by_unit(round, ten, seen_by=cast.other_officer).whole.counts.visited == 0
    with acting_as(cast.leader):
        assert figures.rates_by_unit(round, ten, seen_by=cast.leader).whole.counts.poor == 3


def test_queries_do_not_grow_with_rows(
    judge: Judge, round: Round, officer: User, villages: list[Unit]
) -> None:
    unit = commune_of(villages[0])
    asked = []
    for _ in range(2):
        judge("poor_income", "1110000000", ethnic="01")
        judge("none", "0000000000")
        tally(round)
        with CaptureQueriesContext(connection) as queries:
            figures.rates_by_unit(round, unit, seen_by=officer)
            figures.deprivation_profile(round, unit, seen_by=officer)
            figures.by_ethnic_group(round, unit, seen_by=officer)
            figures.series(unit, seen_by=officer)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 9
