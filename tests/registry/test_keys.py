"""What the database refuses beneath the actions: keys that name nothing, rows that go, two periods at once."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable
from psycopg.types.range import DateRange

from giamngheo.access.models import User
from giamngheo.demo.bulk import bare
from giamngheo.registry import errors
from giamngheo.registry.models import LifeEvent, Membership, Person, Residence
from tests.registry.conftest import MakeHousehold

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

D = dt.date
NOWHERE = 10**12


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Person, "household_id"),
        (Person, "same_as_id"),
        (LifeEvent, "household_id"),
        (LifeEvent, "other_id"),
        (LifeEvent, "person_id"),
        (LifeEvent, "recorded_by_id"),
        (Residence, "household_id"),
        (Residence, "event_id"),
        (Residence, "retired_by_id"),
        (Membership, "person_id"),
        (Membership, "household_id"),
        (Membership, "event_id"),
        (Membership, "retired_by_id"),
    ],
)
def test_a_key_that_names_no_row_is_refused(
    officer: User, make_household: MakeHousehold, model: type[Membership], column: str
) -> None:
    household = make_household("Giàng A Páo 1975")
    lost = 2**31 - 1 if column == "recorded_by_id" else NOWHERE
    with pytest.raises(IntegrityError, match="names no row"), transaction.atomic():
        model.objects.filter(household=household).update(**{column: lost})
    row = model.objects.filter(household=household).get()
    setattr(row, column, lost)
    row.pk = None
    if isinstance(row, Person):
        row.relation = "other"  # or there would be two heads
    if hasattr(row, "retired_at"):
        row.retired_at = timezone.now()  # or it would meet the period there is
    with pytest.raises(IntegrityError, match="names no row"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    "table",
    ["access_user", "registry_household", "registry_person", "registry_lifeevent", "surveys_round", "surveys_visit"],
)  # fmt: skip
def test_not_even_the_owner_lets_a_row_go_that_others_name(table: str) -> None:
    moved = f"UPDATE {table} SET id = id + 1000000 WHERE id = (SELECT max(id) FROM {table})"
    for statement in (f"DELETE FROM {table}", moved):
        with (
            connections["owner"].cursor() as cursor,
            pytest.raises(IntegrityError, match="never deleted"),
            transaction.atomic(using="owner"),
        ):
            cursor.execute(statement)


#: (begins, ends, retired, taken): the person lives in their household since 10/1/2016.
PERIODS = [
    (D(2016, 1, 10), None, False, False),
    (D(2019, 1, 1), None, False, False),
    (D(2010, 1, 1), None, False, False),
    (D(2017, 1, 1), D(2018, 1, 1), False, False),
    (D(2015, 1, 1), D(2016, 1, 11), False, False),
    (D(2015, 1, 1), D(2016, 1, 10), False, True),
    (D(2017, 1, 1), None, True, True),
]


@pytest.mark.parametrize(("begins", "ends", "retired", "taken"), PERIODS)
def test_nobody_lives_in_two_households_at_once(
    officer: User, make_household: MakeHousehold, begins: dt.date, ends: dt.date | None, retired: bool, taken: bool
) -> None:  # fmt: skip
    household, other = make_household("Giàng A Páo 1975"), make_household("Giàng A Sà 1945")
    row = household.memberships.get()
    row.pk, row.household, row.period = None, other, DateRange(begins, ends)
    row.retired_at = timezone.now() if retired else None
    if taken:
        row.save(force_insert=True)
        with pytest.raises(errors.ElsewhereError), errors.sentences(), transaction.atomic():
            Membership.objects.filter(pk=row.pk).update(period=DateRange(D(2015, 1, 1)), retired_at=None)
    else:
        with pytest.raises(errors.ElsewhereError), errors.sentences(), transaction.atomic():
            row.save(force_insert=True)


ONCE_MORE = """
INSERT INTO registry_membership (person_id, household_id, village_id, relation, period, recorded_at)
SELECT person_id, household_id, village_id, relation, '[1990-01-01,1991-01-01)', now() FROM registry_membership
WHERE id = (SELECT min(id) FROM registry_membership WHERE retired_at IS NULL)
"""


def test_two_writers_of_one_person_take_turns() -> None:
    """Neither sees what the other has not yet committed: the second waits."""
    with connections["owner"].cursor() as first, connections["owner"].copy().cursor() as second:
        first.execute(ONCE_MORE)
        with second.connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(DatabaseError) as refused:
            second.execute(ONCE_MORE)
        assert isinstance(refused.value.__cause__, LockNotAvailable)
        second.connection.close()


@pytest.mark.parametrize(
    "wrong", [ONCE_MORE + ";" + ONCE_MORE, ONCE_MORE.replace("SELECT person_id,", f"SELECT {NOWHERE},")]
)
def test_a_load_with_its_triggers_off_is_looked_at_whole(wrong: str) -> None:
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        put_back = bare(cursor, ["registry_membership"])
        cursor.execute(wrong)
        with pytest.raises(IntegrityError, match=r"names no row|at once"):
            put_back()
        transaction.set_rollback(True, using="owner")
