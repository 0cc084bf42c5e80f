"""Persons who may be written down twice: looked for in one's whole area, decided by a person, taken back if wrong."""

import datetime as dt

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.access.scope import acting_as
from giamngheo.registry import errors
from giamngheo.registry.linkage import COLUMNS, Pair, likely_pairs
from giamngheo.registry.models import DuplicatePair, DuplicateSearch, Person

#: Pairs at least so likely are shown to a person; below, most are two people. Measured in tests/registry.
SHOWN_FROM = 0.3
State = DuplicatePair.State

_PERSONS = """
SELECT p.id, p.full_name, p.birth_date::text, p.birth_year, p.sex, p.ethnic, p.village_id, commune.ancestor_id,
       encode(p.id_index, 'hex')
FROM registry_person p
LEFT JOIN areas_within commune ON commune.unit_id = p.village_id AND commune.level = 3
      AND %(day)s BETWEEN commune.valid_from AND coalesce(commune.valid_to, 'infinity')
WHERE (p.died_on IS NULL OR %(dead)s) AND p.same_as_id IS NULL
"""


def persons_seen(day: dt.date, *, dead: bool = False) -> pa.Table:
    """The living persons that the acting person may see, the dead too if asked, as `linkage.COLUMNS`."""
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, {"day": day, "dead": dead})
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(COLUMNS)
    arrays = [pa.array(values, type=kind.type) for values, kind in zip(columns, COLUMNS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=COLUMNS)


_GOING = [DuplicateSearch.State.WAITING, DuplicateSearch.State.RUNNING]


def ask_for_search(*, by: User) -> DuplicateSearch | None:
    """A search for the job runner to do; None where one that `by` asked for is still going on."""
    if not by.writes_households:
        raise errors.NotWriterError
    if DuplicateSearch.objects.filter(asked_by=by, state__in=_GOING).exists():
        return None
    return DuplicateSearch.objects.create(asked_by=by)


def cancel_search(*, search: DuplicateSearch, by: User) -> None:
    """Ask the search to stop; it does so at its next step and leaves nothing."""
    DuplicateSearch.objects.filter(pk=search.pk, asked_by=by, state__in=_GOING).update(
        state=DuplicateSearch.State.CANCELLED
    )


def run_search(*, search_id: int, by: User) -> None:
    """Find the likely pairs in the area of `by` and keep them; done in steps, each of which shows its progress."""
    _step(search_id, by, 5)
    with acting_as(by):
        persons = persons_seen(today())
    _step(search_id, by, 15, persons=persons.num_rows)
    pairs = likely_pairs(
        persons,
        at_least=SHOWN_FROM,
        progress=lambda percent: _step(search_id, by, 15 + percent * 8 // 10),
    )
    villages = dict(zip(persons["unique_id"].to_pylist(), persons["village"].to_pylist(), strict=True))
    with acting_as(by):
        added = _keep(pairs, villages)
        DuplicateSearch.objects.filter(pk=search_id).update(
            state=DuplicateSearch.State.DONE, progress=100, pairs=len(pairs), added=added
        )


class SearchCancelled(Exception):  # noqa: N818 (a signal, not an error)
    """The person who asked for the search stopped it."""


def _step(search_id: int, by: User, percent: int, **known: int) -> None:
    """Show how far the search has come, in a transaction of its own; stop here if it was cancelled."""
    with acting_as(by):
        going = DuplicateSearch.objects.filter(pk=search_id).exclude(state=DuplicateSearch.State.CANCELLED)
        if not going.update(state=DuplicateSearch.State.RUNNING, progress=percent, **known):
            raise SearchCancelled


def _keep(pairs: list[Pair], villages: dict[int, int]) -> int:
    """Add the pairs not known before; those decided or waiting stay as they are. Returns how many are new."""
    now = timezone.now()
    before = set(DuplicatePair.objects.values_list("one_id", "two_id"))
    new = [
        DuplicatePair(
            one_id=pair.one,
            two_id=pair.two,
            one_village_id=villages[pair.one],
            two_village_id=villages[pair.two],
            likeness=pair.likeness,
            grounds=pair.grounds,
            found_at=now,
        )
        for pair in pairs
        if (pair.one, pair.two) not in before
    ]
    DuplicatePair.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    return len(new)


@errors.sentences()
@transaction.atomic
def resolve_pair(
    *, pair: DuplicatePair, state: str, reason: str, keep: Person | None = None, by: User
) -> None:
    """Say that the two are the same person or different ones.

    When the same, the other record points to `keep` (the first if not told). Both records, their households and their
    pasts stay to be seen. Raises ReasonNeededError, AlreadyDecidedError.
    """
    held = _hold(pair, by)
    if held.state != State.OPEN:
        raise errors.AlreadyDecidedError
    if not reason.strip():
        raise errors.ReasonNeededError
    if state == State.SAME:
        kept = keep.pk if keep and keep.pk in (held.one_id, held.two_id) else held.one_id
        other = held.two_id if kept == held.one_id else held.one_id
        root = Person.objects.values_list("same_as", flat=True).get(pk=kept) or kept
        Person.objects.filter(Q(pk=other) | Q(same_as=other)).exclude(pk=root).update(same_as=root)
    elif state != State.DIFFERENT:
        raise ValueError(state)
    _decide(held, state, reason, by)


@errors.sentences()
@transaction.atomic
def reopen_pair(*, pair: DuplicatePair, by: User) -> None:
    """Take a decision back: the records stand apart again and the pair waits to be looked at."""
    held = _hold(pair, by)
    if held.state == State.OPEN:
        raise errors.NotDecidedError
    if held.state == State.SAME:
        for person in Person.objects.filter(pk__in=(held.one_id, held.two_id), same_as__isnull=False):
            person.same_as = None
            person.save(update_fields=["same_as"])
    _decide(held, State.OPEN, "", by)


def _hold(pair: DuplicatePair, by: User) -> DuplicatePair:
    if not by.writes_households:
        raise errors.NotWriterError
    held = DuplicatePair.objects.select_for_update().filter(pk=pair.pk).first()
    if held is None:
        raise errors.OutsideAreaError
    return held


def _decide(pair: DuplicatePair, state: str, reason: str, by: User) -> None:
    open_again = state == State.OPEN
    pair.state, pair.reason = state, reason.strip()
    pair.decided_at, pair.decided_by = (None, None) if open_again else (timezone.now(), by)
    pair.save(update_fields=["state", "reason", "decided_at", "decided_by"])


def pairs(*, state: str, seen_by: User) -> QuerySet[DuplicatePair]:
    """Pairs of which both persons may be seen: open ones likeliest first, decided ones latest first."""
    order = ("-likeness", "pk") if state == State.OPEN else ("-decided_at", "pk")
    return (
        DuplicatePair.objects.filter(state=state)
        .select_related("one__household", "two__household", "one__village", "two__village", "decided_by")
        .order_by(*order)
    )


def pair_seen(pk: int, *, seen_by: User) -> DuplicatePair | None:
    return DuplicatePair.objects.select_related("one", "two").filter(pk=pk).first()


def last_search(*, seen_by: User) -> DuplicateSearch | None:
    """The latest search that `seen_by` asked for."""
    return DuplicateSearch.objects.filter(asked_by=seen_by).order_by("-pk").first()
