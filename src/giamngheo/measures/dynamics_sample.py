"""Sampling errors of what is measured over rounds: rows of a panel, households, and indices of mobility.

Transitions, escapes and what is told of households seen in every round are ratios of weighted totals (`design`), and take either
of its methods. The indices of mobility have the influences of `influence`, within the moves of the row's group:

    shorrocks      -Σ_a (1{stayed} - p_aa)·1{from a} / (N_a·(n - 1))      N_a: weight of the moves from class a
    the others     (y - ȳ) / N                                            y: |a - b|/(n - 1), stayed, rose, fell

All rounds of a cluster count together, so that a household's own history is no source of error of its own. A row that is no
move, and a household not seen in every round, counts as nothing in its cluster.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.measures import influence, results
from giamngheo.measures.design import Design, Parts, ratios
from giamngheo.measures.influence import NONE

#: Whether a row is of the whole of a share, and whether of its part.
Shares = Mapping[str, tuple[ir.BooleanValue, ir.BooleanValue]]


def with_moves(
    made: pa.Table,
    rows: ir.Table,
    shares: Shares,
    rounds: Sequence[int],
    by: Sequence[str],
    design: Design,
) -> pa.Table:
    """The table `made` of transitions with the errors of its shares: of each round and of all together.

    rows: of all rounds, with `_moved`, `_round` and `_often`, the weight of the row without the design's.
    """
    told = []
    for place, year in enumerate([None, *rounds[1:]]):
        here = rows._moved if year is None else rows._moved & (rows._round == place)
        parts = {name: _part(rows, here & of, part) for name, (of, part) in shares.items()}
        at = {} if year is None else dict.fromkeys(shares, float(year))
        told.append(ratios(rows, parts, by=by, design=design, k=at))
    return _with_errors(made, results.joined(*told), by)


def with_households(
    made: pa.Table, homes: ir.Table, rounds: int, by: Sequence[str], design: Design
) -> pa.Table:
    """The table `made` of households seen in every round with its errors; `dropped` counts rows and has none.

    homes: a row a household, with `_all` (seen in every round), `_poor` (rounds it was poor in), `_reached` and `_often`.
    """
    seen, time = homes._all, homes._poor.cast("float64") / rounds
    many = ibis.ifelse(homes._reached, homes._often * time, 0.0)
    of_all = ibis.ifelse(seen, homes._often, ibis.null("float64"))
    parts: Parts = {
        "ever": _part(homes, seen, homes._poor > 0),
        "always": _part(homes, seen, homes._poor == rounds),
        "chronic": _part(homes, seen, homes._reached),
        "transient": _part(homes, seen, (homes._poor > 0) & ~homes._reached),
        "duration": (many, ibis.ifelse(homes._reached, homes._often, 0.0)),
        "K0": (many, of_all),
    }
    return _with_errors(made, ratios(homes, parts, by=by, design=design), by)


def with_mobility(made: pa.Table, rows: ir.Table, size: int, by: Sequence[str], design: Design) -> pa.Table:
    """The table `made` of the indices of mobility among `size` classes with its errors.

    rows: of all rounds, with `_moved`, `_was`, `_s`, the whole weight `_w`, and `_often` without the design's.
    """
    rows = rows.mutate(
        _w=ibis.ifelse(rows._moved, rows._w.cast("float64"), 0.0),
        _often=ibis.ifelse(rows._moved, rows._often, 0.0),
    )
    lines = []
    for grouped in ((), tuple(by)) if by else ((),):
        known, said = influence.errors(rows, _influences(rows, size, grouped), grouped, design)
        for line in made.to_pylist():
            if (line["subgroup"] == results.ALL) == (not grouped):
                error = known.get((line["measure"], line["subgroup"]), NONE)
                most = size / (size - 1) if line["measure"] == "shorrocks" else 1.0
                lines.append(line | error.around(line["estimate"], 0.0, most) | {"design": said})
    return results.table(lines, by)


def _influences(rows: ir.Table, size: int, by: Sequence[str]) -> dict[str, Any]:
    start, end = rows._was.cast("float64"), rows._s.cast("float64")
    stayed = (start == end).cast("float64")
    own, of_class = (ibis.window(group_by=keys or None) for keys in (list(by), [*by, "_was"]))

    def around(y: Any, window: Any) -> Any:
        whole = rows._w.sum().over(window).nullif(0.0)
        return (y - (rows._w * y).sum().over(window) / whole) / whole

    found = {
        "shorrocks": -around(stayed, of_class) / (size - 1),
        "bartholomew": around((end - start).abs() / (size - 1), own),
        "stayed": around(stayed, own),
        "rose": around((end > start).cast("float64"), own),
        "fell": around((end < start).cast("float64"), own),
    }
    return {name: ibis.ifelse(rows._moved, u, 0.0) for name, u in found.items()}


def _part(rows: ir.Table, of: ir.BooleanValue, part: ir.BooleanValue) -> tuple[Any, Any]:
    """Numerator and denominator of a share; null in rows that are not of its whole."""
    nothing = ibis.null("float64")
    return ibis.ifelse(of, ibis.ifelse(part, rows._often, 0.0), nothing), ibis.ifelse(
        of, rows._often, nothing
    )


def _with_errors(made: pa.Table, told: pa.Table, by: Sequence[str]) -> pa.Table:
    """Lines with the errors of the same lines as `ratios` told them."""
    known = {(line["measure"], line["subgroup"], line["k"]): line for line in told.to_pylist()}
    said = told["design"][0].as_py()
    lines = []
    for line in made.to_pylist():
        found = known.get((line["measure"], line["subgroup"], line["k"]), {})
        error = {name: found.get(name) for name in ("se", "ci_low", "ci_high")}
        lines.append(line | error | {"design": said})
    return results.table(lines, by)
