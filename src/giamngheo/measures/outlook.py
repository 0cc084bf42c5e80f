"""Whether a share will reach its target by a year: the chance, and the range to expect, from past yearly movement.

The method is a random walk with drift of the log-odds, the drifts of neighbouring units pooled. Of unit i in year t,
with p its share and y = log(p / (1 - p)):

    y(i, t) - y(i, t-1) = drift + unit(i) + year(t) + rest(i, t)      unit ~ N(0, τ²), year ~ N(0, ω²), rest ~ N(0, σ²)

The three variances are estimated by restricted maximum likelihood over the unit and its neighbours (statsmodels MixedLM,
crossed random effects); the unit's own drift is its best linear unbiased prediction, drawn towards its neighbours' the
more, the less its own past says. From the last known year, h years ahead,

    mean = y + h·(drift + unit(i))       variance = h²·(error of that drift) + h·(ω² + σ²)

and the standardised forecast has Student's distribution, its degrees of freedom by Satterthwaite's rule from the three
variances (units less one, years less one, their product): with few years the common shocks of years are little known,
and the range is wide. A unit without neighbours (a province) has its own drift alone, with years less one degrees.

Assumed, and to be said wherever a chance is shown: years to come move like those past (no new programme, no new standard);
movements of years are independent; a share near 0 or 1 moves in proportion to its odds. All years must stand under one
standard. Under MIN_CHANGES changes of the unit there is no outlook, nor for a share of 0 or 1 of which no counts are known.

Sources: N. M. Laird and J. H. Ware, Biometrics 38 (1982), 963-974 (random effects); C. R. Henderson, Biometrics 31 (1975),
423-447 (prediction); R. J. Hyndman and G. Athanasopoulos, Forecasting, 3rd ed., 5.2 (random walk with drift); F. E.
Satterthwaite, Biometrics Bulletin 2 (1946), 110-114; D. R. Cox, Analysis of Binary Data (1970), 3.2 (log-odds of counts).
"""

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

if TYPE_CHECKING:
    import pandas as pd

#: Yearly changes of a unit below which its past says too little: with fewer there is no spread to be learnt from.
MIN_CHANGES = 3
#: Neighbours from which on drifts are pooled.
MIN_UNITS = 3
LEVEL = 0.8
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Point:
    """The share of a unit in a year, 0 to 1; `of` how many it is a share of, where that is known."""

    unit: str
    year: int
    share: float
    of: int | None = None


@dataclass(frozen=True)
class Outlook:
    """The forecast of a unit's share in the year `end`: Student's distribution of its log-odds.

    `changes` yearly changes of the unit and of `units` units in all are behind it.
    """

    unit: str
    last: int
    end: int
    mean: float
    spread: float
    degrees: float
    changes: int
    units: int

    @property
    def median(self) -> float:
        """The share as likely exceeded as not."""
        return _share(self.mean)

    def chance_at_most(self, target: float) -> float:
        """The probability that the share will be at or below the target (0 to 1)."""
        if target <= 0 or target >= 1:
            return 0.0 if target <= 0 else 1.0
        if not self.spread:
            return float(self.mean <= _odds(target))
        return float(scipy.stats.t.cdf((_odds(target) - self.mean) / self.spread, self.degrees))

    def chance_at_least(self, target: float) -> float:
        """The probability that it will be at or above the target."""
        return 1.0 - self.chance_at_most(target)

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The range in which the share will lie with this probability, as much beside it on either side."""
        reach = float(scipy.stats.t.ppf((1 + level) / 2, self.degrees)) * self.spread
        return _share(self.mean - reach), _share(self.mean + reach)


@dataclass(frozen=True)
class NoOutlook:
    """Why there is none, in both languages."""

    unit: str
    vi: str
    en: str


def outlooks(points: Iterable[Point], *, end: int) -> dict[str, Outlook | NoOutlook]:
    """The outlook of every unit among the points, which are each other's neighbours (the communes of a district).

    `end` is a year after the last of each. Points of one unit are of one standard; years may be missing between them, a
    change is taken between years that follow one another only.
    """
    by_unit = _by_unit(points)
    changes = {unit: _changes(own) for unit, own in by_unit.items()}
    enough = {unit: found for unit, found in changes.items() if len(found) >= MIN_CHANGES}
    drift = _Drift.pooled(enough) if len(enough) >= MIN_UNITS else None
    made: dict[str, Outlook | NoOutlook] = {}
    for unit, own in by_unit.items():
        refused = _refusal(unit, own, changes[unit], end)
        made[unit] = refused or _ahead(own[-1], end, drift or _Drift.alone(unit, enough[unit]))
    return made


def outlook(points: Iterable[Point], *, unit: str, end: int) -> Outlook | NoOutlook:
    """The outlook of one unit from its own points and its neighbours'; NoOutlook where it has none."""
    none = NoOutlook(unit, "Chưa có số liệu năm nào.", "There are no figures of any year.")
    return outlooks(points, end=end).get(unit, none)


def _by_unit(points: Iterable[Point]) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for point in sorted(points, key=lambda point: (point.unit, point.year)):
        found.setdefault(point.unit, []).append(point)
    return found


def _changes(own: Sequence[Point]) -> dict[int, float]:
    """The change of the log-odds by year, where the year before is known too; none from or to a share of 0 or 1."""
    levels = {point.year: _level(point) for point in own}
    return {
        year: levels[year] - levels[year - 1]
        for year in levels
        if math.isfinite(levels[year]) and math.isfinite(levels.get(year - 1, math.nan))
    }


def _level(point: Point) -> float:
    """The log-odds; of counts, with half a unit added to either side, so that 0 of 80 has one too."""
    if point.of is None:
        return _odds(point.share) if 0 < point.share < 1 else math.nan
    part = point.share * point.of
    return math.log((part + 0.5) / (point.of - part + 0.5))


def _odds(share: float) -> float:
    return math.log(share / (1 - share))


def _share(level: float) -> float:
    return 1 / (1 + math.exp(-level))


def _refusal(unit: str, own: Sequence[Point], changes: Mapping[int, float], end: int) -> NoOutlook | None:
    if end <= own[-1].year:
        return NoOutlook(
            unit,
            f"Số liệu đã có đến năm {own[-1].year}; không còn gì để dự báo cho năm {end}.",
            f"There are figures up to {own[-1].year}; nothing of {end} is left to be foreseen.",
        )
    if len(changes) < MIN_CHANGES:
        return NoOutlook(
            unit,
            f"Quá ít số liệu để dự báo: cần ít nhất {MIN_CHANGES} lần thay đổi giữa hai năm liền nhau, mới có {len(changes)}.",
            f"Too little to foresee from: {MIN_CHANGES} changes between years that follow one another are needed, there are {len(changes)}.",
        )
    if not math.isfinite(_level(own[-1])):
        return NoOutlook(
            unit,
            "Không dự báo từ tỷ lệ 0% hoặc 100% mà không rõ số đếm.",
            "Nothing is foreseen from a share of 0% or 100% whose counts are not known.",
        )
    return None


def _ahead(last: Point, end: int, drift: "_Drift") -> Outlook:
    years = end - last.year
    own, error = drift.of(last.unit)
    parts = [error[kind] * years**2 + drift.yearly[kind] * years for kind in drift.degrees]
    whole = sum(parts)
    degrees = (
        whole**2 / sum(part**2 / free for part, free in zip(parts, drift.degrees.values(), strict=True))
        if whole
        else 1.0
    )
    return Outlook(
        unit=last.unit,
        last=last.year,
        end=end,
        mean=_level(last) + years * own,
        spread=math.sqrt(whole),
        degrees=degrees,
        changes=drift.changes[last.unit],
        units=len(drift.changes),
    )


class _Drift:
    """The yearly drift of each unit with its error, by kind of variance ("unit", "year", "rest"), and the yearly noise."""

    def __init__(self, changes: Mapping[str, int], yearly: Mapping[str, float], degrees: Mapping[str, int]):
        self.changes, self.yearly, self.degrees = changes, yearly, degrees
        self._of: dict[str, tuple[float, dict[str, float]]] = {}

    def of(self, unit: str) -> tuple[float, dict[str, float]]:
        return self._of[unit]

    @classmethod
    def alone(cls, unit: str, changes: Mapping[int, float]) -> "_Drift":
        """From the changes of one unit: their mean, and their variance about it."""
        seen = np.array(list(changes.values()))
        noise = float(seen.var(ddof=1))
        made = cls({unit: len(seen)}, {"rest": noise}, {"rest": len(seen) - 1})
        made._of[unit] = float(seen.mean()), {"rest": noise / len(seen)}
        return made

    @classmethod
    def pooled(cls, changes: Mapping[str, Mapping[int, float]]) -> "_Drift":
        """From the changes of several units: best linear unbiased prediction under the estimated variances."""
        import pandas as pd  # slow to import, as statsmodels below

        rows = [(unit, year, value) for unit, own in changes.items() for year, value in own.items()]
        frame = pd.DataFrame(rows, columns=["unit", "year", "change"])
        units, years = frame["unit"].nunique(), frame["year"].nunique()
        variances = _variances(frame)
        made = cls(
            {unit: len(own) for unit, own in changes.items()},
            {"unit": 0.0, "year": variances["year"], "rest": variances["rest"]},
            {"unit": units - 1, "year": years - 1, "rest": (units - 1) * (years - 1)},
        )
        of_units, of_years = pd.get_dummies(frame["unit"]), pd.get_dummies(frame["year"]).to_numpy(float)
        in_units = of_units.to_numpy(float)
        whole = (
            variances["unit"] * in_units @ in_units.T
            + variances["year"] * of_years @ of_years.T
            + variances["rest"] * np.eye(len(frame))
        )
        inverse, ones, seen = np.linalg.inv(whole), np.ones(len(frame)), frame["change"].to_numpy(float)
        level = inverse @ ones / (ones @ inverse @ ones)  # weights of the common drift
        for place, unit in enumerate(of_units.columns):
            drawn = inverse @ (variances["unit"] * in_units[:, place])  # weights of what is the unit's own
            weights = drawn + level * (1 - drawn @ ones)
            apart = in_units.T @ weights - np.eye(units)[place]
            error = {
                "unit": variances["unit"] * float(apart @ apart),
                "year": variances["year"] * float(np.square(of_years.T @ weights).sum()),
                "rest": variances["rest"] * float(weights @ weights),
            }
            made._of[str(unit)] = float(weights @ seen), error
        return made


def _variances(frame: "pd.DataFrame") -> dict[str, float]:
    """τ², ω² and σ² by restricted maximum likelihood, units and years crossed."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale = float(frame["change"].std()) or 1.0  # of one size, whatever moves: the search is surer
    model = MixedLM.from_formula(
        "change ~ 1",
        frame.assign(whole=1, change=frame["change"] / scale),
        groups="whole",
        vc_formula={"unit": "0 + C(unit)", "year": "0 + C(year)"},
    )
    with warnings.catch_warnings():
        # A variance that comes out as nought lies on the edge of what is possible, which the library warns of.
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(reml=True, method="lbfgs")
        except np.linalg.LinAlgError:  # a step of the search went too far
            fitted = model.fit(reml=True, method="powell")
    found = dict(zip(model.exog_vc.names, fitted.vcomp, strict=True))
    # A rest of exactly nought (units that move alike) would make the sums above unsolvable.
    rest = max(float(fitted.scale), 1e-8)
    return {
        kind: value * scale**2
        for kind, value in (("unit", float(found["unit"])), ("year", float(found["year"])), ("rest", rest))
    }
