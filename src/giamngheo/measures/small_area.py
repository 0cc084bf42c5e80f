"""Small areas: direct estimates of a survey by area, strengthened by what is known of every area (Fay and Herriot).

The direct estimate θ̂_i of area i has the sampling variance ψ_i (`design`); x_i is known of every area, from a census or the
register. θ̂_i = x_i'β + v_i + e_i, with v_i of variance σ² between areas and e_i of variance ψ_i:

    measure       of            formula
    direct        sampled area  the weighted mean with its design-based error
    gamma         sampled area  γ_i = σ²/(σ² + ψ_i): how far the area's own sample is trusted
    eblup         sampled area  γ_i θ̂_i + (1 - γ_i) x_i'β
    synthetic     other areas   x_i'β: nobody was asked there
    se            of both       √mse; eblup: g1 + g2 + 2·g3; synthetic: σ² + x_i' (X'V⁻¹X)⁻¹ x_i
    coefficient   column        β by generalised least squares, V = diag(σ² + ψ_i)
    sigma2        all           reml: the root of the restricted likelihood's slope; moments: (Σ r² - Σ ψ(1 - h))/(m - p)
                                with r, h residuals and leverages of ordinary least squares; both 0 where they would be less
    benchmark     all           what all areas are multiplied by so that their mean by population is the survey's own

    g1 = γψ;  g2 = (1 - γ)² x'(X'V⁻¹X)⁻¹x;  g3 = ψ²(σ² + ψ)⁻³ var(σ²),
    var(σ²) = 2/Σ(σ² + ψ)⁻² (reml), 2 Σ(σ² + ψ)²/m² (moments)

A direct variance of 0 (all that was asked alike, or one cluster) is no certainty. `nought` says what is done:
    pooled      ψ_i = the mean of n_j ψ_j over the other areas, over n_i rows: as if as scattered as they are
    synthetic   the area counts as not sampled
    refuse      ValueRangeError

Estimates and se are in the unit of what is measured; shares near 0 may come out below it, and are shown so. Benchmarked
areas have their se multiplied likewise; the error of the survey's own mean is not added. The ψ_i are taken as known, though
those of few clusters are rough: look at n.

Sources: R. E. Fay and R. A. Herriot, JASA 74 (1979), 269-277; N. G. N. Prasad and J. N. K. Rao, “The estimation of the mean
squared error of small-area estimators”, JASA 85 (1990), 163-171, for moments and mse; G. S. Datta and P. Lahiri, Statistica
Sinica 10 (2000), 613-627, for reml; J. N. K. Rao and I. Molina, Small Area Estimation (2nd ed., 2015), chapter 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy

from giamngheo.measures import results
from giamngheo.measures.design import Design, ratios
from giamngheo.measures.distribution import number
from giamngheo.measures.errors import (
    EmptyGroupError,
    MissingValueError,
    NotANumberError,
    UnknownAreasError,
    ValueRangeError,
    Words,
)
from giamngheo.measures.explained import independent
from giamngheo.measures.specification import chosen
from giamngheo.measures.tables import fetch, require

Numbers = np.ndarray[Any, Any]
METHODS = ("reml", "moments")
NOUGHT = ("pooled", "synthetic", "refuse")


@dataclass(frozen=True)
class Fit:
    """A fitted model of m sampled areas: σ², β, the covariance of β, var(σ²), and of each area γ, estimate and mse."""

    sigma2: float
    beta: Numbers
    covariance: Numbers
    spread: float
    gamma: Numbers
    eblup: Numbers
    mse: Numbers

    def synthetic(self, x: Numbers) -> tuple[Numbers, Numbers]:
        """x'β and its mse for areas without a sample."""
        made: Numbers = x @ self.beta
        return made, self.sigma2 + _quadratic(x, self.covariance)


def fay_herriot(
    direct: Numbers, variance: Numbers, x: Numbers, method: Literal["reml", "moments"] = "reml"
) -> Fit:
    """The model of the module docstring; x with its column of ones, one row an area, variances above 0."""
    chosen("method", method, METHODS)
    sigma2 = (_reml if method == "reml" else _moments)(direct, variance, x)
    v = sigma2 + variance
    covariance = np.linalg.inv(x.T @ (x / v[:, None]))
    beta = covariance @ (x.T @ (direct / v))
    gamma = sigma2 / v
    spread = 2 / (v**-2).sum() if method == "reml" else 2 * (v**2).sum() / len(v) ** 2
    g2 = (1 - gamma) ** 2 * _quadratic(x, covariance)
    mse = gamma * variance + g2 + 2 * variance**2 / v**3 * spread
    eblup = gamma * direct + (1 - gamma) * (x @ beta)
    return Fit(float(sigma2), beta, covariance, float(spread), gamma, eblup, mse)


def _quadratic(x: Numbers, covariance: Numbers) -> Numbers:
    made: Numbers = np.einsum("ij,jk,ik->i", x, covariance, x)
    return made


def _reml(direct: Numbers, variance: Numbers, x: Numbers) -> float:
    """The root of ½ y'PPy - ½ tr P, P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹; 0 where the slope is downward from the start."""

    def slope(sigma2: float) -> float:
        w = 1 / (sigma2 + variance)
        middle = np.linalg.inv(x.T @ (x * w[:, None]))
        py = w * (direct - x @ (middle @ (x.T @ (w * direct))))
        trace = w.sum() - (w**2 * _quadratic(x, middle)).sum()
        return float(py @ py - trace)

    if slope(0.0) <= 0:
        return 0.0
    high = float(np.var(direct) + variance.max())
    while slope(high) > 0:
        high *= 2
    return float(scipy.optimize.brentq(slope, 0.0, high, xtol=1e-14 * high, rtol=1e-13))


def _moments(direct: Numbers, variance: Numbers, x: Numbers) -> float:
    middle = np.linalg.inv(x.T @ x)
    left = direct - x @ (middle @ (x.T @ direct))
    freedom = len(direct) - x.shape[1]
    return max(float((left @ left - (variance * (1 - _quadratic(x, middle))).sum()) / freedom), 0.0)


def small_area(
    table: ir.Table,
    measured: str,
    area: str,
    *,
    areas: ir.Table,
    explained: Sequence[str],
    design: Design,
    method: Literal["reml", "moments"] = "reml",
    nought: Literal["pooled", "synthetic", "refuse"] = "pooled",
    benchmark: str | None = None,
) -> pa.Table:
    """Every measure of the module docstring, one line an area (subgroup); the sample's own rows stay in their engine.

    table: the sample. measured: 0/1, true/false or an amount, of which the mean is estimated; rows where it is missing are
    left out. areas: one row for every area, with `area`, the `explained` columns (numbers, nothing missing) and, for a
    benchmark, the column of that name with its population. design: how the sample was drawn.
    Raises ParameterError, UnknownColumnError, ColumnTypeError, UnknownAreasError (sampled, but not among `areas`),
    ValueRangeError (an area twice, a population that is not above 0, a variance of 0 under 'refuse'), MissingValueError,
    ConstantColumnError, CollinearColumnsError, NoFitError, and what `ratios` refuses.
    """
    chosen("method", method, METHODS)
    chosen("nought", nought, NOUGHT)
    require(table, [measured, area])
    names, x, people = _areas(areas, area, explained, benchmark)
    own = table[measured].cast("int64") if table[measured].type().is_boolean() else number(table, measured)
    made = ratios(table, {"direct": (own, ibis.literal(1, "int64"))}, by=[area], design=design)
    whole, *sampled = made.to_pylist()
    if whole["estimate"] is None:
        raise EmptyGroupError(group=results.ALL, rule=measured)
    lines = {line["subgroup"]: line for line in sampled if line["estimate"] is not None}
    strange = sorted(lines.keys() - set(names))
    if strange:
        raise UnknownAreasError(column=area, areas=", ".join(strange[:10]), count=len(strange))
    variance = _variances(lines, nought)
    asked = np.array([name in variance for name in names])
    independent(x[asked][:, 1:], explained)
    direct = np.array([lines[name]["estimate"] for name, own in zip(names, asked, strict=True) if own])
    fit = fay_herriot(direct, np.array([variance[n] for n in names if n in variance]), x[asked], method)
    return results.joined(made, _lines(names, asked, x, people, fit, lines, whole, explained, method, design))


def _areas(
    areas: ir.Table, area: str, explained: Sequence[str], benchmark: str | None
) -> tuple[list[str], Numbers, Numbers | None]:
    """Names, explaining columns after a column of ones, and population of every area, by name."""
    require(areas, [area, *explained, *([benchmark] if benchmark else [])])
    columns = {
        name: number(areas, name).cast("float64")
        for name in dict.fromkeys([*explained, *([benchmark] if benchmark else [])])
    }
    held = fetch(areas.select(_area=areas[area].cast("string"), **columns)).sort_by("_area")
    for name in held.column_names:
        missing = held[name].null_count + (
            int(pc.sum(pc.is_nan(held[name])).as_py() or 0) if name != "_area" else 0
        )
        if missing:
            raise MissingValueError(column=area if name == "_area" else name, count=missing)
    names = held["_area"].to_pylist()
    if len(set(names)) < len(names):
        rule = Words("mỗi địa bàn một dòng", "one row for each area")
        raise ValueRangeError(column=area, count=len(names) - len(set(names)), rule=rule)
    x = np.column_stack([np.ones(len(names)), *(held[name].to_numpy() for name in explained)])
    people = held[benchmark].to_numpy() if benchmark else None
    if people is not None and (people <= 0).any():
        raise ValueRangeError(column=benchmark, count=int((people <= 0).sum()), rule=f"{benchmark} > 0")
    return names, x, people


def _variances(lines: dict[str, dict[str, Any]], nought: str) -> dict[str, float]:
    """The sampling variance of each area that counts as sampled, by the rule for those of 0."""
    known = {name: line["se"] ** 2 for name, line in lines.items() if line["se"]}
    bare = lines.keys() - known.keys()
    if bare and nought == "refuse":
        raise ValueRangeError(
            column="direct", count=len(bare), rule=f"variance > 0: {', '.join(sorted(bare)[:10])}"
        )
    if bare and nought == "pooled" and known:
        each = float(np.mean([lines[name]["n"] * variance for name, variance in known.items()]))
        known |= {name: each / lines[name]["n"] for name in bare}
    return known


def _lines(
    names: Sequence[str],
    asked: Numbers,
    x: Numbers,
    people: Numbers | None,
    fit: Fit,
    lines: dict[str, dict[str, Any]],
    whole: dict[str, Any],
    explained: Sequence[str],
    method: str,
    design: Design,
) -> pa.Table:
    """The model's lines, benchmarked if populations are given."""
    estimate, mse = fit.synthetic(x)
    estimate[asked], mse[asked] = fit.eblup, fit.mse
    factor = 1.0
    if people is not None:
        factor = float(whole["estimate"] / (estimate @ people / people.sum()))
        if not np.isfinite(factor):
            raise NotANumberError(measure="benchmark", subgroup=results.ALL)
    said = f"Fay–Herriot {method}, {int(asked.sum())} of {len(names)} areas sampled"
    t = float(scipy.stats.norm.ppf((1 + design.level) / 2))
    made = []
    for place, name in enumerate(names):
        value, se = factor * estimate[place], abs(factor) * float(np.sqrt(mse[place]))
        n = lines[name]["n"] if name in lines else 0
        made.append(
            results.row(
                "eblup" if asked[place] else "synthetic",
                value,
                n=n,
                groups={"area": name},
                se=se,
                ci_low=value - t * se,
                ci_high=value + t * se,
                design=said,
            )
        )
    sampled = [name for name, own in zip(names, asked, strict=True) if own]
    made += [
        results.row("gamma", each, n=lines[name]["n"], groups={"area": name}, design=said)
        for name, each in zip(sampled, fit.gamma, strict=True)
    ]
    errors = np.sqrt(np.diag(fit.covariance))
    for column, each, error in zip(["constant", *explained], fit.beta, errors, strict=True):
        ends = {"ci_low": each - t * error, "ci_high": each + t * error}
        made.append(
            results.row(
                "coefficient", each, n=len(sampled), groups={"column": column}, se=error, design=said, **ends
            )
        )
    made.append(results.row("sigma2", fit.sigma2, n=len(sampled), se=float(np.sqrt(fit.spread)), design=said))
    if people is not None:
        made.append(results.row("benchmark", factor, n=len(sampled), design=said))
    return results.table(made)
