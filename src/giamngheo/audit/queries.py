"""What may be asked of the record."""

import json
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value

from giamngheo.access.models import Role, User
from giamngheo.audit.models import Event


def events(
    *, seen_by: User, kind: str = "", subject: str = "", row: str = "", actor: int | None = None
) -> QuerySet[Event]:
    """Events, newest first; the database shows the administrator only those about accounts and sign-ins.

    With `row`, those too that added it among many.
    """
    if seen_by.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        return Event.objects.none()
    wanted = {"kind": kind, "subject": subject, "actor": actor}
    found = Event.objects.filter(**{k: v for k, v in wanted.items() if v not in ("", None)})
    if row:
        found = found.filter(Q(row=row) | _among(row) if is_key(row) else Q(row=row))
    return found.order_by("-id")


def is_key(row: str) -> bool:
    """Whether this may be the id of a row."""
    return row.isascii() and row.isdigit() and len(row) < 19


def _among(row: str) -> Q:
    key = Value(int(row), output_field=BigIntegerField())
    held = Func(
        F("rows"), key, template="(%(expressions)s::bigint)", arg_joiner=" @> ", output_field=BooleanField()
    )
    return Q(held)


def as_written(event: Event, row: str, *, seen_by: User) -> dict[str, Any] | None:
    """What a row held that `event` added among many: what stood before its first change, or what stands now.

    None where the person may not read the event.
    """
    if seen_by.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_as_written(%s, %s)", [event.pk, int(row)])
        (told,) = cursor.fetchone()
    held: dict[str, Any] | None = json.loads(told) if told else None
    return held


def subjects(*, seen_by: User) -> list[str]:
    """The tables and pages that events are about, for the filter."""
    if seen_by.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        return []
    return list(Event.objects.values_list("subject", flat=True).distinct().order_by("subject"))
