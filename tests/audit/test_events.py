"""The record: taken by the database, complete, and never changed."""

import pytest
from django.db import DatabaseError, connections, transaction
from django.db.models import F

from giamngheo.audit.actions import record
from giamngheo.audit.models import Event, Kind
from giamngheo.audit.queries import as_written, events
from giamngheo.registry.models import Household
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_an_update_leaves_before_after_and_who(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        household = Household.objects.order_by("pk").first()
        assert household is not None
        Household.objects.filter(pk=household.pk).update(address="Nhà cạnh suối")
    with acting(cast.auditor):
        event = events(seen_by=cast.auditor, subject="registry_household", row=str(household.pk)).first()
        assert event is not None
        assert (event.kind, event.actor) == (Kind.UPDATE, cast.officer.pk)
        assert event.before["address"] == household.address
        assert event.after["address"] == "Nhà cạnh suối"


def test_an_update_that_changes_nothing_leaves_nothing(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        household = Household.objects.order_by("pk").first()
        assert household is not None
        Household.objects.filter(pk=household.pk).update(address=household.address)
    with acting(cast.auditor):
        assert not events(seen_by=cast.auditor, subject="registry_household", row=str(household.pk)).exists()


def test_many_rows_changed_at_once_leave_an_event_each_after_one_changed_alone(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        village = Household.objects.earliest("pk").village_id
        Household.objects.bulk_create(
            Household(pk=8_100_000 + n, village_id=village, local_code=f"B{n}") for n in range(300)
        )
        many = Household.objects.filter(pk__gte=8_100_000)
        many.filter(local_code="B7").update(address="Một mình")  # the session keeps the plan of so few
        many.update(address=F("local_code"))
    with acting(cast.auditor):
        left = list(events(seen_by=cast.auditor, subject="registry_household", kind="update")[:300])
        assert len({event.row for event in left}) == 300
        for event in left:
            assert event.before["id"] == event.after["id"] == int(event.row)
            assert event.after["address"] == event.after["local_code"]


@pytest.mark.parametrize("step", [1, 2], ids=["one after another", "with gaps"])
def test_many_rows_added_at_once_leave_one_event_that_still_tells_each(
    cast: Cast, acting, signed_in, step: int
) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        village = Household.objects.earliest("pk").village_id
        rows = Household.objects.bulk_create(
            Household(pk=8_000_000 + step * n, village_id=village, local_code=f"B{n}") for n in range(120)
        )
        changed, untouched = rows[0].pk, rows[-1].pk
        Household.objects.filter(pk=changed).update(local_code="B-sau")
    with acting(cast.auditor):
        for row, code in ((changed, "B0"), (untouched, "B119")):
            event = events(
                seen_by=cast.auditor, subject="registry_household", row=str(row), kind="insert"
            ).get()
            assert event.actor == cast.officer.pk and event.after is None
            assert sum(ids.upper - ids.lower for ids in event.rows) == 120
            held = as_written(event, str(row), seen_by=cast.auditor)
            assert held is not None and (held["id"], held["local_code"]) == (row, code)
        assert as_written(event, "1", seen_by=cast.auditor) is None  # not among them
        assert as_written(event, str(changed), seen_by=cast.officer) is None
    with acting(cast.admin):
        assert as_written(event, str(changed), seen_by=cast.admin) is None  # the database itself says nothing
    page = signed_in(cast.auditor).get(f"/nhat-ky/?subject=registry_household&row={changed}").content.decode()
    assert "120 dòng cùng lúc" in page and "B0" in page and "B-sau" in page


def test_passwords_are_never_recorded(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        cast.officer.set_password("mot-mat-khau-moi-2021")
        cast.officer.must_change_password = True
        cast.officer.save()
    with acting(cast.auditor):
        for event in events(seen_by=cast.auditor, subject="access_user"):
            assert "password" not in (event.before or {})
            assert "password" not in (event.after or {})


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET kind = 'read'", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
def test_not_even_the_owner_rewrites_the_record(cast: Cast, acting, statement: str) -> None:  # type: ignore[no-untyped-def]
    """Loading the province left events, so there is something to rewrite."""
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(DatabaseError, match="append-only"), connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def test_nobody_records_under_another_name(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer), pytest.raises(DatabaseError), transaction.atomic():
        record(kind=Kind.READ, subject="test", by=cast.province)


def test_the_administrator_reads_only_what_concerns_accounts(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.officer):
        record(kind=Kind.READ, subject="registry_person", row=1, by=cast.officer)
        record(kind=Kind.SIGN_IN, subject="access_user", row=cast.officer.pk, by=cast.officer)
    with acting(cast.admin):
        assert set(Event.objects.values_list("subject", flat=True)) <= {"access_user", "access_grant"}
        assert Event.objects.filter(kind=Kind.SIGN_IN).exists()
    with acting(cast.officer):
        assert Event.objects.count() == 0
