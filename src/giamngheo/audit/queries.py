"""What may be asked of the record."""

from django.db.models import QuerySet

from giamngheo.access.models import Role, User
from giamngheo.audit.models import Event


def events(
    *, seen_by: User, kind: str = "", subject: str = "", row: str = "", actor: int | None = None
) -> QuerySet[Event]:
    """Events, newest first; the database shows the administrator only those about accounts and sign-ins."""
    if seen_by.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        return Event.objects.none()
    wanted = {"kind": kind, "subject": subject, "row": row, "actor": actor}
    return Event.objects.filter(**{k: v for k, v in wanted.items() if v not in ("", None)}).order_by("-id")


def subjects(*, seen_by: User) -> list[str]:
    """The tables and pages that events are about, for the filter."""
    if seen_by.role not in {Role.AUDITOR, Role.ADMINISTRATOR}:
        return []
    return list(Event.objects.values_list("subject", flat=True).distinct().order_by("subject"))
