"""Help some time after: what is owed on loans, what became of things; put right, these stay with what they are told of."""

import datetime as dt
from typing import Any

import pytest

from giamngheo.access.scope import acting_as
from giamngheo.areas.models import Unit
from giamngheo.registry.models import Household
from giamngheo.support import later
from giamngheo.support.actions import deliveries as actions
from giamngheo.support.checks import Given
from giamngheo.support.models import Delivery
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
D, DAY = dt.date, dt.date(2021, 10, 15)
#: Nobody in the synthetic province has one.
LOAN = "loan-near-poor"


def _commune() -> Unit:
    return Unit.objects.get(code="03541", valid_to__isnull=False, valid_from__lte=DAY, valid_to__gte=DAY)


def _lent(household: Household, by: Any, amount: int) -> Delivery:
    told = Given(policy=LOAN, kind="loan", since=D(2020, 1, 1), until=D(2022, 12, 31), given_on=D(2020, 1, 5), amount=amount, agency="bank")  # fmt: skip
    return actions.deliver(given=told, household=household, by=by)


def _given(household: Household, by: Any, item: str, on: dt.date) -> Delivery:
    told = Given(policy="emergency-rice", kind="goods", since=on, until=on, given_on=on, item=item)
    return actions.deliver(given=told, household=household, by=by)


def test_loans_add_up_and_those_nobody_told_of_are_said(acting_officer: Cast, household: Household) -> None:
    by = acting_officer.officer
    loan = _lent(household, by, 50_000_000)
    _lent(household, by, 20_000_000)
    actions.tell_standing(loan=loan, on=D(2021, 6, 30), outstanding=45_000_000, by=by)
    actions.tell_standing(loan=loan, on=D(2021, 9, 30), outstanding=40_000_000, overdue=5_000_000, by=by)
    told = Given(policy=LOAN, kind="loan", since=D(2020, 1, 1), until=D(2022, 12, 31), given_on=D(2020, 1, 6), amount=50_000_000, agency="bank")  # fmt: skip
    right = actions.correct(delivery=loan, given=told, reason="sai ngày", by=by)
    one = next(row for row in later.loans_by_policy(_commune(), DAY, seen_by=by) if row.policy == LOAN)
    assert one == later.LoanSum(LOAN, 2, 70_000_000, 40_000_000, 5_000_000, 1)
    first, second = later.loans(_commune(), DAY, seen_by=by).filter(policy=LOAN)
    assert (first.pk, first.outstanding, first.told_on) == (right.pk, 40_000_000, D(2021, 9, 30))
    assert second.told_on is None
    with acting_as(acting_officer.other_officer):
        assert not later.loans(_commune(), DAY, seen_by=acting_officer.other_officer).exists()


def test_things_are_looked_at_a_year_later(acting_officer: Cast, household: Household) -> None:
    by = acting_officer.officer
    old = [_given(household, by, "dê giống", D(2020, 10, day)) for day in (13, 14, 15)]
    _given(household, by, "dê giống", D(2020, 10, 16))  # a year has not gone by
    actions.tell_fate(thing=old[0], on=D(2021, 1, 1), state="alive", by=by)
    actions.tell_fate(thing=old[0], on=D(2021, 10, 14), state="sold", by=by)
    actions.tell_fate(thing=old[1], on=D(2021, 10, 14), state="lost", by=by)
    one = next(row for row in later.things(_commune(), DAY, seen_by=by) if row.policy == "emergency-rice")
    assert one == later.ThingSum("emergency-rice", "dê giống", 3, {"sold": 1, "lost": 1}) and one.unseen == 1
    assert [row.pk for row in later.unseen(_commune(), DAY, seen_by=by).filter(policy="emergency-rice")] == [
        old[2].pk
    ]
