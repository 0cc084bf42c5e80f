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

from giamngheo.measures import results
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import (
    Amounts,
    Groups,
    More,
    Sums,
    amounts,
    number,
    points,
    quantile,
    weighted,
)
from giamngheo.measures.errors import ParameterError
from giamngheo.measures.inequality_sample import Errors, errors
from giamngheo.measures.specification import Cutoff

DECILES = tuple(Fraction(n, 10) for n in range(1, 11))
_Named = dict[str, float | None]


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
    the second. design: how the sample was drawn, its weight multiplying `weight`; the mean, Gini, Theil with its
    parts and Atkinson then have linearised standard errors and normal intervals (`inequality_sample`), the others none.
    Raises ParameterError (also for a bootstrap design) and what `amounts` and `ratios` refuse.
    """
    both, often = weighted(table, weight, design.weight if design else None)
    rows = amounts(both, amount, by=by, weight=often)
    strengths = [_aversion(e) for e in aversion]
    pairs = [points(pair, "quantiles") for pair in quantiles]
    asked = tuple(sorted({p for pair in pairs for p in pair}))
    whole = rows.sums((), _sums(rows, strengths, asked))
    everyone = _indices(whole[()], strengths, pairs, asked)
    lines = [_row(name, value, whole[()], (), ()) for name, value in everyone.items()]
    if by:
        parts = rows.sums(by, _sums(rows, strengths, asked))
        named = {group: _indices(sums, strengths, pairs, asked) for group, sums in parts.items()}
        split = _decomposition(everyone, whole[()], named, parts)
        lines += [_row(name, value, whole[()], (), ()) for name, value in split.items()]
        lines += [_row(n, v, parts[g], by, g) for g, values in named.items() for n, v in values.items()]
    if design:
        alone = number(rows.table, weight) if weight else ibis.literal(1, "int64")
        lines = _with_errors(lines, *errors(rows, alone, by, design, strengths))
    return results.table(lines, by)


def _with_errors(lines: Iterable[dict[str, Any]], found: Errors, said: str) -> list[dict[str, Any]]:
    """The lines with their errors; an index at an end of its range by definition, or not defined, has none."""
    made = []
    for line in lines:
        own = dict(found.get((line["measure"], line["subgroup"]), {}))
        fixed = line["estimate"] is None or (line["measure"].startswith("atkinson") and line["estimate"] == 1)
        if own and not fixed:
            if line["measure"] != "gini":  # told as distances from the estimate
                own |= {
                    end: None if own[end] is None else line["estimate"] + own[end]
                    for end in ("ci_low", "ci_high")
                }
            line = line | own
        made.append(line | {"design": said})
    return made


def lorenz(
    table: ir.Table,
    amount: str,
    *,
    at: Iterable[Cutoff] = DECILES,
    by: Sequence[str] = (),
    weight: str | None = None,
) -> pa.Table:
    """The Lorenz curve at shares of the population, in column k: the share of the total its poorest have.

    Σ x·min(max(k·N - weight below, 0), w) / S. Null where the total is 0. Raises as `inequality`.
    """
    rows = amounts(table, amount, by=by, weight=weight)
    shares = points(at, "at")
    lines = []
    for grouped in ((), tuple(by)) if by else ((),):
        held = rows.sums(
            grouped, lambda t: {f"_{place}": _held(t, share) for place, share in enumerate(shares)}
        )
        for group, sums in held.items():
            for place, share in enumerate(shares):
                value = sums[f"_{place}"] / sums["_s"] if sums["_s"] else None
                lines.append(_row("lorenz", value, sums, grouped, group, k=float(share)))
    return results.table(lines, by)


def _held(ranked: ir.Table, share: Fraction) -> ir.NumericScalar:
    room = ranked._whole.cast("float64") * ibis.literal(float(share), "float64") - ranked._below
    zero = ibis.literal(0.0, "float64")
    return (ibis.least(ibis.greatest(room, zero), ranked._w.cast("float64")) * ranked._x).sum()


def gini_of(sums: Mapping[str, Any]) -> float | None:
    """Gini from the sums of `Amounts.sums`: rank / (N·S) - 1, of whole numbers exactly; null where the total is 0."""
    whole = sums["_w"] * sums["_s"]
    # whole numbers of any size divide with one rounding; floats must not fall below 0 by theirs
    return float(max((sums["_rank"] - whole) / whole, 0.0)) if whole else None


def _aversion(e: float) -> float:
    if isinstance(e, bool) or not isinstance(e, int | float) or not 0 < e < math.inf:
        raise ParameterError(name="aversion", value=e, rule="e > 0")
    return e


def _sums(rows: Amounts, strengths: Sequence[float], asked: Sequence[Fraction]) -> More:
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
        for place, e in enumerate(strengths):
            power = safe ** ibis.literal(1.0 - e, "float64")
            terms[f"_power_{place}"] = (w * ibis.ifelse(there, power, 0.0)).sum()
        for place, p in enumerate(asked):
            terms[f"_reached_{place}"] = quantile(ranked, p, exact=rows.exact)
        return terms

    return more


def _indices(
    sums: Mapping[str, Any],
    strengths: Sequence[float],
    pairs: Sequence[tuple[Fraction, ...]],
    asked: Sequence[Fraction],
) -> _Named:
    """The indices of one group by name."""
    people, whole = sums["_w"], sums["_s"]
    mean = whole / people
    named: _Named = {"mean": mean, "gini": gini_of(sums)}
    named |= dict.fromkeys(["theil_t", "theil_l", *(f"atkinson:{e:g}" for e in strengths)])
    if whole:
        named["theil_t"] = max(sums["_xlog"] / whole - math.log(mean), 0.0)
        if not sums["_zeros"]:
            named["theil_l"] = max(math.log(mean) - sums["_log"] / people, 0.0)
        for place, e in enumerate(strengths):
            named[f"atkinson:{e:g}"] = _atkinson(sums, e, sums[f"_power_{place}"])
    for pair in pairs:
        high, low = (sums[f"_reached_{asked.index(p)}"] for p in pair)
        named["/".join(f"p{float(p * 100):g}" for p in pair)] = high / low if low else None
    return named


def _atkinson(sums: Mapping[str, Any], e: float, power: float) -> float:
    """1 less the equally distributed amount over the mean."""
    people = sums["_w"]
    if e >= 1 and sums["_zeros"]:
        return 1.0
    equal = math.exp(sums["_log"] / people) if e == 1 else (power / people) ** (1 / (1 - e))
    return float(min(max(1 - equal * people / sums["_s"], 0.0), 1.0))


def _gini_between(parts: Sums) -> float:
    """The Gini index if everyone had the mean of the group: groups in the order of their means."""
    groups = sorted((Fraction(s["_s"]) / Fraction(s["_w"]), Fraction(s["_w"])) for s in parts.values())
    rank = below = Fraction(0)
    for mean, people in groups:
        rank += people * mean * (2 * below + people)
        below += people
    whole = sum((mean * people for mean, people in groups), Fraction(0))
    return gini_of({"_rank": rank, "_w": below, "_s": whole}) or 0.0


def _decomposition(
    everyone: _Named, whole: Mapping[str, Any], named: Mapping[Groups, _Named], parts: Sums
) -> _Named:
    """Within and between groups; null where an index of the whole is. A group with nothing has no share of Theil's T."""
    within = dict.fromkeys(("theil_t", "theil_l", "gini"), 0.0)
    between = {"theil_t": 0.0, "theil_l": 0.0, "gini": _gini_between(parts)}
    for group, sums in parts.items():
        heads, purse = sums["_w"] / whole["_w"], sums["_s"] / whole["_s"] if whole["_s"] else 0.0
        for name, share in (("theil_t", purse), ("theil_l", heads), ("gini", heads * purse)):
            within[name] += share * (named[group][name] or 0.0)
        if purse:
            distance = math.log(purse / heads)
            between["theil_t"] += purse * distance
            between["theil_l"] -= heads * distance
    found: _Named = {}
    for name in within:
        known = everyone[name] is not None
        found[f"{name}:within"] = within[name] if known else None
        found[f"{name}:between"] = between[name] if known else None
    gini = everyone["gini"]
    found["gini:overlap"] = None if gini is None else max(gini - within["gini"] - between["gini"], 0.0)
    return found


def _row(
    name: str,
    value: float | None,
    sums: Mapping[str, Any],
    by: Sequence[str],
    group: Groups,
    k: float | None = None,
) -> dict[str, Any]:
    return results.row(name, value, n=sums["_n"], groups=dict(zip(by, group, strict=True)), k=k)
