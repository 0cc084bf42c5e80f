"""Who holds after escaping poverty: Kaplan–Meier curves by area, ethnic group, help and deprivations, of households one may see.

An escape is seen when a household is poor in one round and out of poverty in the next; its spell out of poverty lasts until
it is poor again (`measures.dynamics.survival`, the states turned round). Who sees no households gets counts of at least LEAST:
groups smaller than that stand together, and a round in which fewer than that fell back is told with the rounds after it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.areas.models import Level
from giamngheo.escape.errors import NobodyEscapedError
from giamngheo.escape.panel import (
    OUT,
    POOR_STATE,
    SMALL,
    STATES,
    Rounds,
    in_turn,
    of_villages,
    panel,
    placed,
    rounds_of,
)
from giamngheo.measures import results
from giamngheo.measures.dynamics import Panel, survival
from giamngheo.measures.tables import fetch
from giamngheo.warehouse.disclosure import LEAST
from giamngheo.warehouse.snapshot import Snapshot

#: What curves are divided by -> the column of the panel.
DIVISIONS = {"area": "place", "ethnic": "ethnic", "help": "helped", "lacks": "lacked"}


@dataclass(frozen=True)
class Step:
    """After k rounds: households that could be followed, how many of them fell back, the share still out and its interval."""

    k: int
    risk: int
    fell: int
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """One group: its name as in the panel ('' for everyone) and its steps."""

    group: str
    steps: tuple[Step, ...]

    @property
    def n(self) -> int:
        return self.steps[0].risk

    @property
    def fell(self) -> int:
        return sum(step.fell for step in self.steps)


@dataclass(frozen=True)
class Lacking:
    """An indicator: of those who fell back at the next round, and of those who held, how many lacked it when they escaped."""

    code: str
    fell: int
    fell_lacking: int
    held: int
    held_lacking: int


@dataclass(frozen=True)
class Lasting:
    """The answer: the rounds it rests on, the curve of all, curves by group, what was lacking at the escape."""

    rounds: Rounds
    whole: Curve
    curves: tuple[Curve, ...]
    lacking: tuple[Lacking, ...]


@lru_cache(maxsize=64)
def lasting(
    snapshot: Snapshot, villages: frozenset[int], by: str, level: int, day: dt.date, *, pooled: bool
) -> Lasting:
    """Curves of the households of these villages. `level`: of the units areas are told by; `pooled`: for who sees no households.

    Raises TooFewRoundsError, NobodyEscapedError.
    """
    rounds = rounds_of(snapshot)
    database = ibis.duckdb.connect()
    rows = placed(
        of_villages(panel(snapshot, rounds, database), villages, database), snapshot, level, day, database
    )
    lacked = ibis.cases((rows.deprived == 0, "0"), (rows.deprived <= 2, "1"), else_="3")
    held = rows.mutate(lacked=lacked).cache()
    whole = _curves(held, "", pooled=pooled)
    if not whole:
        raise NobodyEscapedError
    curves = _curves(held, DIVISIONS[by], pooled=pooled)
    return Lasting(rounds, whole[0], tuple(curves), tuple(_lacking(held, pooled=pooled)))


def area_level(level: int, *, pooled: bool) -> int:
    """The level by which the area of a unit of this level is divided: the next below; villages only for who sees households."""
    lowest = Level.COMMUNE if pooled else Level.VILLAGE
    return min(level + 1, lowest)


def _curves(rows: ir.Table, column: str, *, pooled: bool) -> list[Curve]:
    """The curves of the groups of a column ('' for one of all), the largest first."""
    if column and pooled:
        rows = _small_together(rows, column)
    asked = Panel(rows, "household", "year", "state", STATES, OUT, by=(column,) if column else ())
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in results.only(survival(asked), measure="survival"):
        if line["subgroup"] != results.ALL or not column:
            lines.setdefault(line["subgroup"], []).append(line)
    made = [Curve("" if not column else group, _steps(own, pooled=pooled)) for group, own in lines.items()]
    kept = [curve for curve in made if curve.steps and (not pooled or curve.n >= LEAST)]
    return sorted(kept, key=lambda curve: (-curve.n, curve.group))


def _steps(lines: Sequence[dict[str, Any]], *, pooled: bool) -> tuple[Step, ...]:
    """The steps of a curve. Pooled: nothing is told from which fewer than LEAST that fell back, or were lost from sight, follow."""
    steps: list[Step] = []
    before, waiting, followed = 1.0, 0, 0
    for line in sorted(lines, key=lambda one: one["k"]):
        risk, share = int(line["n"]), float(line["estimate"])
        lost = followed - risk if steps else 0
        if pooled and (risk < LEAST or 0 < lost < LEAST):
            break
        fell = round(risk * (1 - share / before)) if before else 0
        before, waiting, followed = share, waiting + fell, risk - fell
        if pooled and 0 < waiting < LEAST:
            continue  # told with a later round, or not at all
        steps.append(Step(int(line["k"]), risk, waiting, share, line["ci_low"], line["ci_high"]))
        waiting = 0
    return tuple(steps)


def _small_together(rows: ir.Table, column: str) -> ir.Table:
    """Groups with fewer than LEAST escapes under one name; if those are too few together, the smallest of the rest joins them."""
    counted = sorted((n, group) for group, n in _escapes(rows, column).items())
    small = [group for n, group in counted if n < LEAST]
    hidden = sum(n for n, _group in counted if n < LEAST)
    for n, group in counted[len(small) :]:
        if not small or hidden >= LEAST:
            break
        small.append(group)
        hidden += n
    return (
        rows.mutate(**{column: ibis.cases((rows[column].isin(small), SMALL), else_=rows[column])})
        if small
        else rows
    )


def _escapes(rows: ir.Table, column: str) -> dict[str, int]:
    found = escapes(rows)
    counted = found.group_by(found[column].name("group")).aggregate(n=lambda t: t.count())
    return {line["group"]: line["n"] for line in fetch(counted).to_pylist()}


def escapes(rows: ir.Table) -> ir.Table:
    """The rows of the round in which a household was seen out of poverty after being seen poor, with `next`, its state then."""
    told = in_turn(rows)
    return told.filter(told.state.isin(OUT), told.before == POOR_STATE)


def _lacking(rows: ir.Table, *, pooled: bool) -> list[Lacking]:
    found = escapes(rows)
    found = found.filter(found.next.notnull())
    names = [name for name in rows.columns if name.startswith("lacks_")]
    fell = (found.next == POOR_STATE).cast("int64")
    wanted: dict[str, Any] = {"fell": fell.sum(), "n": found.count()}
    for name in names:
        lacking = found[name].fill_null(False).cast("int64")
        wanted |= {
            f"{name}_n": lacking.sum(),
            f"{name}_fell": (lacking * fell).sum(),
            f"{name}_known": found[name].count(),
        }
    told = fetch(found.aggregate(**wanted)).to_pylist()[0]
    all_fell, n = told["fell"] or 0, told["n"]
    made = []
    for name in names:
        if not told[f"{name}_known"]:
            continue  # not an indicator of this standard
        lacking, both = told[f"{name}_n"], told[f"{name}_fell"]
        cells = (both, all_fell - both, lacking - both, n - all_fell - lacking + both)
        if pooled and any(0 < cell < LEAST for cell in cells):
            continue
        made.append(Lacking(name.removeprefix("lacks_"), all_fell, both, n - all_fell, lacking - both))
    return sorted(made, key=lambda one: (-(one.fell_lacking / one.fell if one.fell else 0), one.code))
