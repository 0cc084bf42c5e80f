"""What may be done to accounts: opened, given a unit, locked, given a new password."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from giamngheo.access.errors import (
    GrantedTodayError,
    NotAdministratorError,
    OwnAccountError,
    UsernameTakenError,
)
from giamngheo.access.models import Grant, Role, User
from giamngheo.access.queries import today
from giamngheo.areas.models import Unit


def _check_administrator(by: User) -> None:
    if by.role != Role.ADMINISTRATOR or not by.is_active:
        raise NotAdministratorError


@transaction.atomic
def open_account(
    *,
    username: str,
    full_name: str,
    role: Role,
    unit: Unit,
    password: str,
    until: dt.date | None = None,
    by: User,
) -> User:
    """A new account with one grant from the working day on; its owner must change the password at first sign-in."""
    _check_administrator(by)
    user = User(username=username.strip(), full_name=full_name.strip(), role=role, must_change_password=True)
    validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise UsernameTakenError(username) from error
    Grant.objects.create(user=user, unit=unit, since=today(), until=until, granted_by=by)
    return user


@transaction.atomic
def change_grant(*, user: User, unit: Unit, role: Role, by: User) -> Grant:
    """From the working day on `user` answers for `unit` in `role`; the grants before end the day before."""
    _check_administrator(by)
    if user == by:
        raise OwnAccountError
    day = today()
    if user.grants.filter(since=day).exists():
        raise GrantedTodayError
    user.grants.filter(until__isnull=True).update(until=day - dt.timedelta(days=1))
    User.objects.filter(pk=user.pk).update(role=role)
    return Grant.objects.create(user=user, unit=unit, since=day, granted_by=by)


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> None:
    """Lock or unlock an account. A locked account sees nothing from its next request on."""
    _check_administrator(by)
    if user == by:
        raise OwnAccountError
    User.objects.filter(pk=user.pk).update(is_active=active)


@transaction.atomic
def reset_password(*, user: User, password: str, by: User) -> None:
    """A first password handed over by the administrator; it must be changed at the next sign-in."""
    _check_administrator(by)
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
