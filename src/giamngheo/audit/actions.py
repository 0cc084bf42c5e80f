"""Recording what triggers cannot see: reads of sensitive data, exports, refusals, sign-ins."""

from typing import Any

from django.db import connections
from django.utils import timezone
from psycopg.types.json import Jsonb

from giamngheo.access.models import User
from giamngheo.audit.models import Kind


def record(
    *,
    kind: Kind,
    subject: str,
    row: object = "",
    details: dict[str, Any] | None = None,
    by: User | None,
    using: str = "default",
) -> None:
    """Add one event in the present transaction. Plain SQL, for RETURNING would need the right to read it back."""
    with connections[using].cursor() as cursor:
        values: list[Any] = [
            timezone.now(),
            by.pk if by else None,
            kind,
            subject,
            str(row),
            Jsonb(details or {}),
        ]
        cursor.execute(
            'INSERT INTO audit_event (at, actor, kind, subject, "row", details, transaction)'
            " VALUES (%s, %s, %s, %s, %s, %s, txid_current())",
            values,
        )
