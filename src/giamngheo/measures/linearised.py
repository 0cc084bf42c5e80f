"""Ratios of totals, totals too, and their linearised variance and covariance: the arithmetic of `design`.

What is estimated is made linear: a combination Σ factor · total of columns over groups (a `Term` each), for many lines
(groups) at once, whose spread between the clusters of each stratum is the variance.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy

from giamngheo.measures.clusters import Numbers, Totals

#: Numbers of one block of lines by units (32 MB).
_BLOCK = 4_000_000


#: The derivatives of a measure by the totals of some columns, by group.
Slopes = dict[str, Numbers]


@dataclass(frozen=True)
class Ratio:
    """A measure as `scale` times the total of one column over that of another; below None: the total itself.

    rows: the column that counts the rows behind it. of_everyone: the denominator is everyone's, whatever group the
    numerator is of. share: between 0 and 1 by its nature; None: if it is in every cluster.
    """

    measure: str
    above: str
    below: str | None
    rows: str
    k: float | None = None
    scale: float = 1.0
    of_everyone: bool = False
    share: bool | None = None


@dataclass(frozen=True)
class Term:
    """A column times a factor, in the linear combination of totals whose spread is asked.

    groups: of each line the place of its group; None: everyone.
    """

    groups: Numbers | None
    column: str
    factor: Numbers


def combined(sample: Totals, terms: Sequence[Term]) -> Numbers:
    """Σ factor · column by unit: lines by units."""
    parts = [term.factor[:, None] * sample.laid(term.groups, term.column) for term in terms]
    total: Numbers = np.sum(parts, axis=0)
    return total


def spread(sample: Totals, terms: Sequence[Term], present: Numbers, lone: str) -> Numbers:
    """The variance of each line's combination: Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (u_hi - ū_h)².

    present: lines by strata, where the line has rows. Rules of lone strata: see `design`.
    """
    parts = combined(sample, terms)
    starts = np.searchsorted(sample.stratum, np.arange(len(sample.strata)))
    whole = np.add.reduceat(parts, starts, axis=1)
    if sample.clustered:
        apart = parts - (whole / sample.clusters)[:, sample.stratum]
        squares = np.add.reduceat(apart**2, starts, axis=1)
    else:
        squares = _squares(sample, terms, whole)
    alone = sample.clusters == 1
    fresh: Numbers = 1 - sample.rate
    scale = fresh * np.where(alone, 0, sample.clusters / np.maximum(sample.clusters - 1, 1))
    total: Numbers = (scale * squares).sum(axis=1)
    if (
        lone == "centre"
    ):  # a linearised ratio adds up to 0, so that the mean of all clusters is 0; a total does not
        middle = whole.sum(axis=1, keepdims=True) / sample.clusters.sum()
        total += (fresh * alone * (whole - middle) ** 2).sum(axis=1)
    if lone == "average":
        known = (present & ~sample.unsure).sum(axis=1)
        lacking = (present & sample.unsure).sum(axis=1)
        grown = total * (1 + lacking / np.maximum(known, 1))
        total = np.where((known == 0) & (lacking > 0), np.nan, grown)
    return total


def _squares(sample: Totals, terms: Sequence[Term], whole: Numbers) -> Numbers:
    """Σ_i (u_hi - ū_h)² from the products of columns over the rows of each stratum."""
    raw = np.zeros_like(whole)
    for one in terms:
        for other in terms:
            if one.groups is not None and other.groups is not None and (one.groups != other.groups).any():
                continue  # different groups share no row
            groups = other.groups if one.groups is None else one.groups
            pair = (one.column, other.column)
            products = sample.laid(groups, pair if pair in sample.sums else pair[::-1])
            raw += (one.factor * other.factor)[:, None] * products
    squares = raw - whole**2 / sample.clusters
    # what rounding leaves of a difference that is nothing
    kept: Numbers = np.where(squares > 1e-13 * np.abs(raw), squares, squares * 0)
    return kept


def estimate(sample: Totals, everyone: Totals, ratio: Ratio) -> Numbers:
    """The ratio by group; NaN where its denominator is 0."""
    if ratio.below is None:
        total: Numbers = sample.of(ratio.above) * ratio.scale
        return total
    above, below = sample.of(ratio.above), (everyone if ratio.of_everyone else sample).of(ratio.below)
    quotient: Numbers = np.full(len(above), np.nan)
    np.divide(above * ratio.scale, below, out=quotient, where=below != 0)
    return quotient


def variance(sample: Totals, everyone: Totals, ratio: Ratio, lone: str) -> Numbers:
    """The variance by group; NaN where the ratio is not defined."""
    found = [
        spread(
            sample,
            influence(sample, everyone, ratio, groups),
            presence(sample, ratio.of_everyone)[groups],
            lone,
        )
        for groups in blocks(len(sample.groups), sample)
    ]
    joined: Numbers = np.concatenate(found)
    return joined


def together(*parts: tuple[Numbers, Slopes]) -> Slopes:
    """The slopes of a sum of measures, each times a factor."""
    made: Slopes = {}
    for factor, slopes in parts:
        for column, slope in slopes.items():
            made[column] = made.get(column, 0.0) + factor * slope
    return made


def combinations(sample: Totals, measures: Mapping[str, Slopes], *, of_everyone: bool) -> Totals:
    """The sample with a column for each measure, Σ slope · column, less its mean (of everyone or the group) times `n`.

    What is counted of it is thus its spread around its mean. Where rows are clusters, its squares too.
    """
    n = sample.of("n")
    sums: dict[Any, scipy.sparse.csr_matrix] = {}
    for name, slopes in measures.items():
        total: Numbers = np.sum([slope * sample.of(column) for column, slope in slopes.items()], axis=0)
        mean = total.sum() / n.sum() if of_everyone else total / n
        moved = together((np.ones(len(n)), slopes), (-mean * np.ones(len(n)), {"n": np.ones(len(n))}))
        sums[name] = sum(_times(slope, sample.sums[column]) for column, slope in moved.items())
        if not sample.clustered:
            sums[name, name] = sum(
                _times(slope * other, sample.sums[(a, b) if (a, b) in sample.sums else (b, a)])
                for a, slope in moved.items()
                for b, other in moved.items()
            )
    return replace(sample, sums=sums)


def _times(factor: Numbers, held: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    return (scipy.sparse.diags(factor) @ held).tocsr()


def presence(sample: Totals, of_everyone: bool) -> Numbers:
    """Groups by strata: where a ratio rests on rows."""
    return np.ones_like(sample.present) if of_everyone else sample.present


def blocks(many: int, sample: Totals) -> Iterator[Numbers]:
    """The places of so many lines, few enough at a time that lines by units stay in memory."""
    step = max(1, _BLOCK // len(sample.units))
    for first in range(0, many, step):
        yield np.arange(first, min(first + step, many))


def influence(
    sample: Totals, everyone: Totals, ratio: Ratio, groups: Numbers, sign: float = 1.0
) -> list[Term]:
    """u = (x - R·y) / Y as terms over the sample's totals, for the groups at these places; of a total x itself."""
    if ratio.below is None:
        return [Term(groups, ratio.above, np.full(len(groups), ratio.scale))]
    below = (everyone if ratio.of_everyone else sample).of(ratio.below)
    below = np.broadcast_to(below, len(sample.groups))[groups]
    per = np.full(len(groups), np.nan)
    np.divide(ratio.scale, below, out=per, where=below != 0)
    plain = sample.of(ratio.above)[groups] / np.where(below != 0, below, 1)
    return [
        Term(groups, ratio.above, per),
        Term(None if ratio.of_everyone else groups, ratio.below, -plain * per),
    ]


def is_share(sample: Totals, ratio: Ratio) -> bool:
    """Whether the numerator lies between 0 and the denominator in every unit of every group."""
    if ratio.below is None:
        return False
    above, below = sample.sums[ratio.above], sample.sums[ratio.below]
    return bool(above.min() >= 0 and (below - above).min() >= 0)


def covariance(one: Totals, terms: Sequence[Term], other: Totals, others: Sequence[Term]) -> Numbers:
    """The covariance of two samples' combinations by line, over the clusters that are in both.

    Σ_h √((1 - f_h)(1 - f'_h)) m_h/(m_h - 1) Σ_i (u_hi - ū_h)(v_hi - v̄_h) over the m_h shared clusters, m_h > 1. Where
    all are shared this is the covariance of one sample; where none is, 0.
    """
    mine, theirs = shared(one, other)
    u, v = combined(one, terms)[:, mine], combined(other, others)[:, theirs]
    total = np.zeros(len(u))
    for stratum in np.unique(one.stratum[mine]):
        held = one.stratum[mine] == stratum
        many = int(held.sum())
        if many > 1:
            fresh = np.sqrt((1 - one.rate[stratum]) * (1 - other.rate[other.stratum[theirs[held][0]]]))
            apart = u[:, held] - u[:, held].mean(axis=1, keepdims=True)
            total += fresh * many / (many - 1) * (apart * v[:, held]).sum(axis=1)
    return total


def shared(one: Totals, other: Totals) -> tuple[Numbers, Numbers]:
    """The places of the clusters that are in both samples, in the same stratum; none where rows are clusters."""
    if not (one.clustered and other.clustered):
        return np.array([], dtype=int), np.array([], dtype=int)
    there = {unit: place for place, unit in enumerate(other.units)}
    pairs = [(place, there[unit]) for place, unit in enumerate(one.units) if unit in there]
    return np.array([p for p, _ in pairs], dtype=int), np.array([p for _, p in pairs], dtype=int)


def variance_of_change(
    one: Totals, places: Numbers, other: Totals, others: Numbers, ratio: Ratio, lone: str
) -> Numbers:
    """The variance of the ratio of the groups `others` less that of the groups `places`, line by line.

    The same sample twice: u2 - u1 over its clusters. Two samples: variance + variance - 2·covariance.
    """
    found = [np.array([])]
    for block in blocks(len(places), one):
        mine, theirs = places[block], others[block]
        before, after = influence(one, one, ratio, mine), influence(other, other, ratio, theirs)
        if one is other:
            less = [Term(t.groups, t.column, -t.factor) for t in before]
            found.append(spread(one, [*after, *less], one.present[mine] | one.present[theirs], lone))
            continue
        first, second = (
            spread(one, before, one.present[mine], lone),
            spread(other, after, other.present[theirs], lone),
        )
        most = np.sqrt(first * second)
        found.append(first + second - 2 * np.clip(covariance(one, before, other, after), -most, most))
    joined: Numbers = np.concatenate(found)
    return joined


def freedom_of_change(one: Totals, places: Numbers, other: Totals, others: Numbers) -> Numbers:
    """Of one sample, clusters less strata where either group is; of two, the fewer."""
    if one is other:
        return one.freedom(one.present[places] | one.present[others])
    fewer: Numbers = np.minimum(one.freedom(one.present[places]), other.freedom(other.present[others]))
    return fewer
