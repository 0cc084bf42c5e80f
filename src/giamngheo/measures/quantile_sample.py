"""Sampling errors of quantiles and of what lies below them: ratios of quantiles, points of Lorenz and concentration curves.

With F the share of weight up to x, q = F⁻¹(p) and f the density at q:

    what                     influence of a row
    quantile                 -(1{x ≤ q} - p) / (f·N)
    ratio R = q_a/q_b        (u_a - R·u_b) / q_b
    curve C(p)               ((a - m)·t + p·m - C·a) / S           t: 1 below q, 0 above, at q the part counted in

a is what is shared out, S its total, m its mean among those at q (for a Lorenz curve q itself). f and m are smoothed
with a Gaussian kernel, f = Σ w·φ((q - x)/h)/(h·N), m = Σ w·a·φ / Σ w·φ, of bandwidth

    h = 0.9·min(sd, IQR/1.34)·n*^(-1/5)          n* = (Σw)²/Σw², Kish's effective number of rows; sd alone if IQR is 0

A density is a choice: in samples of some hundred rows a group, or where amounts heap on round figures, the errors of
quantiles are rough, and a bootstrap is the better answer. No error where all amounts are alike.

Sources: Deville (1999) as in `influence`; G. Osier, “Variance estimation for complex indicators of poverty and inequality
using linearization techniques”, Survey Research Methods 3 (2009), 167-195, for the kernel; B. W. Silverman, Density
Estimation for Statistics and Data Analysis (1986), eq. 3.31, for h (Osier takes sd·N^(-1/5), which hangs on the scale of
the weights and on the richest); L. Kish, Survey Sampling (1965), for n*; M. S. Kovačević and D. A. Binder, Journal of
Official Statistics 13 (1997), 41-58, for the Lorenz curve; J. A. Bishop, K. V. Chow and J. P. Formby, International Economic
Review 35 (1994), 479-488, for curves of concentration.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.measures import results
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts, quantile
from giamngheo.measures.indices import quotient_name
from giamngheo.measures.influence import Errors, errors

_QUARTILES = (Fraction(1, 4), Fraction(3, 4))


def quotients(
    rows: Amounts, by: Sequence[str], pairs: Sequence[tuple[Fraction, ...]]
) -> tuple[ir.Table, dict[str, Any]]:
    """The rows with what their influences need, and the influence on each ratio of quantiles within the row's group."""
    asked = tuple(sorted({p for pair in pairs for p in pair}))
    t = _with_ends(rows, by, asked)
    alone = [_of_quantile(t, place, p) for place, p in enumerate(asked)]
    made: dict[str, Any] = {}
    for pair in pairs:
        (high, above), (low, below) = ((t[f"_q{i}"], alone[i]) for i in map(asked.index, pair))
        made[quotient_name(pair)] = (above - high / low.nullif(0.0) * below) / low.nullif(0.0)
    return t, made


def curve(
    rows: Amounts, by: Sequence[str], asked: Sequence[Fraction], shared: str | None = None
) -> tuple[ir.Table, dict[Fraction, Any]]:
    """The rows, and the influence on each point of the curve: of the column `shared`, or of the amounts themselves."""
    t = _with_ends(rows, by, asked, shared or "_x")
    made: dict[Fraction, Any] = {}
    whole = ibis.window(group_by=list(by) or None)
    a, w = t[shared or "_x"].cast("float64"), t._w.cast("float64")
    total = (a * w).sum().over(whole).nullif(0.0)
    for place, p in enumerate(asked):
        q = t[f"_q{place}"]
        mean = t[f"_m{place}"] if shared else q
        astride = (float(p) * t._people - t[f"_below{place}"]) / t[f"_at{place}"]
        counted = ibis.ifelse(t._x < q, 1.0, ibis.ifelse(t._x == q, astride, 0.0))
        share = (a * w * counted).sum().over(whole) / total
        made[p] = ((a - mean) * counted + float(p) * mean - share * a) / total
    return t, made


def curve_errors(
    rows: Amounts,
    often: Any,
    by: Sequence[str],
    asked: Sequence[Fraction],
    design: Design | None,
    shared: str | None = None,
) -> tuple[Errors, str]:
    """The errors of the points of a curve, each named as its share p is written ("1/5"); none for a census."""
    if design is None:
        return {}, results.CENSUS
    t, found = curve(replace(rows, table=rows.table.mutate(_often=often)), by, asked, shared)
    return errors(t, {str(p): u for p, u in found.items()}, by, design)


def _of_quantile(t: ir.Table, place: int, p: Fraction) -> Any:
    return (float(p) - (t._x <= t[f"_q{place}"]).cast("float64")) / (t[f"_f{place}"].nullif(0.0) * t._people)


def _with_ends(rows: Amounts, by: Sequence[str], asked: Sequence[Fraction], shared: str = "_x") -> ir.Table:
    """The rows with the quantiles of their group (`_q`), the density (`_f`), mean of what is shared (`_m`) and weight there."""
    t = rows.table
    t = _joined(t, _with_bandwidth(_joined(_sizes(t, by), _quantiles(rows, by, asked), by)), by)
    w, x = t._w.cast("float64"), t._x.cast("float64")
    wanted: dict[str, Any] = {}
    for place in range(len(asked)):
        q = t[f"_q{place}"]
        near = (-(((q - x) / t._h.nullif(0.0)) ** 2) / 2).exp() * w
        wanted |= {
            f"_f{place}": near.sum() / (t._h * t._people).max().nullif(0.0) / math.sqrt(2 * math.pi),
            f"_m{place}": (near * t[shared].cast("float64")).sum() / near.sum().nullif(0.0),
            f"_below{place}": ibis.ifelse(t._x < q, w, 0.0).sum(),
            f"_at{place}": ibis.ifelse(t._x == q, w, 0.0).sum(),
        }
    return _joined(t, t.group_by(*by).aggregate(**wanted) if by else t.aggregate(**wanted), by)


def _sizes(t: ir.Table, by: Sequence[str]) -> ir.Table:
    w, x = t._w.cast("float64"), t._x.cast("float64")
    wanted: Mapping[str, Any] = {
        "_people": w.sum(),
        "_mean": (w * x).sum() / w.sum(),
        "_square": (w * x * x).sum() / w.sum(),
        "_rows": w.sum() ** 2 / (w * w).sum(),
    }
    return t.group_by(*by).aggregate(**wanted) if by else t.aggregate(**wanted)


def _quantiles(rows: Amounts, by: Sequence[str], asked: Sequence[Fraction]) -> ir.Table:
    ranked = rows.ranked(by)
    wanted = {f"_q{place}": p for place, p in enumerate(asked)} | dict(
        zip(("_low", "_high"), _QUARTILES, strict=True)
    )
    found = {name: quantile(ranked, p, exact=rows.exact).cast("float64") for name, p in wanted.items()}
    return ranked.group_by(*by).aggregate(**found) if by else ranked.aggregate(**found)


def _joined(one: ir.Table, other: ir.Table, by: Sequence[str]) -> ir.Table:
    return one.join(other, list(by)) if by else one.cross_join(other)


def _with_bandwidth(t: ir.Table) -> ir.Table:
    sd = ibis.greatest(t._square - t._mean * t._mean, 0.0).sqrt()
    middle = (t._high - t._low) / 1.34
    spread = ibis.ifelse(middle > 0, ibis.least(sd, middle), sd)
    return t.mutate(_h=0.9 * spread * t._rows ** ibis.literal(-0.2, "float64"))
