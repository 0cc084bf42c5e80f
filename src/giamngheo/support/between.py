"""What was given, and what was found wrong or mended, between two days in a unit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.support.models import Delivery, Finding
from giamngheo.support.models.findings import Side


@dataclass(frozen=True)
class Given:
    """Deliveries of one policy from one source: how many, to how many households, đồng (None where no value is known)."""

    policy: str
    source: str
    deliveries: int
    households: int
    amount: int | None


def given_between(unit: Unit, first: dt.date, last: dt.date, *, seen_by: User) -> Sequence[Given]:
    """What was given between two days, by policy and source; what was replaced or never given is left out."""
    villages = descendants_on(unit, last, Level.VILLAGE).values("pk")
    rows = Delivery.objects.filter(
        village__in=villages, given_on__range=(first, last), retired_at__isnull=True, void=False
    )
    counted = rows.values_list("policy", "source").annotate(
        deliveries=Count("pk"), households=Count("household", distinct=True), amount=Sum("amount")
    )
    return [Given(*row) for row in counted.order_by("policy", "source")]


@dataclass(frozen=True)
class Found:
    """Findings of one side: opened between two days, closed by each answer, and still open on the last."""

    opened: int
    mended: int
    explained: int
    rejected: int
    still: int


def found_between(unit: Unit, first: dt.date, last: dt.date, side: Side, *, seen_by: User) -> Found:
    villages = descendants_on(unit, last, Level.VILLAGE).values("pk")
    closed = Q(decided_at__date__range=(first, last))
    state = Finding.State
    rows = Finding.objects.filter(village__in=villages, side=side).aggregate(
        opened=Count("pk", filter=Q(found_at__date__range=(first, last))),
        mended=Count("pk", filter=closed & Q(state=state.MENDED)),
        explained=Count("pk", filter=closed & Q(state=state.EXPLAINED)),
        rejected=Count("pk", filter=closed & Q(state=state.REJECTED)),
        still=Count(
            "pk",
            filter=Q(found_at__date__lte=last) & (Q(decided_at__isnull=True) | Q(decided_at__date__gt=last)),
        ),
    )
    return Found(**rows)
