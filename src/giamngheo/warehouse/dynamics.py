"""How households moved between rounds: from which class to which, who escaped and fell back, how long poverty lasted.

Households are followed by their number from round to round, so only whoever may see every one of them is answered:
figures of pools (disclosure.py) hold no household that could be followed. Formulas and papers: measures/dynamics.py.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import ibis
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
        r["year"]: met_in(snapshot, r["round"], r["year"], question.standard, villages)
        for r in reversed(snapshot.asked(public=False))
        if question.first <= r["year"] <= question.last and question.standard in r["standards"]
    }


@lru_cache(maxsize=32)
def _answered(snapshot: Snapshot, question: Question) -> Answer:
    """The answer, kept: the snapshot never changes, and who may see it was asked before."""
    rows = _stated(_rounds(snapshot, question))
    every, years = _panel(rows), pc.unique(rows["year"]).to_pylist()
    at = {year: rows["household"].filter(pc.equal(rows["year"], year)) for year in years}
    ends = rows.filter(
        pc.is_in(rows["year"], value_set=pa.array([question.first, question.last], pa.int64()))
    )
    found = (
        pc.is_in(at[question.first], value_set=at[question.last].combine_chunks()) if len(at) > 1 else None
    )
    moves = transitions(_panel(ends))
    times = pc.value_counts(rows["household"]).field("counts")
    return Answer(
        question,
        tuple(years),
        ends=moves.filter(pc.equal(moves["k"], question.last)),
        yearly=transitions(every) if len(years) > 2 else moves,
        spells=survival(every),
        chronic=chronic(every) if pc.max(times).as_py() == len(years) else None,
        lost=len(at[question.first]) - (pc.sum(found).as_py() or 0),
    )


def _stated(rounds: dict[int, pa.Table]) -> pa.Table:
    """household (a number of ours, which engines compare faster), year, state of those whose class is known."""
    klasses = pa.array([str(klass) for klass in _STATE_OF], pa.string())
    states = pa.array(list(_STATE_OF.values()), pa.string())
    rows = pa.concat_tables(
        pa.table(
            {
                "household": met["household"],
                "year": pa.repeat(pa.scalar(year, pa.int64()), met.num_rows),
                "state": states.take(pc.index_in(met["klass"].cast(pa.string()), value_set=klasses)),
            }
        )
        for year, met in rounds.items()
    )
    known = rows.filter(pc.is_valid(rows["state"])).combine_chunks()
    numbers = known["household"].combine_chunks().dictionary_encode().indices.cast(pa.int64())
    return known.set_column(0, "household", numbers)


def _panel(rows: pa.Table) -> Panel:
    return Panel(ibis.memtable(rows), "household", "year", "state", STATES, ("poor",))
