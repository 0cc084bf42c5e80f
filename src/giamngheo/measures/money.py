"""Money poverty: headcount, gap and severity of Foster, Greer and Thorbecke, gaps in đồng, Watts, Sen–Shorrocks–Thon.

With amounts x, a line z, weights w that add up to N, poor where x < z (or x <= z, `inclusive`), g = z - x of the poor:

    measure            unit      formula
    FGT0               share     Σ w·poor / N                  headcount ratio
    FGT1               share     Σ w·g/z / N                   poverty gap
    FGT2               share     Σ w·(g/z)² / N                severity
    gap_total          đồng      Σ w·g                         what would lift all to the line, perfectly targeted
    gap_mean           đồng      Σ w·g / N                     the same per unit of weight
    gap_of_poor        đồng      Σ w·g / Σ w·poor              average shortfall of the poor; null where nobody is poor
    watts              log       Σ w·poor·ln(z/x) / N          null where an amount of the poor is 0
    SST                share     FGT1·(1 + G)                  G: Gini of g/z over everyone, with 0 of those not poor
    population_share   share     N of the group / N
    share_of_FGT0 …    share     population_share · FGT of the group / FGT; the groups' add up to 1; null where it is 0

Worked by hand: amounts 4, 6, 10, 20 and the line 10, below it. Gaps 6, 4, 0, 0. FGT0 = 2/4; FGT1 = (0.6 + 0.4)/4 = 1/4;
FGT2 = (0.36 + 0.16)/4 = 0.13; gap_total 10, gap_mean 2.5, gap_of_poor 5; watts = (ln 10/4 + ln 10/6)/4 = 0.356779;
SST = (7·0.6 + 5·0.4)/16 = 0.3875. Up to the line: FGT0 = 3/4, gap_of_poor 10/3, all others as before.

An amount at the line has no gap: the choice moves FGT0 and what is divided by the poor, nothing else. Weights are
persons if persons are asked for, then x is theirs per head.

Sources: J. Foster, J. Greer and E. Thorbecke, “A class of decomposable poverty measures”, Econometrica 52 (1984),
761-766, the class P_α and its decomposition by subgroup; H. W. Watts, “An economic definition of poverty” (1968);
A. F. Shorrocks, “Revisiting the Sen poverty index”, Econometrica 63 (1995), 1225-1230, for the SST index as
Σ (2n - 2i + 1) g_i/z / n² over persons from the poorest; with weights (2N - weight below - weight up to) stands for it.
"""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from giamngheo.measures import ranks, results
from giamngheo.measures.design import Design, ratios
from giamngheo.measures.distribution import Amounts, Sums, amounts, number, weighted
from giamngheo.measures.indices import gini_of
from giamngheo.measures.influence import NONE, Errors, errors

FGT = ("FGT0", "FGT1", "FGT2")
_ZEROS = "zeros"


def poverty(
    table: ir.Table,
    income: str,
    line: int | str,
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    inclusive: bool = True,
    design: Design | None = None,
) -> pa.Table:
    """All measures of the module docstring, for everyone and by group.

    income: integers in đồng or float64, not negative. line: one for all, or a column (a line by area); in the unit
    and prices of income. inclusive: an amount at the line is poor ("trở xuống"). weight: each row counts that often.
    design: how the sample was drawn; its weight multiplies `weight`. All then have standard errors: of ratios, of gap_total as
    the total it is (weights have to add up to the population), and of SST by the influence of each row, (1 + G)·(g/z - FGT1)/N
    + FGT1·u, u that on the Gini index of the gaps (`ranks`).
    Raises ParameterError (a line that is not positive) and what `amounts` and `ratios` refuse.
    """
    both, often = weighted(table, weight, design.weight if design else None)
    rows = amounts(both, income, by=by, weight=often, line=line)
    t, parts = _parts(rows, line, weight, inclusive)
    estimates = ratios(t, parts, by=by, design=design, of_everyone=_shares(parts) if by else None)
    made = _without_zero_logs(estimates)
    said = made["design"][0].as_py()
    known = {(line["measure"], line["subgroup"]): line["estimate"] for line in made.to_pylist()}
    lines: list[dict[str, Any]] = []
    for grouped in ((), tuple(by)) if by else ((),):
        errors_of = _errors(rows, grouped, weight, design)
        for group, found in _sums(rows, grouped, line).items():
            named, groups = results.subgroup(group), dict(zip(grouped, group, strict=True))
            gap = known["FGT1", named]
            sst = None if gap is None else gap * (1 + (found["_gini"] or 0.0))
            error = errors_of.get(("SST", named), NONE).around(sst, 0.0, 1.0)
            lines.append(results.row("SST", sst, n=found["_n"], groups=groups, design=said, **error))
    return results.joined(made, results.table(lines, by))


def _shares(parts: dict[str, Any]) -> dict[str, Any]:
    """The group's share of the population and of each FGT measure, as parts of everyone's."""
    one = parts["FGT0"][1]
    return {"population_share": (one, one)} | {f"share_of_{m}": (parts[m][0], parts[m][0]) for m in FGT}


def _errors(rows: Amounts, by: Sequence[str], weight: str | None, design: Design | None) -> Errors:
    """Of SST, by the influence of each row."""
    if design is None:
        return {}
    t = rows.table
    gap = ibis.ifelse(t._x < t._z, (t._z - t._x).cast("float64") / t._z.cast("float64"), 0.0)
    often = number(t, weight) if weight else ibis.literal(1, "int64")
    t = ranks.with_influence(t.mutate(_amount=t._x, _x=gap, _a=gap, _often=often), by)
    w, whole = t._w.cast("float64"), ibis.window(group_by=list(by) or None)
    t = t.mutate(_people=w.sum().over(whole), _gaps=(w * t._a).sum().over(whole))
    mean = t._gaps / t._people
    # where nobody is poor the Gini index of the gaps is not defined and SST is 0
    u = (1 + t._u_index.fill_null(0.0)) * (t._a - mean) / t._people + mean * t._u.fill_null(0.0)
    return errors(t, {"SST": u}, by, design)[0]


def _parts(rows: Amounts, line: int | str, weight: str | None, inclusive: bool) -> tuple[ir.Table, Any]:
    """The ratios among the measures: with one line for all they are quotients of whole numbers."""
    t = rows.table
    x, z = t._x, t._z
    poor = ((x <= z) if inclusive else (x < z)).cast("int64")
    gap = ibis.ifelse(x < z, z - x, 0)
    often: Any = 1 if weight is None else number(t, weight)
    one = ibis.literal(1, "int64") * often
    real_gap, real_line = gap.cast("float64"), z.cast("float64")
    if isinstance(line, str):
        unit, gap1, gap2 = one, real_gap / real_line * often, (real_gap / real_line) ** 2 * often
        square = one
    else:
        unit, square = z * often, real_line * real_line * often
        gap1, gap2 = gap * often, real_gap * real_gap * often
    log = ibis.ifelse((x > 0) & (x < z), (real_line / ibis.greatest(x.cast("float64"), 1e-300)).ln(), 0.0)
    return t, {
        "FGT0": (poor * often, one),
        "FGT1": (gap1, unit),
        "FGT2": (gap2, square),
        "gap_total": (gap * often, None),
        "gap_mean": (gap * often, one),
        "gap_of_poor": (gap * often, poor * often),
        "watts": (log * often, one),
        _ZEROS: ((x == 0).cast("int64") * often, one),
    }


def _without_zero_logs(estimates: pa.Table) -> pa.Table:
    """Watts is not defined where a household has nothing at all."""
    zeros = {line["subgroup"] for line in results.only(estimates, measure=_ZEROS) if line["estimate"]}
    undefined = dict.fromkeys(("estimate", "se", "ci_low", "ci_high"))
    kept = [
        line | undefined if line["measure"] == "watts" and line["subgroup"] in zeros else line
        for line in estimates.to_pylist()
        if line["measure"] != _ZEROS
    ]
    return pa.Table.from_pylist(kept, estimates.schema)


def _sums(rows: Amounts, by: Sequence[str], line: int | str) -> Sums:
    """The rows of each group, and the Gini index of their gaps: of g/z where lines differ."""
    t = rows.table
    gap = ibis.ifelse(t._x < t._z, t._z - t._x, 0)
    relative = isinstance(line, str)
    found = rows.of(gap / t._z if relative else gap, exact=not relative).sums(by)
    return {group: of | {"_gini": gini_of(of)} for group, of in found.items()}
