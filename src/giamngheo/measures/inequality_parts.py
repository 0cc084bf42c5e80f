"""The influence of a row on the parts of inequality within and between groups.

With the totals N, S of everyone and N_g, S_g of the row's group, μ = S/N, μ_g = S_g/N_g, the row's amount x, and the
influence u on the whole index (`inequality_sample`, `ranks`):

    part                 influence
    theil_t:between B    (x·ln μ_g + x - μ_g - E·x)/S - x/S + 1/N,   E = Σ_g S_g·ln μ_g / S
    theil_l:between B    x/S - 1/N - (ln μ_g + x/μ_g - 1 - E')/N,    E' = Σ_g N_g·ln μ_g / N
    gini:between B       that of the index of concentration of x ranked by μ_g
    gini:within W        (S_g·G_g + N_g·x·G_g + N_g·S_g·u_g)/(N·S) - W·(1/N + x/S),   u_g: on the Gini index of the group
    theil:within         u - that of between
    gini:overlap         u - that of within and between

Where the means of groups hardly differ, between is near its least and has no slope there (the Gini index a kink): these errors
of between and overlap are then too rough to be used, and replicates (`inequality_bootstrap`) tell them.

Each follows from the formulas of `inequality` by taking the derivative by the row's weight (Deville 1999, as in `influence`).
"""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.measures import ranks


def parts(rows: ir.Table, by: Sequence[str]) -> tuple[ir.Table, dict[str, Any]]:
    """The rows with what their influences need, and the influence on each part, among everyone.

    rows: with `_x`, `_a` (the amount too), `_w`, `_often`. A group that has nothing has no share in Theil's T.
    """
    ranked = ranks.with_influence(rows, (), "_all")
    ranked = ranks.with_influence(ranked, tuple(by), "_own")
    w, x = ranked._w.cast("float64"), ranked._x.cast("float64")
    group = ibis.window(group_by=list(by))
    ranked = ranked.mutate(_heads=w.sum().over(group), _money=(x * w).sum().over(group))
    means = ranked.mutate(_amount=ranked._x, _x=ranked._money / ranked._heads)
    t = ranks.with_influence(means, (), "_between")
    t = _with_totals(t.mutate(_x=t._amount))
    return t, _theil(t) | _gini(t)


def _with_totals(t: ir.Table) -> ir.Table:
    """With the totals the influences share, each a column, so that the question to the engine stays short."""
    w, x, everyone = t._w.cast("float64"), t._x.cast("float64"), ibis.window()
    t = t.mutate(
        _log=ibis.ifelse(t._x > 0, x, 1.0).ln(),
        _mean_log=ibis.ifelse(t._money > 0, t._money / t._heads, 1.0).ln(),
        _own=t._own.fill_null(0.0),  # null where nobody has anything: all alike
        _own_index=t._own_index.fill_null(0.0),
        _n=w.sum().over(everyone),
        _s=(x * w).sum().over(everyone).nullif(0.0),
    )
    w, x = t._w.cast("float64"), t._x.cast("float64")
    return t.mutate(
        _xlogs=(x * w * t._log).sum().over(everyone),
        _logs=(w * t._log).sum().over(everyone),
        _per_money=(x * w * t._mean_log).sum().over(everyone) / t._s,
        _per_head=(w * t._mean_log).sum().over(everyone) / t._n,
        _within=(w * t._money * t._own_index).sum().over(everyone) / (t._n * t._s),
    )


def _theil(t: ir.Table) -> dict[str, Any]:
    x, n, s, log, mean = t._x.cast("float64"), t._n, t._s, t._mean_log, t._money / t._heads
    whole_t = x * t._log / s - x * t._xlogs / s**2 - x / s + 1 / n
    whole_l = x / s + (t._logs / n - 1) / n - t._log / n
    between_t = (x * log + x - mean - t._per_money * x) / s - x / s + 1 / n
    between_l = x / s - 1 / n - (log + x / mean.nullif(0.0) - 1 - t._per_head) / n
    return {
        "theil_t:within": whole_t - between_t,
        "theil_t:between": between_t,
        "theil_l:within": whole_l - between_l,
        "theil_l:between": between_l,
    }


def _gini(t: ir.Table) -> dict[str, Any]:
    x, n, s = t._x.cast("float64"), t._n, t._s
    moved = t._money * t._own_index + t._heads * (x * t._own_index + t._money * t._own)
    within = moved / (n * s) - t._within * (1 / n + x / s)
    return {
        "gini:within": within,
        "gini:between": t._between,
        "gini:overlap": t._all - within - t._between,
    }
