"""Finding a household: by anyone's name in it, its number, the village's own code, its village, an id number.

Case and diacritics don't matter, one typing error is forgiven, a village may follow the name. However much is found,
the number of queries is the same, and nobody finds what they may not see.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from giamngheo.access.models import User
from giamngheo.access.queries import today
from giamngheo.areas.models import Level, Unit, Within
from giamngheo.audit.actions import record
from giamngheo.audit.models import Kind
from giamngheo.base.text import sort_key
from giamngheo.registry.errors import IdNumberError
from giamngheo.registry.models import Household, Person, Relation
from giamngheo.registry.sealing import blind_index

SHOWN = 50
_CANDIDATES = 300
_NUMBER = re.compile(r"[hH]\d{8,}")


@dataclass(frozen=True)
class Hit:
    """One person or household found. `how`: number, id_number, code, name, unfinished or typo."""

    how: str
    household: Household | None
    person: Person | None
    village: Unit
    commune: str = ""
    head: str = ""


@dataclass(frozen=True)
class Found:
    """All that answers to the text; `more` where only the first are shown."""

    text: str
    hits: list[Hit] = field(default_factory=list)
    villages: list[tuple[Unit, str]] = field(default_factory=list)
    more: bool = False


def search(text: str, *, seen_by: User) -> Found:
    """What the acting person may see that answers to `text`, best first; finding by id number leaves a record."""
    text = " ".join(text.split())[:200]
    if len(text) < 2 or not seen_by.sees_households:
        return Found(text)
    day = today()
    people = _by_id_number(text, seen_by) if _looks_like_id(text) else _by_name(text)
    found: list[tuple[str, Household | None, Person | None]] = [
        *(("number" if _NUMBER.fullmatch(text) else "code", h, None) for h in _by_number_or_code(text)),
        *((how, person.household, person) for how, person in people),
    ]
    villages = list(_villages(text))
    shown = found[:SHOWN]
    places = {(p or h).village for _, h, p in shown if (p or h)} | set(villages)  # type: ignore[union-attr]
    communes = commune_names([place.pk for place in places], day)
    heads = head_names([h.pk for _, h, _ in shown if h])
    hits = [_hit(how, h, p, communes, heads) for how, h, p in shown]
    named = [(village, communes.get(village.pk, "")) for village in villages]
    return Found(text, hits, named, more=len(found) > SHOWN)


def _hit(
    how: str,
    household: Household | None,
    person: Person | None,
    communes: dict[int, str],
    heads: dict[int, str],
) -> Hit:
    village = (person or household).village  # type: ignore[union-attr]
    head = heads.get(household.pk, "") if household else ""
    return Hit(how, household, person, village, communes.get(village.pk, ""), head)


def _by_name(text: str) -> list[tuple[str, Person]]:
    """Persons by words of their names, the very name first, heads of households before others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, rank FROM registry_search_best(%s, %s, %s)", [text, _CANDIDATES, SHOWN + 1]
        )
        ranks: dict[int, int] = dict(cursor.fetchall())
    people = _people(pk__in=ranks)
    ordered = sorted(people, key=lambda p: (ranks[p.pk], p.relation != Relation.HEAD, _name_key(p), p.pk))
    words = {0: "name", 1: "name", 2: "unfinished", 3: "typo"}
    return [(words[ranks[person.pk]], person) for person in ordered]


def _name_key(person: Person) -> str:
    """By given name, then surname, in Vietnamese order; the same as `name_key`, which only heads have."""
    *surnames, given = person.full_name.split(" ")
    return sort_key(" ".join((given, *surnames)))


def _people(**wanted: Any) -> QuerySet[Person]:
    return (
        Person.objects.filter(**wanted).select_related("household", "village").defer("id_sealed", "id_index")
    )


def _by_number_or_code(text: str) -> QuerySet[Household]:
    """The household of this number, or those whose village gave them this code."""
    named = {"number": text.upper()} if _NUMBER.fullmatch(text) else {"local_code": text}
    return Household.objects.filter(**named).select_related("village").order_by("pk")[: SHOWN + 1]


def _looks_like_id(text: str) -> bool:
    digits = re.sub(r"[\s.\-]", "", text)
    return digits.isascii() and digits.isdigit() and len(digits) in (9, 12)


def _by_id_number(text: str, seen_by: User) -> list[tuple[str, Person]]:
    """The person of this id number; that it was asked for is recorded, the number is not."""
    try:
        wanted = blind_index(text)
    except IdNumberError:
        return []
    people = list(_people(id_index=wanted))
    record(
        kind=Kind.READ,
        subject="registry_person.id_number",
        row=people[0].pk if people else "",
        details={"searched": True, "found": len(people)},
        by=seen_by,
    )
    return [("id_number", person) for person in people]


def _villages(text: str) -> QuerySet[Unit]:
    """Villages of the acting person's area by name or code, for a link to their households."""
    with_name = RawSQL("SELECT unnest(registry_villages_named(vn_fold(%s), access_villages()))", [text])
    return Unit.objects.filter(pk__in=with_name, level=Level.VILLAGE).order_by("name_key", "code")[:8]


def commune_names(villages: list[int], day: dt.date) -> dict[int, str]:
    """By village id, the name of the commune it lies in on `day`."""
    rows = Within.objects.filter(unit__in=villages, level=Level.COMMUNE, valid_from__lte=day).exclude(
        valid_to__lt=day
    )
    return dict(rows.values_list("unit_id", "ancestor__name"))


def head_names(households: list[int]) -> dict[int, str]:
    """By household id, the name of its head."""
    heads = Person.objects.filter(household__in=households, relation=Relation.HEAD)
    return dict(heads.values_list("household_id", "full_name"))
