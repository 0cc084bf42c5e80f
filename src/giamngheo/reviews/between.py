"""What reviews brought between two days in a unit: requests that came and were answered, households on decisions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from giamngheo.access.models import User
from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import descendants_on
from giamngheo.reviews.models import DecisionLine, Outcome, Request
from giamngheo.surveys.models import Round


@dataclass(frozen=True)
class Requests:
    """Requests of households: how many came, how many were answered, how many of the unanswered were late on the last day."""

    received: int
    answered: int
    late: int


def requests_between(unit: Unit, first: dt.date, last: dt.date, *, seen_by: User) -> Requests:
    villages = descendants_on(unit, last, Level.VILLAGE).values("pk")
    found = Request.objects.filter(village__in=villages).aggregate(
        received=Count("pk", filter=Q(received_on__range=(first, last))),
        answered=Count("pk", filter=Q(answered_on__range=(first, last))),
        late=Count("pk", filter=Q(due_on__lt=last) & (Q(answered_on__isnull=True) | Q(answered_on__gt=last))),
    )
    return Requests(**found)


def outcomes_between(
    unit: Unit, first: dt.date, last: dt.date, *, kind: Round.Kind, seen_by: User
) -> Mapping[Outcome, int]:
    """Households by what decisions of a kind of round, signed between two days, say of them; of superseded ones nothing."""
    villages = descendants_on(unit, last, Level.VILLAGE).values("pk")
    rows = DecisionLine.objects.filter(
        village__in=villages,
        decision__decided_on__range=(first, last),
        decision__superseded_by__isnull=True,
        decision__of__round__kind=kind,
    )
    return {
        Outcome(outcome): n
        for outcome, n in rows.values_list("outcome").annotate(n=Count("household", distinct=True))
    }
