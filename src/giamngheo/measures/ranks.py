"""Measures that hang on ranks (concentration, Gini, area under a curve), their sums and their linearised errors.

Rows are ranked by a key; ties share one cell, so that no rule breaks them. Of each cell: weight w, and the weighted total
of what is followed (benefits a, the poor p, the others q); "below" and "above" are sums over cells of lower and higher key.

    measure        formula                                         influence of a row, u = d measure / d w
    concentration  C = Σ a·(2 w_below + w) / (N S) - 1             (2 a_i R_i - (C+1) a_i)/S + 2 (a_above + a/2)/(N S) - (C+1)/N
    auc            A = Σ q·(2 p_below + p) / (2 P Q)               poor: (share of q above, ties half, - A)/P
                                                                   other: (share of p below, ties half, - A)/Q

with N = Σ w, S = Σ a, P = Σ p, Q = Σ q, R_i = (w_below + w/2)/N. The variance is that of Σ w·u under the design (`design`).

Sources: J.-C. Deville, “Variance estimation for complex statistics and estimators: linearization and residual techniques”,
Survey Methodology 25 (1999), 193-203, for u as a derivative by the weight; E. R. DeLong, D. M. DeLong and D. L.
Clarke-Pearson, Biometrics 44 (1988), 837-845, for the same two parts of the area under a curve.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from giamngheo.measures import results
from giamngheo.measures.clusters import Numbers
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Sums, sums
from giamngheo.measures.influence import NONE, errors
from giamngheo.measures.linearised import Slopes
from giamngheo.measures.tables import fetch

#: Whole weights that add up to less than this multiply within 64 bits; more are taken as floats.
_MOST_WEIGHT = 2**31


def concentration(rows: ir.Table, measure: str, by: Sequence[str], design: Design | None) -> pa.Table:
    """C by group of rows with `_x` (key), `_a` (what is shared out), `_w` (all weight), `_often` (that of the row alone)."""
    made = []
    for grouped in ((), tuple(by)) if by else ((),):
        found = _values(_concentrated(rows, grouped), grouped)
        t = with_influence(rows, grouped) if design else None
        made.append(_lines(measure, found, t, grouped, design, -1.0))
    return results.joined(*made)


def with_influence(rows: ir.Table, by: Sequence[str], name: str = "_u") -> ir.Table:
    """The rows with the influence of each on C of its group, and C itself under the name and `_index`."""
    t = _joined(rows, _concentrated(rows, by), by)
    whole = t._w_whole.cast("float64") * t._s_whole.cast("float64")
    held = 2 * (t._s_whole - t._s_upto + t._s_cell / 2) / whole
    u = (2 * t._rank - t._index - 1) * t._a / t._s_whole + held - (t._index + 1) / t._w_whole
    return t.mutate(**{name: u, f"{name}_index": t._index}).select(*rows.columns, name, f"{name}_index")


def with_places(
    rows: ir.Table, by: Sequence[str], shares: Sequence[Fraction], tag: str, *, exact: bool
) -> ir.Table:
    """The rows with what C hangs on, in columns that end in `tag`: the place of each among the keys of its group.

    _rank: R; _above: 2 (a_above + a/2)/(N S); _under_<place>: up to the quantile at that share (`distribution.quantile`).
    """
    cells = _cells(rows, by, {"_s": lambda t: t._a * t._w})
    whole = cells._w_whole.cast("float64") * cells._s_whole.cast("float64")
    made: dict[str, Any] = {
        f"_rank{tag}": (cells._w_below + cells._w / 2) / cells._w_whole,
        f"_above{tag}": 2 * (cells._s_whole - cells._s_upto + cells._s / 2) / whole.nullif(0.0),
    }
    for place, share in enumerate(shares):
        reached = (
            cells._w_below * share.denominator >= cells._w_whole * share.numerator
            if exact
            else cells._w_below >= cells._w_whole * ibis.literal(float(share) * (1 - 1e-12), "float64")
        )
        made[f"_under_{place}{tag}"] = ~reached
    keys = [*by, "_x"]
    return rows.join(cells.select(*keys, **made), keys)


def slopes(n: Numbers, s: Numbers, ranked: Numbers, tag: str) -> Slopes:
    """The slopes of C by the totals N, S, Σ w·a·R and of the amounts above (`with_places`), by group."""
    index = 2 * ranked / s  # C + 1
    return {f"rank{tag}": 2 / s, f"above{tag}": np.ones(len(n)), "s": -index / s, "n": -index / n}


def _concentrated(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """The cells of ranked rows, each with C of its group and its own middle rank."""
    cells = _cells(rows, by, {"_s": lambda t: t._a * t._w})
    pairs = cells._s.cast("float64") * (2 * cells._w_below + cells._w).cast("float64")
    whole = cells._w_whole.cast("float64") * cells._s_whole.cast("float64")
    index = _over(cells, by, pairs) / whole.nullif(0.0) - 1
    return cells.mutate(_index=index, _rank=(cells._w_below + cells._w / 2) / cells._w_whole)


def area(rows: ir.Table, measure: str, by: Sequence[str], design: Design | None) -> pa.Table:
    """A by group of rows with `_x` (score, low for the poor), `_poor` (0/1), `_w`, `_often`; null where all are of a kind."""
    whole = fetch(rows.aggregate(w=rows._w.cast("float64").sum()))["w"][0].as_py()
    if whole >= _MOST_WEIGHT:
        rows = rows.mutate(_w=rows._w.cast("float64"))
    made = []
    for grouped in ((), tuple(by)) if by else ((),):
        cells = _cells(rows, grouped, {"_p": lambda t: t._poor * t._w, "_q": lambda t: (1 - t._poor) * t._w})
        pairs = cells._q * (2 * cells._p_below + cells._p)
        most = (2 * cells._p_whole * cells._q_whole).cast("float64").nullif(0.0)
        cells = cells.mutate(_index=_over(cells, grouped, pairs) / most)
        found = _values(cells, grouped)
        t = None
        if design:
            t = _joined(rows, cells, grouped)
            beyond = (t._q_whole - t._q_upto + t._q_cell / 2) / t._q_whole
            before = (t._p_below + t._p_cell / 2) / t._p_whole
            mine = ibis.ifelse(
                t._poor == 1, (beyond - t._index) / t._p_whole, (before - t._index) / t._q_whole
            )
            t = t.mutate(_u=mine)
        made.append(_lines(measure, found, t, grouped, design, 0.0))
    return results.joined(*made)


def held(rows: ir.Table, by: Sequence[str], shares: Sequence[Fraction]) -> Sums:
    """Of each group `parts`: of all `_a`, what each poorest share of the weight has; null where there is none."""
    cells = _cells(rows, by, {"_s": lambda t: t._a * t._w})
    w, zero = cells._w.cast("float64"), ibis.literal(0.0, "float64")
    wanted: dict[str, Any] = {"_n": cells._n.sum().cast("int64"), "_s": cells._s.sum().cast("float64")}
    for place, share in enumerate(shares):
        room = cells._w_whole.cast("float64") * ibis.literal(float(share), "float64") - cells._w_below
        part = ibis.least(ibis.greatest(room, zero), w) / w.nullif(0.0)
        wanted[f"_{place}"] = (part * cells._s).sum()
    found = sums(cells, by, wanted)
    for line in found.values():
        line["parts"] = [
            line[f"_{place}"] / line["_s"] if line["_s"] else None for place in range(len(shares))
        ]
    return found


def _cells(rows: ir.Table, by: Sequence[str], followed: Mapping[str, Any]) -> ir.Table:
    """One row for each group and key: rows `_n`, weight and what is followed, each with its sum below, up to and in all."""
    exact = rows._w.type().is_integer()
    kinds = {name: of(rows).type() for name, of in followed.items()} | {"_w": rows._w.type()}
    kept = {name: "int64" if exact and kind.is_integer() else "float64" for name, kind in kinds.items()}
    wanted: dict[str, Any] = {name: of(rows).sum().cast(kept[name]) for name, of in followed.items()}
    wanted |= {"_w": rows._w.sum().cast(kept["_w"]), "_n": rows.count().cast("int64")}
    cells = rows.group_by(*by, "_x").aggregate(**wanted)
    upto = ibis.cumulative_window(group_by=list(by) or None, order_by="_x")
    made: dict[str, Any] = {}
    for name, kind in kept.items():
        made[f"{name}_upto"] = cells[name].sum().over(upto).cast(kind)
        made[f"{name}_whole"] = cells[name].sum().over(ibis.window(group_by=list(by) or None)).cast(kind)
    cells = cells.mutate(**made)
    return cells.mutate(**{f"{name}_below": cells[f"{name}_upto"] - cells[name] for name in kept})


def _over(cells: ir.Table, by: Sequence[str], term: Any) -> Any:
    return term.sum().over(ibis.window(group_by=list(by) or None)).cast("float64")


def _values(cells: ir.Table, by: Sequence[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    """The index of each group with the rows behind it."""
    return sums(cells, by, {"_index": cells._index.max(), "_n": cells._n.sum().cast("int64")})


def _joined(rows: ir.Table, cells: ir.Table, by: Sequence[str]) -> ir.Table:
    """Each row with its cell; columns both have are the row's, those of the cell end in `_cell`."""
    cells = cells.rename({f"{name}_cell": name for name in ("_w", "_s", "_p", "_q") if name in cells.columns})
    return rows.join(cells, [*by, "_x"])


def _lines(
    measure: str,
    found: Mapping[tuple[str, ...], Mapping[str, Any]],
    table: ir.Table | None,
    by: Sequence[str],
    design: Design | None,
    least: float,
) -> pa.Table:
    """One line a group; normal intervals from the influence `_u`, cut off at the ends of the range from `least` to 1."""
    known, said = (
        errors(table, {measure: table._u}, by, design)
        if table is not None and design
        else ({}, results.CENSUS)
    )
    lines = []
    for group, line in found.items():
        error = known.get((measure, results.subgroup(group)), NONE)
        lines.append(
            results.row(
                measure,
                line["_index"],
                n=line["_n"],
                groups=dict(zip(by, group, strict=True)),
                **error.around(line["_index"], least, 1.0),
                design=said,
            )
        )
    return results.table(lines, by)
