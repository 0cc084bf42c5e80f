"""What may be asked of help some time after: loans with what is owed on them, things with what became of them."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.support.models import Delivery, Fate, LoanStanding

#: After how many days what became of a thing is to be looked at.
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class LoanSum:
    """The loans of one policy: how many, đồng disbursed, and of those told of: outstanding, overdue; how many nobody told of."""

    policy: str
    count: int
    disbursed: int
    outstanding: int
    overdue: int
    untold: int


@dataclass(frozen=True)
class ThingSum:
    """Things of one policy and name given a year ago or longer: how many deliveries, and of how many each state was told last."""

    policy: str
    item: str
    count: int
    states: dict[str, int] = field(default_factory=dict)

    @property
    def unseen(self) -> int:
        return self.count - sum(self.states.values())


def _of_unit(unit: Unit, day: dt.date, kind: str) -> QuerySet[Delivery]:
    within = descendants_on(unit, day, Level.VILLAGE).values("pk")
    return Delivery.objects.filter(kind=kind, village__in=within, retired_at__isnull=True, void=False)


def loans(unit: Unit, day: dt.date, *, seen_by: User) -> QuerySet[Delivery]:
    """The loans of a unit with `outstanding`, `overdue` and `told_on` of the last standing, the most overdue first."""
    last = LoanStanding.objects.filter(delivery=OuterRef("pk")).order_by("-on", "-pk")
    found = _of_unit(unit, day, Delivery.Kind.LOAN).annotate(
        outstanding=Subquery(last.values("outstanding")[:1]),
        overdue=Subquery(last.values("overdue")[:1]),
        told_on=Subquery(last.values("on")[:1]),
    )
    found = found.select_related("household", "person", "village")
    return found.order_by(F("overdue").desc(nulls_last=True), "-given_on", "pk")


def loans_by_policy(unit: Unit, day: dt.date, *, seen_by: User) -> list[LoanSum]:
    """The same added up by policy, the most money first."""
    rows = loans(unit, day, seen_by=seen_by).order_by().values("policy")
    rows = rows.annotate(
        count=Count("pk"),
        disbursed=Coalesce(Sum("amount"), 0),
        owed=Coalesce(Sum("outstanding"), 0),
        late=Coalesce(Sum("overdue"), 0),
        untold=Count("pk", filter=Q(told_on__isnull=True)),
    )
    made = [LoanSum(r["policy"], r["count"], r["disbursed"], r["owed"], r["late"], r["untold"]) for r in rows]
    return sorted(made, key=lambda one: (-one.disbursed, one.policy))


def things(unit: Unit, day: dt.date, *, seen_by: User) -> list[ThingSum]:
    """Things given a year before `day` or longer, by policy and name, the most first."""
    rows = _with_state(unit, day).order_by().values("policy", "item", "state").annotate(n=Count("pk"))
    found: dict[tuple[str, str], dict[str | None, int]] = {}
    for row in rows:
        found.setdefault((row["policy"], row["item"]), {})[row["state"]] = row["n"]
    made = [
        ThingSum(*key, sum(states.values()), {s: n for s, n in states.items() if s is not None})
        for key, states in found.items()
    ]
    return sorted(made, key=lambda one: (-one.count, one.policy, one.item))


def unseen(unit: Unit, day: dt.date, *, seen_by: User) -> QuerySet[Delivery]:
    """Things given a year ago or longer at which nobody has looked, the longest ago first."""
    found = _with_state(unit, day).filter(state__isnull=True)
    return found.select_related("household", "person", "village").order_by("given_on", "pk")


def _with_state(unit: Unit, day: dt.date) -> QuerySet[Any]:
    last = Fate.objects.filter(delivery=OuterRef("pk")).order_by("-on", "-pk")
    found = _of_unit(unit, day, Delivery.Kind.GOODS).filter(given_on__lte=day - YEAR)
    return found.annotate(state=Subquery(last.values("state")[:1]))
