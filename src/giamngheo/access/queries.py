"""What may be asked of accounts, grants and the installation."""

import datetime as dt

from django.db import connection
from django.db.models import Q, QuerySet

from giamngheo.access.models import Grant, Installation, Role, User


def installation() -> Installation:
    """The one row of this installation; an unsaved, empty one before it is set up."""
    return Installation.objects.first() or Installation(province_code="")


def today() -> dt.date:
    """The working day: pinned in a demonstration, else today in Vietnam. The database's policies use the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_today()")
        day: dt.date = cursor.fetchone()[0]
    return day


def grants_in_force(user: User) -> QuerySet[Grant]:
    """The grants of `user` on the working day, with their units."""
    day = today()
    in_force = Q(until__isnull=True) | Q(until__gte=day)
    return (
        user.grants.filter(in_force, since__lte=day)
        .select_related("unit")
        .order_by("unit__level", "unit__code")
    )


def accounts(*, seen_by: User) -> QuerySet[User]:
    """All accounts, for those who keep or inspect them."""
    if seen_by.role not in {Role.ADMINISTRATOR, Role.AUDITOR}:
        return User.objects.none()
    return User.objects.prefetch_related("grants__unit").order_by("username")


def units_seen() -> frozenset[int]:
    """The units whose figures the acting person may see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_units()")
        return frozenset(cursor.fetchone()[0])


def sees_figures_of(unit_id: int) -> bool:
    """Whether the acting person may see the figures of a unit: their own, or one that ever lay within."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s = ANY (access_units())", [unit_id])
        seen: bool = cursor.fetchone()[0]
    return seen
