"""Proxy means test: a card of whole points that tells poor households from what can be seen, and how often it errs.

    y = β0 + Σ β_j x_j      weighted least squares of y = ln income, or a logit of being poor (signs then turned)
    points_j                β_j · scale to the nearest whole number, halves to the even one; the constant likewise
    score                   constant + Σ points_j · x_j, low for the poor; scale 100: a point is one hundredth of y,
                            about 1% of income
    chosen                  whoever scores at most the cut-off
    cut-off by `target`     the greatest score up to which no more than this share of everyone is chosen
    cut-off without         the least sum of exclusion error and inclusion error (`targeting`); of several the lowest

Columns are whole numbers or 0/1 that an interviewer can see: a card is read aloud and added up by hand, so that nobody's
score is a secret of a machine. A category is one 0/1 column for each value but one.

    measure                     subgroup   unit
    coefficient, points         column     of y, points for each unit of the column; coefficients with standard errors
    r2                          all        share of the variance of y; logit: 1 - deviance / that of the constant alone
    cutoff                      all        points
    exclusion_error:in, :out    groups     `targeting`, on the households fitted and on households left out of the fit
    inclusion_error:…, misplaced:…, coverage:…, auc:…

Out of sample: rows are dealt into `folds` at random (clusters whole, if the design has any), each fold is scored by the
card and cut-off of the others. The same seed deals the same, in whatever order an engine hands rows over. Standard errors of
coefficients are White's (HC1), by clusters if there are any; those of errors come from the design, the card held fixed.

Worked by hand: incomes 1, 1, e, e of households with a roof of 0, 0, 1, 1: y = 0 + 1·roof; 100 points for a roof.

Sources: M. Grosh and J. Baker, Proxy Means Tests for Targeting Social Programs (World Bank, LSMS Working Paper 118, 1995);
rounding to a card: M. Schreiner's poverty scorecards; C. Brown, M. Ravallion and D. van de Walle, “A poor means test?”,
Journal of Development Economics 134 (2018), 109-124, for the errors to be expected.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from giamngheo.measures import ranks, results, targeting
from giamngheo.measures.design import Design
from giamngheo.measures.distribution import amounts, points, weighted
from giamngheo.measures.errors import (
    ColumnTypeError,
    MissingValueError,
    NoFitError,
    NotZeroOneError,
    ParameterError,
    ValueRangeError,
    Words,
)
from giamngheo.measures.exact import Cutoff
from giamngheo.measures.explained import independent
from giamngheo.measures.tables import fetch, require

Numbers = np.ndarray[Any, Any]
CONSTANT = "constant"
ERRORS = ("coverage", "exclusion_error", "inclusion_error", "misplaced")


@dataclass(frozen=True)
class Proxy:
    """What is to be fitted. Either income (đồng, above 0) and the line up to which one is poor, or poor (0/1).

    columns: what is seen of a household. target: share of everyone to be chosen; None: least errors. folds: 2 or more.
    Raises ParameterError.
    """

    columns: tuple[str, ...]
    income: str | None = None
    line: int | None = None
    poor: str | None = None
    target: Cutoff | None = None
    scale: int = 100
    folds: int = 5
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.columns or len(set(self.columns)) < len(self.columns):
            rule = Words("ít nhất một cột, mỗi cột một lần", "at least one column, each once")
            raise ParameterError(name="columns", value=", ".join(self.columns), rule=rule)
        if (self.income is None) == (self.poor is None) or (self.income is None) != (self.line is None):
            raise ParameterError(name="income", value=self.income, rule="income + line | poor")
        if self.scale < 1:
            raise ParameterError(name="scale", value=self.scale, rule="scale ≥ 1")
        if self.folds < 2:
            raise ParameterError(name="folds", value=self.folds, rule="folds ≥ 2")
        if self.target is not None:
            points(self.target, "target")


@dataclass(frozen=True)
class Card:
    """Points by column, the constant, and the score up to which a household is chosen."""

    constant: int
    points: dict[str, int]
    cutoff: int

    def score(self, table: ir.Table) -> ir.IntegerValue:
        """The score of each row, as an expression of any table with the card's columns. Raises UnknownColumnError."""
        require(table, self.points)
        made = ibis.literal(self.constant, "int64")
        for name, each in self.points.items():
            made = made + table[name].cast("int64") * each
        return made


@dataclass(frozen=True)
class _Rows:
    """A sample in memory: what is seen, what is explained, who is poor, weights, and clusters if there are any."""

    x: Numbers
    y: Numbers
    poor: Numbers
    weight: Numbers
    clusters: Numbers | None

    def some(self, which: Numbers) -> "_Rows":
        clusters = None if self.clusters is None else self.clusters[which]
        return _Rows(self.x[which], self.y[which], self.poor[which], self.weight[which], clusters)


def proxy_means(
    table: ir.Table,
    proxy: Proxy,
    *,
    by: Sequence[str] = (),
    weight: str | None = None,
    design: Design | None = None,
) -> tuple[Card, pa.Table]:
    """The card of a sample, and the measures of the module docstring; errors by group too.

    weight: each row counts that often; the design's weight multiplies it. The named columns are brought into memory: a
    sample, not a country; the card's score runs on any engine.
    Raises ConstantColumnError and CollinearColumnsError with the columns' names, ColumnTypeError, MissingValueError,
    NotZeroOneError, ValueRangeError (income not above 0), NoFitError, and what `targeting` refuses.
    """
    held, rows = _read(table, proxy, by, weight, design)
    _refuse(rows, proxy)
    fitted = _fit(rows, proxy)
    card, score = _card(fitted, rows, proxy)
    scored, chosen = _left_out(rows, proxy)
    told = {
        "_poor": rows.poor,
        "_in": (score <= card.cutoff).astype(np.int64),
        "_out": chosen,
        "_score": score,
        "_score_out": scored,
    }
    sample = held
    for name, column in told.items():
        sample = sample.append_column(name, pa.array(column))
    made = [_fitted_lines(fitted, card, rows, proxy, design)]
    for end, received, ranked in (("in", "_in", "_score"), ("out", "_out", "_score_out")):
        made.append(_errors(sample, received, ranked, end, by, weight, design))
    return card, results.joined(*made)


def _read(
    table: ir.Table, proxy: Proxy, by: Sequence[str], weight: str | None, design: Design | None
) -> tuple[pa.Table, _Rows]:
    """The named columns in one order whatever the engine's, checked."""
    told = proxy.income or str(proxy.poor)
    keys = [key for key in (design.keys.values() if design else ()) if key]
    names = list(dict.fromkeys([*proxy.columns, told, *by, *([weight] if weight else []), *keys]))
    require(table, names)
    if told in proxy.columns:
        raise ParameterError(name="columns", value=told, rule=f"≠ {told}")
    for name in proxy.columns:
        kind = table[name].type()
        if not (kind.is_integer() or kind.is_boolean()):
            raise ColumnTypeError(
                column=name, found=kind, wanted=Words("0/1 hoặc số nguyên", "0/1 or whole numbers")
            )
    rows = table.select(names)
    if rows[told].type().is_boolean():
        rows = rows.mutate(**{told: rows[told].cast("int64")})
    both, often = weighted(rows, weight, design.weight if design else None)
    amounts(both, told, by=by, weight=often)
    held = fetch(rows)
    held = held.sort_by([(name, "ascending") for name in names])
    for name in proxy.columns:
        if held[name].null_count:
            raise MissingValueError(column=name, count=held[name].null_count)
    outcome = _array(held, told)
    if proxy.income and (outcome <= 0).any():
        raise ValueRangeError(column=told, count=int((outcome <= 0).sum()), rule=f"{told} > 0 (ln)")
    if proxy.poor and not np.isin(outcome, (0, 1)).all():
        raise NotZeroOneError(column=told, count=int((~np.isin(outcome, (0, 1))).sum()))
    poor = (outcome <= proxy.line) if proxy.line is not None else outcome == 1
    share = np.ones(held.num_rows)
    for name in filter(None, (weight, design.weight if design else None)):
        share = share * _array(held, name)
    clusters = None
    if design and design.psu:
        clusters = np.unique(np.array([str(v) for v in held[design.psu].to_pylist()]), return_inverse=True)[1]
    x = np.column_stack([_array(held, name) for name in proxy.columns])
    y = np.log(outcome) if proxy.income else outcome
    return held, _Rows(x, y, poor.astype(np.int64), share, clusters)


def _array(held: pa.Table, name: str) -> Numbers:
    made: Numbers = pc.cast(held[name], pa.float64()).to_numpy()
    return made


def _refuse(rows: _Rows, proxy: Proxy) -> None:
    """Columns that say nothing, or nothing of their own; a sample in which nobody, or everybody, is poor."""
    independent(rows.x[rows.weight > 0], proxy.columns)
    part = rows.weight @ rows.poor / rows.weight.sum()
    if part in (0, 1):
        raise NoFitError(why=f"poor = {part:.0%}")


def _fit(rows: _Rows, proxy: Proxy) -> Any:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.regression.linear_model import WLS
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    x = np.column_stack([np.ones(len(rows.y)), rows.x])
    weights = rows.weight / rows.weight.mean()
    errors: dict[str, Any] = {"cov_type": "HC1"}
    if rows.clusters is not None:
        errors = {"cov_type": "cluster", "cov_kwds": {"groups": rows.clusters}}
    if proxy.income:
        return WLS(rows.y, x, weights=weights).fit(**errors)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            # signs turned: a high score is that of those who are not poor
            made = GLM(1 - rows.y, x, family=Binomial(), var_weights=weights).fit(**errors)
        except PerfectSeparationWarning as error:
            raise NoFitError(why="perfect separation") from error
    if not made.converged:
        raise NoFitError(why="not converged")
    return made


def _card(fitted: Any, rows: _Rows, proxy: Proxy) -> tuple[Card, Numbers]:
    """The card, and the scores of the rows it was made of."""
    whole = [int(each) for each in np.rint(fitted.params * proxy.scale)]
    card = Card(whole[0], dict(zip(proxy.columns, whole[1:], strict=True)), 0)
    score = _scores(card, rows.x)
    return replace(card, cutoff=_cutoff(score, rows, proxy)), score


def _scores(card: Card, x: Numbers) -> Numbers:
    made: Numbers = card.constant + x.astype(np.int64) @ np.array(list(card.points.values()), dtype=np.int64)
    return made


def _cutoff(score: Numbers, rows: _Rows, proxy: Proxy) -> int:
    """By target or by least errors; one below the lowest score where the target leaves room for nobody."""
    distinct, place = np.unique(score, return_inverse=True)
    chosen = np.cumsum(np.bincount(place, rows.weight))
    poor = np.cumsum(np.bincount(place, rows.weight * rows.poor))
    if proxy.target is not None:
        room = float(points(proxy.target, "target")[0]) * chosen[-1] * (1 + 1e-12)
        fits = int((chosen <= room).sum())
        return int(distinct[fits - 1]) if fits else int(distinct[0]) - 1
    errors = (1 - poor / poor[-1]) + (chosen - poor) / np.where(chosen > 0, chosen, 1)
    return int(distinct[np.argmin(np.round(errors, 12))])


def _left_out(rows: _Rows, proxy: Proxy) -> tuple[Numbers, Numbers]:
    """Of each row its score by a card made without its fold, and whether that card's cut-off chooses it."""
    dealt = rows.clusters if rows.clusters is not None else np.arange(len(rows.y))
    many = int(dealt.max()) + 1
    if many < proxy.folds:
        raise ParameterError(name="folds", value=proxy.folds, rule=f"folds ≤ {many}")
    fold = (np.random.default_rng(proxy.seed).permutation(many) % proxy.folds)[dealt]
    score: Numbers = np.zeros(len(rows.y), dtype=np.int64)
    chosen: Numbers = np.zeros_like(score)
    for one in range(proxy.folds):
        rest = rows.some(fold != one)
        if not 0 < rest.weight @ rest.poor < rest.weight.sum():
            raise NoFitError(why=f"fold {one + 1}: poor = 0% | 100%")
        card, _ = _card(_fit(rest, proxy), rest, proxy)
        score[fold == one] = _scores(card, rows.x[fold == one])
        chosen[fold == one] = score[fold == one] <= card.cutoff
    return score, chosen


def _fitted_lines(fitted: Any, card: Card, rows: _Rows, proxy: Proxy, design: Design | None) -> pa.Table:
    """Coefficients, points, fit and cut-off."""
    how = "WLS of ln income" if proxy.income else "logit"
    error = "HC1" if rows.clusters is None else f"{int(rows.clusters.max()) + 1} clusters"
    said, n = f"{how}, {error}", len(rows.y)
    ends = fitted.conf_int(1 - (design.level if design else 0.95))
    made = []
    for place, name in enumerate([CONSTANT, *proxy.columns]):
        low, high = ends[place]
        made.append(
            results.row("coefficient", fitted.params[place], n=n, groups={"column": name}, se=fitted.bse[place], ci_low=low, ci_high=high, design=said)
        )  # fmt: skip
    every = {CONSTANT: card.constant, **card.points}
    made += [
        results.row("points", each, n=n, groups={"column": name}, design=said) for name, each in every.items()
    ]
    fit = fitted.rsquared if proxy.income else 1 - fitted.deviance / fitted.null_deviance
    made += [
        results.row(name, each, n=n, design=said) for name, each in (("r2", fit), ("cutoff", card.cutoff))
    ]
    return results.table(made)


def _errors(
    sample: pa.Table,
    received: str,
    score: str,
    end: str,
    by: Sequence[str],
    weight: str | None,
    design: Design | None,
) -> pa.Table:
    """Errors of choosing `received` and the area under the curve of a score, their names ending in `end`."""
    rows = ibis.memtable(sample)
    errors = targeting.targeting(rows, "_poor", received=received, by=by, weight=weight, design=design)
    both, often = weighted(rows, weight, design.weight if design else None)
    one = ibis.literal(1, "int64")
    ranked = both.mutate(
        _x=both[score], _w=both[often] if often else one, _often=both[weight] if weight else one
    )
    area = ranks.area(ranked, "auc", by, design)
    made = results.joined(errors, area)
    kept = made.filter(pc.is_in(made["measure"], pa.array([*ERRORS, "auc"])))
    return kept.set_column(
        0, made.schema.field("measure"), pc.binary_join_element_wise(kept["measure"], end, ":")
    )
