"""The chance that something befalls a household, from a logistic model whose every coefficient can be read and tried.

Rows are households in a round; `outcome` says (0 or 1) whether it befell them by the next. The log-odds are a sum,

    log(p / (1 - p)) = intercept + Σ_j coefficient_j · x_j

fitted by maximum likelihood (statsmodels Logit). A household seen in several rounds is one cluster: errors are robust to what
its rows share. exp(coefficient) is how many times the odds are multiplied by one more of x_j.

    fit                 coefficients with intervals; refused under EVENTS events a predictor, or where it has no finite answer
    chances             p of each row
    calibration         the chances against what came: bands of alike chance, of each the mean chance and the share, with Wilson's interval
    discrimination      the chance that of two rows, one befallen and one not, the former has the higher p (C); Brier's score
    errors_by_group     false alarms (flagged, not befallen) and misses (befallen, not flagged) of each group; small groups pooled

Worked by hand: of 10 with x = 1 it befell 8, of 10 with x = 0 it befell 2. Then intercept = log(2/8), coefficient =
log((8/2) / (2/8)) = log 16 with standard error √(1/8 + 1/2 + 1/2 + 1/8); p = 0.8 and 0.2; C = (64 + ½·(16 + 16)) / 100 = 0.8.

A coefficient says what goes along with falling back, not what causes it. Nothing here may decide a right: the law's rules do.

Sources: D. R. Cox, “The regression analysis of binary sequences”, JRSS B 20 (1958), 215-242; P. Peduzzi et al., Journal of
Clinical Epidemiology 49 (1996), 1373-1379 (ten events a predictor); A. Albert and J. A. Anderson, Biometrika 71 (1984), 1-10
(no finite answer); K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986), 13-22 (robust errors); E. B. Wilson, JASA 22 (1927), 209-212;
G. W. Brier, Monthly Weather Review 78 (1950), 1-3; M. Hardt, E. Price and N. Srebro, “Equality of opportunity in supervised learning”
(2016), for errors by group.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import scipy

from giamngheo.measures.errors import (
    MissingValueError,
    NoFiniteModelError,
    TooFewEventsError,
    UnknownColumnError,
)
from giamngheo.measures.intervals import interval

#: Events a predictor below which coefficients are not to be trusted.
EVENTS = 10
#: A log-odds beyond which a coefficient only says that it ran away.
_RUNAWAY = 15.0
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Effect:
    """One predictor: its coefficient (log-odds for one more of it), standard error, interval; `mean` over the rows fitted."""

    name: str
    coefficient: float
    se: float
    low: float
    high: float
    mean: float

    @property
    def odds(self) -> float:
        """How many times one more of it multiplies the odds."""
        return float(np.exp(self.coefficient))

    @property
    def sure(self) -> bool:
        """Whether the interval leaves no doubt of its direction."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Fitted:
    """A model: intercept and effects, from `n` rows of which `events` were befallen."""

    intercept: float
    effects: tuple[Effect, ...]
    n: int
    events: int


@dataclass(frozen=True)
class Band:
    """Rows of alike chance: how many, their mean chance, the share befallen and its interval (shares 0 to 1)."""

    n: int
    events: int
    expected: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupErrors:
    """Of a group: rows not befallen and how many of them were flagged; rows befallen and how many were not."""

    group: str
    spared: int
    false_alarms: int
    befallen: int
    misses: int

    @property
    def false_alarm_rate(self) -> float | None:
        return self.false_alarms / self.spared if self.spared else None

    @property
    def miss_rate(self) -> float | None:
        return self.misses / self.befallen if self.befallen else None


def carried(events: int, predictors: Sequence[str]) -> tuple[str, ...]:
    """The first predictors that this many events carry, EVENTS each."""
    return tuple(predictors[: events // EVENTS])


def fit(
    rows: pa.Table,
    outcome: str,
    predictors: Sequence[str],
    *,
    cluster: str | None = None,
    level: float = 0.95,
) -> Fitted:
    """The model of `outcome` (0/1) by the predictors (numbers, 0/1 for yes and no); `cluster`: a column of whole numbers.

    Raises UnknownColumnError, MissingValueError, TooFewEventsError, NoFiniteModelError.
    """
    x, y = _numbers(rows, predictors), _numbers(rows, [outcome])[:, 0]
    events = int(min(y.sum(), len(y) - y.sum()))
    if not predictors or events < EVENTS * len(predictors):
        raise TooFewEventsError(
            events=events, predictors=len(predictors), needed=EVENTS * max(len(predictors), 1)
        )
    # A second and more to import, and few pages fit a model.
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools import sm_exceptions as told
    from statsmodels.tools.tools import add_constant

    bad = (told.ConvergenceWarning, told.HessianInversionWarning, told.PerfectSeparationWarning)
    how: dict[str, Any] = {}
    if cluster is not None:
        how = {
            "cov_type": "cluster",
            "cov_kwds": {"groups": np.unique(rows[cluster].to_numpy(), return_inverse=True)[1]},
        }
    with warnings.catch_warnings():
        for kind in bad:
            warnings.simplefilter("error", kind)
        try:
            found = Logit(y, add_constant(x, has_constant="add")).fit(disp=0, maxiter=100, **how)
        except (np.linalg.LinAlgError, *bad) as error:
            raise NoFiniteModelError(predictors=", ".join(predictors)) from error
    if not np.isfinite(found.bse).all() or np.abs(found.params).max() > _RUNAWAY:
        raise NoFiniteModelError(predictors=", ".join(predictors))
    ends = found.conf_int(alpha=1 - level)
    effects = [
        Effect(
            name,
            float(found.params[j]),
            float(found.bse[j]),
            float(ends[j][0]),
            float(ends[j][1]),
            float(x[:, j - 1].mean()),
        )
        for j, name in enumerate(predictors, start=1)
    ]
    return Fitted(float(found.params[0]), tuple(effects), len(y), int(y.sum()))


def chances(fitted: Fitted, rows: pa.Table) -> Numbers:
    """The chance (0 to 1) of each row. Raises UnknownColumnError, MissingValueError."""
    x = _numbers(rows, [effect.name for effect in fitted.effects])
    odds = fitted.intercept + x @ np.array([effect.coefficient for effect in fitted.effects])
    p: Numbers = 1 / (1 + np.exp(-odds))
    return p


def parts(fitted: Fitted, rows: pa.Table) -> Numbers:
    """What each predictor adds to each row's log-odds beyond that of a row with all means: a row a row, a column an effect."""
    x = _numbers(rows, [effect.name for effect in fitted.effects])
    made: Numbers = (x - [effect.mean for effect in fitted.effects]) * [
        effect.coefficient for effect in fitted.effects
    ]
    return made


def calibration(
    p: Numbers, y: Numbers, *, bands: int = 10, least: int = 30, level: float = 0.95
) -> list[Band]:
    """Bands of rows in the order of their chance, rows of one chance never parted, each of at least `least` rows."""
    order = np.argsort(p, kind="stable")
    p, y = np.asarray(p, dtype=float)[order], np.asarray(y, dtype=float)[order]
    size = max(least, -(-len(p) // bands))
    ends = [end for end in range(1, len(p) + 1) if end == len(p) or p[end] != p[end - 1]]
    found: list[tuple[int, int]] = []
    start = 0
    for end in ends:
        if end - start >= size or end == len(p):
            found.append((start, end))
            start = end
    if len(found) > 1 and found[-1][1] - found[-1][0] < size:  # what is left over joins the band before
        found[-2:] = [(found[-2][0], found[-1][1])]
    return [_band(p[start:end], y[start:end], level) for start, end in found]


def _band(p: Numbers, y: Numbers, level: float) -> Band:
    n, share = len(y), float(y.mean())
    se = np.array([(share * (1 - share) / n) ** 0.5])
    low, high = interval("wilson", np.array([share]), se, df=np.array([np.inf]), n=np.array([n]), level=level)
    return Band(n, int(y.sum()), float(p.mean()), share, float(low[0]), float(high[0]))


def discrimination(p: Numbers, y: Numbers) -> tuple[float | None, float]:
    """C (null where all or none were befallen) and Brier's score, the mean square of chance less outcome."""
    y = np.asarray(y, dtype=bool)
    brier = float(((p - y) ** 2).mean())
    if y.all() or not y.any():
        return None, brier
    wins = scipy.stats.mannwhitneyu(p[y], p[~y]).statistic
    return float(wins / (y.sum() * (~y).sum())), brier


def errors_by_group(
    flagged: Numbers, y: Numbers, groups: Sequence[str], *, least: int = 50, other: str = "other"
) -> list[GroupErrors]:
    """Errors of each group of at least `least` rows, the largest first, all smaller ones together as `other`."""
    names = np.array(groups, dtype=object)
    values, counts = np.unique(names.astype(str), return_counts=True)
    small = set(values[counts < least])
    names = np.array([other if name in small else name for name in names.astype(str)])
    flagged, y = np.asarray(flagged, dtype=bool), np.asarray(y, dtype=bool)
    found = []
    for name in sorted(set(names), key=lambda g: (g == other, -int((names == g).sum()), g)):
        own = names == name
        told = ((own & ~y).sum(), (own & ~y & flagged).sum(), (own & y).sum(), (own & y & ~flagged).sum())
        found.append(GroupErrors(str(name), *map(int, told)))
    return found


def _numbers(rows: pa.Table, names: Sequence[str]) -> Numbers:
    columns = []
    for name in names:
        if name not in rows.column_names:
            raise UnknownColumnError(column=name, known=", ".join(rows.column_names))
        column = rows[name].to_numpy().astype(float)
        if wrong := int((~np.isfinite(column)).sum()):
            raise MissingValueError(column=name, count=wrong)
        columns.append(column)
    return np.column_stack(columns) if columns else np.empty((rows.num_rows, 0))
