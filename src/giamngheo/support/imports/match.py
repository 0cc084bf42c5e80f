"""Which person of the register a row of an agency's workbook means: by number, by household, as settled before, by all that
is said of them, by likeness.

The agency and the register have no common number for most people. What can't be told by number is compared by record
linkage (registry/linkage.py); where that leaves a doubt, somebody looks.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from django.db import connection

from giamngheo.areas.models import Level, Unit
from giamngheo.base.text import fold
from giamngheo.registry.duplicates import persons_seen
from giamngheo.registry.linkage import COLUMNS, likely_links
from giamngheo.support.imports.read import Told
from giamngheo.support.models import IntakeRow, KnownAs

How = IntakeRow.How
#: A match at least so likely, with no other at least half so likely, is taken without a person. Measured in tests/support.
SURE = 0.95
#: Less likely ones are not even shown.
SHOWN_FROM = 0.1
_CANDIDATES = 5
Progress = Callable[[int], None]


@dataclass
class Match:
    """What was found for one row; `candidates` are (person, likeness, grounds)."""

    how: str
    person: int | None = None
    household: int | None = None
    candidates: list[tuple[int, float, dict[str, str]]] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What the checks ask of a person found: where their deliveries are written down, whether they had died."""

    person: int
    name: str
    household: int
    village: int
    died_on: dt.date | None


def match(
    rows: list[Told], *, agency: str, day: dt.date, progress: Progress = lambda percent: None
) -> dict[int, Match]:
    """By row, the person it means among those the acting person may see; every row has its Match."""
    found: dict[int, Match] = {}
    _by_number(rows, found)
    _by_household(rows, found)
    _as_settled(rows, agency, found)
    if len(found) < len(rows):
        places, persons = Places(day), persons_seen(day, dead=True)
        _exactly([row for row in rows if row.row not in found], places, persons, found)
        if rest := [row for row in rows if row.row not in found]:
            _by_likeness(rest, places, persons, found, progress)
    return found


def _by_number(rows: list[Told], found: dict[int, Match]) -> None:
    numbers = {row.number for row in rows if row.number}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(id_index, 'hex'), coalesce(same_as_id, id) FROM registry_person"
            " WHERE id_index = ANY (SELECT decode(n, 'hex') FROM unnest(%s::text[]) AS n)",
            [list(numbers)],
        )
        persons = dict(cursor.fetchall())
    for row in rows:
        if row.number in persons:
            found[row.row] = Match(How.NUMBER, persons[row.number])


def _by_household(rows: list[Told], found: dict[int, Match]) -> None:
    """A household's number with the name of one of its people, or of one who died there; the number alone means the household."""
    asked = [row for row in rows if row.row not in found and row.values.get("household_number")]
    numbers = {str(row.values["household_number"]).upper() for row in asked}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.number, h.id, p.id, p.folded, p.relation FROM registry_household h"
            " LEFT JOIN registry_person p ON p.household_id = h.id WHERE h.number = ANY (%(numbers)s)"
            " UNION SELECT h.number, h.id, p.id, p.folded, '' FROM registry_household h"
            " JOIN registry_membership m ON m.household_id = h.id AND m.retired_at IS NULL"
            " JOIN registry_person p ON p.id = m.person_id AND p.household_id IS NULL AND p.died_on IS NOT NULL"
            " WHERE h.number = ANY (%(numbers)s)",
            {"numbers": list(numbers)},
        )
        people: dict[str, list[tuple[int, int | None, str, str]]] = {}
        for number, household, person, name, relation in cursor.fetchall():
            people.setdefault(number, []).append((household, person, name or "", relation or ""))
    for row in asked:
        members = people.get(str(row.values["household_number"]).upper())
        if members is None:
            found[row.row] = Match(How.NOBODY)
            continue
        named = [person for _h, person, name, _r in members if name == fold(row.name)]
        heads = [person for _h, person, _n, relation in members if relation == "head"]
        if len(named) == 1 or not row.name:
            found[row.row] = Match(How.HOUSEHOLD, (named or heads or [None])[0], members[0][0])


def _as_settled(rows: list[Told], agency: str, found: dict[int, Match]) -> None:
    identities = {row.identity: row.row for row in rows if row.row not in found}
    settled = KnownAs.objects.filter(agency=agency, identity__in=list(identities))
    known = dict(settled.values_list("identity", "person_id"))
    for row in rows:
        if row.row not in found and row.identity in known:
            found[row.row] = Match(How.SETTLED, known[row.identity])


def _exactly(rest: list[Told], places: "Places", persons: pa.Table, found: dict[int, Match]) -> None:
    """A row whose name with its marks, day of birth, sex and village are those of one person alone means that person."""
    people: dict[tuple[str, Any, Any, int], list[tuple[int, str | None]]] = {}
    for p in persons.select(["unique_id", "full_name", "birth_date", "sex", "village", "number"]).to_pylist():
        key = (_spelled(p["full_name"]), p["birth_date"], p["sex"], p["village"])
        people.setdefault(key, []).append((p["unique_id"], p["number"]))
    for row in rest:
        birth, sex = row.values.get("birth_date"), row.values.get("sex")
        if not (row.name and birth and sex):
            continue
        fits = [
            fit
            for village in places.villages_of(row.values)
            for fit in people.get((_spelled(row.name), birth.isoformat(), sex, village), ())
        ]
        if len(fits) == 1 and (not row.number or fits[0][1] in (None, row.number)):
            found[row.row] = Match(How.EXACT, fits[0][0])


def _spelled(name: str) -> str:
    """A name with its marks, however they are coded; case and blanks aside."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _by_likeness(
    rest: list[Told], places: "Places", persons: pa.Table, found: dict[int, Match], progress: Progress
) -> None:
    table = pa.Table.from_pylist([_as_person(row, places) for row in rest], schema=COLUMNS)
    links: dict[int, list[tuple[int, float, dict[str, str]]]] = {}
    for link in likely_links(table, persons, at_least=SHOWN_FROM, progress=progress):
        links.setdefault(link.row, []).append((link.person, round(link.likeness, 4), link.grounds))
    for row in rest:
        candidates = links.get(row.row, [])[:_CANDIDATES]
        if not candidates:
            found[row.row] = Match(How.NOBODY)
        elif candidates[0][1] >= SURE and (len(candidates) == 1 or candidates[1][1] < candidates[0][1] / 2):
            found[row.row] = Match(How.LIKELY, candidates[0][0], candidates=candidates)
        else:
            found[row.row] = Match(How.DOUBTFUL, candidates=candidates)


def _as_person(row: Told, places: "Places") -> dict[str, Any]:
    values = row.values
    village, commune = places.of(values)
    birth = values.get("birth_date")
    return {
        "unique_id": row.row,
        "full_name": row.name,
        "birth_date": birth.isoformat() if birth else None,
        "birth_year": values.get("birth_year"),
        "sex": values.get("sex"),
        "ethnic": values.get("ethnic"),
        "village": village,
        "commune": commune,
        "number": row.number or None,
    }


class Places:
    """Units by code and by name, as they stand on a day, to tell where a row says somebody lives."""

    def __init__(self, day: dt.date) -> None:
        rows = (
            Unit.objects.filter(level__gte=Level.COMMUNE, above__level=Level.COMMUNE)
            .filter(above__valid_from__lte=day)
            .exclude(above__valid_to__lt=day)
            .values_list("id", "level", "code", "folded", "above__ancestor_id")
        )
        self.communes: dict[str, int] = {}
        self.villages: dict[tuple[int | None, str], int] = {}
        self.above: dict[int, int] = {}
        self.named: dict[str, set[int]] = {}
        for unit, level, code, name, commune in rows:
            if level == Level.COMMUNE:
                self.communes.setdefault(code, unit)
                self.communes.setdefault(name, unit)
            else:
                self.above[unit] = commune
                self.villages.setdefault((None, code), unit)
                self.villages.setdefault((commune, name), unit)
                self.named.setdefault(name, set()).add(unit)

    def of(self, values: dict[str, Any]) -> tuple[int | None, int | None]:
        """(village, commune) that a row names, None where it does not or nobody knows them."""
        commune = self.communes.get(str(values.get("commune_code") or "")) or self.communes.get(
            bare_name(values.get("commune"))
        )
        village = self.villages.get((None, str(values.get("village_code") or "-"))) or self.villages.get(
            (commune, fold(str(values.get("village") or "-")))
        )
        if village is None and commune is None:  # a name that only one village bears needs no commune
            bearers = self.named.get(fold(str(values.get("village") or "-")), set())
            village = next(iter(bearers)) if len(bearers) == 1 else None
        return village, commune or self.above.get(village or 0)

    def villages_of(self, values: dict[str, Any]) -> set[int]:
        """The villages that a row may mean: the one it names, or all that bear the name where it says no commune we know."""
        village, commune = self.of(values)
        if village is not None:
            return {village}
        return self.named.get(fold(str(values.get("village") or "-")), set()) if commune is None else set()


def bare_name(words: object) -> str:
    """A unit's name without its kind: 'Xã Mù Cả' is 'mu ca'."""
    folded = fold(str(words or ""))
    for kind in ("xa ", "phuong ", "thi tran ", "x. ", "p. ", "tt. "):
        folded = folded.removeprefix(kind)
    return folded


#: The household of a person now, or the last one they lived in; those dead and gone have one too.
_KNOWN = """
SELECT p.id, p.full_name, coalesce(p.household_id, m.household_id), coalesce(h.village_id, p.village_id), p.died_on
FROM registry_person p
LEFT JOIN LATERAL (SELECT household_id FROM registry_membership m WHERE m.person_id = p.id AND m.retired_at IS NULL
                   ORDER BY upper(m.period) DESC NULLS FIRST LIMIT 1) AS m ON p.household_id IS NULL
LEFT JOIN registry_household h ON h.id = coalesce(p.household_id, m.household_id)
WHERE p.id = ANY (%s)
"""


def known_persons(persons: Iterable[int]) -> dict[int, Known]:
    """What the checks ask of these persons, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(set(persons))])
        return {row[0]: Known(*row) for row in cursor.fetchall() if row[2] is not None}
