"""The only place that says to the database who acts; row-level security does the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from giamngheo.access.models import User


@contextmanager
def acting_as(user: User | None) -> Iterator[None]:
    """One transaction in which the database shows and takes only what `user` may see and write.

    The setting is local to the transaction, so a pooled connection forgets it. None shows nothing.
    """
    with transaction.atomic():
        before = _set(str(user.pk) if user and user.pk and user.is_active else "")
        yield
        if not connection.needs_rollback:  # rolling back takes the setting back by itself
            _set(before)


def _set(value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.user', true), '')")
        before: str = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('app.user', %s, true)", [value])
    return before
