"""Where every commune and village of a round stands and until when, and what of it waits for the person who asks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from giamngheo.access.models import User
from giamngheo.areas.models import Unit
from giamngheo.reviews.models import CommuneReview, Objection, Request, VillageReview
from giamngheo.rules.procedures import procedure_on
from giamngheo.rules.workflow import transitions
from giamngheo.surveys.models import Round


@dataclass(frozen=True)
class BoardRow:
    """One village of a round (or one commune, where `village` is None): its step, since when, until when."""

    of: int
    commune: Unit
    village: Unit | None
    state: str
    since: dt.date | None
    due_on: dt.date | None
    cases: int
    agreed: int
    decided: int
    open_objections: int

    @property
    def state_name(self) -> str:
        names = CommuneReview.State if self.village is None else VillageReview.State
        return str(names(self.state).label)

    def days_late(self, today: dt.date) -> int:
        """Days past the last day of the step; 0 where it is not late or has none."""
        return max(0, (today - self.due_on).days) if self.due_on else 0


def board(round: Round, *, seen_by: User) -> list[BoardRow]:
    """Every commune and village of a round that the person may see, late ones first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM reviews_board(%s)", [round.pk])
        found = cursor.fetchall()
    ids = {row[1] for row in found} | {row[2] for row in found if row[2]}
    units = Unit.objects.in_bulk(ids)
    rows = [
        BoardRow(of, units[commune], units.get(village), state, since, due, *(n or 0 for n in counts))
        for of, commune, village, state, since, due, *counts in found
    ]
    return sorted(
        rows,
        key=lambda r: (r.due_on or dt.date.max, r.commune.name_key, r.village.name_key if r.village else ""),
    )


@dataclass(frozen=True)
class Waits:
    """So many villages or communes wait for one step of the person's; `unit` where it is a single one."""

    of: str
    action: str
    count: int
    late: int
    commune: Unit | None
    village: Unit | None


#: Steps that are taken when something calls for them, not because it is their turn.
_ON_OCCASION = frozenset({"look_again", "correct", "call_off", "return_to_survey", "send_back", "recheck"})
# A commune is sent up or decided once all its villages are done; a list comes down when its days are over.
_WAITING = """
WITH rows AS (SELECT * FROM reviews_board(%(round)s)),
     turn AS (SELECT * FROM unnest(%(of)s::text[], %(states)s::text[], %(actions)s::text[]) AS t (of, state, action))
SELECT t.of, t.action, count(*), count(*) FILTER (WHERE r.due_on < %(today)s), min(r.commune), min(r.village)
FROM rows r JOIN turn t ON t.state = r.state AND t.of = CASE WHEN r.village IS NULL THEN 'commune' ELSE 'village' END
WHERE NOT (r.village IS NULL AND r.state = 'gathering'
           AND EXISTS (SELECT FROM rows v WHERE v.of_id = r.of_id AND v.village IS NOT NULL AND v.state <> 'ready'))
  AND NOT (r.state = 'posting' AND r.due_on >= %(today)s)
GROUP BY 1, 2 ORDER BY 4 DESC, 3 DESC, 1, 2
"""


def waiting_steps(round: Round, *, today: dt.date, seen_by: User) -> list[Waits]:
    """The steps of a round that are the person's own to take now, late ones first. At most two queries."""
    turns = [
        t
        for t in transitions(procedure_on(round.reference_date))
        if seen_by.role in t.who and t.action not in _ON_OCCASION
    ]
    if not turns:
        return []
    words: dict[str, Any] = {
        "round": round.pk,
        "today": today,
        "of": [t.of for t in turns],
        "states": [t.from_state for t in turns],
        "actions": [t.action for t in turns],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, words)
        found = cursor.fetchall()
    alone = {
        pk
        for _of, _action, count, _late, commune, village in found
        if count == 1
        for pk in (commune, village)
    }
    units = Unit.objects.in_bulk([pk for pk in alone if pk]) if alone else {}
    return [
        Waits(
            of,
            action,
            n,
            late,
            units.get(commune) if n == 1 else None,
            units.get(village) if n == 1 else None,
        )
        for of, action, n, late, commune, village in found
    ]


@dataclass(frozen=True)
class Unanswered:
    """How many objections or requests of a round have no answer yet, and how many of them are past their day."""

    count: int
    late: int


def unanswered_objections(round: Round, *, today: dt.date, seen_by: User) -> Unanswered:
    """Objections of an annual round within the person's area that wait for an answer. One query."""
    days = list(
        Objection.objects.filter(of__round=round)
        .exclude(state=Objection.State.ANSWERED)
        .values_list("due_on", flat=True)
    )
    return Unanswered(len(days), sum(day < today for day in days))


def unanswered_requests(round: Round, *, today: dt.date, seen_by: User) -> Unanswered:
    """Requests of a regular round within the person's area that wait for an answer. One query."""
    waiting = Request.objects.filter(round=round, state=Request.State.RECEIVED)
    days = list(waiting.values_list("due_on", flat=True))
    return Unanswered(len(days), sum(day < today for day in days))
