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
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir

from giamngheo.measures import results
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import Amounts, Groups, quantile, sums
from giamngheo.measures.influence import Errors, errors

_QUARTILES = (Fraction(1, 4), Fraction(3, 4))


@dataclass(frozen=True)
class Ends:
    """The quantiles of a group and the density there; None where there is none, for all amounts are alike."""

    at: tuple[float | None, ...] = ()
    density: tuple[float | None, ...] = ()


def ends(rows: Amounts, by: Sequence[str], asked: Sequence[Fraction]) -> Mapping[Groups, Ends]:
    """The quantiles asked for, by group."""
    if not asked:
        return defaultdict(Ends)
    t = _with_bandwidth(_with_quantiles(rows, by, asked), by)
    w, x = t._w.cast("float64"), t._x.cast("float64")
    per = (t._h * t._people).max().nullif(0.0)
    wanted = {f"_q{place}": t[f"_q{place}"].max() for place in range(len(asked))}
    wanted |= {
        f"_f{place}": ((_near(t[f"_q{place}"] - x, t._h) * w).sum() / per).nullif(0.0)
        for place in range(len(asked))
    }
    found = sums(t, by, wanted)
    return {
        group: Ends(*(tuple(line[f"_{kind}{place}"] for place in range(len(asked))) for kind in "qf"))
        for group, line in found.items()
    }


def curve(
    rows: Amounts, by: Sequence[str], asked: Sequence[Fraction], shared: str | None = None
) -> tuple[ir.Table, dict[Fraction, Any]]:
    """The rows, and the influence on each point of the curve: of the column `shared`, or of the amounts themselves."""
    whole = ibis.window(group_by=list(by) or None)
    t = _with_quantiles(rows, by, asked)
    if shared:
        t = _with_bandwidth(t, by)
    w, x, a = t._w.cast("float64"), t._x.cast("float64"), t[shared or "_x"].cast("float64")
    wanted: dict[str, Any] = {"_total": (a * w).sum().over(whole).nullif(0.0)}
    for place in range(len(asked)):
        q = t[f"_q{place}"]
        wanted[f"_below{place}"] = ibis.ifelse(t._x < q, w, 0.0).sum().over(whole)
        wanted[f"_at{place}"] = ibis.ifelse(t._x == q, w, 0.0).sum().over(whole)
        if shared:
            near = _near(q - x, t._h) * w
            wanted[f"_m{place}"] = (near * a).sum().over(whole) / near.sum().over(whole).nullif(0.0)
    t = t.mutate(**wanted)
    return t, {p: _of_point(t, place, p, whole, shared) for place, p in enumerate(asked)}


def _of_point(t: ir.Table, place: int, p: Fraction, whole: Any, shared: str | None) -> Any:
    q, a, w = t[f"_q{place}"], t[shared or "_x"].cast("float64"), t._w.cast("float64")
    mean = t[f"_m{place}"] if shared else q
    astride = (float(p) * t._people - t[f"_below{place}"]) / t[f"_at{place}"]
    counted = ibis.ifelse(t._x < q, 1.0, ibis.ifelse(t._x == q, astride, 0.0))
    share = (a * w * counted).sum().over(whole) / t._total
    return ((a - mean) * counted + float(p) * mean - share * a) / t._total


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


def _near(distance: Any, h: Any) -> Any:
    """φ, the Gaussian kernel, at a distance in bandwidths."""
    return (-((distance / h.nullif(0.0)) ** 2) / 2).exp() / math.sqrt(2 * math.pi)


def _with_quantiles(rows: Amounts, by: Sequence[str], asked: Sequence[Fraction]) -> ir.Table:
    """The rows with the quantiles of their group (`_q`), its quartiles (`_low`, `_high`) and weight (`_people`)."""
    ranked = rows.ranked(by)
    wanted = {f"_q{place}": p for place, p in enumerate(asked)}
    wanted |= dict(zip(("_low", "_high"), _QUARTILES, strict=True))
    found = {name: quantile(ranked, p, exact=rows.exact).cast("float64") for name, p in wanted.items()}
    of = ranked.group_by(*by).aggregate(**found) if by else ranked.aggregate(**found)
    t = rows.table.join(of, list(by)) if by else rows.table.cross_join(of)
    return t.mutate(_people=t._w.cast("float64").sum().over(ibis.window(group_by=list(by) or None)))


def _with_bandwidth(t: ir.Table, by: Sequence[str]) -> ir.Table:
    """With the bandwidth of the row's group (`_h`)."""
    w, x, whole = t._w.cast("float64"), t._x.cast("float64"), ibis.window(group_by=list(by) or None)
    t = t.mutate(
        _mean=(w * x).sum().over(whole) / t._people,
        _square=(w * x * x).sum().over(whole) / t._people,
        _kish=t._people**2 / (w * w).sum().over(whole),
    )
    sd = ibis.greatest(t._square - t._mean * t._mean, 0.0).sqrt()
    middle = (t._high - t._low) / 1.34
    spread = ibis.ifelse(middle > 0, ibis.least(sd, middle), sd)
    return t.mutate(_h=0.9 * spread * t._kish ** ibis.literal(-0.2, "float64"))
