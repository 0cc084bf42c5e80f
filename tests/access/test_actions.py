"""Accounts: who may open, change and lock them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from giamngheo.access import actions
from giamngheo.access.errors import (
    GrantedTodayError,
    NotAdministratorError,
    OwnAccountError,
    UsernameTakenError,
)
from giamngheo.access.models import Role, User
from giamngheo.access.queries import accounts, grants_in_force, today
from giamngheo.areas.models import Unit
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
GOOD = "ba-con-trau-trang"


def commune() -> Unit:
    return Unit.objects.get(code="03541", valid_to=dt.date(2025, 6, 30))


def test_an_administrator_opens_an_account_that_must_change_its_password(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.admin):
        user = actions.open_account(
            username="xa.moi",
            full_name="Lò Văn Mới",
            role=Role.COMMUNE_OFFICER,
            unit=commune(),
            password=GOOD,
            by=cast.admin,
        )
        assert user.must_change_password
        assert user.check_password(GOOD)
        assert [g.unit.code for g in grants_in_force(user)] == ["03541"]


@pytest.mark.parametrize("role", ["officer", "province", "leader", "auditor"])
def test_nobody_else_opens_accounts(cast: Cast, acting, role: str) -> None:  # type: ignore[no-untyped-def]
    user = getattr(cast, role)
    with acting(user), pytest.raises(NotAdministratorError):
        actions.open_account(
            username="x", full_name="X", role=Role.AUDITOR, unit=commune(), password=GOOD, by=user
        )


def test_the_database_refuses_too(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    """Even code that forgot to ask cannot make the officer an auditor."""
    with acting(cast.officer), pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=cast.officer.pk).update(role=Role.AUDITOR)


def test_a_taken_name_and_a_weak_password_are_refused(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    common = {"full_name": "X", "role": Role.LEADER, "unit": commune(), "by": cast.admin}
    with acting(cast.admin):
        with pytest.raises(UsernameTakenError, match="xa"):
            actions.open_account(username="xa", password=GOOD, **common)
        with pytest.raises(ValidationError):
            actions.open_account(username="moi", password="12345678", **common)


def test_a_new_grant_ends_the_one_before(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    elsewhere = Unit.objects.get(code="03442", valid_to=dt.date(2025, 6, 30))
    with acting(cast.admin):
        actions.change_grant(user=cast.officer, unit=elsewhere, role=Role.COMMUNE_OFFICER, by=cast.admin)
        assert [g.unit.code for g in grants_in_force(cast.officer)] == ["03442"]
        assert cast.officer.grants.get(unit__code="03541").until == today() - dt.timedelta(days=1)
        with pytest.raises(GrantedTodayError):
            actions.change_grant(user=cast.officer, unit=commune(), role=Role.COMMUNE_OFFICER, by=cast.admin)


def test_nobody_locks_or_promotes_themselves(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    with acting(cast.admin):
        with pytest.raises(OwnAccountError):
            actions.set_active(user=cast.admin, active=False, by=cast.admin)
        with pytest.raises(OwnAccountError):
            actions.change_grant(user=cast.admin, unit=commune(), role=Role.AUDITOR, by=cast.admin)


def test_a_locked_account_sees_nothing(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    from giamngheo.registry.models import Household

    with acting(cast.admin):
        actions.set_active(user=cast.officer, active=False, by=cast.admin)
    stale = cast.officer  # a request that still holds the active person
    with acting(stale):
        assert Household.objects.count() == 0


def test_only_keepers_and_inspectors_list_accounts(cast: Cast, acting) -> None:  # type: ignore[no-untyped-def]
    for role, expected in {"admin": True, "auditor": True, "officer": False, "leader": False}.items():
        user = getattr(cast, role)
        with acting(user):
            assert accounts(seen_by=user).exists() is expected, role
