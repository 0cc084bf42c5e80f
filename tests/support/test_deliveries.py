"""What was given: refused in sentences where it can't be so, written once, put right by another row, never edited."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from giamngheo.access.scope import acting_as
from giamngheo.registry.models import Household, Person
from giamngheo.support import errors, later
from giamngheo.support.actions import deliveries as actions
from giamngheo.support.checks import Given
from giamngheo.support.models import Delivery, Fate, SupportLine
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
D = dt.date


def _given(**changes: Any) -> Given:
    told: dict[str, Any] = {
        "policy": "electricity",
        "benefit": "power",
        "since": D(2021, 4, 1),
        "until": D(2021, 6, 30),
        "given_on": D(2021, 7, 20),
        "amount": 165_000,
        "evidence": "BK-7",
    }
    return Given(**{**told, **changes})


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"policy": "khong-co"}, "policy", "Không có chính sách “khong-co”"),
        ({"amount": -5}, "amount", "số âm"),
        ({"amount": 165}, "amount", "nghìn hay triệu"),
        ({"amount": 50_000, "kind": "loan"}, "amount", "nghìn hay triệu"),
        ({"amount": 165_000, "due": 165_000_000}, "amount", "một nghìn lần"),
        ({"amount": 10**19}, "amount", "quá lớn cho một lần chi (nhiều nhất 100.000.000.000)"),
        ({"item": "gạo", "quantity": Decimal(10**11)}, "quantity", "quá lớn"),
        ({"evidence": "BK-7" * 40}, "evidence", "quá dài: 160 ký tự, nhiều nhất 120"),
        ({"amount": None}, "amount", "số tiền hay hiện vật"),
        ({"given_on": D(2021, 10, 16)}, "given_on", "16/10/2021 chưa tới"),
        ({"until": D(2021, 3, 31)}, "until", "là ngược"),
        ({"since": D(2013, 1, 1), "until": D(2013, 3, 31)}, "since", "có hiệu lực"),
        ({"since": D(2013, 1, 1), "until": D(2021, 3, 31)}, "since", "có hiệu lực"),
        ({"since": D(2022, 10, 17), "until": D(2022, 12, 31)}, "since", "hơn một năm nữa"),
    ],
)
def test_what_can_not_be_so_is_refused_by_field(
    acting_officer: Cast, household: Household, changes: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(errors.NotSoError) as refused:
        actions.deliver(given=_given(**changes), household=household, by=acting_officer.officer)
    assert field in [fault.field for fault in refused.value.faults]
    assert words in str(refused.value)
    assert not Delivery.objects.filter(household=household, evidence="BK-7").exists()


def test_an_amount_a_thousandth_of_what_the_decided_list_says_is_refused(acting_officer: Cast) -> None:
    line = (
        SupportLine.objects.select_related("of", "household", "person")
        .filter(of__policy="health-insurance", of__state="decided", amount__gt=2_000_000 // 4)
        .order_by("pk")
        .first()
    )
    assert line is not None and line.amount is not None
    told = {"policy": line.of.policy, "benefit": line.benefit, "since": line.of.period.lower}
    given = _given(**told, until=line.of.period.lower + dt.timedelta(days=30), amount=2 * line.amount // 1000)
    with pytest.raises(errors.NotSoError, match="một nghìn lần"):
        actions.deliver(given=given, household=line.household, person=line.person, by=acting_officer.officer)


def test_nothing_is_given_to_one_who_had_died(acting_officer: Cast, person: Person) -> None:
    person.died_on = D(2021, 3, 2)
    with pytest.raises(errors.NotSoError, match="đã chết ngày 02/03/2021"):
        actions.deliver(
            given=_given(),
            household=person.household,
            person=person,
            by=acting_officer.officer,  # type: ignore[arg-type]
        )


def test_nothing_is_given_to_a_household_or_person_that_is_not_there(
    acting_officer: Cast, household: Household
) -> None:
    for home, person in ((Household(pk=-1), None), (household, Person(pk=-1, full_name="Không Ai"))):
        with pytest.raises(errors.OutsideAreaError, match="Không có hộ, người"):
            actions.deliver(given=_given(), household=home, person=person, by=acting_officer.officer)


def test_the_same_delivery_is_written_once(acting_officer: Cast, household: Household) -> None:
    actions.deliver(given=_given(), household=household, by=acting_officer.officer)
    with pytest.raises(errors.WrittenAlreadyError):
        actions.deliver(given=_given(), household=household, by=acting_officer.officer)


def test_a_correction_is_a_new_row_and_the_old_one_stays(acting_officer: Cast, household: Household) -> None:
    by = acting_officer.officer
    wrong = actions.deliver(given=_given(amount=150_000), household=household, by=by)
    with pytest.raises(errors.ReasonNeededError):
        actions.correct(delivery=wrong, given=_given(), reason=" ", by=by)
    right = actions.correct(delivery=wrong, given=_given(), reason="ghi nhầm số", by=by)
    wrong.refresh_from_db()
    assert (wrong.amount, wrong.retired_at is not None, right.replaces_id) == (150_000, True, wrong.pk)
    with pytest.raises(errors.ReplacedAlreadyError):
        actions.take_back(delivery=wrong, reason="không có", by=by)
    void = actions.take_back(delivery=right, reason="không có thật", by=by)
    assert (void.void, Delivery.objects.get(pk=right.pk).retired_at is not None) == (True, True)
    actions.deliver(given=_given(), household=household, by=by)  # what was taken back may be given after all


@pytest.mark.parametrize(
    "statement",
    ["UPDATE support_delivery SET amount = 1 WHERE id = %s", "DELETE FROM support_delivery WHERE id = %s"],
)
def test_the_database_itself_refuses_an_edit(
    acting_officer: Cast, household: Household, statement: str
) -> None:
    row = actions.deliver(given=_given(), household=household, by=acting_officer.officer)
    with (
        pytest.raises((ProgrammingError, InternalError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [row.pk])


def test_a_neighbour_sees_and_writes_nothing(cast: Cast) -> None:
    with acting_as(cast.officer):
        home = Household.objects.filter(ended_on__isnull=True).first()
        assert home is not None
        row = actions.deliver(given=_given(), household=home, by=cast.officer)
    with acting_as(cast.other_officer):
        assert not Delivery.objects.filter(pk=row.pk).exists()
        with pytest.raises(errors.OutsideAreaError):
            actions.deliver(given=_given(evidence="x"), household=home, by=cast.other_officer)
    for role in (cast.leader, cast.admin):
        with acting_as(role):
            assert not Delivery.objects.exists()
    with acting_as(cast.chairman), pytest.raises(errors.NotWriterError):
        actions.deliver(given=_given(), household=home, by=cast.chairman)


def test_a_loan_and_a_thing_are_followed(acting_officer: Cast, household: Household) -> None:
    by = acting_officer.officer
    loan = actions.deliver(given=_given(kind="loan", amount=50_000_000), household=household, by=by)
    assert (
        actions.tell_standing(loan=loan, on=D(2021, 9, 1), outstanding=40_000_000, by=by).outstanding
        == 40_000_000
    )
    with pytest.raises(errors.NotSoError, match="quá hạn"):
        actions.tell_standing(loan=loan, on=D(2021, 9, 2), outstanding=1_000_000, overdue=2_000_000, by=by)
    for on, owed, words in (
        (D(2021, 7, 19), 1_000_000, "trước ngày giải ngân 20/07/2021"),
        (D(2021, 9, 2), 150_000_001, "hơn 3 lần số đã vay"),
    ):
        with pytest.raises(errors.NotSoError, match=words):
            actions.tell_standing(loan=loan, on=on, outstanding=owed, by=by)
    actions.tell_standing(loan=loan, on=D(2021, 9, 1), outstanding=39_000_000, by=by)  # of the same day
    assert list(loan.standings.order_by("pk").values_list("outstanding", flat=True)) == [
        40_000_000,
        39_000_000,
    ]
    seen = later.loans(household.village, D(2021, 10, 15), seen_by=by).get(pk=loan.pk)
    assert seen.outstanding == 39_000_000
    cow = actions.deliver(
        given=_given(kind="goods", amount=None, item="bò cái", evidence="b"), household=household, by=by
    )
    assert (
        actions.tell_fate(thing=cow, on=D(2021, 10, 1), state=Fate.State.SOLD, by=by).get_state_display()
        == "Đã bán"
    )
    with pytest.raises(errors.NotALoanError):
        actions.tell_standing(loan=cow, on=D(2021, 9, 1), outstanding=1, by=by)
