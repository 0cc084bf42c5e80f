"""Who holds after escaping poverty: Kaplan–Meier curves by area, ethnic group, help and deprivations.

An escape is seen when a household is poor in one round and out of poverty in the next; its spell out of poverty lasts until
it is poor again (`measures.dynamics.survival`, the states turned round). The spells are laid down with the snapshot
(`warehouse.outcomes`): household by household, and in pools for whoever sees no households.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.areas.models import Level, Unit
from giamngheo.areas.queries import children_on
from giamngheo.escape.errors import NobodyEscapedError, TooFewRoundsError
from giamngheo.measures import results
from giamngheo.measures.dynamics import Panel, survival
from giamngheo.warehouse.disclosure import may_be_off
from giamngheo.warehouse.outcomes import escapes
from giamngheo.warehouse.panel import OUT, STATES, Rounds, most_followed
from giamngheo.warehouse.places import grouped, named
from giamngheo.warehouse.snapshot import Snapshot

#: What curves are divided by -> the column of the spells; areas by their level.
DIVISIONS = {"area": "", "ethnic": "ethnic", "help": "helped", "lacks": "lacked"}
ROUNDS = 3
#: Of a normal interval of 95%.
WIDE = 1.96


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
    """One group: its name as in the spells ('' for everyone) and its steps."""

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

    @property
    def fell_share(self) -> float | None:
        return self.fell_lacking / self.fell if self.fell else None

    @property
    def held_share(self) -> float | None:
        return self.held_lacking / self.held if self.held else None


@dataclass(frozen=True)
class Lasting:
    """The answer: the rounds it rests on, the curve of all, curves by group, what was lacking at the escape.

    off: how far the share of the first year may lie from that counted household by household (`disclosure.may_be_off`);
    None where households were counted.
    """

    rounds: Rounds
    whole: Curve
    curves: tuple[Curve, ...]
    lacking: tuple[Lacking, ...]
    off: float | None


@lru_cache(maxsize=64)
def lasting(
    snapshot: Snapshot, villages: frozenset[int], by: str, level: int, day: dt.date, *, pooled: bool
) -> Lasting:
    """Curves of the households of these villages. `level`: of the units areas are told by; `pooled`: for who sees no households.

    Raises TooFewRoundsError, NobodyEscapedError, DamagedSnapshotError.
    """
    rounds = most_followed(snapshot.rounds)
    if rounds is None or len(rounds.years) < ROUNDS:
        raise TooFewRoundsError(found=len(rounds.years) if rounds else 0, needed=ROUNDS)
    rows = escapes(snapshot, rounds.standard, public=pooled)
    rows = rows.filter(pc.is_in(rows["village"], value_set=pa.array(sorted(villages), pa.int64())))
    if DIVISIONS[by]:
        rows = rows.append_column("group", named(rows[DIVISIONS[by]]))
    else:
        rows = grouped(snapshot, rows, Level(level).name.lower(), day)
    curves = curves_of(rows)
    whole = curves.pop(results.ALL, None)
    if whole is None:
        raise NobodyEscapedError
    order = sorted(curves.values(), key=lambda curve: (-curve.n, curve.group))
    first = whole.steps[0]
    off = may_be_off(first.share, first.risk, round(first.risk * _of_pool(rows))) if pooled else None
    return Lasting(rounds, whole, tuple(order), tuple(lacking(rows)), off)


def area_level(unit: Unit, day: dt.date, *, pooled: bool) -> int:
    """The level by which the area of a unit is divided on a day: that of the units below; villages only for who sees households."""
    below = children_on(unit, day).first()
    if below is None or (pooled and below.level == Level.VILLAGE):
        return unit.level
    return below.level


def _of_pool(rows: pa.Table) -> float:
    """How many households the pool of a household has, on average; 1 where households were counted."""
    many = rows.filter(pc.equal(rows["turn"], 1))["many"].to_numpy().astype(float)
    return float((many**2).sum() / many.sum()) if len(many) else 1.0


def curves_of(rows: pa.Table) -> dict[str, Curve]:
    """The curves of spells (`warehouse.outcomes`) by their column `group`, and under `results.ALL` that of everyone."""
    if not pc.any(pc.equal(rows["turn"], 2)).as_py():
        return {}  # nobody was met again after an escape
    spells = ibis.memtable(rows.select(["spell", "turn", "state", "group", "many"]))
    asked = Panel(spells, "spell", "turn", "state", STATES, OUT, by=("group",), many="many")
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in results.only(survival(asked), measure="survival"):
        lines.setdefault(line["subgroup"], []).append(line)
    found = {}
    for group, own in lines.items():
        mine = rows if group == results.ALL else rows.filter(pc.equal(rows["group"], group))
        found[group] = Curve("" if group == results.ALL else group, _steps(own, _of_pool(mine)))
    return found


def _steps(lines: Sequence[dict[str, Any]], of_pool: float) -> tuple[Step, ...]:
    """The steps of a curve; of pools the interval is wider by the drawing of their members."""
    steps: list[Step] = []
    before = 1.0
    for line in sorted(lines, key=lambda one: one["k"]):
        risk, share, low, high = int(line["n"]), float(line["estimate"]), line["ci_low"], line["ci_high"]
        if of_pool > 1 and low is not None:
            wide = WIDE * line["se"] * sqrt(of_pool)
            low, high = max(share - wide, 0.0), min(share + wide, 1.0)
        steps.append(
            Step(int(line["k"]), risk, round(risk * (1 - share / before)) if before else 0, share, low, high)
        )
        before = share
    return tuple(steps)


def lacking(rows: pa.Table) -> list[Lacking]:
    """Of the spells followed for a round at least: what was lacking at the escape, the most of those who fell back first."""
    next_ = rows.filter(pc.equal(rows["turn"], 2))
    escaped = rows.filter(pc.equal(rows["turn"], 1))["spell"]
    next_ = next_.filter(pc.is_in(next_["spell"], value_set=escaped.combine_chunks()))
    many = next_["many"].to_numpy()
    fell = pc.equal(next_["state"], STATES[0]).to_numpy()
    made = []
    for name in (one for one in rows.column_names if one.startswith("lacks_")):
        if next_[name].null_count == next_.num_rows:
            continue  # not an indicator of this standard
        lacks = pc.fill_null(next_[name], False).to_numpy()
        cells = [int(many[at].sum()) for at in (fell, fell & lacks, ~fell, ~fell & lacks)]
        made.append(Lacking(name.removeprefix("lacks_"), *cells))
    return sorted(made, key=lambda one: (-(one.fell_share or 0.0), one.code))
