"""Poverty over rounds: who moves between classes, escapes and falls back, for how long they stay, who is poor always.

A table has one row for each household and round. Only neighbouring rounds of the table are compared, and only where the
household was seen in both; a round it was missed in breaks its history (it is never read as "not poor").

    measure              formula (households, or their weights)                       k
    transition:<a>><b>   in b at the later round / in a at the earlier                the later round; null: all together
    escape               poor, then not / poor                                        likewise
    entry                not poor, then poor / not poor                               likewise
    fall_back            the same among those seen poor in any round before           likewise; null value: there is none
    shorrocks            (n - tr P) / (n - 1), of the matrix P of all rounds together
    bartholomew          Σ_a π_a Σ_b p_ab |a - b| / (n - 1), π: shares at the earlier round; 0 nobody moves, 1 at most
    stayed, rose, fell   shares that kept their class, moved to a better or a worse one
    survival             spells in poverty that last more than k rounds (Kaplan–Meier) k rounds
    ever, always         poor in any round, in all
    chronic              poor in at least a share τ of the rounds; transient: ever, but not chronic
    duration             average share of rounds in poverty of the chronic
    K0                   chronic · duration, the duration-adjusted headcount

Worked by hand: households PPN, NPP, PNP (P poor, N not) over three rounds. From P: to P, N; P; N, so escape 2/4; from
N: to P, P, so entry 2/2; household 3 falls back, 1 of 1 seen poor before. Chronic for τ = 2/3: all, duration 2/3.

Sources: A. F. Shorrocks, “The measurement of mobility”, Econometrica 46 (1978), 1013-1024; D. J. Bartholomew, Stochastic
Models for Social Processes (1967); E. L. Kaplan and P. Meier, JASA 53 (1958), 457-481; M. J. Bane and D. T. Ellwood,
“Slipping into and out of poverty”, Journal of Human Resources 21 (1986), for spells; J. E. Foster, “A class of chronic
poverty measures”, in Addison, Hulme and Kanbur, Poverty Dynamics (2009), for τ and K0.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from giamngheo.measures import dynamics_sample, results
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Groups, no_weight, number, points, sums, unknown, weighted
from giamngheo.measures.errors import (
    MISSING,
    NEGATIVE,
    NO_NUMBER,
    BadWeightError,
    EmptyGroupError,
    MissingValueError,
    ParameterError,
    ValueRangeError,
    Words,
)
from giamngheo.measures.exact import Cutoff
from giamngheo.measures.kaplan_meier import KAPLAN_MEIER, curve
from giamngheo.measures.tables import fetch, require


@dataclass(frozen=True)
class Panel:
    """The columns of a table of households over rounds, and its classes from worst to best.

    household, year: the row's key (year an integer); state: its class, one of `states`; poor: those that count as
    poor. by: groups, as they are at the later of two rounds, or at a household's first. weight: counts that often.
    many: how many households of one and the same history a row stands for, where a table holds each history once; `n` counts
    them all, and a weight is that of each of them.
    """

    table: ir.Table
    household: str
    year: str
    state: str
    states: tuple[str, ...]
    poor: tuple[str, ...]
    by: tuple[str, ...] = ()
    weight: str | None = None
    many: str | None = None

    def rows(self) -> tuple[ir.Table, list[int]]:
        """The checked rows with `_h`, `_round` (place), `_s` (place of the class), `_p` (poor), `_n` and `_w`; the rounds.

        Raises UnknownColumnError, ColumnTypeError, MissingValueError, ValueRangeError (an unknown class, two rows of a
        household in one round), BadWeightError, GroupColumnError, GroupNameError, ParameterError, EmptyGroupError (no rows, or
        a single round).
        """
        if len(set(self.states)) < max(len(self.states), 2) or not set(self.poor) < set(self.states):
            rule = Words("≥ 2 lớp khác nhau; poor ⊂ states", "≥ 2 different classes; poor ⊂ states")
            raise ParameterError(name="states", value=self.states, rule=rule)
        t = self.table
        require(
            t, [n for n in (self.household, self.year, self.state, *self.by, self.weight, self.many) if n]
        )
        results.grouping(self.by)
        self._refuse()
        rounds = sorted(fetch(t.select(_y=number(t, self.year)).distinct())["_y"].to_pylist())
        if len(rounds) < 2:
            raise EmptyGroupError(group=self.year, rule=Words("≥ 2 kỳ", "≥ 2 rounds"))
        place = ibis.cases(*((t[self.year] == y, i) for i, y in enumerate(rounds))).cast("int64")
        rank = ibis.cases(*((t[self.state] == s, i) for i, s in enumerate(self.states))).cast("int64")
        many, weight = (_number_or_1(t, name) for name in (self.many, self.weight))
        poor = t[self.state].isin(self.poor).cast("int64")
        return t.mutate(
            _h=t[self.household], _round=place, _s=rank, _p=poor, _n=many, _w=weight * many
        ), rounds

    def _refuse(self) -> None:
        t = self.table
        filled = (self.household, self.year, self.state, *self.by)
        wanted: dict[str, Any] = {
            f"m{i}": unknown(t[name]).cast("int64").sum() for i, name in enumerate(filled)
        }
        wanted |= {"rows": t.count(), "strange": t[self.state].notin(self.states).cast("int64").sum()}
        for name in filter(None, (self.weight, self.many)):
            w = number(t, name)
            wanted |= {
                f"gaps {name}": t.count() - w.count(),  # Spark calls NaN null, but counts it
                f"strange {name}": unknown(w).cast("int64").sum(),
                f"low {name}": (w < 0).cast("int64").sum(),
            }
        seen = fetch(t.aggregate(**wanted)).to_pylist()[0]
        if not seen["rows"]:
            raise EmptyGroupError(group=results.ALL, rule=self.state)
        for i, name in enumerate(filled):
            if seen[f"m{i}"]:
                raise MissingValueError(column=name, count=seen[f"m{i}"])
        if seen["strange"]:
            raise ValueRangeError(column=self.state, count=seen["strange"], rule=", ".join(self.states))
        for name in filter(None, (self.weight, self.many)):
            for key, rule in (("gaps", MISSING), ("strange", NO_NUMBER), ("low", NEGATIVE)):
                if seen[f"{key} {name}"]:
                    raise BadWeightError(column=name, rule=rule)
        for name in self.by:
            values = fetch(t.select(name).distinct())[name].to_pylist()
            results.naming(name, map(str, values), of_several=len(self.by) > 1)
        pairs = t.group_by(self.household, self.year).aggregate(_n=lambda g: g.count())
        twice = fetch(pairs.filter(pairs._n > 1).aggregate(n=lambda g: g.count()))["n"][0].as_py()
        if twice:
            rule = Words(f"một dòng mỗi {self.year}", f"one row for each {self.year}")
            raise ValueRangeError(column=self.household, count=twice, rule=rule)

    def drawn(self, design: Design | None) -> "Panel":
        """The same panel with the weights of the sample in its own. Raises ParameterError for histories told once each."""
        if design is None:
            return self
        if self.many is not None:
            raise ParameterError(name="many", value=self.many, rule="many = None (design)")
        require(self.table, [name for name in design.keys.values() if name])
        table = self.table.mutate(_often=_number_or_1(self.table, self.weight).cast("float64"))
        both, weight = weighted(table, self.weight, design.weight)
        return replace(self, table=both, weight=weight)

    def followed(self) -> tuple[ir.Table, list[int]]:
        """The rows with what their household was before: `_moved` (seen in the round before too), `_was`, `_poor_was`, `_ever`."""
        rows, rounds = self.rows()
        order = ibis.window(group_by="_h", order_by="_round")
        before = ibis.window(group_by="_h", order_by="_round", preceding=(None, 1))
        rows = rows.mutate(
            _before=rows._round.lag().over(order),
            _was=rows._s.lag().over(order),
            _poor_was=rows._p.lag().over(order),
            _ever=rows._p.max().over(before),
        )
        return rows.mutate(_moved=(rows._before == rows._round - 1).fill_null(False)), rounds

    def moves(self) -> tuple[ir.Table, list[int]]:
        """The rows whose household was seen in the round before too."""
        rows, rounds = self.followed()
        return rows.filter(rows._moved), rounds


def _number_or_1(table: ir.Table, name: str | None) -> Any:
    return ibis.literal(1, "int64") if name is None else number(table, name)


def transitions(panel: Panel, *, design: Design | None = None) -> pa.Table:
    """Transition shares, escape, entry and fall_back of each pair of neighbouring rounds and of all together.

    n: rows that could move. For everyone and by group. design: how the households were drawn, its weight multiplying that of the
    panel; shares then have errors (`dynamics_sample`). Raises what `Panel.rows` and `ratios` refuse.
    """
    said, panel = results.unsampled(panel.weight), panel.drawn(design)
    lines = []
    for by in ((), panel.by) if panel.by else ((),):
        for group, cells in _cells(panel, by).items():
            groups = dict(zip(by, group, strict=True))
            for k in [None, *sorted({c["year"] for c in cells})]:
                own = [c for c in cells if k is None or c["year"] == k]
                for name, value, n in [*_matrix(own, panel.states), *_rates(own)]:
                    lines.append(results.row(name, value, n=n, groups=groups, k=k, design=said))
    made = results.table(lines, panel.by)
    if design is None:
        return made
    rows, rounds = panel.followed()
    return dynamics_sample.with_moves(made, rows, _shares(rows, panel.states), rounds, panel.by, design)


def _shares(rows: ir.Table, states: Sequence[str]) -> dynamics_sample.Shares:
    """The shares of `_matrix` and `_rates`, as conditions of the rows."""
    was_poor, poor = rows._poor_was == 1, rows._p == 1
    back = ~was_poor & (rows._ever == 1)
    matrix = {
        f"transition:{start}>{end}": (rows._was == a, rows._s == b)
        for a, start in enumerate(states)
        for b, end in enumerate(states)
    }
    return matrix | {"escape": (was_poor, ~poor), "entry": (~was_poor, poor), "fall_back": (back, poor)}


def mobility(panel: Panel, *, design: Design | None = None) -> pa.Table:
    """Indices of mobility of all neighbouring rounds together; n: moves. Null where a class is nobody's at the start.

    design: as in `transitions`; normal intervals.
    """
    said, panel = results.unsampled(panel.weight), panel.drawn(design)
    lines = []
    for by in ((), panel.by) if panel.by else ((),):
        for group, cells in _cells(panel, by).items():
            groups = dict(zip(by, group, strict=True))
            n = sum(c["n"] for c in cells)
            lines += [
                results.row(name, v, n=n, groups=groups, design=said)
                for name, v in _indices(cells, len(panel.states)).items()
            ]
    made = results.table(lines, panel.by)
    if design is None:
        return made
    return dynamics_sample.with_mobility(made, panel.followed()[0], len(panel.states), panel.by, design)


def _cells(panel: Panel, by: Sequence[str]) -> dict[Groups, list[dict[str, Any]]]:
    """Moves counted by group, round, class before and after, and whether poor ever before."""
    moves, rounds = panel.moves()
    counted = moves.group_by(*by, "_round", "_was", "_s", "_poor_was", "_p", "_ever").aggregate(
        n=lambda t: t._n.sum(), w=lambda t: t._w.cast("float64").sum()
    )
    found: dict[Groups, list[dict[str, Any]]] = defaultdict(list)
    for line in fetch(counted).to_pylist():
        found[tuple(str(line[name]) for name in by)].append(line | {"year": rounds[line["_round"]]})
    if not found:
        raise EmptyGroupError(group=results.ALL, rule=Words("hai kỳ liền nhau", "two neighbouring rounds"))
    for group, cells in found.items():
        if not sum(cell["w"] for cell in cells):
            raise EmptyGroupError(group=results.subgroup(group), rule=no_weight(panel.weight))
    return dict(sorted(found.items()))


def _matrix(cells: Sequence[dict[str, Any]], states: Sequence[str]) -> list[tuple[str, float | None, int]]:
    found: list[tuple[str, float | None, int]] = []
    for a, start in enumerate(states):
        own = [c for c in cells if c["_was"] == a]
        for b, end in enumerate(states):
            found.append((f"transition:{start}>{end}", *_share(own, [c for c in own if c["_s"] == b])))
    return found


def _rates(cells: Sequence[dict[str, Any]]) -> list[tuple[str, float | None, int]]:
    poor = [c for c in cells if c["_poor_was"]]
    others = [c for c in cells if not c["_poor_was"]]
    back = [c for c in others if c["_ever"]]
    return [
        ("escape", *_share(poor, [c for c in poor if not c["_p"]])),
        ("entry", *_share(others, [c for c in others if c["_p"]])),
        ("fall_back", *_share(back, [c for c in back if c["_p"]])),
    ]


def _share(of: Sequence[dict[str, Any]], part: Sequence[dict[str, Any]]) -> tuple[float | None, int]:
    whole = sum(c["w"] for c in of)
    return (sum(c["w"] for c in part) / whole if whole else None), sum(c["n"] for c in of)


def _indices(cells: Sequence[dict[str, Any]], size: int) -> dict[str, float | None]:
    matrix = np.zeros((size, size))
    for c in cells:
        matrix[c["_was"], c["_s"]] += c["w"]
    start, whole = matrix.sum(axis=1), matrix.sum()
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    trace = float((matrix.diagonal() / start).sum()) if start.all() else None
    return {
        "shorrocks": None if trace is None else (size - trace) / (size - 1),
        "bartholomew": float((matrix * distance).sum() / whole / (size - 1)) if whole else None,
        "stayed": float(matrix.trace() / whole) if whole else None,
        "rose": float(np.triu(matrix, 1).sum() / whole) if whole else None,
        "fell": float(np.tril(matrix, -1).sum() / whole) if whole else None,
    }


def spells(panel: Panel) -> ir.Table:
    """Spells in poverty, runs of neighbouring rounds: household, <by>, start, end (years), rounds, began, ended.

    began 0: the household was already poor when first seen; ended 0: still poor when last seen (censored). `many`, where the
    panel has it, stays a column.
    """
    rows, _ = panel.rows()
    order = ibis.window(group_by="_h", order_by="_round")
    rows = rows.mutate(
        _began=(rows._round.lag().over(order) == rows._round - 1).fill_null(False).cast("int64"),
        _ended=(rows._round.lead().over(order) == rows._round + 1).fill_null(False).cast("int64"),
    )
    poor = rows.filter(rows._p == 1)
    poor = poor.mutate(
        _run=poor._round - ibis.row_number().over(ibis.window(group_by=poor._h, order_by=poor._round))
    )
    kept = (*panel.by, panel.many) if panel.many else panel.by
    held: dict[str, Any] = {name: poor[name].argmin(poor._round) for name in kept}
    year = poor[panel.year]
    # a run breaks only where a round was missed or not poor, so only its ends can lack a neighbour
    made = poor.group_by("_h", "_run").aggregate(
        **held, start=year.min(), end=year.max(), rounds=poor.count().cast("int64"),
        began=poor._began.min(), ended=poor._ended.min(),
    )  # fmt: skip
    return made.rename({panel.household: "_h"}).drop("_run")


def survival(panel: Panel, *, level: float = 0.95) -> pa.Table:
    """Share of spells that last more than k rounds, by Kaplan and Meier, with Greenwood's se and log-log intervals.

    Spells whose beginning was not seen are left out (`left_out` tells how many). One still going on in the k-th round is not
    known to last longer: it is censored after k - 1 rounds, and tells nothing if k is 1. n: spells at risk at k. Households count once each, without weight: the error is of the spells as a sample of such spells.
    """
    if not 0 < level < 1:
        raise ParameterError(name="level", value=level, rule="0 < level < 1")
    found = spells(panel)
    lines = []
    for by in ((), panel.by) if panel.by else ((),):
        counted = found.group_by(*by, "rounds", "began", "ended").aggregate(
            n=lambda t: t[panel.many].sum() if panel.many else t.count()
        )
        cells: dict[Groups, list[dict[str, Any]]] = defaultdict(list)
        for line in fetch(counted).to_pylist():
            cells[tuple(str(line[name]) for name in by)].append(line)
        for group, own in sorted(cells.items()):
            groups = dict(zip(by, group, strict=True))
            left = sum(c["n"] for c in own if not c["began"])
            lines.append(
                results.row("left_out", left, n=sum(c["n"] for c in own), groups=groups, design=KAPLAN_MEIER)
            )
            lines += curve([c for c in own if c["began"]], groups, level)
    return results.table(lines, panel.by)


def chronic(panel: Panel, tau: Cutoff = "2/3", *, design: Design | None = None) -> pa.Table:
    """ever, always, chronic, transient, duration and K0 of the households seen in every round; `dropped`: the others.

    tau: share of the rounds, decided between whole numbers. weight, groups, stratum and cluster are those of the first round a
    household was seen in. n: households. design: as in `transitions`.
    """
    (share,) = points(tau, "tau")
    said, panel = results.unsampled(panel.weight), panel.drawn(design)
    rows, rounds = panel.rows()
    kept = dict.fromkeys(
        [*panel.by, *(n for n in design.keys.values() if n), "_often"] if design else panel.by
    )
    held: dict[str, Any] = {name: rows[name].argmin(rows._round) for name in kept}
    homes = rows.group_by("_h").aggregate(
        **held,
        _seen=rows.count(),
        _poor=rows._p.sum(),
        _n=rows._n.argmin(rows._round),
        _w=rows._w.argmin(rows._round).cast("float64"),
    )
    homes = homes.mutate(_all=homes._seen == len(rounds))
    reached = homes._all & (homes._poor * share.denominator >= share.numerator * len(rounds))
    homes = homes.mutate(_reached=reached)
    lines = []
    for by in ((), panel.by) if panel.by else ((),):
        wanted = {
            "_n": ibis.ifelse(homes._all, homes._n, 0).sum(), "dropped": ibis.ifelse(homes._all, 0, homes._n).sum(),
            "_whole": _weight(homes, homes._all), "ever": _weight(homes, homes._all & (homes._poor > 0)),
            "always": _weight(homes, homes._all & (homes._poor == len(rounds))), "chronic": _weight(homes, homes._reached),
            "_time": ibis.ifelse(homes._reached, homes._w * homes._poor, 0.0).sum(),
        }  # fmt: skip
        for group, of in sums(homes, by, wanted).items():
            if not of["_whole"]:
                raise EmptyGroupError(
                    group=results.subgroup(group), rule=Words("có mặt ở mọi kỳ", "seen in every round")
                )
            whole, many, time = of["_whole"], of["chronic"], of["_time"] / len(rounds)
            named = {name: of[name] / whole for name in ("ever", "always", "chronic")}
            named |= {"transient": (of["ever"] - many) / whole, "duration": time / many if many else None}
            named |= {"K0": time / whole, "dropped": of["dropped"]}
            groups = dict(zip(by, group, strict=True))
            lines += [
                results.row(name, value, n=of["_n"], groups=groups, design=said)
                for name, value in named.items()
            ]
    made = results.table(lines, panel.by)
    if design is None:
        return made
    return dynamics_sample.with_households(made, homes, len(rounds), panel.by, design)


def _weight(homes: ir.Table, where: ir.BooleanValue) -> ir.NumericScalar:
    return ibis.ifelse(where, homes._w, 0.0).sum()
