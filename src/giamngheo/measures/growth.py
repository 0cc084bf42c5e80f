"""Two rounds of amounts compared: the growth incidence curve, and how much of a change in poverty growth explains.

With F⁻¹_r(p) the amount at percentile p of round r, μ_r its mean, L_r its Lorenz curve, P(μ, L) a poverty measure:

    measure                    unit            formula
    growth at k = p            share           F⁻¹_2(p) / F⁻¹_1(p) - 1; null where the first is 0
    growth_of_mean             share           μ_2 / μ_1 - 1
    change:<P>                 that of P       P(μ_2, L_2) - P(μ_1, L_1)
    growth:<P>                                 P(μ_2, L_1) - P(μ_1, L_1)
    redistribution:<P>                         P(μ_1, L_2) - P(μ_1, L_1)
    residual:<P>                               change - growth - redistribution

With `shapley` growth and redistribution are each the average over both orders, and the residual is none:
growth = ½[P(μ_2, L_1) - P(μ_1, L_1) + P(μ_2, L_2) - P(μ_1, L_2)], and redistribution likewise.

P(μ_2, L_1) are the first round's amounts times μ_2/μ_1. For whole amounts this is decided exactly: x·μ_2/μ_1 is held
against z as x against the fraction z·μ_1/μ_2. Amounts of both rounds and the line are in one round's prices.

Worked by hand: line 10 (up to), amounts 5, 10, 15 and then 8, 10, 24: means 10 and 14, FGT0 2/3 and 2/3. First amounts
grown by 1.4: 7, 14, 21, so 1/3; second ones shrunk: 5.7, 7.1, 17.1, so 2/3. change 0, growth -1/3, redistribution 0,
residual 1/3; Shapley: growth ½(-1/3 + 0) = -1/6, redistribution ½(0 + 1/3) = 1/6.

Sources: M. Ravallion and S. Chen, “Measuring pro-poor growth”, Economics Letters 78 (2003), 93-99; G. Datt and M.
Ravallion, “Growth and redistribution components of changes in poverty measures”, Journal of Development Economics 38
(1992), 275-295; A. F. Shorrocks, “Decomposition procedures for distributional analysis”, Journal of Economic
Inequality 11 (2013), 99-126.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.measures import growth_bootstrap, results
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import (
    Amounts,
    Groups,
    amounts,
    points,
    positive,
    quantile,
    sums,
    weighted,
)
from giamngheo.measures.errors import EmptyGroupError, ParameterError
from giamngheo.measures.exact import Cutoff
from giamngheo.measures.influence import NONE
from giamngheo.measures.specification import chosen
from giamngheo.measures.tables import fetch, require

FGT = ("FGT0", "FGT1", "FGT2")
VENTILES = tuple(Fraction(n, 20) for n in range(1, 20))
_Two = tuple[dict[Groups, Any], dict[Groups, Any]]


def growth_incidence(
    table: ir.Table,
    amount: str,
    *,
    between: str,
    first: object,
    second: object,
    at: Iterable[Cutoff] = VENTILES,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> pa.Table:
    """The growth incidence curve (percentiles in column k) and growth_of_mean, for everyone and by group.

    table: rows of both rounds, told apart by the column `between`. n: rows of both. A group that one round has not is
    left out. Growth is over the whole span, not a year's. design: how the rounds were drawn, its weight multiplying `weight`; of
    method 'bootstrap', with standard errors and normal intervals from `growth_bootstrap`, which also says when the rounds are a
    panel. Raises EmptyGroupError for a round without rows, ParameterError, and what `amounts` and `ratios` refuse.
    """
    rows, names = _rounds(table, amount, between, first, second, by, weight, design)
    wanted = points(at, "at")
    lines = []
    for grouped in ((), tuple(by)) if by else ((),):
        known, said = growth_bootstrap.errors(
            rows, between, grouped, design, growth_bootstrap.Curve(names, wanted)
        )
        keys = (between, *grouped)
        curve = _split(rows.sums(keys, lambda t: _quantiles(t, wanted, rows.exact)), names)
        for group in _both(curve):
            was, now = (side[group] for side in curve)
            named: list[tuple[str, Any, Any, Fraction | None]] = [
                ("growth", was[f"_{place}"], now[f"_{place}"], p) for place, p in enumerate(wanted)
            ]
            named.append(("growth_of_mean", was["_s"] / was["_w"], now["_s"] / now["_w"], None))
            n, groups = was["_n"] + now["_n"], dict(zip(grouped, group, strict=True))
            for name, before, after, p in named:
                value = after / before - 1 if before else None
                line = results.row(
                    name,
                    value,
                    n=n,
                    groups=groups,
                    k=None if p is None else float(p),
                    design=said or results.unsampled(weight),
                )
                error = known.get((growth_bootstrap.named(name, p), line["subgroup"]), NONE)
                lines.append(line | error.around(value))
    return results.table(lines, by)


def _quantiles(ranked: ir.Table, wanted: Sequence[Fraction], exact: bool) -> dict[str, Any]:
    return {f"_{place}": quantile(ranked, p, exact=exact) for place, p in enumerate(wanted)}


def growth_and_redistribution(
    table: ir.Table,
    amount: str,
    line: int,
    *,
    between: str,
    first: object,
    second: object,
    by: Sequence[str] = (),
    weight: str | None = None,
    inclusive: bool = True,
    method: Literal["base", "shapley"] = "base",
    design: Design | None = None,
) -> pa.Table:
    """How far growth and redistribution explain the change of FGT0, FGT1 and FGT2, for everyone and by group.

    method 'base': Datt and Ravallion, the first round as the reference, with a residual; 'shapley': without.
    inclusive: an amount at the line is poor. Rows, groups, design and refusals as `growth_incidence`; ParameterError for a line
    that is no positive integer, EmptyGroupError for a group whose amounts are all 0 in a round.
    """
    chosen("method", method, ("base", "shapley"))
    line = positive(line)
    rows, names = _rounds(table, amount, between, first, second, by, weight, design)
    parted = growth_bootstrap.Parts(names, line, inclusive, lambda one, other: _explained(one, other, method))
    lines = []
    for grouped in ((), tuple(by)) if by else ((),):
        known, said = growth_bootstrap.errors(rows, between, grouped, design, parted)
        keys = (between, *grouped)
        totals = _split(rows.sums(keys), names)
        scaled = _scaled(totals, line, keys)
        found = _split(_fgt(rows, keys, line, scaled, inclusive), names)
        for group in _both(totals):
            n = sum(side[group]["_n"] for side in totals)
            parts = _explained(found[0][group], found[1][group], method)
            groups = dict(zip(grouped, group, strict=True))
            for name, value in parts.items():
                one = results.row(name, value, n=n, groups=groups, design=said or results.unsampled(weight))
                lines.append(one | known.get((name, one["subgroup"]), NONE).around(value))
    return results.table(lines, by)


def _rounds(
    table: ir.Table,
    amount: str,
    between: str,
    first: object,
    second: object,
    by: Sequence[str],
    weight: str | None,
    design: Design | None,
) -> tuple[Amounts, tuple[str, str]]:
    """The checked rows of the two rounds, and the rounds as groups are named."""
    require(table, [between])
    if first == second:
        raise ParameterError(name="second", value=second, rule="first ≠ second")
    known = set(fetch(table.select(_of=table[between]).distinct())["_of"].to_pylist())
    for value in (first, second):
        if value not in known:
            raise EmptyGroupError(group=value, rule=between)
    both, often = weighted(table, weight, design.weight if design else None)
    rows = amounts(both.filter(both[between].isin([first, second])), amount, by=(between, *by), weight=often)
    return replace(rows, by=tuple(by)), (str(first), str(second))


def _split(found: dict[Groups, Any], names: tuple[str, str]) -> _Two:
    """What was found of each round, by group."""
    first, second = ({group[1:]: v for group, v in found.items() if group[0] == name} for name in names)
    return first, second


def _both(found: _Two) -> list[Groups]:
    return sorted(found[0].keys() & found[1].keys())


@dataclass(frozen=True)
class _Scaled:
    """A line as it is for one group: `where` are the values of its grouping columns."""

    where: tuple[Any, ...]
    line: Fraction


def _scaled(totals: _Two, line: int, keys: Sequence[str]) -> list[_Scaled]:
    """The line of each round and group if its amounts had the other round's mean: z·μ_r/μ_other."""
    means: list[dict[Groups, Fraction]] = []
    for side in totals:
        for group, of in side.items():
            if not of["_s"]:
                raise EmptyGroupError(group=results.subgroup(group), rule="mean > 0")
        means.append({group: Fraction(s["_s"]) / Fraction(s["_w"]) for group, s in side.items()})
    return [
        _Scaled(
            tuple(totals[own][group][key] for key in keys), line * means[own][group] / means[1 - own][group]
        )
        for own in (0, 1)
        for group in _both(totals)
    ]


def _fgt(
    rows: Amounts, keys: Sequence[str], line: int, scaled: Sequence[_Scaled], inclusive: bool
) -> dict[Groups, dict[str, float]]:
    """FGT0 to FGT2 of each round and group, at the line ('own') and at the scaled one ('other')."""
    t = rows.table
    kind = "int64" if t._x.type().is_integer() else "float64"
    # between whole amounts and a fraction nothing is lost by taking the last amount that is poor
    whole = math.floor if inclusive else math.ceil
    last = [(one.where, whole(one.line) if kind == "int64" else float(one.line)) for one in scaled]
    own: Any = ibis.literal(line, "int64")
    other = _by_group(t, keys, last, kind)
    real = _by_group(t, keys, [(one.where, float(one.line)) for one in scaled], "float64")
    wanted: dict[str, Any] = {"_w": t._w.cast("float64").sum()}
    for name, threshold, z in (("own", own, own.cast("float64")), ("other", other, real)):
        poor = ((t._x <= threshold) if inclusive else (t._x < threshold)).cast("int64")
        gap = ibis.greatest((z - t._x.cast("float64")) / z, ibis.literal(0.0, "float64"))
        for power, what in enumerate((poor, gap, gap * gap)):
            wanted[f"{name}_{power}"] = (what * t._w).cast("float64").sum()
    return sums(t.filter(other.notnull()), keys, wanted)


def _by_group(
    table: ir.Table, keys: Sequence[str], values: Sequence[tuple[tuple[Any, ...], float]], kind: str
) -> Any:
    """A number for each row by its group; null for the groups that are not named."""
    arms = []
    for where, value in values:
        here = ibis.and_(*(table[name] == own for name, own in zip(keys, where, strict=True)))
        arms.append((here, ibis.literal(value, kind)))
    return ibis.cases(*arms, else_=ibis.null(kind))


def _explained(first: dict[str, float], second: dict[str, float], method: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for power, name in enumerate(FGT):
        start, grown = (first[f"{side}_{power}"] / first["_w"] for side in ("own", "other"))
        end, shrunk = (second[f"{side}_{power}"] / second["_w"] for side in ("own", "other"))
        change, growth, redistribution = end - start, grown - start, shrunk - start
        if method == "shapley":
            growth, redistribution = (growth + end - shrunk) / 2, (redistribution + end - grown) / 2
        found |= {
            f"change:{name}": change,
            f"growth:{name}": growth,
            f"redistribution:{name}": redistribution,
        }
        if method == "base":
            found[f"residual:{name}"] = change - growth - redistribution
    return found
