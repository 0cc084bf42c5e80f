"""Who may fall back: rows at risk out of the panel, the model fitted on past rounds and tried on the last one held out.

At risk in a round are households out of poverty that are near-poor or were poor the round before. A round teaches by what
the next one found; the last pair of rounds is held out, and the list names households of the last round by the same model whose
errors are shown. The ethnic group is no predictor: it only serves to see whether the model errs more for some.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from giamngheo.escape.errors import CannotRankError, TooFewRoundsError
from giamngheo.measures.risk import (
    Band,
    Effect,
    Fitted,
    GroupErrors,
    Numbers,
    calibration,
    carried,
    chances,
    discrimination,
    errors_by_group,
    fit,
    parts,
)
from giamngheo.measures.tables import fetch
from giamngheo.warehouse.panel import NEAR, OUT, POOR_STATE, Rounds, in_turn, most_followed, panel
from giamngheo.warehouse.snapshot import Snapshot

#: In the order in which they are taken while the events carry them (ten each).
PREDICTORS = ("near_poor", "recent", "deprived", "borderline", "persons", "dependants")
#: The share of those at risk that is flagged. Ours: what a commune can visit; no act sets it.
FLAGGED = 0.2
#: Above this share flagged (likes can't be told apart) the list would name everybody, and is not made.
MOST = 2 * FLAGGED
#: A first round in which nobody's past is known, one at least to learn from, one held out, and what came of it.
ROUNDS = 4
#: Ethnic groups too small to be told alone stand together under this name.
SMALL = "small"


@dataclass(frozen=True)
class Told:
    """What the page says of a model: effects, threshold, how it did on the round held out; `left_out`: predictors that could not be used."""

    fitted: Fitted
    threshold: float
    share: float
    tried: int
    befallen: int
    bands: tuple[Band, ...]
    groups: tuple[GroupErrors, ...]
    c: float | None
    brier: float
    left_out: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_plain(cls, told: dict[str, Any]) -> "Told":
        made = told["fitted"]
        fitted = Fitted(**{**made, "effects": tuple(Effect(**one) for one in made["effects"])})
        bands = tuple(Band(**one) for one in told["bands"])
        groups = tuple(GroupErrors(**one) for one in told["groups"])
        left_out = tuple(told.get("left_out", ()))
        return cls(**{**told, "fitted": fitted, "bands": bands, "groups": groups, "left_out": left_out})


@dataclass(frozen=True)
class Named:
    """A household flagged: its number and village in the snapshot, its chance, the predictors that surely raise it."""

    household: str
    village: int
    near_poor: bool
    chance: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """All of one making."""

    rounds: Rounds
    fitted_on: tuple[int, ...]
    held_out: int
    told: Told
    named: Sequence[Named]


def make(snapshot: Snapshot, told: Callable[[int], None] = lambda percent: None) -> Made:
    """Fit, try and name. Raises TooFewRoundsError, CannotRankError and what `risk.fit` refuses (MeasuresError)."""
    rounds = most_followed(snapshot.rounds)
    years = rounds.years if rounds else []
    if rounds is None or len(years) < ROUNDS:
        raise TooFewRoundsError(found=len(years), needed=ROUNDS)
    rows = fetch(at_risk(snapshot, rounds))
    told(50)
    year = rows["year"].to_numpy()
    known = rows.filter(pa.array(rows["fell"].is_valid()))
    when = known["year"].to_numpy()
    fitted_on, held_out = tuple(years[1:-2]), years[-2]
    learn, tried = known.filter(np.isin(when, fitted_on)), known.filter(when == held_out)
    fell = learn["fell"].to_numpy()
    telling = tuple(name for name in PREDICTORS if _tells(rows, learn, name))
    fitted = fit(learn, "fell", carried(int(fell.sum()), telling), cluster="key")
    threshold, share = _threshold(chances(fitted, learn))
    if share > MOST:
        raise CannotRankError(events=int(fell.sum()), share=round(100 * share))
    told(75)
    return Made(
        rounds,
        fitted_on,
        held_out,
        replace(
            _tried(fitted, threshold, share, tried),
            left_out=tuple(name for name in PREDICTORS if name not in telling),
        ),
        _named(fitted, threshold, rows.filter(year == years[-1])),
    )


def _tells(rows: pa.Table, learn: pa.Table, name: str) -> bool:
    """Whether a predictor is known of every row and not the same for all the model learns from."""
    return not rows[name].null_count and len(learn[name].unique()) > 1


def at_risk(snapshot: Snapshot, rounds: Rounds) -> ir.Table:
    """The rows at risk: household, key, village, ethnic, year, the predictors, and `fell` (0/1; null where the next round is not known)."""
    database = ibis.duckdb.connect()
    verdicts, given = (snapshot.table(name, database) for name in ("verdicts", "deliveries"))
    rows = _with_dependants(panel(verdicts, given, rounds), snapshot, rounds, database)
    told = in_turn(rows)
    recent = (told.before == POOR_STATE).fill_null(False)
    fell = (told.next == POOR_STATE).cast("int64")
    near = told.state == NEAR
    found = told.filter(told.state.isin(OUT), near | recent, told.year > rounds.years[0])
    return found.select(
        "household", "village", "ethnic", "year", "deprived", "dependants", key=found.household.hash(), fell=fell,
        near_poor=near.cast("int64"), recent=recent.cast("int64"), borderline=found.borderline.fill_null(False).cast("int64"),
        persons=found.persons.fill_null(1).cast("int64"),
    ).order_by("household", "year")  # fmt: skip


def _with_dependants(
    rows: ir.Table, snapshot: Snapshot, rounds: Rounds, database: ibis.BaseBackend
) -> ir.Table:
    """Members under 15 or from 60 on, by year of birth; not known where a round did not ask for members."""
    members = snapshot.table("members", database)
    members = members.filter(members["round"].isin(list(rounds.by_year.values())))
    born = ibis.coalesce(members.birth_date.year(), members.birth_year)
    age = members.year.cast("int64") - born
    counted = members.group_by("household", members.year.cast("int64").name("year")).aggregate(
        dependants=((age < 15) | (age >= 60)).cast("int64").sum()
    )
    return rows.left_join(counted, ["household", "year"]).drop("household_right", "year_right")


def _threshold(p: Numbers) -> tuple[float, float]:
    """The chance from which on is flagged, and the share of rows that is: at most FLAGGED, or the topmost likes alone."""
    values, counts = np.unique(p, return_counts=True)
    tails = counts[::-1].cumsum()[::-1] / len(p)
    fits = np.flatnonzero(tails <= FLAGGED)
    place = fits[0] if len(fits) else len(values) - 1
    return float(values[place]), float(tails[place])


def _tried(fitted: Fitted, threshold: float, share: float, rows: pa.Table) -> Told:
    """How the model did on the round held out."""
    p, y = chances(fitted, rows), rows["fell"].to_numpy()
    c, brier = discrimination(p, y)
    groups = errors_by_group(p >= threshold, y, rows["ethnic"].to_pylist(), other=SMALL)
    return Told(
        fitted, threshold, share, len(y), int(y.sum()), tuple(calibration(p, y)), tuple(groups), c, brier
    )


def _named(fitted: Fitted, threshold: float, rows: pa.Table) -> list[Named]:
    p, by = chances(fitted, rows), parts(fitted, rows)
    effects = fitted.effects
    numbers, villages, near = (rows[c].to_pylist() for c in ("household", "village", "near_poor"))
    flagged = np.flatnonzero(p >= threshold)
    return [
        Named(
            numbers[i],
            villages[i],
            bool(near[i]),
            float(p[i]),
            tuple(effects[j].name for j in np.argsort(-by[i]) if by[i][j] > 0 and effects[j].sure),
        )
        for i in flagged
    ]
