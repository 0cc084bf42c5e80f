"""Whom help reaches: coverage, errors of exclusion and inclusion, leakage, who gets the money, and how well a score tells the poor.

With poor p and received r (each 0 or 1), amounts a, weights w:

    measure               unit    formula
    coverage              share   Σ w·r / Σ w                       of everyone
    coverage_of_poor      share   Σ w·p·r / Σ w·p
    coverage_of_others    share   Σ w·(1-p)·r / Σ w·(1-p)           not poor and served
    exclusion_error       share   Σ w·p·(1-r) / Σ w·p               under-coverage: the poor left out
    inclusion_error       share   Σ w·(1-p)·r / Σ w·r               leakage by heads: recipients who are not poor
    misplaced             share   Σ w·|p - r| / Σ w                 both errors, of everyone
    leakage               share   Σ w·(1-p)·a / Σ w·a               money that goes to those not poor
    benefit_mean          đồng    Σ w·a / Σ w·r                     of a recipient
    benefit_of_poor       đồng    Σ w·p·a / Σ w·p·r                 of a poor recipient
    population_share, share_of_poor, share_of_recipients, share_of_money: the group's part of everyone's
    concentration         share   of the benefits, what the poorest share k of people have; a household astride counts in part
    cgh                   ratio   concentration / k                 1: as if handed to all alike; above 1: towards the poor
    concentration_index   -1..1   Σ a·(2 w_below + w) / (N S) - 1   below 0: towards the poor (`ranks`)
    auc                   0..1    chance that a poor one has the lower score than one who is not, ties half; 1/2: no use
    true_positive         share   Σ w·p·(score ≤ k) / Σ w·p         points of the ROC curve
    false_positive        share   Σ w·(1-p)·(score ≤ k) / Σ w·(1-p)

Null where the denominator is 0. Worked by hand: four households, the first two poor; the first and third receive 30 and 10.
coverage 1/2, coverage_of_poor 1/2, exclusion_error 1/2, inclusion_error 1/2, misplaced 1/2, leakage 1/4; ranked as they
stand, the poorest half has 3/4 of the money, so cgh = 1.5 at k = 1/2. Published: 60% of benefits to the poorest 40% is 1.5.

Sources: D. Coady, M. Grosh and J. Hoddinott, Targeting of Transfers in Developing Countries (World Bank, 2004), for
under-coverage, leakage and the index (put in words there, without equation number; the example of 60 over 40 in their Social
Safety Nets Primer Note 10, 2003); M. Grosh, P. Leite, M. Wai-Poi and E. Tesliuc (eds.), Revisiting Targeting in Social
Assistance (World Bank, 2022), chapter 7 and annex 7A, for both errors; N. Kakwani, Economic Journal 87 (1977), for the
index of concentration; J. A. Hanley and B. J. McNeil, Radiology 143 (1982), 29-36, for the area as a chance.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.measures import linearised, ranks, results
from giamngheo.measures.design import Design, lines, ratios, sampled
from giamngheo.measures.distribution import amounts, number, points, unknown, weighted
from giamngheo.measures.errors import (
    ColumnTypeError,
    MissingValueError,
    NotZeroOneError,
    ParameterError,
    ValueRangeError,
    Words,
)
from giamngheo.measures.exact import Cutoff, plain
from giamngheo.measures.influence import NONE
from giamngheo.measures.linearised import Ratio
from giamngheo.measures.quantile_sample import curve_errors
from giamngheo.measures.tables import fetch, require

QUINTILES = tuple(Fraction(n, 5) for n in range(1, 6))
#: Above so many distinct scores a curve has the twentieths of the score for its points.
MOST_POINTS = 40


def targeting(
    table: ir.Table,
    poor: str,
    *,
    received: str | None = None,
    amount: str | None = None,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> pa.Table:
    """The measures of heads and of money, for everyone and by group.

    poor, received: 0/1 or true/false, nothing missing. amount: integers in đồng (or float64), not negative; without
    `received` whoever has more than 0 has received. Without `amount` there are no measures of money. weight: each row
    counts that often. design: how the sample was drawn, for standard errors; its weight multiplies `weight`.
    Raises ParameterError (neither received nor amount), NotZeroOneError, ValueRangeError (an amount where nothing was
    received), and what `amounts` and `ratios` refuse.
    """
    if received is None and amount is None:
        raise ParameterError(name="received", value=None, rule="received | amount")
    rows, alone = _checked(table, [poor, received], amount or str(received), by, weight, design)
    if received and amount:
        unpaid = _count(rows, (rows[received] == 0) & (rows[amount] > 0))
        if unpaid:
            raise ValueRangeError(column=amount, count=unpaid, rule=f"{amount} > 0 → {received} = 1")
    columns, wanted = _measures(rows, poor, received, amount, alone)
    sample = sampled(rows, columns, wanted, by=by, design=design)
    wanted = [replace(ratio, share=linearised.is_share(sample, ratio)) for ratio in wanted]
    everyone = sample.merged(0)
    made = lines(everyone, everyone, [ratio for ratio in wanted if not ratio.of_everyone], (), design)
    return results.joined(made, lines(sample, everyone, wanted, by, design)) if by else made


def concentration(
    table: ir.Table,
    income: str,
    benefit: str,
    *,
    at: Cutoff | Iterable[Cutoff] = QUINTILES,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> pa.Table:
    """`concentration_index`, and `concentration` and `cgh` at shares k of people ranked by income; each group by itself.

    income: what ranks, not negative; households of one income share their rank. benefit: amounts or 0/1; with the income
    itself the index is the Gini index. at: shares above 0 and up to 1. All have standard errors under a design, those of
    the points by smoothing the benefits around the income at which the share ends (`quantile_sample`); intervals are normal,
    cut off at the ends of the range. Null where there are no benefits.
    Raises ParameterError (at) and what `amounts` refuses.
    """
    shares = points(at, "at")
    require(table, [income, benefit])
    flags = [benefit] if table[benefit].type().is_boolean() else []
    rows, _ = _checked(table, flags, benefit, by, weight, design)
    both, often = weighted(rows, weight, _drawn(design))
    ordered = amounts(both, income, by=by, weight=often)
    t = ordered.table
    ordered = replace(ordered, table=t.mutate(_a=number(t, benefit), _often=_alone(t, weight)))
    index = ranks.concentration(ordered.table, "concentration_index", by, design)
    said = index["design"][0].as_py()
    made = []
    for grouped in ((), tuple(by)) if by else ((),):
        found, _ = curve_errors(ordered, ordered.table._often, grouped, shares, design, "_a")
        for group, held in ranks.held(ordered.table, grouped, shares).items():
            for share, part in zip(shares, held["parts"], strict=True):
                error = found.get((str(share), results.subgroup(group)), NONE)
                of: dict[str, Any] = {
                    "n": held["_n"],
                    "groups": dict(zip(grouped, group, strict=True)),
                    "k": float(share),
                }
                for name, per in (("concentration", 1.0), ("cgh", float(share))):
                    value = None if part is None else part / per
                    own = error.over(per).around(value, 0.0, 1 / per)
                    made.append(results.row(name, value, design=said, **of) | own)
    return results.joined(index, results.table(made, by))


def roc(
    table: ir.Table,
    poor: str,
    score: str,
    *,
    at: Iterable[float] = (),
    low_is_poor: bool = True,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> pa.Table:
    """`auc` of a score; `true_positive` and `false_positive` of taking whoever has a score up to k (from k on, if high is poor).

    poor: 0/1. score: integers or float64, of any sign, nothing missing. at: cut-offs; none: every distinct score if there
    are at most 40, else the nineteen twentieths of the score. With whole numbers as weights (up to 2³¹ in all) the area
    is exact but for one rounding. Raises NotZeroOneError, MissingValueError, ParameterError (at) and what `amounts` and `ratios` refuse.
    """
    require(table, [score])
    number(table, score)
    rows, alone = _checked(table, [poor], poor, by, weight, design)
    missing = _count(rows, unknown(rows[score]))
    if missing:
        raise MissingValueError(column=score, count=missing)
    both, often = weighted(rows, weight, _drawn(design))
    ranked = amounts(both, poor, by=by, weight=often).table
    key = number(ranked, score)
    ranked = ranked.mutate(_poor=ranked[poor], _x=key if low_is_poor else -key, _often=_alone(ranked, weight))
    area = ranks.area(ranked, "auc", by, design)
    cuts = sorted(map(_at, at)) or _cuts(rows, score)
    parts: dict[str, tuple[Any, Any]] = {}
    for k in cuts:
        taken = ((rows[score] <= k) if low_is_poor else (rows[score] >= k)).cast("int64")
        for name, own in (
            ("true_positive", rows[poor] * alone),
            ("false_positive", (1 - rows[poor]) * alone),
        ):
            parts[f"{name}@{k}"] = (taken * own, own)
    curve = ratios(rows, parts, by=by, design=design, k={name: float(name.split("@")[1]) for name in parts})
    names = pa.array([name.split("@")[0] for name in curve["measure"].to_pylist()])
    return results.joined(area, curve.set_column(0, curve.schema.field("measure"), names))


def _at(k: object) -> float:
    number = plain(k)
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise ParameterError(name="at", value=k, rule=Words("phải là một số", "it must be a number"))
    return float(number)


def _measures(
    t: ir.Table, poor: str, received: str | None, amount: str | None, often: Any
) -> tuple[dict[str, ir.Value], list[Ratio]]:
    """The columns to be summed, and the ratios made of them."""
    p = t[poor]
    r = t[received] if received else (t[amount] > 0).cast("int64")
    columns: dict[str, Any] = {
        "all": often, "poor": p * often, "others": (1 - p) * often, "served": r * often, "reached": p * r * often,
        "missed": p * (1 - r) * often, "included": (1 - p) * r * often, "wrong": (p - r).abs() * often,
    }  # fmt: skip
    named = {
        "coverage": ("served", "all"), "coverage_of_poor": ("reached", "poor"), "coverage_of_others": ("included", "others"),
        "exclusion_error": ("missed", "poor"), "inclusion_error": ("included", "served"), "misplaced": ("wrong", "all"),
    }  # fmt: skip
    whole = {"population_share": "all", "share_of_poor": "poor", "share_of_recipients": "served"}
    if amount:
        a = number(t, amount) * often
        columns |= {"money": a, "leaked": (1 - p) * a, "to_poor": p * a}
        named |= {"leakage": ("leaked", "money"), "benefit_mean": ("money", "served"), "benefit_of_poor": ("to_poor", "reached")}  # fmt: skip
        whole |= {"share_of_money": "money"}
    ratios_of = [Ratio(name, above, below, "rows") for name, (above, below) in named.items()]
    ratios_of += [Ratio(name, column, column, "rows", of_everyone=True) for name, column in whole.items()]
    return columns | {"rows": ibis.literal(1, "int64")}, ratios_of


def _checked(
    table: ir.Table,
    flags: Sequence[str | None],
    amount: str,
    by: Sequence[str],
    weight: str | None,
    design: Design | None,
) -> tuple[ir.Table, Any]:
    """The rows with flags as 0/1 integers, and how often each counts by itself, once nothing is to be refused."""
    rows, named = table, [name for name in flags if name]
    for name in named:
        require(table, [name])
        kind = table[name].type()
        if not (kind.is_boolean() or kind.is_integer()):
            raise ColumnTypeError(column=name, found=kind, wanted="0/1")
        rows = rows.mutate(**{name: table[name].cast("int64")})
    gaps = {f"gap_{place}": rows[name].isnull() for place, name in enumerate(named)}
    wrong = _counts(
        rows, gaps | {f"other_{place}": ~rows[name].isin([0, 1]) for place, name in enumerate(named)}
    )
    for place, name in enumerate(named):
        if wrong[f"gap_{place}"]:
            raise MissingValueError(column=name, count=wrong[f"gap_{place}"])
        if wrong[f"other_{place}"]:
            raise NotZeroOneError(column=name, count=wrong[f"other_{place}"])
    both, often = weighted(rows, weight, _drawn(design))
    amounts(both, amount, by=by, weight=often)
    return rows, _alone(rows, weight)


def _count(rows: ir.Table, condition: ir.BooleanValue) -> int:
    return _counts(rows, {"n": condition})["n"]


def _counts(rows: ir.Table, conditions: Mapping[str, ir.BooleanValue]) -> dict[str, int]:
    """How many rows meet each condition, from one scan."""
    if not conditions:
        return {}
    wanted = {name: condition.cast("int64").sum().fill_null(0) for name, condition in conditions.items()}
    found: dict[str, int] = fetch(rows.aggregate(**wanted)).to_pylist()[0]
    return found


def _drawn(design: Design | None) -> str | None:
    return design.weight if design else None


def _alone(rows: ir.Table, weight: str | None) -> Any:
    return number(rows, weight) if weight else ibis.literal(1, "int64")


def _cuts(rows: ir.Table, score: str) -> list[float]:
    """The distinct scores, or the twentieths of the score if they are many."""
    distinct = fetch(rows.select(score).distinct().order_by(score).limit(MOST_POINTS + 1))[score].to_pylist()
    if len(distinct) > MOST_POINTS:
        twentieths = fetch(rows.aggregate(**{str(n): rows[score].quantile(n / 20) for n in range(1, 20)}))
        distinct = sorted(set(twentieths.to_pylist()[0].values()))
    return [float(k) for k in distinct]
