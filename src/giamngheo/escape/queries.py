"""What may be asked of watch lists: the last one made, and its households within the reader's area."""

import datetime as dt

from django.db.models import QuerySet

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.escape.models import Watch, Watched


def last_asked(*, seen_by: User) -> Watch | None:
    """The last making, whatever came of it."""
    return (
        Watch.objects.select_related("asked_by").order_by("-pk").first() if seen_by.sees_households else None
    )


def in_force(*, seen_by: User) -> Watch | None:
    """The last list that was made."""
    if not seen_by.sees_households:
        return None
    return Watch.objects.filter(state=Watch.State.DONE).select_related("asked_by").order_by("-pk").first()


def watched(of: Watch, *, unit: Unit, day: dt.date, seen_by: User) -> QuerySet[Watched]:
    """The households of a list in a unit, the likeliest first."""
    if not seen_by.sees_households:
        return Watched.objects.none()
    within = descendants_on(unit, day, Level.VILLAGE).values("pk")
    found = Watched.objects.filter(of=of, village__in=within).select_related("household", "village")
    return found.order_by("-chance", "household")
