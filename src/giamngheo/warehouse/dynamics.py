"""How households moved between rounds: from which class to which, who escaped and fell back, how long poverty lasted.

Households are followed by their number from round to round, so only whoever may see every one of them is answered:
figures of pools (disclosure.py) hold no household that could be followed. Formulas and papers: measures/dynamics.py.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.access.models import User
from giamngheo.measures import results
from giamngheo.measures.dynamics import Panel, chronic, survival, transitions
from giamngheo.surveys.models import POOR, Klass
from giamngheo.warehouse import access
from giamngheo.warehouse.errors import MovesNotSeenError, NotAnsweredError
from giamngheo.warehouse.met import met_in
from giamngheo.warehouse.places import villages_of
from giamngheo.warehouse.snapshot import Snapshot

#: The classes of the law as three, from worst to best; a household of unknown class is in none.
STATES = ("poor", "near_poor", "none")
_STATE_OF = dict.fromkeys(POOR, "poor") | {
    Klass.NEAR_POOR: "near_poor", Klass.AVERAGE: "none", Klass.NONE: "none",
}  # fmt: skip
RATES = ("escape", "entry", "fall_back")
#: In place of a class: not met in that round, or class not known.
UNSEEN = -1
Places = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Question:
    """Between which two annual rounds under one standard, and where; `day`: whose units are used."""

    standard: str
    first: int
    last: int
    unit: int
    day: dt.date


@dataclass(frozen=True)
class Answer:
    """Tables of results (measures/dynamics.py): `ends` between the two rounds, the others over every round between.

    years: the rounds followed. lost: households of known class in the first round that are not in the last. `chronic` is
    None where nobody was seen in every round.
    """

    question: Question
    years: tuple[int, ...]
    ends: pa.Table
    yearly: pa.Table
    spells: pa.Table
    chronic: pa.Table | None
    lost: int

    def moved(self, start: str, end: str) -> tuple[float | None, int]:
        """The share of those of class `start` that came to `end`, and how many they are."""
        (line,) = results.only(self.ends, measure=f"transition:{start}>{end}")
        share = line["estimate"]
        return share, round(share * line["n"]) if share is not None else 0

    def rate(self, name: str, year: int) -> tuple[float | None, int]:
        """escape, entry or fall_back into the round of a year, and of how many."""
        (line,) = results.only(self.yearly, measure=name, k=float(year))
        return line["estimate"], line["n"]

    def table(self) -> pa.Table:
        """All of it under one another. k of survival counts rounds, of the others it is the year of the later round."""
        rates = pc.is_in(self.yearly["measure"], value_set=pa.array(RATES))
        tables = [self.ends, self.yearly.filter(rates), self.spells, self.chronic]
        return results.joined(*(one for one in tables if one is not None))


def years_of(snapshot: Snapshot, standard: str) -> list[int]:
    """The years whose annual rounds were judged by a standard, in order."""
    return sorted(r["year"] for r in snapshot.asked(public=False) if standard in r["standards"])


def ask(snapshot: Snapshot, question: Question, *, seen_by: User) -> Answer:
    """Raises NotAnsweredError, MovesNotSeenError, and EmptyGroupError where no household was met in two rounds."""
    there = years_of(snapshot, question.standard)
    if question.first >= question.last or not {question.first, question.last} <= set(there):
        raise NotAnsweredError(what=f"{question.first} – {question.last}, {question.standard}")
    if not seen_by.sees_households or not all(
        access.sees_all(rows, seen_by=seen_by) for rows in _rounds(snapshot, question).values()
    ):
        raise MovesNotSeenError
    return _answered(snapshot, question)


def _rounds(snapshot: Snapshot, question: Question) -> dict[int, pa.Table]:
    """Who was met in each round from the first to the last, by year."""
    villages = villages_of(snapshot, question.unit, question.day)
    return {
        r["year"]: met_in(snapshot, r["round"], question.standard, villages)
        for r in reversed(snapshot.asked(public=False))
        if question.first <= r["year"] <= question.last and question.standard in r["standards"]
    }


@lru_cache(maxsize=32)
def _answered(snapshot: Snapshot, question: Question) -> Answer:
    """The answer, kept: the snapshot never changes, and who may see it was asked before."""
    told, many = _histories(_rounds(snapshot, question))
    years = [year for year, states in told.items() if (states != UNSEEN).any()]
    every = _panel({year: told[year] for year in years}, many)
    first, last = told[question.first], told[question.last]
    moves = transitions(_panel({question.first: first, question.last: last}, many))
    whole = np.logical_and.reduce([told[year] != UNSEEN for year in years])
    return Answer(
        question,
        tuple(years),
        ends=moves.filter(pc.equal(moves["k"], question.last)),
        yearly=transitions(every) if len(years) > 2 else moves,
        spells=survival(every),
        chronic=chronic(every) if whole.any() else None,
        lost=int(many[(first != UNSEEN) & (last == UNSEEN)].sum()),
    )


def _histories(rounds: dict[int, pa.Table]) -> tuple[dict[int, Places], Places]:
    """Each history there is, once: by year the place of the class in STATES, or UNSEEN; and how many households have it.

    Households are some hundred thousand, histories some hundreds: three classes or not seen, over at most a decade.
    """
    every = pa.chunked_array([one for met in rounds.values() for one in met["household"].chunks], pa.string())
    numbers = every.combine_chunks().dictionary_encode().indices.to_numpy()
    size, start = len(STATES) + 1, 0
    history = np.zeros(numbers.max(initial=-1) + 1, np.int64)
    for turn, met in enumerate(rounds.values()):
        history[numbers[start : start + met.num_rows]] += size**turn * (_places(met["klass"]) - UNSEEN)
        start += met.num_rows
    distinct, many = np.unique(history, return_counts=True)
    return {year: distinct // size**turn % size + UNSEEN for turn, year in enumerate(rounds)}, many


def _places(klasses: pa.ChunkedArray) -> Places:
    known = pa.array([str(klass) for klass in _STATE_OF], pa.string())
    places = np.array([*(STATES.index(state) for state in _STATE_OF.values()), UNSEEN])
    # a class that is not among them has no place: the last entry
    found: Places = places[
        pc.fill_null(pc.index_in(klasses.cast(pa.string()), value_set=known), -1).to_numpy()
    ]
    return found


def _panel(told: dict[int, Places], many: Places) -> Panel:
    """A row a history and round it was seen in."""
    states = np.array(STATES)
    rows = [
        {
            "household": np.flatnonzero(seen),
            "year": np.full(seen.sum(), year),
            "state": states[of[seen]],
            "many": many[seen],
        }
        for year, of in told.items()
        for seen in [of != UNSEEN]
    ]
    columns = {name: pa.array(np.concatenate([row[name] for row in rows])) for name in rows[0]}
    return Panel(
        ibis.memtable(pa.table(columns)), "household", "year", "state", STATES, ("poor",), many="many"
    )
