"""Inequality of amounts: Gini, Theil's T and L, Atkinson, quantile ratios, the Lorenz curve, within and between groups.

With amounts x, weights w that add up to N, their total S = Σ w·x, the mean μ = S/N:

    measure            formula                                      range; null where not defined
    mean               S / N                                        the unit of x
    gini               Σ_i Σ_j w_i w_j |x_i - x_j| / (2 N S)        0 (all alike) up to below 1; null where S = 0
    theil_t            Σ w·(x/μ)·ln(x/μ) / N                        0 up to ln N; an amount of 0 adds 0
    theil_l            Σ w·ln(μ/x) / N                              from 0; null where an amount is 0
    atkinson:<e>       1 - (Σ w·(x/μ)^(1-e) / N)^(1/(1-e))          0 up to 1; e = 1: 1 - exp(Σ w·ln x / N)/μ;
                                                                    1 where an amount is 0 and e >= 1
    p90/p10 …          F⁻¹(0.9) / F⁻¹(0.1)                          F⁻¹(p): the least amount with F >= p; null over 0
    lorenz             share of S held by the poorest share k of N  a household astride k counts in part
    <index>:within, :between, and for Gini :overlap                 they add up to the index of everyone

Gini is counted from the distinct amounts, Σ w·x·(weight below + weight up to) / (N S) - 1, which needs no rule for ties;
whole numbers give it exactly, with one rounding at the end. No correction for small samples is made: copies of a
population are as unequal as it is. Without unit but the mean.

    part of                within                                between
    theil_t                Σ_g (S_g/S)·T_g                       Σ_g (S_g/S)·ln(μ_g/μ)
    theil_l                Σ_g (N_g/N)·L_g                       Σ_g (N_g/N)·ln(μ/μ_g)
    gini                   Σ_g (N_g/N)(S_g/S)·G_g                Gini if each had the mean of its group; the rest overlaps

Worked by hand: amounts 1, 2, 3, 4. gini = (3·1 + 2·2 + 1·3)·2 / (2·4·10) = 0.25; L(1/2) = 3/10; p75/p25 = 3.

Sources: C. Gini (1914), in the form of A. Sen, On Economic Inequality (1973), chapter 2; H. Theil, Economics and
Information Theory (1967); A. B. Atkinson, “On the measurement of inequality”, Journal of Economic Theory 2 (1970),
244-263; A. F. Shorrocks, “The class of additively decomposable inequality measures”, Econometrica 48 (1980), 613-625;
M. Bhattacharya and B. Mahalanobis, “Regional disparities in household consumption in India”, JASA 62 (1967), for Gini.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.measures import inequality_bootstrap, inequality_sample, results
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import (
    Amounts,
    Groups,
    More,
    amounts,
    number,
    points,
    quantile,
    weighted,
)
from giamngheo.measures.errors import ParameterError
from giamngheo.measures.exact import Cutoff, plain
from giamngheo.measures.indices import Wanted, decomposition, indices
from giamngheo.measures.influence import NONE, Errors
from giamngheo.measures.quantile_sample import curve_errors

DECILES = tuple(Fraction(n, 10) for n in range(1, 11))


def inequality(
    table: ir.Table,
    amount: str,
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    aversion: Iterable[float] = (0.5, 1, 2),
    quantiles: Iterable[tuple[Cutoff, Cutoff]] = (("90%", "10%"), ("90%", "50%"), ("50%", "10%")),
    design: Design | None = None,
) -> pa.Table:
    """All indices of the module docstring but the curve, for everyone and by group; with groups, the decompositions.

    amount: integers or float64, not negative. aversion: Atkinson's e, each above 0. quantiles: pairs, the first over
    the second. design: how the sample was drawn, its weight multiplying `weight`; all then have standard errors, linearised
    (`inequality_sample`, `quantile_sample`, `inequality_parts`) or by replicates (`inequality_bootstrap`), and normal intervals.
    Raises ParameterError and what `amounts` and `ratios` refuse.
    """
    both, often = weighted(table, weight, design.weight if design else None)
    rows = amounts(both, amount, by=by, weight=often)
    wanted = Wanted(
        tuple(_aversion(e) for e in aversion), tuple(points(pair, "quantiles") for pair in quantiles)
    )
    whole = rows.sums((), _sums(rows, wanted))
    parts = rows.sums(by, _sums(rows, wanted)) if by else {}
    named = {group: indices(sums, wanted) for group, sums in parts.items()}
    everyone = indices(whole[()], wanted)
    if by:
        everyone |= decomposition(everyone, whole[()], named, parts)
    lines = [_row(name, value, whole[()], (), ()) for name, value in everyone.items()]
    lines += [_row(n, v, parts[g], by, g) for g, values in named.items() for n, v in values.items()]
    if design:
        alone = number(rows.table, weight) if weight else ibis.literal(1, "int64")
        found, said = _errors(rows, alone, by, design, wanted)
        lines = [_with_error(line, found) | {"design": said} for line in lines]
    return results.table(lines, by)


def _errors(
    rows: Amounts, often: Any, by: Sequence[str], design: Design, wanted: Wanted
) -> tuple[Errors, str]:
    """The standard errors of every index, by the method of the design."""
    if design.method == "bootstrap":
        return inequality_bootstrap.errors(rows, by, design, wanted)
    return inequality_sample.errors(rows, often, by, design, wanted)


def _with_error(line: dict[str, Any], found: Errors) -> dict[str, Any]:
    """A line with its error; an index at an end of its range by definition, or not defined, has none."""
    measure, estimate = line["measure"], line["estimate"]
    if measure.startswith("atkinson") and estimate == 1:
        return line
    return line | found.get((measure, line["subgroup"]), NONE).around(
        estimate, *((-1.0, 1.0) if measure == "gini" else ())
    )


def lorenz(
    table: ir.Table,
    amount: str,
    *,
    at: Iterable[Cutoff] = DECILES,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> pa.Table:
    """The Lorenz curve at shares of the population, in column k: the share of the total its poorest have.

    Σ x·min(max(k·N - weight below, 0), w) / S. Null where the total is 0. design: as in `inequality`; errors then as in
    `quantile_sample`, intervals cut off at 0 and k. Raises as `inequality`.
    """
    both, often = weighted(table, weight, design.weight if design else None)
    rows = amounts(both, amount, by=by, weight=often)
    shares = points(at, "at")
    alone = number(rows.table, weight) if weight else ibis.literal(1, "int64")
    lines = []
    for grouped in ((), tuple(by)) if by else ((),):
        held = rows.sums(
            grouped, lambda t: {f"_{place}": _held(t, share) for place, share in enumerate(shares)}
        )
        found, said = curve_errors(rows, alone, grouped, shares, design)
        for group, sums in held.items():
            for place, share in enumerate(shares):
                value = sums[f"_{place}"] / sums["_s"] if sums["_s"] else None
                line = _row("lorenz", value, sums, grouped, group, k=float(share))
                error = found.get((str(share), line["subgroup"]), NONE)
                lines.append(line | error.around(value, 0.0, float(share)) | {"design": said})
    return results.table(lines, by)


def _held(ranked: ir.Table, share: Fraction) -> ir.NumericScalar:
    room = ranked._whole.cast("float64") * ibis.literal(float(share), "float64") - ranked._below
    zero = ibis.literal(0.0, "float64")
    return (ibis.least(ibis.greatest(room, zero), ranked._w.cast("float64")) * ranked._x).sum()


def _aversion(e: float) -> float:
    number = plain(e)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < math.inf:
        raise ParameterError(name="aversion", value=e, rule="e > 0")
    return number


def _sums(rows: Amounts, wanted: Wanted) -> More:
    """The sums behind Theil and Atkinson, where zeros have no logarithm and no negative power, and the quantiles."""

    def more(ranked: ir.Table) -> dict[str, Any]:
        x, w = ranked._x.cast("float64"), ranked._w.cast("float64")
        there = ranked._x > 0
        safe = ibis.ifelse(there, x, 1.0)
        terms: dict[str, Any] = {
            "_zeros": ibis.ifelse(there, 0.0, w).sum(),
            "_log": (w * safe.ln()).sum(),
            "_xlog": (w * x * safe.ln()).sum(),
        }
        for place, e in enumerate(wanted.strengths):
            power = safe ** ibis.literal(1.0 - e, "float64")
            terms[f"_power_{place}"] = (w * ibis.ifelse(there, power, 0.0)).sum()
        for place, p in enumerate(wanted.points):
            terms[f"_reached_{place}"] = quantile(ranked, p, exact=rows.exact)
        return terms

    return more


def _row(
    name: str,
    value: float | None,
    sums: Mapping[str, Any],
    by: Sequence[str],
    group: Groups,
    k: float | None = None,
) -> dict[str, Any]:
    return results.row(name, value, n=sums["_n"], groups=dict(zip(by, group, strict=True)), k=k)
