"""Alkire-Foster measures of a sample with their sampling error, from one scan by sampling unit.

Each measure of `alkire_foster` is a ratio of weighted totals over households, so its standard error is that of a ratio
(see `design`). Who is poor is decided between integers in the scan, as there; weights of the sample are floats.

    measure                        numerator, denominator (weighted totals)
    H, censored:<j>, M0            poor; d_j·poor; c·poor / the households counted
    contribution:<j>, M1, M2       w_j d_j·poor; Σ_j w_j g_j^a·poor / the households counted
    A                              c·poor / poor
    uncensored:<j>                 d_j / households where j is known
    share:<j>                      w_j d_j·poor / c·poor
    population_share               households of the group / households of everyone
    share_of_M0                    c·poor of the group / c·poor of everyone
    dropped                        a count of rows of the sample, which has no sampling error
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from giamngheo.measures import results
from giamngheo.measures.clusters import Totals
from giamngheo.measures.cube import code, gap, wrong_values
from giamngheo.measures.design import Design, changes, lines, sampled
from giamngheo.measures.errors import EmptyGroupError
from giamngheo.measures.linearised import Ratio
from giamngheo.measures.specification import Spec
from giamngheo.measures.tables import require


def sampled_measures(
    table: ir.Table, spec: Spec, cutoffs: Sequence[Fraction], *, by: Sequence[str], design: Design
) -> pa.Table:
    """All measures of the module docstring: for everyone, then by the groups of `by`.

    Raises what `design.ratios` and `cube.Cells` refuse; EmptyGroupError where a group has nobody to count.
    """
    asked = _Asked.of(table, spec, cutoffs)
    sample = sampled(asked.table, asked.columns, asked.wanted, by=by, design=design)
    everyone = sample.merged(0)
    asked.refuse(sample, everyone)
    made = [_dropped(everyone, (), design), lines(everyone, everyone, asked.wanted, (), design)]
    if by:
        wanted = [*asked.wanted, *asked.of_everyone]
        made += [_dropped(sample, by, design), lines(sample, everyone, wanted, by, design)]
    return results.joined(*made)


def sampled_change(
    table: ir.Table,
    spec: Spec,
    cutoffs: Sequence[Fraction],
    *,
    between: str,
    first: object,
    second: object,
    by: Sequence[str] = (),
    design: Design,
    of: Literal["rounds", "groups"] = "rounds",
) -> pa.Table:
    """Every measure where `between` is `second` less that where it is `first`, with its error.

    Clusters in both rounds lend their covariance; see `design.difference` for the rules, units and refusals.
    """
    asked = _Asked.of(table, spec, cutoffs)
    return changes(
        asked.table,
        asked.columns,
        asked.wanted,
        between=between,
        first=first,
        second=second,
        by=by,
        design=design,
        of=of,
        checked=lambda sample: asked.refuse(sample, sample.merged(0)),
    )


def _dropped(sample: Totals, by: Sequence[str], design: Design) -> pa.Table:
    counted, kept = sample.of("dropped"), sample.of("kept")
    return results.table(
        (
            results.row(
                "dropped",
                float(counted[place]),
                n=int(kept[place]),
                groups=dict(zip(by, group, strict=True)),
                design=design.said(sample),
            )
            for place, group in enumerate(sample.groups)
        ),
        by,
    )


@dataclass(frozen=True)
class _Asked:
    """What is to be summed over a table under a specification, and the ratios of those sums."""

    table: ir.Table
    spec: Spec
    columns: dict[str, ir.Value]
    wanted: list[Ratio]
    of_everyone: list[Ratio]

    @staticmethod
    def of(table: ir.Table, spec: Spec, cutoffs: Sequence[Fraction]) -> "_Asked":
        require(table, [c.name for c in spec.columns])
        scored = _Scored(table, spec)
        columns: dict[str, ir.Value] = {
            "kept": scored.kept,
            "dropped": ~scored.kept,
            "people": scored.kept,
            **{f"invalid:{c.key}": scored.codes[c.key] > 2 for c in spec.columns},
        }
        wanted = []
        for place, indicator in enumerate(spec.indicators):
            columns[f"lacks_{place}"] = scored.kept & scored.lacks(place)
            columns[f"seen_{place}"] = scored.kept & scored.seen(place)
            # where all must be known, those counted are one column for all indicators
            below = "people" if spec.missing == "drop" else f"seen_{place}"
            wanted.append(_ratio(f"uncensored:{indicator.name}", f"lacks_{place}", below))
        shares = [_ratio("population_share", "people", "people", of_everyone=True)]
        for number, k in enumerate(cutoffs):
            columns |= scored.columns(number, k)
            wanted += scored.ratios(number, k)
            adjusted = f"adjusted_{number}"
            shares.append(_ratio("share_of_M0", adjusted, adjusted, k=float(k), of_everyone=True))
        used = {name for r in (*wanted, *shares) for name in (r.above, r.below)}
        plain = {n: x for n, x in columns.items() if n in used or n in ("kept", "dropped") or ":" in n}
        return _Asked(scored.table, spec, plain, wanted, shares)

    def refuse(self, sample: Totals, everyone: Totals) -> None:
        """Values that are neither 0, 1 nor missing, and groups without anybody to count."""
        for column in self.spec.columns:
            wrong = int(everyone.of(f"invalid:{column.key}")[0])
            if wrong:
                raise wrong_values(column.key, wrong)
        people = sample.of("people")
        if not (people > 0).all():
            empty = sample.groups[int(np.argmin(people > 0))]
            raise EmptyGroupError(group=results.subgroup(empty), rule=self.spec.missing)


def _ratio(
    measure: str,
    above: str,
    below: str,
    *,
    k: float | None = None,
    scale: float = 1.0,
    of_everyone: bool = False,
) -> Ratio:
    return Ratio(measure, above, below, "kept", k, scale, of_everyone, share=True)


class _Scored:
    """A table with the code of each indicator (0, 1; 2 missing; 4 neither), its score and what of it is known."""

    def __init__(self, table: ir.Table, spec: Spec) -> None:
        self.spec = spec
        names = {column.key: f"_code_{place}" for place, column in enumerate(spec.columns)}
        coded = table.mutate(**{names[c.key]: code(table, c, 1) for c in spec.columns})
        self.table = coded
        self.codes: dict[str, Any] = {key: coded[name] for key, name in names.items()}
        places = range(len(spec.indicators))
        points = dict(zip(places, spec.points, strict=True))
        self.score: Any = sum(self.lacks(p).cast("int64") * points[p] for p in places)
        self.known: Any = sum(self.seen(p).cast("int64") * points[p] for p in places)
        self.kept: Any = self.known == spec.denominator if spec.missing == "drop" else self.known > 0

    def lacks(self, place: int) -> Any:
        return self.codes[self.spec.indicators[place].column.key] == 1

    def seen(self, place: int) -> Any:
        return self.codes[self.spec.indicators[place].column.key] <= 1

    def columns(self, number: int, k: Fraction) -> dict[str, ir.Value]:
        """What is summed at one cut-off: in whole points where all are known, else in shares of the known."""
        poor = self.kept & (self.score * k.denominator >= self.known * k.numerator)
        whole = self.spec.missing == "drop"
        per = 1.0 / ibis.ifelse(poor, self.known, 1)
        made: dict[str, ir.Value] = {
            f"poor_{number}": poor,
            f"adjusted_{number}": ibis.ifelse(poor, self.score if whole else self.score * per, 0),
        }
        for place, points in enumerate(self.spec.points):
            both = poor & self.lacks(place)
            made[f"both_{number}_{place}"] = both
            if not whole:
                made[f"part_{number}_{place}"] = ibis.ifelse(both, points * per, 0.0)
        if self.spec.cardinal:
            for power in (1, 2):
                made[f"gaps_{number}_{power}"] = ibis.ifelse(poor, self._gaps(power) * per, 0.0)
        return made

    def _gaps(self, power: int) -> Any:
        pairs = zip(self.spec.indicators, self.spec.points, strict=True)
        gaps = ((gap(self.table, indicator.column), points) for indicator, points in pairs)
        return sum(points * (one if power == 1 else one * one) for one, points in gaps)

    def ratios(self, number: int, k: Fraction) -> list[Ratio]:
        whole = self.spec.missing == "drop"
        per, at = 1 / self.spec.denominator if whole else 1.0, float(k)
        poor, adjusted = f"poor_{number}", f"adjusted_{number}"
        made = [
            _ratio("H", poor, "people", k=at),
            _ratio("A", adjusted, poor, k=at, scale=per),
            _ratio("M0", adjusted, "people", k=at, scale=per),
        ]
        for place, (indicator, points) in enumerate(zip(self.spec.indicators, self.spec.points, strict=True)):
            both = f"both_{number}_{place}"
            part, share = (both, float(points)) if whole else (f"part_{number}_{place}", 1.0)
            made += [
                _ratio(f"censored:{indicator.name}", both, "people", k=at),
                _ratio(f"contribution:{indicator.name}", part, "people", k=at, scale=share * per),
                _ratio(f"share:{indicator.name}", part, adjusted, k=at, scale=share),
            ]
        if self.spec.cardinal:
            made += [_ratio(f"M{power}", f"gaps_{number}_{power}", "people", k=at) for power in (1, 2)]
        return made
