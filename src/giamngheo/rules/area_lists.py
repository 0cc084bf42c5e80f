"""The dated lists of units that policies name, with the periods in which they are wholly known.

Outside those periods a unit that is not named may still belong: whether a household lives on the list is not known.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from giamngheo.base.law import law_dir
from giamngheo.base.periods import Period
from giamngheo.base.yaml import Block, load_yaml
from giamngheo.rules.clocks import LAST_DAY
from giamngheo.rules.standards import Words, words


@dataclass(frozen=True)
class Entry:
    """Units (villages, communes or districts, by code) that stand on a list during a period."""

    period: Period
    codes: tuple[str, ...]


@dataclass(frozen=True)
class AreaList:
    """One list; `known` are the periods of which every entry is known."""

    slug: str
    name: Words
    legal_basis: str
    note: Words
    entries: tuple[Entry, ...]
    known: tuple[Period, ...]
    confidence: str
    verified: bool

    def on(self, day: dt.date) -> tuple[Entry, ...]:
        """The entries of a day."""
        return tuple(entry for entry in self.entries if day in entry.period)

    def is_known(self, day: dt.date) -> bool:
        """Whether a unit not named on that day is surely not on the list."""
        return any(day in period for period in self.known)


@cache
def area_lists() -> Mapping[str, AreaList]:
    """Every list of every province in law/areas by slug; provinces that share a slug make one list."""
    found: dict[str, AreaList] = {}
    for path in sorted((law_dir() / "areas").glob("*/lists/*.yaml")):
        one = read_area_list(load_yaml(path))
        before = found.get(one.slug)
        found[one.slug] = one if before is None else _joined(before, one)
    return found


def read_area_list(file: Block) -> AreaList:
    """One loaded list."""
    begins = min((entry["from"] for entry in file["entries"]), default=LAST_DAY)
    whole = [Period(begins, LAST_DAY)] if file["complete"] else []
    known = [Period(block["from"], block.get("to", LAST_DAY)) for block in file.get("known", ())]
    return AreaList(
        file["slug"],
        words(file["name"]),
        file["legal_basis"],
        words(file["note"]),
        tuple(
            Entry(Period(block["from"], block.get("to", LAST_DAY)), tuple(block["codes"]))
            for block in file["entries"]
        ),
        tuple(whole + known),
        file["confidence"],
        file["verified"],
    )


def _joined(one: AreaList, two: AreaList) -> AreaList:
    known = tuple(
        Period(max(a.first, b.first), min(a.last, b.last))
        for a in one.known
        for b in two.known
        if max(a.first, b.first) <= min(a.last, b.last)
    )
    return AreaList(
        one.slug,
        one.name,
        one.legal_basis,
        one.note,
        one.entries + two.entries,
        known,
        one.confidence,
        one.verified and two.verified,
    )
